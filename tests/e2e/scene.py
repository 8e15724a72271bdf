"""What is on a stage: things as the envelopes that told of them, and where units are."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from kernel.contracts.base import Versioned
from kernel.contracts.events import Envelope, Position

NOW = datetime(2025, 11, 21, 6, 32, 7, tzinfo=UTC)


@dataclass
class Scene:
    """Everything on the stage, and the sequence number that its envelopes carry."""

    things: dict[tuple[str, str], Envelope] = field(default_factory=dict)
    positions: list[Position] = field(default_factory=list)
    seq: int = 0

    def put(self, kind: str, thing: Versioned, at: datetime = NOW) -> Envelope:
        self.seq += 1
        before = self.things.get((kind, thing.id))
        version = before.version + 1 if before else thing.version
        value = thing.model_copy(update={"version": version}).model_dump(mode="json")
        envelope = Envelope(
            stream="dispatch",
            epoch="e1",
            seq=self.seq,
            realm="live",
            scope="urumqi|open",
            type=f"{kind}.changed",
            kind=kind,
            id=thing.id,
            version=version,
            at=at,
            recorded_at=at,
            actor="stage",
            value=value,
        )
        self.things[(kind, thing.id)] = envelope
        return envelope
