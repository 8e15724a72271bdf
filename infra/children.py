"""Child processes that never outlive their parent, and how to end them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_CHILD_SUBREAPER = 36
# Loaded before any fork: the dynamic loader must not run between fork and exec.
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, number: signal.Signals) -> None:
    """Has the kernel send `number` to this process when its parent ends; for the child, after any change of user."""
    if _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def adopt_orphans() -> None:
    """Makes this process the parent of every descendant whose own parent ends."""
    if _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def bury(known: Container[int]) -> None:
    """Reaps adopted children that have ended, but for the known ones, which their keeper buries."""
    own = os.getpid()
    for pid in map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split()):
        if pid not in known:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def show_name(name: str) -> None:
    """Gives this process a name in `ps` and `top` (15 bytes are shown)."""
    _LIBC.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    on_orphan: signal.Signals,
    user: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    pass_fds: Iterable[int] = (),
    keep_terminal: bool = False,
) -> subprocess.Popen[bytes]:
    """Starts a program in a session of its own, out of a terminal's Ctrl-C, its output appended to `log`.

    With `keep_terminal` only the process group is its own: sudo remembers by terminal that it was given a password.

    Call it from a thread that lives as long as the program shall: the kernel's tie is to the thread that forked.
    """
    parent = os.getpid()
    account: dict[str, object] = {"user": user, "group": user, "extra_groups": []} if user else {}
    with log.open("ab") as out:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=not keep_terminal,
            process_group=0 if keep_terminal else None,
            pass_fds=tuple(pass_fds),
            preexec_fn=lambda: die_with_parent(parent, on_orphan),
            **account,
        )


def is_alive(pid: int) -> bool:
    """Whether a process with this number runs (a zombie does not count)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def wait_until(condition: Callable[[], bool], timeout_s: float, *, step_s: float = 0.02) -> bool:
    """Looks at a condition until it holds; false when it did not within the time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(step_s)
    return True


def end(
    process: subprocess.Popen[bytes],
    first: signal.Signals,
    *,
    patience_s: float,
    then: signal.Signals = signal.SIGKILL,
) -> None:
    """Ends a child politely with `first`; if it does not go within the time with `then`, and at last with SIGKILL.

    PostgreSQL wants SIGQUIT before SIGKILL: it then takes its own children along.
    """
    for number, time_s in ((first, patience_s), (then, 1.0), (signal.SIGKILL, None)):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(time_s)
