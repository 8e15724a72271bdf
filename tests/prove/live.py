"""Proof: whatever happens between an event and a screen, the screen ends right and never looks live while it is not."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis

from infra.children import end, wait_until
from infra.node import FRONTEND, node_environment
from infra.packages import find_redis
from infra.place import ROOT
from infra.postgres import DATABASE, cluster_at
from infra.redis_server import RedisServer, redis_at
from kernel.contracts.base import LIVE
from kernel.outbox import stream_key
from tests.launched import START_S, Copy
from tests.rows import Options, Row, proof, twin
from tests.town import invariants
from tests.town.beside import beside
from tests.town.history import Deed
from tests.town.load import Work, at_work
from tests.town.outage import empty, hang_and_kill
from tests.town.people import Town, opened, report
from tests.town.running import launched, running_town
from tests.town.screen import Frame, Screen, seen, staying
from tests.town.storm import Aftermath, begin, gather, kill, settle, told
from tests.town.verdict import violations_but_streams
from tests.town.waiting import until

ROUNDS, HOLES, FRESH, SCREENS = 10, 3, 3, 10_000
LATE_S = 10.0
CARELESS = "tests.prove.planted.first_only:app"
HIDDEN = 6
PATIENCE_S = 20.0
FAULTS = ("flush", "hung", "relay", "hub", "hole")


def measure(options: Options) -> Sequence[Row]:
    """Faults under load, the hole again for a careless reader, an erased installation, screens on bad lines."""
    rounds = options.count(ROUNDS)
    made, silent = asyncio.run(_through(options.seed, list(FAULTS) * rounds))
    planted, _ = asyncio.run(
        _through(options.seed, ["hole"] * HOLES, "--gateway", "tests.prove.planted.first_only:app")
    )
    reports = sum(deed.type == "report.received" for deed in made.deeds)
    what = (
        f"{rounds} times each of {', '.join(FAULTS)} under load, {len(made.deeds)} writes, {reports} reports watched:"
        " 0 lost, 0 doubled, 0 late without a word"
    )
    return [
        proof("live", what, [*violations_but_streams(made), *silent], len(FAULTS) * rounds, options.seed),
        twin(
            "live",
            "a reader that looks only at the first of a batch",
            len(violations_but_streams(planted)),
            options.seed,
        ),
        asyncio.run(_erased(options)),
        asyncio.run(_restored(options)),
        *_screens(options),
    ]


async def _through(seed: int, faults: list[str], *arguments: str) -> tuple[Aftermath, list[str]]:
    """One town through these faults; what it left, and reports that came late while the screen said all is well."""
    async with running_town(*arguments) as town:
        begun = begin(town)
        async with staying(town.dispatchers[0].http) as screen:
            work = await _suffer(town, screen, faults, seed)
            with suppress(AssertionError):  # a screen that never comes to the head is told by the verdict
                await settle(town, screen)
        made = await gather(town, work, seed, [], begun, {"steady": screen}, 0.0)
    print(told(made), flush=True)
    return made, late_without_a_word(made.deeds, screen.frames)


async def _suffer(town: Town, screen: Screen, faults: list[str], seed: int) -> Work:
    chance = random.Random(seed)
    async with at_work(town, seed, "redis") as work:
        await asyncio.sleep(1)
        for fault in faults:
            await _happen(town, screen, fault, chance)
            await asyncio.sleep(1)
    return work


async def _happen(town: Town, screen: Screen, fault: str, chance: random.Random) -> None:
    if fault == "flush":
        empty(town)
    elif fault == "hung":
        await hang_and_kill(town, screen)
    elif fault == "relay":
        _cut_relays(town)
    elif fault == "hub":
        await kill(town, "gateway", chance)
    else:
        await _make_hole(town)


def _cut_relays(town: Town) -> None:
    """Ends the connections that hold the relays' locks: each service must find itself a leader again."""
    cluster_at(town.copy.place).sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted", DATABASE
    )


async def _make_hole(town: Town) -> None:
    """While the hub does not look, events in the middle of what waits for it vanish from the stream."""
    hub = town.copy.pid("gateway")
    async with beside(town, "dispatch") as dispatch:
        page = (await dispatch.get("/events", params={"after": 0})).json()
        head = page["seq"]
        os.kill(hub, signal.SIGSTOP)
        try:
            for nth in range(HIDDEN):
                key = {"Idempotency-Key": f"hole-{head}-{nth}"}
                await dispatch.post("/incidents", json=report(f"hole {nth}", nth=nth), headers=key)
            await asyncio.to_thread(_hide, town, stream_key(page["epoch"], LIVE, "dispatch"), head)
        finally:
            os.kill(hub, signal.SIGCONT)


def _hide(town: Town, key: str, head: int) -> None:
    """Takes some of the events that came since out of the stream, once they are on it, none of them a batch's first:
    the hub has the first few before it is stopped."""
    with Redis.from_url(redis_at(town.copy.place).url) as redis:
        wait_until(lambda: redis.xlen(key) > 0 and len(redis.xrange(key, min=f"({head}-0")) >= HIDDEN, PATIENCE_S)
        for entry, _ in redis.xrange(key, min=f"({head}-0")[4:-1:5]:
            redis.xdel(key, entry)


def late_without_a_word(deeds: Sequence[Deed], frames: Sequence[Frame]) -> list[str]:
    """Reports that a screen heard late, or never, while every heartbeat between said that all is well."""
    heard = {
        each["id"]: frame["heard_s"]
        for frame in reversed(frames)  # so that the first time stays
        if frame["type"] in ("events", "snapshot")
        for each in (frame.get("events") or frame.get("things") or ())
        if each["kind"] == "incident"
    }
    beats = [frame for frame in frames if frame["type"] == "beat"]
    faults = []
    for deed in deeds:
        if deed.type != "report.received" or deed.outcome != "ok":
            continue
        until_s = heard.get(deed.reply["incident"]["id"], float("inf"))
        between = [beat for beat in beats if deed.ended_s + LATE_S < beat["heard_s"] < until_s]
        if between and not any(beat["degraded"] for beat in between):
            faults.append(f"{deed.mark} was missing on a screen that said all is well")
    return faults


async def _erased(options: Options) -> Row:
    """`--fresh` with Redis kept: numbers begin again, and no screen mixes the old installation with the new one."""
    times = options.count(FRESH)
    faults: list[str] = []
    cursor = None
    with _kept_redis() as url, launched(env={"MUSTER_REDIS_URL": url}) as copy, tempfile.TemporaryDirectory() as folder:
        for nth in range(times + 1):
            cursor, found = await _work_on(copy, Path(folder) / f"register-{nth}", cursor, options.seed + nth)
            faults += found
            if nth < times:
                await _erase(copy)
    what = f"{times} times erased and begun anew beside a Redis that kept the old streams, a screen with its old cursor"
    return proof("live_fresh", what, faults, times, options.seed)


async def _work_on(copy: Copy, register: Path, cursor: str | None, seed: int) -> tuple[str | None, list[str]]:
    """A while of work in a fresh installation, watched by a screen that holds this cursor; its next, and the faults."""
    async with opened(copy, register) as town, staying(town.dispatchers[0].http, cursor=cursor) as screen:
        async with at_work(town, seed, "storm"):
            await asyncio.sleep(2)
        await settle(town, screen)
        view = seen(screen.frames)
        return screen.cursor, [*view.faults, *invariants.differing(view.things, await town.snapshots())]


async def _restored(options: Options) -> Row:
    """A restore from a backup: what came after it is gone, and the screen that had seen it takes a fresh picture."""
    times = options.count(FRESH)
    faults: list[str] = []
    async with running_town() as town, staying(town.dispatchers[0].http) as screen:
        for nth in range(times):
            backup = town.copy.place.data.parent / f"backup-{nth}"
            await _work(town, screen, options.seed + nth)
            _muster("backup", backup, town.copy)
            await _work(town, screen, options.seed + nth + times)
            await _stop(town.copy)
            _muster("restore", backup, town.copy)
            town.copy.start()
            await until(town.copy.is_up, START_S, town.copy.log.read_text)
            await settle(town, screen)
            view = seen(screen.frames)
            faults += [*view.faults, *invariants.differing(view.things, await town.snapshots())]
    what = f"{times} times restored from a backup, the screen that saw what is undone stays open"
    return proof("live_restore", what, faults, times, options.seed)


async def _work(town: Town, screen: Screen, seed: int) -> None:
    """A while of work that the screen has seen."""
    async with at_work(town, seed, "storm"):
        await asyncio.sleep(2)
    await settle(town, screen)


def _muster(command: str, file: Path, copy: Copy) -> None:
    argv = [sys.executable, "-P", "-m", "infra.cli", command, str(file), "--data", str(copy.place.data)]
    done = subprocess.run(argv, cwd=ROOT, env=copy.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


async def _stop(copy: Copy) -> None:
    copy.process.send_signal(signal.SIGTERM)
    copy.process.wait(30)


async def _erase(copy: Copy) -> None:
    await _stop(copy)
    copy.start("--fresh")
    await until(copy.is_up, START_S, copy.log.read_text)


@contextmanager
def _kept_redis() -> Iterator[str]:
    """A Redis of somebody else, which outlives the copy."""
    program = find_redis()
    assert program is not None, "Redis is not installed"
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(program, Path(folder), Path(folder) / "redis.log")
        process = server.start()
        try:
            server.wait_ready(process)
            yield server.url
        finally:
            end(process, signal.SIGTERM, patience_s=5)


def _screens(options: Options) -> list[Row]:
    """The screens' own connection on lines that drop, double and reorder frames, beside one that trusts its line."""
    trials = options.count(SCREENS)
    with tempfile.NamedTemporaryFile("r") as report_file:
        told = {"MUSTER_TRIALS": str(trials), "MUSTER_SEED": str(options.seed), "MUSTER_REPORT": report_file.name}
        argv = ["npx", "vitest", "run", "src/live.meddled.test.ts"]
        done = subprocess.run(
            argv, cwd=FRONTEND, env=node_environment() | told, capture_output=True, text=True, check=False
        )
        said = report_file.read()
    assert said, done.stdout + done.stderr
    found = json.loads(said)
    what = f"{trials:,} screens on lines that drop, double and reorder frames end with the server's picture"
    wrong = [f"{found['faults']} screens ended wrong"] * min(1, found["faults"])
    return [
        proof("live_frames", what, wrong, trials, options.seed),
        twin("live_frames", "a screen that takes every frame as it comes", found["caught"], options.seed),
    ]
