"""A report and the incident it becomes."""

from pydantic import Field

from kernel.contracts.base import (
    Code,
    Count,
    Form,
    Id,
    Instant,
    LongText,
    LonLat,
    Name,
    Number,
    Reason,
    ShortText,
    Truth,
    Value,
    Versioned,
)
from kernel.contracts.plans import CardRef, Requirement
from kernel.contracts.vocabulary import (
    AccidentGrade,
    AlarmLevel,
    HazardTag,
    IncidentKind,
    IncidentStatus,
    Occupancy,
    ReportOutcome,
)


class CallerForm(Form):
    """Who called. Private: kept apart, fetched by id, never in an event."""

    name: ShortText = ""
    phone: ShortText = ""


class ReportForm(Form):
    """What the caller said. Kind and place are enough; everything else may follow."""

    kind: IncidentKind
    at: LonLat
    address: Name
    alarm_level: AlarmLevel | None = None
    hazards: tuple[HazardTag, ...] = Field(default=(), max_length=20)
    occupancy: Occupancy = Occupancy.OTHER
    building_height_m: Number = Field(default=0, ge=0, le=1000)
    casualties: Count = 0
    trapped: Count = 0
    text: LongText = ""
    source: Code = "call"
    caller: CallerForm | None = None
    separate: Truth = False


class Facts(Form):
    """Later facts about an incident; fields left out stay as they are. A level change needs a reason."""

    kind: IncidentKind | None = None
    alarm_level: AlarmLevel | None = None
    hazards: tuple[HazardTag, ...] | None = Field(default=None, max_length=20)
    occupancy: Occupancy | None = None
    building_height_m: Number | None = Field(default=None, ge=0, le=1000)
    casualties: Count | None = None
    trapped: Count | None = None
    accident_grade: AccidentGrade | None = None
    commander: ShortText | None = None
    lines: tuple[Requirement, ...] | None = Field(default=None, max_length=40)
    reason: ShortText = ""


class MergeSuggestion(Value):
    """Evidence that a report repeats an open incident: metres, seconds apart, same kind."""

    incident_id: Id
    distance_m: int
    seconds_apart: int
    same_kind: bool


class Report(Versioned):
    """接报: what the caller said, before and after it is an incident."""

    kind: IncidentKind
    at: LonLat
    address: Name
    text: LongText = ""
    source: Code = "call"
    caller_id: Id | None = None
    outcome: ReportOutcome
    incident_id: Id | None = None
    reported_at: Instant
    suggestions: tuple[MergeSuggestion, ...] = ()


class Incident(Versioned):
    """突发事件/警情. `requirements` are the merged needs in force, each line with its source."""

    number: ShortText
    kind: IncidentKind
    at: LonLat
    address: Name
    district: ShortText = ""
    alarm_level: AlarmLevel
    accident_grade: AccidentGrade | None = None
    hazards: tuple[HazardTag, ...] = ()
    occupancy: Occupancy = Occupancy.OTHER
    building_height_m: float = 0
    casualties: Count = 0
    trapped: Count = 0
    status: IncidentStatus
    area_station_id: Id | None = None
    commander: ShortText = ""
    cards: tuple[CardRef, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    reported_at: Instant
    dispatched_at: Instant | None = None
    first_arrival_at: Instant | None = None
    controlled_at: Instant | None = None
    resolved_at: Instant | None = None
    closed_at: Instant | None = None
    merged_into: Id | None = None
    reports: Count = 1
    recommendation_id: Id | None = None


class IncidentEntry(Versioned):
    """One line of an incident's log; what grows is its own small thing."""

    incident_id: Id
    at: Instant
    code: Code
    params: dict[str, str | int | float | None] = {}
    actor: ShortText


class Reported(Value):
    """Answer to a report: the report with its merge evidence, and the incident it opened."""

    report: Report
    incident: Incident


class MergeForm(Form):
    """Merges this incident into another."""

    into: Id


class OutcomeForm(Form):
    """Ends a report without an incident of its own."""

    outcome: ReportOutcome
    reason: Reason


class StepForm(Form):
    """Moves an incident to its next state."""

    to: IncidentStatus
    reason: ShortText = ""


class NoteForm(Form):
    """A free line for the incident's log."""

    text: Name
