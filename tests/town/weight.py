"""What the processes of a copy weigh: memory and file handles, sampled, and whether they grow."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.launched import Copy

EVERY_S = 5.0
NOT_OURS = frozenset({"postgres", "redis"})


@dataclass(frozen=True)
class Weight:
    """One look: proportional memory in kB and open handles of all our processes, at so many minutes."""

    minute: float
    pss_kb: int
    handles: int


@dataclass
class Scales:
    """Weighs a copy until the task is cancelled; looks while a process is down are left out."""

    copy: Copy
    weights: list[Weight] = field(default_factory=list)

    async def watch(self) -> None:
        """Looks every few seconds."""
        began = time.monotonic()
        while True:
            await asyncio.sleep(EVERY_S)
            processes = self.copy.state()["processes"].items()
            found = [_weigh(int(one["pid"] or 0)) for name, one in processes if name not in NOT_OURS]
            if all(found) and self.copy.is_up():
                minute = (time.monotonic() - began) / 60
                whole = [each for each in found if each]
                self.weights.append(Weight(minute, sum(kb for kb, _ in whole), sum(fds for _, fds in whole)))


def _weigh(pid: int) -> tuple[int, int] | None:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        handles = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except (OSError, ValueError):
        return None
    pss = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return (pss, handles) if pss else None


def growth(minutes: Sequence[float], values: Sequence[float]) -> float:
    """Least-squares growth in per cent of the mean for each minute; 0 for fewer than three looks."""
    if len(values) < 3:
        return 0.0
    mean_x, mean_y = sum(minutes) / len(minutes), sum(values) / len(values)
    spread = sum((x - mean_x) ** 2 for x in minutes)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(minutes, values, strict=True)) / spread
    return 100 * slope / mean_y
