"""Builds the whole schematic city for a seed: the road network, then the register that stands on it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from random import Random

from shapely.geometry.base import BaseGeometry

from infra.city import areas, borders, crews, micro, roads, skeleton, stock, tally, words
from infra.city.forces import Forces
from infra.city.gazetteer import Gazetteer
from infra.city.net import Net
from infra.city.register import Register, read_table
from infra.city.sites import Sites
from infra.city.skeleton import SEED, Skeleton

BEIJING = timezone(timedelta(hours=8))
AS_OF = datetime(2026, 11, 21, 8, 0, tzinfo=BEIJING)


@dataclass(frozen=True)
class City:
    skeleton: Skeleton
    net: Net
    built_up: BaseGeometry
    districts: dict[str, BaseGeometry]
    register: Register


def build(seed: int, as_of: datetime = AS_OF) -> City:
    """The city of this seed as it stands at `as_of`; the same arguments give the same city."""
    drawn = skeleton.read()
    net, fabric = roads.build(drawn, seed)
    shapes = borders.districts(drawn)
    register = _register(drawn, net, fabric.built_up, shapes, seed, as_of)
    return City(drawn, net, fabric.built_up, shapes, register)


def _register(
    drawn: Skeleton, net: Net, built_up: BaseGeometry, shapes: dict[str, BaseGeometry], seed: int, as_of: datetime
) -> Register:
    manifest = {"format": 1, "name": "乌鲁木齐 示意数据", "crs": "WGS84", "synthetic": True, "seed": seed}
    register = Register({**manifest, "as_of": as_of.astimezone(BEIJING).date().isoformat()})
    for name in ("capabilities", "vehicle_types", "items"):
        register.rows[name] = read_table(SEED / f"{name}.csv")
    sites = Sites(net, drawn, shapes, Random(f"{seed}:sites"))
    within = built_up.intersection(drawn.territory.buffer(-600))
    Forces(register, sites, Random(f"{seed}:forces"), as_of.astimezone(UTC)).build()
    crews.fill(register, Random(f"{seed}:crews"))
    stock.fill(register, sites, Random(f"{seed}:stock"), as_of.astimezone(BEIJING).date())
    micro.fill(register, sites, within, Random(f"{seed}:micro"))
    Gazetteer(register, sites, Random(f"{seed}:places")).fill(net, drawn, within)
    areas.fill(register, drawn, shapes)
    words.name_in_english(register)
    wrong = [*tally.faults(register), *(f"{name}: {pair}" for name, pair in tally.differences(register).items())]
    if wrong:
        raise ValueError("the register is not as planned: " + "; ".join(wrong[:5]))
    return register
