"""Declare once: what was deposited, in the forms that others ask for."""
