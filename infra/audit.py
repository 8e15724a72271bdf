"""`./muster audit`: walks every audit chain page by page and holds it against its newest signed head."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.backup.database import readable
from infra.backup.tables import connected
from infra.place import Place
from infra.schema import SCHEMAS
from infra.steps import Refusal
from kernel.audit import Head, Walk, contradicts
from kernel.contracts.base import CANARY
from kernel.heads import file_of, last_head

PAGE = 1000


@dataclass(frozen=True)
class Verdict:
    """What was found about one chain: its rows, the first row that does not fit, and the head it is held against."""

    service: str
    realm: str
    rows: int
    broken_at: int | None
    signed: Head | None

    @property
    def words(self) -> str:
        """The verdict as a line."""
        held = f"as signed at {self.signed.at} ({self.signed.number} rows)" if self.signed else "no signed head"
        found = "whole" if self.broken_at is None else f"BROKEN at row {self.broken_at}"
        return f"{self.service:<12}{self.realm:<10}{self.rows:>10} rows  {found}; {held}"


def audit(data: Path) -> int:
    """Prints a verdict on every chain of a copy; 1 when one is broken."""
    place = Place(data.resolve())
    key_file = place.keys / "verify.pem"
    if not key_file.exists():
        raise Refusal(f"There is no Muster in {place.data}.")
    with readable(place) as url:
        verdicts = asyncio.run(_verify_all(url, place.data / "audit", key_file.read_text()))
    for each in verdicts:
        print(each.words)
    return int(any(each.broken_at is not None for each in verdicts))


async def _verify_all(url: str, folder: Path, key: str) -> list[Verdict]:
    async with connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        found = []
        for service in SCHEMAS[1:]:
            rows = await connection.fetch(f"SELECT realm FROM {service}.streams ORDER BY realm")  # noqa: S608
            realms = [row["realm"] for row in rows if row["realm"] != CANARY]
            found += [await verify(connection, service, realm, folder, key) for realm in realms]
        return found


async def verify(connection: Any, service: str, realm: str, folder: Path, key: str) -> Verdict:
    """Walks one chain in the connection's transaction, a page in memory at a time."""
    walk, wanted = Walk(), None
    query = f"SELECT audit_count, audit_head FROM {service}.streams WHERE realm = $1"  # noqa: S608 - our own schema
    stream = await connection.fetchrow(query, realm)
    epoch = await connection.fetchval("SELECT epoch FROM kernel.installation")
    signed = last_head(file_of(folder, service), key, realm=realm, epoch=epoch)
    async for rows in _pages(connection, service, realm):
        broken = walk.take(rows)
        if broken is not None:
            return Verdict(service, realm, walk.number, broken, signed)
        if signed is not None and rows[0]["number"] <= signed.number <= walk.number:
            wanted = rows[signed.number - rows[0]["number"]]["hash"]
    whole = (walk.number, walk.hash) == (stream["audit_count"], stream["audit_head"])
    cut = signed is not None and contradicts(signed, count=walk.number, hash_at=wanted)
    return Verdict(service, realm, walk.number, None if whole and not cut else walk.number + 1, signed)


async def _pages(connection: Any, service: str, realm: str) -> AsyncIterator[list[Any]]:
    after = 0
    query = f"SELECT * FROM {service}.audit WHERE realm = $1 AND number > $2 ORDER BY number LIMIT {PAGE}"  # noqa: S608
    while rows := await connection.fetch(query, realm, after):
        yield rows
        after = rows[-1]["number"]
