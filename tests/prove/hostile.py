"""Proof: whatever is sent to any endpoint of any service, it answers as its document says and never with a bug."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import BaseModel

from tests.contract.hostile import operations
from tests.contract.onslaught import SERVICES, app_of, assault
from tests.integration.served import listener, served, url_of
from tests.prove.fuzz import Headers, fuzz
from tests.rows import Options, Row, proof, twin
from tests.town.beside import Signed, beside
from tests.town.people import Town, hire, report, signed_in, units
from tests.town.running import running_town

EXAMPLES = 200


def measure(options: Options) -> Sequence[Row]:
    """The corpus and generated requests against real services, and both against a careless one."""
    return [*asyncio.run(_against_the_town(options)), asyncio.run(_against_a_careless_service(options))]


async def _against_the_town(options: Options) -> list[Row]:
    corpus: list[str] = []
    asked, faults = 0, list[str]()
    async with running_town() as town:
        known = await _known(town)
        for service in SERVICES:
            async with _client(town, service) as (client, headers):
                corpus += await _corpus(client, service)
                count, found = await asyncio.to_thread(_generated, options, service, client, headers, known)
            asked, faults = asked + count, [*faults, *(f"{service} {each}" for each in found)]
    wrong = [each for each in corpus if each]
    what = f"{len(corpus):,} hostile requests at every endpoint of {len(SERVICES)} services, each refused with a code"
    told = f"{asked:,} generated requests, every answer as its document says"
    return [
        proof("hostile", what, wrong, len(corpus), options.seed),
        proof("hostile_generated", told, faults, asked, options.seed),
    ]


async def _corpus(client: httpx.AsyncClient, service: str) -> list[str]:
    found = operations(service, app_of(service).openapi())
    return [each for operation in found for each in await assault(client, operation)]


def _generated(
    options: Options, service: str, client: httpx.AsyncClient, headers: Headers, known: Mapping[str, str]
) -> tuple[int, list[str]]:
    url = str(client.base_url).rstrip("/")
    examples = max(4, options.count(EXAMPLES))
    return fuzz(app_of(service).openapi(), url, headers, known, examples=examples, seed=options.seed)


@asynccontextmanager
async def _client(town: Town, service: str) -> AsyncIterator[tuple[httpx.AsyncClient, Any]]:
    """A client that may do everything, and the headers that let another do the same: through the door at the gateway,
    as the gateway signs elsewhere."""
    if service != "gateway":
        async with beside(town, service) as client:
            yield client, Signed(town, service).headers
        return
    secret = await hire(town.people["admin"].http, "fuzz", {"roles": ["administrator", "commander"]})
    async with signed_in(town.url, "fuzz", secret) as who:
        cookie = "; ".join(f"{name}={value}" for name, value in who.http.cookies.items())
        headers = {"Origin": town.url, "Cookie": cookie}
        async with httpx.AsyncClient(base_url=f"{town.url}/api/gateway", headers=headers, timeout=30) as client:
            yield client, lambda: headers


async def _known(town: Town) -> dict[str, str]:
    """Ids that exist, by the names of path parameters."""
    desk = town.dispatchers[0].http

    async def post(path: str, body: Any) -> Any:
        reply = await desk.post(f"/api/dispatch{path}", json=body, headers={"Idempotency-Key": f"known {path}"})
        return reply.json()

    incident = (await post("/incidents", report("known")))["incident"]["id"]
    unit = units("contend")[0]
    ordered = await post(f"/incidents/{incident}/orders", {"units": [{"unit_id": unit}], "reason": "known"})
    advice = await post(f"/incidents/{incident}/recommendations", {})
    return {
        "incident_id": incident,
        "unit_id": unit,
        "assignment_id": ordered["assignments"][0]["id"],
        "recommendation_id": advice["id"],
        "card_id": "fire-ordinary",
        "station_id": "st-1",
        "stockpile_id": "dp-1",
    }


class Careless(BaseModel):
    """What a careless author would write."""

    name: str
    amount: float = 0


def careless() -> FastAPI:
    """A service with the usual mistakes: plain types, and a refusal that its document does not know."""
    made = FastAPI()

    @made.post("/careless")
    async def careless_endpoint(form: Careless) -> Careless:
        return form

    return made


async def _against_a_careless_service(options: Options) -> Row:
    app, bound = careless(), listener()
    document = app.openapi()
    async with served(app, bound), httpx.AsyncClient(base_url=url_of(bound)) as client:
        (operation,) = operations("careless", document)
        caught = [each for each in await assault(client, operation) if each]
        _, more = await asyncio.to_thread(fuzz, document, url_of(bound), dict, {}, examples=50, seed=options.seed)
    what = f"plain types that let NaN through: {len(caught)} requests of the corpus, {len(more)} kinds by generation"
    return twin("hostile", what, len(caught), options.seed)
