"""The advice: who should go, why, what stays unmet, and the other plans beside it."""

from pydantic import Field

from kernel.contracts.base import Code, Count, Form, Id, Instant, Seconds, ShortText, Value, Versioned
from kernel.contracts.vocabulary import TravelMethod

Params = dict[str, str | int | float | None]


class Why(Value):
    """One machine-readable reason; the screen words it from `code` and `params`."""

    code: Code
    params: Params = {}


class Pick(Value):
    """A unit chosen for a line, with its time by road and why."""

    unit_id: Id
    line: Code
    eta_s: Seconds
    travel_s: Seconds
    method: TravelMethod = TravelMethod.ROAD
    flags: tuple[Code, ...] = ()
    rank: Count = 1
    why: tuple[Why, ...] = ()


class NotUsed(Value):
    """A unit nearer than a chosen one, and the true reason why it does not go."""

    unit_id: Id
    line: Code
    eta_s: Seconds
    why: tuple[Why, ...]


class StockPick(Value):
    """Stock to send: from which stockpile, on how many trucks, when it is there."""

    stockpile_id: Id
    item_code: Code
    quantity: Count
    trucks: Count
    eta_s: Seconds
    why: tuple[Why, ...] = ()


class Unmet(Value):
    """What cannot be met, and the lines (`incident:line`) that compete for the same too few units."""

    line: Code
    missing: Count
    competing: tuple[ShortText, ...] = ()


class RoadLimited(Value):
    """Units that height, weight or width of the roads keeps from a line that is unmet, or makes too late for it.

    `unit_id` = the nearest: there in `would_s` without limits, in `eta_s` with them (None = not at all); `limits` = the
    signs in its way.
    """

    line: Code
    units: Count
    unit_id: Id
    would_s: Seconds
    eta_s: Seconds | None = None
    limits: tuple[Why, ...] = ()


class Askable(Value):
    """A unit of others that would fill an unmet line if it were promised; `eta_s` from now, its turnout included."""

    line: Code
    unit_id: Id
    organisation_id: Id
    eta_s: Seconds


class Outcome(Value):
    """The figures of one plan, in seconds after the order."""

    first_due_s: Seconds | None
    complete_s: Seconds | None
    mean_s: Seconds | None
    units: Count
    unmet: Count


class AreaDeparture(Value):
    """The area's station does not go first: why, and the seconds saved."""

    station_id: Id
    saves_s: int
    why: Why


class GreedyPlan(Value):
    """The nearest-first plan beside ours: its figures and the units that differ."""

    outcome: Outcome
    only_greedy: tuple[Id, ...]
    only_ours: tuple[Id, ...]
    unit_ids: tuple[Id, ...]


class PlannedUnit(Value):
    """A unit of an alternative plan with its line and its time by road."""

    unit_id: Id
    line: Code
    eta_s: Seconds


class CoverShare(Value):
    """Share of the city's risk, in per cent, where a free first engine is in time, before and after a plan.

    `bare` = the stations whose own ground loses its last one, most risk first.
    """

    before_pct: float
    after_pct: float
    bare: tuple[Id, ...] = ()


class Alternative(Value):
    """Another way to answer the incident, told by its difference from the recommended picks.

    `name`: fastest (the recommendation itself), covered, calm, greedy. `curve` = seconds of each arrival, in order;
    `stations` = per station the units that leave it and the free ones that stay; `roles` = lines of those picks that
    stand on another line here than in the recommendation.
    """

    name: Code
    outcome: Outcome
    curve: tuple[Seconds, ...]
    adds: tuple[PlannedUnit, ...] = ()
    leaves: tuple[Id, ...] = ()
    roles: dict[Id, Code] = {}
    stations: dict[Id, tuple[Count, Count]] = {}
    cover: CoverShare | None = None
    provenance: Code
    gap: float | None = None


class Price(Value):
    """What the commander's own choices cost against the plan without them; positive is worse.

    `others_s` = by how much the other incidents together are complete later; `cover_pct` = per cent of risk uncovered.
    """

    complete_s: int
    first_due_s: int
    mean_s: int
    units: int
    unmet: int
    others_s: int
    cover_pct: float


class OneMore(Value):
    """What one more unit for a count line would buy, were it free at no travel.

    `fewer_missing` = units no longer missing anywhere; `earlier_s` = the full complement of this incident so much
    earlier, `others_s` = those of the others together. `proved` = exact, else the best that was found.
    """

    line: Code
    fewer_missing: Count = 0
    earlier_s: Seconds = 0
    others_s: int = 0
    proved: bool = True


class TotalShort(Value):
    """A total that is not reached, and what would close it: so many `units` like `unit_id`, which brings `adds`."""

    line: Code
    attribute: Code
    lacking: Count
    unit_id: Id | None = None
    adds: Count = 0
    units: Count = 0


class AdviceForm(Form):
    """The commander's own choices: units that must go to the incident, units that stay where they are."""

    pinned: tuple[Id, ...] = Field(default=(), max_length=50)
    forbidden: tuple[Id, ...] = Field(default=(), max_length=100)


class Recommendation(Versioned):
    """调派建议, stored with the hash of its input so that it can be replayed.

    `alternatives_due` = further plans are being made; the next version has them, with `one_more` and `totals_short`,
    or says `overtaken`: a newer recommendation came before them, so they are not made.
    """

    incident_id: Id
    incident_version: int
    at: Instant
    input_hash: ShortText
    solver: ShortText
    provenance: Code
    gap: float | None = None
    picks: tuple[Pick, ...]
    first_aid: tuple[Pick, ...] = ()
    stock: tuple[StockPick, ...] = ()
    not_used: tuple[NotUsed, ...] = ()
    unmet: tuple[Unmet, ...] = ()
    road_limited: tuple[RoadLimited, ...] = ()
    askable: tuple[Askable, ...] = ()
    outcome: Outcome
    greedy: GreedyPlan
    alternatives: tuple[Alternative, ...] = ()
    alternatives_due: bool = False
    overtaken: bool = False
    one_more: tuple[OneMore, ...] = ()
    totals_short: tuple[TotalShort, ...] = ()
    policy_version: Count = 1
    pinned: tuple[Id, ...] = ()
    forbidden: tuple[Id, ...] = ()
    price: Price | None = None
    area: AreaDeparture | None = None
    joint_with: tuple[Id, ...] = ()
    took_ms: int
    map_version: ShortText = ""
    closures_version: ShortText = ""
    degraded: tuple[Code, ...] = ()


class WhyNot(Value):
    """Why a unit does not go, in machine-readable reasons."""

    unit_id: Id
    why: tuple[Why, ...]
