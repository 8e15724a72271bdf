"""Stock to rows and back: versions, batches, the ledger of movements, and what supply orders hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Table, and_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from kernel.clock import real_now
from kernel.contracts.resources import Batch
from kernel.database import Transaction
from kernel.errors import NotFound
from resources import tables
from resources.rules import Held, StockKey
from resources.store.things import BATCH, Rows, add_rows, as_thing, query_of, update_rows


def _these(table: Table, realm: str, keys: Iterable[StockKey]) -> ColumnElement[bool]:
    columns = tuple_(table.c.stockpile_id, table.c.item_code)
    return and_(table.c.realm == realm, columns.in_(list(keys)))


async def lock_stocks(tx: Transaction, keys: Iterable[StockKey]) -> dict[StockKey, int]:
    """Locks the stock rows in canonical order, so that no two orders wait for each other; gives their versions."""
    stocks = tables.stocks
    # Rows that refer to these share a lock on their keys; to ask for the keys, too, may deadlock two that do both.
    query = select(stocks).where(_these(stocks, tx.realm, keys)).order_by(stocks.c.stockpile_id, stocks.c.item_code)
    rows = (await tx.execute(query.with_for_update(key_share=True))).mappings()
    return {(row["stockpile_id"], row["item_code"]): row["version"] for row in rows}


async def stock_versions(tx: Transaction) -> dict[StockKey, int]:
    """Every stock of the realm with its version."""
    stocks = tables.stocks
    rows = (await tx.execute(select(stocks).where(stocks.c.realm == tx.realm))).mappings()
    return {(row["stockpile_id"], row["item_code"]): row["version"] for row in rows}


async def list_batches(tx: Transaction, keys: Iterable[StockKey]) -> list[Batch]:
    """The batches of some stocks."""
    query = query_of(BATCH, tx).where(_these(tables.batches, tx.realm, keys)).order_by(tables.batches.c.id)
    return [as_thing(Batch, row) for row in (await tx.execute(query)).mappings()]


async def expired_between(tx: Transaction, first: date, day: date) -> list[StockKey]:
    """Stocks with something on the shelf whose last day was `first` or later, but before `day`."""
    table = tables.batches
    within = (table.c.realm == tx.realm, table.c.available > 0, table.c.expires_on >= first, table.c.expires_on < day)
    rows = await tx.execute(select(table.c.stockpile_id, table.c.item_code).where(*within).distinct())
    return sorted((row.stockpile_id, row.item_code) for row in rows)


async def batches_of(tx: Transaction, stockpile_id: str) -> list[Batch]:
    """The batches of one stockpile."""
    query = query_of(BATCH, tx).where(tables.batches.c.stockpile_id == stockpile_id).order_by(tables.batches.c.id)
    return [as_thing(Batch, row) for row in (await tx.execute(query)).mappings()]


async def bump_stocks(tx: Transaction, versions: Mapping[StockKey, int]) -> None:
    """Writes the next versions of locked stocks."""
    rows = [
        {"realm": tx.realm, "stockpile_id": key[0], "item_code": key[1], "version": version + 1}
        for key, version in versions.items()
    ]
    await update_rows(tx, tables.stocks, rows)


async def item_kg(tx: Transaction, codes: Iterable[str]) -> dict[str, float]:
    """Mass of one unit of measure of each item, kilograms."""
    items = tables.items
    rows = await tx.execute(select(items.c.id, items.c.kg).where(items.c.id.in_(list(codes))))
    return {row.id: row.kg for row in rows}


def movement(
    tx: Transaction, part: Held, source: str, target: str, supply_order_id: str | None
) -> dict[str, object | None]:
    """A row of the ledger of stock."""
    return {
        "realm": tx.realm,
        "batch_id": part.batch_id,
        "supply_order_id": supply_order_id,
        "from_state": source,
        "to_state": target,
        "quantity": part.quantity,
        "at": tx.at,
        "recorded_at": real_now(),
        "actor": tx.principal.subject,
    }


async def add_movements(tx: Transaction, rows: Rows) -> None:
    """Appends to the ledger of stock."""
    await add_rows(tx, tables.movements, rows)


@dataclass(frozen=True)
class Order:
    """A supply order as the register keeps it: asked lines, state, and the batches and trucks that it holds."""

    supply_order_id: str
    incident_id: str
    state: str
    lines: tuple[tuple[str, str, int], ...]


async def claim_order(tx: Transaction, order: Order) -> bool:
    """Takes the order's identity, waiting for a twin in flight. False when it was taken before."""
    row = {
        "realm": tx.realm,
        "supply_order_id": order.supply_order_id,
        "incident_id": order.incident_id,
        "state": order.state,
        "lines": [list(line) for line in order.lines],
        "at": tx.at,
    }
    table = tables.commitments
    taken = insert(table).values(row).on_conflict_do_nothing().returning(table.c.supply_order_id)
    return (await tx.execute(taken)).first() is not None


async def lock_order(tx: Transaction, supply_order_id: str) -> Order:
    """The order, locked until the transaction ends. Raises NotFound."""
    table = tables.commitments
    query = select(table).where(table.c.realm == tx.realm, table.c.supply_order_id == supply_order_id)
    row = (await tx.execute(query.with_for_update(key_share=True))).mappings().first()
    if row is None:
        raise NotFound("commitment_unknown", f"No stock is committed to supply order {supply_order_id}.")
    lines = tuple((line[0], line[1], line[2]) for line in row["lines"])
    return Order(supply_order_id, row["incident_id"], row["state"], lines)


async def drop_order(tx: Transaction, supply_order_id: str) -> None:
    """Forgets an order that took nothing."""
    table = tables.commitments
    await tx.execute(table.delete().where(table.c.realm == tx.realm, table.c.supply_order_id == supply_order_id))


async def set_order_state(tx: Transaction, supply_order_id: str, state: str) -> None:
    """Writes where the order's stock is now."""
    table = tables.commitments
    same = (table.c.realm == tx.realm, table.c.supply_order_id == supply_order_id)
    await tx.execute(update(table).where(*same).values(state=state))


async def held_by(tx: Transaction, table: Table, supply_order_id: str) -> Rows:
    """The batches (`holdings`) or trucks (`truck_holds`) that an order holds."""
    query = select(table).where(table.c.realm == tx.realm, table.c.supply_order_id == supply_order_id)
    return list((await tx.execute(query.order_by(table.c[2]))).mappings())
