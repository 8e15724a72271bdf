"""Seconds by road for a given vehicle (pure).

The few calls, from a file to an answer::

    graph = load_graph(Path("roads.npz"))                  # mapped, milliseconds
    stations = snap(graph, lonlat)                         # [N, 2] once; reused by every query
    place = snap(graph, incident_lonlat)
    profile = profile_for(height_m=3.6, weight_t=32, length_m=10.5, speed_f=0.9)
    closed = closed_at(graph, closures, at)                # or nothing_closed(graph)
    times = travel_times(graph, profile, closed, place, stations)
    times.seconds, times.flags, times.flag_names(7)        # in the order of the stations

    way = path(graph, profile, closed, place, stations, index=7)     # points, elapsed_s, roads; NoWayError
    why = avoided(graph, profile, closed, place, stations, index=7)  # low bridges and closures it goes round
    cover = isochrone(graph, profile, closed, stations, [240, 480])

Vehicles that the map cannot tell apart share a tree: group units by ``shared_on(graph, profile)``, ``grow`` one tree
per group, then ``times_from(tree, stations, profile)`` and ``path_from(tree, stations, index, profile)``. Without a
graph: ``crowfly_times``, every entry flagged. Helicopters: ``air_times``. Answers of several profiles and methods are
ordered by ``rank``: known times first, then estimates, then what is unreachable; never by seconds alone.
"""

from dispatch.routing.closures import Closed, Closure, closed_at, nothing_closed
from dispatch.routing.fleet import fleet_times
from dispatch.routing.graph import Graph
from dispatch.routing.isochrones import Area, Areas, isochrone
from dispatch.routing.paths import Avoided, NoWayError, Route, avoided, path, path_from
from dispatch.routing.profiles import E_BIKE, SUPPLY_TRUCK, WALKING, Profile, profile_for, shared_on
from dispatch.routing.snapping import FLAG_NAMES, Snapped, snap
from dispatch.routing.storage import MapFormatError, load_graph
from dispatch.routing.times import Times, air_times, crowfly_times, rank, rank_tier, times_from, travel_times
from dispatch.routing.trees import Tree, grow

__all__ = [
    "E_BIKE",
    "FLAG_NAMES",
    "SUPPLY_TRUCK",
    "WALKING",
    "Area",
    "Areas",
    "Avoided",
    "Closed",
    "Closure",
    "Graph",
    "MapFormatError",
    "NoWayError",
    "Profile",
    "Route",
    "Snapped",
    "Times",
    "Tree",
    "air_times",
    "avoided",
    "closed_at",
    "crowfly_times",
    "fleet_times",
    "grow",
    "isochrone",
    "load_graph",
    "nothing_closed",
    "path",
    "path_from",
    "profile_for",
    "rank",
    "rank_tier",
    "shared_on",
    "snap",
    "times_from",
    "travel_times",
]
