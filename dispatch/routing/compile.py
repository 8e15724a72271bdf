"""From junctions, stretches and restrictions to a Graph: numbers edges and joins them by turns, classed by angle."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from dispatch.routing.graph import (
    AGAINST,
    BIKE,
    EMERGENCY,
    FOOT,
    LEFT,
    MOTOR,
    NO_HAZMAT,
    RIGHT,
    SHARP,
    SLIGHT,
    STRAIGHT,
    U_TURN,
    U_TURN_END,
    Bits,
    Floats,
    Graph,
    Ints,
    Mask,
    metres_between,
)

EVERYONE = MOTOR | BIKE | FOOT


@dataclass(frozen=True)
class Junction:
    """A point where stretches meet; ``block`` names whom a barrier stops, limits bind everyone who passes."""

    lon: float
    lat: float
    block: int = 0
    height_m: float = inf
    weight_t: float = inf
    width_m: float = inf
    signal: bool = False


@dataclass(frozen=True)
class Stretch:
    """A road between two junctions with one set of attributes; ``shape`` includes both ends, None is a line."""

    tail: int
    head: int
    road_class: int
    shape: Sequence[tuple[float, float]] | None = None
    along: int = EVERYONE  # access bits in drawing direction
    back: int = EVERYONE
    length_m: float | None = None  # None: measured along the shape
    maxspeed: int = 0
    height_m: float = inf
    weight_t: float = inf
    width_m: float = inf
    long_m: float = inf
    bits: int = 0
    name: str = ""
    signals: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Restriction:
    """A turn restriction at one junction. ``only`` forbids everything but ``to_edges``; edges as numbered by Graph."""

    via: int
    from_edges: tuple[int, ...]
    to_edges: tuple[int, ...]
    binds: int  # BAN_ bits
    only: bool = False


def compile_graph(
    junctions: Sequence[Junction],
    stretches: Sequence[Stretch],
    restrictions: Sequence[Restriction] = (),
    *,
    attribution: str = "",
) -> Graph:
    """The graph of these roads, not yet versioned. Stretch ``s`` of the input is stretch ``s`` of the graph."""
    lonlat = np.array([(j.lon, j.lat) for j in junctions], dtype=np.float64).reshape(-1, 2)
    tail = np.array([s.tail for s in stretches], dtype=np.int32)
    head = np.array([s.head for s in stretches], dtype=np.int32)
    shapes = [_shape(s, junctions) for s in stretches]
    starts = np.concatenate([[0], np.cumsum([len(shape) for shape in shapes])]).astype(np.int32)
    points = np.concatenate([*shapes, np.zeros((0, 2))])
    lengths = _lengths(stretches, points, starts)
    access = np.array([(s.along, s.back) for s in stretches], dtype=np.uint8).reshape(-1)
    name_index, name_start, name_bytes = _names([s.name for s in stretches])
    differing = _limits_change(junctions, stretches)
    turns = _turns(tail, head, access, points, starts, differing)
    return Graph(
        junction_lon=lonlat[:, 0].copy(),
        junction_lat=lonlat[:, 1].copy(),
        junction_block=np.array([j.block for j in junctions], dtype=np.uint8),
        junction_height=_floats([j.height_m for j in junctions]),
        junction_weight=_floats([j.weight_t for j in junctions]),
        junction_width=_floats([j.width_m for j in junctions]),
        junction_signal=np.array([j.signal for j in junctions], dtype=np.uint8),
        stretch_tail=tail,
        stretch_head=head,
        stretch_length=lengths,
        stretch_class=np.array([s.road_class for s in stretches], dtype=np.uint8),
        stretch_maxspeed=np.array([s.maxspeed for s in stretches], dtype=np.uint8),
        stretch_height=_floats([s.height_m for s in stretches]),
        stretch_weight=_floats([s.weight_t for s in stretches]),
        stretch_width=_floats([s.width_m for s in stretches]),
        stretch_long=_floats([s.long_m for s in stretches]),
        stretch_bits=np.array([s.bits for s in stretches], dtype=np.uint8),
        stretch_name=name_index,
        edge_access=access,
        edge_signals=np.array([s.signals for s in stretches], dtype=np.uint8).reshape(-1),
        turn_from=turns[0],
        turn_to=turns[1],
        turn_kind=turns[2],
        turn_ban=_bans(turns[0], turns[1], len(access), restrictions),
        point_start=starts,
        points=np.rint(points * 1e7).astype(np.int32),
        name_start=name_start,
        name_bytes=name_bytes,
        attribution=attribution,
        box=_box(points),
    )


def _floats(values: Sequence[float]) -> Floats:
    return np.array(values, dtype=np.float64)


def _box(points: Floats) -> tuple[float, float, float, float]:
    if not len(points):
        return (0.0, 0.0, 0.0, 0.0)
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    return (float(west), float(south), float(east), float(north))


def _shape(stretch: Stretch, junctions: Sequence[Junction]) -> Floats:
    if stretch.shape is not None:
        return np.array(stretch.shape, dtype=np.float64)
    ends = (junctions[stretch.tail], junctions[stretch.head])
    return np.array([(end.lon, end.lat) for end in ends], dtype=np.float64)


def _lengths(stretches: Sequence[Stretch], points: Floats, starts: Ints) -> Floats:
    if not len(stretches):
        return np.zeros(0)
    pieces = metres_between(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    run = np.concatenate([[0.0], np.cumsum(pieces)])
    measured = run[starts[1:] - 1] - run[starts[:-1]]
    given = np.array([np.nan if s.length_m is None else s.length_m for s in stretches])
    # Whole centimetres: the difference of two running sums carries noise that no road has.
    return np.where(np.isnan(given), np.round(measured, 2), given)


def _names(names: Sequence[str]) -> tuple[Ints, Ints, Bits]:
    known: dict[str, int] = {}
    index = [known.setdefault(name, len(known)) if name else -1 for name in names]
    encoded = [name.encode() for name in known]
    starts = np.concatenate([[0], np.cumsum([len(text) for text in encoded])]).astype(np.int32)
    return np.array(index, dtype=np.int32), starts, np.frombuffer(b"".join(encoded), dtype=np.uint8)


def _limits_change(junctions: Sequence[Junction], stretches: Sequence[Stretch]) -> Mask:
    """Junctions in front of something that some vehicle cannot pass: there a vehicle must be able to turn round."""
    change = np.array(
        [bool(j.block) or min(j.height_m, j.weight_t, j.width_m) < inf for j in junctions], dtype=np.bool_
    )
    seen: dict[int, tuple[float | int, ...]] = {}
    for stretch in stretches:
        limits = (stretch.height_m, stretch.weight_t, stretch.width_m, stretch.long_m, stretch.bits & NO_HAZMAT)
        for end in (stretch.tail, stretch.head):
            if seen.setdefault(end, limits) != limits:
                change[end] = True
    return change


def _turns(
    tail: Ints, head: Ints, access: Bits, points: Floats, starts: Ints, differing: Mask
) -> tuple[Ints, Ints, Bits]:
    edges = len(access)
    edge_tail = np.stack([tail, head], axis=1).ravel()
    edge_head = np.stack([head, tail], axis=1).ravel()
    junctions = len(differing)
    by_tail = np.argsort(edge_tail, kind="stable")
    leaving = np.bincount(edge_tail, minlength=junctions)
    first = np.concatenate([[0], np.cumsum(leaving)])
    count = leaving[edge_head]
    turn_from = np.repeat(np.arange(edges), count)
    offset = np.arange(len(turn_from)) - np.repeat(np.cumsum(count) - count, count)
    turn_to = by_tail[first[edge_head[turn_from]] + offset]
    motor = np.repeat(((access[0::2] | access[1::2]) & (MOTOR | AGAINST | EMERGENCY)) != 0, 2)
    degree = np.bincount(edge_tail[motor], minlength=junctions)
    kind = _kinds(turn_from, turn_to, degree[edge_head[turn_from]], _bearings(points, starts))
    back = turn_to == turn_from ^ 1
    node = edge_head[turn_from]
    end = (degree[node] <= 1) | differing[node] | _no_other_way(turn_from, turn_to, access)
    kind[back] = np.where(end[back], U_TURN_END, U_TURN)
    keep = (access[turn_from] != 0) & (access[turn_to] != 0) & (~back | end | (degree[node] >= 3))
    order = np.lexsort((turn_from[keep], turn_to[keep]))
    return (
        turn_from[keep][order].astype(np.int32),
        turn_to[keep][order].astype(np.int32),
        kind[keep][order],
    )


def _no_other_way(turn_from: Ints, turn_to: Ints, access: Bits) -> Mask:
    """[T] whether a vehicle on the edge that is left can only turn back, as where all other roads come in one-way."""
    motor = (access[turn_from] & MOTOR) != 0
    open_way = np.where(motor, access[turn_to] & MOTOR, access[turn_to]) != 0
    onward = np.bincount(turn_from[open_way & (turn_to != turn_from ^ 1)], minlength=len(access))
    return np.asarray(onward[turn_from] == 0)


def _bearings(points: Floats, starts: Ints) -> tuple[Floats, Floats]:
    """Direction in degrees, counter-clockwise, in which each edge leaves its tail and reaches its head."""
    first, last = starts[:-1], starts[1:] - 1

    def towards(a: Ints, b: Ints) -> Floats:
        delta = points[b] - points[a]
        degrees: Floats = np.degrees(np.arctan2(delta[:, 1], delta[:, 0] * np.cos(np.radians(points[a, 1]))))
        return degrees

    leave = np.stack([towards(first, first + 1), towards(last, last - 1)], axis=1).ravel()
    reach = np.stack([towards(last - 1, last), towards(first + 1, first)], axis=1).ravel()
    return leave, reach


def _kinds(turn_from: Ints, turn_to: Ints, degree: Ints, bearings: tuple[Floats, Floats]) -> Bits:
    leave, reach = bearings
    angle = (leave[turn_to] - reach[turn_from] + 180) % 360 - 180
    size = np.abs(angle)
    choices = [(size < 25) | ((degree <= 2) & (size < 100)), size < 50, size > 150, angle > 0]
    return np.select(choices, [STRAIGHT, SLIGHT, SHARP, LEFT], RIGHT).astype(np.uint8)


def _bans(turn_from: Ints, turn_to: Ints, edges: int, restrictions: Sequence[Restriction]) -> Bits:
    ban = np.zeros(len(turn_from), dtype=np.uint8)
    by_from = np.argsort(turn_from, kind="stable")
    first = np.searchsorted(turn_from[by_from], np.arange(edges + 1))
    for rule in restrictions:
        for edge in rule.from_edges:
            turns = by_from[first[edge] : first[edge + 1]]
            named = np.isin(turn_to[turns], rule.to_edges)
            ban[turns[~named if rule.only else named]] |= rule.binds
    return ban
