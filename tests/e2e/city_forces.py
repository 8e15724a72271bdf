"""The forces of the stage's city: stations with some 250 units, teams, depots with their stock."""

import random

from kernel.contracts.resources import Item, Station, Stock, Team, Unit
from kernel.contracts.vocabulary import StationClass, UnitClass, UnitFamily
from tests.e2e.scene import Scene

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


def forces(scene: Scene, rng: random.Random) -> list[Unit]:
    """Puts stations, teams and units on the stage."""
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


def stocks(scene: Scene, rng: random.Random) -> None:
    """Puts three depots with eight materials on the stage."""
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
