"""Where a vehicle can be within given times: a tree grown forwards, drawn as grid cells beside reached roads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_dilation, label
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch.routing.closures import Closed
from dispatch.routing.graph import Floats, Graph, Ints, Mask
from dispatch.routing.profiles import Profile
from dispatch.routing.snapping import UNREACHABLE, Chosen, Pieces, Snapped, choose, pieces_of, plane
from dispatch.routing.trees import access_ms, cheapest, directed, part_ms
from dispatch.routing.weights import Weights, weigh

CELL_M = 100.0

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Area:
    """What is reached within ``limit_s``: polygons (outer ring, then holes; [lon, lat]), their area, reached road."""

    limit_s: float
    polygons: tuple[tuple[Ring, ...], ...]
    area_km2: float
    road_km: float


@dataclass(frozen=True)
class Areas:
    """Areas per limit, smallest first. Areas reach one cell (100 m) beside a reached road."""

    method: str
    map_version: str
    profile: str
    closures_version: str
    areas: tuple[Area, ...]
    left_out: tuple[int, ...]  # indexes of origins that are not reachable by road


def isochrone(graph: Graph, profile: Profile, closed: Closed, origins: Snapped, limits_s: Sequence[float]) -> Areas:
    """Areas that the nearest of the origins reaches within each limit. Raises ValueError for no or negative limits."""
    limits = sorted(limits_s)
    if not limits or limits[0] <= 0:
        raise ValueError("an isochrone needs limits above zero")
    weights = weigh(graph, profile)
    chosen = choose(graph, weights, closed, origins)
    pieces = pieces_of(graph)
    reached = piece_ms(weights, closed, chosen, profile, pieces, limits[-1]) / profile.speed_f
    left_out = tuple(int(i) for i in np.flatnonzero((chosen.stretch < 0) | ((chosen.flags & UNREACHABLE) != 0)))
    areas = tuple(_area(graph, pieces, reached, limit) for limit in limits)
    return Areas("road", graph.map_version, profile.name, closed.version, areas, left_out)


def piece_ms(
    weights: Weights, closed: Closed, origins: Chosen, profile: Profile, pieces: Pieces, limit_s: float
) -> Floats:
    """Milliseconds at speed factor 1 from the nearest origin to the middle of every piece, ``inf`` beyond the limit."""
    limit_ms = limit_s * 1000.0 * profile.speed_f
    good = (origins.stretch >= 0) & ((origins.flags & UNREACHABLE) == 0)
    origins = Chosen(origins.stretch[good], origins.share[good], origins.metres[good], origins.flags[good])
    head_start = np.rint(access_ms(origins.metres, profile) * profile.speed_f)
    end_ms = _forward(weights, closed, origins, head_start)
    middle = (pieces.share_a + pieces.share_b) / 2
    best = np.full(len(middle), np.inf)
    for direction in (0, 1):
        edge = 2 * pieces.stretch + direction
        share = middle if direction == 0 else 1.0 - middle
        whole = np.where(closed.edges[edge] | (weights.barred[edge] != 0), np.inf, weights.costs.edge_ms[edge])
        usable = np.isfinite(whole) & np.isfinite(end_ms[edge])
        known = np.where(usable, whole, 0.0)
        best = np.minimum(best, end_ms[edge] - known + part_ms(known, share) + np.where(usable, 0.0, np.inf))
        for place, (first, start) in enumerate(zip(*directed(origins, direction), strict=True)):
            own = (edge == first) & np.isfinite(whole)
            ahead = part_ms(whole[own], share[own]) - part_ms(whole[own], start)
            own_ms = np.where(ahead >= 0, ahead + head_start[place], np.inf)
            best[own] = np.minimum(best[own], own_ms)
    return np.where(best <= limit_ms, best, np.inf)


def _forward(weights: Weights, closed: Closed, origins: Chosen, head_start: Floats) -> Floats:
    """[E] milliseconds to the end of edges driven whole; unbounded, as the limit may fall inside an edge."""
    edges = len(weights.barred)
    entered, left = weights.lines.entered, weights.lines.left
    ms = np.where(closed.edges[entered] | closed.edges[left], np.inf, weights.toward_ms)
    first: list[Ints] = []
    cost: list[Floats] = []
    for direction in (0, 1):
        for place, (edge, share) in enumerate(zip(*directed(origins, direction), strict=True)):
            if weights.barred[edge]:
                continue
            whole = weights.costs.edge_ms[edge]
            onward = np.flatnonzero(left == edge)
            first.append(entered[onward])
            cost.append(ms[onward] + whole - part_ms(whole, share) + head_start[place])
    root_to, root_ms = cheapest(np.concatenate([*first, entered[:0]]), np.concatenate([*cost, ms[:0]]))
    row = np.concatenate([left, np.full(len(root_to), edges)])
    line = csr_array(
        (np.concatenate([ms, root_ms]), (row, np.concatenate([entered, root_to]))), shape=(edges + 1, edges + 1)
    )
    found: Floats = dijkstra(line, directed=True, indices=edges)[:edges]
    return found


def _area(graph: Graph, pieces: Pieces, reached: Floats, limit_s: float) -> Area:
    good = reached <= limit_s * 1000.0
    metres = np.hypot(*(pieces.b[good] - pieces.a[good]).T)
    if not good.any():
        return Area(limit_s, (), 0.0, 0.0)
    cell = np.floor((pieces.a[good] + pieces.b[good]) / 2 / CELL_M).astype(np.int64)
    low = cell.min(axis=0) - 2
    grid = np.zeros(tuple(cell.max(axis=0) - low + 3), dtype=np.bool_)
    grid[tuple((cell - low).T)] = True
    grid = binary_dilation(grid, np.ones((3, 3), dtype=np.bool_))
    parts, count = label(grid)
    degrees = np.array(CELL_M) / plane(graph, np.array([[1.0, 1.0]]))[0]
    polygons = tuple(_outline(parts == number, low, degrees) for number in range(1, count + 1))
    return Area(limit_s, polygons, float(grid.sum()) * CELL_M**2 / 1e6, float(metres.sum()) / 1000)


def _outline(cells: Mask, low: Ints, degrees: Floats) -> tuple[Ring, ...]:
    """Rings of one connected group of cells: the outer one first (counter-clockwise), then its holes (clockwise)."""
    rings = _rings(cells)
    placed = []
    for ring in sorted(rings, key=_signed_area, reverse=True):
        lonlat = np.round((np.array(ring) + low) * degrees, 6)
        placed.append(tuple((float(lon), float(lat)) for lon, lat in lonlat))
    return tuple(placed)


def _rings(cells: Mask) -> list[list[tuple[int, int]]]:
    onward: dict[tuple[int, int], list[tuple[int, int]]] = {}
    # Each side of a cell with no cell beyond it, walked with the cell on the left.
    sides = (((0, -1), (0, 0), (1, 0)), ((1, 0), (1, 0), (1, 1)), ((0, 1), (1, 1), (0, 1)), ((-1, 0), (0, 1), (0, 0)))
    wide = np.pad(cells, 1)
    for (dx, dy), start, end in sides:
        beyond = np.roll(wide, (-dx, -dy), axis=(0, 1))[1:-1, 1:-1]
        for x, y in np.argwhere(cells & ~beyond).tolist():
            onward.setdefault((x + start[0], y + start[1]), []).append((x + end[0], y + end[1]))
    rings = []
    while onward:
        first = min(onward)
        rings.append(_walk(onward, first))
    return rings


def _walk(onward: dict[tuple[int, int], list[tuple[int, int]]], first: tuple[int, int]) -> list[tuple[int, int]]:
    ring, at, way = [first], first, (0, 0)
    while True:
        choices = onward[at]
        # Where two cells touch only by a corner the left-most turn stays with the same cell.
        after = max(choices, key=lambda to: way[0] * (to[1] - at[1]) - way[1] * (to[0] - at[0]))
        choices.remove(after)
        if not choices:
            del onward[at]
        heading = (after[0] - at[0], after[1] - at[1])
        if heading == way:
            ring.pop()
        ring.append(after)
        at, way = after, heading
        if at == first:
            return ring


def _signed_area(ring: list[tuple[int, int]]) -> float:
    points = np.array(ring, dtype=np.float64)
    x, y = points[:, 0], points[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)
