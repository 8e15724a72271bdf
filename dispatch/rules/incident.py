"""An incident's life: how a report opens it, its legal steps, its level, and when it may close."""

from collections.abc import Iterable
from datetime import datetime

from kernel.contracts.assignment import Assignment
from kernel.contracts.incident import Facts, Incident, Report, ReportForm
from kernel.contracts.vocabulary import (
    ACTIVE_ASSIGNMENT,
    ENDED_INCIDENT,
    AlarmLevel,
    HazardTag,
    IncidentKind,
    IncidentStatus,
    ReportOutcome,
)
from kernel.errors import Conflict, Invalid

S = IncidentStatus
LEGAL: dict[IncidentStatus, frozenset[IncidentStatus]] = {
    S.REPORTED: frozenset({S.DISPATCHED, S.MERGED, S.CANCELED}),
    S.DISPATCHED: frozenset({S.REPORTED, S.ON_SCENE, S.MERGED, S.CANCELED}),
    S.ON_SCENE: frozenset({S.CONTROLLED, S.CANCELED}),
    S.CONTROLLED: frozenset({S.ON_SCENE, S.RESOLVED}),
    S.RESOLVED: frozenset({S.CONTROLLED, S.CLOSED}),
    S.CLOSED: frozenset(),
    S.MERGED: frozenset(),
    S.CANCELED: frozenset(),
}
ENDED = ENDED_INCIDENT
STAMPS = {
    S.DISPATCHED: "dispatched_at",
    S.ON_SCENE: "first_arrival_at",
    S.CONTROLLED: "controlled_at",
    S.RESOLVED: "resolved_at",
    S.CLOSED: "closed_at",
}

# Special premises start at level 3 (Guangdong alarm levels; high-rise command points, niuyw 3480).
SPECIAL = frozenset(
    {IncidentKind.FIRE_HIGHRISE, IncidentKind.FIRE_UNDERGROUND, IncidentKind.FIRE_TANK, IncidentKind.METRO_SMOKE}
)
BY_CASUALTIES = ((30, AlarmLevel.FIVE), (10, AlarmLevel.FOUR), (3, AlarmLevel.THREE), (1, AlarmLevel.TWO))


def open_report(form: ReportForm, *, report_id: str, incident_id: str, caller_id: str | None, at: datetime) -> Report:
    """The report of a form, already an incident of its own."""
    return Report(
        id=report_id,
        kind=form.kind,
        at=form.at,
        address=form.address,
        text=form.text,
        source=form.source,
        caller_id=caller_id,
        outcome=ReportOutcome.INCIDENT,
        incident_id=incident_id,
        reported_at=at,
    )


def open_incident(form: ReportForm, *, incident_id: str, at: datetime) -> Incident:
    """The incident of a report, not yet numbered. Without a level the first judgement is by kind and casualties."""
    return Incident(
        id=incident_id,
        number="",
        kind=form.kind,
        at=form.at,
        address=form.address,
        alarm_level=form.alarm_level or suggested_level(form.kind, form.casualties + form.trapped),
        hazards=with_height(form.hazards, form.building_height_m),
        occupancy=form.occupancy,
        building_height_m=form.building_height_m,
        casualties=form.casualties,
        trapped=form.trapped,
        status=S.REPORTED,
        reported_at=at,
    )


def suggested_level(kind: IncidentKind, people: int) -> AlarmLevel:
    """火警等级 by people hurt or trapped and by special premises (Guangdong levels: 1, 3, 10, 30 people)."""
    by_people = next((level for least, level in BY_CASUALTIES if people >= least), AlarmLevel.ONE)
    return max(by_people, AlarmLevel.THREE) if kind in SPECIAL else by_people


def with_height(hazards: Iterable[HazardTag], height_m: float) -> tuple[HazardTag, ...]:
    """Hazard tags with those that the building's height implies: over 24 m high-rise, over 100 m super high-rise."""
    implied = {HazardTag.HIGHRISE} if 24 < height_m <= 100 else {HazardTag.SUPER_HIGHRISE} if height_m > 100 else set()
    return tuple(sorted(set(hazards) | implied))


def with_facts(incident: Incident, facts: Facts) -> Incident:
    """The incident with later facts. Raises Invalid `reason_missing` for a level change without a reason."""
    refuse_ended(incident)
    changes = {name: value for name, value in facts if value is not None and name not in ("reason", "lines")}
    level = changes.get("alarm_level")
    if level is not None and level != incident.alarm_level and not facts.reason:
        raise Invalid("reason_missing", "Say why the alarm level changes.")
    changed = incident.model_copy(update=changes)
    hazards = with_height(changed.hazards, changed.building_height_m)
    return changed.model_copy(update={"hazards": hazards, "version": incident.version + 1})


def step(incident: Incident, to: IncidentStatus, assignments: Iterable[Assignment], *, at: datetime) -> Incident:
    """The incident in its next state. Raises Conflict `illegal_step` or `still_committed`."""
    if to not in LEGAL[incident.status]:
        raise Conflict(
            "illegal_step", f"An incident that is {incident.status} cannot become {to}.", status_now=incident.status
        )
    if to in ENDED:
        refuse_committed(assignments)
    update: dict[str, object] = {"status": to, "version": incident.version + 1}
    stamp = STAMPS.get(to)
    if stamp and getattr(incident, stamp) is None:
        update[stamp] = at
    return incident.model_copy(update=update)


def refuse_committed(assignments: Iterable[Assignment]) -> None:
    """Raises Conflict `still_committed` while any unit is committed."""
    units = sorted(each.unit_id for each in assignments if each.status in ACTIVE_ASSIGNMENT)
    if units:
        raise Conflict("still_committed", f"{len(units)} units are still committed to this incident.", unit_ids=units)


def refuse_ended(incident: Incident) -> None:
    """Raises Conflict `incident_ended` for an incident that is closed, merged or canceled."""
    if incident.status in ENDED:
        raise Conflict("incident_ended", f"This incident is {incident.status}.", status_now=incident.status)


def merged(incident: Incident, into: Incident) -> tuple[Incident, Incident]:
    """Both incidents after a merge. Raises Conflict for a merge into itself, or of anything ended."""
    if incident.id == into.id:
        raise Conflict("merge_itself", "An incident cannot be merged into itself.")
    refuse_ended(into)
    if S.MERGED not in LEGAL[incident.status]:
        raise Conflict("illegal_step", f"An incident that is {incident.status} cannot be merged.")
    gone = incident.model_copy(update={"status": S.MERGED, "merged_into": into.id, "version": incident.version + 1})
    kept = into.model_copy(
        update={
            "reports": into.reports + incident.reports,
            "casualties": max(into.casualties, incident.casualties),
            "trapped": max(into.trapped, incident.trapped),
            "hazards": tuple(sorted(set(into.hazards) | set(incident.hazards))),
            "version": into.version + 1,
        }
    )
    return gone, kept
