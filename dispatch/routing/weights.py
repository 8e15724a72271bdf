"""What the graph costs one profile: whole milliseconds per edge and per turn, infinite where it may not pass."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from dispatch.routing.graph import (
    AGAINST,
    BAN_BIKE,
    BAN_HEAVY,
    BAN_MOTOR,
    CLASSES,
    EMERGENCY,
    LEFT,
    MOTOR,
    NO_HAZMAT,
    NO_HGV,
    PRIVATE,
    RIGHT,
    SHARP,
    U_TURN,
    Bits,
    Floats,
    Graph,
    Ints,
    Mask,
)
from dispatch.routing.profiles import Profile, shared_on
from dispatch.routing.speeds import HEAVY_T, LONG_TURN_FACTOR, LONG_VEHICLE_M, Paces

# Why an edge is barred to a profile.
NO_ACCESS, TOO_HIGH, TOO_HEAVY, TOO_WIDE, TOO_LONG, HAZMAT_BAN, TRUCK_BAN, CLOSED = (1 << n for n in range(8))


@dataclass(frozen=True, eq=False)
class Lines:
    """The line graph of a map, the same for every vehicle: its turns by the edge entered and by the edge left.

    ``entered_start`` and ``left`` are the reversed line graph as CSR parts: row = edge that is entered, column =
    edge it is entered from.
    """

    entered: Ints  # [T] the map's own, ascending
    left: Ints  # [T] the map's own
    entered_start: Ints  # [E + 1]
    turn: Ints  # [T] the turns by the edge that is left
    left_start: Ints  # [E + 1] into ``turn``


@dataclass(frozen=True, eq=False)
class Costs:
    """What edges and turns cost all vehicles that pay the same, before any is barred by its sizes."""

    edge_ms: Floats  # [E] inf where none of them may drive
    toward_ms: Floats  # [T] the turn and the whole edge that is entered, inf where none of them may turn


@dataclass(frozen=True, eq=False)
class Weights:
    """Costs of one profile on one graph, at speed factor 1.

    Fifty kinds of vehicle are remembered, so what they have in common is kept once: see Lines and Costs.
    """

    lines: Lines
    costs: Costs
    barred: Bits  # [E] reasons, 0 where it may drive
    passes: Mask  # [T] turns that may be made, from an edge and into an edge that are not barred
    leaves: Mask  # [E] edges from which the largest part is reached where this profile drives from anywhere to anywhere
    arrives: Mask  # [E] edges that are reached from that part

    @property
    def usable(self) -> Mask:
        """[E] edges that the profile may use."""
        return np.asarray(self.barred == 0)

    @property
    def toward_ms(self) -> Floats:
        """[T] turn + the whole entered edge: a tree grown from the target gives every edge its time to the target."""
        return np.where(self.passes, self.costs.toward_ms, np.inf)


def weigh(graph: Graph, profile: Profile) -> Weights:
    """Weights of a profile, computed once per graph and set of sizes that the map can tell apart."""
    key = ("weights", shared_on(graph, profile))
    if key not in graph.memory:
        graph.memory[key] = _weigh(graph, profile)
    weights: Weights = graph.memory[key]
    return weights


def _weigh(graph: Graph, profile: Profile) -> Weights:
    lines, costs, barred = _lines(graph), _costs(graph, profile), barred_edges(graph, profile)
    usable = barred == 0
    passes = usable[lines.left] & usable[lines.entered] & np.isfinite(costs.toward_ms) & ~_stopped(graph, profile)
    leaves, arrives = _main_part(lines.entered[passes], lines.left[passes], usable)
    return Weights(lines, costs, barred, passes, leaves, arrives)


def _lines(graph: Graph) -> Lines:
    """The turns of a map in both orders, put together once."""
    if "lines" not in graph.memory:
        every = np.arange(graph.edges + 1)
        turn = np.argsort(graph.turn_from, kind="stable").astype(np.int32)
        graph.memory["lines"] = Lines(
            entered=graph.turn_to,
            left=graph.turn_from,
            entered_start=np.searchsorted(graph.turn_to, every).astype(np.int32),
            turn=turn,
            left_start=np.searchsorted(graph.turn_from[turn], every).astype(np.int32),
        )
    lines: Lines = graph.memory["lines"]
    return lines


def _costs(graph: Graph, profile: Profile) -> Costs:
    """What the profile pays where nothing bars it, once for all that pay the same."""
    key = ("costs", profile.family, profile.length_m > LONG_VEHICLE_M, profile.weight_t > HEAVY_T)
    if key not in graph.memory:
        edge_ms = _edge_ms(graph, profile)
        graph.memory[key] = Costs(edge_ms, _turn_ms(graph, profile) + edge_ms[graph.turn_to])
    costs: Costs = graph.memory[key]
    return costs


def barred_edges(graph: Graph, profile: Profile) -> Bits:
    """[E] reasons why the profile may not use each edge, 0 where it may. A vehicle as high as the sign passes."""
    reasons = np.zeros(graph.edges, dtype=np.uint8)
    granted = (graph.edge_access & profile.bit) != 0
    if profile.bit == MOTOR and profile.paces.against_ms is not None:
        granted |= (graph.edge_access & (AGAINST | EMERGENCY)) != 0
    kmh = np.array([profile.paces.kmh[name] for name in CLASSES])
    granted &= np.repeat(kmh[graph.stretch_class] > 0, 2)
    reasons[~granted] |= NO_ACCESS
    if profile.bit != MOTOR:
        return reasons
    heavy = profile.weight_t > HEAVY_T
    # A truck ban is a traffic sign, which an emergency drive need not obey; what a bridge bears is not.
    obeys = profile.family == "civil"
    tests = (
        (profile.height_m > graph.stretch_height, TOO_HIGH),
        (profile.weight_t > graph.stretch_weight, TOO_HEAVY),
        (profile.width_m > graph.stretch_width, TOO_WIDE),
        (profile.length_m > graph.stretch_long, TOO_LONG),
        (((graph.stretch_bits & NO_HAZMAT) != 0) & profile.hazmat, HAZMAT_BAN),
        (((graph.stretch_bits & NO_HGV) != 0) & (heavy and obeys), TRUCK_BAN),
    )
    for test, reason in tests:
        reasons[np.repeat(test, 2)] |= reason
    return reasons


def _edge_ms(graph: Graph, profile: Profile) -> Floats:
    paces = profile.paces
    kmh = np.array([paces.kmh[name] for name in CLASSES])[graph.stretch_class]
    signed = graph.stretch_maxspeed * paces.over_maxspeed
    kmh = np.where((graph.stretch_maxspeed > 0) & (signed < kmh), signed, kmh)
    with np.errstate(divide="ignore", invalid="ignore"):
        ms = np.where(kmh > 0, graph.stretch_length * 3600.0 / kmh, np.inf)
    if profile.bit == MOTOR:
        ms = np.where((graph.stretch_bits & PRIVATE) != 0, ms * paces.private_factor, ms)
    per_edge = np.repeat(ms, 2)
    against = (graph.edge_access & (AGAINST | EMERGENCY | profile.bit)) == AGAINST
    per_edge = np.where(against, per_edge * paces.against_factor + (paces.against_ms or 0), per_edge)
    whole: Floats = np.maximum(1.0, np.rint(per_edge) + graph.edge_signals.astype(np.float64) * paces.signal_ms)
    return whole


def _turn_ms(graph: Graph, profile: Profile) -> Floats:
    paces = profile.paces
    junction = graph.edge_head[graph.turn_from]
    ms = _turn_table(profile, paces)[graph.turn_kind] + graph.junction_signal[junction] * float(paces.signal_ms)
    banned = (graph.turn_ban & _binding(profile)) != 0
    paid: Floats = np.where(banned, np.inf if paces.banned_turn_ms is None else ms + paces.banned_turn_ms, ms)
    return paid


def _stopped(graph: Graph, profile: Profile) -> Mask:
    """[T] turns at a junction that stops the profile: a barrier, or a limit that stands on the junction itself."""
    junction = graph.edge_head[graph.turn_from]
    stopped = (graph.junction_block[junction] & profile.bit) != 0
    if profile.bit == MOTOR:
        stopped |= profile.height_m > graph.junction_height[junction]
        stopped |= profile.weight_t > graph.junction_weight[junction]
        stopped |= profile.width_m > graph.junction_width[junction]
    # Turning back in front of a barrier does not pass it.
    beyond: Mask = stopped & (graph.turn_to != graph.turn_from ^ 1)
    return beyond


def _turn_table(profile: Profile, paces: Paces) -> Floats:
    table = np.array(paces.turn_ms, dtype=np.float64)
    if profile.bit == MOTOR and profile.length_m > LONG_VEHICLE_M:
        table[[RIGHT, LEFT, SHARP]] = np.rint(table[[RIGHT, LEFT, SHARP]] * LONG_TURN_FACTOR)
        table[U_TURN] = np.inf
    return table


def _binding(profile: Profile) -> int:
    if profile.bit != MOTOR:
        return BAN_BIKE if profile.family == "bike" else 0
    return BAN_MOTOR | (BAN_HEAVY if profile.weight_t > HEAVY_T else 0)


def _main_part(entered: Ints, left: Ints, usable: Mask) -> tuple[Mask, Mask]:
    """Edges that lead to the largest strongly connected part, and edges that are reached from it; both include it."""
    edges = len(usable)
    if not usable.any():
        return usable, usable
    start = np.searchsorted(entered, np.arange(edges + 1)).astype(np.int32)
    line = csr_array((np.ones(len(left), dtype=np.int8), left, start), shape=(edges, edges))
    _, label = connected_components(line, directed=True, connection="strong")
    largest = np.bincount(label[usable]).argmax()
    seed = int(np.flatnonzero(usable & (label == largest))[0])
    masks = []
    for way in (line, line.T.tocsr()):
        mask = np.zeros(edges, dtype=np.bool_)
        mask[breadth_first_order(way, seed, directed=True, return_predecessors=False)] = True
        masks.append(mask)
    return masks[0], masks[1]
