"""The CSV files of an import folder: their columns, what each cell is, and what an empty one means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel.contracts.vocabulary import (
    MicroStationKind,
    Occupancy,
    OrganisationKind,
    Provenance,
    StationClass,
    UnitClass,
    UnitFamily,
)
from resources.importer import cells
from resources.importer.cells import Parse


@dataclass(frozen=True)
class Column:
    """A column: `must` columns stand in the header and none of their cells is empty.

    `refers` is the kind of thing whose id the cell (or each key of a map) must be.
    """

    name: str
    parse: Parse
    must: bool = False
    default: Any = None
    refers: str = ""


@dataclass(frozen=True)
class Sheet:
    """One CSV file: the kind of thing that its rows are, and its columns by name."""

    word: str
    columns: Mapping[str, Column]

    @property
    def musts(self) -> list[str]:
        """Names of the columns that may not be missing."""
        return [name for name, column in self.columns.items() if column.must]


def _sheet(word: str, *columns: Column) -> Sheet:
    return Sheet(word, {column.name: column for column in columns})


def _must(name: str, parse: Parse, refers: str = "") -> Column:
    return Column(name, parse, must=True, refers=refers)


_NUMBERS = cells.mapped(cells.amount)
_CAN = Column("capabilities", cells.mapped(cells.count), default={}, refers="capability")
_CAN_BESIDES = Column("capabilities", cells.mapped(cells.whole), default={}, refers="capability")
_ID = _must("id", cells.identity)
_NAME = _must("name", cells.text)
_NAME_EN = Column("name_en", cells.text, default="")
_DISTRICT = Column("district", cells.text, default="")
_ORGANISATION = _must("organisation_id", cells.identity, "organisation")
_STATION = _must("station_id", cells.identity, "station")
_SOURCE = Column("source", cells.word(Provenance), default=Provenance.REGISTER)
_ORIGIN = Column("source", cells.text, default="")
_CRS = Column("crs", cells.crs)
_AT = (_must("lon", cells.number), _must("lat", cells.number), _CRS)
_AT_OR_STATION = (Column("lon", cells.number), Column("lat", cells.number), _CRS)


def _truth(name: str, *, default: bool = False) -> Column:
    return Column(name, cells.truth, default=default)


def _count(name: str, default: int = 0) -> Column:
    return Column(name, cells.whole, default=default)


def _seconds(name: str, default: int) -> Column:
    return Column(name, cells.seconds, default=default)


SHEETS: Mapping[str, Sheet] = {
    "capabilities.csv": _sheet("capability", _must("id", cells.code), _NAME, _NAME_EN),
    "vehicle_types.csv": _sheet(
        "vehicle_type",
        _must("id", cells.code),
        _NAME,
        _NAME_EN,
        _must("category", cells.code),
        _must("unit_class", cells.word(UnitClass)),
        _CAN,
        Column("parameters", _NUMBERS, default={}),
        _must("crew", cells.whole),
        _ORIGIN,
    ),
    "items.csv": _sheet(
        "item",
        _must("id", cells.code),
        _NAME,
        _NAME_EN,
        _must("unit", cells.text),
        _must("kg", cells.positive),
        _must("m3", cells.amount),
        _must("material_class", cells.whole),
        Column("gb38565_code", cells.text, default=""),
        _count("life_days"),
        _truth("key"),
    ),
    "organisations.csv": _sheet(
        "organisation",
        _ID,
        _NAME,
        _NAME_EN,
        _must("kind", cells.word(OrganisationKind)),
        Column("parent_id", cells.identity, refers="organisation"),
        _must("path", cells.text),
        _SOURCE,
    ),
    "stations.csv": _sheet(
        "station",
        _ID,
        _NAME,
        _NAME_EN,
        Column("number", cells.whole),
        _must("station_class", cells.word(StationClass)),
        _ORGANISATION,
        _DISTRICT,
        *_AT,
        _count("bays"),
        _count("people_established"),
        _seconds("receipt_limit_s", 30),
        _seconds("turnout_limit_s", 60),
        _seconds("arrival_limit_s", 300),
        _SOURCE,
    ),
    "teams.csv": _sheet(
        "team",
        _ID,
        _NAME,
        _NAME_EN,
        _must("type_code", cells.code),
        _ORGANISATION,
        _STATION,
        _must("people", cells.whole),
        _must("mobilise_s", cells.seconds),
        _truth("national"),
        _truth("by_request"),
        _SOURCE,
    ),
    "units.csv": _sheet(
        "unit",
        _ID,
        _NAME,
        _NAME_EN,
        Column("unit_class", cells.word(UnitClass)),
        _must("family", cells.word(UnitFamily)),
        _must("type_code", cells.code, "vehicle_type"),
        _ORGANISATION,
        _STATION,
        Column("team_id", cells.identity, refers="team"),
        *_AT_OR_STATION,
        _CAN_BESIDES,
        Column("parameters", _NUMBERS, default={}),
        _must("crew", cells.whole),
        Column("crew_needed", cells.whole),
        _must("turnout_s", cells.seconds),
        _truth("by_air"),
        _truth("shareable"),
        _truth("by_request"),
        _truth("in_service", default=True),
        Column("out_reason", cells.text, default=""),
        Column("back_at", cells.instant),
        _count("bay"),
        _SOURCE,
    ),
    "people.csv": _sheet(
        "person",
        _ID,
        _must("unit_id", cells.identity, "unit"),
        _must("seat", cells.text),
        _NAME,
        Column("qualifications", cells.listed, default=()),
        _truth("on_duty", default=True),
    ),
    "micro_stations.csv": _sheet(
        "micro_station",
        _ID,
        _NAME,
        _must("kind", cells.word(MicroStationKind)),
        _ORGANISATION,
        _DISTRICT,
        *_AT,
        _must("people", cells.whole),
        _CAN,
        _seconds("turnout_s", 60),
        _truth("by_e_bike"),
        _truth("in_service", default=True),
        _SOURCE,
    ),
    "stockpiles.csv": _sheet(
        "stockpile",
        _ID,
        _NAME,
        _NAME_EN,
        _ORGANISATION,
        _must("owner_kind", cells.word(OrganisationKind)),
        _DISTRICT,
        *_AT,
        _must("trucks", cells.whole),
        _count("trucks_out"),
        _must("payload_kg", cells.whole),
        _must("mobilise_s", cells.seconds),
        _truth("by_request"),
        _SOURCE,
    ),
    "batches.csv": _sheet(
        "batch",
        _ID,
        _must("stockpile_id", cells.identity, "stockpile"),
        _must("item_code", cells.code, "item"),
        Column("produced_on", cells.day),
        Column("expires_on", cells.day),
        _must("available", cells.whole),
    ),
    "places.csv": _sheet(
        "place",
        _ID,
        _NAME,
        _NAME_EN,
        Column("pinyin", cells.text, default=""),
        Column("initials", cells.text, default=""),
        _must("kind", cells.code),
        _DISTRICT,
        *_AT,
        Column("occupancy", cells.word(Occupancy), default=Occupancy.OTHER),
        Column("height_m", cells.up_to(1000), default=0.0),
        Column("tags", cells.listed_codes, default=()),
    ),
}
