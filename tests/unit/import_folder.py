"""A small import folder without fault, and how a test spoils one cell of it."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

ORGANISATION = "org-city/org-det"
AREA = [[87.5, 43.7], [87.7, 43.7], [87.7, 43.9], [87.5, 43.9], [87.5, 43.7]]

MANIFEST = {"format": 1, "name": "示意", "crs": "WGS84", "synthetic": True, "seed": 1, "as_of": "2026-11-21"}
TABLES: Mapping[str, list[dict[str, str]]] = {
    "capabilities.csv": [
        {"id": "WATER_STREAM", "name": "出水控火", "name_en": "water stream"},
        {"id": "EXTRICATION", "name": "破拆救人", "name_en": "extrication"},
    ],
    "vehicle_types.csv": [
        {
            "id": "SG-M",
            "name": "中型水罐消防车",
            "category": "MH",
            "unit_class": "water",
            "capabilities": "WATER_STREAM=1",
            "parameters": "water_l=6000;pump_lps=50",
            "crew": "6",
        }
    ],
    "items.csv": [
        {
            "id": "2040101",
            "name": "泡沫液",
            "unit": "t",
            "kg": "1000",
            "m3": "1.0",
            "material_class": "2",
            "key": "true",
        }
    ],
    "organisations.csv": [
        {"id": "org-city", "name": "市", "kind": "city", "parent_id": "", "path": "org-city", "source": "plan"},
        {"id": "org-det", "name": "支队", "kind": "detachment", "parent_id": "org-city", "path": ORGANISATION},
    ],
    "stations.csv": [
        {
            "id": f"st-{n}",
            "name": f"{n}号消防救援站",
            "station_class": "first",
            "organisation_id": "org-det",
            "district": "天山区",
            "lon": lon,
            "lat": "43.8",
        }
        for n, lon in ((1, "87.60"), (2, "87.65"))
    ],
    "teams.csv": [
        {
            "id": "tm-1",
            "name": "机动队",
            "type_code": "MT-HR",
            "organisation_id": "org-det",
            "station_id": "st-1",
            "people": "27",
            "mobilise_s": "300",
        }
    ],
    "units.csv": [
        {
            "id": f"u-{n}",
            "name": f"水罐{n}",
            "family": "fire",
            "type_code": "SG-M",
            "organisation_id": "org-det",
            "station_id": "st-1",
            "team_id": "",
            "lon": "",
            "lat": "",
            "capabilities": "EXTRICATION=1",
            "parameters": "water_l=0;pump_lps=60",
            "crew": "5",
            "turnout_s": "60",
            "in_service": service,
            "out_reason": reason,
            "back_at": "",
        }
        for n, service, reason in ((1, "true", ""), (2, "false", "泵体检修"))
    ],
    "people.csv": [
        {"id": "p-1", "unit_id": "u-1", "seat": "驾驶员", "name": "张伟", "qualifications": "B2驾驶|泵浦操作"}
    ],
    "micro_stations.csv": [
        {
            "id": "ms-1",
            "name": "友好路社区微型消防站",
            "kind": "community",
            "organisation_id": "org-det",
            "district": "天山区",
            "lon": "87.61",
            "lat": "43.81",
            "people": "6",
            "capabilities": "WATER_STREAM=1",
        }
    ],
    "stockpiles.csv": [
        {
            "id": "dp-1",
            "name": "储备库",
            "organisation_id": "org-city",
            "owner_kind": "city",
            "lon": "87.62",
            "lat": "43.82",
            "trucks": "3",
            "trucks_out": "1",
            "payload_kg": "8000",
            "mobilise_s": "1500",
        }
    ],
    "batches.csv": [
        {
            "id": "dp-1:2040101:1",
            "stockpile_id": "dp-1",
            "item_code": "2040101",
            "produced_on": "2024-01-01",
            "expires_on": "2032-01-01",
            "available": "18",
        }
    ],
    "places.csv": [
        {
            "id": "pl-1",
            "name": "红山公园",
            "initials": "hsgy",
            "kind": "landmark",
            "district": "天山区",
            "lon": "87.61",
            "lat": "43.8",
            "height_m": "98",
            "tags": "highrise|mine",
        }
    ],
}


def area(id_: str, station_id: str, ring: list[list[float]]) -> dict[str, Any]:
    """A GeoJSON feature of a station area."""
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "id": id_, "properties": {"station_id": station_id}, "geometry": geometry}


def collection(*features: dict[str, Any]) -> bytes:
    """A GeoJSON file."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def written(rows: list[dict[str, str]]) -> bytes:
    """Rows as a CSV file."""
    text = io.StringIO(newline="")
    sheet = csv.DictWriter(text, list(rows[0]))
    sheet.writeheader()
    sheet.writerows(rows)
    return text.getvalue().encode()


def whole() -> dict[str, bytes]:
    """A folder without fault, as its files' bytes."""
    files = {name: written(rows) for name, rows in TABLES.items()}
    files["manifest.json"] = json.dumps(MANIFEST).encode()
    files["station_areas.geojson"] = collection(area("area-1", "st-1", AREA))
    district = {"type": "Feature", "id": "650102", "properties": {"name": "天山区"}}
    files["districts.geojson"] = collection({**district, "geometry": {"type": "Polygon", "coordinates": [AREA]}})
    return files


def spoiled(file: str, row: int, **cells: str) -> dict[str, bytes]:
    """The folder with some cells of one row (2 is the first below the header) replaced."""
    rows = [dict(each) for each in TABLES[file]]
    for each in rows:
        for name in cells:
            each.setdefault(name, "")
    rows[row - 2].update(cells)
    return {**whole(), file: written(rows)}


def manifest(**values: object) -> dict[str, bytes]:
    """The folder with other values in its manifest."""
    return {**whole(), "manifest.json": json.dumps({**MANIFEST, **values}).encode()}
