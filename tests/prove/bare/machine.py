"""A bare machine for the moment: an overlay over a base, in namespaces of its own, gone with the block."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from infra.children import die_with_parent, wait_until
from infra.place import ROOT
from tests.prove.bare.bases import ALICE, CACHE, Base, provide
from tests.prove.bare.settings import carried_environment, carry_home, carry_into

_HOMES = {"root": Path("root"), "alice": Path("home/alice")}
_UIDS = {"root": 0, "alice": ALICE}
_PATHS = {
    "root": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "alice": "/usr/local/bin:/usr/bin:/bin",
}
# The first process of the machine: mounts what a system has, then only reaps what others leave behind.
_INIT = """
set -e
if [ -n "$4" ]; then mount -t tmpfs -o size=8g,mode=755 tmpfs "$3"; fi
mkdir "$3/upper" "$3/work"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$3/upper,workdir=$3/work" "$1"
mount -t proc proc "$1/proc"
mount -t tmpfs -o mode=755 tmpfs "$1/dev"
mkdir "$1/dev/pts" "$1/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$1/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
for node in null zero full random urandom tty; do cp -a /dev/$node "$1/dev/"; done
ln -s pts/ptmx "$1/dev/ptmx"; ln -s /proc/self/fd "$1/dev/fd"
if [ -n "$4" ]; then mkdir -p "$1/opt/caches"; mount --bind "$4" "$1/opt/caches"; fi
echo ready
while :; do sleep 1; done
"""


@dataclass
class Machine:
    """A running bare machine. `root` is its file system as seen from here."""

    init: int
    root: Path
    logs: Path
    warm: bool
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self, user: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a fresh login has, plus what this machine's packages need; no developer's Python on PATH."""
        login = {"PATH": _PATHS[user], "HOME": f"/{_HOMES[user]}", "USER": user, "LANG": "C.UTF-8"}
        caches = f"/opt/caches/{user}"
        warm = {"UV_CACHE_DIR": f"{caches}/uv", "UV_LINK_MODE": "copy", "npm_config_cache": f"{caches}/npm"}
        return login | carried_environment() | (warm if self.warm else {}) | dict(extra or {})

    def argv(self, user: str, argv: Sequence[str], *, cwd: str, env: Mapping[str, str] | None = None) -> list[str]:
        """A command line that runs a program inside, as one of its accounts."""
        uid = _UIDS[user]
        enter = ["nsenter", "--target", str(self.init), "--mount", "--pid", "--"]
        inside = ["chroot", f"--userspec={uid}:{uid}", f"--groups={uid}", self._inner_root()]
        named = [f"{name}={value}" for name, value in self.environment(user, env).items()]
        change = ["sh", "-c", 'cd -- "$1" && shift && exec "$@"', "sh", cwd]
        return [*enter, *inside, "/usr/bin/env", "-i", *named, *change, *argv]

    def _inner_root(self) -> str:
        return str(self.root).removeprefix(f"/proc/{self.init}/root")

    def run(self, user: str, *argv: str, cwd: str = "/", env: Mapping[str, str] | None = None) -> str:
        """Runs a program to its end and gives what it said; fails when it fails."""
        done = subprocess.run(self.argv(user, argv, cwd=cwd, env=env), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(
        self, user: str, argv: Sequence[str], *, cwd: str, env: Mapping[str, str] | None = None, name: str = "run"
    ) -> "Run":
        """Starts a program; its output goes to a log."""
        log = self.logs / f"{name}-{len(self.started)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                self.argv(user, argv, cwd=cwd, env=env), stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        self.started.append(process)
        return Run(process, log)

    def clone(self, folder: str, owner: str = "root") -> str:
        """A fresh clone of this repository's last commit at `folder`, owned by an account."""
        target = self.root / folder.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            fresh = f"{scratch}/clone"
            subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), fresh], check=True)
            subprocess.run(["cp", "-a", fresh, str(target)], check=True)
        self.give(target, owner)
        return folder

    def give(self, folder: Path, owner: str) -> None:
        """Makes an account the owner of a folder and all in it."""
        subprocess.run(["chown", "-R", f"{_UIDS[owner]}:{_UIDS[owner]}", str(folder)], check=True)

    def pids(self, word: str = "") -> list[int]:
        """Processes that run inside, but for its first; with a word, those whose command line holds it."""
        own = os.readlink(f"/proc/{self.init}/ns/pid")
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and int(entry.name) != self.init and os.readlink(entry / "ns/pid") == own:
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found += [int(entry.name)] if word in line and line.strip() not in {"", "sleep 1"} else []
        return found

    def cut_power(self) -> int:
        """Kills every process inside at once, as a power cut does; gives how many."""
        found = self.pids()
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not self.pids(), 10)
        return len(found)


@dataclass
class Run:
    """A program that was started in a bare machine."""

    process: subprocess.Popen[bytes]
    log: Path
    began: float = field(default_factory=time.monotonic)

    @property
    def said(self) -> str:
        """Everything that it has said so far."""
        return self.log.read_text(errors="replace")

    @property
    def tail(self) -> str:
        """The last lines of what it said."""
        return "\n".join(self.said.splitlines()[-30:])

    def wait_for(self, pattern: str, timeout_s: float) -> str:
        """Waits until a line matches, and gives the match's first group, or all of it; fails when it ends instead."""
        wait_until(lambda: self._match(pattern) is not None or self.process.poll() is not None, timeout_s, step_s=0.1)
        match = self._match(pattern)
        assert match is not None, f"never said {pattern!r}:\n{self.tail}"
        return match

    def _match(self, pattern: str) -> str | None:
        found = re.search(pattern, self.said)
        return None if found is None else found[1] if found.re.groups and found[1] else found[0]

    def outlive(self, seconds: float) -> None:
        """Lets it work for a while; fails when it ends by itself."""
        ended = wait_until(lambda: self.process.poll() is not None, seconds, step_s=0.1)
        assert not ended, f"ended by itself:\n{self.tail}"

    def wait_end(self, timeout_s: float) -> int:
        """Waits for its end and gives its exit code."""
        return self.process.wait(timeout_s)


@contextmanager
def machine(base: Base, logs: Path, *, warm: bool) -> Iterator[Machine]:
    """A bare machine for the block; everything in it ends and vanishes afterwards.

    `warm`: in memory, with the package caches of earlier ones; otherwise on disk, as nothing had ever been downloaded.
    """
    provide(base)
    folder = Path(tempfile.mkdtemp(prefix="muster-bare-", dir=CACHE))
    parts = {name: folder / name for name in ("root", "disk")}
    for part in parts.values():
        part.mkdir()
        part.chmod(0o755)
    caches = _caches() if warm else ""
    lower = ":".join(str(layer) for layer in base.layers)
    argv = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", _INIT, "sh"]
    argv += [str(parts["root"]), lower, str(parts["disk"]), caches]
    here = os.getpid()
    holder = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd="/",
        preexec_fn=lambda: die_with_parent(here, signal.SIGKILL),
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"ready\n", "the bare machine did not start"
        init = int(Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()[0])
        made = Machine(init, Path(f"/proc/{init}/root{parts['root']}"), logs, warm)
        carry_into(made.root)
        for name, home in _HOMES.items():
            carry_home(made.root / home)
            made.give(made.root / home, name)
        yield made
    finally:
        holder.kill()
        holder.wait()
        time.sleep(0.5)  # the kernel takes the namespaces down
        shutil.rmtree(folder, ignore_errors=True)


def _caches() -> str:
    """The folder of package caches that bare machines share, one per account."""
    for user, uid in _UIDS.items():
        (CACHE / "caches" / user).mkdir(parents=True, exist_ok=True)
        os.chown(CACHE / "caches" / user, uid, uid)
    return str(CACHE / "caches")
