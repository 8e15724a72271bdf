"""The live connection: snapshot, events, resume, scopes, positions, slow clients, the end of a session, Redis away."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from redis.asyncio import Redis
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

import gateway.hub.hub as hub_module
import gateway.main
import plans.main
import resources.main
from gateway.hub.hub import Hub
from kernel.contracts.events import BeatFrame, EventsFrame, PositionsFrame, SnapshotFrame
from tests.integration import probe
from tests.integration.served import Town, town, watching

MODELS = {"snapshot": SnapshotFrame, "events": EventsFrame, "positions": PositionsFrame, "beat": BeatFrame}


@pytest.fixture(scope="module")
async def city(environment: dict[str, str], owner_url: str) -> AsyncIterator[Town]:
    await probe.make_schema(owner_url)
    apps = {
        "dispatch": probe.make_app("dispatch"),
        "resources": resources.main.app,
        "plans": plans.main.app,
        "gateway": gateway.main.app,
    }
    async with town(apps, environment) as made:
        yield made


@pytest.fixture(scope="module")
async def dispatcher(city: Town) -> AsyncIterator[httpx.AsyncClient]:
    async with city.signed_in("dispatcher") as browser:
        yield browser


async def test_a_screen_gets_everything_and_then_what_changes(city: Town, dispatcher: httpx.AsyncClient) -> None:
    await city.make("before")
    async with watching(dispatcher) as screen:
        first = await screen.next()
        assert first["type"] == "snapshot"
        await screen.holds("before")
        await city.make("after")
        await screen.holds("after")
        await screen.until("beat")
        for frame in screen.frames:
            MODELS[frame["type"]].model_validate(frame)


async def test_a_screen_resumes_where_it_stopped(city: Town, dispatcher: httpx.AsyncClient) -> None:
    async with watching(dispatcher) as screen:
        await city.make("seen")
        await screen.holds("seen")
    await city.make("missed")
    async with watching(dispatcher, screen.cursor) as again:
        await again.holds("missed")
        assert {frame["type"] for frame in again.frames} == {"events"}
        assert ("thing", "seen") not in again.things


@pytest.mark.parametrize("cursor", ["nonsense", "e30=", "eyJkaXNwYXRjaCI6WyJvdGhlciIsM119"])
async def test_a_cursor_of_another_time_gets_a_snapshot(city: Town, dispatcher: httpx.AsyncClient, cursor: str) -> None:
    async with watching(dispatcher, cursor) as screen:
        assert (await screen.next())["type"] == "snapshot"


async def test_restricted_events_reach_only_those_who_may_see_them(city: Town, dispatcher: httpx.AsyncClient) -> None:
    async with city.signed_in("wall") as wall, watching(wall) as public, watching(dispatcher) as desk:
        await city.make("secret", scope="urumqi|restricted")
        await city.make("open")
        await desk.holds("open")
        await public.holds("open")
        assert ("thing", "secret") in desk.things
        assert ("thing", "secret") not in public.things
        assert public.seen == desk.seen, "the filtered event must still advance the cursor"
        assert not any("secret" in str(frame) for frame in public.frames)
    async with city.signed_in("wall") as wall, watching(wall) as late:
        await late.holds("open")
        assert ("thing", "secret") not in late.things


async def test_positions_are_told_conflated(city: Town, dispatcher: httpx.AsyncClient) -> None:
    async with watching(dispatcher) as screen, httpx.AsyncClient(base_url=city.url("dispatch")) as vehicle:
        await screen.until("beat")
        before, began = len(screen.frames), time.monotonic()
        for step in range(40):
            fix = {"unit_id": "U1", "at": [87.6 + step / 1000, 43.8], "fixed_at": f"2026-01-01T00:00:{step:02}Z"}
            signed = probe.headers(audience="dispatch")
            reply = await vehicle.post("/move", json={"positions": [fix]}, headers=signed)
            assert reply.status_code == 200, reply.text
        async with asyncio.timeout(5):
            while screen.positions.get("U1", {}).get("fixed_at") != "2026-01-01T00:00:39Z":
                await screen.next()
        told = [frame for frame in screen.frames[before:] if frame["type"] == "positions"]
        rounds = (time.monotonic() - began) / hub_module.POSITIONS_S
        assert 1 <= len(told) <= rounds + 1, "a slow machine gets more rounds, but never two frames in one"


async def test_a_bulk_import_gives_everybody_a_fresh_picture(city: Town, dispatcher: httpx.AsyncClient) -> None:
    async with watching(dispatcher) as screen:
        await screen.until("snapshot")
        await city.make("bulk", type="register.imported")
        await screen.until("snapshot")
        assert ("thing", "bulk") in screen.things


async def test_signing_out_closes_the_connection_within_five_seconds(city: Town) -> None:
    async with city.signed_in("commander") as browser, watching(browser) as screen:
        await screen.until("beat")
        assert (await browser.delete("/api/gateway/session")).status_code == 204
        async with asyncio.timeout(5):
            await screen.line.wait_closed()
        assert screen.line.close_code == 4401


async def test_a_stalled_screen_is_dropped_and_slows_nobody(
    city: Town, dispatcher: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "OVER", 200_000)
    own: Hub = gateway.main.app.running.own.hub
    async with watching(dispatcher, max_queue=1) as stalled, watching(dispatcher) as healthy:
        await healthy.until("beat")
        await stalled.until("beat")
        stalled.line.transport.pause_reading()  # type: ignore[attr-defined]
        slowest = 0.0
        for number in range(150):
            for client in own.clients:
                client.allowance = min(client.allowance, 200_000)
            await city.make(f"flood{number}", story="字" * 4000, tags=["标签" * 90] * 20)
            began = asyncio.get_running_loop().time()
            await healthy.holds(f"flood{number}")
            slowest = max(slowest, asyncio.get_running_loop().time() - began)
            if len(own.clients) == 1:
                break
        assert len(own.clients) == 1, "the stalled screen should have been dropped"
        assert slowest < 2
        stalled.line.transport.resume_reading()  # type: ignore[attr-defined]
    async with watching(dispatcher, stalled.cursor) as again:
        await again.holds(f"flood{number}")


async def test_positions_are_left_out_for_a_lagging_screen_and_whole_again_afterwards(city: Town) -> None:
    """The droppable lane by itself: what is written depends on what the client still owes."""

    class FakePipe:
        waiting = 0

        def __init__(self) -> None:
            self.written: list[bytes] = []

        def write(self, frame: bytes) -> None:
            self.written.append(frame)

    own: Hub = gateway.main.app.running.own.hub
    pipe = FakePipe()
    client = hub_module.Client(pipe, probe.DISPATCHER, "")  # type: ignore[arg-type]
    own._send_positions(client, b"one")
    pipe.waiting = hub_module.LAGGING + 1
    own._send_positions(client, b"two")
    pipe.waiting = 10
    own._send_positions(client, b"three")
    pipe.waiting = 0
    own._send_positions(client, b"four")
    assert pipe.written[0] == b"one"
    assert len(pipe.written) == 2
    assert b'"type":"positions"' in pipe.written[1], "all positions, not only the last change"


async def test_with_redis_away_screens_are_slower_and_told(city: Town, dispatcher: httpx.AsyncClient) -> None:
    own: Hub = gateway.main.app.running.own.hub
    nowhere = Redis.from_url("unix:///nowhere/redis.sock", socket_connect_timeout=0.2)
    kept = {stream.source.redis for stream in own.streams.values()}
    async with watching(dispatcher) as screen:
        for stream in own.streams.values():
            stream.source.redis = nowhere
        await city.make("slowly")
        await screen.holds("slowly", timeout_s=10)
        assert "redis_away" in (await screen.until("beat"))["degraded"]
        for stream in own.streams.values():
            stream.source.redis = next(iter(kept))
        async with asyncio.timeout(10):
            while "redis_away" in (await screen.until("beat"))["degraded"]:
                pass
    await nowhere.aclose()


@pytest.mark.parametrize(
    ("origin", "protocols"),
    [("http://evil.example", None), (None, ["muster"]), (None, ["muster", "x" * 43]), (None, ["other", "x"])],
)
async def test_a_connection_without_ticket_or_from_elsewhere_is_refused(
    city: Town, dispatcher: httpx.AsyncClient, origin: str | None, protocols: list[str] | None
) -> None:
    base = city.url("gateway")
    good = ["muster", (await dispatcher.post("/api/gateway/ws-ticket", json={})).json()["ticket"]]
    offered = [Subprotocol(each) for each in protocols or good]
    with pytest.raises(InvalidStatus):
        async with connect(base.replace("http", "ws") + "/live", subprotocols=offered, origin=origin or base):
            pass


async def test_a_ticket_opens_once(city: Town, dispatcher: httpx.AsyncClient) -> None:
    base = city.url("gateway")
    ticket = (await dispatcher.post("/api/gateway/ws-ticket", json={})).json()["ticket"]
    offered = [Subprotocol("muster"), Subprotocol(ticket)]
    async with connect(base.replace("http", "ws") + "/live", subprotocols=offered, origin=base):
        pass
    with pytest.raises(InvalidStatus):
        async with connect(base.replace("http", "ws") + "/live", subprotocols=offered, origin=base):
            pass
