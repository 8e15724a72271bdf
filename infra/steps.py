"""Says each step of a start before it is done, with the elapsed time, and runs long commands so that they show life."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.bootstrap import Refusal

__all__ = ["Refusal", "command", "doing", "say"]

_STARTED = time.monotonic()
_BEAT_S = 5.0
_TAIL_LINES = 15


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
            say(f"  … still at it, {time.monotonic() - began:.0f} s")

    heart = threading.Thread(target=beat, daemon=True)
    heart.start()
    try:
        yield
    finally:
        done.set()
        heart.join()
    if time.monotonic() - began >= 1:
        say(f"  done in {time.monotonic() - began:.1f} s")


def command(
    text: str, argv: Sequence[str], *, log: Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> None:
    """Runs a command as one step, its output in `log`; a failure shows the last lines and is refused."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with doing(text), log.open("wb") as out:
        try:
            outcome = subprocess.run(
                argv, stdout=out, stderr=subprocess.STDOUT, cwd=cwd, env=env, check=False
            ).returncode
        except FileNotFoundError as error:
            raise Refusal(f"{argv[0]} is not installed.") from error
    if outcome != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-_TAIL_LINES:])
        raise Refusal(f"`{' '.join(argv[:4])} …` failed with code {outcome}. Its last words:\n{tail}\nAll of it: {log}")
