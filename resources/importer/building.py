"""Rows to things of the register: references found, types laid under units, coordinates brought to WGS-84."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kernel.contracts.base import Versioned
from kernel.contracts.resources import (
    Batch,
    Capability,
    CrewMember,
    Item,
    MicroStation,
    Organisation,
    Place,
    Station,
    Stockpile,
    Team,
    Unit,
    VehicleType,
)
from resources.importer.crs import LonLat
from resources.importer.ground import Ground, ground_of, read_manifest
from resources.importer.layout import SHEETS, Sheet
from resources.importer.problems import Bad
from resources.importer.reading import Folder, Row
from resources.importer.shapes import read_areas, read_districts

Registered = Mapping[str, Mapping[str, Versioned]]
Cells = dict[str, Any]
MODELS: Mapping[str, type[Versioned]] = {
    "capability": Capability,
    "vehicle_type": VehicleType,
    "item": Item,
    "organisation": Organisation,
    "station": Station,
    "team": Team,
    "unit": Unit,
    "micro_station": MicroStation,
    "stockpile": Stockpile,
    "batch": Batch,
    "place": Place,
}


@dataclass
class Register:
    """What a folder describes: things by kind, and who rides (private)."""

    name: str = ""
    synthetic: bool = False
    things: dict[str, list[Versioned]] = field(default_factory=dict)
    people: list[CrewMember] = field(default_factory=list)


@dataclass
class _Bench:
    """What building needs at hand."""

    folder: Folder
    registered: Registered
    ground: Ground
    built: dict[str, dict[str, Versioned]] = field(default_factory=dict)

    def find(self, word: str, id_: str) -> Versioned | None:
        """A thing of this folder, or else one that is registered."""
        return self.built.get(word, {}).get(id_) or self.registered.get(word, {}).get(id_)

    def knows(self, word: str, id_: str) -> bool:
        """Whether the folder names such a thing or the register has it; of a file that is unreadable nobody knows."""
        return (
            word in self.folder.unread or id_ in self.folder.named.get(word, ()) or id_ in self.registered.get(word, {})
        )


def build(folder: Folder, registered: Registered) -> Register:
    """Everything that the folder describes; what cannot be becomes a problem of the folder."""
    manifest = read_manifest(folder)
    bench = _Bench(folder, registered, ground_of(manifest, read_districts(folder)))
    register = Register(manifest.get("name", ""), bool(manifest.get("synthetic", False)))
    for file, sheet in SHEETS.items():
        made = [made for row in folder.rows[file] if (made := _build_row(bench, file, sheet, row)) is not None]
        if sheet.word == "person":
            register.people = [CrewMember.model_validate(cells) for cells in made]
            continue
        things = [thing for cells in made if (thing := _thing(folder, file, sheet, cells)) is not None]
        register.things[sheet.word] = things
        bench.built[sheet.word] = {thing.id: thing for thing in things}
    register.things["station_area"] = list(read_areas(folder, lambda id_: bench.knows("station", id_)))
    return register


def _build_row(bench: _Bench, file: str, sheet: Sheet, row: Row) -> Cells | None:
    """The checked cells of a row with `row` beside them, None when something is refused."""
    before = len(bench.folder.problems)
    cells: Cells = {**row.cells, "row": row.number}
    _check_references(bench, file, sheet, row)
    for check in CHECKS:
        if check.applies(sheet):
            try:
                check.do(bench, sheet, cells)
            except Bad as bad:
                bench.folder.refuse(file, row.number, check.column, bad.code, **bad.params)
    return cells if len(bench.folder.problems) == before else None


def _check_references(bench: _Bench, file: str, sheet: Sheet, row: Row) -> None:
    for column in sheet.columns.values():
        value = row.cells[column.name]
        if not column.refers or not value:
            continue
        for id_ in [value] if isinstance(value, str) else value:
            if not bench.knows(column.refers, id_):
                kind = column.refers.replace("_", " ")
                bench.folder.refuse(file, row.number, column.name, "reference_unknown", kind=kind, shown=id_)


def _thing(folder: Folder, file: str, sheet: Sheet, cells: Cells) -> Versioned | None:
    try:
        return MODELS[sheet.word].model_validate(cells)
    except ValidationError as error:
        for each in error.errors():
            column = str(each["loc"][0]) if each["loc"] else ""
            folder.refuse(file, cells["row"], column, "value_refused", shown=cells.get(column, ""))
        return None


@dataclass(frozen=True)
class _Check:
    """A step of building that may refuse, and the column at which it does."""

    column: str
    do: Callable[[_Bench, Sheet, Cells], None]
    only: str = ""

    def applies(self, sheet: Sheet) -> bool:
        """Whether a sheet's rows take this step."""
        return sheet.word == self.only if self.only else self.column in sheet.columns


def _locate(bench: _Bench, sheet: Sheet, cells: Cells) -> None:
    lon, lat, crs = cells.pop("lon"), cells.pop("lat"), cells.pop("crs")
    if lon is not None and lat is not None:
        cells["at"] = bench.ground.place(lon, lat, crs)
    elif lon is not None or lat is not None:
        raise Bad("place_missing")
    else:
        cells["at"] = _where_it_stands(bench, cells)


def _where_it_stands(bench: _Bench, cells: Cells) -> LonLat:
    station = bench.find("station", cells["station_id"])
    if isinstance(station, Station):
        return station.at
    return (0.0, 0.0)  # its station is refused or unknown, so nothing of this folder will be written


def _district(bench: _Bench, sheet: Sheet, cells: Cells) -> None:
    name, known = cells["district"], bench.ground.districts
    if name and known and name not in known:
        raise Bad("district_unknown", shown=name)


def _path(bench: _Bench, sheet: Sheet, cells: Cells) -> None:
    parent = bench.find("organisation", cells["parent_id"]) if cells["parent_id"] else None
    rows = {row.cells["id"]: row.cells for row in bench.folder.rows["organisations.csv"]}
    above = rows.get(cells["parent_id"] or "", {}).get("path") or getattr(parent, "path", "")
    wanted = f"{above}/{cells['id']}" if above else cells["id"]
    if cells["path"] != wanted and (above or not cells["parent_id"]):
        raise Bad("path_wrong", wanted=wanted)


def _overlay(bench: _Bench, sheet: Sheet, cells: Cells) -> None:
    """Lays the unit's own values over those of its type; 0 takes one away."""
    type_ = bench.find("vehicle_type", cells["type_code"])
    if not isinstance(type_, VehicleType):
        type_ = None
    for name in ("capabilities", "parameters"):
        under: Mapping[str, float] = getattr(type_, name) if type_ else {}
        cells[name] = {key: value for key, value in {**under, **cells[name]}.items() if value}
    if cells["unit_class"] is None:
        cells["unit_class"] = type_.unit_class if type_ else "support"
    if cells["crew_needed"] is None:
        cells["crew_needed"] = type_.crew if type_ else cells["crew"]


def _reason(bench: _Bench, sheet: Sheet, cells: Cells) -> None:
    if not cells["in_service"] and not cells["out_reason"]:
        raise Bad("reason_missing")


def _trucks(bench: _Bench, sheet: Sheet, cells: Cells) -> None:
    if cells["trucks_out"] > cells["trucks"]:
        raise Bad("more_out_than_there")


def _dates(bench: _Bench, sheet: Sheet, cells: Cells) -> None:
    if cells["produced_on"] and cells["expires_on"] and cells["expires_on"] < cells["produced_on"]:
        raise Bad("expired_before_made")


def _same_stock(bench: _Bench, sheet: Sheet, cells: Cells) -> None:
    known = bench.registered.get("batch", {}).get(cells["id"])
    place = (cells["stockpile_id"], cells["item_code"])
    if isinstance(known, Batch) and (known.stockpile_id, known.item_code) != place:
        raise Bad("batch_elsewhere", shown=f"{known.stockpile_id} {known.item_code}")


CHECKS = (
    _Check("lon", _locate),
    _Check("district", _district),
    _Check("path", _path, only="organisation"),
    _Check("type_code", _overlay, only="unit"),
    _Check("out_reason", _reason, only="unit"),
    _Check("trucks_out", _trucks, only="stockpile"),
    _Check("expires_on", _dates, only="batch"),
    _Check("id", _same_stock, only="batch"),
)
