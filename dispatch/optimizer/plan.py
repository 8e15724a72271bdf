"""What the optimizer answers: picks with their reasons, what is unmet and how far each claim is proved.

Reasons are codes with parameters, never sentences: the screens put them into words.
"""

import json
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import NamedTuple, TypeAlias

Value: TypeAlias = str | int | tuple[str, ...]
EXTRA = ""


class Role(NamedTuple):
    """One unit in one line of one incident; `line_id` EXTRA = sent for the sum lines only."""

    incident_id: str
    line_id: str
    unit_id: str


Roles = tuple[Role, ...]


class Limits(NamedTuple):
    """Per incident, in canonical order; all empty = no limits.

    `latest` = the completion that is as good as any earlier one, `first` = how late the first unit may be, `departed` =
    departing from the station area was worth its price, and costs no more.
    """

    latest: tuple[int, ...] = ()
    first: tuple[int | None, ...] = ()
    departed: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code with its parameters (the closed list is codes.py)."""

    code: str
    data: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Nearer:
    """A qualified unit that would be there earlier than the pick and is not used for its line, with the true reason."""

    unit_id: str
    eta_s: int
    why: Reason


@dataclass(frozen=True, slots=True)
class Pick:
    """A unit to send. `rank` = its place by arrival among all qualified units in service, 1 = nearest."""

    unit_id: str
    line_id: str
    eta_s: int
    method: str
    flags: tuple[str, ...]
    exact: bool
    rank: int
    why: tuple[Reason, ...]
    nearer: tuple[Nearer, ...]


@dataclass(frozen=True, slots=True)
class Standby:
    """A unit already committed, with the line it counts for (EXTRA: none) and the seconds until it is there."""

    unit_id: str
    line_id: str
    residual_s: int


@dataclass(frozen=True, slots=True)
class FirstAid:
    """A micro station within its radius, sent to begin before the first engine."""

    unit_id: str
    eta_s: int
    method: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """What a line lacks. `competing` = the lines that share too few units with it, `supply` = the units they share."""

    line_id: str
    missing: int
    competing: tuple[tuple[str, str], ...]
    supply: int
    why: Reason


@dataclass(frozen=True, slots=True)
class Limited:
    """Units that the limits of roads keep from a line, or make too late for it, and the nearest of them.

    It would be there in `would_s` without limits; `eta_s` with them, None = it has no way.
    """

    line_id: str
    units: int
    unit_id: str
    would_s: int
    eta_s: int | None


@dataclass(frozen=True, slots=True)
class SumTotal:
    """A sum line: what is needed and what the units committed and sent bring."""

    line_id: str
    attribute: str
    needed: int
    brought: int


@dataclass(frozen=True, slots=True)
class MaterialPick:
    """A quantity of one item from one stockpile on one truck; `nearer` = nearer stockpiles not used, with reasons."""

    line_id: str
    item: str
    quantity: int
    stockpile_id: str
    truck_id: str
    eta_s: int
    method: str
    flags: tuple[str, ...]
    exact: bool
    nearer: tuple[Nearer, ...]


@dataclass(frozen=True, slots=True)
class AreaDeparture:
    """The plan does not send the area's station although it could go; what that saves, in seconds and in unmet need."""

    station_ids: tuple[str, ...]
    nearest_unit_id: str
    saves_completion_s: int
    saves_first_due_s: int
    saves_unmet: int
    why: Reason


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures by which two plans are compared. Times in seconds over units still under way; None = nobody comes."""

    incident_id: str
    first_due_s: int | None
    completion_s: int | None
    mean_s: int | None
    unmet_units: int
    unmet_sums: int
    units: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class IncidentPlan:
    """All that one incident gets."""

    incident_id: str
    figures: Figures
    picks: tuple[Pick, ...]
    committed: tuple[Standby, ...]
    first_aid: tuple[FirstAid, ...]
    materials: tuple[MaterialPick, ...]
    unmet: tuple[Unmet, ...]
    unmet_materials: tuple[tuple[str, int], ...]
    sums: tuple[SumTotal, ...]
    area_departure: AreaDeparture | None
    limited: tuple[Limited, ...]


@dataclass(frozen=True, slots=True)
class GreedyBeside:
    """The greedy-nearest plan and, per incident, greedy minus ours (positive = ours is better)."""

    roles: Roles
    figures: tuple[Figures, ...]
    later_completion_s: tuple[tuple[str, int], ...]
    later_first_due_s: tuple[tuple[str, int], ...]
    more_unmet: tuple[tuple[str, int], ...]
    more_units: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """Risk covered by free units before and after a plan, of `total`; `uncovered` = the places left bare, with risk."""

    total: int
    before: int
    after: int
    uncovered: tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to answer all incidents: what it sends, when it is there, what it leaves behind, how far it is proved.

    `curves` = per incident the seconds of each arrival still to come, in order; `taken` = per station the units that
    leave it and the free ones that stay.
    """

    name: str
    roles: Roles
    figures: tuple[Figures, ...]
    curves: tuple[tuple[str, tuple[int, ...]], ...]
    cover: Cover
    taken: tuple[tuple[str, int, int], ...]
    proof: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How far each stage is proved: `proved`, `gap<=x%`, `flow`, `greedy`; `source` = which stage made the plan.

    `materials` may also be `near`: over the nearest stockpiles, or stopped by the budget. `failure` names what broke
    in a solver, empty = nothing. `guard_fired` = the wall clock ended a stage, so that a repeat may differ.
    """

    source: str
    unmet: str
    completion: str
    final: str
    materials: str
    flows: int
    deterministic_us: int
    guard_fired: bool
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The answer to one problem; `roles` are all units counted and sent, in canonical order.

    `alternatives`: the plan itself, one of every other style, and last the greedy one, all in the same terms.
    `limits` = those of the style by which the plan was judged. `stated` = the problem as text (problem.stated), no part
    of the plan's own JSON.
    """

    incidents: tuple[IncidentPlan, ...]
    roles: Roles
    greedy: GreedyBeside
    alternatives: tuple[Alternative, ...]
    provenance: Provenance
    input_hash: str
    solver: str
    limits: Limits = field(default_factory=Limits)
    stated: str = field(default="", repr=False)

    def to_json(self) -> str:
        """Canonical JSON: equal plans give equal bytes."""
        return json.dumps(_plain(replace(self, stated="")), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value
