"""Who holds a data directory: one launcher at a time, by a lock that ends with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from infra.place import Place
from infra.steps import Refusal


@contextmanager
def claim(place: Place) -> Iterator[None]:
    """Holds the data directory for this launcher alone, and says in the lock which process that is."""
    place.data.mkdir(parents=True, exist_ok=True)
    with place.lock.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal(f"Muster already runs in {place.data}; see `./muster status`, or `./muster stop`.") from error
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def holder(place: Place) -> int | None:
    """The pid of the launcher that runs in this data directory, or None."""
    if not place.lock.exists():
        return None
    with place.lock.open("r") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(held.read() or 0) or None
    return None
