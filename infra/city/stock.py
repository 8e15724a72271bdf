"""The 60 depots and what lies in them, batch by batch."""

from datetime import date, timedelta
from random import Random

from infra.city.forces import seed_list
from infra.city.register import Register, Row, read_table
from infra.city.sites import Sites
from infra.city.skeleton import SEED

MOBILISE_S = {"enterprise": 1200, "park": 1200, "xpcc": 3600, "department": 1500, "detachment": 900, "utility": 1500}


def fill(register: Register, sites: Sites, rng: Random, as_of: date) -> None:
    """Rows of stockpiles and batches. Some batches are near their end of life, a few are past it."""
    listed = seed_list()
    owners = register.by_id("organisations")
    items = {row["id"]: row for row in read_table(SEED / "items.csv")}
    for number, (owner, name, near, profile, trucks, payload_kg) in enumerate(listed["depots"], 1):
        kind = _owner_kind(owners[owner])
        spot = sites.near(near)
        row = {"id": f"dp-{number:02d}", "name": name, "organisation_id": owner, "owner_kind": kind}
        row |= {"district": spot.district, **spot.lonlat, "trucks": trucks, "payload_kg": payload_kg}
        row |= {"trucks_out": int(trucks > 1 and rng.random() < 0.25), "by_request": kind == "xpcc", "source": "ours"}
        row["mobilise_s"] = MOBILISE_S.get(owners[owner]["kind"], 1800)
        register.rows["stockpiles"].append(row)
        for code, usual in listed["profiles"][profile].items():
            quantity = max(1, round(usual * rng.uniform(0.7, 1.3)))
            register.rows["batches"] += _batches(row["id"], items[str(code)], quantity, rng, as_of)


def _owner_kind(owner: Row) -> str:
    """Departments, utilities and the detachment hold stock of the city."""
    return owner["kind"] if owner["kind"] in ("district", "enterprise", "park", "xpcc") else "city"


def _batches(depot: str, item: Row, quantity: int, rng: Random, as_of: date) -> list[Row]:
    lots = 1 if quantity < 12 else rng.randint(1, 3)
    cuts = sorted(rng.sample(range(1, quantity), lots - 1))
    sizes = [b - a for a, b in zip([0, *cuts], [*cuts, quantity], strict=True)]
    rows = []
    for lot, size in enumerate(sizes, 1):
        life = int(item["life_days"] or 0)
        age = rng.randrange(20, round((life or 1500) * 1.03))
        produced = as_of - timedelta(days=age)
        expires = (produced + timedelta(days=life)).isoformat() if life else None
        row = {"id": f"{depot}:{item['id']}:{lot}", "stockpile_id": depot, "item_code": item["id"]}
        rows.append({**row, "produced_on": produced.isoformat(), "expires_on": expires, "available": size})
    return rows
