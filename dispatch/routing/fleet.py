"""Times of many kinds of vehicle to one place: one tree for like vehicles, and own trees only where a limit bites.

A vehicle that is smaller in every size is never slower and never barred where a larger one may pass. So the way of the
smallest of a class (same family, same turn costs) is a lower bound for all of it, and where the larger vehicle fits
through everything on that way, it is also that vehicle's shortest. Only who does not fit needs a tree of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dispatch.routing.closures import Closed
from dispatch.routing.graph import Floats, Graph, Mask
from dispatch.routing.profiles import Profile
from dispatch.routing.snapping import Chosen, Snapped, choose
from dispatch.routing.speeds import HEAVY_T, LONG_VEHICLE_M
from dispatch.routing.times import Times, times_from
from dispatch.routing.trees import Tree, begin, grow
from dispatch.routing.weights import weigh


@dataclass(frozen=True, eq=False)
class Narrowest:
    """The tightest limits on the way of each origin: [N] metres and tonnes, `inf` where nothing limits."""

    height: Floats
    weight: Floats
    width: Floats
    length: Floats

    def fits(self, profile: Profile) -> Mask:
        """[N] whether the vehicle passes everything on the way."""
        return (
            (profile.height_m <= self.height)
            & (profile.weight_t <= self.weight)
            & (profile.width_m <= self.width)
            & (profile.length_m <= self.length)
        )


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
    """Times of one class: from the tree of its smallest where all of a group fit, else from a tree of its own."""
    least = smallest([profile for profile, _ in groups])
    tree = grow(graph, least, closed, to, limit_s=limit_s, keep_way=len(groups) > 1)
    starts = [choose(graph, tree.weights, closed, origins) for _, origins in groups]
    ways = _ways(tree, starts) if len(groups) > 1 else None
    own: dict[Profile, Tree] = {least: tree}
    answers = []
    for number, (profile, origins) in enumerate(groups):
        whole = replace(profile, speed_f=1.0)
        if whole not in own and ways is not None and _all_fit(tree, whole, to, origins, starts[number], ways[number]):
            answers.append(times_from(tree, origins, replace(least, speed_f=profile.speed_f)))
            continue
        if whole not in own:
            own[whole] = grow(graph, whole, closed, to, limit_s=limit_s)
        answers.append(times_from(own[whole], origins, profile))
    return answers


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
    parts = (np.split(limit, cuts) for limit in (limits.height, limits.weight, limits.width, limits.length))
    return [Narrowest(*group) for group in zip(*parts, strict=True)]


def _turns_like(profile: Profile) -> tuple[object, ...]:
    """What makes vehicles pay the same on every edge and turn that they may use."""
    return profile.family, profile.length_m > LONG_VEHICLE_M, profile.weight_t > HEAVY_T, profile.hazmat


def smallest(profiles: Sequence[Profile]) -> Profile:
    """The least of every size, at speed factor 1: no vehicle of the class is barred less."""
    return replace(
        profiles[0],
        speed_f=1.0,
        height_m=min(each.height_m for each in profiles),
        weight_t=min(each.weight_t for each in profiles),
        width_m=min(each.width_m for each in profiles),
        length_m=min(each.length_m for each in profiles),
    )


def _all_fit(tree: Tree, profile: Profile, to: Snapped, origins: Snapped, starts: Chosen, ways: Narrowest) -> bool:
    """Whether every origin's way in the tree is this profile's own: same roads to begin and end at, and it fits."""
    if not ways.fits(profile).all():
        return False
    weights = weigh(tree.graph, profile)
    if not _same(starts, choose(tree.graph, weights, tree.closed, origins)):
        return False
    return _same(tree.to, choose(tree.graph, weights, tree.closed, to))


def _same(a: Chosen, b: Chosen) -> bool:
    return bool((a.stretch == b.stretch).all() and (a.share == b.share).all() and (a.flags == b.flags).all())


def narrowest(tree: Tree, starts: Chosen) -> Narrowest:
    """Follows every origin's way at once, edge by edge, and keeps the tightest limits met."""
    graph, following = tree.graph, tree.following
    assert following is not None
    begun = begin(tree, starts)
    limits = Narrowest(*(np.full(len(begun.edge), np.inf) for _ in range(4)))
    here = np.flatnonzero(np.isfinite(begun.road_ms))
    edge = begun.edge[here]
    _pass_stretches(graph, limits, here, edge >> 1)
    if tree.to.stretch[0] >= 0:
        _pass_stretches(graph, limits, here, np.full(len(here), tree.to.stretch[0]))
    going = ~begun.direct[here]
    here, edge = here[going], edge[going]
    while len(here):
        _pass_junctions(graph, limits, here, graph.edge_head[edge])
        edge = following[edge]
        onward = (edge >= 0) & (edge < graph.edges)
        here, edge = here[onward], edge[onward]
        _pass_stretches(graph, limits, here, edge >> 1)
    return limits


def _pass_stretches(graph: Graph, limits: Narrowest, who: Indices, stretch: Indices) -> None:
    for kept, signed in (
        (limits.height, graph.stretch_height),
        (limits.weight, graph.stretch_weight),
        (limits.width, graph.stretch_width),
        (limits.length, graph.stretch_long),
    ):
        kept[who] = np.minimum(kept[who], signed[stretch])


def _pass_junctions(graph: Graph, limits: Narrowest, who: Indices, junction: Indices) -> None:
    for kept, signed in (
        (limits.height, graph.junction_height),
        (limits.weight, graph.junction_weight),
        (limits.width, graph.junction_width),
    ):
        kept[who] = np.minimum(kept[who], signed[junction])
