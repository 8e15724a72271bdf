"""The canary: a synthetic report goes the whole way in a realm of its own; two misses or silence raise the alarm."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from dispatch import store, watch
from dispatch.main import app as dispatch
from gateway.canary import SILENT_S, Canary, CanaryForm
from gateway.main import app as gateway
from gateway.main import own as gateway_app
from infra import canary
from infra.simulator.client import Client
from kernel.contracts.base import CANARY
from tests.integration.desk_of import worker
from tests.integration.served import Town, town, watching
from tests.worlds import three_stations_one_fire

STATE = ("incidents", "reports", "entries", "recommendations", "assignments", "events", "audit", "idempotency")


@dataclass
class Flown:
    """A town with a canary in it."""

    town: Town
    client: Client
    worker: Any
    at: tuple[float, float] = canary.NOWHERE

    async def round(self) -> None:
        self.at = await canary.once(self.client, self.at)

    @property
    def heard(self) -> Canary:
        """What the gateway has heard."""
        heard: Canary = gateway_app.state.running.own.canary
        return heard


@pytest.fixture(scope="module")
async def flown(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Flown]:
    """The gateway, and dispatch with a worker and three stations; nobody else answers."""
    socket = tmp_path_factory.mktemp("w") / "worker.sock"
    with pytest.MonkeyPatch.context() as patch, worker(socket) as process:
        patch.setenv("MUSTER_WORKER_LIVE", str(socket))
        async with town({"gateway": gateway, "dispatch": dispatch}, environment) as here:
            three_stations()
            async with flying(here, environment) as client:
                yield Flown(here, client, process)


def three_stations() -> None:
    """What dispatch has copied of a small world."""
    copies = dispatch.state.running.own.copies
    for kind, values in three_stations_one_fire().things.items():
        for value in values:
            copies.put(kind, value.model_dump(mode="json"))


@asynccontextmanager
async def flying(here: Town, environment: dict[str, str]) -> AsyncIterator[Client]:
    """The canary's own client, signed in and watching."""
    base = here.url("gateway")
    secret = Path(environment["MUSTER_CANARY_SECRET_FILE"]).read_text()  # noqa: ASYNC240 - a test may wait
    async with httpx.AsyncClient(base_url=base, headers={"Origin": base}, timeout=10) as http:
        client = Client(http, {"name": "canary", "password": secret}, realm=CANARY)
        await client.sign_in()
        looking = asyncio.create_task(client.watch())
        await asyncio.wait_for(client.heard.wait(), 20)
        try:
            yield client
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(owner_url)
    yield made
    await made.dispose()


async def counts(owner: AsyncEngine, realm: str) -> dict[str, int]:
    """Rows per table of dispatch in a realm."""
    found = {}
    async with owner.connect() as connection:
        for table in STATE:
            where = "subject = 'account:canary'" if table == "idempotency" else f"realm = '{realm}'"
            rows = await connection.execute(text(f"SELECT count(*) FROM dispatch.{table} WHERE {where}"))
            found[table] = int(rows.scalar_one())
    return found


async def test_a_report_comes_through_and_no_live_screen_shows_it(flown: Flown, owner: AsyncEngine) -> None:
    before = await counts(owner, "live")
    async with flown.town.signed_in("wall") as browser, watching(browser) as wall:
        await wall.until("snapshot")
        await flown.round()
        assert flown.heard.last is not None
        assert (flown.heard.misses, flown.heard.last.missed) == (0, None)
        assert list(flown.heard.last.steps_ms) == [
            "report",
            "report_on_screen",
            "recommendation",
            "recommendation_on_screen",
            "end",
            "end_on_screen",
        ]
        for _ in range(3):
            await wall.until("beat")
        assert not [each for each in wall.things.values() if each["realm"] != "live"]
    after = await counts(owner, "live")
    assert {**after, "idempotency": 0} == {**before, "idempotency": 0}
    assert (await counts(owner, CANARY))["assignments"] == 0


async def test_the_canary_is_kept_in_its_realm_and_others_out(flown: Flown) -> None:
    form = {"kind": "fire.alarm", "at": [87.6, 43.8], "separate": True}
    live = await flown.client.http.post("/api/dispatch/incidents", json=form, headers={"Idempotency-Key": "c-1"})
    assert (live.status_code, live.json()["code"]) == (404, "realm_unknown")
    order = await flown.client.http.post(
        "/api/dispatch/incidents/x/orders", json={}, headers={"Idempotency-Key": "c-2", "Muster-Realm": CANARY}
    )
    assert order.status_code == 403, "it can never take a unit"
    async with flown.town.signed_in("dispatcher") as desk:
        headers = {"Idempotency-Key": "d-1", "Muster-Realm": CANARY}
        assert (await desk.post("/api/dispatch/incidents", json=form, headers=headers)).status_code == 404
        assert (await desk.post("/api/gateway/canary", json={"steps_ms": {}})).status_code == 403
        ticket = (await desk.post("/api/gateway/ws-ticket", json={})).json()["ticket"]
        assert ticket
    async with flown.town.signed_in("commander") as desk, watching(desk) as screen:
        await screen.until("snapshot")


async def test_two_misses_in_a_row_raise_the_alarm_on_every_screen(
    flown: Flown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted faults, hop by hop: the hub does not tell, then the optimizer does not answer."""
    monkeypatch.setattr(canary, "PATIENCE_S", 1.5)
    small = gateway_app.state.running.own.small
    monkeypatch.setattr(small, "_tell", lambda *_: None)
    await flown.round()
    assert flown.heard.last is not None
    assert (flown.heard.last.missed, flown.heard.alarms()) == ("report_on_screen", ())
    monkeypatch.undo()
    await flown.round()
    assert flown.heard.misses == 0, "one miss is no alarm, and the next round comes through"
    monkeypatch.setattr(dispatch.state.running.own.pool.live, "path", Path("/nowhere"))
    await dispatch.state.running.own.pool.live.close()
    for _ in range(2):
        await flown.round()
    assert flown.heard.last.missed == "optimizer"
    async with flown.town.signed_in("wall") as browser, watching(browser) as wall:
        assert "canary_missed" in (await wall.until("beat"))["degraded"]
        monkeypatch.undo()
        await flown.round()
        assert flown.heard.misses == 0
        for _ in range(3):
            beat = await wall.until("beat")
        assert "canary_missed" not in beat["degraded"]


def test_silence_is_a_miss() -> None:
    """A canary that cannot speak must not look like one that has nothing to say, which is the planted bug."""
    heard = Canary()
    heard.take(CanaryForm(steps_ms={"report": 5}))
    assert heard.alarms() == ()
    heard.good_at -= SILENT_S + 1
    deaf = heard.misses >= 2
    assert not deaf
    assert heard.alarms() == ("canary_missed",)


async def test_what_it_leaves_is_swept_and_it_flies_on(flown: Flown, owner: AsyncEngine) -> None:
    await flown.round()
    live = await counts(owner, "live")
    assert (await counts(owner, CANARY))["events"] > 0
    running = dispatch.state.running
    async with running.work(watch.DISPATCH, realm=CANARY) as tx:
        await store.sweep_canary(tx, timedelta(hours=1))
    assert (await counts(owner, CANARY))["events"] > 0, "what is younger stays"
    for _ in range(50):  # until the relay has sent the last of them
        async with running.work(watch.DISPATCH, realm=CANARY) as tx:
            await store.sweep_canary(tx, timedelta(0))
        if not (await counts(owner, CANARY))["events"]:
            break
    left = await counts(owner, CANARY)
    assert left == dict.fromkeys(STATE, 0)
    assert {**await counts(owner, "live"), "idempotency": 0} == {**live, "idempotency": 0}
    await flown.round()
    assert flown.heard.misses == 0
