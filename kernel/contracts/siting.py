"""Siting (增设消防站点): where one more station or unit would raise the city's coverage most."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from kernel.contracts.base import (
    Code,
    Count,
    Form,
    Id,
    Instant,
    LonLat,
    Number,
    ShortText,
    Truth,
    Value,
    Whole,
)
from kernel.contracts.moves import Reached


class Around(Form):
    """A circle to which a grid is held."""

    at: LonLat
    radius_km: Number = Field(ge=0.5, le=100)


class SitingForm(Form):
    """Candidates as points, or as a grid of one point to a square of `grid_km` on drivable roads, `around` a place.

    Covered is what a first engine reaches within `limit_s` of the order. Every site gets `units` first engines, and is
    held against the area of a suburban station or else of a city's.
    """

    candidates: tuple[LonLat, ...] = Field(default=(), max_length=500)
    grid_km: Number | None = Field(default=None, ge=0.5, le=50)
    around: Around | None = None
    how_many: Whole = Field(default=1, ge=1, le=5)
    units: Whole = Field(default=1, ge=1, le=4)
    limit_s: Literal[300, 480, 600] = 300
    suburban: Truth = False


class SitingState(StrEnum):
    """How far a siting is."""

    GROWING = "growing"
    DONE = "done"
    FAILED = "failed"


class SitePlace(Value):
    """One candidate by itself, with every first engine of today at home.

    `gain_pct`: per cent of the city's risk that it is worth, second covers counted as far as the first is busy;
    `newly_pct`: risk that nobody reaches within the limit today and it does, in `newly_count` zones, the riskiest of
    them in `newly_covered`. `sooner_s`: mean over the city's risk. `served_km2`: zones that it would reach first,
    beside `area_limit_km2` by 建标152-2017.
    """

    id: Id
    at: LonLat
    gain_pct: float
    newly_pct: float
    within: tuple[Reached, ...]
    newly_covered: tuple[Id, ...]
    newly_count: Count
    sooner_s: int
    served_km2: float
    area_limit_km2: float


class SiteSet(Value):
    """The best candidates together, in the order in which to build them. No set gains more than `bound_pct`."""

    site_ids: tuple[Id, ...]
    gain_pct: float
    bound_pct: float
    within: tuple[Reached, ...]
    source: Code
    proved: bool
    guard_fired: bool = False


class Siting(Value):
    """A siting that was asked for. `grown` of `candidates` trees are known; `ranked`, best first, and `best` when done.

    `left_out`: candidates from which no road leads to any zone. `why` is a code where it failed: solver_away,
    ground_changed (other zones or closures meanwhile: ask again), too_many_points, no_points.
    """

    id: Id
    asked_at: Instant
    state: SitingState
    candidates: Count = 0
    grown: Count = 0
    zones_version: ShortText = ""
    map_version: ShortText = ""
    closures_version: ShortText = ""
    before: tuple[Reached, ...] = ()
    ranked: tuple[SitePlace, ...] = ()
    best: SiteSet | None = None
    left_out: tuple[Id, ...] = ()
    why: Code | None = None
    degraded: tuple[Code, ...] = ()
