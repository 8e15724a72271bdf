"""From the optimizer's plan to what is stored and shown for one incident."""

import zlib

from dispatch import optimizer
from dispatch.optimizer.plan import (
    AreaDeparture as Departure,
)
from dispatch.optimizer.plan import (
    IncidentPlan,
    MaterialPick,
    Provenance,
    Reason,
)
from dispatch.optimizer.plan import (
    Pick as PlanPick,
)
from dispatch.workers.aid import askable_of
from dispatch.workers.alternatives import TOTAL, alternatives_of, outcome_of, price_of, proof_of
from dispatch.workers.asked import Asked
from dispatch.workers.jobs import Answer
from kernel.contracts.recommendation import (
    AreaDeparture,
    GreedyPlan,
    NotUsed,
    Params,
    Pick,
    RoadLimited,
    StockPick,
    Unmet,
    Why,
)
from kernel.contracts.vocabulary import TravelMethod

MOST_NOT_USED = 8
FAST = 1  # a tenth of the text at a tenth of the time


def answer_of(
    asked: Asked,
    incident_id: str,
    *,
    map_version: str,
    closures_version: str,
    degraded: tuple[str, ...] = (),
    road_limited: tuple[RoadLimited, ...] = (),
) -> Answer:
    """What a plan says for one incident, with the other ways beside it and how far it is proved."""
    problem, plan, choices, price = asked.problem, asked.plan, asked.choices, asked.price
    mine = next(each for each in plan.incidents if each.incident_id == incident_id)
    turnout = {unit.id: unit.turnout_s for unit in problem.units}
    provenance, gap = _proof(plan.provenance)
    return Answer(
        picks=(*_pinned(problem, mine, choices), *(_pick(each, turnout) for each in mine.picks)),
        first_aid=tuple(
            Pick(
                unit_id=each.unit_id,
                line="first_aid",
                eta_s=each.eta_s,
                travel_s=each.eta_s - turnout[each.unit_id],
                method=TravelMethod(each.method),
            )
            for each in mine.first_aid
        ),
        stock=_stock(mine.materials),
        not_used=_not_used(mine.picks),
        unmet=_unmet(mine),
        road_limited=road_limited,
        askable=askable_of(problem, mine),
        outcome=outcome_of(mine.figures),
        greedy=_greedy(plan, mine),
        area=_area(mine.area_departure),
        alternatives=tuple(alternatives_of(problem, plan, incident_id)),
        pinned=tuple(sorted(choices.pinned)),
        price=None if price is None else price_of(price, sum(zone.risk for zone in problem.zones)),
        joint_with=tuple(each.id for each in problem.incidents if each.id != incident_id),
        provenance=provenance,
        gap=gap,
        input_hash=plan.input_hash,
        solver=plan.solver,
        packed=zlib.compress(plan.stated.encode(), FAST),
        map_version=map_version,
        closures_version=closures_version,
        degraded=degraded,
    )


def why_of(reason: Reason) -> Why:
    """A reason as it is published: lists become one text."""
    return Why(code=reason.code, params=_params(reason))


def _params(reason: Reason) -> Params:
    given: Params = {key: ",".join(value) if isinstance(value, tuple) else value for key, value in reason.data}
    if "risk_bp" in given:
        given["risk_pct"] = int(given.pop("risk_bp") or 0) / 100
    if "worked_s" in given:
        given["worked_h"] = round(int(given.pop("worked_s") or 0) / 3600, 1)
    return given


def _pinned(problem: optimizer.Problem, mine: IncidentPlan, choices: optimizer.Choices) -> list[Pick]:
    """The units that go because the commander says so; for the solver they have left already."""
    units = {unit.id: unit for unit in problem.units if unit.id in choices.pinned}
    lines = {each.unit_id: each.line_id for each in mine.committed}
    found = []
    for unit_id, unit in sorted(units.items()):
        way = next(way for way in unit.reach if way.incident_id == choices.incident_id)
        found.append(
            Pick(
                unit_id=unit_id,
                line=lines[unit_id] or TOTAL,
                eta_s=unit.standing.residual_s,
                travel_s=way.travel_s or 0,
                method=TravelMethod(way.method),
                flags=way.flags,
                why=(Why(code="pinned"),),
            )
        )
    return found


def _pick(pick: PlanPick, turnout: dict[str, int]) -> Pick:
    return Pick(
        unit_id=pick.unit_id,
        line=pick.line_id or TOTAL,
        eta_s=pick.eta_s,
        travel_s=pick.eta_s - turnout[pick.unit_id],
        method=TravelMethod(pick.method),
        flags=pick.flags,
        rank=pick.rank,
        why=tuple(why_of(each) for each in pick.why[:2]),
    )


def _not_used(picks: tuple[PlanPick, ...]) -> tuple[NotUsed, ...]:
    """Nearer units that stay, once each, nearest first; the slowest picks are the bottleneck and come first."""
    found: dict[str, NotUsed] = {}
    going = {pick.unit_id for pick in picks}
    for pick in sorted(picks, key=lambda each: -each.eta_s):
        for near in (each for each in pick.nearer if each.unit_id not in going):
            entry = NotUsed(unit_id=near.unit_id, line=pick.line_id or TOTAL, eta_s=near.eta_s, why=(why_of(near.why),))
            found.setdefault(near.unit_id, entry)
    return tuple(found.values())[:MOST_NOT_USED]


def _stock(loads: tuple[MaterialPick, ...]) -> tuple[StockPick, ...]:
    """Loads of one item from one stockpile put together, with the trucks that carry them."""
    together: dict[tuple[str, str], list[MaterialPick]] = {}
    for load in loads:
        together.setdefault((load.stockpile_id, load.item), []).append(load)
    return tuple(
        StockPick(
            stockpile_id=stockpile_id,
            item_code=item,
            quantity=sum(load.quantity for load in mine),
            trucks=len({load.truck_id for load in mine}),
            eta_s=max(load.eta_s for load in mine),
            why=tuple(
                Why(code=near.why.code, params=_params(near.why) | {"stockpile": near.unit_id})
                for near in mine[0].nearer[:3]
            ),
        )
        for (stockpile_id, item), mine in sorted(together.items())
    )


def _unmet(plan: IncidentPlan) -> tuple[Unmet, ...]:
    units = [
        Unmet(
            line=each.line_id,
            missing=each.missing,
            competing=tuple(sorted({f"{incident}:{line}" for incident, line in each.competing}))[:6],
        )
        for each in plan.unmet
    ]
    return (*units, *(Unmet(line=line, missing=missing) for line, missing in plan.unmet_materials))


def _greedy(plan: optimizer.Recommendation, mine: IncidentPlan) -> GreedyPlan:
    figures = next(each for each in plan.greedy.figures if each.incident_id == mine.incident_id)
    committed = {each.unit_id for each in mine.committed}
    theirs = {role.unit_id for role in plan.greedy.roles if role.incident_id == mine.incident_id} - committed
    ours = {pick.unit_id for pick in mine.picks}
    return GreedyPlan(
        outcome=outcome_of(figures),
        only_greedy=tuple(sorted(theirs - ours)),
        only_ours=tuple(sorted(ours - theirs)),
        unit_ids=tuple(sorted(theirs)),
    )


def _area(departure: Departure | None) -> AreaDeparture | None:
    if departure is None:
        return None
    return AreaDeparture(
        station_id=departure.station_ids[0],
        saves_s=departure.saves_completion_s or departure.saves_first_due_s,
        why=why_of(departure.why),
    )


def _proof(provenance: Provenance) -> tuple[str, float | None]:
    """`proved` only if every stage is; `bounded` with the widest gap in percent; else the stage that made the plan."""
    told = [proof_of(stage) for stage in (provenance.unmet, provenance.completion, provenance.final)]
    gaps = [gap for _, gap in told if gap is not None]
    if len(gaps) < len(told):
        return provenance.source, None
    return ("bounded" if any(name == "bounded" for name, _ in told) else "proved"), max(gaps)
