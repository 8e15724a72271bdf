"""The simulator without its callers: crews that answer, and nobody who takes the units of a test."""

import asyncio

import httpx

from infra.simulator.client import Client
from infra.simulator.fleet import Fleet
from infra.simulator.play import TICK_S
from kernel.settings import Settings


def main() -> None:
    """Plays until it is ended."""
    asyncio.run(play(Settings()))


async def play(settings: Settings) -> None:
    """The simulated fleet's terminal, which follows the picture and steps whom nobody else does."""
    assert settings.simulator_secret_file is not None
    login = {"name": "simulator", "password": settings.simulator_secret_file.read_text().strip()}
    base = settings.gateway_url
    async with httpx.AsyncClient(base_url=base, timeout=15, headers={"Origin": base}) as http:
        fleet = Fleet(Client(http, login))
        await fleet.client.sign_in()
        watching = asyncio.create_task(fleet.client.watch())
        while not watching.done():
            await fleet.tick()
            await asyncio.sleep(TICK_S)
