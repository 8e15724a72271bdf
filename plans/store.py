"""The only SQL of plans: versions are added, the pointer moves."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Table, and_, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from kernel.contracts.base import Versioned
from kernel.contracts.plans import ForceTable, ResponseCard
from kernel.database import Transaction
from kernel.errors import Conflict, NotFound
from plans import tables

Thing = TypeVar("Thing", bound=Versioned)


@dataclass(frozen=True)
class Kind(Generic[Thing]):
    """One kind of published thing: its word, its table and its contract."""

    word: str
    table: Table
    model: type[Thing]


CARD: Kind[ResponseCard] = Kind("response_card", tables.response_cards, ResponseCard)
FORCE_TABLE: Kind[ForceTable] = Kind("force_table", tables.force_tables, ForceTable)


async def list_current(tx: Transaction, kind: Kind[Thing]) -> list[Thing]:
    """The current version of everything of a kind, retired or not, by identity."""
    table, pointers = kind.table, tables.pointers
    here = and_(pointers.c.kind == kind.word, pointers.c.id == table.c.id, pointers.c.version == table.c.version)
    rows = await tx.execute(select(table).join(pointers, here).order_by(table.c.id))
    return [kind.model.model_validate(dict(row)) for row in rows.mappings()]


async def get(tx: Transaction, kind: Kind[Thing], id_: str, version: int | None = None) -> Thing:
    """One version of a thing, or the newest. Raises NotFound."""
    table = kind.table
    query = select(table).where(table.c.id == id_).order_by(table.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(table.c.version == version)
    row = (await tx.execute(query)).mappings().first()
    if row is None:
        what = kind.word.replace("_", " ")
        raise NotFound(
            f"{kind.word}_unknown", f"There is no {what} {id_}{f' in version {version}' if version else ''}."
        )
    return kind.model.model_validate(dict(row))


async def lock(tx: Transaction, kind: Kind[Thing], id_: str) -> int:
    """Locks a thing's pointer, made at 0 when it is new, until the transaction ends; gives its current version."""
    pointers = tables.pointers
    first = {"kind": kind.word, "id": id_, "version": 0}
    await tx.execute(pg_insert(pointers).values(first).on_conflict_do_nothing())
    query = select(pointers.c.version).where(pointers.c.kind == kind.word, pointers.c.id == id_)
    return int((await tx.execute(query.with_for_update())).scalar_one())


async def publish(tx: Transaction, kind: Kind[Thing], thing: Thing) -> None:
    """Adds the next version and points to it. Raises Conflict when the pointer is not at the version before."""
    pointers = tables.pointers
    same = (pointers.c.kind == kind.word, pointers.c.id == thing.id, pointers.c.version == thing.version - 1)
    moved = await tx.execute(update(pointers).where(*same).values(version=thing.version))
    if moved.rowcount != 1:
        raise Conflict("version_conflict", f"{thing.id} was published by somebody else meanwhile; read it again.")
    row: dict[str, Any] = {**thing.model_dump(mode="json"), "published_at": tx.at, "published_by": tx.principal.subject}
    await tx.execute(insert(kind.table).values(row))
