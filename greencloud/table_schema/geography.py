"""Points of the globe, GeoJSON and TopoJSON: whether an object has the shape that the standard gives it."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from greencloud.table_schema.fields import Field
from greencloud.table_schema.unfit import Unfit

Shape = Callable[[Any], bool]


class GeoPoint(NamedTuple):
    """A longitude and a latitude, in degrees."""

    lon: Any
    lat: Any


def geopoint(field: Field) -> Callable[[Any], GeoPoint]:
    """The parser of a `geopoint`: "lon, lat", or a JSON array or object by its format."""
    split = _SPLITS[field.format]

    def parse(value: Any) -> GeoPoint:
        try:
            if isinstance(value, str):
                value = [Decimal(part) for part in split(value)]
            point = GeoPoint(*value)
            if -180 <= point.lon <= 180 and -90 <= point.lat <= 90:
                return point
        except (ValueError, TypeError, KeyError, InvalidOperation, RecursionError) as error:
            raise Unfit from error
        raise Unfit

    return parse


def _comma(text: str) -> tuple[Any, Any]:
    lon, lat = text.split(",")
    return lon.strip(), lat.strip()


def _array(text: str) -> tuple[Any, Any]:
    lon, lat = json.loads(text)
    return lon, lat


def _object(text: str) -> tuple[Any, Any]:
    point = json.loads(text)
    if len(point) != 2:
        raise ValueError(text)
    return point["lon"], point["lat"]


_SPLITS: Mapping[str, Callable[[str], tuple[Any, Any]]] = {"default": _comma, "array": _array, "object": _object}


def geojson(field: Field) -> Callable[[Any], Mapping[str, Any]]:
    """The parser of a `geojson`: a JSON object that is GeoJSON, or TopoJSON by its format."""
    fits = _is_topojson if field.format == "topojson" else _is_geojson

    def parse(value: Any) -> Mapping[str, Any]:
        try:
            content = json.loads(value) if isinstance(value, str) else value
            if isinstance(content, dict) and fits(content):
                return content
        except (ValueError, RecursionError) as error:
            raise Unfit from error
        raise Unfit

    return parse


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _listed(item: Shape, at_least: int = 0, at_most: int | None = None) -> Shape:
    """A list whose items all have that shape."""

    def fits(value: Any) -> bool:
        if not isinstance(value, list) or len(value) < at_least or (at_most is not None and len(value) > at_most):
            return False
        return all(item(part) for part in value)

    return fits


def _optional(holder: Mapping[str, Any], key: str, shape: Shape) -> bool:
    return key not in holder or shape(holder[key])


_position = _listed(_is_number, at_least=2, at_most=2)
_rings = _listed(_listed(_position, at_least=4))
_line = _listed(_position, at_least=2)
_COORDINATES: Mapping[str, Shape] = {
    "Point": _position,
    "MultiPoint": _listed(_position),
    "LineString": _line,
    "MultiLineString": _listed(_line),
    "Polygon": _rings,
    "MultiPolygon": _listed(_rings),
}


def _is_geometry(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    shape = _COORDINATES.get(value["type"])
    return shape is not None and "coordinates" in value and shape(value["coordinates"])


def _is_feature(value: Any) -> bool:
    """A Feature; inside a collection Frictionless looks at the keys that it has, not at its `type`."""
    if not isinstance(value, dict):
        return True
    if "geometry" not in value or "properties" not in value or value.get("type", "Feature") != "Feature":
        return False
    geometry, properties = value["geometry"], value["properties"]
    return (geometry is None or _is_geometry(geometry)) and (properties is None or isinstance(properties, dict))


def _is_crs(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"type", "properties"} or not isinstance(value["properties"], dict):
        return False
    properties = value["properties"]
    if value["type"] == "name":
        return set(properties) == {"name"} and isinstance(properties["name"], str)
    linked = isinstance(properties.get("href"), str) and isinstance(properties.get("type", ""), str)
    return value["type"] == "link" and linked


def _is_geojson(content: Mapping[str, Any]) -> bool:
    """The four kinds of object, geometries with two coordinates a point."""
    if not _optional(content, "crs", _is_crs) or not _optional(content, "bbox", _listed(_is_number)):
        return False
    kinds: Mapping[str, Shape] = {
        "GeometryCollection": lambda item: "geometries" in item and _listed(_is_geometry)(item["geometries"]),
        "Feature": _is_feature,
        "FeatureCollection": lambda item: "features" in item and _listed(_is_feature)(item["features"]),
    }
    kind = content.get("type")
    return isinstance(kind, str) and kinds.get(kind, _is_geometry)(content)


_arc = _listed(_is_integer)
_coordinates = _listed(_is_number, at_least=2)
_TOPOLOGIES: Mapping[str, tuple[str, Shape]] = {
    "Point": ("coordinates", _coordinates),
    "MultiPoint": ("coordinates", _listed(_coordinates)),
    "LineString": ("arcs", _arc),
    "MultiLineString": ("arcs", _listed(_arc)),
    "Polygon": ("arcs", _listed(_arc)),
    "MultiPolygon": ("arcs", _listed(_listed(_arc))),
}


def _is_topology_object(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    named = _optional(value, "id", lambda item: isinstance(item, str) or _is_integer(item))
    if not named or not _optional(value, "properties", _is_object):
        return False
    if value["type"] == "GeometryCollection":
        return "geometries" in value and _listed(_is_topology_object)(value["geometries"])
    key, shape = _TOPOLOGIES.get(value["type"], ("", _is_number))
    return key in value and shape(value[key])


def _is_topojson(content: Mapping[str, Any]) -> bool:
    """A topology, or one of its objects alone."""
    bounds = _listed(_listed(_is_number), at_least=2, at_most=2)
    if not _optional(content, "bbox", bounds):
        return False
    if content.get("type") != "Topology":
        return _is_topology_object(content)
    objects, arcs = content.get("objects"), content.get("arcs")
    if not isinstance(objects, dict) or not all(_is_topology_object(item) for item in objects.values()):
        return False
    steps = _listed(_listed(lambda item: item is None or _coordinates(item), at_least=2))
    return steps(arcs) and _optional(content, "transform", _is_transform)


def _is_transform(value: Any) -> bool:
    return isinstance(value, dict) and all(_coordinates(value.get(key)) for key in ("scale", "translate"))
