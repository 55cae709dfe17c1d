"""Green Cloud Nation: energy use and PUE of public-sector data centres, from spreadsheets to open data."""

__version__ = "0.1.0"
