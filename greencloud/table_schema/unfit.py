"""How a reading says that a value is not of its type."""


class Unfit(Exception):
    """A value that is not of the type; `parse` functions raise nothing else."""
