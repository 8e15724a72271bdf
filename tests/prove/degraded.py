"""Proof: with any one part away the rest works on, the wall says so by itself, and all is well again by itself."""

import asyncio
import itertools
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import httpx
from playwright.async_api import Page, async_playwright

from infra.children import is_alive
from infra.node import build_frontend
from infra.place import ROOT
from tests.e2e.measures import CHROMIUM, FLAGS
from tests.launched import children_of
from tests.rows import Options, Row, proof, twin
from tests.town.people import STOCK, Town, hire, report, units
from tests.town.running import running_town
from tests.town.waiting import until

ROUNDS = 3
SAID_S, BACK_S, ASK_S = 30.0, 40.0, 40.0
MUTE = "tests.prove.planted.mute_hub:app"
KEYS = itertools.count(1)
UNITS = itertools.cycle(units("contend"))
Check = Callable[[Town], Awaitable[list[str]]]


@dataclass(frozen=True)
class Loss:
    """One row of the matrix: whose processes hang, what the wall then says, and what must still work."""

    name: str
    processes: tuple[str, ...]
    says: str
    works: Check


def measure(options: Options) -> Sequence[Row]:
    """Every row some times on real processes before a real wall; the first once more before a mute hub."""
    rounds = options.count(ROUNDS)
    build_frontend(ROOT / ".data")
    faults = asyncio.run(_before_a_wall(rounds, LOSSES))
    planted = asyncio.run(_before_a_wall(1, LOSSES[:1], "--gateway", MUTE))
    trials = rounds * (len(LOSSES) + 1)
    names = ", ".join([*(loss.name for loss in LOSSES), "base map"])
    what = f"{rounds} times each away: {names}; the rest works, the wall says it and is well again by itself"
    return [
        proof("degraded", what, faults, trials, options.seed),
        twin("degraded", "a heartbeat that never says what is degraded", len(planted), options.seed),
    ]


async def _before_a_wall(rounds: int, losses: Sequence[Loss], *arguments: str) -> list[str]:
    async with running_town(*arguments) as town, async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        secret = await hire(town.people["admin"].http, "screen", {"roles": ["commander"]})
        page = await (await browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN")).new_page()
        sign_in = {"name": "screen", "password": secret}
        await page.context.request.post(f"{town.url}/api/gateway/session", data=sign_in, headers={"Origin": town.url})
        await page.goto(f"{town.url}/wall?lang=zh")
        faults = [] if await _shows(page, "底图", SAID_S) else ["the wall does not say that it has no base map"]
        for loss in list(losses) * rounds:
            faults += [f"{loss.name}: {each}" for each in await _without(town, page, loss)]
        await browser.close()
    return faults


async def _without(town: Town, page: Page, loss: Loss) -> list[str]:
    """Takes a part away, looks at the wall and at what must work, gives it back, and waits until all is well."""
    pids = await _stopped(town, loss.processes)
    try:
        said = not loss.says or await _shows(page, loss.says, SAID_S)
        faults = [] if said else [f"the wall did not say {loss.says}"]
        faults += await _tried(loss.works, town)
    finally:
        _signal(pids, signal.SIGCONT)
    if loss.says and not await _hides(page, loss.says, BACK_S):
        faults.append(f"the wall still says {loss.says}")
    return faults + await _well(town)


async def _tried(works: Check, town: Town) -> list[str]:
    """What a check finds; a line that breaks and a refusal where none may be are findings too."""
    try:
        return await works(town)
    except (httpx.HTTPError, AssertionError) as error:
        return [f"did not go on: {error!r}"]


async def _stopped(town: Town, names: Sequence[str]) -> list[int]:
    """Stops these processes. One that was ended at that very moment has a successor, which is stopped instead."""
    while True:
        await until(town.copy.is_up, BACK_S, town.copy.log.read_text)
        pids = [pid for name in names for pid in _all_of(town, name)]
        _signal(pids, signal.SIGSTOP)
        if all(is_alive(pid) for pid in pids):
            return pids
        _signal(pids, signal.SIGCONT)
        await asyncio.sleep(0.1)


def _all_of(town: Town, name: str) -> list[int]:
    pid = town.copy.pid(name)
    return [pid, *children_of(pid)] if name == "postgres" else [pid]


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


async def _shows(page: Page, text: str, timeout_s: float) -> bool:
    return await _until(page, text, timeout_s, shown=True)


async def _hides(page: Page, text: str, timeout_s: float) -> bool:
    return await _until(page, text, timeout_s, shown=False)


async def _until(page: Page, text: str, timeout_s: float, *, shown: bool) -> bool:
    began = time.monotonic()
    while time.monotonic() - began < timeout_s:
        if (text in await page.inner_text("body")) is shown:
            return True
        await asyncio.sleep(0.25)
    return False


async def _ask(town: Town, method: str, path: str, body: object = None) -> httpx.Response:
    headers = {"Idempotency-Key": f"degraded-{next(KEYS)}"}
    desk = town.dispatchers[0].http
    return await desk.request(method, f"/api/dispatch{path}", json=body, headers=headers, timeout=ASK_S)


async def _incident(town: Town) -> str:
    reply = await _ask(town, "POST", "/incidents", report("degraded", nth=next(KEYS)))
    reply.raise_for_status()
    found = reply.json()["incident"]
    assert found["requirements"], "no response card was found"
    return str(found["id"])


async def _dispatches(town: Town) -> list[str]:
    """A report with its needs, a recommendation and an order with stock go through."""
    incident = await _incident(town)
    order = {"units": [{"unit_id": next(UNITS)}], "stock": [{**STOCK, "quantity": 1}], "reason": "degraded"}
    ordered = await _ask(town, "POST", f"/incidents/{incident}/orders", order)
    ordered.raise_for_status()
    for assignment in ordered.json()["assignments"]:
        await _ask(town, "POST", f"/assignments/{assignment['id']}/release", {"reason": "degraded"})
    return []


async def _advises_nearest_first(town: Town) -> list[str]:
    """Advice comes all the same, labelled as nearest first by straight line."""
    reply = await _ask(town, "POST", f"/incidents/{await _incident(town)}/recommendations", {})
    if reply.status_code != 201:
        return [f"no advice: {reply.status_code} {reply.text[:200]}"]
    said = set(reply.json()["degraded"])
    return [] if {"solver_away", "roads_away"} <= said else [f"the advice says only {sorted(said)}"]


async def _says_roads_away(town: Town) -> list[str]:
    """Without a road map every estimate is flagged."""
    reply = await _ask(town, "POST", f"/incidents/{await _incident(town)}/recommendations", {})
    advice = reply.json()
    flagged = all(pick["method"] != "road" for pick in advice["picks"])
    return [] if flagged and "roads_away" in advice["degraded"] else ["a straight line is shown as a road"]


async def _refuses(town: Town) -> list[str]:
    """A write is refused with a code that screens word, and nothing is a bug."""
    reply = await _ask(town, "POST", "/incidents", report("refused"))
    typed = reply.status_code == 503 and reply.json().get("code", "").endswith("_away")
    return [] if typed else [f"a write was answered {reply.status_code} {reply.text[:200]}"]


async def _nothing(_town: Town) -> list[str]:
    """The wall alone says it; nobody can be asked."""
    return []


async def _well(town: Town) -> list[str]:
    """Everything works again within the time, by nobody's help."""
    began = time.monotonic()
    faults = ["not tried"]
    while faults and time.monotonic() - began < BACK_S:
        faults = await _tried(_dispatches, town)
        degraded = (await town.read("dispatcher-0", "/api/gateway/status"))["degraded"]
        faults += [f"still {degraded}"] if degraded else []
        await asyncio.sleep(0.2)
    return faults


LOSSES = (
    Loss("Redis", ("redis",), "快线中断", _dispatches),
    Loss("road map", (), "", _says_roads_away),
    Loss("optimizer", ("worker-live",), "", _advises_nearest_first),
    Loss("plans", ("plans",), "预案服务无应答", _dispatches),
    Loss("resources", ("resources",), "台账服务无应答", _dispatches),
    Loss("dispatch", ("dispatch",), "调派服务无应答", _refuses),
    Loss("gateway", ("gateway",), "数据中断", _nothing),
    Loss("PostgreSQL", ("postgres",), "调派服务无应答", _refuses),
)
