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

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.problem import Style, Unit
from dispatch.optimizer.tables import Ints, Tables

ZONE, STATION = "zone", "station"


@dataclass(frozen=True, slots=True)
class Guard:
    """Something that free units hold; `name` = the places of a zone, a reserve's capability, or a station."""

    kind: str
    name: tuple[str, ...]
    holders: frozenset[str]
    at_least: int
    weight: int
    step: int = 1


class Keep:
    """The guards of a problem and who holds them. Built once per call; a style gives them prices."""

    def __init__(self, tables: Tables) -> None:
        free = [unit for unit in tables.main if unit.standing.status == "available" and not unit.shareable]
        self.guards = (*_zones(tables, free), *_reserves(tables, free), *_stations(free))
        holds: dict[str, list[int]] = {unit.id: [] for unit in free}
        for number, guard in enumerate(self.guards):
            for unit_id in guard.holders:
                holds[unit_id].append(number)
        alike: dict[tuple[int, ...], int] = {}
        self.row_of = {unit_id: alike.setdefault(tuple(numbers), len(alike)) for unit_id, numbers in holds.items()}
        self.held: Ints = np.zeros((len(alike) + 1, len(self.guards)), dtype=np.int64)
        for numbers, row in alike.items():
            self.held[row, list(numbers)] = 1
        self.spare: Ints = np.array([g.at_least - len(g.holders) for g in self.guards], dtype=np.int64)
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


def _zones(tables: Tables, free: list[Unit]) -> list[Guard]:
    at: dict[str, list[str]] = {}
    for unit in free:
        if unit.place:
            at.setdefault(unit.place, []).append(unit.id)
    risks: dict[tuple[str, ...], int] = {}
    for zone in tables.problem.zones:
        held_from = tuple(sorted(place for place in set(zone.places) if place in at))
        if held_from and zone.risk:
            risks[held_from] = risks.get(held_from, 0) + zone.risk
    return [
        Guard(ZONE, places, frozenset(unit_id for place in places for unit_id in at[place]), 1, risk)
        for places, risk in sorted(risks.items())
    ]


def _reserves(tables: Tables, free: list[Unit]) -> list[Guard]:
    found = []
    for reserve in tables.problem.policy.reserves:
        holders = frozenset(
            unit.id
            for unit in free
            if reserve.station_id in ("", unit.station_id) and dict(unit.capabilities).get(reserve.capability, 0) > 0
        )
        at_least = min(reserve.at_least, len(holders))
        if at_least > 0:
            found.append(Guard("reserve", (reserve.station_id, reserve.capability), holders, at_least, reserve.price))
    return found


def _stations(free: list[Unit]) -> list[Guard]:
    crews: dict[str, list[str]] = {}
    for unit in free:
        crews.setdefault(unit.station_id, []).append(unit.id)
    return [Guard(STATION, (id_,), frozenset(ids), len(ids), 1, len(ids)) for id_, ids in sorted(crews.items())]
