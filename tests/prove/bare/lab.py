"""What a case works with: bare machines, the two commands run in them, and sentences that must have been said."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.first_dispatch import dispatch_first
from tests.prove.bare.bases import Base
from tests.prove.bare.machine import Machine, Run, machine

START_S = 900.0
SUITE_S = 3600.0
RUNNING = r"Muster is running: (http://\S+?)/"
NARROW = ("tests/unit/test_start.py", "tests/integration/test_transaction.py", "-q")


@dataclass
class Lab:
    """One case's bench. `suite`: which of `./muster test` a case runs: none, narrow or full."""

    logs: Path
    cold: bool
    suite: str
    seed: int

    @contextmanager
    def bare(self, base: Base, *, cold: bool = False) -> Iterator[Machine]:
        """A bare machine; `cold` means that no package was ever downloaded, which the main cases always are."""
        with machine(base, self.logs, warm=not (cold or self.cold)) as made:
            yield made

    def started(self, made: Machine, user: str, clone: str, *options: str, **how: Mapping[str, str]) -> Run:
        """`./muster run` in a clone, not waited for."""
        return made.start(user, ["./muster", "run", *options], cwd=clone, env=how.get("env"))

    def first_dispatch_s(self, run: Run) -> float:
        """Seconds from a start to its first dispatched incident over HTTP."""
        url = run.wait_for(RUNNING, START_S)
        dispatch_first(url)
        return time.monotonic() - run.began

    def stop(self, made: Machine, user: str, clone: str, run: Run, *options: str) -> None:
        """`./muster stop`, after which nothing may run there any more."""
        made.run(user, "./muster", "stop", *options, cwd=clone)
        run.wait_end(60)
        assert not made.pids(), f"left behind: {made.pids()}"

    def prove_suite(self, made: Machine, user: str, clone: str) -> None:
        """`./muster test`, the part of it that was asked for."""
        if self.suite == "none":
            return
        arguments = NARROW if self.suite == "narrow" else ()
        run = made.start(user, ["./muster", "test", *arguments], cwd=clone, name="test")
        code = run.wait_end(SUITE_S)
        assert code == 0, f"./muster test {' '.join(arguments)} ended with {code}:\n{run.tail}"


def both_commands(lab: Lab, base: Base, user: str, clone: str, *, env: Mapping[str, str] | None = None) -> float:
    """The two commands of the README on a machine that has never downloaded anything; seconds to the first dispatch."""
    with lab.bare(base, cold=True) as made:
        made.clone(clone, user)
        run = lab.started(made, user, clone, env=env or {})
        took_s = lab.first_dispatch_s(run)
        lab.stop(made, user, clone, run)
        lab.prove_suite(made, user, clone)
        return took_s
