"""HTTP of dispatch: each route is one command, nothing is decided here."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from dispatch import store
from dispatch.commands import (
    aid,
    assignments,
    incidents,
    move_up_orders,
    orders,
    policy,
    recommend,
    supplies,
    turns,
)
from dispatch.own import Own
from dispatch.store import aid as aid_store
from dispatch.store import move_up_orders as move_up_store
from dispatch.workers.jobs import NO_CHOICES
from kernel.clock import real_now
from kernel.contracts.aid import AidAnswerForm, AidForm, AidRequest, AidWithdrawForm
from kernel.contracts.assignment import (
    AdvanceForm,
    Assignment,
    Closure,
    ClosureForm,
    Control,
    ControlForm,
    DivertForm,
    Ordered,
    OrderForm,
    PositionsForm,
    ReleaseForm,
    Route,
    SupplyOrder,
    SupplyStepForm,
)
from kernel.contracts.base import Id, Instant
from kernel.contracts.events import PositionPage
from kernel.contracts.incident import (
    CallerForm,
    Facts,
    Incident,
    IncidentEntry,
    MergeForm,
    NoteForm,
    OutcomeForm,
    Report,
    Reported,
    ReportForm,
    StepForm,
)
from kernel.contracts.move_up_order import MoveUpOrder, MoveUpOrderForm, MoveUpRecallForm, MoveUpStepForm
from kernel.contracts.policy import DispatchPolicy, PolicyForm
from kernel.contracts.recommendation import AdviceForm, Recommendation, WhyNot
from kernel.contracts.turns import TurnProposal
from kernel.http import AskedRoute, Asking, Tx, decide, may, router, running_of


async def own_of(request: Request) -> Own:
    """What dispatch holds while it runs."""
    own: Own = running_of(request).own
    return own


Held = Annotated[Own, Depends(own_of)]
IdPath = Annotated[Id, Path()]
desk = router()
units = router()
positions = APIRouter(route_class=AskedRoute)


@desk.post("/incidents", status_code=201, tags=["incidents"])
@may("incident.report")
async def report_incident(tx: Tx, own: Held, form: ReportForm) -> Reported:
    """Opens an incident from a report; kind and place are enough."""
    return await incidents.report(tx, own, form)


@desk.get("/incidents", tags=["incidents"])
@may("incident.read")
async def list_incidents(tx: Tx) -> list[Incident]:
    """The open incidents."""
    return await store.list_open_incidents(tx)


@desk.get("/incidents/{incident_id}", tags=["incidents"])
@may("incident.read")
async def get_incident(tx: Tx, incident_id: IdPath) -> Incident:
    """One incident, open or ended."""
    return await store.get(tx, "incident", Incident, incident_id)


@desk.patch("/incidents/{incident_id}", tags=["incidents"])
@may("incident.change")
async def learn_facts(tx: Tx, own: Held, incident_id: IdPath, form: Facts) -> Incident:
    """Takes later facts; a level change needs a reason."""
    return await incidents.learn(tx, own, incident_id, form)


@desk.post("/incidents/{incident_id}/steps", tags=["incidents"])
@may("incident.step")
async def step_incident(tx: Tx, incident_id: IdPath, form: StepForm) -> Incident:
    """Controlled, resolved, closed, canceled, or back."""
    return await incidents.step(tx, incident_id, form)


@desk.post("/incidents/{incident_id}/merge", tags=["incidents"])
@may("incident.change")
async def merge_incident(tx: Tx, own: Held, incident_id: IdPath, form: MergeForm) -> Incident:
    """Merges this incident into another, which is returned."""
    return await incidents.merge(tx, own, incident_id, form)


@desk.post("/incidents/{incident_id}/notes", status_code=201, tags=["incidents"])
@may("incident.note")
async def note_incident(tx: Tx, incident_id: IdPath, form: NoteForm) -> None:
    """Adds a free line to the log."""
    await incidents.note(tx, incident_id, form)


@desk.get("/incidents/{incident_id}/log", tags=["incidents"])
@may("incident.read")
async def get_log(tx: Tx, incident_id: IdPath) -> list[IncidentEntry]:
    """The whole log of an incident, in order."""
    return await store.list_log(tx, incident_id)


@desk.get("/incidents/{incident_id}/assignments", tags=["incidents"])
@may("incident.read")
async def get_assignments(tx: Tx, incident_id: IdPath) -> list[Assignment]:
    """Everybody who was ever sent to an incident."""
    return await store.list_assignments(tx, incident_id)


@desk.post("/reports/{report_id}/outcome", tags=["incidents"])
@may("report.end")
async def end_report(tx: Tx, report_id: IdPath, form: OutcomeForm) -> Report:
    """Ends a report as transferred, false, or needing no action."""
    return await incidents.end_report(tx, report_id, form)


@desk.get("/persons/{person_id}", tags=["incidents"])
@may("person.read")
async def read_caller(tx: Tx, person_id: IdPath) -> CallerForm:
    """Who called. Private: every reading is audited."""
    return await incidents.read_caller(tx, person_id)


@desk.post("/incidents/{incident_id}/recommendations", status_code=201, tags=["dispatch"])
@may("recommendation.ask")
async def recommend_units(tx: Tx, own: Held, incident_id: IdPath, form: AdviceForm | None = None) -> Recommendation:
    """Who should go, with what stock and why, round the commander's own choices; stored and published."""
    return await recommend.recommend(tx, own, incident_id, form or NO_CHOICES)


@desk.get("/recommendations/{recommendation_id}", tags=["dispatch"])
@may("incident.read")
async def get_recommendation(tx: Tx, recommendation_id: IdPath) -> Recommendation:
    """A stored recommendation."""
    return await store.get(tx, "recommendation", Recommendation, recommendation_id)


@desk.get("/recommendations/{recommendation_id}/problem", tags=["dispatch"])
@may("incident.read")
async def get_problem(tx: Tx, recommendation_id: IdPath) -> dict[str, Any]:
    """The optimizer's problem that a recommendation answers; solved again by the same solver it gives the same plan."""
    problem: dict[str, Any] = json.loads(await recommend.problem(tx, recommendation_id))
    return problem


@desk.get("/recommendations/{recommendation_id}/why", tags=["dispatch"])
@may("incident.read")
async def why_not(tx: Tx, own: Held, recommendation_id: IdPath, unit_id: Annotated[Id, Query()]) -> WhyNot:
    """Why a unit does not go, on the situation of now."""
    return await recommend.why_not(tx, own, recommendation_id, unit_id)


@desk.post("/incidents/{incident_id}/early-orders", status_code=201, tags=["dispatch"])
@may("order.give")
async def order_early(tx: Tx, own: Held, incident_id: IdPath) -> Ordered:
    """Sends the first-due at once."""
    return await orders.order_early(tx, own, incident_id)


@desk.post("/incidents/{incident_id}/orders", status_code=201, tags=["dispatch"])
@may("order.give")
async def order_units(tx: Tx, own: Held, incident_id: IdPath, form: OrderForm) -> Ordered:
    """Sends units and stock, all or nothing; 409 says who has a unit and since when."""
    tx.afterwards.append(own.settle.set)
    return await orders.order(tx, own, incident_id, form)


@desk.post("/incidents/{incident_id}/aid-requests", status_code=201, tags=["aid"])
@may("aid.ask")
async def ask_aid(tx: Tx, own: Held, incident_id: IdPath, form: AidForm) -> AidRequest:
    """Records that an organisation is asked for its forces; nothing of them goes before it is promised."""
    return await aid.ask(tx, own, incident_id, form)


@desk.get("/incidents/{incident_id}/aid-requests", tags=["aid"])
@may("incident.read")
async def list_aid(tx: Tx, incident_id: IdPath) -> list[AidRequest]:
    """Every request for aid to an incident."""
    return await aid_store.list_requests(tx, incident_id)


@desk.post("/aid-requests/{request_id}/answer", tags=["aid"])
@may("aid.ask")
async def answer_aid(tx: Tx, own: Held, request_id: IdPath, form: AidAnswerForm) -> AidRequest:
    """Records what was promised, some or all, or that they decline and why."""
    return await aid.answer(tx, own, request_id, form)


@desk.post("/aid-requests/{request_id}/withdraw", tags=["aid"])
@may("aid.ask")
async def withdraw_aid(tx: Tx, request_id: IdPath, form: AidWithdrawForm) -> AidRequest:
    """Takes a request back with its promise."""
    return await aid.withdraw(tx, request_id, form)


@desk.post("/assignments/{assignment_id}/release", tags=["dispatch"])
@may("assignment.release")
async def release_unit(tx: Tx, assignment_id: IdPath, form: ReleaseForm) -> Assignment:
    """Releases a unit."""
    return await assignments.release(tx, assignment_id, form)


@desk.post("/assignments/{assignment_id}/divert", status_code=201, tags=["dispatch"])
@may("assignment.release")
async def divert_unit(tx: Tx, own: Held, assignment_id: IdPath, form: DivertForm) -> Assignment:
    """Sends a committed unit to another incident instead."""
    return await assignments.divert(tx, own, assignment_id, form)


@desk.post("/move-up-orders", status_code=201, tags=["coverage"])
@may("move.order")
async def order_move_up(tx: Tx, own: Held, form: MoveUpOrderForm) -> MoveUpOrder:
    """Orders a free unit to stand in at another station; one that breaks a rule of move-ups needs a reason."""
    return await move_up_orders.order(tx, own, form)


@desk.get("/move-up-orders", tags=["coverage"])
@may("incident.read")
async def list_move_ups(tx: Tx) -> list[MoveUpOrder]:
    """The move-ups that are not over."""
    return await move_up_store.list_active(tx)


@desk.post("/move-up-orders/{order_id}/recall", tags=["coverage"])
@may("move.order")
async def recall_move_up(tx: Tx, order_id: IdPath, form: MoveUpRecallForm) -> MoveUpOrder:
    """Calls a unit home again."""
    return await move_up_orders.recall(tx, order_id, form)


@desk.post("/closures", status_code=201, tags=["roads"])
@may("closure.keep")
async def close_roads(tx: Tx, form: ClosureForm) -> Closure:
    """Closes the roads inside a ring."""
    return await supplies.close_roads(tx, form)


@desk.post("/closures/{closure_id}/lift", tags=["roads"])
@may("closure.keep")
async def open_roads(tx: Tx, closure_id: IdPath) -> Closure:
    """Lifts a closure."""
    return await supplies.open_roads(tx, closure_id)


@units.post("/assignments/{assignment_id}/steps", tags=["units"])
@may("assignment.advance")
async def advance_unit(tx: Tx, assignment_id: IdPath, form: AdvanceForm) -> Assignment:
    """A unit's own step: receipt, leaving, arrival, and on."""
    return await assignments.advance(tx, assignment_id, form)


@units.get("/assignments/{assignment_id}/route", tags=["units"])
@may("incident.read")
async def get_route(tx: Tx, own: Held, assignment_id: IdPath) -> Route:
    """The road path of a unit to its incident."""
    return await assignments.route(tx, own, assignment_id)


@units.post("/move-up-orders/{order_id}/steps", tags=["units"])
@may("move.advance")
async def advance_move_up(tx: Tx, order_id: IdPath, form: MoveUpStepForm) -> MoveUpOrder:
    """A crew's own step of a move-up: leaving, arrival, home again."""
    return await move_up_orders.advance(tx, order_id, form)


@units.get("/move-up-orders/{order_id}/route", tags=["units"])
@may("incident.read")
async def get_move_up_route(tx: Tx, own: Held, order_id: IdPath) -> Route:
    """The road path from the unit's station to the other."""
    return await move_up_orders.route(tx, own, order_id)


@units.post("/supply-orders/{supply_order_id}/steps", tags=["units"])
@may("supply.advance")
async def advance_supply(tx: Tx, own: Held, supply_order_id: IdPath, form: SupplyStepForm) -> SupplyOrder:
    """A step of a supply transport."""
    tx.afterwards.append(own.settle.set)
    return await supplies.advance(tx, supply_order_id, form)


@units.post("/units/{unit_id}/control", tags=["units"])
@may("unit.control")
async def control_unit(tx: Tx, own: Held, unit_id: IdPath, form: ControlForm) -> Control:
    """A person takes a unit from the simulator, or gives it back."""
    return await assignments.control(tx, own, unit_id, form)


@positions.post("/positions", status_code=202, tags=["positions"])
@may("position.report", keyed=False)  # the latest fix wins, so a repeated one has no further effect
async def report_positions(asking: Asking, own: Held, form: PositionsForm) -> dict[str, int]:
    """1 to 500 fixes; not a transaction of its own: they are written together each second."""
    for fix in form.fixes:
        decide(asking, "position.report", {"unit_id": fix.unit_id})
    return {"taken": own.positions.take(form.fixes)}


@positions.get("/positions", tags=["positions"])
@may("picture.read")
async def list_positions(own: Held, after: Instant | None = None) -> PositionPage:
    """Last known positions heard after an instant; all of them without one."""
    now = real_now()
    return PositionPage(positions=tuple(own.positions.after(after)), as_of=now)


@desk.get("/turns", tags=["dispatch"])
@may("recommendation.ask")
async def propose_turns(tx: Tx, own: Held) -> TurnProposal:
    """Which units under way should turn to another incident, each with what that saves; diverting is the order."""
    return await turns.proposal(tx, own)


@desk.get("/policy", tags=["policy"])
@may("policy.read")
async def get_policy(tx: Tx) -> DispatchPolicy:
    """The dispatch policy in force."""
    return await policy.in_force(tx)


@desk.put("/policy", tags=["policy"])
@may("policy.keep")
async def change_policy(tx: Tx, form: PolicyForm) -> DispatchPolicy:
    """Puts another policy in force; the next recommendation follows it and names its version."""
    return await policy.change(tx, form)
