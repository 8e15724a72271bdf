"""The register folder in memory and on disk: rows per file, written exactly as docs/import.md describes."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]

FORCE = ("organisation_id", "station_id")
COLUMNS: dict[str, tuple[str, ...]] = {
    "capabilities": ("id", "name", "name_en"),
    "vehicle_types": (
        *("id", "name", "name_en", "category", "unit_class", "capabilities", "parameters", "crew", "source"),
    ),
    "items": (*("id", "name", "name_en", "unit", "kg", "m3", "material_class", "gb38565_code", "life_days", "key"),),
    "organisations": ("id", "name", "name_en", "kind", "parent_id", "path", "source"),
    "stations": (
        *("id", "name", "name_en", "number", "station_class", "organisation_id", "district", "lon", "lat", "bays"),
        *("people_established", "receipt_limit_s", "turnout_limit_s", "arrival_limit_s", "source"),
    ),
    "teams": (
        *("id", "name", "name_en", "type_code", *FORCE, "people", "mobilise_s", "national", "by_request", "source"),
    ),
    "units": (
        *(
            "id",
            "name",
            "name_en",
            "unit_class",
            "family",
            "type_code",
            *FORCE,
            "team_id",
            "lon",
            "lat",
            "capabilities",
        ),
        *("parameters", "crew", "crew_needed", "turnout_s", "by_air", "shareable", "by_request", "in_service"),
        *("out_reason", "back_at", "bay", "source"),
    ),
    "people": ("id", "unit_id", "seat", "name", "qualifications", "on_duty"),
    "micro_stations": (
        *("id", "name", "kind", "organisation_id", "district", "lon", "lat", "people", "capabilities", "turnout_s"),
        *("by_e_bike", "in_service", "source"),
    ),
    "stockpiles": (
        *("id", "name", "name_en", "organisation_id", "owner_kind", "district", "lon", "lat", "trucks", "trucks_out"),
        *("payload_kg", "mobilise_s", "by_request", "source"),
    ),
    "batches": ("id", "stockpile_id", "item_code", "produced_on", "expires_on", "available"),
    "places": (
        *("id", "name", "name_en", "pinyin", "initials", "kind", "district", "lon", "lat", "occupancy", "height_m"),
        "tags",
    ),
}


@dataclass
class Register:
    """Rows by file name without its ending, and the GeoJSON features of the two area files."""

    manifest: dict[str, Any]
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    areas: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def by_id(self, name: str) -> dict[str, Row]:
        return {row["id"]: row for row in self.rows[name]}

    def write(self, folder: Path) -> None:
        """Writes every file; the same register gives the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "manifest.json").write_text(_json(self.manifest), encoding="utf-8")
        for name, columns in COLUMNS.items():
            (folder / f"{name}.csv").write_text(_table(self.rows[name], columns), encoding="utf-8", newline="")
        for name, features in self.areas.items():
            collection = {"type": "FeatureCollection", "features": features}
            (folder / f"{name}.geojson").write_text(_json(collection), encoding="utf-8")


def read_table(path: Path) -> list[Row]:
    """Rows of a CSV file, every cell as its text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_map(cell: str) -> dict[str, float]:
    """`A=1;B=2.5` as numbers by key; an empty cell is an empty map."""
    return {key: float(value) for key, _, value in (part.partition("=") for part in cell.split(";") if part)}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        unknown = row.keys() - set(columns)
        if unknown:
            raise ValueError(f"{row['id']}: no such column: {sorted(unknown)}")
        writer.writerow([_cell(row.get(column)) for column in columns])
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.7f}".rstrip("0").rstrip(".")
    if isinstance(value, Mapping):
        return ";".join(f"{key}={_cell(each)}" for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return "|".join(_cell(each) for each in value)
    return str(value)
