"""What dispatch knows of its city's coverage: first engines, zones with their seconds, and the last figure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.rules.coverage import Ground
from dispatch.workers.jobs import NOT_ZONED, CoverJob, Zoning
from kernel.contracts.coverage import Coverage, CoverageZones
from kernel.contracts.resources import Unit

PREPARING = "coverage_preparing"


@dataclass(frozen=True)
class Wanted:
    """What a ground is made of: the job, and the station and turnout behind each of its places."""

    job: CoverJob
    homes: tuple[tuple[str, int], ...]


@dataclass
class Covering:
    """Kept by `commands.coverage` alone. `lenders` are the organisations whose forces go by request.

    `ground` is what the figure is counted on, made for `made_for`.
    `map_version` is the map of the worker that answered. `trouble` holds codes: why there is no ground, or what is
    wrong with the one there is.
    """

    copies_version: int = -1
    lenders: frozenset[str] = frozenset()
    stations: Mapping[str, tuple[Unit, ...]] = field(default_factory=dict)
    engines: frozenset[str] = frozenset()
    learned: Wanted | None = None
    wanted: Wanted | None = None
    made_for: Wanted | None = None
    map_version: str = ""
    worker_away: bool = False
    ground: Ground | None = None
    zones: CoverageZones = field(default_factory=CoverageZones)
    zoning: Zoning = NOT_ZONED
    trouble: tuple[str, ...] = (PREPARING,)
    latest: Coverage | None = None
    counted: object = None
    looked_at: float | None = None
