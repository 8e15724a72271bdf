"""Organisations, stations, teams and their units, from the seed list of forces and the plan's totals."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import yaml

from infra.city.register import Register, Row, read_map, read_table
from infra.city.sites import Sites
from infra.city.skeleton import SEED

STATION_TYPES = {"special": "FS-T", "first": "FS-1", "second": "FS-2"}
BAYS = {"special": 11, "first": 7, "second": 4}  # upper end of 建标152-2017
TEAM_CLASSES = {"EF": "enterprise", "PB": "enterprise", "XPCC": "xpcc", "TP": "police"}
FAMILIES = {"TP": "police", "EMS": "medical", "FS": "fire", "MT": "fire", "EF": "fire", "PB": "fire", "XPCC": "fire"}
# which classes of unit carry a skill of the crew that no vehicle brings by itself
CARRIERS = {
    "INTERIOR_ATTACK": ("water", "foam", "rescue", "ladder"),
    "HAZMAT_ENTRY": ("hazmat",),
    "TRANSFER": ("hazmat", "foam"),
    "LEAK_PLUG": ("hazmat", "team", "utility"),
    "ROPE": ("rescue", "water"),
    "WATER_RESCUE": ("rescue", "water"),
    "SAR_LIGHT": ("rescue", "water"),
    "SAR_MEDIUM": ("rescue",),
    "PIPELINE_REPAIR": ("plant",),
    "DEBRIS_CLEAR": ("plant", "utility"),
}
BY_REQUEST = frozenset({"XPCC", "SOC", "PAP"})


@cache
def seed_list() -> dict[str, Any]:
    listed: dict[str, Any] = yaml.safe_load((SEED / "forces.yaml").read_text(encoding="utf-8"))
    return listed


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Whole shares of `total` in proportion to the weights, by largest remainder; they add up exactly."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    byrest = sorted(range(len(weights)), key=lambda k: (-(total * weights[k] % whole), k))
    for k in byrest[: total - sum(shares)]:
        shares[k] += 1
    return shares


class Forces:
    """Builds the rows of organisations, stations, teams and units into a register."""

    def __init__(self, register: Register, sites: Sites, rng: Random, as_of: datetime) -> None:
        self.register, self._sites, self._rng, self._as_of = register, sites, rng, as_of
        self._listed = seed_list()
        self._types = {row["id"]: row for row in read_table(SEED / "vehicle_types.csv")}
        self._teams = {row["id"]: row for row in read_table(SEED / "team_types.csv")}
        self._signs: Counter[str] = Counter()

    def build(self) -> None:
        self._organisations()
        self._fire_stations()
        self._mobile_teams()
        self._professional_teams()
        self._own_teams()
        self._ambulances()
        self._bays()
        self._out_of_service()

    def _organisations(self) -> None:
        paths: dict[str, str] = {"": ""}
        for one in self._listed["organisations"]:
            paths[one["id"]] = f"{paths[one['parent']]}/{one['id']}".lstrip("/")
            row = {key: one[key] for key in ("id", "name", "name_en", "kind", "source")}
            self.register.rows["organisations"].append({**row, "parent_id": one["parent"], "path": paths[one["id"]]})

    def _fire_stations(self) -> None:
        for number, (station_class, organisation, name, near) in enumerate(self._listed["stations"], 1):
            kind = self._teams[STATION_TYPES[station_class]]
            station = self._station(f"st-{number:02d}", name, station_class, organisation, near, "plan")
            station |= {"number": number, "bays": BAYS[station_class], "people_established": int(kind["people"])}
            vehicles = kind["vehicles"].split("|") + self._listed["extra_appliances"].get(number, [])
            units = [self._unit(code, station, "FS", turnout_s=60) for code in vehicles]
            self._skills(units, read_map(kind["capabilities"]))

    def _station(self, key: str, name: str, station_class: str, organisation: str, near: Any, source: str) -> Row:
        spot = self._sites.near(near)
        row: Row = {"id": key, "name": name, "station_class": station_class, "organisation_id": organisation}
        row |= {"district": spot.district, **spot.lonlat, "source": source}
        row |= {"receipt_limit_s": 30, "turnout_limit_s": 60, "arrival_limit_s": 300}
        self.register.rows["stations"].append(row)
        return row

    def _mobile_teams(self) -> None:
        """Petrochemical and high-rise mobile teams stand at fire stations; their 170 people are the plan's."""
        stations = self.register.by_id("stations")
        entries = self._listed["mobile_teams"]
        people = apportion(self._listed["plan"]["mobile_people"], [int(self._teams[t]["people"]) for t, _ in entries])
        counted: Counter[str] = Counter()
        for (code, number), share in zip(entries, people, strict=True):
            counted[code] += 1
            word = "石化灭火机动" if code == "MT-PC" else "高层灭火机动"
            name = f"{word}{'一二三'[counted[code] - 1]}队"
            station = stations[f"st-{number:02d}"]
            team = self._team(f"tm-{code.lower()}-{counted[code]}", name, code, "org-det", station, share, "plan")
            self._team_units(team, station, self._teams[code]["vehicles"].split("|"), code)

    def _professional_teams(self) -> None:
        entries = self._listed["professional_teams"]
        weights = [int(self._teams[code]["people"]) for code, *_ in entries]
        people = apportion(self._listed["plan"]["professional_people"], weights)
        for number, ((code, owner, name, near), share) in enumerate(zip(entries, people, strict=True), 1):
            station = self._station(f"st-pt-{number:02d}", f"{name}驻地", "team_base", owner, near, "plan")
            team = self._team(f"tm-pt-{number:02d}", name, code, owner, station, share, "plan")
            team["national"] = code.startswith("NT-")
            self._team_units(team, station, self._teams[code]["vehicles"].split("|"), code)

    def _own_teams(self) -> None:
        for number, (code, owner, name, near, vehicles) in enumerate(self._listed["own_teams"], 1):
            base = TEAM_CLASSES.get(code, "team_base")
            station = self._station(f"st-ow-{number:02d}", f"{name}驻地", base, owner, near, "ours")
            vehicles = vehicles or self._teams[code]["vehicles"].split("|")
            crews = sum(int(self._types[v]["crew"]) for v in vehicles)
            people = max(int(self._teams[code]["people"]), 2 * crews if code != "EXP" else crews)
            team = self._team(f"tm-ow-{number:02d}", name, code, owner, station, people, "ours")
            team["by_request"] = code in BY_REQUEST
            self._team_units(team, station, vehicles, code)

    def _ambulances(self) -> None:
        kind = self._teams["EMS"]
        for number, (name, near) in enumerate(self._listed["ambulance_stations"], 1):
            station = self._station(f"st-em-{number:02d}", name, "medical", "org-dep-120", near, "ours")
            station |= {"bays": 2, "people_established": int(kind["people"])}
            for code in kind["vehicles"].split("|"):
                self._unit(code, station, "EMS", turnout_s=60)

    def _team(self, key: str, name: str, code: str, owner: str, station: Row, people: int, source: str) -> Row:
        row: Row = {"id": key, "name": name, "type_code": code, "organisation_id": owner, "station_id": station["id"]}
        row |= {"people": people, "mobilise_s": int(self._teams[code]["mobilise_s"]), "source": source}
        self.register.rows["teams"].append(row)
        return row

    def _team_units(self, team: Row, station: Row, vehicles: Sequence[str], code: str) -> None:
        units = []
        for number, vehicle in enumerate(vehicles, 1):
            unit = self._unit(vehicle, station, code, turnout_s=team["mobilise_s"])
            if code == "EXP":  # an expert is called by field
                unit["name"] = f"{team['name'].removesuffix('组')}{number}"
            unit |= {"team_id": team["id"], "source": team["source"], "organisation_id": team["organisation_id"]}
            unit["by_request"] = team.get("by_request", False)
            units.append(unit)
        self._seat(units, team["people"])
        self._skills(units, read_map(self._teams[code]["capabilities"]))
        if station["station_class"] not in STATION_TYPES:
            station["people_established"] = station.get("people_established", 0) + team["people"]
            station["turnout_limit_s"] = team["mobilise_s"]

    @staticmethod
    def _seat(units: list[Row], people: int) -> None:
        """A team with fewer people than its vehicles have seats shares them out; nobody rides on two vehicles."""
        crews = [unit["crew"] for unit in units]
        if sum(crews) > people:
            for unit, crew in zip(units, apportion(people, crews), strict=True):
                unit |= {"crew": crew, "crew_needed": crew}

    def _unit(self, code: str, station: Row, owner: str, *, turnout_s: int) -> Row:
        kind = self._types[code]
        family = code.split("-")[0]
        sign = self._listed["call_signs"][family]
        self._signs[sign] += 1
        number = self._signs[sign]
        row: Row = {"id": f"u-{family.lower()}-{number:04d}", "name": f"{sign}{number:02d}"}
        row |= {"name_en": f"{kind['name_en']} {number:02d}", "unit_class": kind["unit_class"], "type_code": code}
        row["family"] = FAMILIES.get(owner.split("-")[0], "team")
        row |= {key: station[key] for key in ("organisation_id", "lon", "lat", "source")}
        row |= {"station_id": station["id"], "capabilities": {}, "parameters": self._own_parameters(kind)}
        row |= {"crew": int(kind["crew"]), "crew_needed": int(kind["crew"]), "turnout_s": turnout_s}
        row |= {"by_air": code == "HEL", "shareable": code == "ZJC", "by_request": False, "in_service": True}
        self.register.rows["units"].append(row)
        return row

    def _own_parameters(self, kind: Row) -> dict[str, float]:
        """About one vehicle in six is not quite as its type says: another tank, an older pump, a taller cab."""
        usual = read_map(kind["parameters"])
        changes = [key for key in ("water_l", "pump_lps", "vehicle_height_m") if key in usual]
        if not changes or self._rng.random() > 0.17:
            return {}
        key = self._rng.choice(changes)
        if key == "vehicle_height_m":
            return {key: round(usual[key] + self._rng.choice([-0.1, 0.1, 0.15]), 2)}
        return {key: round(usual[key] * self._rng.choice([0.8, 0.9, 1.1, 1.25]))}

    def _skills(self, units: list[Row], wanted: dict[str, float]) -> None:
        """Gives the units what their crews can do beyond their vehicles, one step each, until the team has it."""
        for skill, amount in wanted.items():
            classes = CARRIERS.get(skill, ())
            able = sorted(
                (u for u in units if u["unit_class"] in classes), key=lambda u: classes.index(u["unit_class"])
            )
            able = able or units
            missing = round(amount - sum(self._has(unit, skill) for unit in units))
            for step in range(missing):
                unit = able[step % len(able)]
                unit["capabilities"] = {**unit["capabilities"], skill: self._has(unit, skill) + 1}

    def _has(self, unit: Row, skill: str) -> int:
        own = unit["capabilities"].get(skill)
        return int(read_map(self._types[unit["type_code"]]["capabilities"]).get(skill, 0) if own is None else own)

    def _bays(self) -> None:
        for station in self.register.rows["stations"]:
            units = [unit for unit in self.register.rows["units"] if unit["station_id"] == station["id"]]
            station["bays"] = max(station.get("bays", 0), len(units))
            for bay, unit in enumerate(units, 1):
                unit["bay"] = bay

    def _out_of_service(self) -> None:
        """About one unit in twenty is in the workshop, never two of one station, with a reason and a return."""
        by_station: defaultdict[str, list[Row]] = defaultdict(list)
        for unit in self.register.rows["units"]:
            if not unit["shareable"] and not unit["by_air"]:
                by_station[unit["station_id"]].append(unit)
        for units in by_station.values():
            if len(units) < 3 or self._rng.random() > 0.4:
                continue
            unit = self._rng.choice(units)
            back = self._as_of + timedelta(hours=self._rng.randrange(6, 240))
            unit |= {"in_service": False, "out_reason": self._rng.choice(self._listed["out_reasons"])}
            unit["back_at"] = back.isoformat()
