"""Proves that no row of an audit chain can be changed, swapped or cut unseen; without signed heads a cut tail can.

A thousand rows in a real PostgreSQL, and somebody who may write everything in it: every row has one bit flipped in
one of its columns, a thousand pairs are swapped, every row is cut out, and every tail is cut with the counter put back
to fit. Each is done in a transaction, verified page by page as `./muster audit` does, and rolled back.
"""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import create_async_engine

from infra import migrate
from infra.audit import verify
from infra.backup.tables import connected
from infra.environment import make_keys
from infra.place import Place
from infra.scratch import scratch_databases
from kernel.audit import CHAINED, sign_head
from kernel.auth import service_principal
from kernel.clock import real_now
from kernel.contracts.base import LIVE
from kernel.database import begin
from kernel.heads import append, current_heads, file_of
from kernel.outbox import flush
from plans.tables import LEDGER
from tests.rows import Options, Row, bound

ROWS = 1000
PER_TRANSACTION = 20
DEEDS = ("incident.reported", "assignment.dispatched", "person.read", "supply.committed")


@dataclass
class Forger:
    """Somebody with every right in the database, and the verifier that must notice."""

    connection: Any
    folder: Path
    key: str
    chance: random.Random
    missed: dict[str, list[int]] = field(default_factory=dict)

    async def forge(self, what: str, number: int, *statements: tuple[Any, ...], folder: Path | None = None) -> None:
        """Does it, verifies, undoes it; remembers what was not noticed."""
        undone = self.connection.transaction()
        await undone.start()
        try:
            for statement, *values in statements:
                done = await self.connection.execute(statement, *values)
                assert not done.endswith(" 0"), f"nothing was forged: {statement} {values}"
            verdict = await verify(self.connection, "plans", LIVE, folder or self.folder, self.key)
        finally:
            await undone.rollback()
        self.missed.setdefault(what, [])
        if verdict.broken_at is None:
            self.missed[what].append(number)

    async def flip(self, row: dict[str, Any]) -> None:
        """One bit of one column of a row."""
        name = self.chance.choice([name for name in (*CHAINED, "hash") if name not in ("realm", "number")])
        value = flipped(row[name], self.chance)
        await self.forge(
            "flipped",
            row["number"],
            (f"UPDATE plans.audit SET {name} = $1 WHERE number = $2", value, row["number"]),
        )

    async def swap(self, a: int, b: int) -> None:
        """Two rows change places."""
        move = "UPDATE plans.audit SET number = $1 WHERE number = $2"
        await self.forge("swapped", a, (move, -1, a), (move, a, b), (move, b, -1))

    async def cut(self, number: int) -> None:
        """One row is taken out, the later ones close the gap where the numbers would show it."""
        gap = "UPDATE plans.audit SET number = number - 1000000 WHERE number > $1"
        close = "UPDATE plans.audit SET number = number + 999999 WHERE number < 0"
        closing = ((gap, number), (close,)) if number < ROWS else ()
        await self.forge("cut", number, ("DELETE FROM plans.audit WHERE number = $1", number), *closing)

    async def cut_tail(self, number: int, what: str = "tail cut", folder: Path | None = None) -> None:
        """Everything from a row on is taken out, and the counter is put back to what then fits."""
        back = (
            "UPDATE plans.streams SET audit_count = $1, audit_head = coalesce("
            "(SELECT hash FROM plans.audit WHERE number = $1), repeat('0', 64))"
        )
        gone = ("DELETE FROM plans.audit WHERE number >= $1", number)
        await self.forge(what, number, gone, (back, number - 1), folder=folder)


def flipped(value: Any, chance: random.Random) -> Any:
    """The value with one bit changed, still of its type."""
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(16))
    if not value:
        return "x"
    at = chance.randrange(len(value))
    return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]


@asynccontextmanager
async def written(url: str, folder: Path, keys: Path) -> AsyncIterator[None]:
    """A chain of a thousand rows, its head signed half-way and at the end."""
    await migrate.on(url, migrate.upgrade)
    engine = create_async_engine(url)
    try:
        for first in range(0, ROWS, PER_TRANSACTION):
            await _write(engine, first)
            if first + PER_TRANSACTION in (ROWS // 2, ROWS):
                await _sign(engine, folder, (keys / "signing.pem").read_text())
        yield
    finally:
        await engine.dispose()


async def _write(engine: Any, first: int) -> None:
    principal = service_principal("prove")
    async with begin(engine, realm=LIVE, principal=principal, at=real_now(), request_id=f"r{first}") as tx:
        for number in range(first, first + PER_TRANSACTION):
            tx.note(DEEDS[number % len(DEEDS)], "thing", f"t-{number}")
        await flush(LEDGER, tx)


async def _sign(engine: Any, folder: Path, key: str) -> None:
    async with engine.connect() as connection:
        heads = await current_heads(LEDGER, connection)
    append(file_of(folder, "plans"), "".join(sign_head(head, key) + "\n" for head in heads))


async def forgeries(options: Options, url: str, place: Place) -> Forger:
    """All of them, seeded; a share of each kind when asked for less."""
    folder = place.data / "audit"
    async with written(url, folder, place.keys), connected(url) as connection:
        forger = Forger(connection, folder, (place.keys / "verify.pem").read_text(), random.Random(options.seed))
        rows = [dict(row) for row in await connection.fetch("SELECT * FROM plans.audit ORDER BY number")]
        verdict = await verify(connection, "plans", LIVE, folder, forger.key)
        assert (verdict.broken_at, verdict.rows) == (None, ROWS), "the chain is whole before anybody touches it"
        for number in sorted(forger.chance.sample(range(1, ROWS + 1), options.count(ROWS))):
            await forger.flip(rows[number - 1])
            await forger.swap(*sorted(forger.chance.sample(range(1, ROWS + 1), 2)))
            await forger.cut(number)
            await forger.cut_tail(number)
        # The planted bug: a verifier that looks at the database alone.
        for number in sorted(forger.chance.sample(range(1, ROWS + 1), options.count(100))):
            await forger.cut_tail(number, "twin", place.data / "no-heads")
    return forger


def prove(options: Options) -> Sequence[Row]:
    """Rows: how many of each kind were not noticed, and how many the verifier without signed heads does not notice."""
    with scratch_databases(redis=False) as scratch, tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        place.keys.mkdir()
        make_keys(place)
        forger = asyncio.run(forgeries(options, scratch.owner, place))
    count, twins = options.count(ROWS), options.count(100)
    kinds = {"flipped": "one bit of a row flipped", "swapped": "two rows swapped", "cut": "a row cut out"}
    kinds["tail cut"] = "a tail cut and the counter put back"
    unseen = [
        Row(
            f"audit_{kind.replace(' ', '_')}",
            f"{what}: not noticed; {bound(count)}",
            len(forger.missed[kind]),
            "rows",
            must=0,
            seed=options.seed,
        )
        for kind, what in kinds.items()
    ]
    twin = "planted bug, no signed heads: tails cut unseen, must be all"
    found = len(forger.missed["twin"])
    return [*unseen, Row("audit_twin", twin, found, "rows", must=twins, sense=">=", seed=options.seed)]
