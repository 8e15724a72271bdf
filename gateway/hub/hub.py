"""The hub: follows every stream into one picture and tells each client what it may see, waiting for none."""

import asyncio
import logging
import shutil
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gateway import picture
from gateway.hub.frames import (
    Standing,
    Told,
    beat_text,
    decode_cursor,
    encode_cursor,
    events_text,
    positions_text,
    snapshot_text,
)
from gateway.hub.pipe import Pipe, frame_of
from kernel.auth import Principal, sees
from kernel.bus import Source, follow
from kernel.contracts.base import LIVE, Realm
from kernel.contracts.events import BeatFrame, Envelope, Position, Snapshot
from kernel.positions import follow_positions
from kernel.running import Running

STREAMS = ("dispatch", "resources", "plans")
RING = 5000
LAGGING = 256 * 1024
OVER = 1024 * 1024
BEAT_S, POSITIONS_S, RETRY_S = 1.0, 0.1, 1.0
AWAY_S = 4.0
GAPS = 8
DISK_LOW = 300_000_000  # bytes: a minute of warning even while everything is imported anew
Work = Callable[[], Coroutine[Any, Any, None]]
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Client:
    """One live connection. `allowance` is what it may owe: more than a snapshot that it was just sent."""

    pipe: Pipe
    principal: Principal
    session: str
    allowance: int = OVER
    lagging: bool = False


@dataclass
class Stream:
    """Where one service's stream stands here, and its latest events."""

    source: Source
    epoch: str = ""
    seq: int = 0
    ring: deque[Told] = field(default_factory=lambda: deque(maxlen=RING))
    gaps: dict[tuple[int, frozenset[str], str], bytes] = field(default_factory=dict)

    def gap(self, after: int, told: list[Told], seen: frozenset[str], cursor: str) -> bytes:
        """The frame from a number to now, made once for all who come back from there."""
        key = (after, seen, cursor)
        if key not in self.gaps:
            if len(self.gaps) >= GAPS:
                self.gaps.pop(next(iter(self.gaps)))
            self.gaps[key] = _events_frame(self, after + 1, told, seen, cursor)
        return self.gaps[key]


@dataclass
class Hub:
    """The picture of a realm and everybody who watches it. `alarms` says what else is degraded."""

    running: Running
    realm: Realm = LIVE
    names: Sequence[str] = STREAMS
    alarms: Callable[[], Sequence[str]] = tuple
    clients: set[Client] = field(default_factory=set)
    held: picture.Picture = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    _moved: dict[str, Position] = field(default_factory=dict)
    _everywhere: bytes = b""
    _texts: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    _things: dict[frozenset[str], str] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.streams = {name: Stream(self.running.source(name, self.realm)) for name in self.names}
        self._positions_source = self.running.source("dispatch")

    def start(self) -> None:
        """Begins to follow, to beat and to tell positions."""
        works: list[Work] = [partial(self._follow, each) for each in self.streams.values()]
        if self.realm == LIVE:
            works += [self._follow_positions, self._tell_positions]
        for work in (*works, self._beat):
            self._tasks.append(asyncio.create_task(_for_ever(work)))

    async def stop(self) -> None:
        """Ends everything that `start` began."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in tuple(self.clients):
            client.pipe.close(1012, "restart")

    async def ready(self, timeout_s: float) -> None:
        """Waits until every stream was heard, or for so long."""
        try:
            await asyncio.wait_for(self._heard.wait(), timeout_s)
        except TimeoutError:
            log.info("a stream was not heard yet")

    def join(self, client: Client, cursor: str | None) -> None:
        """Brings a client up to date, from its cursor where that is possible, and tells it everything from now on."""
        missed = self._missed(client.principal, cursor)
        if missed is None:
            self._send_snapshot(client)
        else:
            for frame in (*missed, self._all_positions()):
                client.pipe.write(frame)
        client.pipe.write(frame_of(beat_text(self.beat())))
        self.clients.add(client)

    def leave(self, client: Client) -> None:
        """Forgets a client."""
        self.clients.discard(client)

    def beat(self) -> BeatFrame:
        """The clock, what is degraded, and the age of every source in seconds."""
        ages = {name: round(stream.source.age_s(), 1) for name, stream in self.streams.items()}
        degraded = [f"{name}_away" for name, age in ages.items() if age > AWAY_S or not self.streams[name].epoch]
        if not all(stream.source.fast for stream in self.streams.values()):
            degraded.append("redis_away")
        degraded += self.alarms()
        data = self.running.settings.data
        if data is not None and shutil.disk_usage(data).free < DISK_LOW:
            degraded.append("disk_low")
        clock = self.running.clock
        return BeatFrame(now=clock.now(), rate=clock.rate, degraded=tuple(degraded), ages_s=ages)

    @property
    def standing(self) -> Standing:
        """Where every stream stands that has been heard."""
        return {name: (each.epoch, each.seq) for name, each in self.streams.items() if each.epoch}

    async def _follow(self, stream: Stream) -> None:
        async for batch in follow(stream.source):
            if isinstance(batch, Snapshot):
                self._renew(stream, batch)
            elif batch:
                self._tell(stream, batch)

    def _renew(self, stream: Stream, snapshot: Snapshot) -> None:
        """Takes a whole new state of one service and gives every client a fresh picture."""
        self.held = picture.replace(self.held, snapshot)
        stream.epoch, stream.seq = snapshot.epoch, snapshot.seq
        stream.ring.clear()
        stream.gaps.clear()
        self._texts = {key: kept for key, kept in self._texts.items() if self._current(key)}
        self._things.clear()
        if all(each.epoch for each in self.streams.values()):
            self._heard.set()
        for client in tuple(self.clients):
            self._send_snapshot(client)

    def _current(self, key: tuple[str, str]) -> bool:
        return key[1] in self.held.get(key[0], {})

    def _tell(self, stream: Stream, batch: tuple[Envelope, ...]) -> None:
        """Folds events in and sends them on, encoded once for all who see the same of them."""
        self.held = picture.forget_ended(picture.apply(self.held, batch))
        self._things.clear()
        told = [Told(each.scope, self._text(each)) for each in batch]
        for each in batch:
            if not self._current((each.kind, each.id)):
                self._texts.pop((each.kind, each.id), None)
        stream.seq = batch[-1].seq
        stream.ring.extend(told)
        stream.gaps.clear()
        scopes = frozenset(each.scope for each in told)
        frames: dict[frozenset[str], bytes] = {}
        for client in tuple(self.clients):
            seen = _seen(client.principal, scopes)
            if seen not in frames:
                frames[seen] = _events_frame(stream, batch[0].seq, told, seen, encode_cursor(self.standing))
            self._send(client, frames[seen])

    def _text(self, envelope: Envelope) -> str:
        """The event's JSON, made once per version."""
        key = (envelope.kind, envelope.id)
        known = self._texts.get(key)
        if known is None or known[0] != envelope.version:
            known = (envelope.version, envelope.model_dump_json())
            self._texts[key] = known
        return known[1]

    def _missed(self, principal: Principal, cursor: str | None) -> list[bytes] | None:
        """The frames that lead from a cursor to now; None where only a snapshot can.

        Each frame's cursor stands where the client does once it has that frame: the line may break before the next.
        """
        standing = decode_cursor(cursor) if cursor else None
        if standing is None:
            return None
        frames, reached = [], {name: standing[name] for name in self.streams if name in standing}
        for name, stream in self.streams.items():
            epoch, seq = standing.get(name, ("", 0))
            behind = stream.seq - seq
            if epoch != stream.epoch or not 0 <= behind <= len(stream.ring):
                return None
            if behind:
                told = list(stream.ring)[-behind:]
                seen = _seen(principal, frozenset(each.scope for each in told))
                reached[name] = (stream.epoch, stream.seq)
                frames.append(stream.gap(seq, told, seen, encode_cursor(reached)))
        return frames

    def _send_snapshot(self, client: Client) -> None:
        seen = _seen(client.principal, picture.scopes(self.held))
        if seen not in self._things:
            shelves = self.held.values()
            things = (self._text(each) for shelf in shelves for each in shelf.values() if each.scope in seen)
            self._things[seen] = ",".join(things)
        clock = self.running.clock
        positions = tuple(self.positions.values())
        frame = frame_of(snapshot_text(self.standing, clock.now(), clock.rate, positions, self._things[seen]))
        client.allowance = OVER + len(frame)
        self._send(client, frame)

    def _send(self, client: Client, frame: bytes) -> None:
        """The event lane: nothing is left out; who owes too much is closed and may resume by cursor."""
        client.pipe.write(frame)
        if client.pipe.waiting > client.allowance:
            self.leave(client)
            client.pipe.close(1013, "too slow, resume")

    async def _follow_positions(self) -> None:
        async for batch in follow_positions(self._positions_source, self.streams["dispatch"].source):
            for each in batch:
                held = self.positions.get(each.unit_id)
                if held is None or held.fixed_at < each.fixed_at:
                    self.positions[each.unit_id] = self._moved[each.unit_id] = each
                    self._everywhere = b""

    def _all_positions(self) -> bytes:
        """The frame with every position, made once until a unit moves."""
        if not self._everywhere:
            self._everywhere = frame_of(positions_text(tuple(self.positions.values())))
        return self._everywhere

    async def _tell_positions(self) -> None:
        while True:
            await asyncio.sleep(POSITIONS_S)
            moved, self._moved = tuple(self._moved.values()), {}
            frame = frame_of(positions_text(moved)) if moved else b""
            for client in self.clients:
                self._send_positions(client, frame)

    def _send_positions(self, client: Client, frame: bytes) -> None:
        """The droppable lane: left out while a client lags, and whole again once it has caught up."""
        if client.lagging and client.pipe.waiting == 0:
            client.lagging = False
            frame = self._all_positions()
        client.lagging = client.lagging or client.pipe.waiting > LAGGING
        if frame and not client.lagging:
            client.pipe.write(frame)

    async def _beat(self) -> None:
        while True:
            frame = frame_of(beat_text(self.beat()))
            for client in tuple(self.clients):
                self._send(client, frame)
            await asyncio.sleep(BEAT_S)


def _events_frame(stream: Stream, first: int, told: Iterable[Told], seen: frozenset[str], cursor: str) -> bytes:
    events = (each.text for each in told if each.scope in seen)
    return frame_of(events_text(stream.source.service, first, stream.seq, cursor, events))


def _seen(principal: Principal, scopes: frozenset[str]) -> frozenset[str]:
    return frozenset(scope for scope in scopes if sees(principal, scope))


async def _for_ever(work: Work) -> None:
    """Keeps one of the hub's works going; a fault in it is logged and it begins again."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("the hub stumbles and goes on")
        await asyncio.sleep(RETRY_S)
