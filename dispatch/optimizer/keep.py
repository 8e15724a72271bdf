"""What a plan takes from the rest of the city: zones that lose their last free unit, reserves, stations left.

  guard g   E_g free units hold it, n_g of them should stay, a plan takes k_g
  short_g = ceil(max(0, n_g - (E_g - k_g)) / step_g), each at a price
  zone      n = 1, step = 1     the last free unit at its places goes           cover_price x risk
  reserve   n = floor, step = 1 fewer stay than should (never more than there are)
  station   n = E, step = E     anybody at all leaves                           station_price

As a row of the program: -sum x + step z >= n - E with z priced. Covering by at least one unit within a time is the
maximal covering model (Church and ReVelle 1974); here as the loss of what is covered now. Zones held by the same free
units are one guard, zones held by nobody none.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.problem import Reserve, Style, Unit
from dispatch.optimizer.tables import Tables

ZONE, RESERVE, STATION = "zone", "reserve", "station"


class Guard(NamedTuple):
    """Something that free units hold; `name` = a zone's places, a station, or a reserve's station and capability."""

    kind: str
    name: tuple[str, ...]
    at_least: int
    weight: int
    step: int = 1


class Post(NamedTuple):
    """Free units that hold the same guards: where they cover from, whose they are, what they could keep in reserve."""

    place: str
    station_id: str
    reserves: tuple[int, ...]


class Keep:
    """The guards of a problem and who holds them. Built once per call; a style gives them prices."""

    def __init__(self, tables: Tables) -> None:
        free = [unit for unit in tables.main if _is_ours(unit) and not unit.shareable]
        reserves = tables.problem.policy.reserves
        alike = Counter(standing := [_standing(unit, reserves) for unit in free])
        number = {each: at for at, each in enumerate(alike)}
        self.row_of = {unit.id: number[each] for unit, each in zip(free, standing, strict=True)}
        found = [*_zones(tables, alike), *_reserves(reserves, alike), *_stations(alike)]
        self.guards = tuple(guard for guard, _ in found)
        self.held: Ints = np.zeros((len(alike) + 1, len(found)), dtype=np.int64)
        for at, (_, holders) in enumerate(found):
            self.held[[number[each] for each in holders], at] = 1
        free_of = np.array([*alike.values(), 0], dtype=np.int64) @ self.held
        self.spare: Ints = np.array([guard.at_least for guard in self.guards], dtype=np.int64) - free_of
        self.step: Ints = np.array([guard.step for guard in self.guards], dtype=np.int64)
        self.is_zone = np.array([guard.kind == ZONE for guard in self.guards], dtype=bool)
        self.is_station = np.array([guard.kind == STATION for guard in self.guards], dtype=bool)
        self.weight: Ints = np.array([guard.weight for guard in self.guards], dtype=np.int64)

    def prices(self, style: Style) -> Ints:
        """Price of each guard's shortfall in a style."""
        per_weight = np.where(self.is_zone, style.cover_price, np.where(self.is_station, style.station_price, 1))
        return np.asarray(self.weight * per_weight, dtype=np.int64)

    def row(self, unit_id: str) -> int:
        """The row of `held` for a unit; the last, empty one for a unit that holds nothing."""
        return self.row_of.get(unit_id, -1)

    def taken(self, unit_ids: Iterable[str]) -> Ints:
        """How many holders each guard loses when these units go."""
        rows = [self.row(unit_id) for unit_id in unit_ids]
        return np.asarray(self.held[rows].sum(axis=0), dtype=np.int64)

    def short(self, taken: Ints) -> Ints:
        """The shortfall of each guard (any leading axes)."""
        return np.asarray(-(-np.maximum(self.spare + taken, 0) // self.step), dtype=np.int64)

    def lost(self, unit_ids: Iterable[str]) -> tuple[int, ...]:
        """Guards that fall short when these units go, by number."""
        return tuple(np.flatnonzero(self.short(self.taken(unit_ids))).tolist())

    def covered(self, unit_ids: Iterable[str] = ()) -> int:
        """Risk of the zones where somebody free stays behind."""
        return int(self.weight[self.is_zone & (self.short(self.taken(unit_ids)) == 0)].sum())


Held = tuple[Guard, list[Post]]


def _is_ours(unit: Unit) -> bool:
    """Free, and not lent: what others promise for one incident keeps nothing of ours."""
    return unit.standing.status == "available" and unit.holder is None


def _standing(unit: Unit, reserves: tuple[Reserve, ...]) -> Post:
    could = [
        at
        for at, reserve in enumerate(reserves)
        if reserve.station_id in ("", unit.station_id) and dict(unit.capabilities).get(reserve.capability, 0) > 0
    ]
    return Post(unit.place, unit.station_id, tuple(could))


def _zones(tables: Tables, alike: Counter[Post]) -> Iterator[Held]:
    at: dict[str, list[Post]] = {}
    for each in alike:
        if each.place:
            at.setdefault(each.place, []).append(each)
    risks: dict[tuple[str, ...], int] = {}
    for zone in tables.problem.zones:
        held_from = tuple(sorted({place for place in zone.places if place in at}))
        if held_from and zone.risk:
            risks[held_from] = risks.get(held_from, 0) + zone.risk
    for places, risk in sorted(risks.items()):
        yield Guard(ZONE, places, 1, risk), [each for place in places for each in at[place]]


def _reserves(reserves: tuple[Reserve, ...], alike: Counter[Post]) -> Iterator[Held]:
    for at, reserve in enumerate(reserves):
        holders = [each for each in alike if at in each.reserves]
        at_least = min(reserve.at_least, sum(alike[each] for each in holders))
        if at_least > 0:
            yield Guard(RESERVE, (reserve.station_id, reserve.capability), at_least, reserve.price), holders


def _stations(alike: Counter[Post]) -> Iterator[Held]:
    crews: dict[str, list[Post]] = {}
    for each in alike:
        crews.setdefault(each.station_id, []).append(each)
    for id_, holders in sorted(crews.items()):
        size = sum(alike[each] for each in holders)
        yield Guard(STATION, (id_,), size, 1, size), holders
