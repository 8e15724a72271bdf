"""Every process is killed in turn while nobody else works: how long until its first real write is acknowledged."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from statistics import median

from tests.rows import Options, Row
from tests.town.history import Deed
from tests.town.people import Town, report, units
from tests.town.running import running_town
from tests.town.waiting import until

ROUNDS, UP_S, CALM_S, GIVEN_UP_S = 3, 240.0, 1.0, 240.0
KILLED = ("gateway", "dispatch", "resources", "plans", "worker-live", "worker-background", "redis", "postgres")
Write = Callable[[Town], Awaitable[Deed]]


def measure(options: Options) -> list[Row]:
    """`restart_s`: the worst of all; beside it dispatch killed together with the zygote that forks it."""
    return asyncio.run(rows(options))


async def rows(options: Options) -> list[Row]:
    """Everything in one town."""
    rounds = options.count(ROUNDS)
    async with running_town() as town:
        took = {name: [await killed(town, name) for _ in range(rounds)] for name in KILLED}
        both = [await killed(town, "dispatch", "zygote") for _ in range(rounds)]
    worst = {name: max(each) for name, each in took.items()}
    told = ", ".join(f"{name} {seconds:.2f}" for name, seconds in worst.items())
    what = f"SIGKILL to the first acknowledged write, worst of {rounds} each: {told}"
    return [
        Row("restart_s", what, max(worst.values()), "s", must=5, aim=2),
        Row("restart_median_s", "the median of all kills", median(s for each in took.values() for s in each), "s"),
        Row("restart_with_zygote_s", "dispatch and the zygote killed at the same moment, worst", max(both), "s"),
    ]


async def killed(town: Town, name: str, *others: str) -> float:
    """Kills it, and asks for a write of its own until that is acknowledged; seconds."""
    await until(town.copy.is_up, UP_S, town.copy.log.read_text)
    await asyncio.sleep(CALM_S)
    before = town.copy.pid(name)
    began = time.monotonic()
    for each in (*others, name):
        os.kill(town.copy.pid(each), signal.SIGKILL)
    deed = await WRITES.get(name, a_report)(town)
    while deed.outcome == "info" and time.monotonic() - began < GIVEN_UP_S:
        deed = await WRITES.get(name, a_report)(town)
    assert deed.outcome == "ok", f"after {name} was killed: {deed.status} {deed.text!r}"
    await until(lambda: town.copy.pid(name) not in {0, before}, UP_S, town.copy.log.read_text)
    return deed.ended_s - began


async def a_report(town: Town) -> Deed:
    """An incident: the gateway's way through, dispatch, the database."""
    who = town.dispatchers[0]
    mark = who.mark()
    return await who.do("dispatch", "report.received", "POST", "/incidents", report(mark), mark=mark)


async def an_account(town: Town) -> Deed:
    """What the gateway itself keeps."""
    who = town.people["admin"]
    mark = who.mark()
    form = {"name": mark, "title": mark, "roles": ["evaluator"]}
    return await who.do("gateway", "account.created", "POST", "/accounts", form, mark=mark)


async def a_service(town: Town) -> Deed:
    """A unit that leaves or enters service, in the register."""
    who = town.people["keeper"]
    form = {"in_service": False, "reason": who.mark()}
    return await who.do("resources", "unit.changed", "PATCH", f"/units/{units('service')[0]}/service", form)


async def a_card(town: Town) -> Deed:
    """A response card."""
    who = town.people["planner"]
    mark = who.mark()
    line = {"key": "x", "kind": "count", "capabilities": ["WATER_STREAM"], "quantity": 1, "source": "bench"}
    card = {"name": mark, "conditions": {"kinds": ["rescue.water"]}, "lines": [line]}
    return await who.do("plans", "response_card.published", "PUT", "/response-cards/card-bench", card, mark=mark)


WRITES: dict[str, Write] = {"gateway": an_account, "resources": a_service, "plans": a_card}
