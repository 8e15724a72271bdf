"""The 4,665 micro stations, denser where the streets are denser."""

from collections import Counter
from random import Random

import yaml
from shapely.geometry.base import BaseGeometry

from infra.city.forces import seed_list
from infra.city.register import Register, Row, read_map, read_table
from infra.city.sites import Sites, Spot
from infra.city.skeleton import SEED

KINDS = {"key_unit": "MS-UNIT", "community": "MS-COMM", "police_post": "MS-POLICE"}
E_BIKE_SHARE = {"key_unit": 0.25, "community": 0.6, "police_post": 0.85}


def fill(register: Register, sites: Sites, within: BaseGeometry, rng: Random) -> None:
    """Rows of micro stations of the three kinds with the plan's counts; owned by the district's bureau."""
    words = yaml.safe_load((SEED / "words.yaml").read_text(encoding="utf-8"))["units"]
    kinds = {row["id"]: row for row in read_table(SEED / "team_types.csv")}
    bureaus = {o["name"].removesuffix("应急管理局"): o["id"] for o in register.rows["organisations"]}
    counts = seed_list()["plan"]["micro"]
    spots = sites.anywhere(sum(counts.values()), within=within)
    used: Counter[str] = Counter()
    for kind, count in counts.items():
        for number in range(1, count + 1):
            spot = spots.pop()
            row = _row(kind, number, spot, kinds[KINDS[kind]], rng)
            row["organisation_id"] = bureaus[spot.district]
            row["name"] = _name(kind, spot, rng.choice(words), used)
            register.rows["micro_stations"].append(row)


def _row(kind: str, number: int, spot: Spot, team: Row, rng: Random) -> Row:
    row: Row = {"id": f"ms-{kind[0]}-{number:04d}", "kind": kind, "district": spot.district, **spot.lonlat}
    row |= {"people": int(team["people"]), "turnout_s": int(team["mobilise_s"]), "source": "plan"}
    row["capabilities"] = {key: int(value) for key, value in read_map(team["capabilities"]).items()}
    return row | {"by_e_bike": rng.random() < E_BIKE_SHARE[kind], "in_service": rng.random() < 0.985}


def _name(kind: str, spot: Spot, word: str, used: Counter[str]) -> str:
    road = spot.road or spot.district
    stem = {
        "key_unit": f"{road}{word}",
        "community": f"{road.removesuffix('路')}社区",
        "police_post": f"{road}便民警务站",
    }
    name = stem[kind]
    used[name] += 1
    number = f"{used[name]}号" if used[name] > 1 else ""
    return f"{name}{number}微型消防站"
