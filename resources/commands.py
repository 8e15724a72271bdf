"""What the register does when asked: load, ask the rules, save, record, answer."""

from collections.abc import Iterable, Mapping
from datetime import date

from kernel.contracts.resources import (
    Batch,
    Commitment,
    CommitmentForm,
    CrewMember,
    MovementForm,
    Place,
    ServiceForm,
    Stockpile,
    Unit,
)
from kernel.database import Transaction
from kernel.errors import Conflict
from kernel.http import decide
from resources import rules, tables
from resources.rules import Held, StockKey
from resources.store import stock, things


async def change_service(tx: Transaction, unit_id: str, form: ServiceForm) -> Unit:
    """Takes a unit out of service or back; asking for what already is changes nothing."""
    unit = await things.get(tx, things.UNIT, Unit, unit_id, lock=True)
    decide(tx.principal, "unit.service", {"unit_id": unit.id, "station_id": unit.station_id})
    if rules.same_service(unit, form):
        return unit
    changed = rules.change_service(unit, form)
    await things.save(tx, things.UNIT, changed)
    tx.record("unit.changed", "unit", changed, await scope_of(tx, changed.organisation_id))
    return changed


async def read_crew(tx: Transaction, unit_id: str) -> list[CrewMember]:
    """Who rides on a unit; the reading goes to the audit log, the names do not."""
    unit = await things.get(tx, things.UNIT, Unit, unit_id)
    decide(tx.principal, "crew.read", {"unit_id": unit.id, "station_id": unit.station_id})
    tx.note("crew.read", "unit", unit.id)
    return await things.list_crew(tx, unit.id)


async def find_places(tx: Transaction, text: str, near: str | None, limit: int) -> list[Place]:
    """Places for the desk's search. Raises Invalid when `near` is no place on earth."""
    return await things.search_places(tx, rules.clean_words(text), rules.place_on_earth(near) if near else None, limit)


async def commit_stock(tx: Transaction, form: CommitmentForm) -> Commitment:
    """Takes all lines of a supply order or none. The same order asked twice is one commitment."""
    asked = rules.wanted(form.lines)
    order = stock.Order(
        form.supply_order_id, form.incident_id, "committed", tuple((*key, quantity) for key, quantity in asked.items())
    )
    if not await stock.claim_order(tx, order):
        return _same_order(await stock.lock_order(tx, order.supply_order_id), order)
    versions = await stock.lock_stocks(tx, asked)
    batches = await stock.list_batches(tx, versions)
    parts, missing = _allocate_all(tx, asked, batches)
    if any(missing.values()):
        await stock.drop_order(tx, order.supply_order_id)
        return Commitment(supply_order_id=order.supply_order_id, confirmed=False, short=rules.shortages(missing))
    await things.add_rows(tx, tables.holdings, [_holding(tx, order.supply_order_id, part) for part in parts])
    await _move(tx, order.supply_order_id, (versions, batches), parts, source="available", target="committed")
    await _send_trucks(tx, order.supply_order_id, asked)
    return Commitment(supply_order_id=order.supply_order_id, confirmed=True, state="committed")


def _same_order(known: stock.Order, asked: stock.Order) -> Commitment:
    if known.state in rules.BACK:
        raise Conflict("commitment_over", f"The stock of supply order {asked.supply_order_id} was {known.state}.")
    if (known.incident_id, known.lines) != (asked.incident_id, asked.lines):
        raise Conflict("commitment_differs", f"Supply order {asked.supply_order_id} was committed with other lines.")
    return Commitment(supply_order_id=known.supply_order_id, confirmed=True, state=known.state)


def _allocate_all(
    tx: Transaction, asked: Mapping[StockKey, int], batches: list[Batch]
) -> tuple[list[Held], dict[StockKey, int]]:
    day = rules.city_day(tx.at)
    parts: list[Held] = []
    missing: dict[StockKey, int] = {}
    for key, quantity in asked.items():
        taken, missing[key] = rules.allocate(quantity, rules.of_stock(batches, key), day)
        parts += taken
    return parts, missing


def _holding(tx: Transaction, supply_order_id: str, part: Held) -> dict[str, str | int]:
    return {
        "realm": tx.realm,
        "supply_order_id": supply_order_id,
        "batch_id": part.batch_id,
        "quantity": part.quantity,
    }


async def release_stock(tx: Transaction, supply_order_id: str) -> Commitment:
    """Gives the stock of a canceled order back, as long as it is not delivered.

    An order that never came is remembered as released, so that a commitment on its way is refused when it arrives.
    """
    if await stock.claim_order(tx, stock.Order(supply_order_id, "", "released", ())):
        return Commitment(supply_order_id=supply_order_id, confirmed=False, state="released")
    order = await stock.lock_order(tx, supply_order_id)
    return await _step(tx, order, rules.way_back(order.state))


async def move_stock(tx: Transaction, form: MovementForm) -> Commitment:
    """Moves the stock of a supply order to its next state; asking for the state it has changes nothing."""
    rules.check_target(form.to)
    return await _step(tx, await stock.lock_order(tx, form.supply_order_id), form.to)


async def _step(tx: Transaction, order: stock.Order, to: str) -> Commitment:
    answer = Commitment(supply_order_id=order.supply_order_id, confirmed=to not in rules.BACK, state=to)
    if order.state == to:
        return answer
    state = order.state
    for reached in rules.steps_to(state, to):
        await _one_step(tx, order, state, reached)
        state = reached
    await stock.set_order_state(tx, order.supply_order_id, to)
    return answer


async def _one_step(tx: Transaction, order: stock.Order, state: str, to: str) -> None:
    versions = await stock.lock_stocks(tx, sorted((line[0], line[1]) for line in order.lines))
    batches = await stock.list_batches(tx, versions)
    holdings = await stock.held_by(tx, tables.holdings, order.supply_order_id)
    parts = [Held(row["batch_id"], row["quantity"]) for row in holdings]
    source, target = rules.balance_of(state), rules.balance_of(to)
    await _move(tx, order.supply_order_id, (versions, batches), parts, source=source, target=target)
    if to in rules.FREES_TRUCKS and state != "delivered":
        await _free_trucks(tx, order.supply_order_id)


async def _move(
    tx: Transaction,
    supply_order_id: str,
    locked: tuple[Mapping[StockKey, int], list[Batch]],
    parts: Iterable[Held],
    *,
    source: str,
    target: str,
) -> None:
    """Moves parts of locked batches between balances, appends to the ledger, publishes the stocks that changed."""
    now = {batch.id: batch for batch in locked[1]}
    ledger = []
    for part in parts:
        now[part.batch_id] = rules.move(now[part.batch_id], part.quantity, source=source, target=target)
        ledger.append(stock.movement(tx, part, source, target, supply_order_id))
    await things.update_all(tx, things.BATCH, [batch for batch in now.values() if batch not in locked[1]])
    await stock.add_movements(tx, ledger)
    await _tell_stocks(tx, locked[0], now.values())


async def _tell_stocks(tx: Transaction, versions: Mapping[StockKey, int], batches: Iterable[Batch]) -> None:
    """Publishes the next version of locked stocks."""
    there, day = list(batches), rules.city_day(tx.at)
    await stock.bump_stocks(tx, versions)
    for key, version in versions.items():
        tx.record("stock.changed", "stock", rules.stock_of(key, version + 1, rules.of_stock(there, key), day))


async def tell_expired(tx: Transaction, first: date) -> int:
    """Tells of stock whose last day was `first` or later and is over: it is no longer available. Gives how many."""
    keys = await stock.expired_between(tx, first, rules.city_day(tx.at))
    versions = await stock.lock_stocks(tx, keys)
    await _tell_stocks(tx, versions, await stock.list_batches(tx, versions))
    return len(versions)


async def _send_trucks(tx: Transaction, supply_order_id: str, asked: Mapping[StockKey, int]) -> None:
    """Keeps the trucks that the order needs, as far as there are any, away from other orders."""
    kg = await stock.item_kg(tx, {item for _, item in asked})
    for stockpile_id, load in sorted(rules.per_stockpile(asked).items()):
        stockpile = await things.get(tx, things.STOCKPILE, Stockpile, stockpile_id, lock=True)
        trucks = rules.trucks_for(stockpile, rules.load_kg(load, kg))
        if trucks > 0:
            row = {"realm": tx.realm, "supply_order_id": supply_order_id, "stockpile_id": stockpile_id}
            await things.add_rows(tx, tables.truck_holds, [{**row, "trucks": trucks}])
            await _change_trucks(tx, stockpile, trucks)


async def _free_trucks(tx: Transaction, supply_order_id: str) -> None:
    for row in await stock.held_by(tx, tables.truck_holds, supply_order_id):
        stockpile = await things.get(tx, things.STOCKPILE, Stockpile, row["stockpile_id"], lock=True)
        await _change_trucks(tx, stockpile, -row["trucks"])


async def _change_trucks(tx: Transaction, stockpile: Stockpile, out: int) -> None:
    changed = rules.with_trucks(stockpile, out)
    await things.save(tx, things.STOCKPILE, changed)
    tx.record("stockpile.changed", "stockpile", changed, await scope_of(tx, changed.organisation_id))


async def scope_of(tx: Transaction, organisation_id: str) -> str:
    """The audience of what an organisation owns."""
    return f"{await things.path_of(tx, organisation_id)}|open"
