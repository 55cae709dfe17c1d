"""Consumption readings: files of meter readings become the energy of each meter and each local day, exactly."""
