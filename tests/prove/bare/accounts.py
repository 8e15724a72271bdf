"""Who starts Muster: root, somebody with sudo, somebody without; and what each may touch."""

import os
import pty
import subprocess
import time

from infra.bootstrap import WHEELS
from infra.children import wait_until
from tests.prove.bare.bases import BOOKWORM, TRIXIE, WITH_SUDO
from tests.prove.bare.lab import RUNNING, START_S, Lab, both_commands

CLONE = "/home/alice/muster"


def root(lab: Lab) -> float:
    """Debian 12, Python 3.11, as root: packages by apt."""
    return both_commands(lab, BOOKWORM, "root", "/srv/muster")


def sudo(lab: Lab) -> float:
    """Debian 12, an account with sudo that asks for no password: packages by sudo."""
    return both_commands(lab, WITH_SUDO, "alice", CLONE)


def sudo_asks(lab: Lab) -> float:
    """Debian 12, an account with sudo that asks for a password, at a terminal: asked first, then packages by sudo."""
    with lab.bare(WITH_SUDO) as made:
        made.clone(CLONE, "alice")
        made.run("root", "sh", "-c", "echo alice:fire | chpasswd; echo 'alice ALL=(ALL) ALL' > /etc/sudoers.d/alice")
        began = time.monotonic()
        log = made.logs / "terminal.log"
        here, there = pty.openpty()
        argv = made.argv("alice", ["setsid", "--ctty", "--wait", "./muster", "run"], cwd=CLONE)
        process = subprocess.Popen(argv, stdin=there, stdout=there, stderr=there)
        made.started.append(process)
        os.close(there)
        answers = [(b"[y/N]", b"y\n"), (b"assword", b"fire\n")]
        said = _converse(here, answers, process)
        log.write_bytes(said)
        assert b"sudo -n" in said, said.decode(errors="replace")[-3000:]
        assert b"Muster is running" in said, said.decode(errors="replace")[-3000:]
        os.close(here)
        return time.monotonic() - began


def _converse(terminal: int, answers: list[tuple[bytes, bytes]], process: "subprocess.Popen[bytes]") -> bytes:
    """Types each answer once its question is on the terminal, until Muster runs or ends; everything shown."""
    said, deadline = b"", time.monotonic() + START_S
    while b"Muster is running" not in said and process.poll() is None and time.monotonic() < deadline:
        try:
            said += os.read(terminal, 65536)
        except OSError:
            break
        if answers and answers[0][0] in said:
            os.write(terminal, answers.pop(0)[1])
    return said


def rootless(lab: Lab) -> float:
    """Debian 12, an account without root: PostgreSQL, PostGIS and Redis unpacked into the clone's own folder."""
    return both_commands(lab, BOOKWORM, "alice", CLONE)


def debian13(lab: Lab) -> float:
    """Debian 13, the system's Python 3.13, as root."""
    return both_commands(lab, TRIXIE, "root", "/srv/muster")


def debian13_rootless(lab: Lab) -> float:
    """Debian 13, the system's Python 3.13, an account without root."""
    return both_commands(lab, TRIXIE, "alice", CLONE)


def shut_home(lab: Lab) -> float:
    """A clone in root's home (0700), which the account `postgres` cannot enter."""
    with lab.bare(BOOKWORM) as made:
        clone = made.clone("/root/muster")
        (made.root / "root").chmod(0o700)
        run = lab.started(made, "root", clone)
        took_s = lab.first_dispatch_s(run)
        assert "/var/lib/muster/" in run.said, "the database's files were not laid where postgres can reach them"
        lab.stop(made, "root", clone, run)
        return took_s


def no_way(lab: Lab) -> float:
    """No apt, no root, no PostgreSQL: one sentence that names the ways out, and nothing left behind."""
    with lab.bare(BOOKWORM) as made:
        clone = made.clone(CLONE, "alice")
        for name in ("apt", "apt-get"):
            (made.root / "usr/bin" / name).unlink()
        run = lab.started(made, "alice", clone)
        assert run.wait_end(START_S) == 1, run.tail
        for part in ("PostgreSQL with PostGIS", "MUSTER_DATABASE_URL", "docker compose up", "apt-get"):
            assert part in run.said, f"{part!r} was not said:\n{run.tail}"
        assert "Traceback" not in run.said, run.tail
        assert wait_until(lambda: not made.pids(), 5)
        return time.monotonic() - run.began


def changed_uv(lab: Lab) -> float:
    """A downloaded uv that is not the pinned one: refused, nothing of it kept or run, one sentence."""
    with lab.bare(BOOKWORM) as made:
        clone = made.clone(CLONE, "alice")
        source = made.root / clone.lstrip("/") / "infra/bootstrap.py"
        text = source.read_text()
        for wheel in WHEELS.values():
            text = text.replace(wheel.sha256, "0" * 64)
        source.write_text(text)
        run = lab.started(made, "alice", clone)
        assert run.wait_end(START_S) == 1, run.tail
        assert "is not the pinned one" in run.said, run.tail
        assert "Traceback" not in run.said, run.tail
        kept = [path.name for path in (made.root / clone.lstrip("/") / ".data/tools").iterdir()]
        assert kept == [], f"kept of what was refused: {kept}"
        return time.monotonic() - run.began


def no_network(lab: Lab) -> float:
    """Nothing can be downloaded: one sentence, no traceback; with the network back the same command succeeds."""
    with lab.bare(BOOKWORM) as made:
        clone = made.clone(CLONE, "alice")
        resolv = made.root / "etc/resolv.conf"
        kept = resolv.read_text()
        resolv.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        run = lab.started(made, "alice", clone)
        assert run.wait_end(START_S) == 1, run.tail
        assert "Check the network" in run.said, run.tail
        assert run.said.count("Could not fetch uv") == 1, run.tail
        assert "Traceback" not in run.said, run.tail
        resolv.write_text(kept)
        again = lab.started(made, "alice", clone)
        again.wait_for(RUNNING, START_S)
        return lab.first_dispatch_s(again)
