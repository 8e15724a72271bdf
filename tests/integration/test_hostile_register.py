"""Every endpoint of the register and of plans answers hostile bodies and paths with a typed 4xx, never with a 500."""

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

from kernel.auth import Principal, Role
from plans.main import app as plans
from resources.main import app as resources
from tests.integration import small_register as small
from tests.integration.probe import headers

ANYBODY = Principal(subject="account:any", name="任意", roles=frozenset(Role))
BODIES = {
    "nan": b'{"in_service": NaN, "lines": NaN}',
    "infinity": b'{"quantity": 1e999, "lines": [{"quantity": 1e999}]}',
    "not utf-8": b'{"reason": "\xff\xfe"}',
    "lone surrogate": b'{"reason": "\\ud800", "name": "\\ud800", "in_service": false, "conditions": {}}',
    "nul": b'{"reason": "a\\u0000b", "in_service": false, "name": "a\\u0000b", "conditions": {}, "to": "\\u0000"}',
    "huge number": b'{"supply_order_id": ' + b"9" * 5000 + b"}",
    "deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "list": b"[]",
    "null": b"null",
    "half": b'{"in_service": fal',
    "unknown field": b'{"in_service": true, "admin": true, "name": "x", "conditions": {}, "to": "loaded"}',
    "long name": b'{"name": "'
    + b"x" * 500
    + b'", "conditions": {}, "reason": "'
    + b"x" * 500
    + b'", "in_service": false}',
    "script": b'{"to": "<script>alert(1)</script>", "supply_order_id": "\'; DROP TABLE units;--", "in_service": 3}',
    "large": b'{"reason": "' + b"x" * 1_100_000 + b'"}',
}
PARTS = ("%00", "..%2f..%2fetc%2fpasswd", "x" * 500, "%ED%A0%80", "a b", "'%20OR%201=1--", "%F0%9F%92%A9")


@dataclass(frozen=True)
class Endpoint:
    """One method and path of a service's own document."""

    service: str
    method: str
    path: str
    takes_body: bool


def endpoints(app: FastAPI, service: str) -> Iterator[Endpoint]:
    for path, methods in app.openapi()["paths"].items():
        for method, described in methods.items():
            yield Endpoint(service, method.upper(), path, "requestBody" in described)


ENDPOINTS = (*endpoints(resources, "resources"), *endpoints(plans, "plans"))
_keys = itertools.count(1)


@pytest.fixture(scope="module")
async def clients(environment: dict[str, str], database_url: str) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    engine = create_async_engine(database_url)
    await small.fill(engine, [small.batch("b1", "depot-1", "foam", 20)])
    await engine.dispose()
    async with small.client_of(resources) as one, small.client_of(plans) as two:
        yield {"resources": one, "plans": two}


async def call(client: httpx.AsyncClient, service: str, method: str, path: str, body: bytes | None) -> httpx.Response:
    signed = headers(ANYBODY, audience=service, key=f"hostile-{next(_keys)}")
    return await client.request(method, path, content=body, headers=signed | {"Content-Type": "application/json"})


def refused(reply: httpx.Response) -> bool:
    return 400 <= reply.status_code < 500 and bool(reply.json()["code"])


@pytest.mark.parametrize("body", BODIES)
async def test_every_endpoint_that_takes_a_body_refuses_a_hostile_one(
    clients: dict[str, httpx.AsyncClient], body: str
) -> None:
    for each in (each for each in ENDPOINTS if each.takes_body):
        path = each.path.replace("{unit_id}", "unit-1")
        reply = await call(clients[each.service], each.service, each.method, path, BODIES[body])
        assert refused(reply), (each, reply.status_code, reply.text[:200])


@pytest.mark.parametrize("part", PARTS)
async def test_hostile_paths_and_queries_are_refused(clients: dict[str, httpx.AsyncClient], part: str) -> None:
    for each in (each for each in ENDPOINTS if each.method == "GET" and "{" in each.path):
        before, _, after = each.path.partition("{")
        path = before + part + after.partition("}")[2]
        reply = await call(clients[each.service], each.service, "GET", path, None)
        assert refused(reply), (each, reply.status_code)
    for service, query in (("resources", f"/places?q=x&near={part}"), ("plans", f"/force-table?version={part}")):
        assert refused(await call(clients[service], service, "GET", query, None)), query


def test_the_sweep_covers_every_effect_with_a_body() -> None:
    """An endpoint that vanished from the document would be a blind spot of the sweep."""
    assert {(each.service, each.path) for each in ENDPOINTS if each.takes_body} == {
        ("resources", "/units/{unit_id}/service"),
        ("resources", "/commitments"),
        ("resources", "/movements"),
        ("plans", "/response-cards"),
        ("plans", "/response-cards/{card_id}"),
        ("plans", "/force-table"),
    }
