"""Runs the simulated city: `python -m infra.simulator` beside a Muster in demo mode."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import httpx

from infra.simulator.callers import LARGE, Callers
from infra.simulator.client import Client
from infra.simulator.fleet import Fleet
from kernel.calling import http_client
from kernel.settings import Settings

TICK_S = 1.0
log = logging.getLogger(__name__)


def main() -> None:
    """Plays until it is ended."""
    asyncio.run(play(Settings()))


async def play(settings: Settings) -> None:
    """One fleet terminal gateway and one simulated desk, each with a session and a picture of its own."""
    secret = settings.simulator_secret_file
    if secret is None:
        raise SystemExit("the simulator has no secret: it runs in demo mode only")
    fleet_login = {"name": "simulator", "password": secret.read_text().strip()}
    async with _http(settings) as fleet_http, _http(settings) as desk_http:
        fleet = Fleet(Client(fleet_http, fleet_login))
        callers = Callers(_desk(desk_http))
        async with asyncio.TaskGroup() as group:
            for client in (fleet.client, callers.client):
                await client.sign_in()
                group.create_task(client.watch())
                await client.heard.wait()
            await callers.begin()
            group.create_task(_every_second(fleet.tick))
            group.create_task(_every_second(callers.tick))


async def call_large(settings: Settings) -> None:
    """The demo's large incident once more: what `./muster demo` does."""
    async with _http(settings) as http:
        callers = Callers(_desk(http))
        await callers.client.sign_in()
        await callers.call(LARGE)


def _http(settings: Settings) -> httpx.AsyncClient:
    base = settings.gateway_url
    return http_client(base_url=base, timeout=15, headers={"Origin": base})


def _desk(http: httpx.AsyncClient) -> Client:
    return Client(http, {"role": "dispatcher"}, sign_in_path="/api/gateway/demo-session")


async def _every_second(tick: Callable[[], Awaitable[None]]) -> None:
    """Calls a coroutine function each second, for ever; what fails once is tried again."""
    while True:
        began = time.monotonic()
        try:
            await tick()
        except Exception:
            log.exception("a tick failed")
        await asyncio.sleep(max(0.0, TICK_S - (time.monotonic() - began)))
