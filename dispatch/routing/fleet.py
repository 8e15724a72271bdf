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
from dispatch.routing.snapping import Chosen, Snapped, choose
from dispatch.routing.speeds import HEAVY_T, LONG_VEHICLE_M
from dispatch.routing.times import Times, times_from
from dispatch.routing.trees import Tree, begin, directed, grow
from dispatch.routing.weights import Weights, weigh


@dataclass(frozen=True, eq=False)
class Narrowest:
    """The tightest limits on the way of each origin: [N] metres and tonnes, `inf` where nothing limits."""

    height: Floats
    weight: Floats
    width: Floats
    length: Floats
    hazmat: Floats

    def fits(self, profile: Profile) -> Mask:
        """[N] whether the vehicle passes everything on the way."""
        return (
            (profile.height_m <= self.height)
            & (profile.weight_t <= self.weight)
            & (profile.width_m <= self.width)
            & (profile.length_m <= self.length)
            & (float(profile.hazmat) <= self.hazmat)
        )


FEW = 6  # places of one kind of vehicle, up to which searching one by one is cheaper than another tree
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
        for number, serving in found.items():
            profile, origins = groups[number]
            answers[number] = times_from(serving, origins, replace(serving.profile, speed_f=profile.speed_f))
        waiting = [number for number in waiting if number not in answers]
        stuck = not found
    return [answers[number] for number in range(len(groups))]


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


def _serve(tree: Tree, to: Snapped, group: Group, start: Chosen, way: Narrowest) -> Tree | None:
    whole, origins = replace(group[0], speed_f=1.0), group[1]
    weights = weigh(tree.graph, whole)
    if not _same(tree.to, choose(tree.graph, weights, tree.closed, to, arriving=True)).all():
        return None
    own = choose(tree.graph, weights, tree.closed, origins)
    stopped = np.flatnonzero(~way.fits(whole) | ~_same(start, own))
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
            if edge >= 0 and edge not in found and np.isfinite(weights.edge_ms[edge]) and not tree.closed.edges[edge]:
                found[edge] = after_ms(way, edge)
    after[list(found)] = list(found.values())
    return after


def _joined(starts: Sequence[Chosen]) -> Chosen:
    """The places of several groups as one."""
    return Chosen(
        np.concatenate([each.stretch for each in starts]),
        np.concatenate([each.share for each in starts]),
        np.concatenate([each.metres for each in starts]),
        np.concatenate([each.flags for each in starts]),
    )


def _ways(tree: Tree, starts: Sequence[Chosen]) -> list[Narrowest]:
    """The tightest limits on the ways of several groups, followed all at once."""
    limits = narrowest(tree, _joined(starts))
    cuts = np.cumsum([len(each.stretch) for each in starts])[:-1]
    each = (limits.height, limits.weight, limits.width, limits.length, limits.hazmat)
    parts = (np.split(limit, cuts) for limit in each)
    return [Narrowest(*group) for group in zip(*parts, strict=True)]


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
    return profile.weight_t, profile.height_m, profile.width_m, profile.length_m, float(profile.hazmat)


def _same(a: Chosen, b: Chosen) -> Mask:
    """[N] whether the places use the same spot of the same road."""
    same: Mask = (a.stretch == b.stretch) & (a.share == b.share) & (a.flags == b.flags)
    return same


def narrowest(tree: Tree, starts: Chosen) -> Narrowest:
    """Follows every origin's way at once, edge by edge, and keeps the tightest limits met."""
    graph, following, signs = tree.graph, tree.following, _signs(tree)
    assert following is not None
    begun = begin(tree, starts)
    limits = Narrowest(*(np.full(len(begun.edge), np.inf) for _ in range(5)))
    here = np.flatnonzero(np.isfinite(begun.road_ms))
    edge = begun.edge[here]
    _pass_stretches(signs, limits, here, edge >> 1)
    if tree.to.stretch[0] >= 0:
        _pass_stretches(signs, limits, here, np.full(len(here), tree.to.stretch[0]))
    going = ~begun.direct[here]
    here, edge = here[going], edge[going]
    while len(here):
        _pass_junctions(graph, limits, here, graph.edge_head[edge])
        left, edge = edge.astype(np.int64) * graph.edges, following[edge]
        onward = (edge >= 0) & (edge < graph.edges)
        for direction in (0, 1):  # the last turn is into the stretch of the place, from whichever end
            _pass_turns(signs, limits, here[~onward], left[~onward] + (2 * tree.to.stretch[0] + direction))
        here, left, edge = here[onward], left[onward], edge[onward]
        _pass_turns(signs, limits, here, left + edge)
        _pass_stretches(signs, limits, here, edge >> 1)
    return limits


@dataclass(frozen=True, eq=False)
class Signs:
    """What each stretch lets through for one family, [S], and the turns that are closed to trucks, sorted."""

    height: Floats
    weight: Floats
    width: Floats
    length: Floats
    hazmat: Floats
    no_trucks: Indices  # from edge * E + to edge


def _signs(tree: Tree) -> Signs:
    """The limits of a map for the tree's family, put together once."""
    graph, key = tree.graph, ("signs", tree.profile.family)
    if key not in graph.memory:
        trucks = (graph.turn_ban & BAN_HEAVY) != 0
        turns = graph.turn_from[trucks].astype(np.int64) * graph.edges + graph.turn_to[trucks]
        # A truck ban is a traffic sign, which an emergency drive need not obey.
        banned = ((graph.stretch_bits & NO_HGV) != 0) & (tree.profile.family == "civil")
        graph.memory[key] = Signs(
            height=graph.stretch_height,
            weight=np.where(banned, np.minimum(graph.stretch_weight, HEAVY_T), graph.stretch_weight),
            width=graph.stretch_width,
            length=graph.stretch_long,
            hazmat=np.where((graph.stretch_bits & NO_HAZMAT) != 0, 0.0, np.inf),
            no_trucks=np.unique(turns),
        )
    signs: Signs = graph.memory[key]
    return signs


def _pass_stretches(signs: Signs, limits: Narrowest, who: Indices, stretch: Indices) -> None:
    for kept, signed in (
        (limits.height, signs.height),
        (limits.weight, signs.weight),
        (limits.width, signs.width),
        (limits.length, signs.length),
        (limits.hazmat, signs.hazmat),
    ):
        kept[who] = np.minimum(kept[who], signed[stretch])


def _pass_turns(signs: Signs, limits: Narrowest, who: Indices, turn: Indices) -> None:
    if len(signs.no_trucks):
        place = np.minimum(np.searchsorted(signs.no_trucks, turn), len(signs.no_trucks) - 1)
        closed = who[signs.no_trucks[place] == turn]
        limits.weight[closed] = np.minimum(limits.weight[closed], HEAVY_T)


def _pass_junctions(graph: Graph, limits: Narrowest, who: Indices, junction: Indices) -> None:
    for kept, signed in (
        (limits.height, graph.junction_height),
        (limits.weight, graph.junction_weight),
        (limits.width, graph.junction_width),
    ):
        kept[who] = np.minimum(kept[who], signed[junction])
