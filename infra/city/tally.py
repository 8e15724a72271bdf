"""Counts a register against the plan's totals and finds broken references."""

from collections import Counter
from collections.abc import Iterator

from infra.city.areas import FIRE_CLASSES
from infra.city.forces import seed_list
from infra.city.register import Register

Totals = dict[str, int]

REFERENCES: dict[str, dict[str, str]] = {
    "organisations": {"parent_id": "organisations"},
    "stations": {"organisation_id": "organisations"},
    "teams": {"organisation_id": "organisations", "station_id": "stations"},
    "units": {
        "organisation_id": "organisations",
        "station_id": "stations",
        "team_id": "teams",
        "type_code": "vehicle_types",
    },
    "people": {"unit_id": "units"},
    "micro_stations": {"organisation_id": "organisations"},
    "stockpiles": {"organisation_id": "organisations"},
    "batches": {"stockpile_id": "stockpiles", "item_code": "items"},
}


def planned() -> Totals:
    """What the city's plan says there is, and the 60 depots and 150 appliances that we chose."""
    plan = seed_list()["plan"]
    return {
        "detachments": 1,
        "special brigades": 1,
        "brigades": 11,
        "special stations": 3,
        "first-class stations": 14,
        "second-class stations": 8,
        "appliances of stations": plan["appliances"],
        "petrochemical mobile teams": 3,
        "high-rise mobile teams": 3,
        "mobile team vehicles": plan["mobile_vehicles"],
        "mobile team people": plan["mobile_people"],
        "national professional teams": 14,
        "other professional teams": 13,
        "professional people": plan["professional_people"],
        **{f"micro stations {kind}": count for kind, count in plan["micro"].items()},
        "depots": 60,
    }


def count(register: Register) -> Totals:
    """The same totals, counted row by row in a register."""
    planned_rows = {name: [r for r in rows if r.get("source") == "plan"] for name, rows in register.rows.items()}
    stations = Counter(row["station_class"] for row in planned_rows["stations"])
    special = {r["organisation_id"] for r in planned_rows["stations"] if r["station_class"] == "special"}
    brigades = {row["id"] for row in planned_rows["organisations"] if row["kind"] == "brigade"}
    teams = planned_rows["teams"]
    mobile = {row["id"]: row for row in teams if row["type_code"].startswith("MT-")}
    professional = [row for row in teams if row["type_code"].startswith(("NT-", "UT-"))]
    fire_ids = {row["id"] for row in planned_rows["stations"] if row["station_class"] in FIRE_CLASSES}
    units = planned_rows["units"]
    return {
        "detachments": sum(row["kind"] == "detachment" for row in planned_rows["organisations"]),
        "special brigades": len(brigades & special),
        "brigades": len(brigades - special),
        "special stations": stations["special"],
        "first-class stations": stations["first"],
        "second-class stations": stations["second"],
        "appliances of stations": sum(u["station_id"] in fire_ids and not u.get("team_id") for u in units),
        "petrochemical mobile teams": sum(row["type_code"] == "MT-PC" for row in teams),
        "high-rise mobile teams": sum(row["type_code"] == "MT-HR" for row in teams),
        "mobile team vehicles": sum(unit.get("team_id") in mobile for unit in units),
        "mobile team people": sum(row["people"] for row in mobile.values()),
        "national professional teams": sum(bool(row.get("national")) for row in professional),
        "other professional teams": sum(not row.get("national") for row in professional),
        "professional people": sum(row["people"] for row in professional),
        **{
            f"micro stations {kind}": sum(row["kind"] == kind for row in planned_rows["micro_stations"])
            for kind in ("key_unit", "community", "police_post")
        },
        "depots": len(register.rows["stockpiles"]),
    }


def differences(register: Register) -> dict[str, tuple[int, int]]:
    """Totals that are not as planned: name -> (counted, planned)."""
    counted = count(register)
    return {name: (counted[name], wanted) for name, wanted in planned().items() if counted[name] != wanted}


def faults(register: Register) -> list[str]:
    """Repeated ids, repeated unit names and references that lead nowhere, one sentence each."""
    return [*_repeated(register), *_dangling(register)]


def _repeated(register: Register) -> Iterator[str]:
    for name, rows in register.rows.items():
        ids = Counter(row["id"] for row in rows)
        yield from (f"{name}: id {key} is used {times} times" for key, times in ids.items() if times > 1)
    signs = Counter(row["name"] for row in register.rows["units"])
    yield from (f"units: name {sign} is used {times} times" for sign, times in signs.items() if times > 1)


def _dangling(register: Register) -> Iterator[str]:
    known = {name: {row["id"] for row in rows} for name, rows in register.rows.items()}
    columns = [(name, column, to) for name, targets in REFERENCES.items() for column, to in targets.items()]
    for name, column, target in columns:
        for row in register.rows[name]:
            if row.get(column) and row[column] not in known[target]:
                yield f"{name} {row['id']}: {column} {row[column]} is not among {target}"
    for feature in register.areas.get("station_areas", []):
        if feature["properties"]["station_id"] not in known["stations"]:
            yield f"station_areas {feature['id']}: station {feature['properties']['station_id']} is not known"
