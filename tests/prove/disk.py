"""Proof: on a full data volume writes are refused and said so, nothing acknowledged is lost, and it recovers alone."""

import asyncio
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from infra.place import ROOT
from tests.rows import Options, Row, proof, twin
from tests.town.load import Work, at_work
from tests.town.people import Town, report
from tests.town.running import running_town
from tests.town.screen import Screen, staying
from tests.town.storm import Aftermath, begin, gather, settle, told
from tests.town.verdict import violations

ROUNDS = 5
VOLUME_MB = 900
FULL_S = 10.0
BACK_S = 40.0
EARLY = "tests.prove.planted.early_reply:app"
KEYS = itertools.count(1)


@dataclass
class Fullness:
    """What was seen while the volume was full."""

    refused: int = 0
    read: int = 0
    back_s: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def measure(options: Options) -> Sequence[Row]:
    """Fills and frees the volume again and again under load; once more over a planted bug."""
    rounds = options.count(ROUNDS)
    made, seen = asyncio.run(_fill_and_free(options.seed, rounds))
    planted, _ = asyncio.run(_fill_and_free(options.seed, 1, "--dispatch", EARLY))
    acknowledged = sum(deed.outcome == "ok" for deed in made.deeds)
    what = (
        f"{rounds} times full for {FULL_S:.0f} s: {seen.refused} writes refused as 503, {seen.read} readings answered,"
        f" {acknowledged} writes acknowledged and kept, writing again {max(seen.back_s):.1f} s after at most"
    )
    caught = "a service that answers before it commits, on a full volume"
    return [
        proof("disk", what, [*seen.faults, *violations(made)], acknowledged, options.seed),
        twin("disk", caught, len(violations(planted)), options.seed),
    ]


async def _fill_and_free(seed: int, rounds: int, *arguments: str) -> tuple[Aftermath, Fullness]:
    seen = Fullness()
    async with running_town(*arguments, volume_mb=VOLUME_MB) as town:
        begun = begin(town)
        async with staying(town.dispatchers[0].http) as screen:
            work = await _suffer(town, screen, seed, rounds, seen)
            settled_s = await settle(town, screen)
        made = await gather(town, work, seed, [], begun, {"steady": screen}, settled_s)
    print(told(made), flush=True)
    return made, seen


async def _suffer(town: Town, screen: Screen, seed: int, rounds: int, seen: Fullness) -> Work:
    async with at_work(town, seed, "storm") as work:
        await asyncio.sleep(2)
        for _ in range(rounds):
            await _once(town, screen, seen)
    return work


async def _once(town: Town, screen: Screen, seen: Fullness) -> None:
    """One time full: what writers, readers, screens and the operator are told, and how soon it is over."""
    ballast = town.copy.place.data / "ballast"
    before = len(screen.frames)
    full_until = time.monotonic() + FULL_S
    refused = seen.refused
    status = ""
    while time.monotonic() < full_until:
        await asyncio.to_thread(fill, ballast)
        await _look(town, seen)
        status = status or await asyncio.to_thread(_status, town)
        await asyncio.sleep(0.2)
    if seen.refused == refused:
        seen.faults.append("the volume was full and no write was refused")
    beats = [frame for frame in screen.frames[before:] if frame["type"] == "beat"]
    if not any("disk_low" in beat["degraded"] for beat in beats):
        seen.faults.append("no screen was told that the disk is low")
    if "is full" not in status:
        seen.faults.append(f"status did not say that the disk is full: {status[-300:]}")
    ballast.unlink()
    seen.back_s.append(await _writes_again(town))


def fill(ballast: Path) -> None:
    """Takes whatever space is left."""
    with ballast.open("ab") as file:
        for size in (16 * 1024 * 1024, 1024 * 1024, 4096):
            with suppress(OSError):
                _grow(file.fileno(), size)


def _grow(file: int, size: int) -> None:
    while True:
        os.posix_fallocate(file, os.fstat(file).st_size, size)


async def _look(town: Town, seen: Fullness) -> None:
    """One write and one reading, each once: refusals are typed, readings go on unless the server is coming back."""
    for reply in (await _write(town), await _ask(town, "GET", "/api/dispatch/incidents")):
        if reply is None:
            continue
        if reply.status_code == 503 and reply.json().get("code"):
            seen.refused += reply.request.method == "POST"
        elif reply.status_code >= 400:
            seen.faults.append(f"{reply.request.method} on a full volume: {reply.status_code} {reply.text[:200]}")
        else:
            seen.read += reply.request.method == "GET"


async def _write(town: Town) -> httpx.Response | None:
    return await _ask(town, "POST", "/api/dispatch/incidents", report("full"))


async def _ask(town: Town, method: str, path: str, body: object = None) -> httpx.Response | None:
    headers = {"Idempotency-Key": f"disk-{next(KEYS)}"}
    try:
        return await town.dispatchers[3].http.request(method, path, json=body, headers=headers)
    except httpx.TransportError:
        return None


async def _writes_again(town: Town) -> float:
    """Seconds until a write is acknowledged again, by nobody's help."""
    began = time.monotonic()
    while time.monotonic() - began < BACK_S:
        reply = await _write(town)
        if reply is not None and reply.status_code == 201:
            return time.monotonic() - began
        await asyncio.sleep(0.1)
    raise AssertionError(f"no write for {BACK_S:.0f} s after there was room again")


def _status(town: Town) -> str:
    """What the operator is told."""
    argv = [sys.executable, "-P", "-m", "infra.cli", "status", "--data", str(town.copy.place.data)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False).stdout
