"""The rows of an import: everything registered read once, new and changed things written in bulk."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from kernel.contracts.base import Versioned
from kernel.contracts.resources import Batch, CrewMember, ImportStamp
from kernel.database import Transaction
from resources import tables
from resources.rules import Held, StockKey
from resources.store import things
from resources.store.stock import add_movements, bump_stocks, movement, stock_versions
from resources.store.things import Kind, add_rows, as_row, as_thing, query_of, update_rows

ORDER: tuple[Kind, ...] = (
    things.CAPABILITY,
    things.VEHICLE_TYPE,
    things.ITEM,
    things.ORGANISATION,
    things.STATION,
    things.TEAM,
    things.UNIT,
    things.MICRO_STATION,
    things.STOCKPILE,
    things.PLACE,
    things.STATION_AREA,
)
_LOCK = 0x72656769  # "regi": one import at a time


async def lock_register(tx: Transaction) -> None:
    """Waits for another import, then for every order that is taking stock, in the order in which those lock."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    stocks = tables.stocks
    query = select(stocks.c.version).where(stocks.c.realm == tx.realm).order_by(*list(stocks.primary_key)[1:])
    await tx.execute(query.with_for_update(key_share=True))


async def registered(tx: Transaction) -> dict[str, dict[str, Versioned]]:
    """Everything registered, by kind and id. State is locked, so that nobody changes it beneath the import."""
    found: dict[str, dict[str, Versioned]] = {}
    for kind in (*ORDER, things.BATCH):
        query = query_of(kind, tx).order_by(kind.table.c.id)
        rows = (await tx.execute(query.with_for_update(key_share=True) if kind.realm else query)).mappings()
        found[kind.word] = {row["id"]: as_thing(kind.model, row) for row in rows}
    return found


async def registered_people(tx: Transaction) -> dict[str, CrewMember]:
    """Every crew member by id. Private: for comparing only."""
    rows = (await tx.execute(select(tables.persons))).mappings()
    return {row["id"]: CrewMember.model_validate(dict(row)) for row in rows}


async def write_people(tx: Transaction, created: Iterable[CrewMember], changed: Iterable[CrewMember]) -> None:
    """Writes crew members."""
    await add_rows(tx, tables.persons, [person.model_dump() for person in created])
    await update_rows(tx, tables.persons, [person.model_dump() for person in changed])


async def write_batches(
    tx: Transaction, created: Sequence[Versioned], changed: Sequence[Versioned], before: dict[str, Versioned]
) -> None:
    """Receives new batches and corrects untouched ones; what comes and goes is a movement of the ledger."""
    new, corrected = _batches(created), _batches(changed)
    await _touch_stocks(tx, {(batch.stockpile_id, batch.item_code) for batch in (*new, *corrected)})
    await add_rows(tx, tables.batches, [_batch_row(tx, batch) for batch in new])
    await update_rows(tx, tables.batches, [_batch_row(tx, batch) for batch in corrected])
    ledger = [_correction(tx, batch, batch.available) for batch in new if batch.available]
    for batch in corrected:
        known = before[batch.id]
        assert isinstance(known, Batch)
        if batch.available != known.available:
            ledger.append(_correction(tx, batch, batch.available - known.available))
    await add_movements(tx, ledger)


def _batches(found: Iterable[Versioned]) -> list[Batch]:
    return [thing for thing in found if isinstance(thing, Batch)]


def _batch_row(tx: Transaction, batch: Batch) -> dict[str, Any]:
    return {**as_row(things.BATCH, batch, tx.realm), "quantity": batch.available}


def _correction(tx: Transaction, batch: Batch, more: int) -> dict[str, object | None]:
    """Stock that came from outside the register, or left it."""
    source, target = ("outside", "available") if more > 0 else ("available", "outside")
    return movement(tx, Held(batch.id, abs(more)), source, target, None)


async def _touch_stocks(tx: Transaction, keys: set[StockKey]) -> None:
    versions = await stock_versions(tx)
    new = [{"realm": tx.realm, "stockpile_id": key[0], "item_code": key[1], "version": 1} for key in sorted(keys)]
    await add_rows(tx, tables.stocks, [row for row in new if (row["stockpile_id"], row["item_code"]) not in versions])
    await bump_stocks(tx, {key: versions[key] for key in sorted(keys & set(versions))})


async def save_stamp(tx: Transaction, stamp: ImportStamp) -> None:
    """Writes when the register was last imported."""
    row = {**stamp.model_dump(), "realm": tx.realm}
    upsert = insert(tables.stamps).values(row)
    await tx.execute(upsert.on_conflict_do_update(index_elements=["realm", "id"], set_=row))
