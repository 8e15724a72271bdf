"""The command line of benches and proofs: names, seed, share of the counts, table and JSON; one at a time."""

import argparse
import fcntl
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.rows import Measure, Options, Row, load, table, write

QUIET_LOAD = 0.7
SEED_VARIABLE = "MUSTER_SEED"


def measuring(
    title: str,
    registry: Mapping[str, str],
    arguments: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> int:
    """Runs the named ones, or all, one after another; 0 when every row keeps its limit and none broke.

    `groups` = names that stand for several.
    """
    options = parse(title, registry, arguments, groups or {})
    names = options.names or list(registry)
    out = sys.stderr if options.json == "-" else sys.stdout
    with alone():
        print(f"{title}: {', '.join(names)}; {machine()}", file=out, flush=True)
        rows, broken = [], []
        for name, measure in load(registry, names).items():
            made = attempt(name, measure, Options(options.seed, options.share))
            if made is None:
                broken.append(name)
                continue
            rows.extend(made)
            print(table(made), file=out, flush=True)
    if options.json:
        write(rows, options.json)
    missed = [row.id for row in rows if not row.ok]
    print(f"{len(rows)} figures, {len(missed)} missed {missed}, {len(broken)} broken {broken}", file=out)
    return int(bool(missed or broken))


def parse(
    title: str, registry: Mapping[str, str], arguments: Sequence[str] | None, groups: Mapping[str, Sequence[str]]
) -> argparse.Namespace:
    """What the command line says; a group's name becomes the names in it."""
    parser = argparse.ArgumentParser(prog=title, description=f"Names: {', '.join([*registry, *groups])}.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to run (default: all)")
    parser.add_argument("--json", nargs="?", const="-", metavar="FILE", help="write the rows as JSON (no file: stdout)")
    parser.add_argument("--seed", type=int, default=int(os.environ.get(SEED_VARIABLE, "1")))
    parser.add_argument("--share", type=float, default=1.0, help="share of the full counts, for a quick look")
    given = parser.parse_args(arguments)
    given.names = [name for word in given.names for name in groups.get(word, (word,))]
    unknown = [name for name in given.names if name not in registry]
    if unknown:
        parser.error(f"no such name: {', '.join(unknown)}; there are {', '.join(registry)}")
    return given


def attempt(name: str, measure: Measure, options: Options) -> list[Row] | None:
    """The rows of one, or None when it broke; the others still run."""
    began = time.monotonic()
    try:
        rows = list(measure(options))
    except Exception:
        traceback.print_exc()
        return None
    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return rows


@contextmanager
def alone() -> Iterator[None]:
    """Waits until no other bench or proof runs on this machine: two at once would measure each other."""
    with (Path(tempfile.gettempdir()) / f"muster-measuring-{os.getuid()}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def machine() -> str:
    """The machine in a few words, with a warning when it is busy."""
    load = os.getloadavg()[0]
    cores = os.cpu_count() or 1
    busy = f" *** busy: load {load:.1f}, figures suffer ***" if load > QUIET_LOAD * cores else ""
    return f"{cores} cores, Python {sys.version.split()[0]}{busy}"
