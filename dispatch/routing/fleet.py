"""Times of many kinds of vehicle to one place: one tree for like vehicles, and further trees only where a limit bites.

A vehicle that is smaller in every size is never slower and never barred where a larger one may pass; a truck ban, a
turn that is closed to trucks and a hazmat ban are sizes in this sense. So the way of the smallest is a lower bound for
all of its family that pay the same for turns, and where the larger vehicle fits through everything on that way, it is
also that vehicle's shortest. Who does not fit shares the tree of the smallest of those, and so on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dispatch.routing.closures import Closed
from dispatch.routing.graph import BAN_HEAVY, NO_HAZMAT, NO_HGV, Floats, Graph, Mask
from dispatch.routing.guided import GaveUpError, after_ms, guide
from dispatch.routing.profiles import Profile
from dispatch.routing.snapping import Chosen, Snapped, choose, joined
from dispatch.routing.speeds import HEAVY_T, LONG_VEHICLE_M
from dispatch.routing.times import Times, times_of_groups
from dispatch.routing.trees import Tree, begin, directed, grow
from dispatch.routing.weights import Weights, weigh

FEW = 6  # places of one kind of vehicle, up to which searching one by one is cheaper than another tree
SIZES = ("weight_t", "height_m", "width_m", "length_m", "hazmat")
WEIGHT = SIZES.index("weight_t")
Group = tuple[Profile, Snapped]
Indices = npt.NDArray[np.integer]


def fleet_times(
    graph: Graph, closed: Closed, to: Snapped, groups: Sequence[Group], *, limit_s: float | None = None
) -> list[Times]:
    """For every group what ``travel_times`` answers for its profile and origins, to the millisecond.

    ``limit_s`` bounds the search for the fastest of them: who needs longer may have a time all the same.
    """
    pace = max((profile.speed_f for profile, _ in groups), default=1.0)
    base_limit_s = None if limit_s is None else limit_s * pace
    classes: dict[tuple[object, ...], list[int]] = {}
    for number, (profile, _) in enumerate(groups):
        classes.setdefault(_turns_like(profile), []).append(number)
    answers: dict[int, Times] = {}
    for members in classes.values():
        found = _class_times(graph, closed, to, [groups[number] for number in members], base_limit_s)
        answers.update(zip(members, found, strict=True))
    return [answers[number] for number in range(len(groups))]


def _class_times(
    graph: Graph, closed: Closed, to: Snapped, groups: Sequence[Group], limit_s: float | None
) -> list[Times]:
    """Times of one class: from the tree of the least of its sizes where all of a group fit; the others try the next."""
    answers: dict[int, Times] = {}
    waiting, stuck = list(range(len(groups))), False
    while waiting:
        profiles = [groups[number][0] for number in waiting]
        least = smallest(profiles) if stuck else least_of_all(profiles)
        like = [number for number in waiting if replace(groups[number][0], speed_f=1.0) == least]
        larger = [number for number in waiting if number not in like and not_smaller(groups[number][0], least)]
        tree = grow(graph, least, closed, to, limit_s=limit_s, keep_way=bool(larger))
        found = dict.fromkeys(like, tree) | _served(tree, to, groups, larger)
        for serving in dict.fromkeys(found.values()):
            mine = [number for number, each in found.items() if each is serving]
            paced = [(replace(serving.profile, speed_f=groups[n][0].speed_f), groups[n][1]) for n in mine]
            answers.update(zip(mine, times_of_groups(serving, paced), strict=True))
        waiting = [number for number in waiting if number not in answers]
        stuck = not found
    return [answers[number] for number in range(len(groups))]


def fits(profile: Profile, limits: Floats) -> Mask:
    """[N] whether the vehicle passes everything on each way; ``limits`` as from ``narrowest``."""
    passes = np.array(_sizes(profile)) <= limits
    return np.asarray(passes.all(axis=1))


def _served(tree: Tree, to: Snapped, groups: Sequence[Group], larger: Sequence[int]) -> dict[int, Tree]:
    """The tree that answers for each group of larger vehicles, as far as this one helps: itself where all fit through,
    the same with a few ways searched for one by one where only few do not."""
    if not larger:
        return {}
    starts = [choose(tree.graph, tree.weights, tree.closed, groups[number][1]) for number in larger]
    found = {}
    for number, start, way in zip(larger, starts, _ways(tree, starts), strict=True):
        served = _serve(tree, to, groups[number], start, way)
        if served is not None:
            found[number] = served
    return found


def _serve(tree: Tree, to: Snapped, group: Group, start: Chosen, way: Floats) -> Tree | None:
    whole, origins = replace(group[0], speed_f=1.0), group[1]
    weights = weigh(tree.graph, whole)
    if not _same(tree.to, choose(tree.graph, weights, tree.closed, to, arriving=True)).all():
        return None
    own = choose(tree.graph, weights, tree.closed, origins)
    stopped = np.flatnonzero(~fits(whole, way) | ~_same(start, own))
    if not len(stopped):
        return tree
    if len(stopped) > FEW or tree.limit_s is not None:
        return None
    try:
        after = _round(tree, weights, own, stopped)
    except GaveUpError:
        return None
    return replace(tree, profile=whole, weights=weights, after_ms=after)


def _round(tree: Tree, weights: Weights, own: Chosen, stopped: Indices) -> Floats:
    """The tree's times from the end of every edge, put right where the stopped places begin. Raises GaveUpError."""
    after, found, way = tree.after_ms.copy(), dict[int, float](), guide(tree, weights, tree.closed)
    for direction in (0, 1):
        for edge in directed(own, direction)[0][stopped].tolist():
            if edge >= 0 and edge not in found and not weights.barred[edge] and not tree.closed.edges[edge]:
                found[edge] = after_ms(way, edge)
    after[list(found)] = list(found.values())
    return after


def _ways(tree: Tree, starts: Sequence[Chosen]) -> list[Floats]:
    """The tightest limits on the ways of several groups, followed all at once."""
    return np.split(narrowest(tree, joined(starts)), np.cumsum([len(each.stretch) for each in starts])[:-1])


def _turns_like(profile: Profile) -> tuple[object, ...]:
    """What makes vehicles pay the same for every edge and turn that they may use."""
    return profile.family, profile.length_m > LONG_VEHICLE_M


def smallest(profiles: Sequence[Profile]) -> Profile:
    """One of the profiles, at speed factor 1, such that no other is smaller in every size."""
    return replace(min(profiles, key=_sizes), speed_f=1.0)


def least_of_all(profiles: Sequence[Profile]) -> Profile:
    """The least of every size, at speed factor 1: no vehicle among them is barred less."""
    return replace(
        profiles[0],
        speed_f=1.0,
        height_m=min(each.height_m for each in profiles),
        weight_t=min(each.weight_t for each in profiles),
        width_m=min(each.width_m for each in profiles),
        length_m=min(each.length_m for each in profiles),
        hazmat=all(each.hazmat for each in profiles),
    )


def not_smaller(profile: Profile, than: Profile) -> bool:
    """Whether a vehicle is at least as large in every size."""
    return all(mine >= theirs for mine, theirs in zip(_sizes(profile), _sizes(than), strict=True))


def _sizes(profile: Profile) -> tuple[float, ...]:
    return tuple(float(getattr(profile, name)) for name in SIZES)


def _same(a: Chosen, b: Chosen) -> Mask:
    """[N] whether the places use the same spot of the same road."""
    same: Mask = (a.stretch == b.stretch) & (a.share == b.share) & (a.flags == b.flags)
    return same


def narrowest(tree: Tree, starts: Chosen) -> Floats:
    """The tightest limits on the way of each origin, by column as SIZES: [N, 5], `inf` where nothing limits.

    Every way is followed at once, edge by edge.
    """
    graph, following, signs = tree.graph, tree.following, _signs(tree)
    assert following is not None
    begun = begin(tree, starts)
    limits = np.full((len(begun.edge), len(SIZES)), np.inf)
    here = np.flatnonzero(np.isfinite(begun.road_ms))
    edge = begun.edge[here]
    limits[here] = signs.stretch[edge >> 1]
    if tree.to.stretch[0] >= 0:
        limits[here] = np.minimum(limits[here], signs.stretch[tree.to.stretch[0]])
    going = ~begun.direct[here]
    here, edge = here[going], edge[going]
    while len(here):
        limits[here] = np.minimum(limits[here], signs.edge[edge])
        left, edge = edge.astype(np.int64) * graph.edges, following[edge]
        onward = (edge >= 0) & (edge < graph.edges)
        for direction in (0, 1):  # the last turn is into the stretch of the place, from whichever end
            _pass_turns(signs, limits, here[~onward], left[~onward] + (2 * tree.to.stretch[0] + direction))
        here, left, edge = here[onward], left[onward], edge[onward]
        _pass_turns(signs, limits, here, left + edge)
    return limits


@dataclass(frozen=True, eq=False)
class Signs:
    """What a map lets through for one family: limits by column as SIZES, and the turns closed to trucks, sorted."""

    stretch: Floats  # [S, 5]
    edge: Floats  # [E, 5] of its stretch and of the junction at its end
    no_trucks: Indices  # from edge * E + to edge


def _signs(tree: Tree) -> Signs:
    """The limits of a map for the tree's family, put together once."""
    graph, key = tree.graph, ("signs", tree.profile.family)
    if key not in graph.memory:
        trucks = (graph.turn_ban & BAN_HEAVY) != 0
        turns = graph.turn_from[trucks].astype(np.int64) * graph.edges + graph.turn_to[trucks]
        # A truck ban is a traffic sign, which an emergency drive need not obey.
        banned = ((graph.stretch_bits & NO_HGV) != 0) & (tree.profile.family == "civil")
        stretch = np.stack(
            [
                np.where(banned, np.minimum(graph.stretch_weight, HEAVY_T), graph.stretch_weight),
                graph.stretch_height,
                graph.stretch_width,
                graph.stretch_long,
                np.where((graph.stretch_bits & NO_HAZMAT) != 0, 0.0, np.inf),
            ],
            axis=1,
        )
        endless = np.full(len(graph.junction_height), np.inf)
        junction = np.stack(
            [graph.junction_weight, graph.junction_height, graph.junction_width, endless, endless], axis=1
        )
        edge = np.minimum(np.repeat(stretch, 2, axis=0), junction[graph.edge_head])
        graph.memory[key] = Signs(stretch, edge, np.unique(turns))
    signs: Signs = graph.memory[key]
    return signs


def _pass_turns(signs: Signs, limits: Floats, who: Indices, turn: Indices) -> None:
    if len(signs.no_trucks):
        place = np.minimum(np.searchsorted(signs.no_trucks, turn), len(signs.no_trucks) - 1)
        closed = who[signs.no_trucks[place] == turn]
        limits[closed, WEIGHT] = np.minimum(limits[closed, WEIGHT], HEAVY_T)
