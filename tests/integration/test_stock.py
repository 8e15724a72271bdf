"""Stock: all of an order or nothing, never more than is there, first expired first, every movement in the ledger."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from resources.commands import tell_expired
from resources.main import app
from tests.integration import small_register as small
from tests.integration.small_register import DISPATCH, DISPATCHER, KEEPER, Caller

BALANCES = ("available", "committed", "loaded", "in_transit", "delivered", "consumed")
_orders = itertools.count(1)

BATCHES = [
    small.batch("late", "depot-1", "foam", 10, expires=date(2030, 1, 1)),
    small.batch("early", "depot-1", "foam", 6, expires=date(2027, 1, 1)),
    small.batch("gone", "depot-1", "foam", 50, expires=date(2026, 2, 28)),
    small.batch("ever", "depot-1", "foam", 4),
    small.batch("masks", "depot-2", "mask", 300),
    small.batch("crowd-1", "depot-2", "foam", 37),
    small.batch("crowd-2", "depot-1", "mask", 1000),
]


@pytest.fixture
async def engine(
    postgres: Any, request: pytest.FixtureRequest, environment: dict[str, str]
) -> AsyncIterator[AsyncEngine]:
    """A register of its own for every test."""
    name = f"stock_{abs(hash(request.node.name))}"
    postgres.make_database(name, template="muster")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATABASE_URL", postgres.url(name))
        patch.setenv("MUSTER_CLOCK_ANCHOR", small.NOW.isoformat())
        made = create_async_engine(postgres.url(name), pool_size=60)
        await small.fill(made, BATCHES)
        yield made
        await made.dispose()


@pytest.fixture
async def client(engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    async with small.client_of(app) as made:
        yield made


@pytest.fixture
def dispatch(client: httpx.AsyncClient) -> Caller:
    return Caller(client, "resources", DISPATCH)


@pytest.fixture
def keeper(client: httpx.AsyncClient) -> Caller:
    return Caller(client, "resources", KEEPER)


def order(*lines: tuple[str, str, int], id_: str | None = None) -> dict[str, Any]:
    asked = [{"stockpile_id": depot, "item_code": item, "quantity": quantity} for depot, item, quantity in lines]
    return {"supply_order_id": id_ or f"so-{next(_orders)}", "incident_id": "i-1", "lines": asked}


async def shelf(caller: Caller, depot: str = "depot-1") -> dict[str, dict[str, int]]:
    return {each["id"]: each for each in (await caller.get(f"/stockpiles/{depot}/batches")).json()}


async def stocks(caller: Caller) -> dict[str, dict[str, Any]]:
    things = (await caller.get("/snapshot")).json()["things"]
    return {thing["id"]: thing["value"] for thing in things if thing["kind"] == "stock"}


async def rows(engine: AsyncEngine, sql: str) -> list[Any]:
    async with engine.begin() as connection:
        found = await connection.execute(text(sql))
        return list(found) if found.returns_rows else []


async def test_what_expires_first_goes_first_and_what_has_expired_stays(dispatch: Caller) -> None:
    reply = await dispatch.send("POST", "/commitments", order(("depot-1", "foam", 8)))
    assert reply.json() == {"supply_order_id": reply.json()["supply_order_id"], "confirmed": True, "short": [],
                            "state": "committed"}  # fmt: skip
    now = await shelf(dispatch)
    assert {id_: batch["committed"] for id_, batch in now.items() if batch["committed"]} == {"early": 6, "late": 2}
    stock = (await stocks(dispatch))["depot-1:foam"]
    assert (stock["available"], stock["committed"], stock["expired"], stock["version"]) == (12, 8, 50, 2)


async def test_a_short_line_takes_nothing_of_the_others(dispatch: Caller, engine: AsyncEngine) -> None:
    asked = order(("depot-1", "foam", 15), ("depot-2", "mask", 9), ("depot-1", "foam", 9), ("nowhere", "foam", 1))
    answer = (await dispatch.send("POST", "/commitments", asked)).json()
    assert not answer["confirmed"]
    missing = {(line["stockpile_id"], line["item_code"]): line["quantity"] for line in answer["short"]}
    assert missing == {("depot-1", "foam"): 4, ("nowhere", "foam"): 1}
    assert all(stock["committed"] == 0 for stock in (await stocks(dispatch)).values())
    assert await rows(engine, "SELECT * FROM resources.events") == []
    again = await dispatch.send("POST", "/commitments", order(("depot-2", "mask", 9), id_=asked["supply_order_id"]))
    assert again.json()["confirmed"], "a refused order took nothing, not even its number"


async def test_the_same_order_asked_twice_is_one_commitment(dispatch: Caller, engine: AsyncEngine) -> None:
    asked = order(("depot-1", "foam", 3))
    replies = await asyncio.gather(*(dispatch.send("POST", "/commitments", asked) for _ in range(10)))
    assert [reply.json()["confirmed"] for reply in replies] == [True] * 10
    assert (await stocks(dispatch))["depot-1:foam"]["committed"] == 3
    assert len(await rows(engine, "SELECT * FROM resources.events WHERE type = 'stock.changed'")) == 1
    other = await dispatch.send("POST", "/commitments", order(("depot-1", "foam", 4), id_=asked["supply_order_id"]))
    assert (other.status_code, other.json()["code"]) == (409, "commitment_differs")


async def test_stock_goes_its_whole_way_and_trucks_come_back(
    dispatch: Caller, keeper: Caller, engine: AsyncEngine
) -> None:
    asked = order(("depot-1", "foam", 12))
    await dispatch.send("POST", "/commitments", asked)
    id_ = asked["supply_order_id"]

    async def trucks_out() -> int:
        things = (await dispatch.get("/snapshot")).json()["things"]
        return next(int(each["value"]["trucks_out"]) for each in things if each["id"] == "depot-1")

    assert await trucks_out() == 3, "12 t on trucks of 5 t"
    for state, out in (("loaded", 3), ("in_transit", 3), ("delivered", 0), ("consumed", 0)):
        for _ in range(2):
            reply = await keeper.send("POST", "/movements", {"supply_order_id": id_, "to": state})
            assert reply.json()["state"] == state
        assert await trucks_out() == out
        assert sum(batch[state] for batch in (await shelf(dispatch)).values()) == 12
    late = await dispatch.send("POST", f"/commitments/{id_}/release")
    assert (late.status_code, late.json()["code"]) == (409, "step_illegal"), "what is used up cannot come back"
    states = await rows(
        engine, "SELECT DISTINCT from_state, to_state FROM resources.movements WHERE batch_id = 'early'"
    )
    assert {tuple(row) for row in states} == {
        ("outside", "available"),
        ("available", "committed"),
        ("committed", "loaded"),
        ("loaded", "in_transit"),
        ("in_transit", "delivered"),
        ("delivered", "consumed"),
    }


async def test_released_stock_is_there_for_the_next_order(dispatch: Caller) -> None:
    first = order(("depot-1", "foam", 20))
    await dispatch.send("POST", "/commitments", first)
    second = order(("depot-1", "foam", 20))
    assert not (await dispatch.send("POST", "/commitments", second)).json()["confirmed"]
    released = await dispatch.send("POST", f"/commitments/{first['supply_order_id']}/release")
    assert (released.json()["confirmed"], released.json()["state"]) == (False, "released")
    assert (await dispatch.send("POST", "/commitments", second)).json()["confirmed"]
    over = await dispatch.send("POST", "/commitments", first)
    assert (over.status_code, over.json()["code"]) == (409, "commitment_over")


async def test_a_step_that_was_reported_late_is_caught_up(
    dispatch: Caller, keeper: Caller, engine: AsyncEngine
) -> None:
    asked = order(("depot-2", "foam", 5))
    await dispatch.send("POST", "/commitments", asked)
    move = {"supply_order_id": asked["supply_order_id"], "to": "delivered"}
    assert (await keeper.send("POST", "/movements", move)).json()["state"] == "delivered"
    passed = "SELECT to_state FROM resources.movements WHERE supply_order_id IS NOT NULL ORDER BY number"
    assert [row[0] for row in await rows(engine, passed)] == ["committed", "loaded", "in_transit", "delivered"]
    back = await keeper.send("POST", "/movements", move | {"to": "loaded"})
    assert (back.status_code, back.json()["code"]) == (409, "step_illegal")
    await conserved(engine)


async def test_a_canceled_order_gives_back_what_is_on_the_road(dispatch: Caller, keeper: Caller) -> None:
    asked = order(("depot-2", "foam", 5))
    await dispatch.send("POST", "/commitments", asked)
    await keeper.send("POST", "/movements", {"supply_order_id": asked["supply_order_id"], "to": "in_transit"})
    for _ in range(2):
        back = await dispatch.send("POST", f"/commitments/{asked['supply_order_id']}/release")
        assert back.json()["state"] == "returned"
    stock = (await stocks(dispatch))["depot-2:foam"]
    assert (stock["available"], stock["in_transit"]) == (37, 0)


async def test_a_commitment_that_arrives_after_its_cancelation_takes_nothing(dispatch: Caller) -> None:
    asked = order(("depot-2", "foam", 5))
    gone = await dispatch.send("POST", f"/commitments/{asked['supply_order_id']}/release")
    assert gone.json()["state"] == "released"
    late = await dispatch.send("POST", "/commitments", asked)
    assert (late.status_code, late.json()["code"]) == (409, "commitment_over")
    assert (await stocks(dispatch))["depot-2:foam"]["available"] == 37


async def test_stock_that_expires_overnight_is_told(engine: AsyncEngine) -> None:
    """`gone` was good on 28 February and is looked at on 1 March; nothing is told twice by the same look."""
    async with small.transaction(engine) as tx:
        assert await tell_expired(tx, date(2026, 2, 28)) == 1
        told = [change.thing.value for change in tx.changes]
        assert await tell_expired(tx, date(2026, 3, 1)) == 0
    assert [(each.id, getattr(each, "available", None), getattr(each, "expired", None)) for each in told] == [
        ("depot-1:foam", 20, 50)
    ]


async def test_only_services_commit_and_only_known_states_are_moves(client: httpx.AsyncClient, keeper: Caller) -> None:
    desk = Caller(client, "resources", DISPATCHER)
    assert (await desk.send("POST", "/commitments", order(("depot-1", "foam", 1)))).status_code == 403
    for state in ("released", "available", "expired"):
        reply = await keeper.send("POST", "/movements", {"supply_order_id": "so-x", "to": state})
        assert (reply.status_code, reply.json()["code"]) == (422, "state_unknown")
    unknown = await keeper.send("POST", "/movements", {"supply_order_id": "so-x", "to": "loaded"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "commitment_unknown")


def crowd() -> list[dict[str, Any]]:
    """Fifty orders for 37 t of foam, some with masks from the other depot, lines in either order."""
    chance = random.Random(7)
    orders = []
    for _ in range(50):
        lines = [("depot-2", "foam", chance.randint(1, 4)), ("depot-1", "mask", chance.randint(1, 30))]
        chance.shuffle(lines)
        orders.append(order(*lines))
    return orders


async def test_fifty_orders_at_once_never_take_more_than_is_there(dispatch: Caller, engine: AsyncEngine) -> None:
    orders = crowd()
    replies = await asyncio.gather(*(dispatch.insist("POST", "/commitments", each) for each in orders))
    assert {reply.status_code for reply in replies} == {200}
    taken = sum(
        line["quantity"]
        for asked, reply in zip(orders, replies, strict=True)
        for line in asked["lines"]
        if reply.json()["confirmed"] and line["item_code"] == "foam"
    )
    stock = (await stocks(dispatch))["depot-2:foam"]
    assert 33 < taken <= 37
    assert (stock["committed"], stock["available"]) == (taken, 37 - taken)
    await conserved(engine)


async def test_a_naive_twin_takes_more_than_is_there(engine: AsyncEngine) -> None:
    """Check, then update, without the lock: the same crowd takes more than the shelf held, and every CHECK holds."""
    wanted = [line["quantity"] for asked in crowd() for line in asked["lines"] if line["item_code"] == "foam"]
    everybody_has_read = asyncio.Barrier(len(wanted))

    async def take(quantity: int) -> int:
        async with engine.connect() as connection:
            read = text("SELECT available, committed FROM resources.batches WHERE id = 'crowd-1'")
            there, taken = (await connection.execute(read)).one()
            await connection.commit()
            await everybody_has_read.wait()
            if there < quantity:
                return 0
            write = text("UPDATE resources.batches SET available = :a, committed = :c WHERE id = 'crowd-1'")
            await connection.execute(write, {"a": there - quantity, "c": taken + quantity})
            await connection.commit()
            return quantity

    assert sum(await asyncio.gather(*map(take, wanted))) > 37


async def conserved(engine: AsyncEngine) -> None:
    """Every batch's balances are the sum of its movements, none is negative, and their sum is what came in."""
    columns = ", ".join(BALANCES)
    for batch in await rows(engine, f"SELECT id, quantity, {columns} FROM resources.batches"):
        flows = await rows(
            engine, f"SELECT from_state, to_state, quantity FROM resources.movements WHERE batch_id = '{batch.id}'"
        )
        sums = dict.fromkeys(("outside", *BALANCES), 0)
        for source, target, quantity in flows:
            sums[source] -= quantity
            sums[target] += quantity
        assert {name: getattr(batch, name) for name in BALANCES} == {name: sums[name] for name in BALANCES}, batch.id
        assert min(sums[name] for name in BALANCES) >= 0
        assert batch.quantity == -sums["outside"]


NEXT = {"committed": "loaded", "loaded": "in_transit", "in_transit": "delivered", "delivered": "consumed"}


async def walk(dispatch: Caller, keeper: Caller, seed: int, steps: int) -> None:
    """A random walk of orders, some of whose steps are refused."""
    chance = random.Random(seed)
    known: dict[str, str] = {}
    for _ in range(steps):
        if not known or chance.random() < 0.3:
            depots, items = ("depot-1", "depot-2"), ("foam", "mask")
            lines = [(chance.choice(depots), chance.choice(items), chance.randint(1, 9)) for _ in range(2)]
            asked = order(*lines)
            reply = await dispatch.insist("POST", "/commitments", asked)
        elif chance.random() < 0.15:
            reply = await dispatch.insist("POST", f"/commitments/{chance.choice(list(known))}/release")
        else:
            id_ = chance.choice(list(known))
            wild = chance.choice(["loaded", "in_transit", "delivered", "consumed", "returned"])
            state = NEXT.get(known[id_], wild) if chance.random() < 0.8 else wild
            reply = await keeper.insist("POST", "/movements", {"supply_order_id": id_, "to": state})
        assert reply.status_code in (200, 409), reply.text
        if reply.status_code == 200 and reply.json()["state"]:
            known[reply.json()["supply_order_id"]] = reply.json()["state"]


async def test_any_walk_conserves_stock(dispatch: Caller, keeper: Caller, engine: AsyncEngine) -> None:
    await asyncio.gather(*(walk(dispatch, keeper, seed, 40) for seed in range(3)))
    moved = await rows(engine, "SELECT DISTINCT to_state FROM resources.movements")
    assert {row[0] for row in moved} == {"available", "committed", "loaded", "in_transit", "delivered", "consumed"}
    await conserved(engine)


async def test_a_forgotten_ledger_entry_is_caught(dispatch: Caller, engine: AsyncEngine, postgres: Any) -> None:
    await dispatch.send("POST", "/commitments", order(("depot-1", "foam", 8)))
    await conserved(engine)
    owner = create_async_engine(str(engine.url).replace("muster_app", "muster"))
    await rows(owner, "DELETE FROM resources.movements WHERE number = (SELECT max(number) FROM resources.movements)")
    await owner.dispose()
    with pytest.raises(AssertionError):
        await conserved(engine)


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE resources.batches SET available = available - 100, committed = committed + 100 WHERE id = 'early'",
        "UPDATE resources.batches SET available = available + 1 WHERE id = 'early'",
        "UPDATE resources.stockpiles SET trucks_out = trucks + 1",
        "UPDATE resources.units SET at = 'SRID=4326;POINT(500 200)'",
        "UPDATE resources.units SET at = 'SRID=4326;POINT(NaN NaN)'",
        "UPDATE resources.units SET at = 'SRID=4326;POINT EMPTY'",
        "UPDATE resources.units SET in_service = false",
        "UPDATE resources.station_areas SET rings = 'SRID=4326;POLYGON((0 0,1 1,1 0,0 1,0 0))'",
        "INSERT INTO resources.movements (realm, batch_id, from_state, to_state, quantity, at, recorded_at, actor)"
        " VALUES ('drill-1', 'early', 'available', 'committed', 1, now(), now(), 'x')",
    ],
)
async def test_the_database_itself_refuses_what_cannot_be(engine: AsyncEngine, deed: str) -> None:
    with pytest.raises(IntegrityError):
        await rows(engine, deed)


@pytest.mark.parametrize("deed", ["UPDATE resources.movements SET quantity = 1", "DELETE FROM resources.movements"])
async def test_the_ledger_is_only_added_to(engine: AsyncEngine, deed: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        await rows(engine, deed)
