"""The register's tables. State carries its realm and composite keys; reference data has none."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
)
from sqlalchemy.dialects.postgresql import JSONB

from kernel.database import schema_metadata
from kernel.outbox import ledger

metadata = schema_metadata("resources")
LEDGER = ledger("resources", metadata)
BALANCES = ("available", "committed", "loaded", "in_transit", "delivered", "consumed")


def _text(name: str, *extra: Any) -> Column[str]:
    return Column(name, String, *extra, nullable=False, default="")


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0)


def _flag(name: str, *, default: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=False, default=default)


def _key(*, realm: bool) -> list[Any]:
    """Identity and version of a thing, with the realm first where it is state."""
    keys: list[Any] = [Column("realm", String, primary_key=True)] if realm else []
    return [*keys, Column("id", String, primary_key=True), Column("version", BigInteger, nullable=False)]


def _point() -> list[Any]:
    """A place on earth: PostGIS would fold (500, 200) into degrees and keep NaN, so the table refuses both."""
    possible = "NOT ST_IsEmpty(at) AND ST_X(at) BETWEEN -180 AND 180 AND ST_Y(at) BETWEEN -90 AND 90"
    return [
        Column("at", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        CheckConstraint(possible, name="at_possible"),
    ]


def _not_negative(*names: str) -> CheckConstraint:
    return CheckConstraint(" AND ".join(f"{name} >= 0" for name in names), name="not_negative")


organisations = Table(
    "organisations",
    metadata,
    *_key(realm=False),
    _text("name"),
    _text("name_en"),
    _text("kind"),
    Column("parent_id", String, ForeignKey("resources.organisations.id", deferrable=True, initially="DEFERRED")),
    _text("path"),
    _text("source"),
)

stations = Table(
    "stations",
    metadata,
    *_key(realm=False),
    _text("name"),
    _text("name_en"),
    Column("number", Integer),
    _text("station_class"),
    _text("organisation_id", ForeignKey("resources.organisations.id")),
    _text("district"),
    *_point(),
    _count("bays"),
    _count("people_established"),
    _count("receipt_limit_s"),
    _count("turnout_limit_s"),
    _count("arrival_limit_s"),
    _text("source"),
    _not_negative("bays", "people_established", "receipt_limit_s", "turnout_limit_s", "arrival_limit_s"),
)

teams = Table(
    "teams",
    metadata,
    *_key(realm=False),
    _text("name"),
    _text("name_en"),
    _text("type_code"),
    _text("organisation_id", ForeignKey("resources.organisations.id")),
    _text("station_id", ForeignKey("resources.stations.id")),
    _count("people"),
    _count("mobilise_s"),
    _flag("national"),
    _flag("by_request"),
    _text("source"),
    _not_negative("people", "mobilise_s"),
)

capabilities = Table("capabilities", metadata, *_key(realm=False), _text("name"), _text("name_en"))

vehicle_types = Table(
    "vehicle_types",
    metadata,
    *_key(realm=False),
    _text("name"),
    _text("name_en"),
    _text("category"),
    _text("unit_class"),
    Column("capabilities", JSONB, nullable=False),
    Column("parameters", JSONB, nullable=False),
    _count("crew"),
    _text("source"),
    _not_negative("crew"),
)

units = Table(
    "units",
    metadata,
    *_key(realm=True),
    _text("name"),
    _text("name_en"),
    _text("unit_class"),
    _text("family"),
    _text("type_code", ForeignKey("resources.vehicle_types.id")),
    _text("organisation_id", ForeignKey("resources.organisations.id")),
    _text("station_id", ForeignKey("resources.stations.id")),
    Column("team_id", String, ForeignKey("resources.teams.id")),
    *_point(),
    Column("capabilities", JSONB, nullable=False),
    Column("parameters", JSONB, nullable=False),
    _count("crew"),
    _count("crew_needed"),
    _count("turnout_s"),
    _flag("by_air"),
    _flag("shareable"),
    _flag("by_request"),
    _flag("in_service", default=True),
    _text("out_reason"),
    Column("back_at", DateTime(timezone=True)),
    _count("bay"),
    _text("source"),
    _not_negative("crew", "crew_needed", "turnout_s", "bay"),
    CheckConstraint("in_service OR out_reason <> ''", name="out_has_reason"),
)

micro_stations = Table(
    "micro_stations",
    metadata,
    *_key(realm=True),
    _text("name"),
    _text("kind"),
    _text("organisation_id", ForeignKey("resources.organisations.id")),
    _text("district"),
    *_point(),
    _count("people"),
    Column("capabilities", JSONB, nullable=False),
    _count("turnout_s"),
    _flag("by_e_bike"),
    _flag("in_service", default=True),
    _text("source"),
    _not_negative("people", "turnout_s"),
)

station_areas = Table(
    "station_areas",
    metadata,
    *_key(realm=False),
    _text("station_id", ForeignKey("resources.stations.id")),
    Column("rings", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=False),
    CheckConstraint(
        "ST_IsValid(rings) AND NOT ST_IsEmpty(rings) AND ST_XMin(rings) >= -180 AND ST_XMax(rings) <= 180"
        " AND ST_YMin(rings) >= -90 AND ST_YMax(rings) <= 90",
        name="rings_possible",
    ),
    Index("ix_station_areas_rings", "rings", postgresql_using="gist"),
)

places = Table(
    "places",
    metadata,
    *_key(realm=False),
    _text("name"),
    _text("name_en"),
    _text("pinyin"),
    _text("initials"),
    _text("kind"),
    _text("district"),
    *_point(),
    _text("occupancy"),
    Column("height_m", Double, nullable=False),
    Column("tags", JSONB, nullable=False),
    CheckConstraint("height_m BETWEEN 0 AND 1000", name="height_possible"),
)

# Who rides. Private: never in an event, a picture or the audit log; a retention job may erase a row.
persons = Table(
    "persons",
    metadata,
    Column("id", String, primary_key=True),
    Column("unit_id", String, nullable=False, index=True),
    _text("seat"),
    _text("name"),
    Column("qualifications", JSONB, nullable=False),
    _flag("on_duty", default=True),
)

items = Table(
    "items",
    metadata,
    *_key(realm=False),
    _text("name"),
    _text("name_en"),
    _text("unit"),
    Column("kg", Double, nullable=False),
    Column("m3", Double, nullable=False),
    _count("material_class"),
    _text("gb38565_code"),
    _count("life_days"),
    _flag("key"),
    CheckConstraint("kg > 0 AND kg < 1e9 AND m3 >= 0 AND m3 < 1e9", name="size_possible"),
)

stockpiles = Table(
    "stockpiles",
    metadata,
    *_key(realm=True),
    _text("name"),
    _text("name_en"),
    _text("organisation_id", ForeignKey("resources.organisations.id")),
    _text("owner_kind"),
    _text("district"),
    *_point(),
    _count("trucks"),
    _count("trucks_out"),
    _count("payload_kg"),
    _count("mobilise_s"),
    _flag("by_request"),
    _text("source"),
    _not_negative("trucks", "trucks_out", "payload_kg", "mobilise_s"),
    CheckConstraint("trucks_out <= trucks", name="trucks_there"),
)

# One row per stockpile and item: the version of its stock, and the lock that every change of its batches takes first.
stocks = Table(
    "stocks",
    metadata,
    Column("realm", String, primary_key=True),
    Column("stockpile_id", String, primary_key=True),
    Column("item_code", String, ForeignKey("resources.items.id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    ForeignKeyConstraint(["realm", "stockpile_id"], ["resources.stockpiles.realm", "resources.stockpiles.id"]),
)

batches = Table(
    "batches",
    metadata,
    *_key(realm=True),
    Column("stockpile_id", String, nullable=False),
    Column("item_code", String, nullable=False),
    Column("produced_on", Date),
    Column("expires_on", Date),
    Column("quantity", Integer, nullable=False),
    *(_count(name) for name in BALANCES),
    _not_negative("quantity", *BALANCES),
    CheckConstraint(f"quantity = {' + '.join(BALANCES)}", name="sum_conserved"),
    ForeignKeyConstraint(
        ["realm", "stockpile_id", "item_code"],
        ["resources.stocks.realm", "resources.stocks.stockpile_id", "resources.stocks.item_code"],
    ),
    Index("ix_batches_stock", "realm", "stockpile_id", "item_code"),
)

commitments = Table(
    "commitments",
    metadata,
    Column("realm", String, primary_key=True),
    Column("supply_order_id", String, primary_key=True),
    Column("incident_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

# Which batches a supply order holds. What a batch holds for all of its orders is what its balances say.
holdings = Table(
    "holdings",
    metadata,
    Column("realm", String, primary_key=True),
    Column("supply_order_id", String, primary_key=True),
    Column("batch_id", String, primary_key=True),
    Column("quantity", Integer, nullable=False),
    CheckConstraint("quantity > 0", name="positive"),
    ForeignKeyConstraint(
        ["realm", "supply_order_id"], ["resources.commitments.realm", "resources.commitments.supply_order_id"]
    ),
    ForeignKeyConstraint(["realm", "batch_id"], ["resources.batches.realm", "resources.batches.id"]),
)

# Loading vehicles that a supply order keeps away from its stockpile until it is delivered or given back.
truck_holds = Table(
    "truck_holds",
    metadata,
    Column("realm", String, primary_key=True),
    Column("supply_order_id", String, primary_key=True),
    Column("stockpile_id", String, primary_key=True),
    Column("trucks", Integer, nullable=False),
    CheckConstraint("trucks > 0", name="positive"),
    ForeignKeyConstraint(
        ["realm", "supply_order_id"], ["resources.commitments.realm", "resources.commitments.supply_order_id"]
    ),
    ForeignKeyConstraint(["realm", "stockpile_id"], ["resources.stockpiles.realm", "resources.stockpiles.id"]),
)

# Every movement of stock, for ever: the balances of a batch are the sum of its movements.
movements = Table(
    "movements",
    metadata,
    Column("realm", String, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=True),
    Column("batch_id", String, nullable=False),
    Column("supply_order_id", String),
    Column("from_state", String, nullable=False),
    Column("to_state", String, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("actor", String, nullable=False),
    CheckConstraint("quantity > 0 AND from_state <> to_state", name="moves_something"),
    ForeignKeyConstraint(["realm", "batch_id"], ["resources.batches.realm", "resources.batches.id"]),
    Index("ix_movements_batch", "realm", "batch_id"),
    info={"append_only": True},
)

stamps = Table(
    "stamps",
    metadata,
    *_key(realm=True),
    Column("imported_at", DateTime(timezone=True), nullable=False),
    _text("source"),
    _flag("synthetic"),
    Column("counts", JSONB, nullable=False),
    _count("created"),
    _count("changed"),
)
