"""What dispatch remembers of other services' things, by kind and id: it recommends from these alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dispatch.rules.geometry import inside
from kernel.bus import Source
from kernel.contracts.base import LonLat, Versioned
from kernel.contracts.plans import ForceTable, ResponseCard
from kernel.contracts.resources import Item, MicroStation, Organisation, Station, StationArea, Stock, Stockpile, Unit

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
STALE_S = 3.0


@dataclass
class Copies:
    """Other services' things by kind and id, and the readers that keep them fresh."""

    things: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {kind: {} for kinds in COPIED.values() for kind in kinds}
    )
    sources: dict[str, Source] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
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
    def organisations(self) -> dict[str, Organisation]:
        return self.things["organisation"]

    @property
    def areas(self) -> dict[str, StationArea]:
        return self.things["station_area"]

    @property
    def force_table(self) -> ForceTable:
        """The current force table; an empty one before plans has been heard."""
        tables = self.things["force_table"]
        return next(iter(tables.values())) if tables else ForceTable(id="city", formation_keys=(), add_ons={})

    def area_of(self, at: LonLat) -> Station | None:
        """The station in whose area a point lies."""
        found = next((area for area in self.areas.values() if inside(at, area.rings)), None)
        return None if found is None else self.stations.get(found.station_id)

    def scope_of(self, station: Station | None) -> str:
        """The scope of what happens in a station's area: the path of its organisation, open."""
        organisation = station and self.organisations.get(station.organisation_id)
        return f"{organisation.path if organisation else ''}|open"

    def lacks(self) -> str:
        """Which services were never heard, in a sentence; empty once there is a copy, old or new, of each."""
        missing = [name for name in COPIED if name not in self.taken]
        return f"Nothing was heard of {' and '.join(missing)} yet." if missing else ""

    def ages_s(self) -> dict[str, float]:
        """Seconds since each source was heard."""
        return {name: source.age_s() for name, source in self.sources.items()}

    def stale(self) -> tuple[str, ...]:
        """Codes of the sources that were not heard for longer than STALE_S."""
        return tuple(f"{name}_stale" for name, age_s in sorted(self.ages_s().items()) if age_s > STALE_S)
