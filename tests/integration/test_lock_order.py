"""Who changes a commitment locks its incident first, as an order does, and waits for who changes it meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch import store
from dispatch.commands import assignments
from dispatch.main import app
from kernel.contracts.assignment import AdvanceForm, Assignment
from kernel.contracts.incident import Incident
from kernel.contracts.vocabulary import AssignmentStatus
from kernel.database import Transaction, connect
from tests.integration.desk_of import FLEET, Desk, desk_over
from tests.worlds import three_stations_one_fire

PATIENCE_S = 10
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture(scope="module")
async def desk(environment: dict[str, str]) -> AsyncIterator[Desk]:
    async with desk_over(three_stations_one_fire()) as made:
        yield made


Holds = Callable[[str, dict[str, Any]], Awaitable[bool]]


@pytest.fixture
async def holds(desk: Desk, owner_url: str) -> AsyncIterator[Holds]:
    """Whether a step of a committed unit already holds the unit's commitment while it waits for the incident."""
    engine = connect(owner_url)

    async def held(path: str, body: dict[str, Any]) -> bool:
        incident = await desk.report()
        (mine,) = (await desk.order(incident["id"], "c1"))["assignments"]
        await desk.ask("POST", f"/assignments/{mine['id']}/steps", {"to": "enroute"})
        if "incident_id" in body:
            body["incident_id"] = (await desk.report(at=(87.61, 43.81)))["id"]
        async with engine.connect() as connection:
            assert await _locked(connection, "incidents", incident["id"])
            before = await _waiting(connection)
            asked = asyncio.create_task(desk.ask("POST", f"/assignments/{mine['id']}/{path}", body))
            await _one_more(connection, before)
            taken = not await _locked(connection, "assignments", mine["id"])
            await connection.rollback()
        assert (await asked).status_code in (200, 201)
        await desk.ask("POST", f"/assignments/{mine['id']}/release", {"reason": "test over"})
        for going in await desk.get(f"/incidents/{body.get('incident_id', incident['id'])}/assignments"):
            await desk.ask("POST", f"/assignments/{going['id']}/release", {"reason": "test over"})
        return taken

    yield held
    await engine.dispose()


async def _locked(connection: AsyncConnection, table: str, id_: str) -> bool:
    """Locks a row unless somebody else has it; whether it is locked now."""
    row = text(f"SELECT id FROM dispatch.{table} WHERE id = :id FOR UPDATE SKIP LOCKED")
    return (await connection.execute(row, {"id": id_})).scalar() is not None


async def _waiting(connection: AsyncConnection) -> int:
    return int((await connection.execute(text(WAITING))).scalar_one())


async def _one_more(connection: AsyncConnection, before: int) -> None:
    """Returns once somebody more waits for a lock."""
    async with asyncio.timeout(PATIENCE_S):
        while await _waiting(connection) == before:  # noqa: ASYNC110 - in PostgreSQL
            await asyncio.sleep(0.01)


STEPS = [
    pytest.param("release", {"reason": "test"}, id="release"),
    pytest.param("steps", {"to": "staged"}, id="arrival"),
    pytest.param("divert", {"incident_id": "", "reason": "test"}, id="divert"),
]


@pytest.mark.parametrize(("path", "body"), STEPS)
async def test_a_commitment_is_not_held_while_its_incident_is_waited_for(
    holds: Holds, path: str, body: dict[str, Any]
) -> None:
    assert not await holds(path, dict(body))


async def test_a_commitment_locked_first_would_be_noticed(holds: Holds, monkeypatch: pytest.MonkeyPatch) -> None:
    async def backwards(tx: Transaction, assignment_id: str, *incident_ids: str) -> Assignment:
        mine = await store.get(tx, "assignment", Assignment, assignment_id, lock=True)
        for incident_id in sorted({mine.incident_id, *incident_ids}):
            await store.get(tx, "incident", Incident, incident_id, lock=True)
        return mine

    monkeypatch.setattr(assignments, "_lock", backwards)
    assert await holds("release", {"reason": "test"})


async def ordered_while_cleared(desk: Desk, owner_url: str) -> httpx.Response:
    """The answer to an order for a unit on its way home whose crew clears its last call at the same moment."""
    last, next_ = await desk.report(), await desk.report(at=(87.63, 43.81), separate=True)
    (held,) = (await desk.order(last["id"], "b1"))["assignments"]
    home = await desk.as_(FLEET).advance(held["id"], "acknowledged", "enroute", "on_scene", "returning")
    engine = connect(owner_url)
    async with engine.connect() as connection:
        before = await _waiting(connection)
        async with app.state.running.work(FLEET) as tx:
            await assignments.advance(tx, held["id"], AdvanceForm(to=AssignmentStatus.CLEARED))
            body = {"units": [{"unit_id": "b1"}]}
            asked = asyncio.create_task(desk.ask("POST", f"/incidents/{next_['id']}/orders", body))
            await _one_more(connection, before)
    await engine.dispose()
    reply = await asked
    (left,) = await desk.get(f"/incidents/{last['id']}/assignments")
    assert (left["status"], left["version"]) == ("cleared", home["version"] + 1)
    await desk.clear()
    return reply


async def test_a_unit_that_is_cleared_while_it_is_ordered_goes(desk: Desk, owner_url: str) -> None:
    reply = await ordered_while_cleared(desk, owner_url)
    assert reply.status_code == 201, reply.text
    (sent,) = reply.json()["assignments"]
    assert (sent["unit_id"], sent["status"]) == ("b1", "dispatched")


async def test_an_order_that_does_not_wait_for_the_crew_would_be_noticed(
    desk: Desk, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unlocked(tx: Transaction, unit_ids: set[str]) -> list[Assignment]:
        current = await store.list_current_assignments(tx)
        return [each for each in current if each.unit_id in unit_ids and each.status is AssignmentStatus.RETURNING]

    monkeypatch.setattr(store, "list_returning", unlocked)
    reply = await ordered_while_cleared(desk, owner_url)
    assert (reply.status_code, reply.json()["code"]) == (409, "changed_meanwhile")
