"""What goes wrong during a first start: a full disk, a cut, two at once; the next start must succeed."""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from infra.children import wait_until
from tests.first_dispatch import dispatch_first
from tests.prove.bare.bases import BOOKWORM, WITH_PACKAGES, Base
from tests.prove.bare.lab import RUNNING, START_S, Lab
from tests.prove.bare.machine import Machine, Run

CLONE = "/home/alice/muster"
SMALL = "/small"


def disk_small(lab: Lab) -> float:
    """A data directory on a disk that is too small: one sentence before anything is made; with room it starts."""
    with lab.bare(WITH_PACKAGES) as made:
        clone = made.clone(CLONE, "alice")
        _mount(made, "size=16m")
        run = lab.started(made, "alice", clone, "--data", f"{SMALL}/data")
        assert run.wait_end(START_S) == 1, run.tail
        assert "MB free; a first start needs" in run.said, run.tail
        return _with_room(lab, made, clone)


def disk_full(lab: Lab) -> float:
    """The data directory's disk becomes full in the middle of the set-up: one sentence; with room it starts."""
    with lab.bare(WITH_PACKAGES) as made:
        clone = made.clone(CLONE, "alice")
        _mount(made, "size=2g")
        run = lab.started(made, "alice", clone, "--data", f"{SMALL}/data")
        run.wait_for("building the screens", START_S)
        subprocess.run(
            ["dd", "if=/dev/zero", f"of={made.root}{SMALL}/filler", "bs=1M"], capture_output=True, check=False
        )
        assert run.wait_end(START_S) == 1, run.tail
        assert "is full: make room" in run.said, run.tail
        assert "Traceback (most recent call last)" not in run.said.split("Its last words")[0], run.tail
        assert wait_until(lambda: not made.pids(), 10), f"left behind: {made.pids()}"
        (made.root / SMALL.lstrip("/") / "filler").unlink()
        return _with_room(lab, made, clone)


def _mount(made: Machine, options: str) -> None:
    made.run("root", "sh", "-ec", f"mkdir -p {SMALL}; mount -t tmpfs -o {options},mode=1777 tmpfs {SMALL}")


def _with_room(lab: Lab, made: Machine, clone: str) -> float:
    made.run("root", "mount", "-o", "remount,size=4g", SMALL)
    run = lab.started(made, "alice", clone, "--data", f"{SMALL}/data")
    took_s = lab.first_dispatch_s(run)
    lab.stop(made, "alice", clone, run, "--data", f"{SMALL}/data")
    return took_s


def interrupted(lab: Lab) -> float:
    """Root's set-up, apt included, cut by SIGKILL a seeded moment into each of its steps, then left alone."""
    return _cut_short(lab, BOOKWORM, "root", "/srv/muster")


def interrupted_rootless(lab: Lab) -> float:
    """The same without root."""
    return _cut_short(lab, BOOKWORM, "alice", CLONE)


STEPS = (
    "downloading uv",
    "installing the locked Python",
    "reading Debian's package lists",
    "(?:downloading packages|installing with apt-get)\n",
    "unpacking|drawing the schematic city",
    "fetching Node|installing the frontend's",
    "installing the frontend's",
    "building the screens",
    "building the road graph",
    "making a private cluster",
    "starting the private cluster",
    "bringing the database schema",
    "importing the schematic city",
    "starting gateway",
)


def _cut_short(lab: Lab, base: Base, user: str, folder: str) -> float:
    """Starts again after every cut; what a step has left behind must not hinder the next start."""
    dice = random.Random(lab.seed)
    with lab.bare(base) as made:
        clone = made.clone(folder, user)
        for step in STEPS:
            run = lab.started(made, user, clone)
            run.wait_for(f"{step}|{RUNNING}", START_S)
            run.outlive(dice.choice((0, 1, 4)) * dice.random())
            alone = dice.random() < 0.25
            _cut(made, only_launcher=alone)
            print(f"    cut{' (the launcher alone)' if alone else ''} at: {_last(run.log)}", flush=True)
        run = lab.started(made, user, clone)
        took_s = lab.first_dispatch_s(run)
        assert not (made.root / "usr/sbin/policy-rc.d").exists(), "a policy that forbids services was left behind"
        lab.stop(made, user, clone, run)
        return took_s


def _cut(made: Machine, *, only_launcher: bool) -> None:
    """Kills everything, or the launcher alone: the rest then has to end, or to finish, by itself."""
    if not only_launcher:
        made.cut_power()
        return
    for pid in (*made.pids("infra.cli run"), *made.pids("./muster run")):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _last(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return lines[-1] if lines else "(nothing said yet)"


def two_clones(lab: Lab) -> float:
    """Two clones on a bare machine, started by root in the same second: apt, ports and sockets do not meet."""
    with lab.bare(BOOKWORM) as made:
        first, second = made.clone("/srv/one"), made.clone("/srv/two")
        runs = [lab.started(made, "root", folder) for folder in (first, second)]
        return _both(runs)


def two_copies(lab: Lab) -> float:
    """Two data directories of one clone, started in the same second; a third start in a taken one is refused."""
    with lab.bare(BOOKWORM) as made:
        clone = made.clone(CLONE, "alice")
        folders = ("/home/alice/one", "/home/alice/two")
        runs = [lab.started(made, "alice", clone, "--data", folder) for folder in folders]
        took_s = _both(runs)
        third = lab.started(made, "alice", clone, "--data", folders[0])
        assert third.wait_end(60) == 1, third.tail
        assert "already runs" in third.said, third.tail
        return took_s


def _both(runs: Sequence[Run]) -> float:
    urls = {run.wait_for(RUNNING, START_S) for run in runs}
    assert len(urls) == len(runs), f"two copies at one address: {urls}"
    for url in urls:
        dispatch_first(url)
    return time.monotonic() - runs[0].began
