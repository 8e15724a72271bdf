"""The plain reference for many origins at once: one backward Dijkstra in pure Python over its costs."""

import heapq
from math import inf

import numpy as np

from dispatch.routing import Graph, Profile, Snapped, nothing_closed
from dispatch.routing.graph import Floats
from dispatch.routing.snapping import REACH_LIMIT_M, choose
from dispatch.routing.trees import access_ms
from dispatch.routing.weights import weigh
from tests.unit.routing.reference import Reference

Place = tuple[int, float]


def plain_times(graph: Graph, profile: Profile, to: Snapped, origins: Snapped) -> Floats:
    """[N] seconds as the product must answer: road at the profile's speed, and the legs off the road."""
    plain, none, own = Reference(graph, profile), nothing_closed(graph), weigh(graph, profile)
    starts, end = choose(graph, own, none, origins), choose(graph, own, none, to, arriving=True)
    goal = (int(end.stretch[0]), float(end.share[0]))
    after = backward(plain, goal)
    places = zip(starts.stretch.tolist(), starts.share.tolist(), strict=True)
    road = np.array([road_ms(plain, after, start, goal) for start in places])
    legs = access_ms(starts.metres, profile) + access_ms(end.metres, profile)[0]
    far = np.maximum(starts.metres, end.metres[0]) > REACH_LIMIT_M
    return np.where(far, inf, (np.round(road / profile.speed_f) + legs) / 1000)


def ends_of(place: Place) -> dict[int, float]:
    """Both directed edges of a place, with the share of each that is driven to reach it."""
    return {2 * place[0]: place[1], 2 * place[0] + 1: 1.0 - place[1]}


def backward(plain: Reference, goal: Place) -> list[float]:
    """From the end of every edge to the goal."""
    entering: list[list[tuple[int, float]]] = [[] for _ in plain.cost]
    for before, turns in enumerate(plain.onward):
        for after, turn in turns:
            if max(plain.cost[before], plain.cost[after], turn) < inf:
                entering[after].append((before, turn))
    known = [inf] * len(plain.cost)
    queue = [
        (turn + round(plain.cost[last] * share), before)
        for last, share in ends_of(goal).items()
        for before, turn in entering[last]
    ]
    heapq.heapify(queue)
    while queue:
        ms, edge = heapq.heappop(queue)
        if ms >= known[edge]:
            continue
        known[edge] = ms
        for before, turn in entering[edge]:
            heapq.heappush(queue, (ms + plain.cost[edge] + turn, before))
    return known


def road_ms(plain: Reference, after: list[float], start: Place, goal: Place) -> float:
    """The best of both directions, and of staying on the stretch where both places are."""
    best, goals = inf, ends_of(goal)
    for edge, share in ends_of(start).items():
        if plain.cost[edge] == inf:
            continue
        gone = round(plain.cost[edge] * share)
        best = min(best, plain.cost[edge] - gone + after[edge])
        if edge in goals and round(plain.cost[edge] * goals[edge]) >= gone:
            best = min(best, round(plain.cost[edge] * goals[edge]) - gone)
    return best
