"""Where things may stand: coordinates of an import brought to WGS-84 and held against the service area."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resources.importer import cells
from resources.importer.crs import Crs, LonLat, to_wgs84
from resources.importer.problems import Bad
from resources.importer.reading import MANIFEST, Folder

Box = tuple[float, float, float, float]
MARGIN_DEG = 0.05
FORMAT = 1


@dataclass(frozen=True)
class Ground:
    """The CRS of the folder, the box (west, south, east, north) of the service area, and the names of its districts."""

    crs: Crs = Crs.WGS84
    box: Box | None = None
    districts: frozenset[str] = frozenset()

    def place(self, lon: float, lat: float, crs: Crs | None) -> LonLat:
        """The point in WGS-84. Raises Bad for what is impossible, swapped or outside."""
        shown = f"{lon:g}, {lat:g}"
        if not _possible(lon, lat):
            raise Bad("swapped" if _possible(lat, lon) else "degrees_impossible", shown=shown)
        point = to_wgs84((lon, lat), crs or self.crs)
        if not self.covers(point):
            raise Bad("swapped" if self.covers(point[::-1]) else "outside_area", shown=shown)
        return point

    def covers(self, point: LonLat) -> bool:
        """Whether a point lies in the service area; everything does when none is known."""
        if self.box is None:
            return _possible(*point)
        west, south, east, north = self.box
        return west <= point[0] <= east and south <= point[1] <= north


def _possible(lon: float, lat: float) -> bool:
    return -180 <= lon <= 180 and -90 <= lat <= 90


def read_manifest(folder: Folder) -> dict[str, Any]:
    """The manifest with its CRS and box checked; problems go to the folder."""
    found = folder.json.get(MANIFEST)
    if MANIFEST in folder.json and not isinstance(found, dict):
        folder.refuse(MANIFEST, 0, "", "json_broken")
    manifest: dict[str, Any] = dict(found) if isinstance(found, dict) else {}
    if manifest and manifest.get("format") != FORMAT:
        folder.refuse(MANIFEST, 0, "format", "format_unknown", shown=manifest.get("format"))
    for key, parse in (("name", cells.text), ("crs", cells.crs)):
        try:
            manifest[key] = parse(str(manifest.get(key, "") if key == "name" else manifest.get(key, "WGS84")))
        except Bad as bad:
            manifest.pop(key)
            folder.refuse(MANIFEST, 0, key, bad.code, **bad.params)
    if "box" in manifest and not _is_box(manifest["box"]):
        folder.refuse(MANIFEST, 0, "box", "value_refused", shown=manifest.pop("box"))
    return manifest


def _is_box(value: object) -> bool:
    numbers = isinstance(value, list) and len(value) == 4 and all(type(each) in (int, float) for each in value)
    if not numbers or not isinstance(value, list):
        return False
    west, south, east, north = value
    return _possible(west, south) and _possible(east, north) and west < east and south < north


def ground_of(manifest: Mapping[str, Any], districts: Mapping[str, Box]) -> Ground:
    """The ground of a folder: its own box, or that of its districts with a margin."""
    box: Box | None = tuple(manifest["box"]) if "box" in manifest else None
    if box is None and districts:
        west, south, east, north = zip(*districts.values(), strict=True)
        box = (min(west) - MARGIN_DEG, min(south) - MARGIN_DEG, max(east) + MARGIN_DEG, max(north) + MARGIN_DEG)
    return Ground(manifest.get("crs", Crs.WGS84), box, frozenset(districts))
