"""The storm: processes are killed while a command centre works, and everything that can be known is gathered."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from redis.asyncio import Redis

from infra.redis_server import redis_at
from kernel.contracts.base import LIVE
from kernel.outbox import entry_seq, stream_key
from tests.launched import START_S
from tests.town.history import Deed, Kill, recovery_s
from tests.town.launch import FAILPOINTS
from tests.town.load import Work, at_work
from tests.town.people import SERVICES, Town
from tests.town.screen import Frame, Screen, seen, staying
from tests.town.waiting import until

FORKED = ("gateway", "dispatch", "resources", "plans", "worker-live")
KINDS = ("zygote", "postgres", *FORKED)
LAUNCHER = "launcher"
SLOW = frozenset({"zygote", "postgres"})
BACK_S = 120.0
SETTLED_S = 10.0
PLANS_S = 90.0  # a minute after which they are given up, and what it takes to say so
FLAKY_S = 1.5
CALM_S = (0.2, 0.8)


@dataclass
class Aftermath:
    """What a storm left: the history, the logs, what the services hold, and what a screen was told throughout."""

    seed: int
    kills: list[Kill]
    deeds: list[Deed]
    logs: dict[str, list[dict[str, Any]]]
    heads: dict[str, int]
    audits: dict[str, list[dict[str, Any]]]
    chains: list[bool]
    streams: dict[str, list[int]]
    snapshots: list[dict[str, Any]]
    screens: dict[str, list[Frame]]
    settled_s: float


def order_of(chance: random.Random, cycles: int) -> list[str]:
    """Every kind once in each cycle. The zygote is gone for longest, so what it does not fork is killed after it."""
    return [name for _ in range(cycles) for name in ("zygote", "postgres", *chance.sample(FORKED, len(FORKED)))]


async def storm(town: Town, *, seed: int, names: Sequence[str]) -> Aftermath:
    """Kills these processes one after another under load, lets everything settle, and gathers."""
    chance = random.Random(seed)
    begun = begin(town)
    browser = town.dispatchers[0].http
    async with staying(browser) as steady, staying(browser, FLAKY_S) as flaky:
        async with at_work(town, seed, "storm") as work:
            await asyncio.sleep(1)
            kills = [await kill(town, name, chance) for name in names]
        screens = {"steady": steady, "flaky": flaky}
        settled_s = max([await settle(town, screen) for screen in screens.values()])
    return await gather(town, work, seed, kills, begun, screens, settled_s)


def begin(town: Town) -> dict[str, int]:
    """How many deeds everybody has done before."""
    return {name: len(client.deeds) for name, client in town.people.items()}


async def settle(town: Town, screen: Screen) -> float:
    """Waits until what follows by itself has come and the screen stands where the services do; seconds.

    That is the register's answer for all stock, the plan of a worker where one was away, and all further plans.
    """
    waited_s = await _confirm_stock(town) + await _complete_plans(town)
    heads = {service: (await town.log(service))[1] for service in SERVICES}
    return waited_s + await until(
        lambda: screen.standing == heads, SETTLED_S, lambda: f"the screen stands at {screen.standing}, not {heads}"
    )


async def _confirm_stock(town: Town) -> float:
    began = time.monotonic()
    while True:
        snapshot = await town.read("dispatcher-0", "/api/dispatch/snapshot")
        orders = [each["value"]["status"] for each in snapshot["things"] if each["kind"] == "supply_order"]
        if "unconfirmed" not in orders:
            return time.monotonic() - began
        assert time.monotonic() - began < SETTLED_S, f"{orders.count('unconfirmed')} supply orders stay unconfirmed"
        await asyncio.sleep(0.1)


async def _complete_plans(town: Town) -> float:
    began = time.monotonic()
    while True:
        snapshot = await town.read("dispatcher-0", "/api/dispatch/snapshot")
        made = [each["value"] for each in snapshot["things"] if each["kind"] == "recommendation"]
        newest = {each["incident_id"]: each for each in sorted(made, key=lambda each: each["at"])}
        due = [each["id"] for each in made if each["alternatives_due"]]
        due += [each["id"] for each in newest.values() if "solver_away" in each["degraded"]]
        if not due:
            return time.monotonic() - began
        assert time.monotonic() - began < PLANS_S, f"the further plans of {due} do not come"
        await asyncio.sleep(0.1)


async def kill(town: Town, name: str, chance: random.Random) -> Kill:
    """Kills a process in the middle of the work and waits for its successor and an acknowledged write."""
    await asyncio.sleep(chance.uniform(*CALM_S))
    if name not in SLOW:
        await until(town.copy.is_up, BACK_S, town.copy.log.read_text)
    made = Kill(name, time.monotonic())
    if name == LAUNCHER:
        await kill_launcher(town)
    else:
        await _kill_child(town, name)
    deeds = [client.deeds for client in town.people.values()]
    await until(lambda: recovery_s(made, chain(*deeds)) is not None, BACK_S, town.copy.log.read_text)
    return made


async def _kill_child(town: Town, name: str) -> None:
    """Kills a process, or arms the failpoint at which it will die, and waits for the successor."""
    process, _, moment = name.partition(".")
    before = town.copy.pid(process)
    if moment:
        (town.copy.place.data / FAILPOINTS).mkdir(exist_ok=True)
        (town.copy.place.data / FAILPOINTS / name).touch()
    else:
        os.kill(before, signal.SIGKILL)
    await until(lambda: town.copy.pid(process) not in {0, before}, BACK_S, town.copy.log.read_text)


async def kill_launcher(town: Town) -> None:
    """Kills the launcher, with which everything dies, and starts it again as a person would."""
    town.copy.process.kill()
    town.copy.process.wait()
    town.copy.start()
    await until(town.copy.is_up, START_S, town.copy.log.read_text)


async def gather(
    town: Town,
    work: Work,
    seed: int,
    kills: list[Kill],
    begun: dict[str, int],
    screens: dict[str, Screen],
    settled_s: float,
) -> Aftermath:
    """Reads the logs, the audit logs and the snapshots, all through the gateway."""
    logs = {service: await town.log(service) for service in SERVICES}
    streams = {service: await published(town, service, head) for service, (_, head) in logs.items()}
    audits = {service: await town.audit(service) for service in (*SERVICES, "gateway")}
    return Aftermath(
        seed=seed,
        kills=kills,
        deeds=[deed for name, client in town.people.items() for deed in client.deeds[begun[name] :]],
        logs={service: events for service, (events, _) in logs.items()},
        heads={service: head for service, (_, head) in logs.items()},
        audits={service: rows for service, (rows, _) in audits.items()},
        chains=work.chains + [whole for _, whole in audits.values()],
        streams=streams,
        snapshots=await town.snapshots(),
        screens={name: list(screen.frames) for name, screen in screens.items()},
        settled_s=settled_s,
    )


async def published(town: Town, service: str, head: int) -> list[int]:
    """The numbers that a service's stream in Redis holds once the relay has come to the head, or has had its time."""
    epoch = (await town.read("dispatcher-0", f"/api/{service}/events", after=head))["epoch"]
    async with Redis.from_url(redis_at(town.copy.place).url) as redis:
        began = time.monotonic()
        while True:
            held = [entry_seq(entry_id) for entry_id, _ in await redis.xrange(stream_key(epoch, LIVE, service))]
            if held[-1:] == [head] or time.monotonic() - began > SETTLED_S:
                return held
            await asyncio.sleep(0.1)


def told(made: Aftermath) -> str:
    """The counts of a storm, for whoever reads the test's output."""
    outcomes = [deed.outcome for deed in made.deeds]
    views = {name: seen(frames) for name, frames in made.screens.items()}
    watched = "; ".join(
        f"{name} screen {view.opened} connections, {view.snapshots} snapshots, {view.events} events"
        for name, view in views.items()
    )
    return (
        f"seed {made.seed}: {len(made.kills)} kills, {len(made.deeds)} writes"
        f" ({outcomes.count('ok')} ok, {outcomes.count('fail')} refused, {outcomes.count('info')} uncertain),"
        f" {sum(deed.tries - 1 for deed in made.deeds)} tries again,"
        f" {sum(deed.replays for deed in made.deeds)} replays, {len(made.chains)} looks at audit chains;"
        f" {watched}; settled in {made.settled_s:.1f} s"
    )
