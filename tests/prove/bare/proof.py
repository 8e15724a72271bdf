"""Every case of a start on a bare machine, and the rows that they make."""

import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.prove.bare import accounts, mishaps, surroundings
from tests.prove.bare.lab import START_S, Lab
from tests.rows import Options, Row

LIMIT_S = 600.0

CASES: dict[str, Callable[[Lab], float]] = {
    "root": accounts.root,
    "sudo": accounts.sudo,
    "sudo_asks": accounts.sudo_asks,
    "rootless": accounts.rootless,
    "debian13": accounts.debian13,
    "debian13_rootless": accounts.debian13_rootless,
    "shut_home": accounts.shut_home,
    "no_way": accounts.no_way,
    "changed_uv": accounts.changed_uv,
    "no_network": accounts.no_network,
    "odd_path": surroundings.odd_path,
    "no_utf8": surroundings.no_utf8,
    "ports_taken": surroundings.ports_taken,
    "other_servers": surroundings.other_servers,
    "disk_small": mishaps.disk_small,
    "disk_full": mishaps.disk_full,
    "interrupted": mishaps.interrupted,
    "interrupted_rootless": mishaps.interrupted_rootless,
    "two_clones": mishaps.two_clones,
    "two_copies": mishaps.two_copies,
}


@dataclass(frozen=True)
class Outcome:
    """What became of a case: seconds to the first dispatch where there is one, else to the sentence that was due."""

    name: str
    what: str
    passed: bool
    figure_s: float
    took_s: float


def measure(options: Options) -> list[Row]:
    """A row per case. A case that failed has no figure; it stands as a start that was given up."""
    names = list(CASES)[: options.count(len(CASES))]
    made = prove(names, cold=False, suite="narrow", seed=options.seed)
    return [
        Row(f"bare_{one.name}", one.what, one.figure_s if one.passed else START_S, "s", must=LIMIT_S, seed=options.seed)
        for one in made
    ]


def prove(names: Sequence[str], *, cold: bool, suite: str, seed: int) -> list[Outcome]:
    """Runs the named cases one after another, each said when it is over; logs are kept of what failed."""
    logs = Path(tempfile.mkdtemp(prefix="muster-bare-logs-"))
    outcomes = []
    for name in names:
        (logs / name).mkdir()
        made = attempt(name, Lab(logs / name, cold=cold, suite=suite, seed=seed))
        outcomes.append(made)
        verdict = "PASS" if made.passed else "FAIL"
        print(f"{verdict} {name:<22}{made.figure_s:7.1f} s (in all {made.took_s:.0f} s)  {made.what}", flush=True)
    failed = [one.name for one in outcomes if not one.passed]
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed {failed}; logs: {logs}", flush=True)
    return outcomes


def attempt(name: str, lab: Lab) -> Outcome:
    """One case; whatever breaks in it is a failure, with the words of it and the end of every log."""
    what = (CASES[name].__doc__ or "").strip()
    began = time.monotonic()
    try:
        figure_s, passed = CASES[name](lab), True
    except Exception:
        traceback.print_exc()
        figure_s, passed = 0.0, False
        for log in sorted(lab.logs.glob("*.log")):
            print(f"--- {log}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-25:]))
    return Outcome(name, what, passed, figure_s, time.monotonic() - began)
