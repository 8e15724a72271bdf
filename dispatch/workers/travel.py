"""Times by road for whatever moves: one tree per profile, one look-up per origin; straight lines only without a map."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from math import inf, isfinite

import numpy as np

from dispatch.routing import (
    E_BIKE,
    SUPPLY_TRUCK,
    WALKING,
    Closed,
    Graph,
    NoWayError,
    Profile,
    Snapped,
    Times,
    air_times,
    avoided,
    closed_at,
    crowfly_times,
    fleet_times,
    path,
    profile_for,
    shared_on,
    snap,
)
from dispatch.routing import Closure as RoadClosure
from dispatch.rules.geometry import metres
from dispatch.workers.once import Once
from kernel.contracts.assignment import Closure, Route
from kernel.contracts.base import LonLat
from kernel.contracts.recommendation import Why
from kernel.contracts.resources import MicroStation, Unit
from kernel.contracts.vocabulary import TravelMethod, UnitFamily

CRUISE_KMH = 220.0
CIVIL = frozenset({UnitFamily.TEAM})
METHODS = {"road": TravelMethod.ROAD, "air": TravelMethod.AIR, "crowfly": TravelMethod.ESTIMATE}
ON_FOOT = frozenset({"foot", "bike"})
SIZES = frozenset({"height", "weight", "width", "length"})
REMEMBERED = 8192


@dataclass(frozen=True)
class Mover:
    """Something at a place with a way of moving; `cruise_kmh` above zero flies; `away` from where it stands."""

    at: LonLat
    profile: Profile
    cruise_kmh: float = 0
    away: bool = False


@dataclass(frozen=True)
class Leg:
    """One mover's way. `travel_s` None: it cannot come. `exact` False: a straight line or off the roads."""

    travel_s: int | None
    method: TravelMethod
    flags: tuple[str, ...] = ()
    exact: bool = True
    unrestricted_s: int | None = None


@dataclass(frozen=True)
class Question:
    """What a time depends on: the place, who moves, from where, round which closures, and how far is looked."""

    to: LonLat
    profile: Profile
    cruise_kmh: float
    places: tuple[LonLat, ...]
    closures: str
    limit_s: float | None


@dataclass
class Roads:
    """The loaded map, or none, with the places already found on it and the times already known."""

    graph: Graph | None
    snapped: dict[tuple[LonLat, ...], Snapped] = field(default_factory=dict)
    known: dict[Question, Times] = field(default_factory=dict)
    shared: dict[Profile, Profile] = field(default_factory=dict)

    @property
    def map_version(self) -> str:
        """Version of the map in every answer."""
        return self.graph.map_version if self.graph else "none"

    def closed(self, closures: Sequence[Closure], at: datetime) -> Closed | None:
        """The closures in force at a moment, on this map."""
        if self.graph is None:
            return None
        found = [
            RoadClosure(each.id, each.version, each.valid_from, each.valid_to, polygon=each.ring) for each in closures
        ]
        return closed_at(self.graph, found, at)

    def legs(
        self,
        to: LonLat,
        movers: Sequence[Mover],
        closed: Closed | None,
        *,
        free: bool = False,
        limit_s: float | None = None,
    ) -> list[Leg]:
        """The way of every mover to a place; with `free` also what it would take without its size.

        `limit_s` bounds the search: who is further away is flagged `beyond_limit` and has no time.
        """
        questions = self._questions(to, movers, closed, limit_s)
        sizeless = {each: _sizeless(each) for each in questions if free and _sized(each)}
        self._learn([*questions, *sizeless.values()], closed)
        legs: list[Leg] = [Leg(None, TravelMethod.UNREACHABLE)] * len(movers)
        for asked, members in questions.items():
            without = self.known[sizeless[asked]] if asked in sizeless else None
            for index, number in enumerate(members):
                legs[number] = _leg(self.known[asked], index, asked.profile, without)
        return legs

    def _questions(
        self, to: LonLat, movers: Sequence[Mover], closed: Closed | None, limit_s: float | None
    ) -> dict[Question, list[int]]:
        """Movers that one answer serves, by number: like vehicles, those that stand at home apart from the others."""
        groups: dict[tuple[Profile, float, bool], list[int]] = {}
        for number, mover in enumerate(movers):
            groups.setdefault((self.shared_profile(mover.profile), mover.cruise_kmh, mover.away), []).append(number)
        return {
            Question(
                to=to,
                profile=profile,
                cruise_kmh=cruise_kmh,
                places=tuple(movers[number].at for number in members),
                closures=closed.version if closed else "none",
                limit_s=limit_s,
            ): members
            for (profile, cruise_kmh, _), members in groups.items()
        }

    def shared_profile(self, profile: Profile) -> Profile:
        """The smallest profile that this map cannot tell from a given one, at its pace."""
        if self.graph is None:
            return profile
        if profile not in self.shared:
            self.shared[profile] = replace(shared_on(self.graph, profile), speed_f=profile.speed_f)
        return self.shared[profile]

    def _learn(self, questions: Sequence[Question], closed: Closed | None) -> None:
        """Answers what was not asked before; most origins are stations and stay, so most of it was."""
        if len(self.known) > REMEMBERED:
            self.known.clear()
        fresh = [each for each in dict.fromkeys(questions) if each not in self.known]
        by_road = [each for each in fresh if not each.cruise_kmh]
        for asked in questions:
            if asked.cruise_kmh:
                self.known[asked] = air_times(asked.to, np.array(asked.places), cruise_kmh=asked.cruise_kmh)
        if self.graph is None or closed is None:
            for asked in by_road:
                self.known[asked] = crowfly_times(asked.profile, asked.to, np.array(asked.places))
        elif by_road:
            graph, to = self.graph, self._snap(self.graph, (by_road[0].to,))
            groups = [(each.profile, self._snap(graph, each.places)) for each in by_road]
            answers = fleet_times(graph, closed, to, groups, limit_s=by_road[0].limit_s)
            self.known.update(zip(by_road, answers, strict=True))

    def _snap(self, graph: Graph, places: tuple[LonLat, ...]) -> Snapped:
        """Places on the map, remembered like the times."""
        found = self.snapped.pop(places, None)
        if found is None:
            found = snap(graph, np.array(places, dtype=np.float64))
        self.snapped[places] = found
        if len(self.snapped) > REMEMBERED:
            del self.snapped[next(iter(self.snapped))]
        return found

    def route(self, mover: Mover, to: LonLat, closed: Closed | None) -> Route:
        """The path of one mover with the limits it goes round; a flagged straight line where there is no road."""
        if self.graph is None or closed is None or mover.cruise_kmh:
            return straight(mover, to)
        start, end = self._snap(self.graph, (mover.at,)), self._snap(self.graph, (to,))
        try:
            way = path(self.graph, mover.profile, closed, end, start)
        except NoWayError:
            return straight(mover, to)
        signs = avoided(self.graph, mover.profile, closed, end, start)
        return Route(
            points=tuple((float(lon), float(lat)) for lon, lat in way.points.round(6)),
            elapsed_s=tuple(float(second) for second in way.elapsed_s.round(1)),
            length_m=round(way.length_m),
            avoided=tuple(
                Why(code=f"avoids_{each.reason}", params={"limit": each.limit, "road": each.name}) for each in signs
            ),
        )

    def limits(self, mover: Mover, to: LonLat, closed: Closed | None) -> tuple[Why, ...]:
        """The signs that are too small for a mover on the way that it would take without its size, each kind once."""
        if self.graph is None or closed is None or mover.cruise_kmh:
            return ()
        start, end = self._snap(self.graph, (mover.at,)), self._snap(self.graph, (to,))
        signs = {each.reason: each for each in avoided(self.graph, mover.profile, closed, end, start)[::-1]}
        return tuple(
            Why(code=f"limit_{reason}", params={"limit": sign.limit, "road": sign.name})
            for reason, sign in sorted(signs.items())
            if reason in SIZES
        )


def straight(mover: Mover, to: LonLat) -> Route:
    """A straight line at the mover's speed, flown or estimated, and marked as what it is."""
    length_m = metres(mover.at, to)
    kmh = mover.cruise_kmh or mover.profile.crow_kmh / 1.4
    steps = max(2, min(100, round(length_m / 200)))
    shares = [number / (steps - 1) for number in range(steps)]
    points = [
        (mover.at[0] + (to[0] - mover.at[0]) * share, mover.at[1] + (to[1] - mover.at[1]) * share) for share in shares
    ]
    gone = [0.0]
    for before, after in pairwise(points):
        gone.append(gone[-1] + metres(before, after) / kmh * 3.6)
    return Route(
        points=tuple(points),
        elapsed_s=tuple(round(second, 1) for second in gone),
        length_m=round(length_m),
        method=TravelMethod.AIR if mover.cruise_kmh else TravelMethod.ESTIMATE,
    )


def _sized(asked: Question) -> bool:
    return not asked.cruise_kmh and asked.profile.family not in ON_FOOT


def _sizeless(asked: Question) -> Question:
    free = replace(asked.profile, height_m=0.0, weight_t=0.0, width_m=0.0, length_m=0.0)
    return replace(asked, profile=free)


def _leg(times: Times, index: int, profile: Profile, without: Times | None) -> Leg:
    seconds = float(times.seconds[index])
    free_s = float(without.seconds[index]) if without is not None else inf
    unrestricted_s = round(free_s) if isfinite(free_s) else None
    if not isfinite(seconds):
        flags = times.flag_names(index)
        return Leg(None, TravelMethod.UNREACHABLE, flags, exact=False, unrestricted_s=unrestricted_s)
    method = TravelMethod.FOOT if times.method == "road" and profile.family in ON_FOOT else METHODS[times.method]
    return Leg(
        travel_s=round(seconds),
        method=method,
        flags=times.flag_names(index),
        exact=times.tier(index) == 0,
        unrestricted_s=unrestricted_s,
    )


def mover_of(unit: Unit, at: LonLat) -> Mover:
    """How a unit moves, from its parameters."""
    cruise_kmh = unit.parameters.get("cruise_kmh", CRUISE_KMH) if unit.by_air else 0
    return Mover(at, _profile_of(unit), cruise_kmh, away=at != unit.at)


def _profile(unit: Unit) -> Profile:
    given = unit.parameters
    return profile_for(
        family="civil" if unit.family in CIVIL else "emergency",
        speed_f=min(3.0, max(0.1, given.get("speed_factor", 1.0))),
        height_m=given.get("vehicle_height_m"),
        weight_t=given.get("vehicle_weight_t"),
        width_m=given.get("vehicle_width_m"),
        length_m=given.get("vehicle_length_m"),
    )


_profile_of = Once(_profile)


def mover_of_micro(station: MicroStation) -> Mover:
    """A micro station goes on foot or by e-bike."""
    return Mover(station.at, E_BIKE if station.by_e_bike else WALKING)


def truck_at(at: LonLat) -> Mover:
    """A loaded supply truck, in ordinary traffic."""
    return Mover(at, SUPPLY_TRUCK)
