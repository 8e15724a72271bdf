"""Who may be asked from where: forces of others are never sent unpromised, hold nothing of ours, and are offered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatch import optimizer
from dispatch.optimizer.keep import Keep
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.tables import Tables
from dispatch.rules import aid as rules
from dispatch.rules.aid import Lending, Promise, lenders, promises_of, refuse_unpromised
from dispatch.workers.aid import askable_of, promised_elsewhere
from dispatch.workers.jobs import BEGINNING, BY_REQUEST, RecommendJob, UnitAt
from dispatch.workers.problem import problem_of
from dispatch.workers.travel import Roads
from kernel.contracts.aid import AidAnswerForm, AidForm, AidPromise, AidRequest
from kernel.contracts.base import LonLat
from kernel.contracts.incident import Incident
from kernel.contracts.resources import Organisation, Stockpile, Unit
from kernel.contracts.vocabulary import AidStatus, OrganisationKind
from kernel.errors import Conflict, Invalid, NotFound, Refusal
from tests.worlds import FIRE, count, engine, station, three_stations_one_fire

NOON = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=10)
XPCC = Organisation(id="org-xpcc", name="兵团", kind=OrganisationKind.XPCC, path="xpcc")
BRIGADE = Organisation(id="org-brigade", name="大队", kind=OrganisationKind.BRIGADE, path="c/b")
PLANT = Organisation(id="org-plant", name="石化", kind=OrganisationKind.ENTERPRISE, path="plant")
HOME = station("a", (87.63, 43.80))
THEIRS = station("x", (87.605, 43.80)).model_copy(update={"organisation_id": XPCC.id})
OURS, LENT, SECOND = engine("a1", HOME), engine("x1", THEIRS), engine("x2", THEIRS)
LENDERS = lenders((XPCC, BRIGADE, PLANT), BEGINNING)


def incident(id_: str, needed: int, at: LonLat = FIRE) -> Incident:
    facts = {"kind": "fire.ordinary", "status": "reported", "alarm_level": 1, "address": "x", "reported_at": NOON}
    lines = (count("WATER", "WATER_STREAM", needed),)
    return Incident.model_validate({"id": id_, "number": id_, "at": at, "requirements": lines, **facts})


def standing(unit: Unit, lending: Lending) -> UnitAt:
    """A free unit as the situation states it."""
    if not lending.is_asked(unit):
        return UnitAt(unit, unit.at, place=unit.station_id)
    promise = lending.promise(unit.id)
    return UnitAt(
        unit,
        unit.at,
        owner=unit.organisation_id,
        unavailable="" if promise else BY_REQUEST,
        promised_to=promise.incident_id if promise else "",
        ready_s=lending.ready_s(unit, NOON),
    )


def job(lending: Lending, *incidents: Incident) -> RecommendJob:
    units = tuple(standing(unit, lending) for unit in (OURS, LENT, SECOND))
    return RecommendJob(incidents[0].id, incidents, units, (), (), (), {}, {}, (), NOON)


def strangers(problem: optimizer.Problem, lending: Lending) -> set[tuple[str, str]]:
    """Units of others that a plan sends where they are not promised."""
    lent = {unit.id for unit in (OURS, LENT, SECOND) if lending.is_asked(unit)}
    sent = {(role.unit_id, role.incident_id) for role in optimizer.recommend(problem).roles if role.unit_id in lent}
    return {(unit_id, to) for unit_id, to in sent if lending.promise(unit_id) != Promise(to, LATER)}


def test_the_policy_names_the_kinds_that_are_asked_and_the_register_single_units() -> None:
    assert frozenset({XPCC.id}) == LENDERS
    wider = BEGINNING.model_copy(update={"by_request": (OrganisationKind.XPCC, OrganisationKind.ENTERPRISE)})
    assert lenders((XPCC, BRIGADE, PLANT), wider) == {XPCC.id, PLANT.id}
    assert [rules.is_asked(unit, LENDERS) for unit in (OURS, LENT)] == [False, True]
    assert rules.is_asked(engine("s1", HOME, by_request=True), frozenset())


def test_an_unpromised_unit_is_not_sent_and_says_whose_it_is() -> None:
    lending = Lending(LENDERS)
    asked = job(lending, incident("i1", 3))
    problem = problem_of(asked, Roads(None))
    assert strangers(problem, lending) == set()
    plan = optimizer.recommend(problem)
    (reason,) = optimizer.why_not(problem, plan, "x1", "i1")
    assert (reason.code, dict(reason.data)) == ("by_request", {"organisation": XPCC.id})
    assert [role.unit_id for role in plan.roles] == ["a1"]


def test_a_rule_that_is_off_is_caught() -> None:
    """The planted bug: the situation takes every unit for ours."""
    problem = problem_of(job(Lending(), incident("i1", 3)), Roads(None))
    assert strangers(problem, Lending(LENDERS)) == {("x1", "i1"), ("x2", "i1")}


def test_a_promised_unit_goes_to_its_incident_alone_as_soon_as_it_can_leave() -> None:
    lending = Lending(LENDERS, {"x1": Promise("i1", LATER)})
    asked = job(lending, incident("i1", 2), incident("i2", 2, (87.61, 43.80)))
    problem = problem_of(asked, Roads(None))
    assert strangers(problem, lending) == set()
    plan = optimizer.recommend(problem)
    pick = next(pick for part in plan.incidents for pick in part.picks if pick.unit_id == "x1")
    way = next(unit for unit in problem.units if unit.id == "x1").reach
    assert [each.incident_id for each in way] == ["i1"]
    assert pick.eta_s == way[0].travel_s + LENT.turnout_s + 600
    assert pick.flags == (*way[0].flags,)
    assert "promised" in pick.flags
    assert (pick.why[0].code, dict(pick.why[0].data)) == ("promised", {"organisation": XPCC.id})
    elsewhere = promised_elsewhere(replace(asked, incident_id="i2"), "x1")
    assert elsewhere is not None
    assert (elsewhere.code, elsewhere.params) == ("promised_to", {"incident": "i1"})
    assert promised_elsewhere(asked, "x1") is None


def test_what_is_lent_keeps_no_reserve_of_ours() -> None:
    reserve = optimizer.Policy(reserves=(optimizer.Reserve("", "WATER_STREAM", 1, 1000),))
    problem = problem_of(job(Lending(LENDERS, {"x1": Promise("i1", LATER)}), incident("i1", 1)), Roads(None))
    held = Keep(Tables(canonical(replace(problem, policy=reserve))))
    assert [guard.kind for guard in (held.guards[at] for at in held.lost(["a1"]))] == ["reserve", "station"]
    assert held.lost(["x1"]) == ()
    as_ours = tuple(replace(unit, holder=None) for unit in problem.units)
    twin = Keep(Tables(canonical(replace(problem, policy=reserve, units=as_ours))))
    assert [twin.guards[at].kind for at in twin.lost(["a1"])] == ["station"], "a lent unit that counts is seen"


def test_whom_one_may_ask_for_what_is_unmet() -> None:
    problem = problem_of(job(Lending(LENDERS), incident("i1", 2)), Roads(None))
    (mine,) = optimizer.recommend(problem).incidents
    found = askable_of(problem, mine)
    assert [(each.line, each.unit_id, each.organisation_id) for each in found] == [
        ("WATER", "x1", XPCC.id),
        ("WATER", "x2", XPCC.id),
    ]
    way = next(unit for unit in problem.units if unit.id == "x1").reach[0]
    assert found[0].eta_s == (way.travel_s or 0) + LENT.turnout_s
    met = problem_of(job(Lending(LENDERS), incident("i1", 1)), Roads(None))
    assert askable_of(met, optimizer.recommend(met).incidents[0]) == ()


def test_whom_one_may_ask_for_a_total_that_falls_short() -> None:
    problem = problem_of(job(Lending(LENDERS), incident("i1", 1)), Roads(None))
    flow = optimizer.SumLine("flow", "pump_lps", 120)
    problem = replace(problem, incidents=(replace(problem.incidents[0], sums=(flow,)),))
    (mine,) = optimizer.recommend(problem).incidents
    assert [(each.line, each.unit_id) for each in askable_of(problem, mine)] == [("flow", "x1"), ("flow", "x2")]


def test_an_order_needs_the_promise_for_its_own_incident() -> None:
    lending = Lending(LENDERS, {"x1": Promise("i1", LATER)})
    refuse_unpromised(OURS, lending, "i2", BRIGADE)
    refuse_unpromised(LENT, lending, "i1", XPCC)
    for unit, to in ((LENT, "i2"), (SECOND, "i1")):
        with pytest.raises(Conflict) as refused:
            refuse_unpromised(unit, lending, to, XPCC)
        assert (refused.value.code, refused.value.facts["organisation"]) == ("by_request", "兵团")


def test_stock_of_others_is_refused_and_asked_for_in_words() -> None:
    depot = three_stations_one_fire().things["stockpile"][0]
    assert isinstance(depot, Stockpile)
    theirs = depot.model_copy(update={"organisation_id": XPCC.id})
    rules.refuse_asked_stock(depot, Lending(LENDERS), BRIGADE)
    for pile in (theirs, depot.model_copy(update={"by_request": True})):
        with pytest.raises(Conflict) as refused:
            rules.refuse_asked_stock(pile, Lending(LENDERS), None)
        assert (refused.value.code, refused.value.facts["stockpile_id"]) == ("stock_by_request", "pile-1")
    form = AidForm(organisation_id=XPCC.id, text="泡沫液 2 吨")
    request = rules.requested(form, (), lends_stock=True, request_id="aid-1", incident_id="i1", at=NOON, by="03")
    assert (request.status, request.text) == (AidStatus.ASKED, "泡沫液 2 吨")


def asked_of(form: AidForm, theirs: list[Unit]) -> AidRequest:
    return rules.requested(form, theirs, request_id="aid-1", incident_id="i1", at=NOON, by="03")


def test_a_request_its_answer_and_its_end() -> None:
    request = asked_of(AidForm(organisation_id=XPCC.id, unit_ids=("x1", "x2")), [LENT, SECOND])
    assert (request.status, promises_of([request])) == (AidStatus.ASKED, {})
    form = AidAnswerForm(promised=(AidPromise(unit_id="x2", ready_s=600),))
    promised = rules.answered(request, form, [LENT, SECOND], at=NOON, by="03")
    assert promises_of([promised]) == {"x2": Promise("i1", LATER)}
    assert (promised.status, promised.answered_by, promised.version) == (AidStatus.PROMISED, "03", 2)
    for to in (AidStatus.WITHDRAWN, AidStatus.ENDED):
        over = rules.ended(promised, to, at=LATER)
        assert (over.status, over.ended_at, promises_of([over])) == (to, LATER, {})
    declined = rules.answered(request, AidAnswerForm(reason="自有任务"), [LENT], at=NOON, by="03")
    assert (declined.status, declined.reason) == (AidStatus.DECLINED, "自有任务")
    assert promises_of([rules.moved(promised, "i2")]) == {"x2": Promise("i2", LATER)}


@pytest.mark.parametrize(
    ("form", "theirs", "kind", "code"),
    [
        (AidForm(organisation_id="org-xpcc"), [LENT], Invalid, "aid_empty"),
        (AidForm(organisation_id="org-plant", text="泡沫车"), [], Conflict, "aid_not_needed"),
        (AidForm(organisation_id="org-xpcc", unit_ids=("a1",)), [LENT], NotFound, "aid_not_theirs"),
    ],
)
def test_a_request_that_cannot_be(form: AidForm, theirs: list[Unit], kind: type[Refusal], code: str) -> None:
    with pytest.raises(kind) as refused:
        asked_of(form, theirs)
    assert refused.value.code == code


def test_an_answer_that_cannot_be() -> None:
    request = asked_of(AidForm(organisation_id=XPCC.id, text="水罐车"), [LENT])
    declined = rules.answered(request, AidAnswerForm(reason="自有任务"), [LENT], at=NOON, by="03")
    strange = AidAnswerForm(promised=(AidPromise(unit_id="a1"),))
    for given, form, code in (
        (request, AidAnswerForm(), "reason_missing"),
        (request, strange, "aid_not_theirs"),
        (declined, AidAnswerForm(reason="再答"), "aid_not_open"),
    ):
        with pytest.raises(Refusal) as refused:
            rules.answered(given, form, [LENT], at=NOON, by="03")
        assert refused.value.code == code
    with pytest.raises(Conflict) as over:
        rules.ended(declined, AidStatus.WITHDRAWN, at=NOON)
    assert over.value.code == "aid_not_open"
