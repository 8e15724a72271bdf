"""The GeoJSON of an import folder: station areas that do not overlap, and districts with their names."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from shapely import Geometry, STRtree, make_valid
from shapely.errors import GEOSException
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.validation import explain_validity

from kernel.contracts.resources import StationArea
from resources.importer import cells
from resources.importer.ground import Box
from resources.importer.problems import Bad
from resources.importer.reading import AREAS, DISTRICTS, Folder

OVERLAP_M2 = 100
_DEGREE_M = 111_320.0


@dataclass(frozen=True)
class Feature:
    """One feature of a collection: its number from 1, id, properties and valid geometry in possible degrees."""

    number: int
    id: str
    properties: dict[str, Any]
    shape: Any


def _features(folder: Folder, file: str, kinds: tuple[type[Geometry], ...]) -> Iterator[Feature]:
    collection = folder.json.get(file)
    if collection is None:
        return
    listed = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(listed, list):
        folder.refuse(file, 0, "features", "json_broken")
        return
    for number, raw in enumerate(listed, start=1):
        try:
            yield _feature(number, raw, kinds)
        except Bad as bad:
            folder.refuse(file, number, str(bad.params.pop("column", "geometry")), bad.code, **bad.params)


def _feature(number: int, raw: Any, kinds: tuple[type[Geometry], ...]) -> Feature:
    if not isinstance(raw, dict) or not isinstance(raw.get("properties"), dict):
        raise Bad("json_broken", column="properties")
    try:
        id_ = cells.identity(str(raw.get("id", "")))
    except Bad as bad:
        raise Bad(bad.code, column="id", **bad.params) from bad
    try:
        found = shape(raw["geometry"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, GEOSException) as error:
        raise Bad("geometry_refused", shown=type(error).__name__) from error
    if not isinstance(found, kinds) or found.is_empty or found.has_z:
        raise Bad("geometry_refused", shown=found.geom_type)
    west, south, east, north = found.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Bad("degrees_impossible", shown=f"{west:g}, {south:g}")
    if not found.is_valid:
        raise Bad("geometry_refused", shown=explain_validity(found))
    return Feature(number, id_, raw["properties"], found)


def read_districts(folder: Folder) -> dict[str, Box]:
    """The box of each district by its name."""
    boxes: dict[str, Box] = {}
    for feature in _features(folder, DISTRICTS, (Polygon, MultiPolygon)):
        try:
            name = cells.text(str(feature.properties.get("name", "")))
        except Bad as bad:
            folder.refuse(DISTRICTS, feature.number, "name", bad.code, **bad.params)
            continue
        west, south, east, north = feature.shape.bounds
        boxes[name] = (west, south, east, north)
    return boxes


def read_areas(folder: Folder, is_station: Callable[[str], bool]) -> list[StationArea]:
    """The station areas; an overlap of two is told at the later one."""
    features = list(_features(folder, AREAS, (Polygon,)))
    areas: dict[str, StationArea] = {}
    for feature in features:
        station_id = str(feature.properties.get("station_id", ""))
        if not is_station(station_id):
            params = {"kind": "station", "shown": station_id}
            folder.refuse(AREAS, feature.number, "station_id", "reference_unknown", **params)
        elif feature.id in areas:
            folder.refuse(AREAS, feature.number, "id", "id_double", shown=feature.id)
        else:
            rings = tuple(tuple(ring.coords) for ring in (feature.shape.exterior, *feature.shape.interiors))
            areas[feature.id] = StationArea(id=feature.id, station_id=station_id, rings=rings)
    _refuse_overlaps(folder, features)
    return list(areas.values())


def _refuse_overlaps(folder: Folder, features: list[Feature]) -> None:
    tree = STRtree([feature.shape for feature in features])
    for index, feature in enumerate(features):
        for other in sorted(int(found) for found in tree.query(feature.shape, predicate="intersects")):
            shared = area_m2(feature.shape.intersection(features[other].shape)) if other < index else 0
            if shared > OVERLAP_M2:
                params = {"shown": features[other].id, "area": round(shared)}
                folder.refuse(AREAS, feature.number, "geometry", "overlap", **params)


def area_m2(geometry: Any) -> float:
    """Area of a small shape in degrees, square metres on a sphere: good to a percent, enough to find an overlap."""
    if geometry.is_empty:
        return 0.0
    middle = (geometry.bounds[1] + geometry.bounds[3]) / 2
    return float(make_valid(geometry).area) * _DEGREE_M**2 * math.cos(math.radians(middle))
