"""From a report to a closed incident: open, learn, step, merge, end."""

from dispatch import store
from dispatch.commands import new_id
from dispatch.commands.aid import end_all, move_all
from dispatch.commands.supplies import cancel_waiting
from dispatch.own import Own
from dispatch.rules import incident as rules
from dispatch.rules.needs import BEIJING, card_refs, matching_cards, requirements
from dispatch.rules.repeats import NEAR_M, WITHIN, suggestions
from kernel.contracts.base import LonLat
from kernel.contracts.incident import (
    CallerForm,
    Facts,
    Incident,
    MergeForm,
    NoteForm,
    OutcomeForm,
    Report,
    Reported,
    ReportForm,
    StepForm,
)
from kernel.contracts.plans import Requirement
from kernel.contracts.vocabulary import IncidentStatus, ReportOutcome
from kernel.database import Transaction
from kernel.errors import Conflict, Invalid

COMMANDER = "commander"


async def report(tx: Transaction, own: Own, form: ReportForm) -> Reported:
    """Opens an incident from a report at once; what it may repeat is evidence beside it, merged by one key."""
    await _refuse_outside(own, form.at)
    near = () if form.separate else await store.list_open_near(tx, form.at, NEAR_M, tx.at - WITHIN, tx.at + WITHIN)
    repeats = suggestions(form.kind, form.at, tx.at, near)
    area = own.copies.area_of(form.at)
    scope = own.copies.scope_of(area)
    opened = rules.open_incident(form, incident_id=new_id("inc"), at=tx.at)
    placed = opened.model_copy(
        update={"area_station_id": area.id if area else None, "district": area.district if area else ""}
    )
    needing = with_needs(own, placed, tx)
    caller_id = _keep_caller(tx, form.caller)
    said = rules.open_report(form, report_id=new_id("rep"), incident_id=opened.id, caller_id=caller_id, at=tx.at)
    said = said.model_copy(update={"suggestions": repeats})
    # The number comes last: it is locked until commit, and every other report of the day waits for it.
    day = tx.at.astimezone(BEIJING)
    number = f"{day:%m%d}-{await store.next_number(tx, day.date()):04d}"
    incident = needing.model_copy(update={"number": number})
    await store.save(tx, "incident", incident, "incident.reported", scope=scope)
    await store.save(tx, "report", said, "report.received", scope=scope)
    await store.log(tx, incident.id, new_id("log"), "reported", scope, source=form.source, kind=form.kind)
    return Reported(report=said, incident=incident)


async def _refuse_outside(own: Own, at: LonLat) -> None:
    west, south, east, north = await own.service_box()
    if not (west <= at[0] <= east and south <= at[1] <= north):
        raise Invalid(
            "outside_area", "This place is outside the service area of the loaded map.", box=(west, south, east, north)
        )


def _keep_caller(tx: Transaction, caller: CallerForm | None) -> str | None:
    if caller is None or not (caller.name or caller.phone):
        return None
    person_id = new_id("per")
    store.save_person(tx, person_id, caller)
    return person_id


def with_needs(own: Own, incident: Incident, tx: Transaction, lines: tuple[Requirement, ...] | None = None) -> Incident:
    """The incident with its needs computed from the cards in force; the commander's own lines stay."""
    cards = matching_cards(incident, own.copies.cards.values(), at=tx.at)
    mine = tuple(line for line in incident.requirements if line.source == COMMANDER)
    if lines is not None:
        mine = tuple(line.model_copy(update={"source": COMMANDER}) for line in lines)
    needs = requirements(incident, cards, own.copies.force_table, mine)
    return incident.model_copy(update={"requirements": needs, "cards": card_refs(cards)})


async def learn(tx: Transaction, own: Own, incident_id: str, facts: Facts) -> Incident:
    """Takes later facts; the needs follow, and the next recommendation sends the difference."""
    before = await store.get(tx, "incident", Incident, incident_id, lock=True)
    changed = with_needs(own, rules.with_facts(before, facts), tx, facts.lines)
    scope = await store.scope_of(tx, incident_id)
    await store.save(tx, "incident", changed, "incident.changed", scope=scope)
    if changed.alarm_level != before.alarm_level:
        params = {"before": int(before.alarm_level), "after": int(changed.alarm_level), "reason": facts.reason}
        await store.log(tx, incident_id, new_id("log"), "level_changed", scope, **params)
    else:
        fields = sorted(name for name, value in facts if value is not None and name != "reason")
        await store.log(tx, incident_id, new_id("log"), "facts", scope, fields=",".join(fields))
    return changed


async def step(tx: Transaction, incident_id: str, form: StepForm) -> Incident:
    """Takes an incident to its next state; ended states only when nothing is committed."""
    incident = await store.get(tx, "incident", Incident, incident_id, lock=True)
    if form.to in (IncidentStatus.MERGED, IncidentStatus.DISPATCHED, IncidentStatus.REPORTED):
        raise Conflict("illegal_step", "This state follows from an order or a merge and is not set by hand.")
    return await move(tx, incident, form.to, reason=form.reason)


async def move(tx: Transaction, incident: Incident, to: IncidentStatus, *, reason: str = "") -> Incident:
    """Saves and logs a legal step of an incident that is already loaded and locked."""
    assignments = await store.list_assignments(tx, incident.id)
    moved = rules.step(incident, to, assignments, at=tx.at)
    scope = await store.scope_of(tx, incident.id)
    await store.save(tx, "incident", moved, f"incident.{to}", scope=scope)
    await store.log(tx, incident.id, new_id("log"), "status", scope, to=to, reason=reason)
    if to in rules.ENDED:
        await cancel_waiting(tx, incident.id)
        await end_all(tx, incident.id)
    return moved


async def merge(tx: Transaction, own: Own, incident_id: str, form: MergeForm) -> Incident:
    """Merges an incident into another: its reports and facts live on there. Returns the one that stays."""
    first, second = sorted((incident_id, form.into))
    loaded = {id_: await store.get(tx, "incident", Incident, id_, lock=True) for id_ in (first, second)}
    rules.refuse_committed(await store.list_assignments(tx, incident_id))
    gone, kept = rules.merged(loaded[incident_id], loaded[form.into])
    kept = with_needs(own, kept, tx)
    scope = await store.scope_of(tx, kept.id)
    await store.save(tx, "incident", gone, "incident.merged", scope=await store.scope_of(tx, gone.id))
    await store.save(tx, "incident", kept, "incident.changed", scope=scope)
    await move_all(tx, incident_id, kept.id)
    for said in await store.list_reports(tx, incident_id):
        moved = said.model_copy(
            update={"outcome": ReportOutcome.MERGED, "incident_id": kept.id, "version": said.version + 1}
        )
        await store.save(tx, "report", moved, "report.merged", scope=scope)
    await store.log(tx, kept.id, new_id("log"), "merged", scope, number=gone.number)
    return kept


async def end_report(tx: Transaction, report_id: str, form: OutcomeForm) -> Report:
    """Ends a report as transferred, false or needing no action; an incident of its own is canceled with it."""
    if form.outcome not in (ReportOutcome.TRANSFERRED, ReportOutcome.FALSE, ReportOutcome.NO_ACTION):
        raise Invalid("outcome_not_by_hand", "Choose transferred, false or no action.")
    said = await store.get(tx, "report", Report, report_id, lock=True)
    if said.outcome is not ReportOutcome.INCIDENT or said.incident_id is None:
        raise Conflict("report_ended", f"This report has ended as {said.outcome}.")
    incident = await store.get(tx, "incident", Incident, said.incident_id, lock=True)
    if incident.reports == 1:
        await move(tx, incident, IncidentStatus.CANCELED, reason=form.reason)
    ended = said.model_copy(update={"outcome": form.outcome, "version": said.version + 1})
    scope = await store.scope_of(tx, incident.id)
    await store.save(tx, "report", ended, f"report.{form.outcome}", scope=scope)
    await store.log(tx, incident.id, new_id("log"), "report_ended", scope, outcome=form.outcome, reason=form.reason)
    return ended


async def note(tx: Transaction, incident_id: str, form: NoteForm) -> None:
    """Adds a free line to the log."""
    await store.get(tx, "incident", Incident, incident_id)
    scope = await store.scope_of(tx, incident_id)
    await store.log(tx, incident_id, new_id("log"), "note", scope, text=form.text)


async def read_caller(tx: Transaction, person_id: str) -> CallerForm:
    """Who called; the reading goes into the audit log."""
    caller = await store.get_person(tx, person_id)
    tx.note("person.read", "person", person_id)
    return caller
