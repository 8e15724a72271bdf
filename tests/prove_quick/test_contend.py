"""Many dispatchers order the same unit at once: one gets it, everybody else hears who and when."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from dispatch import store
from dispatch.store import move_up_orders
from kernel.auth import Principal, Role
from kernel.database import Transaction
from tests.integration.desk_of import Desk, desk_over
from tests.town.contention import contend, incidents_of, insist, take_unit_naively, won
from tests.town.invariants import twice_committed
from tests.town.people import Town, units
from tests.worlds import World, engine, station

UNITS, RIVALS = 15, 20


async def test_a_contended_unit_is_committed_once(town: Town) -> None:
    desk = town.dispatchers

    async def ask(nth: int, path: str, body: Any) -> httpx.Response:
        who = desk[nth % len(desk)]
        return await insist(lambda key: who.http.post(f"/api/dispatch{path}", json=body, headers=key))

    answers = await contend(ask, units("contend")[:UNITS], await incidents_of(ask, RIVALS))
    events, _ = await town.log("dispatch")
    for unit_id, replies in answers.items():
        (winner,) = won(replies)
        actor = next(event["actor"] for event in events if event["id"] == winner["id"])
        losers = [reply.json() for reply in replies if reply.status_code != 201]
        assert len(losers) == RIVALS - 1
        told = {(each["code"], each["unit_id"], each["incident_id"], each["by"]) for each in losers}
        assert told == {("unit_taken", unit_id, winner["incident_id"], actor)}
        assert {each["at"].replace("+00:00", "Z") for each in losers} == {
            winner["dispatched_at"].replace("+00:00", "Z")
        }
    assert twice_committed(events) == []
    print(f"contend: {UNITS * RIVALS} orders of {UNITS} units, {len(answers)} won, 0 doubled")


async def test_the_naive_twin_doubles_and_is_caught(
    environment: dict[str, str], owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same load on a dispatch that checks and then inserts, without the index and without taking turns."""
    owner = create_async_engine(owner_url)
    async with owner.begin() as connection:
        await connection.execute(text("DROP INDEX dispatch.one_active_assignment"))
    await owner.dispose()
    monkeypatch.setattr(store, "take_unit", take_unit_naively)
    monkeypatch.setattr(move_up_orders, "take_turns", nobody_waits)
    home = station("st-1", (87.6, 43.8))
    names = units("contend")[:UNITS]
    async with desk_over(World().add("station", home).add("unit", *(engine(name, home) for name in names))) as desk:
        desks = [desk.as_(rival(nth)) for nth in range(RIVALS)]

        async def ask(nth: int, path: str, body: Any) -> httpx.Response:
            return await insist(lambda key: desks[nth].ask("POST", path, body, key=key["Idempotency-Key"]))

        answers = await contend(ask, names, await incidents_of(ask, RIVALS))
        log = await everything(desk)
    caught = {fault.split()[0] for fault in twice_committed(log)}
    wins = sum(len(won(replies)) for replies in answers.values())
    print(f"naive twin: {UNITS * RIVALS} orders of {UNITS} units, {wins} won, {len(caught)} units doubled")
    assert wins > UNITS
    assert caught == {unit_id for unit_id, replies in answers.items() if len(won(replies)) > 1}


async def nobody_waits(_tx: Transaction, _unit_ids: Sequence[str]) -> None:
    """Takes no turn."""


def rival(nth: int) -> Principal:
    """A dispatcher of the twin."""
    return Principal(subject=f"rival-{nth}", name=f"rival {nth}", roles=frozenset({Role.DISPATCHER}))


async def everything(desk: Desk) -> list[dict[str, Any]]:
    """The twin's whole log."""
    events: list[dict[str, Any]] = []
    while True:
        page = await desk.get("/events", after=events[-1]["seq"] if events else 0)
        events += page["events"]
        if not page["events"]:
            return events
