"""Keeps the copies of other services' things fresh: by their events, in memory and in the database."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.copies import COPIED, Copies
from dispatch.store import copies as store
from kernel.auth import service_principal
from kernel.bus import Source, follow
from kernel.contracts.events import Envelope, Snapshot
from kernel.running import Running

log = logging.getLogger(__name__)
STATIC = {"micro_station": "/micro-stations", "station_area": "/station-areas"}
REGISTER = "register"
ITSELF = service_principal("dispatch")


@dataclass(frozen=True)
class Feed:
    """Keeps one service's copies in memory and in the database."""

    copies: Copies
    running: Running
    source: Source

    async def run(self) -> None:
        """Follows for ever. A failure of the database is waited out; the position is only moved with the copies."""
        name = self.source.service
        self.copies.sources[name] = self.source
        async for batch in follow(self.source):
            try:
                await self._take(batch)
            except Exception:
                log.exception("copies of %s could not be kept; reading them again", name)
                self.source.epoch = ""
                await asyncio.sleep(1)

    async def _take(self, batch: Snapshot | tuple[Envelope, ...]) -> None:
        if isinstance(batch, Snapshot):
            await self._replace(batch.things)
        elif any(envelope.kind == REGISTER for envelope in batch):
            self.source.epoch = ""
        else:
            await self._apply([(each.kind, each.value) for each in batch], replaced=())

    async def _replace(self, things: Iterable[Envelope]) -> None:
        bodies: list[tuple[str, Mapping[str, Any]]] = [(each.kind, each.value) for each in things]
        kinds = COPIED[self.source.service]
        for kind, path in STATIC.items():
            if kind in kinds:
                bodies += [(kind, body) for body in await self.source.get(path)]
        await self._apply(bodies, replaced=tuple(kinds))

    async def _apply(self, bodies: list[tuple[str, Mapping[str, Any]]], *, replaced: tuple[str, ...]) -> None:
        known = [(kind, body) for kind, body in bodies if kind in COPIED[self.source.service]]
        async with self.running.work(ITSELF) as tx:
            await store.drop_copies(tx, replaced)
            await store.save_copies(tx, known)
            await store.save_cursor(tx, self.source.service, self.source.epoch, self.source.seq)
        self.copies.drop(replaced)
        for kind, body in known:
            self.copies.put(kind, body)
        self.copies.taken.add(self.source.service)


async def recall(copies: Copies, running: Running, sources: Iterable[Source]) -> None:
    """Fills the copies from the database at start, and sets each source to where it was."""
    async with running.work(ITSELF) as tx:
        for kind, body in await store.load_copies(tx):
            copies.put(kind, body)
        for source in sources:
            cursor = await store.find_cursor(tx, source.service)
            if cursor is not None:
                source.epoch, source.seq = cursor
                copies.taken.add(source.service)
