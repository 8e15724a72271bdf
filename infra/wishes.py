"""What signals ask of the launcher: to stop, at a moment when that breaks nothing, or to read the road map anew."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class Stopped(BaseException):
    """Raised wherever the start happens to be when a person presses Ctrl-C."""


@dataclass
class Wishes:
    """What signals have asked for since `listen`."""

    stop: bool = False
    reload_roads: bool = False
    _unbroken: bool = False
    _owed: bool = False

    def listen(self) -> None:
        """SIGINT and SIGTERM stop; a second one stops at once; SIGHUP restarts what reads the road map."""
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGHUP, self._reload)

    @contextmanager
    def unbroken(self) -> Iterator[None]:
        """Lets the block run to its end before a stop is raised.

        An exception from a signal handler may fall between a lock's taking and its release, or into a destructor that
        swallows it; a round of the launcher, which is short, must not be cut there.
        """
        self._unbroken = True
        try:
            yield
        finally:
            self._unbroken = False
        if self._owed:
            self._owed = False
            raise Stopped

    def _stop(self, *_: object) -> None:
        if self.stop:
            os._exit(130)  # every child ends with this process
        self.stop = True
        if self._unbroken:
            self._owed = True
        else:
            raise Stopped

    def _reload(self, *_: object) -> None:
        self.reload_roads = True
