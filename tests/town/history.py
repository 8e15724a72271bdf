"""What the clients of a fault test did: every write from its beginning to a certain answer, or to none."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["ok", "fail", "info"]


@dataclass
class Deed:
    """One write under one key. `info` means that no answer has told whether it took effect.

    `mark` occurs in the value of the one event of `type` in `stream` that this write may cause; with an
    empty type only the acknowledged things are looked for. The gateway has no events: its deeds are in its audit log,
    by type and with the mark as id. Times are seconds of the monotonic clock; `sent_s` is when the last try began.
    """

    stream: str
    type: str
    mark: str
    method: str
    path: str
    body: Any
    key: str
    began_s: float
    sent_s: float = 0.0
    ended_s: float = 0.0
    outcome: Outcome = "info"
    status: int = 0
    reply: Any = None
    text: bytes = b""
    tries: int = 0
    replays: int = 0
    faults: list[str] = field(default_factory=list)

    def things(self) -> list[dict[str, Any]]:
        """The whole things that the reply carries: everything in it with an id and a version."""
        return list(_things(self.reply)) if self.outcome == "ok" else []


def _things(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [thing for each in value for thing in _things(each)]
    if not isinstance(value, dict):
        return []
    if "id" in value and "version" in value:
        return [value]
    return [thing for each in value.values() for thing in _things(each)]


@dataclass(frozen=True)
class Kill:
    """A process killed at a moment; a name with a dot is a failpoint of a service."""

    name: str
    at_s: float


def recovery_s(kill: Kill, deeds: Iterable[Deed]) -> float | None:
    """Seconds from a kill to the first write acknowledged again by what was killed; None when there was none."""
    service = kill.name.partition(".")[0]
    any_service = service not in ("dispatch", "resources", "plans")
    again = [
        deed.ended_s - kill.at_s
        for deed in deeds
        if deed.outcome == "ok" and deed.sent_s > kill.at_s and (any_service or deed.stream == service)
    ]
    return min(again, default=None)
