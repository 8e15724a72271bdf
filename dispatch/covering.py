"""What dispatch knows of its city's coverage: first engines, zones with their seconds, and the last figure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatch.rules.coverage import Ground
from dispatch.workers.jobs import NOT_ZONED, CoverJob, Zoning
from kernel.contracts.coverage import Coverage, CoverageZones
from kernel.contracts.resources import Unit

PREPARING = "coverage_preparing"


@dataclass
class Covering:
    """Kept by `commands.coverage.keep` alone. `ground` is what the figure is counted on, made for the job `made_for`.

    `trouble` holds codes: why there is no ground, or what is wrong with the one there is.
    """

    copies_version: int = -1
    stations: Mapping[str, tuple[Unit, ...]] = field(default_factory=dict)
    engines: frozenset[str] = frozenset()
    job: CoverJob | None = None
    made_for: object = None
    ground: Ground | None = None
    zones: CoverageZones = field(default_factory=CoverageZones)
    zoning: Zoning = NOT_ZONED
    trouble: tuple[str, ...] = (PREPARING,)
    latest: Coverage | None = None
    looked_at: float | None = None
