"""Realm time: the one clock of every domain time in a realm. Its rate is 1 in live use."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class RealmClock:
    """Realm time runs `rate` times as fast as real time since `anchor`, where both are equal."""

    anchor: datetime
    rate: float

    def at(self, real: datetime) -> datetime:
        """Realm time at a real instant."""
        return self.anchor + (real - self.anchor) * self.rate

    def now(self) -> datetime:
        """Realm time now, aware UTC."""
        return self.at(real_now())


def real_now() -> datetime:
    """Real time now, aware UTC: for sessions, freshness and `recorded_at`."""
    return datetime.now(UTC)
