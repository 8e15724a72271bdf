"""Copies of what other services own, fed by their events: dispatch recommends with resources and plans down."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from dispatch import store
from dispatch.rules.geometry import inside
from kernel.auth import service_principal
from kernel.bus import Source, follow
from kernel.clock import RealmClock
from kernel.contracts.base import LIVE, LonLat, Versioned
from kernel.contracts.events import Envelope, Snapshot
from kernel.contracts.plans import ForceTable, ResponseCard
from kernel.contracts.resources import Item, MicroStation, Organisation, Station, StationArea, Stock, Stockpile, Unit
from kernel.database import begin

log = logging.getLogger(__name__)
COPIED: Mapping[str, Mapping[str, type[Versioned]]] = {
    "resources": {
        "organisation": Organisation,
        "station": Station,
        "unit": Unit,
        "item": Item,
        "stockpile": Stockpile,
        "stock": Stock,
        "micro_station": MicroStation,
        "station_area": StationArea,
    },
    "plans": {"response_card": ResponseCard, "force_table": ForceTable},
}
STATIC = {"micro_station": "/micro-stations", "station_area": "/station-areas"}
REGISTER = "register"


@dataclass
class Copies:
    """Other services' things by kind and id, and the readers that keep them fresh."""

    things: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {kind: {} for kinds in COPIED.values() for kind in kinds}
    )
    sources: dict[str, Source] = field(default_factory=dict)
    version: int = 0

    def put(self, kind: str, body: Mapping[str, Any]) -> None:
        """Takes a newer value of a thing; older and unknown ones are ignored."""
        contract = next((kinds[kind] for kinds in COPIED.values() if kind in kinds), None)
        if contract is None:
            return
        value = contract.model_validate(body)
        shelf = self.things[kind]
        if value.id not in shelf or shelf[value.id].version <= value.version:
            shelf[value.id] = value
            self.version += 1

    def drop(self, kinds: Iterable[str]) -> None:
        """Forgets kinds that a snapshot replaces."""
        for kind in kinds:
            self.things[kind] = {}

    @property
    def units(self) -> dict[str, Unit]:
        return self.things["unit"]

    @property
    def stations(self) -> dict[str, Station]:
        return self.things["station"]

    @property
    def micro_stations(self) -> dict[str, MicroStation]:
        return self.things["micro_station"]

    @property
    def stockpiles(self) -> dict[str, Stockpile]:
        return self.things["stockpile"]

    @property
    def stock(self) -> dict[str, Stock]:
        return self.things["stock"]

    @property
    def items(self) -> dict[str, Item]:
        return self.things["item"]

    @property
    def cards(self) -> dict[str, ResponseCard]:
        return self.things["response_card"]

    @property
    def force_table(self) -> ForceTable:
        """The current force table; an empty one before plans has been heard."""
        tables = self.things["force_table"]
        return next(iter(tables.values())) if tables else ForceTable(id="city", formation_keys=(), add_ons={})

    def area_of(self, at: LonLat) -> Station | None:
        """The station in whose area a point lies."""
        areas = self.things["station_area"].values()
        found = next((area for area in areas if inside(at, area.rings)), None)
        return None if found is None else self.stations.get(found.station_id)

    def scope_of(self, station: Station | None) -> str:
        """The scope of what happens in a station's area: the path of its organisation, open."""
        organisation = station and self.things["organisation"].get(station.organisation_id)
        return f"{organisation.path if organisation else ''}|open"

    def ages_s(self) -> dict[str, float]:
        """Seconds since each source was heard."""
        return {name: source.age_s() for name, source in self.sources.items()}


@dataclass(frozen=True)
class Feed:
    """Keeps one service's copies in memory and in the database."""

    copies: Copies
    engine: AsyncEngine
    clock: RealmClock
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
        async with begin(self.engine, realm=LIVE, principal=service_principal("dispatch"), at=self.clock.now()) as tx:
            await store.drop_copies(tx, replaced)
            await store.save_copies(tx, known)
            await store.save_cursor(tx, self.source.service, self.source.epoch, self.source.seq)
        self.copies.drop(replaced)
        for kind, body in known:
            self.copies.put(kind, body)


async def recall(copies: Copies, engine: AsyncEngine, clock: RealmClock, sources: Iterable[Source]) -> None:
    """Fills the copies from the database at start, and sets each source to where it was."""
    async with begin(engine, realm=LIVE, principal=service_principal("dispatch"), at=clock.now()) as tx:
        for kind, body in await store.load_copies(tx):
            copies.put(kind, body)
        for source in sources:
            cursor = await store.find_cursor(tx, source.service)
            if cursor is not None:
                source.epoch, source.seq = cursor
