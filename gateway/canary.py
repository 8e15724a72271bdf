"""What the canary says: whether a synthetic report comes through the whole way, and the alarm when it does not.

It is a dead man's switch: silence is a miss, too. So the alarm also comes when the canary itself cannot speak.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from kernel.contracts.base import Code, Form
from kernel.metrics import Figure

MISSES = 2
SILENT_S = 150.0  # two rounds of a minute, and half a one for the way
ALARM = "canary_missed"


class CanaryForm(Form):
    """One round: milliseconds per step done, and the step that was missed if one was."""

    steps_ms: dict[Code, Annotated[int, Field(ge=0, le=600_000)]] = Field(max_length=10)
    missed: Code | None = None


@dataclass
class Canary:
    """The rounds as the gateway heard them."""

    good_at: float = field(default_factory=time.monotonic)
    misses: int = 0
    last: CanaryForm | None = None

    def take(self, form: CanaryForm) -> None:
        """Hears one round."""
        self.last = form
        self.misses = self.misses + 1 if form.missed else 0
        if not form.missed:
            self.good_at = time.monotonic()

    @property
    def silent_s(self) -> float:
        """Seconds since a report last came through, or since the gateway began to listen."""
        return time.monotonic() - self.good_at

    def alarms(self) -> Sequence[str]:
        """The code of the alarm, after two misses in a row or as long a silence."""
        return (ALARM,) if self.misses >= MISSES or self.silent_s > SILENT_S else ()

    async def figures(self) -> Iterable[Figure]:
        """For Prometheus and `./muster status`."""
        found = [
            Figure("muster_canary_age_seconds", "Since a synthetic report came through.", self.silent_s),
            Figure("muster_canary_misses", "Synthetic reports missed in a row.", self.misses),
        ]
        if self.last is not None:
            for step, took_ms in self.last.steps_ms.items():
                labels = {"step": step}
                found.append(Figure("muster_canary_step_seconds", "How long a step took.", took_ms / 1000, labels))
            if self.last.missed:
                found.append(Figure("muster_canary_missed", "The step that was missed.", 1, {"step": self.last.missed}))
        return found
