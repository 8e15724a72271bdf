"""Says each step of a start before it is done, with the elapsed time, and runs long commands so that they show life."""

import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from infra.bootstrap import Refusal
from infra.children import spawn
from infra.disk import full_disk

__all__ = ["Refusal", "command", "doing", "say", "together"]

_STARTED = time.monotonic()
_BEAT_S = 5.0
_TAIL_LINES = 15
_running: set[subprocess.Popen[bytes]] = set()
_given_up = threading.Event()  # set while work side by side is being ended: what is only starting then ends, too


def say(text: str) -> None:
    """Prints one line with the seconds since the program started."""
    print(f"[{time.monotonic() - _STARTED:6.1f} s] {text}", file=sys.stderr, flush=True)


@contextmanager
def doing(text: str) -> Iterator[None]:
    """Says a step, shows that it is alive every five seconds, and says how long it took when that was over a second."""
    say(text)
    began = time.monotonic()
    done = threading.Event()

    def beat() -> None:
        while not done.wait(_BEAT_S):
            say(f"  … {text}: {time.monotonic() - began:.0f} s")

    heart = threading.Thread(target=beat, daemon=True)
    heart.start()
    try:
        yield
    finally:
        done.set()
        heart.join()
    if time.monotonic() - began >= 1:
        say(f"  done in {time.monotonic() - began:.1f} s: {text}")


def command(
    text: str,
    argv: Sequence[str],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    to_its_end: bool = False,
) -> None:
    """Runs a command as one step, its output in `log`; a failure shows the last lines and is refused.

    One that runs `to_its_end` outlives this process if need be: a package manager must not be cut short.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    with doing(text):
        try:
            on_orphan = signal.SIGCONT if to_its_end else signal.SIGKILL
            process = spawn(argv, log=log, on_orphan=on_orphan, cwd=cwd, env=env, keep_terminal=to_its_end)
        except FileNotFoundError as error:
            raise Refusal(f"{argv[0]} is not installed.") from error
        _running.add(process)
        if _given_up.is_set() and not to_its_end:
            process.kill()
        try:
            outcome = process.wait()
        finally:
            if not to_its_end:
                process.kill()
            _running.discard(process)
    if outcome != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-_TAIL_LINES:])
        why = full_disk(log.parent, cwd or Path.cwd(), Path(tempfile.gettempdir()))
        raise Refusal(
            f"{text}: failed with code {outcome}.{why} Its last words:\n{tail}\n"
            f"All of it: {log}\nIt was: {' '.join(argv[:8])}"
        )


def together(*works: Callable[[], None]) -> None:
    """Does several pieces of work side by side; the first refusal, or a wish to stop, ends all of them."""
    pool = ThreadPoolExecutor(len(works))
    try:
        for done in as_completed([pool.submit(work) for work in works]):
            done.result()
    except BaseException:
        _given_up.set()
        for process in list(_running):
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        _given_up.clear()
