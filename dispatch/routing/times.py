"""Travel times of many origins to one place, with the method and every doubt attached, and the rule that ranks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite

import numpy as np

from dispatch.routing.closures import Closed
from dispatch.routing.graph import Floats, Graph, Ints, metres_between
from dispatch.routing.profiles import Profile
from dispatch.routing.snapping import (
    BEYOND_LIMIT,
    ESTIMATE,
    FLAG_NAMES,
    OFF_NETWORK,
    UNREACHABLE,
    Snapped,
    choose,
    joined,
)
from dispatch.routing.trees import Tree, access_ms, begin, grow, paced_ms, serving

DETOUR_FACTOR = 1.4  # road metres per straight metre where no map says better


@dataclass(frozen=True, eq=False)
class Times:
    """Seconds from N origins to one place, in the order of the origins.

    ``seconds`` is ``inf`` for an origin that is unreachable or beyond the limit. ``method`` is one of road,
    crowfly, air; one answer never mixes two. ``snap_m`` is the distance from each origin to its road, ``to_snap_m``
    that of the place.
    """

    method: str
    map_version: str
    profile: str
    closures_version: str
    seconds: Floats
    snap_m: Floats
    flags: Ints
    crow_m: Floats
    to_snap_m: float

    def flag_names(self, index: int) -> tuple[str, ...]:
        """The doubts about one origin in words."""
        return _names_of(int(self.flags[index]))

    def tier(self, index: int) -> int:
        """0 known, 1 estimated, 2 unknown or unreachable: a lower tier always ranks first."""
        return rank_tier(int(self.flags[index]), float(self.seconds[index]))


@cache
def _names_of(flags: int) -> tuple[str, ...]:
    return tuple(name for bit, name in FLAG_NAMES.items() if flags & bit)


def rank_tier(flags: int, seconds: float) -> int:
    """First part of the ranking key: an estimate never outranks a known time, an unreachable entry outranks nothing."""
    if flags & (UNREACHABLE | BEYOND_LIMIT) or not isfinite(seconds):
        return 2
    return 1 if flags & ESTIMATE else 0


def rank(entries: list[tuple[Times, int]]) -> list[tuple[Times, int]]:
    """Order (answer, origin index) pairs of any profiles and methods: tier, then seconds, then the order given."""
    return sorted(entries, key=lambda e: (e[0].tier(e[1]), float(e[0].seconds[e[1]])))


def travel_times(
    graph: Graph,
    profile: Profile,
    closed: Closed,
    to: Snapped,
    origins: Snapped,
    *,
    limit_s: float | None = None,
) -> Times:
    """Times by road from every origin to the first place of ``to``: one tree, then an array look-up.

    ``limit_s`` bounds the search: origins beyond it are flagged ``beyond_limit``, which is not ``unreachable_by_road``.
    Raises ValueError where the places were snapped on another map.
    """
    return times_from(grow(graph, profile, closed, to, limit_s=limit_s), origins)


def times_from(tree: Tree, origins: Snapped, profile: Profile | None = None) -> Times:
    """Times of origins by a tree that is already grown, for its own profile or another that it serves."""
    return times_of_groups(tree, [(serving(tree, profile), origins)])[0]


def times_of_groups(tree: Tree, groups: Sequence[tuple[Profile, Snapped]]) -> list[Times]:
    """Times of several groups of origins, each at the pace of a profile that the tree is known to serve."""
    sizes = [len(origins) for _, origins in groups]
    chosen = joined([choose(tree.graph, tree.weights, tree.closed, origins) for _, origins in groups])
    pace = np.repeat([profile.speed_f for profile, _ in groups], sizes)
    road = paced_ms(_within(tree, begin(tree, chosen).road_ms), pace)
    to_m = float(tree.to.metres[0])
    target = int(tree.to.flags[0])
    flags = chosen.flags | (target & (OFF_NETWORK | UNREACHABLE))
    lost = UNREACHABLE if tree.limit_s is None else BEYOND_LIMIT
    flags = np.where(np.isinf(road) & ((flags & UNREACHABLE) == 0), flags | lost, flags).astype(np.int32)
    dead = (flags & (UNREACHABLE | BEYOND_LIMIT)) != 0
    legs = access_ms(chosen.metres, tree.profile) + access_ms(np.array([to_m]), tree.profile)[0]
    seconds = np.where(dead, np.inf, (road + legs) / 1000.0)
    lon, lat = (np.concatenate([getattr(origins, axis) for _, origins in groups]) for axis in ("lon", "lat"))
    crow_m = metres_between(lon, lat, np.array(tree.lon), np.array(tree.lat))
    parts = (np.split(each, np.cumsum(sizes)[:-1]) for each in (seconds, chosen.metres, flags, crow_m))
    return [
        Times(
            method="road",
            map_version=tree.graph.map_version,
            profile=profile.name,
            closures_version=tree.closed.version,
            seconds=mine_s,
            snap_m=snap_m,
            flags=mine,
            crow_m=crow,
            to_snap_m=to_m,
        )
        for (profile, _), mine_s, snap_m, mine, crow in zip(groups, *parts, strict=True)
    ]


def _within(tree: Tree, base_ms: Floats) -> Floats:
    """Road times up to the limit; a longer one may not be the shortest, since the search ended before a better way."""
    if tree.limit_s is None:
        return base_ms
    limit_ms = tree.limit_s * 1000.0 * tree.profile.speed_f
    return np.where(base_ms > limit_ms, np.inf, base_ms)


def crowfly_times(
    profile: Profile, to: tuple[float, float], origins: Floats, *, detour_factor: float = DETOUR_FACTOR
) -> Times:
    """The answer without a map or an engine: straight line x detour factor at the profile's speed, every entry flagged.

    ``origins`` is [N, 2] lon, lat. Give the ``detour_factor`` of the last loaded map where there was one.
    """
    metres = _straight(origins, to)
    seconds = np.rint(metres * detour_factor * 3600.0 / profile.crow_kmh) / 1000.0
    return _without_roads("crowfly", profile.name, seconds, metres, ESTIMATE)


def air_times(to: tuple[float, float], origins: Floats, *, cruise_kmh: float, setup_s: float = 0.0) -> Times:
    """Times by air: set-up, then the straight line at cruise speed. Wind, icing and airspace are not looked at."""
    if not cruise_kmh > 0:
        raise ValueError(f"cruise speed {cruise_kmh} km/h is not above zero")
    metres = _straight(origins, to)
    return _without_roads(
        "air", f"air-{cruise_kmh:g}", np.rint(metres * 3600.0 / cruise_kmh) / 1000.0 + setup_s, metres, 0
    )


def _straight(origins: Floats, to: tuple[float, float]) -> Floats:
    places = np.asarray(origins, dtype=np.float64).reshape(-1, 2)
    return metres_between(places[:, 0], places[:, 1], np.array(to[0]), np.array(to[1]))


def _without_roads(method: str, profile: str, seconds: Floats, metres: Floats, flag: int) -> Times:
    return Times(
        method=method,
        map_version="none",
        profile=profile,
        closures_version="none",
        seconds=seconds,
        snap_m=np.zeros(len(seconds)),
        flags=np.full(len(seconds), flag, dtype=np.int32),
        crow_m=metres,
        to_snap_m=0.0,
    )
