"""The backup file: a tar of a database dump, the copy's own files, and a manifest that seals all of them."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra.steps import Refusal

FORMAT = 1
DUMP = "database.dump"
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
# What a start cannot make anew: the realm's clock, the road map, and what the register was filled from.
KEPT = ("clock.json", "map.json", "register.json", "roads.npz", "basemap.json")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `tables`: rows and SHA-256 by qualified name; `members`: SHA-256 by file name."""

    version: str
    made_at: str
    epoch: str
    revisions: Mapping[str, str]
    tables: Mapping[str, tuple[int, str]]
    members: Mapping[str, str]
    format: int = FORMAT


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def write(target: Path, manifest: Manifest, folder: Path) -> None:
    """Writes the backup whole or not at all, for its owner's eyes only: it holds callers' names and numbers."""
    scratch = target.with_name(target.name + ".part")
    body = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name in manifest.members:
                tar.add(folder / name, arcname=name)
            _add(tar, MANIFEST, body)
            _add(tar, SEAL, hashlib.sha256(body).hexdigest().encode())
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(target)
    sync_folder(target.parent)


def _add(tar: tarfile.TarFile, name: str, body: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(body)
    tar.addfile(member, io.BytesIO(body))


def sync_folder(folder: Path) -> None:
    """Makes a renaming in a folder survive a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def unpack(source: Path, folder: Path) -> Manifest:
    """Takes the members out into a folder and proves each against the manifest. Refuses a file that is not whole."""
    if not source.is_file():
        raise Refusal(f"There is no file {source}.")
    with _whole(source), tarfile.open(source) as tar:
        manifest = _manifest(tar)
        for name, wanted in manifest.members.items():
            if name not in (DUMP, *KEPT):
                raise ValueError(name)
            _take(tar, name, folder / name)
            if digest_of(folder / name) != wanted:
                raise ValueError(name)
    return manifest


@contextmanager
def _whole(source: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise Refusal(f"{source} is not a whole backup of Muster: it is torn or was changed.") from error


def _manifest(tar: tarfile.TarFile) -> Manifest:
    body, seal = _read(tar, MANIFEST), _read(tar, SEAL)
    if hashlib.sha256(body).hexdigest().encode() != seal:
        raise ValueError(MANIFEST)
    found: dict[str, Any] = json.loads(body)
    if found["format"] > FORMAT:
        raise Refusal("This backup was written by a newer Muster; restore it with that version.")
    tables = {name: (int(rows), str(digest)) for name, (rows, digest) in found.pop("tables").items()}
    return Manifest(**found, tables=tables)


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    if member is None:
        raise ValueError(name)
    return member.read()


def _take(tar: tarfile.TarFile, name: str, target: Path) -> None:
    member = tar.extractfile(name)
    if member is None:
        raise ValueError(name)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        while block := member.read(_BLOCK):
            out.write(block)
