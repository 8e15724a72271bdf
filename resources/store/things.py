"""Things to rows and back: one mapper for every kind in the register."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from shapely import from_wkb
from sqlalchemy import Select, Table, and_, bindparam, case, func, insert, or_, select, update

from kernel.contracts.base import LonLat, Versioned
from kernel.contracts.resources import (
    Batch,
    Capability,
    CrewMember,
    ImportStamp,
    Item,
    MicroStation,
    Organisation,
    Place,
    Station,
    StationArea,
    Stockpile,
    Team,
    Unit,
    VehicleType,
)
from kernel.database import Transaction
from kernel.errors import Conflict, NotFound
from resources import tables

Thing = TypeVar("Thing", bound=Versioned)
Rows = Sequence[Mapping[str, Any]]
CHUNK = 1000


@dataclass(frozen=True)
class Kind:
    """One kind of thing in the register: its word, its table and its contract."""

    word: str
    table: Table
    model: type[Versioned]

    @property
    def realm(self) -> bool:
        """Whether the thing is state of a realm."""
        return "realm" in self.table.c


ORGANISATION = Kind("organisation", tables.organisations, Organisation)
STATION = Kind("station", tables.stations, Station)
TEAM = Kind("team", tables.teams, Team)
CAPABILITY = Kind("capability", tables.capabilities, Capability)
VEHICLE_TYPE = Kind("vehicle_type", tables.vehicle_types, VehicleType)
UNIT = Kind("unit", tables.units, Unit)
MICRO_STATION = Kind("micro_station", tables.micro_stations, MicroStation)
STATION_AREA = Kind("station_area", tables.station_areas, StationArea)
PLACE = Kind("place", tables.places, Place)
ITEM = Kind("item", tables.items, Item)
STOCKPILE = Kind("stockpile", tables.stockpiles, Stockpile)
BATCH = Kind("batch", tables.batches, Batch)


def _columns(table: Table) -> list[Any]:
    """Every column; a point as two numbers and an area as WKB."""
    plain: list[Any] = [column for column in table.c if column.name not in ("at", "rings")]
    if "at" in table.c:
        plain += [func.ST_X(table.c.at).label("lon"), func.ST_Y(table.c.at).label("lat")]
    if "rings" in table.c:
        plain.append(func.ST_AsBinary(table.c.rings).label("wkb"))
    return plain


def as_thing(model: type[Thing], row: Mapping[str, Any]) -> Thing:
    """The value of a row."""
    values = dict(row)
    if "lon" in values:
        values["at"] = (values["lon"], values["lat"])
    if "wkb" in values:
        polygon = from_wkb(bytes(values["wkb"]))
        values["rings"] = [list(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
    return model.model_validate(values)


def as_row(kind: Kind, thing: Versioned, realm: str) -> dict[str, Any]:
    """The row of a value; the database turns EWKT into geometry and refuses what is impossible."""
    row = thing.model_dump()
    if kind.realm:
        row["realm"] = realm
    if "at" in row:
        row["at"] = "SRID=4326;POINT({!r} {!r})".format(*row["at"])
    if "rings" in row:
        row["rings"] = f"SRID=4326;POLYGON({', '.join(map(_ring, row['rings']))})"
    return row


def _ring(points: Iterable[LonLat]) -> str:
    return "(" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in points) + ")"


def query_of(kind: Kind, tx: Transaction) -> Select[Any]:
    found = select(*_columns(kind.table))
    return found.where(kind.table.c.realm == tx.realm) if kind.realm else found


async def list_all(tx: Transaction, kind: Kind, model: type[Thing]) -> list[Thing]:
    """Everything of a kind, by identity."""
    rows = (await tx.execute(query_of(kind, tx).order_by(kind.table.c.id))).mappings()
    return [as_thing(model, row) for row in rows]


async def get(tx: Transaction, kind: Kind, model: type[Thing], id_: str, *, lock: bool = False) -> Thing:
    """One thing, locked until the transaction ends if asked. Raises NotFound."""
    query = query_of(kind, tx).where(kind.table.c.id == id_)
    row = (await tx.execute(query.with_for_update(key_share=True) if lock else query)).mappings().first()
    if row is None:
        raise NotFound(f"{kind.word}_unknown", f"There is no {kind.word.replace('_', ' ')} {id_} in the register.")
    return as_thing(model, row)


async def save(tx: Transaction, kind: Kind, thing: Versioned) -> None:
    """Writes the next version of a thing. Raises Conflict when somebody else wrote it first."""
    row = as_row(kind, thing, tx.realm)
    table = kind.table
    same = [table.c.id == thing.id, table.c.version == thing.version - 1]
    if kind.realm:
        same.append(table.c.realm == tx.realm)
    written = await tx.execute(update(table).where(*same).values({name: row[name] for name in row if name in table.c}))
    if written.rowcount != 1:
        raise Conflict(
            "version_conflict", f"The {kind.word} {thing.id} was changed by somebody else meanwhile; read it again."
        )


async def add(tx: Transaction, kind: Kind, things: Iterable[Versioned]) -> None:
    """Inserts new things."""
    await add_rows(tx, kind.table, [as_row(kind, thing, tx.realm) for thing in things])


async def add_rows(tx: Transaction, table: Table, rows: Rows) -> None:
    """Inserts rows, a thousand at a time."""
    for start in range(0, len(rows), CHUNK):
        await tx.execute(insert(table), rows[start : start + CHUNK])


async def update_all(tx: Transaction, kind: Kind, changed: Iterable[Versioned]) -> None:
    """Writes the next versions of things that this transaction has locked."""
    await update_rows(tx, kind.table, [as_row(kind, thing, tx.realm) for thing in changed])


async def update_rows(tx: Transaction, table: Table, rows: Rows) -> None:
    """Writes rows that this transaction has locked, by their primary key."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = update(table).where(*(table.c[key] == bindparam(f"key_{key}") for key in keys))
    statement = statement.values({name: bindparam(name) for name in rows[0] if name in table.c and name not in keys})
    bound = [{**{f"key_{key}": row[key] for key in keys}, **_without(row, keys)} for row in rows]
    for start in range(0, len(bound), CHUNK):
        await tx.execute(statement, bound[start : start + CHUNK])


def _without(row: Any, keys: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in keys}


async def path_of(tx: Transaction, organisation_id: str) -> str:
    """The organisation's place in the tree: the scope of what it owns."""
    path = select(tables.organisations.c.path).where(tables.organisations.c.id == organisation_id)
    return str((await tx.execute(path)).scalar_one())


async def list_crew(tx: Transaction, unit_id: str) -> list[CrewMember]:
    """Who rides on a unit, by seat. Private."""
    persons = tables.persons
    query = select(persons).where(persons.c.unit_id == unit_id).order_by(persons.c.seat, persons.c.id)
    return [CrewMember.model_validate(dict(row)) for row in (await tx.execute(query)).mappings()]


async def find_stamp(tx: Transaction) -> ImportStamp | None:
    """The last import that changed the register."""
    row = (await tx.execute(select(tables.stamps).where(tables.stamps.c.realm == tx.realm))).mappings().first()
    return None if row is None else ImportStamp.model_validate(dict(row))


async def search_places(tx: Transaction, text: str, near: LonLat | None, limit: int) -> list[Place]:
    """Places by name, part of a name, pinyin or its initials; names that `text` goes on from count, too."""
    table = tables.places
    word = text.strip().lower()
    quoted = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    name, latin = func.lower(table.c.name), func.lower(table.c.name_en)
    inside = and_(func.length(table.c.name) > 1, func.strpos(word, name) > 0)
    pinyin = func.replace(table.c.pinyin, " ", "")
    found = or_(
        name.like(f"%{quoted}%"),
        latin.like(f"%{quoted}%"),
        table.c.initials.like(f"{quoted}%"),
        pinyin.like(f"{quoted}%"),
        inside,
    )
    rank = case(
        (name == word, 0), (name.like(f"{quoted}%"), 1), (table.c.initials.like(f"{quoted}%"), 2), (inside, 3), else_=4
    )
    order: list[Any] = [rank, func.length(table.c.name), table.c.id]
    if near is not None:
        order.insert(1, func.ST_DistanceSphere(table.c.at, func.ST_SetSRID(func.ST_MakePoint(*near), 4326)))
    rows = (await tx.execute(query_of(PLACE, tx).where(found).order_by(*order).limit(limit))).mappings()
    return [as_thing(Place, row) for row in rows]
