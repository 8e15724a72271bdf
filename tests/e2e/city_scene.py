"""A city for the stage: six open incidents and some 250 units, every value made by the contracts themselves."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from kernel.contracts.assignment import Assignment, SupplyLine, SupplyOrder
from kernel.contracts.base import Versioned
from kernel.contracts.events import Envelope, Position
from kernel.contracts.incident import Incident
from kernel.contracts.plans import LineKind, Requirement
from kernel.contracts.recommendation import GreedyPlan, Outcome, Pick, Recommendation, StockPick
from kernel.contracts.resources import Item, Station, Stock, Team, Unit
from kernel.contracts.vocabulary import (
    AccidentGrade,
    AlarmLevel,
    AssignmentStatus,
    HazardTag,
    IncidentKind,
    IncidentStatus,
    StationClass,
    SupplyStatus,
    UnitClass,
    UnitFamily,
)

Free = dict[UnitClass, list[Unit]]

NOW = datetime(2025, 11, 21, 6, 32, 7, tzinfo=UTC)

FIRE_STATIONS = [
    ("天山", 87.62, 43.79),
    ("沙依巴克", 87.58, 43.78),
    ("新市", 87.57, 43.85),
    ("水磨沟", 87.65, 43.83),
    ("米东", 87.66, 43.95),
    ("头屯河", 87.42, 43.87),
    ("高新", 87.53, 43.91),
    ("红山", 87.61, 43.81),
    ("卡子湾", 87.63, 43.89),
    ("北京路", 87.56, 43.88),
    ("友好", 87.58, 43.82),
    ("南湖", 87.63, 43.82),
    ("石化", 87.69, 43.97),
    ("七道湾", 87.68, 43.86),
    ("二道桥", 87.63, 43.77),
]
CLASSES = [
    (UnitClass.WATER, "水罐", "WATER_STREAM", 6),
    (UnitClass.FOAM, "泡沫", "FOAM_B", 3),
    (UnitClass.LADDER, "云梯", "AERIAL_RESCUE", 2),
    (UnitClass.HAZMAT, "防化", "HAZMAT_ENTRY", 1),
    (UnitClass.RESCUE, "抢险", "EXTRICATION", 2),
]
GLYPHS_EN = {"水罐": "Water", "泡沫": "Foam", "云梯": "Aerial", "防化": "Hazmat", "抢险": "Rescue", "救护": "Amb"}


@dataclass
class Scene:
    """Everything on the stage, and the sequence number that its envelopes carry."""

    things: dict[tuple[str, str], Envelope] = field(default_factory=dict)
    positions: list[Position] = field(default_factory=list)
    seq: int = 0

    def put(self, kind: str, thing: Versioned, at: datetime = NOW) -> Envelope:
        self.seq += 1
        before = self.things.get((kind, thing.id))
        version = before.version + 1 if before else thing.version
        value = thing.model_copy(update={"version": version}).model_dump(mode="json")
        envelope = Envelope(
            stream="dispatch",
            epoch="e1",
            seq=self.seq,
            realm="live",
            scope="urumqi|open",
            type=f"{kind}.changed",
            kind=kind,
            id=thing.id,
            version=version,
            at=at,
            recorded_at=at,
            actor="stage",
            value=value,
        )
        self.things[(kind, thing.id)] = envelope
        return envelope


def build(*, calm: bool = False) -> Scene:
    """The city, with six incidents or (calm) with one that ended this morning."""
    scene = Scene()
    rng = random.Random(7)
    units = _forces(scene, rng)
    _stocks(scene, rng)
    if calm:
        ended = _incident(
            "i9", IncidentKind.LIFT_TRAPPED, 1, (87.63, 43.82), "南湖路 8 号", 128, status=IncidentStatus.CLOSED
        )
        scene.put("incident", ended.model_copy(update={"closed_at": NOW - timedelta(minutes=107)}))
    else:
        _incidents(scene, units, rng)
    return scene


def _forces(scene: Scene, rng: random.Random) -> list[Unit]:
    units = [*_fire_units(scene, rng), *_ambulances(scene, rng), *_team_units(scene, rng)]
    for unit in units:
        scene.put("unit", unit)
    return units


def _fire_units(scene: Scene, rng: random.Random) -> list[Unit]:
    units: list[Unit] = []
    for i, (name, lon, lat) in enumerate(FIRE_STATIONS):
        station_class = StationClass.SPECIAL if i < 3 else StationClass.FIRST
        scene.put("station", _station(f"s{i}", f"{name}消防救援站", station_class, lon, lat, f"{name}区"))
        for unit_class, word, capability, count in CLASSES:
            for j in range(count):
                number = i * count + j + 1
                key, call = f"u-{unit_class}-{number}", f"{word}{number:02d}"
                units.append(_unit(key, call, unit_class, capability, f"s{i}", (lon, lat), rng))
    return units


def _ambulances(scene: Scene, rng: random.Random) -> list[Unit]:
    units: list[Unit] = []
    for i in range(14):
        at = (87.5 + rng.random() * 0.2, 43.76 + rng.random() * 0.18)
        scene.put("station", _station(f"m{i}", f"急救站{i}", StationClass.MEDICAL, *at, "天山区"))
        for number in range(i * 3, i * 3 + 3):
            key, call = f"u-medical-{number}", f"救护{number + 1:02d}"
            units.append(_unit(key, call, UnitClass.MEDICAL, "EMS_ALS", f"m{i}", at, rng))
    return units


def _team_units(scene: Scene, rng: random.Random) -> list[Unit]:
    units: list[Unit] = []
    for i in range(27):
        at = (87.48 + rng.random() * 0.25, 43.75 + rng.random() * 0.22)
        scene.put("station", _station(f"t{i}", f"专业队{i}", StationClass.TEAM_BASE, *at, "米东区"))
        scene.put("team", _team(i))
        units.append(_unit(f"u-team-{i}", f"矿救{i:02d}", UnitClass.TEAM, "MINE_RESCUE", f"t{i}", at, rng))
    return units


def _team(i: int) -> Team:
    return Team(
        id=f"team{i}",
        name=f"专业队{i}",
        type_code="X",
        organisation_id="o",
        station_id=f"t{i}",
        people=60,
        mobilise_s=600,
    )


def _station(id: str, name: str, station_class: StationClass, lon: float, lat: float, district: str) -> Station:
    return Station(id=id, name=name, station_class=station_class, organisation_id="o", district=district, at=(lon, lat))


def _unit(
    id: str,
    name: str,
    unit_class: UnitClass,
    capability: str,
    station: str,
    at: tuple[float, float],
    rng: random.Random,
) -> Unit:
    families = {UnitClass.MEDICAL: UnitFamily.MEDICAL, UnitClass.TEAM: UnitFamily.TEAM}
    return Unit(
        id=id,
        name=name,
        name_en=f"{GLYPHS_EN.get(name[:2], 'Team')} {name[-2:]}",
        unit_class=unit_class,
        family=families.get(unit_class, UnitFamily.FIRE),
        type_code="T",
        organisation_id="o",
        station_id=station,
        at=at,
        capabilities={capability: 1},
        parameters={"height_m": 53},
        crew=6,
        crew_needed=4,
        turnout_s=60,
        in_service=rng.random() > 0.06,
    )


def _stocks(scene: Scene, rng: random.Random) -> None:
    for code, name, unit, free in [
        ("2030301", "泡沫原液", "吨", 18),
        ("2030302", "吸附棉", "吨", 40),
        ("2010101", "空气呼吸器", "具", 164),
        ("2030201", "堵漏器材", "套", 6),
        ("2010103", "一级防护服", "套", 52),
        ("1010101", "棉帐篷", "顶", 640),
        ("2020103", "破拆工具组", "组", 38),
        ("1020101", "饮用水", "箱", 5200),
    ]:
        scene.put(
            "item",
            Item(id=code, name=name, name_en=f"Item {code}", unit=unit, kg=10, m3=0.1, material_class=2, key=True),
        )
        for depot in range(3):
            scene.put(
                "stock",
                Stock(
                    id=f"d{depot}:{code}",
                    stockpile_id=f"d{depot}",
                    item_code=code,
                    available=free // 3 + rng.randrange(2),
                    committed=0,
                    in_transit=0,
                ),
            )


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
