"""The drawn map of an OSM extract: named GeoJSON layers, simplified and rounded to about a metre."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import osmium
from shapely import from_wkb, to_geojson
from shapely.geometry import box as rectangle
from shapely.geometry.base import BaseGeometry

from dispatch.routing.graph import NO_HAZMAT, Graph
from infra.roads.reader import Box

DETAIL_DEG = 2e-5  # about two metres: below a line's width at street zoom
AREA_DETAIL_DEG = 5e-5
SMALLEST_DEG2 = 2e-8  # areas below some 200 square metres are dust at every zoom
BUDGET_BYTES = 12_000_000
SMALLEST_FIRST = (
    "steps", "footway", "path", "cycleway", "track", "pedestrian", "service", "living_street", "road", "residential",
    "unclassified", "tertiary", "secondary",
)  # fmt: skip

ROADS = {
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "service",
    "road", "track", "pedestrian", "footway", "path", "cycleway", "steps",
}  # fmt: skip
GREEN = {"forest", "grass", "meadow", "park", "wood", "grassland", "scrub", "garden", "nature_reserve", "orchard"}
WATER = {"water", "riverbank", "reservoir", "basin"}
BUILT = {"residential", "commercial", "industrial", "retail", "aerodrome", "military", "railway"}
RAILS = {"rail", "light_rail", "subway", "tram", "narrow_gauge"}
STREAMS = {"river", "canal", "stream"}
MARKS = {
    ("amenity", "fire_station"),
    ("amenity", "hospital"),
    ("railway", "station"),
    ("aeroway", "aerodrome"),
    ("natural", "peak"),
}
LAYERS = ("built", "green", "water", "waterways", "districts", "roads", "rail", "limits", "places", "landmarks")

Layers = dict[str, list[dict[str, Any]]]


def draw(extract: Path, graph: Graph, out: Path, box: Box | None = None) -> tuple[dict[str, int], tuple[str, ...]]:
    """Write ``basemap.json`` beside the graph: attribution, map_version, box and one FeatureCollection per layer.

    Returns the number of features per layer, and the kinds of road left out to stay within BUDGET_BYTES.
    """
    layers: Layers = {name: [] for name in LAYERS}
    factory = osmium.geom.WKBFactory()
    keys = osmium.filter.KeyFilter(
        "highway", "railway", "waterway", "natural", "landuse", "leisure", "boundary", "place", "amenity", "aeroway"
    )
    clip = rectangle(*box) if box else None
    for thing in osmium.FileProcessor(str(extract)).with_locations().with_areas().with_filter(keys):
        _place(layers, factory, thing, clip)
    layers["limits"] = _limits(graph)
    layers["roads"], left_out = _within_budget(layers["roads"])
    collections = {name: {"type": "FeatureCollection", "features": layers[name]} for name in LAYERS}
    head = {"attribution": graph.attribution, "map_version": graph.map_version, "box": graph.box}
    out.write_text(json.dumps({**head, "layers": collections}, ensure_ascii=False, separators=(",", ":")))
    return {name: len(features) for name, features in layers.items()}, left_out


def _within_budget(roads: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Roads without the smallest kinds, as many as it takes to stay a file that a browser opens."""
    size: Counter[str] = Counter()
    for road in roads:
        size[road["properties"]["kind"]] += len(json.dumps(road, separators=(",", ":")))
    dropped: list[str] = []
    for kind in SMALLEST_FIRST:
        if sum(size.values()) <= BUDGET_BYTES:
            break
        if size.pop(kind, 0):
            dropped.append(kind)
    return [road for road in roads if road["properties"]["kind"] in size], tuple(dropped)


def _place(layers: Layers, factory: Any, thing: Any, clip: BaseGeometry | None) -> None:
    tags = dict(thing.tags)
    if thing.is_node():
        found, make, detail = _of_node(tags), factory.create_point, 0.0
    elif thing.is_way():
        found, make, detail = _of_line(tags), factory.create_linestring, DETAIL_DEG
    elif thing.is_area():
        found, make, detail = _of_area(tags), factory.create_multipolygon, AREA_DETAIL_DEG
    else:
        return
    if found is None:
        return
    shape = _shape(make, thing, detail, clip)
    if shape is not None:
        layer, properties = found
        layers[layer].append(_feature(shape, properties))


def _shape(make: Callable[[Any], Any], thing: Any, detail: float, clip: BaseGeometry | None) -> BaseGeometry | None:
    try:
        shape = from_wkb(make(thing))
    except (RuntimeError, osmium.InvalidLocationError):
        return None  # missing nodes or a broken ring: nothing to draw, the graph keeps what it can
    if shape.geom_type in ("Polygon", "MultiPolygon") and shape.area < SMALLEST_DEG2:
        return None
    shape = shape.simplify(detail) if detail else shape
    if clip is not None:
        shape = shape.intersection(clip)
    return None if shape.is_empty else shape


def _feature(shape: BaseGeometry, properties: Mapping[str, Any]) -> dict[str, Any]:
    geometry = json.loads(to_geojson(shape))
    geometry["coordinates"] = _rounded(geometry["coordinates"])
    kept = {key: value for key, value in properties.items() if value not in ("", False, None)}
    return {"type": "Feature", "properties": kept, "geometry": geometry}


def _rounded(value: Any) -> Any:
    return round(value, 5) if isinstance(value, float | int) else [_rounded(part) for part in value]


def _of_node(tags: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    """What a point is drawn as; a place in Chinese and, where the map says it, in English."""
    name = tags.get("name:zh") or tags.get("name", "")
    if not name:
        return None
    if "place" in tags:
        said = {"name": name, "name_en": tags.get("name:en", "")}
        return "places", {"kind": tags["place"], **said, "population": tags.get("population", "")}
    return _landmark(tags)


def _landmark(tags: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    for key, value in MARKS:
        if tags.get(key) == value and tags.get("name"):
            return "landmarks", {"kind": value, "name": tags["name"]}
    return None


def _of_line(tags: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    kind = tags.get("highway", "").removesuffix("_link")
    if kind in ROADS and tags.get("area") != "yes":
        return "roads", {
            "kind": kind,
            "name": tags.get("name", ""),
            "ref": tags.get("ref", ""),
            "link": tags["highway"].endswith("_link"),
            "oneway": tags.get("oneway") in ("yes", "true", "1", "-1"),
            "bridge": tags.get("bridge", "no") != "no",
            "tunnel": tags.get("tunnel", "no") not in ("no", "culvert"),
        }
    if tags.get("railway") in RAILS:
        return "rail", {"kind": tags["railway"], "name": tags.get("name", ""), "tunnel": tags.get("tunnel") == "yes"}
    if tags.get("waterway") in STREAMS:
        return "waterways", {"kind": tags["waterway"], "name": tags.get("name", "")}
    return None


def _of_area(tags: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    name = tags.get("name", "")
    if tags.get("boundary") == "administrative":
        return "districts", {"name": name, "level": tags.get("admin_level", "")}
    kinds = [tags[key] for key in ("natural", "waterway", "leisure", "landuse", "aeroway") if key in tags]
    for layer, wanted in (("water", WATER), ("green", GREEN), ("built", BUILT)):
        kind = next((kind for kind in kinds if kind in wanted), None)
        if kind:
            return layer, {"kind": kind, "name": name}
    return None


def _limits(graph: Graph) -> list[dict[str, Any]]:
    """Points in the middle of stretches that some vehicle may not use: low bridges, weak bridges, closed tunnels."""
    features = []
    for stretch in range(len(graph.stretch_tail)):
        properties = {
            "height_m": _stated(graph.stretch_height[stretch]),
            "weight_t": _stated(graph.stretch_weight[stretch]),
            "width_m": _stated(graph.stretch_width[stretch]),
            "no_hazmat": bool(graph.stretch_bits[stretch] & NO_HAZMAT),
        }
        if any(value not in (None, False) for value in properties.values()):
            line = graph.line(2 * stretch)
            lon, lat = line[len(line) // 2] if len(line) > 2 else line.mean(axis=0)
            geometry = {"type": "Point", "coordinates": [round(float(lon), 5), round(float(lat), 5)]}
            kept = {key: value for key, value in properties.items() if value not in (None, False)}
            named = {**kept, "name": graph.name(stretch)}
            features.append({"type": "Feature", "properties": named, "geometry": geometry})
    return features


def _stated(limit: float) -> float | None:
    return float(limit) if limit < float("inf") else None
