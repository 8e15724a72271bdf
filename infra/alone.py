"""One at a time over what several copies of Muster share: a lock that ends with its process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.steps import say


@contextmanager
def alone(lock: Path, other: str) -> Iterator[None]:
    """Holds a lock file for the block; says `other` when it has to wait for it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{other}; waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
