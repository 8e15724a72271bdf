"""Points of a grid that lie on roads: of every square of a plane the spot of a zone that is nearest to its middle.

Spots are those at which the seconds to zones are taken (zones.py), so every point lies on a built-up road that a first
engine can drive, and squares outside the zones have none.
"""

import numpy as np

from dispatch.routing.graph import Floats, Graph
from dispatch.routing.snapping import plane
from dispatch.routing.zones import Zones


def grid_points(
    graph: Graph, zones: Zones, step_m: float, at: tuple[float, float] | None = None, radius_m: float = 0.0
) -> Floats:
    """[N, 2] lon, lat, one point to a square of ``step_m``, by square from west to east; with ``at`` near it alone.

    Raises ValueError for a step that is not above zero.
    """
    if not step_m > 0:
        raise ValueError(f"a grid of {step_m} m")
    spots = (zones.spots.a + zones.spots.b) / 2
    if at is not None:
        spots = spots[np.hypot(*(spots - plane(graph, np.array([at]))).T) <= radius_m]
    squares = np.floor(spots / step_m)
    off_m = np.hypot(*(spots - (squares + 0.5) * step_m).T)
    order = np.lexsort((spots[:, 1], spots[:, 0], off_m, squares[:, 1], squares[:, 0]))
    _, first = np.unique(squares[order], axis=0, return_index=True)
    kept: Floats = spots[order[first]] / plane(graph, np.array([[1.0, 1.0]]))[0]
    return kept
