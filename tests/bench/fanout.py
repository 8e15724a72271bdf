"""What a delivery costs our hub beside `websockets.broadcast()`, and what stalled screens cost the healthy ones."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from redis import Redis

from infra.scratch import scratch_databases
from kernel.clock import real_now
from kernel.contracts.base import LIVE
from kernel.contracts.events import Envelope, Position
from kernel.outbox import stream_key
from kernel.positions import POSITIONS, positions_key
from tests.bench.children import child
from tests.bench.fanout_server import EPOCH, serve_broadcast, serve_hub
from tests.bench.process import cpu_s
from tests.bench.sink import Heard, Seat, seat, sink, stalled
from tests.rows import Options, Row

SCREENS, ROUNDS, EVENTS, EVERY_S, WARM, SETTLE_S = 1000, 5, 100, 0.05, 20, 0.5
HEALTHY, STALLED, FLOOD, WATCHED, UNITS = 100, 2, 230, 200, 40
STUCK = 128 * 1024
HELLO = {"type": "hello", "realm": "live"}
STORY = "化工储罐火灾，现场有浓烟，三人被困，邻近罐体需冷却。" * 8


def measure_broadcast(options: Options) -> list[Row]:
    """`fanout_vs_broadcast`: CPU of the server's process per delivery, in turns, the median ratio."""
    with scratch_databases() as scratch:
        hub = started(serve_hub, scratch.redis)
        peer = started(serve_broadcast, scratch.redis)
        with hub as ours, peer as theirs:
            ours.tell = Teller(scratch.redis, "dispatch")
            theirs.tell = Teller(scratch.redis, "broadcast")
            protocols = ("muster", "any")
            screens = options.count(SCREENS)
            with (
                listening([seat(ours.port, protocols, HELLO)] * screens, b'"to_seq":') as ours.sink,
                listening([seat(theirs.port)] * screens, b'"seq":') as theirs.sink,
            ):
                return broadcast_rows(ours, theirs, options)


def broadcast_rows(ours: "Server", theirs: "Server", options: Options) -> list[Row]:
    """Both sides in turns, each time the same number of events."""
    for side in (ours, theirs):
        side.tell.events(WARM, EVERY_S)
    screens = options.count(SCREENS)
    pairs = [
        (per_delivery_us(ours, EVENTS, screens), per_delivery_us(theirs, EVENTS, screens))
        for _ in range(options.count(ROUNDS))
    ]
    own, peer = (median(side) for side in zip(*pairs, strict=True))
    ratio = median(each / other for each, other in pairs)
    what = f"CPU per delivery of our hub / websockets.broadcast(), {screens:,} clients"
    told = f"{what}: {own:.2f} us / {peer:.2f} us, {len(pairs)} x {EVENTS} events from Redis"
    return [Row("fanout_vs_broadcast", told, ratio, "ratio", must=1.2, aim=0.9, seed=options.seed, peer=1.0)]


def measure_stalled(options: Options) -> list[Row]:
    """`fanout_stalled`: how late the healthy hear of events with two that never read, and without, in turns."""
    with scratch_databases() as scratch, started(serve_hub, scratch.redis) as server:
        server.tell = Teller(scratch.redis, "dispatch", story=STORY * 4)
        one = seat(server.port, ("muster", "any"), HELLO)
        with listening([one] * HEALTHY, b'"to_seq":') as server.sink:
            server.tell.events(WARM, EVERY_S)
            pairs = [beside_stalled(server, one) for _ in range(options.count(ROUNDS))]
    without, with_them = (median(side) for side in zip(*pairs, strict=True))
    sides = f"{with_them:.1f} ms / {without:.1f} ms"
    told = f"p99 of {HEALTHY} healthy screens with {STALLED} stalled ones / without: {sides}"
    ratio = median(after / before for before, after in pairs)
    return [Row("fanout_stalled", told, ratio, "ratio", must=1.2, aim=1.0, seed=options.seed, peer=1.0)]


def beside_stalled(server: "Server", one: Seat) -> tuple[float, float]:
    """How late the healthy hear without stalled screens, and with: these owe more than positions are sent to."""
    calm = delays_ms(server)
    with stalling([one] * STALLED):
        server.tell.events(FLOOD, EVERY_S / 10)
        time.sleep(SETTLE_S)
        assert stuck(server.port) == STALLED, "nobody stalls yet"
        beside = delays_ms(server)
        assert stuck(server.port) == STALLED, "the stalled were thrown out before the end"
    return calm, beside


@dataclass
class Teller:
    """Puts events and positions on the streams as the relay does, and remembers when."""

    redis_url: str
    service: str
    story: str = STORY
    seq: int = 0
    sent: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.redis = Redis.from_url(self.redis_url)

    def events(self, count: int, every_s: float) -> None:
        """So many events, evenly in time."""
        due = time.monotonic()
        for _ in range(count):
            self.seq += 1
            self.sent[self.seq] = time.monotonic()
            fields: dict[Any, Any] = {"e": self._envelope().model_dump_json()}
            self.redis.xadd(stream_key(EPOCH, LIVE, self.service), fields, id=f"{self.seq}-0", maxlen=5000)
            due += every_s
            time.sleep(max(0.0, due - time.monotonic()))

    def positions(self) -> None:
        """A tenth of a second of 400 units that tell their place each second."""
        now = real_now()
        fixes = [Position(unit_id=f"u{n}", at=(87.6, 43.8), fixed_at=now, speed_mps=14) for n in range(UNITS)]
        fields: dict[Any, Any] = {"p": POSITIONS.dump_json(tuple(fixes))}
        self.redis.xadd(positions_key(EPOCH, LIVE), fields, maxlen=100)

    def _envelope(self) -> Envelope:
        now = real_now()
        return Envelope(
            stream=self.service,
            epoch=EPOCH,
            seq=self.seq,
            realm=LIVE,
            scope="urumqi|open",
            type="incident.changed",
            kind="incident",
            id=f"inc-{self.seq % 40}",
            version=self.seq,
            at=now,
            recorded_at=now,
            actor="account:bench",
            value={"id": f"inc-{self.seq % 40}", "story": self.story},
        )


@dataclass
class Server:
    """A server process, who tells it, and who listens to it."""

    pid: int
    port: int
    tell: Teller = None  # type: ignore[assignment]
    sink: Connection = None  # type: ignore[assignment]

    def heard(self) -> tuple[int, Heard]:
        """Frames, and which events came when, since the last question."""
        self.sink.send("report")
        answer: tuple[int, Heard] = self.sink.recv()
        return answer


def per_delivery_us(server: Server, events: int, screens: int) -> float:
    """Microseconds of the server's CPU per frame that arrived."""
    server.heard()
    before = cpu_s(server.pid)
    server.tell.events(events, EVERY_S)
    time.sleep(SETTLE_S)
    spent_s = cpu_s(server.pid) - before
    frames, heard = server.heard()
    assert heard.events == events * screens, f"{heard.events} of {events * screens} deliveries"
    return spent_s / frames * 1e6


def delays_ms(server: Server) -> float:
    """The 99th percentile of how late an event was on a healthy screen, in milliseconds, beside moving units."""
    server.heard()
    first = server.tell.seq + 1
    for _ in range(WATCHED // 4):
        server.tell.positions()
        server.tell.events(4, EVERY_S / 2)
    time.sleep(SETTLE_S)
    _, heard = server.heard()
    assert heard.events == (server.tell.seq - first + 1) * HEALTHY, "a healthy screen missed events"
    late_s = heard.late_s(server.tell.sent)
    return late_s[int(0.99 * len(late_s))] * 1000


@contextmanager
def started(serve: Callable[[str, Connection], None], redis_url: str) -> Iterator[Server]:
    """A server in a process of its own."""
    with child(serve, redis_url) as (line, pid):
        yield Server(pid, line.recv())


@contextmanager
def listening(seats: Sequence[Seat], mark: bytes) -> Iterator[Connection]:
    """Screens in a process of their own, all at their seats."""
    with child(sink, seats, mark) as (line, _):
        line.send("are you there")
        line.recv()
        yield line


@contextmanager
def stalling(seats: Sequence[Seat]) -> Iterator[None]:
    """Screens that never read."""
    with child(stalled, seats) as (line, _):
        line.recv()
        yield


def stuck(port: int) -> int:
    """How many lines of a server the kernel holds so much for that their other end cannot be reading."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    queues = [int(row[4].split(":")[0], 16) for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"]
    return sum(queue > STUCK for queue in queues)
