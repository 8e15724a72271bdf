"""O9: the flow that every plan begins with, against VROOM on the part that a routing engine can express."""

from typing import NamedTuple

from dispatch.optimizer import Problem
from dispatch.optimizer.flow import Network
from dispatch.optimizer.groups import build
from dispatch.optimizer.plan import Roles
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.repair import to_roles
from dispatch.optimizer.score import Cost, Scorer
from dispatch.optimizer.tables import Tables
from tests.bench.optimizer.city import draw
from tests.bench.optimizer.exactness import REGIMES
from tests.bench.optimizer.timing import median, spent
from tests.bench.optimizer.vroom_peer import answer, ask, count_only
from tests.rows import Options, Row

SEEDS = 100


class Pair(NamedTuple):
    """Costs and CPU milliseconds of both."""

    ours: Cost
    peer: Cost
    our_ms: float
    peer_ms: float


def measure(options: Options) -> list[Row]:
    """O9 and the CPU ratio."""
    pairs = [compare(options.seed * 10_000 + number, number) for number in range(options.count(SEEDS))]
    unmet = sum(pair.ours[:2] > pair.peer[:2] for pair in pairs)
    travel = sum(pair.ours[:2] == pair.peer[:2] and pair.ours.arrival > pair.peer.arrival for pair in pairs)
    worst = max(pair.peer.arrival / max(1, pair.ours.arrival) for pair in pairs if pair.ours[:2] == pair.peer[:2])
    ratio = median([pair.peer_ms / pair.our_ms for pair in pairs])
    what = (
        f"of {len(pairs)} count-only calls of 1 to 3 incidents, those in which our flow has more unmet need than VROOM "
        f"({unmet}) or, that being equal, more weighted travel ({travel}); VROOM's travel up to {worst:.4f} of ours"
    )
    ours, peer = (median([getattr(pair, side) for pair in pairs]) for side in ("our_ms", "peer_ms"))
    cpu = f"CPU of VROOM's solve alone over ours from the problem to the roles, median; {peer:.0f} and {ours:.1f} ms"
    return [
        Row("O9", what, unmet + travel, "calls", must=0, seed=options.seed),
        Row("O9_cpu", cpu, ratio, "ratio", aim=150, sense=">=", seed=options.seed),
    ]


def compare(seed: int, number: int) -> Pair:
    """Both on one draw."""
    regime, incidents = REGIMES[number % len(REGIMES)]
    problem = count_only(draw(seed, regime, incidents).problem)
    asked = ask(problem)
    theirs, peer_ms = spent(answer, asked)
    ours, our_ms = spent(by_flow, problem)
    scorer = Scorer(Tables(canonical(problem)))
    return Pair(scorer.cost(ours), scorer.cost(theirs), our_ms, peer_ms)


def by_flow(problem: Problem) -> Roles:
    """Least unmet need, then least arrival: the optimizer's first stage alone."""
    tables = Tables(canonical(problem))
    model = build(tables, Scorer(tables))
    network = Network(model)
    return to_roles(model, network.earliest(network.solve()).used)
