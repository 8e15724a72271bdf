"""Zones at risk: the built-up city as cells of a grid, and the seconds by road from a place to each of them.

A zone is a cell of CELL_M. Its risk is the metres of road in it along which people live and work (BUILT_UP classes that
a first engine can drive), plus KEY_PLACE_M for every registered high-risk place: a stand-in for population, which no
register here holds. A cell belongs to the city when it has DENSE_M of such road or a high-risk place, and when it lies
in a station's area or within NEAR_M of a station; of more than MOST the riskiest are kept.

The seconds to a zone are those to the middle one of SAMPLES points spread evenly over its road: within that time a
vehicle reaches half of the zone. Demand as weighted cells: Church and ReVelle, The maximal covering location problem,
1974. The figures above are defaults of this product; no standard gives them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from dispatch.routing.closures import Closed, inside
from dispatch.routing.graph import CLASS_CODE, Floats, Graph, Ints, Mask
from dispatch.routing.isochrones import piece_ms
from dispatch.routing.profiles import Profile
from dispatch.routing.snapping import UNREACHABLE, Chosen, Pieces, Snapped, choose, pieces_of, plane, snap
from dispatch.routing.trees import access_ms
from dispatch.routing.weights import weigh

CELL_M = 1_000.0
DENSE_M = 2_000.0
NEAR_M = 10_000.0
KEY_PLACE_M = 500.0
MOST = 1_500
SAMPLES = 9
NEVER = 1_000_000_000  # seconds to what is not reached by road
BUILT_UP = (
    "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "service", "road", "pedestrian",
)  # fmt: skip

Rings = Sequence[Sequence[tuple[float, float]]]


@dataclass(frozen=True, eq=False)
class Zones:
    """Z zones by name. ``left_out_m`` is the risk of cells beyond MOST; ``version`` is equal when all the rest is."""

    names: tuple[str, ...]
    boxes: Floats  # [Z, 4] west, south, east, north in degrees
    risk_m: Floats  # [Z] metres
    spots: Pieces  # [Z * SAMPLES] where the seconds are taken
    left_out_m: float
    version: str


def zones_of(graph: Graph, profile: Profile, stations: Floats, areas: Sequence[Rings], key_places: Floats) -> Zones:
    """The zones of a city: ``stations`` and ``key_places`` are [N, 2] lon, lat, ``areas`` polygons with holes."""
    pieces = pieces_of(graph)
    which = np.flatnonzero(_lived_on(graph, profile)[pieces.stretch])
    cells, of_piece = _cells_of((pieces.a[which] + pieces.b[which]) / 2)
    metres = np.hypot(*(pieces.b[which] - pieces.a[which]).T)
    road_m = np.bincount(of_piece, metres, minlength=len(cells))
    keys = _keys_in(cells, plane(graph, key_places))
    risk_m = road_m + KEY_PLACE_M * keys
    wanted = ((road_m >= DENSE_M) | (keys > 0)) & _served(graph, cells, stations, areas)
    order = np.lexsort((*cells.T[::-1], -risk_m))
    ranked = order[wanted[order]]
    kept = np.sort(ranked[:MOST])
    rank = np.full(len(cells), -1)
    rank[kept] = np.arange(len(kept))
    spots = _spots(pieces, which, rank[of_piece], metres, len(kept))
    return _named(graph, cells[kept], risk_m[kept], spots, float(risk_m[ranked[MOST:]].sum()))


def _lived_on(graph: Graph, profile: Profile) -> Mask:
    """[S] stretches of built-up classes to which the profile comes from the network."""
    weights = weigh(graph, profile)
    driven = weights.usable & weights.arrives
    classes = np.array([CLASS_CODE[name] for name in BUILT_UP])
    return np.asarray(np.isin(graph.stretch_class, classes) & (driven[0::2] | driven[1::2]))


def _cells_of(points: Floats) -> tuple[Ints, Ints]:
    """[C, 2] the cells in which points of the plane lie, sorted, and the number of each point's cell."""
    cells, of_point = np.unique(np.floor(points / CELL_M).astype(np.int64), axis=0, return_inverse=True)
    return cells, of_point.ravel()


def _keys_in(cells: Ints, points: Floats) -> Ints:
    """[C] how many high-risk places lie in each cell; one that lies off every road counts nowhere."""
    numbers = {cell: number for number, cell in enumerate(map(tuple, cells.tolist()))}
    found = np.zeros(len(cells), dtype=np.int64)
    for cell in map(tuple, np.floor(points / CELL_M).astype(np.int64).tolist()):
        if cell in numbers:
            found[numbers[cell]] += 1
    return found


def _served(graph: Graph, cells: Ints, stations: Floats, areas: Sequence[Rings]) -> Mask:
    """[C] cells whose middle lies in an area or near a station."""
    middle = np.asarray((cells + 0.5) * CELL_M, dtype=np.float64)
    served = np.zeros(len(cells), dtype=np.bool_)
    if len(stations) and len(cells):
        served |= np.isfinite(cKDTree(plane(graph, stations)).query(middle, distance_upper_bound=NEAR_M)[0])
    for rings in areas:
        within = np.zeros(len(cells), dtype=np.bool_)
        for ring in rings:
            within ^= inside(middle, plane(graph, np.array(ring, dtype=np.float64)))
        served |= within
    return served


def _spots(pieces: Pieces, which: Ints, zone: Ints, metres: Floats, zones: int) -> Pieces:
    """SAMPLES pieces of every zone, evenly spread over its metres in the order of the map."""
    order = np.argsort(zone, kind="stable")
    order = order[zone[order] >= 0]
    run = np.cumsum(metres[order])
    total = np.bincount(zone[order], metres[order], minlength=zones)
    end = np.cumsum(total)
    aims = (end - total)[:, None] + total[:, None] * (np.arange(SAMPLES) + 0.5) / SAMPLES
    last = np.cumsum(np.bincount(zone[order], minlength=zones)) - 1
    places = np.minimum(np.searchsorted(run, aims), last[:, None]).ravel()
    taken = which[order[places]]
    share_a, share_b = pieces.share_a[taken], pieces.share_b[taken]
    return Pieces(pieces.stretch[taken], share_a, share_b, pieces.a[taken], pieces.b[taken])


def _named(graph: Graph, cells: Ints, risk_m: Floats, spots: Pieces, left_out_m: float) -> Zones:
    corner = np.floor(plane(graph, np.array([graph.box[:2]])) / CELL_M).astype(np.int64)[0]
    names = tuple(f"z{x:04d}-{y:04d}" for x, y in (cells - corner).tolist())
    degrees = CELL_M / plane(graph, np.array([[1.0, 1.0]]))[0]
    boxes = np.concatenate([cells * degrees, (cells + 1) * degrees], axis=1)
    told = repr((graph.map_version, names, risk_m.round().tolist()))
    return Zones(names, boxes, risk_m, spots, left_out_m, hashlib.sha256(told.encode()).hexdigest()[:12])


def zone_seconds(graph: Graph, profile: Profile, closed: Closed, zones: Zones, places: Snapped) -> Ints:
    """[N, Z] whole seconds, rounded up, from each place to each zone, turnout not included; NEVER where none leads."""
    return tree_seconds(graph, profile, closed, zones, places, snap(graph, np.zeros((0, 2))))[0]


def tree_seconds(
    graph: Graph, profile: Profile, closed: Closed, zones: Zones, places: Snapped, points: Snapped
) -> tuple[Ints, Ints]:
    """[N, Z] seconds to zones as in `zone_seconds` and [N, P] to points, by one tree from each of N places."""
    weights = weigh(graph, profile)
    chosen = choose(graph, weights, closed, places)
    ends = choose(graph, weights, closed, points, arriving=True)
    lost = (ends.stretch < 0) | ((ends.flags & UNREACHABLE) != 0)
    last_ms = np.where(lost, np.inf, access_ms(np.where(lost, 0.0, ends.metres), profile))
    spots, cut = _with_points(zones.spots, ends), len(zones.spots.stretch)
    to_zones = np.full((len(places), len(zones.names)), NEVER, dtype=np.int64)
    to_points = np.full((len(places), len(points)), NEVER, dtype=np.int64)
    for number in np.flatnonzero((chosen.stretch >= 0) & ((chosen.flags & UNREACHABLE) == 0)):
        one = slice(number, number + 1)
        origin = Chosen(chosen.stretch[one], chosen.share[one], chosen.metres[one], chosen.flags[one])
        ms = piece_ms(weights, closed, origin, profile, spots, np.inf) / profile.speed_f
        middle = np.sort(ms[:cut].reshape(-1, SAMPLES), axis=1)[:, SAMPLES // 2]
        to_zones[number], to_points[number] = _seconds(middle), _seconds(ms[cut:] + last_ms)
    return to_zones, to_points


def _with_points(spots: Pieces, ends: Chosen) -> Pieces:
    """The spots, and behind them the roads of some points as pieces without length."""
    stretch = np.concatenate([spots.stretch, np.maximum(ends.stretch, 0)])
    share_a, share_b = (np.concatenate([each, ends.share]) for each in (spots.share_a, spots.share_b))
    nowhere = np.zeros((len(ends.stretch), 2))
    return Pieces(stretch, share_a, share_b, np.concatenate([spots.a, nowhere]), np.concatenate([spots.b, nowhere]))


def _seconds(ms: Floats) -> Ints:
    return np.where(np.isfinite(ms), np.ceil(np.minimum(ms, 1e12) / 1000), NEVER).astype(np.int64)
