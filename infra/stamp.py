"""One digest over files, by which a step knows that its result is still the one of these very sources."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(paths: Iterable[Path], root: Path) -> str:
    """SHA-256 over the files' names below `root` and their contents; folders stand for every file in them."""
    digest = hashlib.sha256()
    for path in sorted(file for given in paths for file in _files(given)):
        digest.update(str(path.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(given: Path) -> list[Path]:
    found = given.rglob("*") if given.is_dir() else [given]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]
