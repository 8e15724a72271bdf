"""Tells in words when a disk is full, and refuses to begin on one that is too small."""

import errno
import shutil
from pathlib import Path

from infra.bootstrap import Refusal

MB = 1_000_000
_FULL_MB = 8
_FULL = {errno.ENOSPC, errno.EDQUOT}


def free_mb(path: Path) -> int:
    """Megabytes that this account may still write where a path lies or would lie."""
    there = next(folder for folder in (path, *path.parents) if folder.exists())
    return shutil.disk_usage(there).free // MB


def require(path: Path, need_mb: int) -> None:
    """Refuses a disk on which what is about to be made does not fit, before anything is made."""
    free = free_mb(path)
    if free < need_mb:
        raise Refusal(
            f"The disk of {path} has {free} MB free; a first start needs {need_mb} MB there. "
            "Make room and start again, or choose a directory on another disk with --data."
        )


def full_disk(*paths: Path) -> str:
    """A sentence that names the full ones among the disks of these paths, with a space before it; empty when none."""
    full = list(dict.fromkeys(str(path) for path in paths if free_mb(path) < _FULL_MB))
    return f" {sentence(' and '.join(full))}" if full else ""


def sentence(where: str) -> str:
    """What to say of a full disk."""
    return f"The disk of {where} is full: make room there and start again; what was done so far is kept."


def is_full(error: OSError) -> bool:
    """Whether an error says that a disk or an account's share of it is full."""
    return error.errno in _FULL
