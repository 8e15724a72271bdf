"""Figures and request ids: routes by template, nothing for strangers through the gateway, one id all the way."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.main import app as gateway
from kernel.logs import Lines
from tests.integration import probe
from tests.integration.served import Town, town


@pytest.fixture(scope="module")
async def here(environment: dict[str, str], owner_url: str) -> AsyncIterator[Town]:
    await probe.make_schema(owner_url)
    apps = {"gateway": gateway, "dispatch": probe.make_app("dispatch")}
    async with town(apps, environment) as made:
        yield made


@pytest.fixture(scope="module")
def bearer(environment: dict[str, str]) -> dict[str, str]:
    """The installation's own token, as a header."""
    return {"Authorization": "Bearer " + Path(environment["MUSTER_METRICS_TOKEN_FILE"]).read_text()}


def samples(reply: httpx.Response) -> dict[tuple[str, str], float]:
    """Every sample by name and route (or source, or realm)."""
    assert reply.status_code == 200, reply.text
    found = {}
    for family in text_string_to_metric_families(reply.text):
        for each in family.samples:
            about = next((each.labels[name] for name in ("route", "source", "realm") if name in each.labels), "")
            found[each.name, about] = each.value
    return found


async def test_a_private_listener_tells_its_figures_by_route_template(here: Town) -> None:
    await here.make("t-1")
    async with httpx.AsyncClient(base_url=here.url("dispatch")) as client:
        await client.get("/things/one-that-is-not-there")
        found = samples(await client.get("/metrics"))
    assert found["muster_request_seconds_count", "/things"] >= 1
    assert found["muster_request_seconds_count", "none"] >= 1
    assert found["muster_relay_lag_events", "live"] >= 0
    assert not [key for key in found if "one-that" in key[1]]


async def test_the_gateways_figures_need_the_token_or_an_administrator(here: Town, bearer: dict[str, str]) -> None:
    path = "/api/gateway/metrics"
    for given in ("", "Bearer", "Bearer wrong", bearer["Authorization"].replace("Bearer", "Basic")):
        headers = {"Authorization": given} if given else {}
        assert (await here.browser.get(path, headers=headers)).status_code == 401
    found = samples(await here.browser.get(path, headers=bearer))
    assert ("muster_source_age_seconds", "dispatch") in found
    async with here.signed_in("administrator") as administrator, here.signed_in("dispatcher") as dispatcher:
        assert (await administrator.get(path)).status_code == 200
        assert (await dispatcher.get(path)).status_code == 403


@pytest.mark.parametrize("path", ["/metrics", "/%6Detrics", "/metrics?x=1"])
async def test_a_services_figures_do_not_leave_through_the_gateway(here: Town, path: str) -> None:
    assert (await here.browser.get(f"/api/dispatch{path}")).status_code == 401
    forged = {"Authorization": "Bearer x"}
    assert (await here.browser.get(f"/api/dispatch{path}", headers=forged)).status_code == 401
    async with here.signed_in("administrator") as administrator:
        assert (await administrator.get(f"/api/dispatch{path}")).status_code == 200


async def test_what_the_gateway_passes_on_is_counted_there_too(here: Town, bearer: dict[str, str]) -> None:
    await here.browser.get("/api/dispatch/things")
    found = samples(await here.browser.get("/api/gateway/metrics", headers=bearer))
    assert found["muster_request_seconds_count", "/api/dispatch/…"] >= 1


async def test_one_request_id_goes_all_the_way(here: Town) -> None:
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(Lines("test").format(record))

    handler = Kept()
    logging.getLogger().addHandler(handler)
    try:
        reply = await here.browser.get("/api/plans/response-cards", headers={"X-Request-Id": "trace-42"})
        refused = await here.browser.get("/api/dispatch/count", headers={"X-Request-Id": "trace-43"})
    finally:
        logging.getLogger().removeHandler(handler)
    assert (reply.status_code, reply.json()["request_id"], reply.headers["X-Request-Id"]) == (
        503,
        "trace-42",
        "trace-42",
    )
    assert any(json.loads(line)["request_id"] == "trace-42" for line in lines), "the log has it"
    assert refused.json()["request_id"] == "trace-43", "the service's own problem carries the gateway's id"
