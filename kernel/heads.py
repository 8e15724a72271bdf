"""The heads of the audit chains, signed each minute and kept outside the database.

A chain cannot see that its own tail was cut, not even by somebody who may write everything in the database and puts
its counter back as well. A signed line elsewhere can.
"""

import asyncio
import logging
import os
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.audit import Head, read_head, sign_head
from kernel.clock import real_now
from kernel.contracts.base import CANARY, Realm, utc
from kernel.outbox import Ledger, installation_epoch
from kernel.running import Running

EVERY_S = 60.0
TAIL = 256 * 1024
log = logging.getLogger(__name__)


async def keep_heads(running: Running) -> None:
    """Signs and writes what has moved, each minute, for ever; without a folder to keep them in it does nothing."""
    folder = running.settings.audit_heads
    if folder is None:
        return
    written: dict[Realm, tuple[int, str]] = {}
    while True:
        try:
            await write_heads(running, folder, written)
        except Exception as error:
            log.error("audit heads are not written: %s", type(error).__name__)
        await asyncio.sleep(EVERY_S)


async def write_heads(running: Running, folder: Path, written: dict[Realm, tuple[int, str]]) -> None:
    """Appends one signed line for every realm whose chain has moved since `written`, and flushes it to the disk."""
    async with running.engine.connect() as connection:
        heads = await current_heads(running.ledger, connection)
    moved = [head for head in heads if head.realm != CANARY and written.get(head.realm) != (head.number, head.hash)]
    if moved:
        lines = "".join(sign_head(head, running.settings.signing_key) + "\n" for head in moved)
        await asyncio.to_thread(append, file_of(folder, running.service), lines)
        written.update({head.realm: (head.number, head.hash) for head in moved})


async def current_heads(tables: Ledger, connection: AsyncConnection) -> list[Head]:
    """Where every chain of a service stands."""
    epoch = await installation_epoch(connection)
    rows = await connection.execute(select(tables.streams))
    at = utc(real_now())
    return [Head(tables.service, row.realm, epoch, row.audit_count, row.audit_head, at) for row in rows]


def file_of(folder: Path, service: str) -> Path:
    """Where the heads of a service are kept."""
    return folder / f"{service}.heads"


def append(file: Path, lines: str) -> None:
    """Adds lines and waits until they are on the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        os.write(fd, lines.encode())
        os.fsync(fd)
    finally:
        os.close(fd)


def last_head(file: Path, key: str, *, realm: Realm, epoch: str) -> Head | None:
    """The newest signed head of a realm in this epoch; a restore begins a new one, and its chain may be shorter."""
    signed = (read_head(line, key) for line in reversed(_tail(file)))
    return next((head for head in signed if head is not None and (head.realm, head.epoch) == (realm, epoch)), None)


def _tail(file: Path) -> list[str]:
    if not file.exists():
        return []
    with file.open("rb") as held:
        held.seek(max(0, file.stat().st_size - TAIL))
        return held.read().decode(errors="replace").split()


async def hash_at(tables: Ledger, connection: AsyncConnection, realm: Realm, number: int) -> str | None:
    """The hash of one audit row, or None when it is not there."""
    audit = tables.audit
    wanted = select(audit.c.hash).where(audit.c.realm == realm, audit.c.number == number)
    found: str | None = (await connection.execute(wanted)).scalar()
    return found
