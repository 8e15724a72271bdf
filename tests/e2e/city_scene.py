"""A city for the stage: six open incidents and some 250 units, every value made by the contracts themselves."""

import random
from datetime import timedelta
from typing import Any

from kernel.contracts.assignment import Assignment, SupplyLine, SupplyOrder
from kernel.contracts.events import Position
from kernel.contracts.incident import Incident
from kernel.contracts.plans import LineKind, Requirement
from kernel.contracts.recommendation import GreedyPlan, Outcome, Pick, Recommendation, StockPick
from kernel.contracts.resources import Unit
from kernel.contracts.vocabulary import (
    AccidentGrade,
    AlarmLevel,
    AssignmentStatus,
    HazardTag,
    IncidentKind,
    IncidentStatus,
    SupplyStatus,
    UnitClass,
)
from tests.e2e.city_forces import forces, stocks
from tests.e2e.scene import NOW, Scene

Free = dict[UnitClass, list[Unit]]


def build() -> Scene:
    """The city with its incidents; the same every time."""
    scene = Scene()
    rng = random.Random(7)
    units = forces(scene, rng)
    stocks(scene, rng)
    _incidents(scene, units, rng)
    return scene


def _line(key: str, capability: str, quantity: int, deadline: int | None = None) -> Requirement:
    return Requirement(key=key, kind=LineKind.COUNT, capabilities=(capability,), quantity=quantity, deadline_s=deadline)


def _material(code: str, quantity: int) -> Requirement:
    return Requirement(key=f"item-{code}", kind=LineKind.MATERIAL, item_code=code, quantity=quantity)


def _incident(
    id: str, kind: IncidentKind, level: int, at: tuple[float, float], address: str, minutes: float, **more: Any
) -> Incident:
    reported = NOW - timedelta(minutes=minutes)
    base = Incident(
        id=id,
        number=f"1121-00{id[1:]}",
        kind=kind,
        at=at,
        address=address,
        alarm_level=AlarmLevel(level),
        status=IncidentStatus.ON_SCENE,
        reported_at=reported,
        dispatched_at=reported + timedelta(seconds=40),
        first_arrival_at=reported + timedelta(seconds=302),
    )
    return base.model_copy(update=more)


HERO_NEEDS = (
    _line("WATER_TENDER", "WATER_STREAM", 8, 900),
    _line("FOAM_B", "FOAM_B", 6, 900),
    _line("HAZMAT_ENTRY", "HAZMAT_ENTRY", 4, 1200),
    _line("RESCUE", "EXTRICATION", 3),
    _line("AERIAL", "AERIAL_RESCUE", 2),
    _line("EMS_ALS", "EMS_ALS", 2),
    _material("2030301", 26),
    _material("2030302", 3),
    _material("2010101", 140),
    _material("2030201", 9),
    _material("2010103", 48),
)
HERO_SENT = [
    (UnitClass.WATER, "WATER_TENDER", 5, 3),
    (UnitClass.FOAM, "FOAM_B", 3, 2),
    (UnitClass.HAZMAT, "HAZMAT_ENTRY", 2, 1),
    (UnitClass.RESCUE, "RESCUE", 2, 1),
    (UnitClass.LADDER, "AERIAL", 1, 1),
    (UnitClass.MEDICAL, "EMS_ALS", 1, 1),
]


def _incidents(scene: Scene, units: list[Unit], rng: random.Random) -> None:
    free = {c: [u for u in units if u.unit_class is c and u.in_service] for c in UnitClass}
    for pool in free.values():
        rng.shuffle(pool)
    _tank_fire(scene, free, rng)
    others = _other_incidents()
    for incident in others:
        scene.put("incident", incident)
    _send_to_others(scene, free, *others)
    _advice(scene, free)


def _tank_fire(scene: Scene, free: Free, rng: random.Random) -> None:
    hero = _incident(
        "i1",
        IncidentKind.FIRE_TANK,
        4,
        (87.675, 43.955),
        "米东化工园 华泰路 16 号",
        18.7,
        requirements=HERO_NEEDS,
        commander="王建国",
        hazards=(HazardTag.PETROCHEMICAL, HazardTag.TOXIC_GAS),
        accident_grade=AccidentGrade.CONSIDERABLE,
        trapped=2,
        area_station_id="s4",
        recommendation_id="r1",
    )
    scene.put("incident", hero)
    for unit_class, line, arrived, coming in HERO_SENT:
        for i in range(arrived + coming):
            _assign(
                scene,
                hero,
                free[unit_class].pop(),
                line,
                coming=None if i < arrived else 100 + 190 * (i - arrived) + rng.randrange(90),
            )


def _other_incidents() -> tuple[Incident, Incident, Incident, Incident, Incident]:
    """A high-rise fire, a gas leak, a crash, a lift and a smoke alarm, in this order."""
    return (
        _incident(
            "i2",
            IncidentKind.FIRE_HIGHRISE,
            3,
            (87.612, 43.80),
            "红山路 23 层住宅",
            10.6,
            requirements=(_line("WATER_TENDER", "WATER_STREAM", 6),),
        ),
        _incident(
            "i3",
            IncidentKind.GAS_LEAK,
            2,
            (87.575, 43.815),
            "友好南路",
            6.85,
            status=IncidentStatus.CONTROLLED,
            controlled_at=NOW - timedelta(minutes=1),
        ),
        _incident(
            "i4",
            IncidentKind.TRAFFIC_CRASH,
            2,
            (87.50, 43.86),
            "绕城高速 K18",
            5.5,
            requirements=(_line("EMS_ALS", "EMS_ALS", 3),),
            casualties=3,
        ),
        _incident(
            "i5",
            IncidentKind.LIFT_TRAPPED,
            1,
            (87.64, 43.825),
            "南湖路 8 号",
            2.5,
            status=IncidentStatus.DISPATCHED,
            first_arrival_at=None,
        ),
        _incident(
            "i6",
            IncidentKind.ALARM_SMOKE,
            1,
            (87.56, 43.87),
            "北京中路 188 号",
            0.8,
            status=IncidentStatus.REPORTED,
            dispatched_at=None,
            first_arrival_at=None,
        ),
    )


def _send_to_others(
    scene: Scene, free: Free, high: Incident, gas: Incident, crash: Incident, lift: Incident, _smoke: Incident
) -> None:
    for unit_class, count in (
        (UnitClass.WATER, 6),
        (UnitClass.RESCUE, 2),
        (UnitClass.LADDER, 2),
        (UnitClass.MEDICAL, 2),
    ):
        for i in range(count):
            line = "WATER_TENDER" if unit_class is UnitClass.WATER else "manual"
            _assign(scene, high, free[unit_class].pop(), line, coming=None if i else 160)
    _assign(scene, gas, free[UnitClass.WATER].pop(), "manual", coming=None)
    _assign(scene, gas, free[UnitClass.RESCUE].pop(), "manual", coming=None)
    _assign(scene, crash, free[UnitClass.MEDICAL].pop(), "EMS_ALS", coming=None)
    _assign(scene, crash, free[UnitClass.MEDICAL].pop(), "EMS_ALS", coming=250)
    _assign(scene, lift, free[UnitClass.RESCUE].pop(), "manual", coming=130)


def _assign(scene: Scene, incident: Incident, unit: Unit, line: str, *, coming: int | None) -> None:
    ordered = incident.dispatched_at or NOW
    arrived = incident.first_arrival_at or NOW
    assignment = Assignment(
        id=f"a-{unit.id}",
        incident_id=incident.id,
        unit_id=unit.id,
        station_id=unit.station_id,
        line=line,
        order_id=f"o-{incident.id}",
        status=AssignmentStatus.ON_SCENE if coming is None else AssignmentStatus.ENROUTE,
        dispatched_at=ordered,
        acknowledged_at=ordered + timedelta(seconds=12),
        enroute_at=ordered + timedelta(seconds=55),
        arrived_at=min(NOW, arrived + timedelta(seconds=20 * (len(unit.id) % 5))) if coming is None else None,
        eta_at=None if coming is None else NOW + timedelta(seconds=coming),
        receipt_due_at=ordered + timedelta(seconds=30),
        turnout_due_at=ordered + timedelta(seconds=60),
        arrival_due_at=ordered + timedelta(seconds=300),
    )
    scene.put("assignment", assignment)
    share = 1.0 if coming is None else max(0.15, 1 - coming / 700)
    at = (unit.at[0] + (incident.at[0] - unit.at[0]) * share, unit.at[1] + (incident.at[1] - unit.at[1]) * share)
    scene.positions.append(Position(unit_id=unit.id, at=at, fixed_at=NOW))


def _advice(scene: Scene, free: Free) -> None:
    outcome = Outcome(first_due_s=372, complete_s=1010, mean_s=600, units=2, unmet=0)
    picks = tuple(
        Pick(unit_id=free[c].pop().id, line="FOAM_B", eta_s=400, travel_s=340)
        for c in (UnitClass.FOAM, UnitClass.HAZMAT)
    )
    scene.put(
        "recommendation",
        Recommendation(
            id="r1",
            incident_id="i1",
            incident_version=2,
            at=NOW - timedelta(seconds=20),
            input_hash="h",
            solver="s",
            provenance="proved",
            gap=0,
            picks=picks,
            stock=(StockPick(stockpile_id="d1", item_code="2030301", quantity=8, trucks=2, eta_s=1020),),
            outcome=outcome,
            greedy=GreedyPlan(outcome=outcome, only_greedy=(), only_ours=(), unit_ids=()),
            took_ms=180,
        ),
    )
    scene.put(
        "supply_order",
        SupplyOrder(
            id="so1",
            incident_id="i1",
            order_id="o-i1",
            stockpile_id="d0",
            lines=(SupplyLine(item_code="2030301", quantity=8),),
            trucks=2,
            status=SupplyStatus.IN_TRANSIT,
            eta_s=1100,
            eta_at=NOW + timedelta(minutes=17),
            ordered_at=NOW - timedelta(minutes=5),
        ),
    )
