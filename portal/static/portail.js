// Comfort only: every page works without it.
