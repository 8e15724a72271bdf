"""The envelope in which every change travels, and the frames of the live connection."""

from typing import Annotated, Any, Literal

from pydantic import Field

from kernel.contracts.base import Code, Form, Id, Instant, LonLat, Realm, ShortText, Value


class Envelope(Value):
    """One event. `value` is the whole new thing. `scope` is `organisation path|class`, class open or restricted."""

    stream: Code
    epoch: ShortText
    seq: int
    realm: Realm
    scope: ShortText
    type: Code
    v: int = 1
    kind: Code
    id: Id
    version: int
    at: Instant
    recorded_at: Instant
    actor: ShortText
    value: dict[str, Any]


class Snapshot(Value):
    """Everything current of one service, and the position of its stream at that instant."""

    stream: Code
    epoch: ShortText
    seq: int
    realm: Realm
    things: tuple[Envelope, ...]


class EventPage(Value):
    """Events after a position; `gone` asks the reader to take a snapshot instead."""

    stream: Code
    epoch: ShortText
    events: tuple[Envelope, ...]
    seq: int
    gone: bool = False


class Position(Value):
    """The last known position of a unit."""

    unit_id: Id
    at: LonLat
    fixed_at: Instant
    speed_mps: float | None = None
    heading_deg: float | None = None


class PositionPage(Value):
    """Last known positions received after an instant; `as_of` (real time) is what to ask after next."""

    positions: tuple[Position, ...]
    as_of: Instant


class Hello(Form):
    """First frame of a client: which realm, and the cursor it holds if any."""

    type: Literal["hello"]
    realm: Realm
    cursor: str | None = Field(default=None, max_length=2000)


class SnapshotFrame(Value):
    """Replaces the client's picture. `stands` is the last event of every stream that is in it: the next range begins
    one after."""

    type: Literal["snapshot"] = "snapshot"
    cursor: str
    stands: dict[str, int] = {}
    things: tuple[Envelope, ...]
    positions: tuple[Position, ...] = ()
    now: Instant
    rate: float


class EventsFrame(Value):
    """Events of one stream; covers `from_seq` to `to_seq` even where some were outside the client's scope."""

    type: Literal["events"] = "events"
    stream: Code
    from_seq: int
    to_seq: int
    cursor: str
    events: tuple[Envelope, ...]


class PositionsFrame(Value):
    """Latest positions, conflated to 10 Hz; droppable."""

    type: Literal["positions"] = "positions"
    positions: tuple[Position, ...]


class BeatFrame(Value):
    """Heartbeat, every second: the server's clock, the realm's rate, and what is degraded."""

    type: Literal["beat"] = "beat"
    now: Instant
    rate: float
    degraded: tuple[Code, ...] = ()
    ages_s: dict[str, float] = {}


Frame = Annotated[SnapshotFrame | EventsFrame | PositionsFrame | BeatFrame, Field(discriminator="type")]
