"""Hostile input at every endpoint of every service: always refused with a code, never a crash, never echoed."""

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from importlib import import_module
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from kernel.auth import Principal, Role
from kernel.running import Running
from tests.contract.hostile import (
    BODIES,
    MARK,
    PLACE,
    SEGMENTS,
    Operation,
    attacks,
    leaves,
    operations,
    planted,
    resolved,
    sample,
)

SERVICES = ("gateway", "dispatch", "resources", "plans")
EVERYBODY = Principal(subject="account:test", name="test", roles=frozenset(Role), station_id="S1", unit_ids=("*",))
KEYS = itertools.count(1)


def app_of(service: str) -> FastAPI:
    """The service's own app; the gateway's is behind its door."""
    app: Any = import_module(f"{service}.main").app
    found: FastAPI = getattr(app, "own", app)
    return found


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


async def send(
    client: httpx.AsyncClient, operation: Operation, *, path: str = "", body: bytes | None = None, query: str = ""
) -> httpx.Response:
    """One request, whatever it says."""
    headers = {"Idempotency-Key": f"hostile-{next(KEYS)}", "Content-Type": "application/json"}
    url = httpx.URL("http://service").copy_with(raw_path=(path or path_of(operation)).encode() + query.encode())
    return await client.request(operation.method, url, headers=headers, content=body)


def path_of(operation: Operation, hostile: str | None = None) -> str:
    """The path with a harmless, or else this, value for each parameter."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", hostile or "x1")
    return path


def refused(reply: httpx.Response, what: str) -> None:
    """Fails unless this is a refusal with a code that says nothing back."""
    assert 400 <= reply.status_code < 500, f"{what}: {reply.status_code} {reply.text[:300]}"
    assert reply.headers["content-type"] == "application/problem+json", what
    assert reply.json()["code"], what
    assert MARK not in reply.text, f"{what} is echoed: {reply.text[:300]}"


def with_text(value: Any, text: str) -> bytes:
    """The JSON of a sample with a raw text in the place that was made for it."""
    return json.dumps(value).replace(json.dumps(PLACE), text).encode()


TAKING = [each for each in OPERATIONS if each.method in ("POST", "PUT", "PATCH", "DELETE")]
LEAVES = [each for each in OPERATIONS if each.body is not None]
PLACES = [each for each in OPERATIONS if "{" in each.path]
ASKING = [each for each in OPERATIONS if any(parameter["in"] == "query" for parameter in each.parameters)]


@pytest.mark.parametrize("operation", TAKING, ids=str)
async def test_hostile_bodies(clients: dict[str, httpx.AsyncClient], operation: Operation) -> None:
    for name, body in BODIES.items():
        reply = await send(clients[operation.service], operation, body=body)
        if operation.body is None and reply.status_code < 300:
            continue  # what takes no body may overlook one that is JSON
        refused(reply, name)


@pytest.mark.parametrize("operation", LEAVES, ids=str)
async def test_hostile_fields(clients: dict[str, httpx.AsyncClient], operation: Operation) -> None:
    assert operation.body is not None
    fits = sample(operation.body, operation.document)
    for at, schema in leaves(operation.body, operation.document):
        for name, text in attacks(schema).items():
            reply = await send(clients[operation.service], operation, body=with_text(planted(fits, at), text))
            refused(reply, f"{name} at {'.'.join(map(str, at))}")


@pytest.mark.parametrize("operation", PLACES, ids=str)
async def test_hostile_paths(clients: dict[str, httpx.AsyncClient], operation: Operation) -> None:
    body = None if operation.body is None else json.dumps(sample(operation.body, operation.document)).encode()
    for segment in SEGMENTS:
        refused(await send(clients[operation.service], operation, path=path_of(operation, segment), body=body), segment)


@pytest.mark.parametrize("operation", ASKING, ids=str)
async def test_hostile_queries(clients: dict[str, httpx.AsyncClient], operation: Operation) -> None:
    for parameter in operation.parameters:
        if parameter["in"] != "query":
            continue
        for value in ("%00", "%ED%A0%80", "x" * 5000, "9" * 5000, "nan", "-1e999"):
            reply = await send(clients[operation.service], operation, query=f"?{parameter['name']}={value}")
            assert reply.status_code < 500, f"{value}: {reply.text[:300]}"
            if resolved(parameter["schema"], operation.document).get("type") in ("integer", "number"):
                refused(reply, value)


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
