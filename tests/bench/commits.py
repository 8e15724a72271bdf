"""Reports committed per second on one realm, through the gateway and the service, while the whole city is imported."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

from infra.maps import city_of
from tests.bench.children import child
from tests.bench.process import cpu_s
from tests.bench.reporting import Order, Told, reporting
from tests.launched import Copy, children_of
from tests.rows import Options, Row
from tests.stand import drawn_city
from tests.town.people import Town, import_register
from tests.town.running import running_town

CALLERS, SECONDS, WARM_S = 16, 15.0, 3.0
EVENTS_EACH = 3  # incident, report, entry


def measure(options: Options) -> list[Row]:
    """`commits_per_s`; what each process spent on one, and the same without the import."""
    return asyncio.run(rows(options))


async def rows(options: Options) -> list[Row]:
    """Alone first, then beside the import."""
    drawn = city_of(drawn_city()) / "register"
    seconds = SECONDS * options.share
    async with running_town() as town:
        (cookie,) = [f"{name}={value}" for name, value in town.dispatchers[0].http.cookies.items()]
        port = urlsplit(town.url).port
        with child(reporting, port, cookie, CALLERS) as (line, _), ThreadPoolExecutor(1) as beside:
            line.send(Order(WARM_S))
            line.recv()
            alone, spent_ms = await counted(town, line, seconds)
            importing = beside.submit(import_register, town.copy, drawn)
            both, _ = await counted(town, line, seconds)
            importing.result()
    told = ", ".join(f"{name} {ms:.1f}" for name, ms in spent_ms.items())
    what = f"reports committed per second on one realm by {CALLERS} callers, the city's register imported beside them"
    what = f"{what}; {both.again} sent again"
    return [
        Row("commits_per_s", what, both.acknowledged / both.seconds, "1/s", must=200, aim=500, sense=">="),
        Row("commits_alone_per_s", f"without it; CPU ms of one: {told}", alone.acknowledged / alone.seconds, "1/s"),
    ]


async def counted(town: Town, line: Connection, seconds: float) -> tuple[Told, dict[str, float]]:
    """One round, and the CPU milliseconds that each process spent on one report; all of them must be in the log."""
    before, spent = await head(town), spent_s(town.copy)
    line.send(Order(seconds))
    told: Told = await asyncio.to_thread(line.recv)
    after = spent_s(town.copy)
    assert told.refused == 0, f"{told.refused} were refused: {told.refusal}"
    written = await head(town) - before
    assert written >= told.acknowledged * EVENTS_EACH, f"{told.acknowledged} acknowledged, {written} events"
    return told, {name: (after[name] - spent[name]) * 1000 / told.acknowledged for name in spent}


async def head(town: Town) -> int:
    """The number of the last event of dispatch; asked after a number that is far beyond, no events come with it."""
    page = await town.read("dispatcher-0", "/api/dispatch/events", after=10**12)
    return int(page["seq"])


def spent_s(copy: Copy) -> dict[str, float]:
    """CPU seconds so far of those who work for a report."""
    server = copy.pid("postgres")
    own = {name: cpu_s(copy.pid(name)) for name in ("gateway", "dispatch", "redis")}
    return own | {"postgres": sum(cpu_s(pid) for pid in (server, *children_of(server)))}
