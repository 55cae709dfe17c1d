"""Consumption readings: files of meter readings become the energy of each meter and each local day, exactly."""

from greencloud.readings.files import read
from greencloud.readings.sources import Convention, Source

__all__ = ["Convention", "Source", "read"]
