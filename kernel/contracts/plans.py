"""Response cards: the force that a kind of incident needs at a level, and the packages that hazards add."""

from enum import StrEnum

from pydantic import Field

from kernel.contracts.base import (
    Code,
    Count,
    Form,
    Id,
    Name,
    Number,
    Seconds,
    ShortText,
    Truth,
    Value,
    Versioned,
    Whole,
)
from kernel.contracts.vocabulary import AlarmLevel, HazardTag, IncidentKind, Occupancy


class LineKind(StrEnum):
    """How a requirement is met: by counting units, by adding up an attribute, or by stock."""

    COUNT = "count"
    SUM = "sum"
    MATERIAL = "material"


class Threshold(Value):
    """A parameter that a unit must reach to count; `height_m` may be raised to the building's height."""

    parameter: Code
    at_least: Number = Field(ge=0)


def _is_none(value: object) -> bool:
    return value is None


class Substitute(Value):
    """替代: `each` units of this kind stand in for one of a line; for each, the full force counts `penalty_s` later."""

    capabilities: tuple[Code, ...] = Field(min_length=1, max_length=20)
    each: Whole = Field(default=2, ge=1, le=10)
    amount: Count = 1
    thresholds: tuple[Threshold, ...] = ()
    penalty_s: Seconds = Field(default=300, le=86_400)


class Requirement(Value):
    """力量需求, one line. COUNT: `quantity` units having any of `capabilities` at `amount` or more and all thresholds.

    SUM: units whose `attribute` adds up to `quantity` (pump_lps, crew, foam_l). MATERIAL: `quantity` of `item_code`.
    """

    key: Code
    kind: LineKind
    capabilities: tuple[Code, ...] = ()
    amount: Count = 1
    thresholds: tuple[Threshold, ...] = ()
    attribute: Code | None = None
    item_code: Code | None = None
    quantity: Count
    deadline_s: Seconds | None = None
    hard: Truth = True
    weight: Count = 100
    first_due: Truth = False
    source: ShortText = ""
    substitute: Substitute | None = Field(default=None, exclude_if=_is_none)  # a table has hundreds of lines


class Conditions(Value):
    """When a card applies; an empty field matches everything. Hours are local 0-23, seasons winter|summer."""

    kinds: tuple[IncidentKind, ...] = ()
    levels: tuple[AlarmLevel, ...] = ()
    hazards: tuple[HazardTag, ...] = ()
    occupancies: tuple[Occupancy, ...] = ()
    min_height_m: Number | None = Field(default=None, ge=0)
    max_height_m: Number | None = Field(default=None, ge=0)
    hours: tuple[Whole, ...] = ()
    season: ShortText = ""


class Formation(Value):
    """基本战斗编成 as counts of formation keys, e.g. WATER_TENDER: 4."""

    key: Code
    members: dict[Code, Count]
    per_level: dict[str, Count]
    source: ShortText = ""


class ResponseCard(Versioned):
    """等级调派表: needs of one kind of incident under conditions. A published version never changes."""

    name: Name
    name_en: ShortText = ""
    conditions: Conditions
    formation: Formation | None = None
    lines: tuple[Requirement, ...] = ()
    initial_level: AlarmLevel | None = None
    priority: Count = 0
    retired: bool = False
    source: ShortText = ""


class FormationKey(Value):
    """How a formation key becomes a count line."""

    key: Code
    capabilities: tuple[Code, ...]
    amount: Count = 1
    thresholds: tuple[Threshold, ...] = ()
    height_of_building: Truth = False


class ForceTable(Versioned):
    """The city's versioned vocabulary of force: formation keys, hazard add-on packages, receipt limits."""

    formation_keys: tuple[FormationKey, ...]
    add_ons: dict[HazardTag, tuple[Requirement, ...]]
    source: ShortText = ""


class ResponseCardForm(Form):
    """Creates or replaces a card as a new version."""

    name: Name
    name_en: ShortText = ""
    conditions: Conditions
    formation: Formation | None = None
    lines: tuple[Requirement, ...] = Field(default=(), max_length=60)
    initial_level: AlarmLevel | None = None
    priority: Count = 0
    source: ShortText = ""


class ForceTableForm(Form):
    """Replaces the force table as a new version."""

    formation_keys: tuple[FormationKey, ...] = Field(max_length=60)
    add_ons: dict[HazardTag, tuple[Requirement, ...]]
    source: ShortText = ""


class CardRef(Value):
    """The exact card version that an incident uses."""

    id: Id
    version: int
