"""How much longer roads are than straight lines on one map: measured once, used when only straight lines are left."""

import numpy as np

from dispatch.routing.closures import nothing_closed
from dispatch.routing.graph import Graph
from dispatch.routing.profiles import MEDIUM_PUMPER
from dispatch.routing.snapping import snap
from dispatch.routing.times import DETOUR_FACTOR, travel_times

PAIRS_FROM, TARGETS, SHORTEST_M = 200, 8, 500.0


def measured_detour(graph: Graph) -> float:
    """Median of road time x straight-line speed over straight distance, between fixed pseudo-random junctions.

    It is a ratio of times, so that an estimate ``distance x factor / speed`` is right in the median for a pumper; below
    1 where expressways more than make up for the way round. Between 0.5 and 3; the default on a map too small to tell.
    """
    if len(graph.junction_lon) < 10:
        return DETOUR_FACTOR
    pick = np.random.default_rng(4).integers(0, len(graph.junction_lon), PAIRS_FROM + TARGETS)
    places = np.stack([graph.junction_lon[pick], graph.junction_lat[pick]], axis=1)
    origins = snap(graph, places[TARGETS:])
    ratios = []
    for place in places[:TARGETS]:
        times = travel_times(graph, MEDIUM_PUMPER, nothing_closed(graph), snap(graph, place), origins)
        known = np.isfinite(times.seconds) & (times.crow_m > SHORTEST_M)
        ratios.append(times.seconds[known] * MEDIUM_PUMPER.crow_kmh / 3.6 / times.crow_m[known])
    found = np.concatenate(ratios)
    return round(float(np.clip(np.median(found), 0.5, 3.0)), 3) if len(found) >= 20 else DETOUR_FACTOR
