"""What is asked of a worker and what it answers: plain frozen values that travel between processes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dispatch.optimizer.problem import Zone
from dispatch.workers.planning import Solvable, Solved
from kernel.contracts.assignment import Closure, Route
from kernel.contracts.base import LonLat
from kernel.contracts.incident import Incident
from kernel.contracts.policy import POLICY, DispatchPolicy
from kernel.contracts.recommendation import (
    AdviceForm,
    Alternative,
    AreaDeparture,
    Askable,
    GreedyPlan,
    NotUsed,
    OneMore,
    Outcome,
    Pick,
    Price,
    RoadLimited,
    StockPick,
    TotalShort,
    Unmet,
    Why,
)
from kernel.contracts.resources import MicroStation, Stock, Stockpile, Unit
from kernel.contracts.turns import TurnProposal

NO_CHOICES = AdviceForm()
BEGINNING = DispatchPolicy(id=POLICY)
BY_REQUEST: Final = "by_request"


@dataclass(frozen=True)
class UnitAt:
    """A unit where it is now, where it is bound if committed, and why it is unavailable if it is.

    `place` is the station at which it stands ready as a free first engine, else empty. `owner` is the organisation that
    must be asked for it, empty where it is ours to send; `promised_to` the incident to which it is promised, and
    `ready_s` the seconds until it can turn out.
    """

    unit: Unit
    at: LonLat
    incident_id: str | None = None
    line: str = ""
    committed: bool = False
    eta_s: int = 0
    unavailable: str = ""
    place: str = ""
    owner: str = ""
    promised_to: str = ""
    ready_s: int = 0


@dataclass(frozen=True)
class Zoning:
    """The zones that the optimizer keeps covered; empty while nothing is known of them."""

    zones: tuple[Zone, ...] = ()


NOT_ZONED = Zoning()


@dataclass(frozen=True)
class RecommendJob:
    """All open incidents jointly; the answer is for `incident_id`. `worked_s` = of the crews that should rest."""

    incident_id: str
    incidents: tuple[Incident, ...]
    units: tuple[UnitAt, ...]
    micro_stations: tuple[MicroStation, ...]
    stockpiles: tuple[Stockpile, ...]
    stock: tuple[Stock, ...]
    item_kg: dict[str, float]
    supplied: dict[str, dict[str, int]]
    closures: tuple[Closure, ...]
    at: datetime
    choices: AdviceForm = NO_CHOICES
    policy: DispatchPolicy = BEGINNING
    zoning: Zoning = NOT_ZONED
    worked_s: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A plan for one incident, with how it was found and which other incidents were weighed with it."""

    picks: tuple[Pick, ...]
    first_aid: tuple[Pick, ...]
    stock: tuple[StockPick, ...]
    not_used: tuple[NotUsed, ...]
    unmet: tuple[Unmet, ...]
    road_limited: tuple[RoadLimited, ...]
    askable: tuple[Askable, ...]
    outcome: Outcome
    greedy: GreedyPlan
    area: AreaDeparture | None
    alternatives: tuple[Alternative, ...]
    pinned: tuple[str, ...]
    price: Price | None
    joint_with: tuple[str, ...]
    provenance: str
    gap: float | None
    input_hash: str
    solver: str
    packed: bytes
    map_version: str
    closures_version: str
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True)
class FurtherJob:
    """What follows a recommendation: its packed problem, and the line of each unit that it sends."""

    incident_id: str
    packed: bytes
    lines: dict[str, str]


@dataclass(frozen=True)
class Further:
    """Every plan of a problem for one incident, what one more unit would buy it, and the totals that it lacks."""

    plans: tuple[Alternative, ...] = ()
    one_more: tuple[OneMore, ...] = ()
    totals_short: tuple[TotalShort, ...] = ()


@dataclass(frozen=True)
class WhyJob:
    """Why a unit does not go to an incident, on the same problem."""

    problem: RecommendJob
    unit_id: str


@dataclass(frozen=True)
class TurnsJob:
    """Which units under way should turn, over all open incidents, also those that lack nothing."""

    problem: RecommendJob


@dataclass(frozen=True)
class TravelJob:
    """Seconds by road of units and stockpile trucks to one point."""

    to: LonLat
    units: tuple[UnitAt, ...]
    stockpiles: tuple[Stockpile, ...] = ()
    closures: tuple[Closure, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Travel:
    """Picks without a line by unit id, and truck seconds by stockpile id."""

    picks: dict[str, Pick]
    stockpile_s: dict[str, int] = field(default_factory=dict)
    map_version: str = ""


@dataclass(frozen=True)
class RouteJob:
    """The path of one unit, or of a truck when there is none, between two points."""

    unit: Unit | None
    start: LonLat
    to: LonLat
    closures: tuple[Closure, ...]
    at: datetime


@dataclass(frozen=True)
class CoverJob:
    """Zones of the city, and seconds to them from the places where first engines stand.

    Zones lie round `stations` and in their `areas` (polygons with holes); `key_places` weigh more.
    """

    places: tuple[LonLat, ...]
    stations: tuple[LonLat, ...]
    areas: tuple[tuple[tuple[LonLat, ...], ...], ...]
    key_places: tuple[LonLat, ...]
    closures: tuple[Closure, ...]
    at: datetime


@dataclass(frozen=True, eq=False)
class Cover:
    """Zones by name, box and metres of risk, and [Z] whole seconds without turnout for each place known so far.

    A job grows only some trees, so that the worker stays within reach: `missing` says how many are still to ask for.
    Without a map there are no zones. `between_s` is [P, P] whole seconds from each of the job's places to each, None
    while some trees do not know all places yet.
    """

    map_version: str
    zones_version: str
    closures_version: str
    names: tuple[str, ...]
    boxes: NDArray[np.float64]
    risk_m: NDArray[np.float64]
    left_out_m: float
    seconds: dict[LonLat, NDArray[np.integer[Any]]]
    missing: int
    between_s: NDArray[np.integer[Any]] | None = None


@dataclass(frozen=True)
class Origin:
    """A place from which a tree is grown, for a unit's own vehicle or, without one, for a first engine."""

    at: LonLat
    unit: Unit | None = None


@dataclass(frozen=True)
class RowsJob:
    """Seconds from a few origins to the zones of a city, under the closures that came with it."""

    city: CoverJob
    origins: tuple[Origin, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """[N, Z] whole seconds without turnout, and the versions of the zones and closures that they hold for."""

    zones_version: str
    closures_version: str
    seconds: NDArray[np.integer[Any]]


@dataclass(frozen=True)
class GridJob:
    """Points on the drivable built-up roads of a city's zones, one to a square of `step_m`, `radius_m` round `at`."""

    city: CoverJob
    step_m: float
    at: LonLat | None = None
    radius_m: float = 0.0


@dataclass(frozen=True)
class Grid:
    """The points, from south-west to north-east."""

    points: tuple[LonLat, ...]


@dataclass(frozen=True)
class AboutJob:
    """Asks what map the worker has."""


@dataclass(frozen=True)
class About:
    """The loaded map: its version and box (west, south, east, north), None without a map."""

    map_version: str
    box: tuple[float, float, float, float] | None
    pid: int


Asking = RecommendJob | FurtherJob | WhyJob | TurnsJob | TravelJob | RouteJob
Job = Asking | CoverJob | RowsJob | GridJob | Solvable | AboutJob
Advice = Answer | Further | tuple[Why, ...] | TurnProposal | Travel | Route
Result = Advice | Cover | Rows | Grid | Solved | About
