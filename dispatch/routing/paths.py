"""The way itself: geometry, road names and the second at which a vehicle passes each point."""

from dataclasses import dataclass, replace

import numpy as np

from dispatch.routing.closures import Closed
from dispatch.routing.graph import MOTOR, Floats, Graph, metres_between
from dispatch.routing.profiles import Profile
from dispatch.routing.snapping import BEYOND_LIMIT, UNREACHABLE, Chosen, Snapped, choose
from dispatch.routing.times import Times, times_from
from dispatch.routing.trees import Tree, access_ms, begin, directed, grow, paced_ms, part_ms, serving, turns_into
from dispatch.routing.weights import CLOSED, HAZMAT_BAN, TOO_HEAVY, TOO_HIGH, TOO_LONG, TOO_WIDE, TRUCK_BAN, weigh


class NoWayError(ValueError):
    """There is no way by road for this vehicle; ``flags`` says why."""

    def __init__(self, flags: tuple[str, ...]) -> None:
        super().__init__(", ".join(flags))
        self.flags = flags


@dataclass(frozen=True, eq=False)
class Route:
    """One drive. ``points`` [n, 2] lon, lat; ``elapsed_s`` [n] rises with them and ends at ``seconds``.

    A point is repeated where the vehicle waits (a turn, traffic lights). ``roads`` are (name, metres) in order.
    """

    points: Floats
    elapsed_s: Floats
    seconds: float
    length_m: float
    roads: tuple[tuple[str, float], ...]
    edges: tuple[int, ...]
    answer: Times


@dataclass(frozen=True)
class Avoided:
    """A limit that the shortest way without limits would have broken: where, why, and the sign."""

    reason: str  # height, weight, width, length, hazmat, truck_ban, closed
    limit: float | None
    name: str
    lon: float
    lat: float


def path(graph: Graph, profile: Profile, closed: Closed, to: Snapped, origins: Snapped, index: int = 0) -> Route:
    """The way of one origin. Its seconds equal those of ``travel_times``. Raises NoWayError."""
    return path_from(grow(graph, profile, closed, to, keep_way=True), origins, index)


def path_from(tree: Tree, origins: Snapped, index: int = 0, profile: Profile | None = None) -> Route:
    """The way of one origin along a tree grown with ``keep_way``. Raises NoWayError."""
    profile = serving(tree, profile)
    single = _one(origins, index)
    answer = times_from(tree, single, profile)
    if answer.flags[0] & (UNREACHABLE | BEYOND_LIMIT):
        raise NoWayError(answer.flag_names(0))
    start = choose(tree.graph, tree.weights, tree.closed, single)
    edges = _edges(tree, start)
    points, base = _drive(tree, start, edges)
    clock = paced_ms(base, profile.speed_f)
    before, after = access_ms(start.metres, profile)[0], access_ms(tree.to.metres, profile)[0]
    points = np.concatenate([[[single.lon[0], single.lat[0]]], points, [[tree.lon, tree.lat]]])
    elapsed = np.concatenate([[0.0], clock + before, [clock[-1] + before + after]]) / 1000.0
    hops = metres_between(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    return Route(
        points=points,
        elapsed_s=elapsed,
        seconds=float(answer.seconds[0]),
        length_m=round(float(hops.sum()), 1),
        roads=_roads(tree.graph, edges, _shares(tree, start, edges)),
        edges=tuple(edges),
        answer=answer,
    )


def avoided(
    graph: Graph, profile: Profile, closed: Closed, to: Snapped, origins: Snapped, index: int = 0
) -> list[Avoided]:
    """Limits and closures on the way that a vehicle without size would take: why this one goes round, or cannot go."""
    free = Profile(profile.family, profile.speed_f)
    nothing = Closed("none", np.zeros_like(closed.edges))
    try:
        edges = path(graph, free, nothing, to, origins, index).edges
    except NoWayError:
        return []
    barred = weigh(graph, profile).barred
    found = []
    for edge in edges:
        bits = int(barred[edge]) | (CLOSED if closed.edges[edge] else 0)
        found += [_sign(graph, edge, reason) for reason in _REASONS if bits & reason]
    junctions = [int(graph.edge_head[edge]) for edge in edges[:-1]]
    return found + [sign for junction in junctions for sign in _signs_at(graph, profile, junction)]


_REASONS = {
    TOO_HIGH: ("height", "stretch_height"),
    TOO_HEAVY: ("weight", "stretch_weight"),
    TOO_WIDE: ("width", "stretch_width"),
    TOO_LONG: ("length", "stretch_long"),
    HAZMAT_BAN: ("hazmat", ""),
    TRUCK_BAN: ("truck_ban", ""),
    CLOSED: ("closed", ""),
}


def _sign(graph: Graph, edge: int, reason: int) -> Avoided:
    word, array = _REASONS[reason]
    line = graph.line(edge)
    lon, lat = (line[0] + line[-1]) / 2 if len(line) == 2 else line[len(line) // 2]
    limit = float(getattr(graph, array)[edge >> 1]) if array else None
    return Avoided(word, limit, graph.name(edge >> 1), float(lon), float(lat))


def _signs_at(graph: Graph, profile: Profile, junction: int) -> list[Avoided]:
    lon, lat = float(graph.junction_lon[junction]), float(graph.junction_lat[junction])
    signs: list[Avoided] = []
    if profile.bit != MOTOR:
        return signs
    for word, size, limits in (
        ("height", profile.height_m, graph.junction_height),
        ("weight", profile.weight_t, graph.junction_weight),
        ("width", profile.width_m, graph.junction_width),
    ):
        if size > limits[junction]:
            signs.append(Avoided(word, float(limits[junction]), "", lon, lat))
    return signs


def _one(origins: Snapped, index: int) -> Snapped:
    row = slice(index, index + 1)
    return replace(
        origins,
        lon=origins.lon[row],
        lat=origins.lat[row],
        stretch=origins.stretch[row],
        share=origins.share[row],
        metres=origins.metres[row],
    )


def _edges(tree: Tree, start: Chosen) -> list[int]:
    if tree.following is None:
        raise ValueError("the tree was grown without keep_way")
    begun = begin(tree, start)
    edges = [int(begun.edge[0])]
    if begun.direct[0]:
        return edges
    while int(tree.following[edges[-1]]) != tree.graph.edges:
        edges.append(int(tree.following[edges[-1]]))
    return [*edges, _last(tree, edges[-1])]


def _last(tree: Tree, before: int) -> int:
    """The last edge: the direction of the target's stretch whose turn and part give the tree's value."""
    for direction in (0, 1):
        edge, share = directed(tree.to, direction)
        last = int(edge[0])
        turn = _turn_ms(tree, before, last)
        if turn is not None and turn + part_ms(tree.weights.costs.edge_ms[edge], share)[0] == tree.after_ms[before]:
            return last
    raise AssertionError("a tree ends at its target")


def _turn_ms(tree: Tree, before: int, after: int) -> float | None:
    weights = tree.weights
    if tree.closed.edges[after] or weights.barred[after]:
        return None
    turns, turn_ms = turns_into(weights, after)
    found = turn_ms[weights.lines.left[turns] == before]
    return float(found[0]) if len(found) else None


def _shares(tree: Tree, start: Chosen, edges: list[int]) -> list[tuple[float, float]]:
    shares = [[0.0, 1.0] for _ in edges]
    shares[0][0] = float(directed(start, edges[0] & 1)[1][0])
    shares[-1][1] = float(directed(tree.to, edges[-1] & 1)[1][0])
    return [(a, b) for a, b in shares]


def _drive(tree: Tree, start: Chosen, edges: list[int]) -> tuple[Floats, Floats]:
    """Points along the edges and the milliseconds at each, waiting at turns included."""
    clock, lines, clocks = 0.0, [], []
    for place, (edge, (a, b)) in enumerate(zip(edges, _shares(tree, start, edges), strict=True)):
        if place:
            clock += _turn_ms(tree, edges[place - 1], edge) or 0.0
        line, along = _between(tree.graph.line(edge), a, b)
        whole = tree.weights.costs.edge_ms[edge]
        spent = float(part_ms(whole, np.array(b)) - part_ms(whole, np.array(a)))
        lines.append(line)
        clocks.append(clock + along * spent)
        clock += spent
    return np.concatenate(lines), np.concatenate(clocks)


def _between(line: Floats, a: float, b: float) -> tuple[Floats, Floats]:
    """The part of a line between two shares of its length, and the share of that part at each of its points."""
    hops = np.hypot(np.diff(line[:, 0]) * np.cos(np.radians(line[:-1, 1])), np.diff(line[:, 1]))
    run = np.concatenate([[0.0], np.cumsum(hops)])
    at = run / run[-1] if run[-1] > 0 else np.linspace(0.0, 1.0, len(run))
    if a == 0.0 and b == 1.0:
        return line, at
    inner = (at > a) & (at < b)
    cuts = np.concatenate([[a], at[inner], [b]])
    points = np.stack([np.interp(cuts, at, line[:, axis]) for axis in (0, 1)], axis=1)
    span = b - a
    return points, (cuts - a) / span if span > 0 else np.linspace(0.0, 1.0, len(cuts))


def _roads(graph: Graph, edges: list[int], shares: list[tuple[float, float]]) -> tuple[tuple[str, float], ...]:
    roads: list[tuple[str, float]] = []
    for edge, (a, b) in zip(edges, shares, strict=True):
        name, metres = graph.name(edge >> 1), float(graph.stretch_length[edge >> 1]) * (b - a)
        if roads and roads[-1][0] == name:
            roads[-1] = (name, roads[-1][1] + metres)
        else:
            roads.append((name, metres))
    return tuple((name, round(metres, 1)) for name, metres in roads)
