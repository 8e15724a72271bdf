"""The SQL of incidents and who goes. get_ raises NotFound, find_ returns None, list_ all, save takes the next version.

`save` writes a value and records its event in one place, so that no state changes without one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from math import cos, radians
from typing import Any, TypeVar

from sqlalchemy import Select, Table, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningInsert

from dispatch import tables
from dispatch.rules.incident import ENDED
from kernel.clock import real_now
from kernel.contracts.aid import AidRequest
from kernel.contracts.assignment import Assignment, Closure, Control, Route, SupplyOrder
from kernel.contracts.base import LonLat, Versioned
from kernel.contracts.coverage import Coverage
from kernel.contracts.incident import CallerForm, Incident, IncidentEntry, Report
from kernel.contracts.move_up_order import MoveUpOrder
from kernel.contracts.policy import DispatchPolicy
from kernel.contracts.recommendation import Recommendation
from kernel.contracts.vocabulary import ACTIVE_ASSIGNMENT, AssignmentStatus, MoveUpStatus
from kernel.database import Thing, Transaction
from kernel.errors import Conflict, NotFound

V = TypeVar("V", bound=Versioned)
LOG_LIMIT = 500
METRES_OF_DEGREE = 110_000  # of latitude, less than anywhere: the box is never too small


@dataclass(frozen=True)
class Shelf:
    """Where one kind of thing is kept, and which of its fields are columns."""

    table: Table
    contract: type[Versioned]
    columns: Callable[[Any], Mapping[str, Any]]


def _point(at: LonLat) -> str:
    return f"SRID=4326;POINT({at[0]!r} {at[1]!r})"


SHELVES: Mapping[str, Shelf] = {
    "incident": Shelf(
        tables.incidents,
        Incident,
        lambda it: {"status": it.status, "kind": it.kind, "point": _point(it.at), "reported_at": it.reported_at},
    ),
    "report": Shelf(tables.reports, Report, lambda it: {"incident_id": it.incident_id, "reported_at": it.reported_at}),
    "entry": Shelf(tables.entries, IncidentEntry, lambda it: {"incident_id": it.incident_id, "at": it.at}),
    "assignment": Shelf(
        tables.assignments,
        Assignment,
        lambda it: {
            "incident_id": it.incident_id,
            "unit_id": it.unit_id,
            "status": it.status,
            "active": it.status in ACTIVE_ASSIGNMENT,
            "exclusive": it.exclusive,
            "arrived_at": it.arrived_at,
            "ended_at": it.ended_at,
        },
    ),
    "supply_order": Shelf(
        tables.supply_orders, SupplyOrder, lambda it: {"incident_id": it.incident_id, "status": it.status}
    ),
    "recommendation": Shelf(
        tables.recommendations,
        Recommendation,
        lambda it: {"incident_id": it.incident_id, "queued": it.alternatives_due},
    ),
    "aid_request": Shelf(
        tables.aid_requests, AidRequest, lambda it: {"incident_id": it.incident_id, "status": it.status}
    ),
    "move_up_order": Shelf(
        tables.move_up_orders,
        MoveUpOrder,
        lambda it: {"unit_id": it.unit_id, "active": it.status is not MoveUpStatus.ENDED},
    ),
    "closure": Shelf(tables.closures, Closure, lambda it: {"lifted": it.lifted}),
    "control": Shelf(tables.controls, Control, lambda it: {}),
    "coverage": Shelf(tables.coverages, Coverage, lambda it: {}),
    "policy": Shelf(tables.policies, DispatchPolicy, lambda it: {}),
}


async def save(tx: Transaction, kind: str, value: Versioned, event: str, *, scope: str = "|open", **extra: Any) -> None:
    """Writes the next version of a thing and records its event. Raises Conflict `changed_meanwhile`."""
    shelf = SHELVES[kind]
    table = shelf.table
    columns = {
        "version": value.version,
        "scope": scope,
        "body": tx.record(event, kind, value, scope),
        **shelf.columns(value),
        **extra,
    }
    if value.version == 1:
        tx.insert(table, {"realm": tx.realm, "id": value.id, **columns})
        return
    mine = (table.c.realm == tx.realm, table.c.id == value.id, table.c.version == value.version - 1)
    done = await tx.execute(update(table).where(*mine).values(columns))
    if done.rowcount != 1:
        raise Conflict("changed_meanwhile", "Somebody changed this meanwhile. Look again.", kind=kind, id=value.id)


async def find(tx: Transaction, kind: str, contract: type[V], id_: str, *, lock: bool = False) -> V | None:
    """The current value of a thing, locked for the transaction if asked, or None."""
    table = SHELVES[kind].table
    wanted = select(table.c.body).where(table.c.realm == tx.realm, table.c.id == id_)
    # Rows that refer to this thing share a lock on its key; to ask for the key, too, deadlocks two that do both.
    body = (await tx.execute(wanted.with_for_update(key_share=True) if lock else wanted)).scalar()
    return None if body is None else contract.model_validate(body)


async def get(tx: Transaction, kind: str, contract: type[V], id_: str, *, lock: bool = False) -> V:
    """The current value of a thing. Raises NotFound."""
    value = await find(tx, kind, contract, id_, lock=lock)
    if value is None:
        raise NotFound(f"{kind}_unknown", f"There is no such {kind.replace('_', ' ')}.")
    return value


async def list_of(
    tx: Transaction, kind: str, contract: type[V], *where: Any, order: Any = None, lock: bool = False
) -> list[V]:
    """Things of a kind where all conditions hold, by id or in another order, locked in that order if asked."""
    table = SHELVES[kind].table
    wanted = (
        select(table.c.body).where(table.c.realm == tx.realm, *where).order_by(table.c.id if order is None else order)
    )
    rows = await tx.execute(wanted.with_for_update(key_share=True) if lock else wanted)
    return [contract.model_validate(body) for body in rows.scalars()]


async def list_open_incidents(tx: Transaction) -> list[Incident]:
    """Incidents that have not ended, by id."""
    return await list_of(tx, "incident", Incident, tables.incidents.c.status.not_in([s.value for s in ENDED]))


async def list_open_near(
    tx: Transaction, at: LonLat, metres: float, since: datetime, until: datetime
) -> list[Incident]:
    """Incidents that have not ended, reported between two instants in a box of so many metres round a place; by id.

    A report looks at these alone: to read every open incident would make each report of a long day dearer.
    """
    high = metres / METRES_OF_DEGREE
    wide = high / max(0.01, cos(radians(at[1])))
    box = {"west": at[0] - wide, "south": at[1] - high, "east": at[0] + wide, "north": at[1] + high}
    found = await tx.execute(_open_near(), {"realm": tx.realm, "since": since, "until": until} | box)
    return [Incident.model_validate(body) for body in found.scalars()]


@cache
def _open_near() -> Select[Any]:
    """Built once: to build it costs more than to run it."""
    incident = tables.incidents.c
    box = func.ST_MakeEnvelope(*map(bindparam, ("west", "south", "east", "north")), 4326)
    return (
        select(incident.body)
        .where(incident.realm == bindparam("realm"), incident.status.not_in([s.value for s in ENDED]))
        .where(incident.reported_at.between(bindparam("since"), bindparam("until")), incident.point.op("&&")(box))
        .order_by(incident.id)
    )


async def list_reports(tx: Transaction, incident_id: str) -> list[Report]:
    """The reports of an incident, by id."""
    return await list_of(tx, "report", Report, tables.reports.c.incident_id == incident_id)


async def list_assignments(tx: Transaction, incident_id: str) -> list[Assignment]:
    """All assignments of an incident, by id."""
    return await list_of(tx, "assignment", Assignment, tables.assignments.c.incident_id == incident_id)


async def list_current_assignments(tx: Transaction) -> list[Assignment]:
    """Assignments whose unit is committed or on its way home."""
    going = [status.value for status in (*ACTIVE_ASSIGNMENT, AssignmentStatus.RETURNING)]
    return await list_of(tx, "assignment", Assignment, tables.assignments.c.status.in_(going))


async def list_returning(tx: Transaction, unit_ids: Iterable[str]) -> list[Assignment]:
    """Assignments on which some units are on their way home, locked; who clears one meanwhile is waited for."""
    held = tables.assignments.c
    mine = (held.unit_id.in_(sorted(unit_ids)), held.status == AssignmentStatus.RETURNING.value)
    return await list_of(tx, "assignment", Assignment, *mine, lock=True)


async def list_away_units(tx: Transaction) -> frozenset[str]:
    """Units that are committed or on their way home."""
    held, going = tables.assignments.c, [status.value for status in (*ACTIVE_ASSIGNMENT, AssignmentStatus.RETURNING)]
    wanted = select(held.unit_id).where(held.realm == tx.realm, held.status.in_(going))
    return frozenset((await tx.execute(wanted)).scalars())


async def list_supply_orders(tx: Transaction, incident_id: str | None = None) -> list[SupplyOrder]:
    """Supply orders of an incident, or of every open incident."""
    orders, incidents = tables.supply_orders, tables.incidents
    open_ids = select(incidents.c.id).where(
        incidents.c.realm == tx.realm, incidents.c.status.not_in([s.value for s in ENDED])
    )
    which = orders.c.incident_id == incident_id if incident_id else orders.c.incident_id.in_(open_ids)
    return await list_of(tx, "supply_order", SupplyOrder, which)


async def list_unsettled_supply_orders(tx: Transaction) -> list[SupplyOrder]:
    """Supply orders whose state the register does not know yet."""
    orders = tables.supply_orders
    return await list_of(tx, "supply_order", SupplyOrder, orders.c.settled != orders.c.status)


async def mark_settled(tx: Transaction, supply_order_id: str, status: str) -> None:
    """Remembers the state that the register has acknowledged."""
    orders = tables.supply_orders
    mine = (orders.c.realm == tx.realm, orders.c.id == supply_order_id)
    await tx.execute(update(orders).where(*mine).values(settled=status))


async def list_closures(tx: Transaction) -> list[Closure]:
    """Closures that are not lifted."""
    return await list_of(tx, "closure", Closure, tables.closures.c.lifted.is_(False))


async def list_log(tx: Transaction, incident_id: str) -> list[IncidentEntry]:
    """The log of an incident in order of time."""
    entries = tables.entries
    return await list_of(tx, "entry", IncidentEntry, entries.c.incident_id == incident_id, order=entries.c.at)


async def log(tx: Transaction, incident_id: str, entry_id: str, code: str, scope: str = "|open", **params: Any) -> None:
    """Adds a line to an incident's log."""
    entry = IncidentEntry(
        id=entry_id, incident_id=incident_id, at=tx.at, code=code, params=params, actor=tx.principal.subject
    )
    await save(tx, "entry", entry, "incident.logged", scope=scope)


async def scope_of(tx: Transaction, incident_id: str) -> str:
    """The scope in which an incident and all that belongs to it is published."""
    incidents = tables.incidents
    found = await tx.execute(
        select(incidents.c.scope).where(incidents.c.realm == tx.realm, incidents.c.id == incident_id)
    )
    return str(found.scalar() or "|open")


async def find_active_assignment(tx: Transaction, unit_id: str) -> Assignment | None:
    """The exclusive commitment of a unit, if any."""
    held = tables.assignments
    found = await list_of(
        tx, "assignment", Assignment, held.c.unit_id == unit_id, held.c.active.is_(True), held.c.exclusive.is_(True)
    )
    return found[0] if found else None


async def take_unit(tx: Transaction, assignment: Assignment, scope: str) -> None:
    """Commits a unit. Raises Conflict `unit_taken` with who has it and since when, for everybody but the first."""
    try:
        async with tx.savepoint():
            await save(tx, "assignment", assignment, "assignment.dispatched", scope=scope)
    except IntegrityError as error:
        if "one_active_assignment" not in str(error.orig):
            raise
        raise await taken(tx, assignment.unit_id) from error


async def taken(tx: Transaction, unit_id: str) -> Conflict:
    """The refusal that says who has a unit and since when."""
    holder = await find_active_assignment(tx, unit_id)
    if holder is None:
        return Conflict("unit_taken", "This unit was taken and released this instant. Try again.", unit_id=unit_id)
    incident = await get(tx, "incident", Incident, holder.incident_id)
    actor = await _first_actor(tx, holder.id)
    return Conflict(
        "unit_taken",
        f"This unit was sent to {incident.number} at {holder.dispatched_at:%H:%M:%S} UTC by {actor}.",
        unit_id=unit_id,
        incident_id=incident.id,
        incident_number=incident.number,
        at=holder.dispatched_at.isoformat(),
        by=actor,
        by_name=holder.ordered_by,
    )


async def _first_actor(tx: Transaction, assignment_id: str) -> str:
    events = tables.LEDGER.events
    first = select(events.c.actor).where(
        events.c.realm == tx.realm, events.c.kind == "assignment", events.c.id == assignment_id, events.c.version == 1
    )
    return str((await tx.execute(first)).scalar() or "?")


async def next_number(tx: Transaction, day: date) -> int:
    """The next incident number of a day; its row stays locked until commit."""
    first = {"realm": tx.realm, "day": day, "last": 1}
    return int((await tx.execute(_next_number(), first)).scalar_one())


@cache
def _next_number() -> ReturningInsert[Any]:
    last = tables.numbers.c.last
    following = {"last": last + 1}
    return insert(tables.numbers).on_conflict_do_update(index_elements=["realm", "day"], set_=following).returning(last)


def save_person(tx: Transaction, person_id: str, caller: CallerForm) -> None:
    """Keeps who called apart from everything that is published."""
    row = {"realm": tx.realm, "id": person_id, "recorded_at": real_now(), **caller.model_dump()}
    tx.insert(tables.persons, row)


async def get_person(tx: Transaction, person_id: str) -> CallerForm:
    """Who called. Raises NotFound. The reading is audited by the caller of this."""
    persons = tables.persons
    wanted = select(persons.c.name, persons.c.phone).where(persons.c.realm == tx.realm, persons.c.id == person_id)
    row = (await tx.execute(wanted)).mappings().first()
    if row is None:
        raise NotFound("person_unknown", "There is no such person.")
    return CallerForm(**row)


async def find_route(tx: Transaction, assignment_id: str) -> Route | None:
    """The stored route of an assignment."""
    routes = tables.routes
    wanted = select(routes.c.body).where(routes.c.realm == tx.realm, routes.c.assignment_id == assignment_id)
    body = (await tx.execute(wanted)).scalar()
    return None if body is None else Route.model_validate(body)


async def keep_route(tx: Transaction, assignment_id: str, route: Route) -> None:
    """Stores a computed route; the first one stays."""
    row = {"realm": tx.realm, "assignment_id": assignment_id, "body": route.model_dump(mode="json")}
    await tx.execute(insert(tables.routes).values(row).on_conflict_do_nothing())


async def sweep_canary(tx: Transaction, older_than: timedelta) -> None:
    """Removes what the canary has left and is older than this real time."""
    await tx.execute(text("SELECT dispatch.sweep_canary(:older_than)"), {"older_than": older_than})


async def current(tx: Transaction) -> Sequence[Thing]:
    """Everything current of dispatch, for snapshots: open incidents and all of theirs, move-ups, closures, controls."""
    incidents = tables.incidents
    still = [s.value for s in ENDED]
    open_ids = select(incidents.c.id).where(incidents.c.realm == tx.realm, incidents.c.status.not_in(still))
    things: list[Thing] = []
    for kind, shelf in SHELVES.items():
        table = shelf.table
        wanted = select(table.c.body, table.c.scope).where(table.c.realm == tx.realm)
        if kind == "incident":
            wanted = wanted.where(table.c.status.not_in(still))
        elif "incident_id" in table.c:
            wanted = wanted.where(table.c.incident_id.in_(open_ids))
        elif kind == "closure":
            wanted = wanted.where(table.c.lifted.is_(False))
        elif kind == "move_up_order":
            wanted = wanted.where(table.c.active)
        if kind == "entry":
            wanted = wanted.order_by(table.c.at.desc()).limit(LOG_LIMIT)
        rows = (await tx.execute(wanted)).all()
        things += [Thing(kind, shelf.contract.model_validate(row.body), row.scope) for row in rows]
    return things
