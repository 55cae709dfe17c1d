"""Where the published data is about: France, as the platform can hold it."""

from typing import Any

ZONE = "country:fr"

# Bounding boxes in degrees (west, south, east, north, WGS 84), rounded outwards, of metropolitan France and of the
# overseas departments: the extent of the data when the platform does not know the territory by its name.
_BOXES = (
    (-5.2, 41.3, 9.6, 51.1),  # metropolitan France
    (-61.9, 15.8, -61.0, 16.6),  # Guadeloupe
    (-61.3, 14.3, -60.8, 14.9),  # Martinique
    (-54.7, 2.1, -51.5, 5.8),  # French Guiana
    (55.2, -21.4, 55.9, -20.8),  # La Réunion
    (44.9, -13.1, 45.4, -12.6),  # Mayotte
)


def spatial(zone_known: bool) -> dict[str, Any]:
    """The `spatial` of a dataset: the zone where the platform knows it, else the extent.

    Both at once are refused, and the one that is not named stays: it is emptied by name.
    """
    if zone_known:
        return {"zones": [ZONE], "geom": None, "granularity": "country"}
    rings = [[_ring(*box)] for box in _BOXES]
    return {"zones": None, "geom": {"type": "MultiPolygon", "coordinates": rings}, "granularity": "other"}


def _ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
