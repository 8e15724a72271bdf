"""Hostile input at every endpoint of every service: always refused with a code, never a crash, never echoed."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from kernel.auth import Principal, Role
from kernel.running import Running
from tests.contract.hostile import MARK, Operation, attacks, leaves, operations, planted, sample
from tests.contract.onslaught import SERVICES, app_of, assault, send, with_text

EVERYBODY = Principal(subject="account:test", name="test", roles=frozenset(Role), station_id="S1", unit_ids=("*",))


OPERATIONS = [each for service in SERVICES for each in operations(service, app_of(service).openapi())]


@pytest.fixture(scope="module")
async def clients(environment: dict[str, str]) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Every service started, believing everybody to be allowed everything."""
    made = {}
    async with AsyncExitStack() as stack:
        for service in SERVICES:
            app = app_of(service)
            await stack.enter_async_context(app.router.lifespan_context(app))
            running: Running = app.state.running
            running.authenticate = everybody
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://service")
            made[service] = await stack.enter_async_context(client)
        yield made


async def everybody(_: HTTPConnection) -> Principal:
    """Rights are another test's business."""
    return EVERYBODY


LEAVES = [each for each in OPERATIONS if each.body is not None]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_hostile_input_is_refused(clients: dict[str, httpx.AsyncClient], operation: Operation) -> None:
    """Bodies, fields, path segments and queries."""
    assert [each for each in await assault(clients[operation.service], operation) if each] == []


async def test_most_samples_are_understood(clients: dict[str, httpx.AsyncClient]) -> None:
    """Else the fields would be refused for something other than what was planted in them."""
    understood = 0
    for operation in LEAVES:
        body = json.dumps(sample(operation.body or {}, operation.document)).encode()
        reply = await send(clients[operation.service], operation, body=body)
        assert reply.status_code < 500, f"{operation}: {reply.text[:300]}"
        understood += reply.status_code < 400 or reply.json()["code"] != "invalid"
    assert understood >= 0.6 * len(LEAVES), f"{understood} of {len(LEAVES)}"


class Careless(BaseModel):
    """What a careless author would write."""

    name: str
    amount: float = 0


async def test_a_careless_endpoint_is_caught() -> None:
    """The planted bug: plain types let NaN and lone surrogates through to a reply that cannot be written."""
    bare = FastAPI()

    @bare.post("/careless")
    async def bare_endpoint(form: Careless) -> Careless:
        return form

    caught = 0
    operation = next(operations("bare", bare.openapi()))
    transport = httpx.ASGITransport(app=bare, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        body = operation.body or {}
        fits = sample(body, operation.document)
        places = [(at, text) for at, schema in leaves(body, operation.document) for text in attacks(schema).values()]
        for at, text in places:
            reply = await send(client, operation, body=with_text(planted(fits, at), text))
            caught += not (400 <= reply.status_code < 500) or MARK in reply.text
    assert caught >= 5
