"""The road graph as frozen arrays: junctions, stretches between them, directed edges and the turns that join edges."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
Bits = NDArray[np.uint8]
Mask = NDArray[np.bool_]

FORMAT = 1
EARTH_RADIUS_M = 6_371_008.8

CLASSES = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "service",
    "motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link", "road", "track", "pedestrian",
    "cycleway", "footway", "path", "steps",
)  # fmt: skip
CLASS_CODE: Mapping[str, int] = {name: code for code, name in enumerate(CLASSES)}

# Who may use an edge in its direction. AGAINST marks an edge that runs against a one-way street.
# EMERGENCY opens an edge to emergency drives only.
MOTOR, BIKE, FOOT, AGAINST, EMERGENCY = 1, 2, 4, 8, 16
# What a stretch is.
TUNNEL, BRIDGE, NO_HAZMAT, NO_HGV, PRIVATE, ROUNDABOUT = 1, 2, 4, 8, 16, 32
# Whom a turn restriction binds.
BAN_MOTOR, BAN_BIKE, BAN_HEAVY = 1, 2, 4
# Kinds of turn, by angle; U_TURN_END is a turn at a dead end or in front of something impassable.
STRAIGHT, SLIGHT, RIGHT, LEFT, SHARP, U_TURN, U_TURN_END = range(7)


@dataclass(frozen=True, eq=False)
class Graph:
    """Roads of one map. Edge ``2 s`` runs along stretch ``s``, edge ``2 s + 1`` back, so ``e ^ 1`` is the way back.

    Shapes: J junctions, S stretches, E = 2 S edges, T turns sorted by (to, from), P geometry points.
    Limits are metres and tonnes, ``inf`` where the map states none; coordinates are WGS-84 degrees.
    """

    junction_lon: Floats  # [J]
    junction_lat: Floats  # [J]
    junction_block: Bits  # [J] MOTOR | BIKE | FOOT that a barrier stops here
    junction_height: Floats  # [J]
    junction_weight: Floats  # [J]
    junction_width: Floats  # [J]
    junction_signal: Bits  # [J] 1 where traffic lights stand
    stretch_tail: Ints  # [S]
    stretch_head: Ints  # [S]
    stretch_length: Floats  # [S] metres
    stretch_class: Bits  # [S] index into CLASSES
    stretch_maxspeed: Bits  # [S] km/h, 0 = unknown
    stretch_height: Floats  # [S]
    stretch_weight: Floats  # [S]
    stretch_width: Floats  # [S]
    stretch_long: Floats  # [S] greatest vehicle length
    stretch_bits: Bits  # [S]
    stretch_name: Ints  # [S] index into names, -1 = none
    edge_access: Bits  # [E]
    edge_signals: Bits  # [E] traffic lights between the junctions
    turn_from: Ints  # [T]
    turn_to: Ints  # [T]
    turn_kind: Bits  # [T]
    turn_ban: Bits  # [T]
    point_start: Ints  # [S + 1]
    points: Ints  # [P, 2] lon, lat in 1e-7 degrees
    name_start: Ints  # [N + 1]
    name_bytes: Bits  # UTF-8 of all names
    map_version: str = "unversioned"
    attribution: str = ""
    detour_factor: float = 1.4
    box: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)  # west, south, east, north

    @property
    def edges(self) -> int:
        return 2 * len(self.stretch_tail)

    @cached_property
    def edge_tail(self) -> Ints:
        return np.stack([self.stretch_tail, self.stretch_head], axis=1).ravel()

    @cached_property
    def edge_head(self) -> Ints:
        return np.stack([self.stretch_head, self.stretch_tail], axis=1).ravel()

    @cached_property
    def memory(self) -> dict[Any, Any]:
        """What is derived from this graph and dies with it: weights by profile, the snapping index."""
        return {}

    def name(self, stretch: int) -> str:
        """Name of a stretch, empty where the map has none."""
        index = int(self.stretch_name[stretch])
        if index < 0:
            return ""
        return self.name_bytes[self.name_start[index] : self.name_start[index + 1]].tobytes().decode()

    def line(self, edge: int) -> Floats:
        """[n, 2] lon, lat along a directed edge."""
        stretch = edge >> 1
        shape = self.points[self.point_start[stretch] : self.point_start[stretch + 1]] / 1e7
        return shape[::-1] if edge & 1 else shape


ARRAYS = tuple(field.name for field in fields(Graph) if field.type in (Floats, Ints, Bits))


def metres_between(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Great-circle metres between points given in degrees, elementwise."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half_lat, half_lon = (phi_b - phi_a) / 2, np.radians(np.subtract(lon_b, lon_a)) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin(half_lon) ** 2
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return metres
