"""A plain forward Dijkstra over edges in pure Python: what every answer of the router must equal to the millisecond."""

import heapq
from math import inf

from dispatch.routing import graph as g
from dispatch.routing.profiles import Profile
from dispatch.routing.speeds import HEAVY_T, LONG_TURN_FACTOR, LONG_VEHICLE_M

BITS = {"foot": g.FOOT, "bike": g.BIKE}


def edge_ms(graph: g.Graph, profile: Profile, closed: set[int], edge: int) -> float:
    s, paces, access = edge >> 1, profile.paces, int(graph.edge_access[edge])
    motor, urgent = profile.family in ("civil", "emergency"), profile.family == "emergency"
    granted = access & BITS.get(profile.family, g.MOTOR) or (urgent and access & (g.AGAINST | g.EMERGENCY))
    kmh = paces.kmh[g.CLASSES[graph.stretch_class[s]]]
    if edge in closed or not granted or not kmh:
        return inf
    if motor and (
        profile.height_m > graph.stretch_height[s]
        or profile.weight_t > graph.stretch_weight[s]
        or profile.width_m > graph.stretch_width[s]
        or profile.length_m > graph.stretch_long[s]
        or (profile.hazmat and graph.stretch_bits[s] & g.NO_HAZMAT)
        or (not urgent and profile.weight_t > HEAVY_T and graph.stretch_bits[s] & g.NO_HGV)
    ):
        return inf
    if graph.stretch_maxspeed[s]:
        kmh = min(kmh, float(graph.stretch_maxspeed[s]) * paces.over_maxspeed)
    ms = float(graph.stretch_length[s]) * 3600.0 / kmh
    if motor and graph.stretch_bits[s] & g.PRIVATE:
        ms *= paces.private_factor
    if access & g.AGAINST and not access & (BITS.get(profile.family, g.MOTOR) | g.EMERGENCY):
        ms = ms * paces.against_factor + (paces.against_ms or 0)
    return max(1.0, round(ms) + float(graph.edge_signals[edge]) * paces.signal_ms)


def turn_ms(graph: g.Graph, profile: Profile, turn: int) -> float:
    kind, paces = int(graph.turn_kind[turn]), profile.paces
    before, after = int(graph.turn_from[turn]), int(graph.turn_to[turn])
    junction, motor = int(graph.edge_head[before]), profile.family in ("civil", "emergency")
    ms = float(paces.turn_ms[kind])
    if motor and profile.length_m > LONG_VEHICLE_M:
        ms = inf if kind == g.U_TURN else ms
        ms = round(ms * LONG_TURN_FACTOR) if kind in (g.RIGHT, g.LEFT, g.SHARP) else ms
    ms += paces.signal_ms if graph.junction_signal[junction] else 0
    binds = {"bike": g.BAN_BIKE, "foot": 0}.get(
        profile.family, g.BAN_MOTOR | (g.BAN_HEAVY if profile.weight_t > HEAVY_T else 0)
    )
    if graph.turn_ban[turn] & binds:
        ms = inf if paces.banned_turn_ms is None else ms + paces.banned_turn_ms
    stopped = graph.junction_block[junction] & BITS.get(profile.family, g.MOTOR) or (
        motor
        and (
            profile.height_m > graph.junction_height[junction]
            or profile.weight_t > graph.junction_weight[junction]
            or profile.width_m > graph.junction_width[junction]
        )
    )
    return inf if stopped and after != before ^ 1 else ms


class Reference:
    """Costs of one profile, and the time of a drive between shares of two stretches, both ways tried at each."""

    def __init__(self, graph: g.Graph, profile: Profile, closed: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        self.cost = [edge_ms(graph, profile, closed, edge) for edge in range(graph.edges)]
        self.onward: list[list[tuple[int, float]]] = [[] for _ in range(graph.edges)]
        for turn, (before, after) in enumerate(zip(graph.turn_from.tolist(), graph.turn_to.tolist(), strict=True)):
            self.onward[before].append((after, turn_ms(graph, profile, turn)))

    def road_ms(self, start: tuple[int, float], end: tuple[int, float]) -> float:
        targets = {2 * end[0]: end[1], 2 * end[0] + 1: 1.0 - end[1]}
        best, queue, done = inf, [], set()
        for edge, share in ((2 * start[0], start[1]), (2 * start[0] + 1, 1.0 - start[1])):
            if self.cost[edge] == inf:
                continue
            gone = round(self.cost[edge] * share)
            heapq.heappush(queue, (self.cost[edge] - gone, edge))
            if edge in targets and round(self.cost[edge] * targets[edge]) >= gone:
                best = min(best, round(self.cost[edge] * targets[edge]) - gone)
        while queue:
            ms, edge = heapq.heappop(queue)
            if edge in done:
                continue
            if ms >= best:
                return best
            done.add(edge)
            for after, turn in self.onward[edge]:
                if self.cost[after] == inf or turn == inf:
                    continue
                if after in targets:
                    best = min(best, ms + turn + round(self.cost[after] * targets[after]))
                heapq.heappush(queue, (ms + turn + self.cost[after], after))
        return best
