"""A process beside the bench: its CPU is not the bench's, and it ends with the block."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

SPAWNED = multiprocessing.get_context("spawn")


@contextmanager
def child(work: Callable[..., None], *given: Any) -> Iterator[tuple[Connection, int]]:
    """A process that does `work(*given, line)`; the parent's end of the line, and the pid."""
    ours, theirs = SPAWNED.Pipe()
    process = SPAWNED.Process(target=work, args=(*given, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours, process.pid or 0
    finally:
        ours.close()
        process.terminate()
        process.join()
