"""What a bench or a proof says: one row per figure, with its limits, its seed and the peer's figure beside it."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Row:
    """One figure: `ok` follows from `must`; a row without `must` only informs.

    `figure`, `must`, `aim` and `peer` are all in `unit`, or plain ratios; `sense` says on which side the limit lies.
    """

    id: str
    what: str
    figure: float
    unit: str
    must: float | None = None
    aim: float | None = None
    sense: Literal["<=", ">="] = "<="
    seed: int | None = None
    peer: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the figure keeps its limit; a figure that is not a number keeps none."""
        return self.must is None or self._within(self.must)

    @property
    def at_aim(self) -> bool:
        """Whether the figure is as good as it is meant to become."""
        return self.aim is not None and self._within(self.aim)

    def _within(self, limit: float) -> bool:
        return self.figure <= limit if self.sense == "<=" else self.figure >= limit

    def as_json(self) -> dict[str, Any]:
        """The row as it is written to a file."""
        return asdict(self) | {"ok": self.ok}


@dataclass(frozen=True)
class Options:
    """What the command line says to every bench and proof: the seed, and a factor on the counts of a full run."""

    seed: int = 1
    share: float = 1.0

    def count(self, full: int) -> int:
        """How many of `full` to do, at least one."""
        return max(1, round(full * self.share))


Measure = Callable[[Options], Sequence[Row]]


def bound(trials: int) -> str:
    """What no failure in so many independent trials says: the rule of three (Hanley and Lippman-Hand, JAMA 1983)."""
    return f"0 of {trials:,}: below {min(1, 3 / trials):.2%} with 95 % confidence"


def proof(name: str, what: str, faults: Sequence[str], trials: int, seed: int) -> Row:
    """The row of a proof: no fault may be found in so many trials; the first few are told."""
    found = f"{len(faults)} FAULTS: {'; '.join(each[:300] for each in faults[:5])}" if faults else bound(trials)
    return Row(name, f"{what}; {found}", len(faults), "faults", must=0, seed=seed)


def twin(name: str, what: str, caught: int, seed: int) -> Row:
    """The row of a proof's planted bug: it must be caught at least once, or the proof proves nothing."""
    return Row(f"{name}_twin", f"planted: {what}", caught, "caught", must=1, sense=">=", seed=seed)


def load(registry: Mapping[str, str], names: Iterable[str]) -> dict[str, Measure]:
    """The work behind each name, given as `module:function`."""
    found = {}
    for name in names:
        module, _, function = registry[name].partition(":")
        found[name] = getattr(import_module(module), function)
    return found


def table(rows: Sequence[Row]) -> str:
    """The rows as text: id, figure, peer, limits, verdict; below each what it is."""
    lines = [f"{'':<26}{'figure':>12}{'peer':>12}{'must':>12}{'aim':>10}  unit"]
    for row in rows:
        verdict = "" if row.must is None else "met" if row.ok else "MISSED"
        cells = f"{number(row.figure):>12}{number(row.peer):>12}{limit(row, row.must):>12}{limit(row, row.aim):>10}"
        lines.append(f"{row.id:<26}{cells}  {row.unit:<8}{verdict}{' (aim met)' if row.at_aim else ''}")
        lines.append(f"    {row.what}{'' if row.seed is None else f' [seed {row.seed}]'}")
    return "\n".join(lines)


def number(value: float | None) -> str:
    """A figure with four significant digits."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.4g}"


def limit(row: Row, value: float | None) -> str:
    """A limit with its side."""
    return "" if value is None else f"{row.sense} {number(value)}"


def write(rows: Sequence[Row], target: str) -> None:
    """Writes the rows as a JSON list to a file, or to standard output for `-`."""
    text = json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, encoding="utf-8")
