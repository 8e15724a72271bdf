"""Many dispatchers order the same unit at once: the load, what was won, and the naive way to be caught."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx

from dispatch import store
from kernel.contracts.assignment import Assignment
from kernel.database import Transaction
from tests.town.people import report

Ask = Callable[[int, str, Any], Awaitable[httpx.Response]]


async def incidents_of(ask: Ask, rivals: int) -> list[str]:
    """An incident for every rival."""
    reports = [await ask(nth, "/incidents", report(f"contend {nth}", nth=nth)) for nth in range(rivals)]
    return [reply.json()["incident"]["id"] for reply in reports]


async def contend(ask: Ask, unit_ids: list[str], incidents: list[str]) -> dict[str, list[httpx.Response]]:
    """Every unit is ordered to all incidents at the same time; the answers by unit."""
    answers = {}
    for unit_id in unit_ids:
        form = {"units": [{"unit_id": unit_id}], "reason": "contend"}
        orders = (ask(nth, f"/incidents/{incident}/orders", form) for nth, incident in enumerate(incidents))
        answers[unit_id] = await asyncio.gather(*orders)
    return answers


async def insist(send: Callable[[dict[str, str]], Awaitable[httpx.Response]]) -> httpx.Response:
    """Sends under one key until the service is free to answer; a line that breaks is as good as no answer."""
    key = {"Idempotency-Key": uuid.uuid4().hex}
    for _ in range(300):
        with suppress(httpx.TransportError):
            reply = await send(key)
            if reply.status_code != 503:
                return reply
        await asyncio.sleep(0.1)
    raise TimeoutError("the service was busy for too long")


def won(answers: list[httpx.Response]) -> list[Any]:
    """The assignments that were given."""
    return [reply.json()["assignments"][0] for reply in answers if reply.status_code == 201]


async def take_unit_naively(tx: Transaction, assignment: Assignment, scope: str) -> None:
    """Check, then insert: what the index is there to replace."""
    if await store.find_active_assignment(tx, assignment.unit_id) is not None:
        raise await store.taken(tx, assignment.unit_id)
    await store.save(tx, "assignment", assignment, "assignment.dispatched", scope=scope)
