"""Whether the columns inside caps still reach the least unmet need, as a max flow on the optimal face.

A flow over fewer columns that is as good as the least is itself an optimum, so it lies on the face (flow.py): it uses
no arc of positive reduced price and fills every one of negative. Prices then have no more say; what the full arcs
bring to a node and take from it is supply and demand of a max flow, several times cheaper than a flow of least price.

Where it falls short, a least cut (Ford and Fulkerson 1956) names the only columns that could help: those of the face
that lie across it and are shut. One of them must open, whatever else does.
"""

import numpy as np
from ortools.graph.python import max_flow

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.flow import Face, Network


class Reaching:
    """The question of one face, asked again under masks over the model's columns."""

    def __init__(self, network: Network, face: Face) -> None:
        arcs, self.network = face.arcs, network
        left = network.supplies() - face.brought(network.nodes)
        giving, taking = np.flatnonzero(left > 0), np.flatnonzero(left < 0)
        self.source, self.sink = network.nodes, network.nodes + 1
        self.needed = int(left[giving].sum())
        fixed = np.flatnonzero(face.capacity[: arcs.first])
        self.tail = np.concatenate([np.full_like(giving, self.source), taking, arcs.tail[fixed]])
        self.head = np.concatenate([giving, np.full_like(taking, self.sink), arcs.head[fixed]])
        self.capacity = np.concatenate([left[giving], -left[taking], face.capacity[fixed]])
        varying = arcs.first + np.flatnonzero(face.capacity[arcs.first :])
        self.columns = arcs.columns[varying - arcs.first]
        self.column_tail, self.column_head = arcs.tail[varying], arcs.head[varying]
        self.column_capacity = face.capacity[varying]
        self.forced = arcs.columns[np.flatnonzero(face.forced[arcs.first :])]

    def barrier(self, allowed: Flags) -> Ints | None:
        """None where the allowed columns reach the least unmet need; else columns of which at least one must open."""
        shut = self.forced[~allowed[self.forced]]
        if len(shut):
            return shut[:1]
        self.network.solves += 1
        is_open = allowed[self.columns]
        solver = max_flow.SimpleMaxFlow()
        solver.add_arcs_with_capacity(
            np.concatenate([self.tail, self.column_tail[is_open]]),
            np.concatenate([self.head, self.column_head[is_open]]),
            np.concatenate([self.capacity, self.column_capacity[is_open]]),
        )
        status = solver.solve(self.source, self.sink)
        if status != solver.OPTIMAL:
            raise RuntimeError(f"max flow ended with {status}")
        if solver.optimal_flow() == self.needed:
            return None
        inside = np.zeros(self.network.nodes + 2, dtype=bool)
        inside[solver.get_source_side_min_cut()] = True
        across = inside[self.column_tail] & ~inside[self.column_head] & ~is_open
        return np.asarray(self.columns[across])
