"""The time from one edge for a vehicle that a limit stops, guided by the tree of a smaller vehicle.

What the smaller one needs from an edge is a lower bound for the larger, and a consistent one. So a search forward from
the edge that always extends what could still be the shortest (A*: Hart, Nilsson, Raphael 1968) looks at little more
than the way round the limit, where a tree of its own would look at the whole map.
"""

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np

from dispatch.routing.closures import Closed
from dispatch.routing.trees import Tree, arrivals
from dispatch.routing.weights import Weights

MOST_STEPS = 1500


class GaveUpError(Exception):
    """The search grew too wide; a tree of one's own is cheaper."""


@dataclass(frozen=True, eq=False)
class Guide:
    """A vehicle's way onward from every edge, and what the smaller one needs from there: views of arrays, which are
    read one by one much faster than the arrays themselves."""

    start: Any
    turn: Any
    edge: Any
    ms: Any
    passes: Any
    least_ms: Any
    closed: Any
    arriving: dict[int, float]


def _view(values: Any) -> Any:
    return memoryview(values)


def guide(tree: Tree, weights: Weights, closed: Closed) -> Guide:
    """What is needed to search for one vehicle; the tree is that of a smaller one, to the same place, without limit."""
    edges, costs = arrivals(weights, closed, tree.to)
    lines = weights.lines
    return Guide(
        _view(lines.left_start),
        _view(lines.turn),
        _view(lines.entered),
        _view(weights.costs.toward_ms),
        _view(weights.passes),
        _view(tree.after_ms),
        _view(closed.edges),
        dict(zip(edges.tolist(), costs.tolist(), strict=True)),
    )


def after_ms(guide: Guide, edge: int, worth_ms: float = np.inf) -> float:
    """Milliseconds from the end of an edge to the place, at speed factor 1; `inf` where there is no way.

    Nothing above `worth_ms` is of interest and is answered `inf` too. Raises GaveUpError after MOST_STEPS.
    """
    place = -1
    open_ = [(guide.least_ms[edge], 0.0, edge)]
    done: set[int] = set()
    while open_ and open_[0][0] <= worth_ms:
        _, gone, here = heappop(open_)
        if here == place:
            return gone
        if here in done:
            continue
        done.add(here)
        if len(done) > MOST_STEPS:
            raise GaveUpError
        if here in guide.arriving:
            total = gone + guide.arriving[here]
            heappush(open_, (total, total, place))
        for turn in guide.turn[guide.start[here] : guide.start[here + 1]]:
            after = guide.edge[turn]
            least = guide.least_ms[after]
            if guide.passes[turn] and after not in done and least != np.inf and not guide.closed[after]:
                there = gone + guide.ms[turn]
                heappush(open_, (there + least, there, after))
    return np.inf
