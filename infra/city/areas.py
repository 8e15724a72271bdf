"""Station areas (辖区) and districts as GeoJSON features."""

from typing import Any

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from infra.city import borders
from infra.city.plane import to_lonlat, to_plane
from infra.city.register import Register
from infra.city.skeleton import Skeleton

FIRE_CLASSES = frozenset({"special", "first", "second"})


def fill(register: Register, skeleton: Skeleton, districts: dict[str, BaseGeometry]) -> None:
    """The areas of the fire stations cover the territory, each place once; the districts as they are."""
    stations = [row for row in register.rows["stations"] if row["station_class"] in FIRE_CLASSES]
    cells = borders.nearest_cells([to_plane(row["lon"], row["lat"]) for row in stations], skeleton.territory)
    features = []
    for row, cell in zip(stations, cells, strict=True):
        for part, polygon in enumerate(_polygons(cell), 1):
            key = row["id"].replace("st-", "area-") + (f"-{part}" if part > 1 else "")
            features.append(_feature(key, {"station_id": row["id"]}, [_rings(polygon)], "Polygon"))
    register.areas["station_areas"] = features
    register.areas["districts"] = [
        _feature(d.code, {"name": d.name}, [_rings(p) for p in _polygons(districts[d.code])], "MultiPolygon")
        for d in skeleton.districts
    ]


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    return sorted(getattr(shape, "geoms", [shape]), key=lambda polygon: -polygon.area)


def _rings(polygon: Polygon) -> list[list[list[float]]]:
    rings = [polygon.exterior, *polygon.interiors]
    return [[list(to_lonlat(x, y)) for x, y in ring.coords] for ring in rings]


def _feature(key: str, properties: dict[str, str], polygons: list[Any], kind: str) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": polygons if kind == "MultiPolygon" else polygons[0]}
    return {"type": "Feature", "id": key, "properties": properties, "geometry": geometry}
