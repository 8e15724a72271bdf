"""Frames and cursors as text. Pure; what is the same for many clients is encoded once."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel.contracts.base import utc
from kernel.contracts.events import BeatFrame, Position
from kernel.positions import POSITIONS

Standing = Mapping[str, tuple[str, int]]


@dataclass(frozen=True)
class Told:
    """An event with its JSON."""

    scope: str
    text: str


def encode_cursor(standing: Standing) -> str:
    """Where every stream stands (name → epoch and number), opaque to clients."""
    return base64.urlsafe_b64encode(json.dumps(standing, separators=(",", ":"), sort_keys=True).encode()).decode()


def decode_cursor(cursor: str) -> Standing | None:
    """What `encode_cursor` was given; None for anything else."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        return {str(name): (str(epoch), int(seq)) for name, (epoch, seq) in found.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def events_text(stream: str, first: int, last: int, cursor: str, events: Iterable[str]) -> str:
    """An EventsFrame around events that are JSON already."""
    return (
        f'{{"type":"events","stream":{json.dumps(stream)},"from_seq":{first},"to_seq":{last},'
        f'"cursor":"{cursor}","events":[{",".join(events)}]}}'
    )


def snapshot_text(standing: Standing, now: datetime, rate: float, positions: Sequence[Position], things: str) -> str:
    """A SnapshotFrame around things that are JSON already."""
    stands = json.dumps({name: seq for name, (_, seq) in standing.items()})
    return (
        f'{{"type":"snapshot","cursor":"{encode_cursor(standing)}","stands":{stands},"now":"{utc(now)}","rate":{rate},'
        f'"positions":{POSITIONS.dump_json(tuple(positions)).decode()},"things":[{things}]}}'
    )


def positions_text(positions: Sequence[Position]) -> str:
    """A PositionsFrame."""
    return f'{{"type":"positions","positions":{POSITIONS.dump_json(tuple(positions)).decode()}}}'


def beat_text(beat: BeatFrame) -> str:
    """A BeatFrame."""
    return beat.model_dump_json()
