"""What of the register stands on the map itself: fire stations, hospitals, railway and metro stations, peaks."""

from infra.city.areas import FIRE_CLASSES
from infra.city.net import Tags
from infra.city.plane import Point, to_plane
from infra.city.register import Register
from infra.city.skeleton import Skeleton

Landmark = tuple[Point, Tags]


def of(register: Register, skeleton: Skeleton) -> list[Landmark]:
    """Points with the tags that OSM gives to such things."""
    stations = [row for row in register.rows["stations"] if row["station_class"] in FIRE_CLASSES]
    found = [(to_plane(row["lon"], row["lat"]), {"amenity": "fire_station", "name": row["name"]}) for row in stations]
    for row in register.rows["places"]:
        tags = _tags(row["kind"], row["name"])
        if tags:
            found.append((to_plane(row["lon"], row["lat"]), {**tags, "name": row["name"]}))
    found += [(at, {"natural": "peak", "name": name, "ele": str(height_m)}) for name, height_m, at in skeleton.peaks]
    return found


def _tags(kind: str, name: str) -> Tags:
    if kind == "hospital":
        return {"amenity": "hospital"}
    if kind == "school":
        return {"amenity": "school"}
    if kind == "metro":
        return {"railway": "station", "station": "subway"}
    if kind == "transport" and name.endswith(("火车站", "西站")):
        return {"railway": "station"}
    return {"aeroway": "aerodrome"} if "机场" in name else {}
