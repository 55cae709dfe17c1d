"""Deposits and verdicts on S3-compatible storage, for many machines that share no folder.

A worker copies deposits from storage to a folder of its own, checks them as one machine does, and puts the verdicts
back under their keys (`working`, `results`). The coordinator sees the deposits without their bytes (`mirror`), takes
the verdicts (`gathering`), and goes on as on one machine.
"""

from greencloud.storage.gathering import Gathering, Lost
from greencloud.storage.mirror import Mirror, Stored
from greencloud.storage.place import Place, StorageError
from greencloud.storage.results import Results
from greencloud.storage.working import OtherProgram, check

__all__ = ["Gathering", "Lost", "Mirror", "OtherProgram", "Place", "Results", "StorageError", "Stored", "check"]
