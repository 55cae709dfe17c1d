"""The steps of the tables from one version of the portal to the next, each way."""
