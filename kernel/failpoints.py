"""Failpoints: moments at which a test lets a process die. They do nothing unless a folder to arm them is named.

Settings refuse that outside test mode. A test arms one by making an empty file `service.moment` in the folder; the
first process that reaches the moment takes the file away and is gone, as by `kill -9`.
"""

import os
import signal
from pathlib import Path

BEFORE_COMMIT, AFTER_COMMIT, PUBLISHED = "before_commit", "after_commit", "published"
_armed: dict[str, Path] = {}


def arm(folder: Path | None, service: str) -> None:
    """From now on this process looks into `folder` for its service's failpoints; None: it never looks."""
    _armed.clear()
    if folder is not None:
        _armed.update({moment: folder / f"{service}.{moment}" for moment in (BEFORE_COMMIT, AFTER_COMMIT, PUBLISHED)})


def reach(moment: str) -> None:
    """Dies here if a test has armed this moment."""
    if not _armed:
        return
    try:
        os.unlink(_armed[moment])
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
