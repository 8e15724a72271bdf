"""O2: is every plan the best there is? HiGHS solves each call anew, level by level, from a model of its own."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from dispatch.optimizer import Problem, recommend
from dispatch.optimizer.plan import Limits, Provenance, Roles
from tests.bench.optimizer.city import Regime, draw
from tests.bench.optimizer.explaining import decided
from tests.bench.optimizer.referee import Found, referee
from tests.rows import Options, Row, twin

SEEDS, TWINS = 1000, 12
REGIMES: tuple[tuple[Regime, int], ...] = (("single", 1), ("mixed", 2), ("contended", 3))
STAGES = {"hard": "unmet", "soft": "unmet", "degraded": "unmet", "late": "unmet"}
STAGES |= {"complete": "completion", "arrival": "final"}


class Judged(NamedTuple):
    """One call: what the plan claims and what the referee found."""

    claims: Provenance
    found: tuple[Found, ...]

    @property
    def equal(self) -> bool:
        return all(level.equal for level in self.found)

    @property
    def whole(self) -> bool:
        """Nothing is unmet."""
        return not any(level.claimed for level in self.found if level.level in ("hard", "soft"))

    @property
    def proved(self) -> bool:
        return (self.claims.unmet, self.claims.completion, self.claims.final) == ("proved",) * 3

    @property
    def refuted(self) -> list[str]:
        """Levels that the plan calls proved and HiGHS betters."""
        return [
            level.level
            for level in self.found
            if level.least is not None and not level.equal and getattr(self.claims, STAGES[level.level]) == "proved"
        ]


def measure(options: Options) -> list[Row]:
    """O2 and its further figures."""
    judged = list(judge(options))
    equal = sum(each.equal for each in judged)
    undecided = sum(any(level.least is None for level in each.found) for each in judged)
    whole = [each for each in judged if each.whole]
    proved = sum(each.proved for each in whole)
    claims = Counter(claim for each in judged for claim in _claims(each.claims))
    told = ", ".join(f"{claim} {100 * count / len(judged):.1f} %" for claim, count in sorted(claims.items()))
    what = f"calls of 1 to 3 incidents with every level equal to HiGHS's ({len(judged)}; {undecided} it left undecided)"
    return [
        Row("O2", what, 100 * equal / len(judged), "%", must=100, sense=">=", seed=options.seed),
        Row(
            "O2_proved",
            f"proved in every stage, of the {len(whole)} calls where nothing is unmet; all: {told}",
            100 * proved / max(1, len(whole)),
            "%",
            must=100,
            sense=">=",
            seed=options.seed,
        ),
        Row(
            "O2_refuted",
            f"claims of proof that HiGHS refutes {Counter(level for each in judged for level in each.refuted)}",
            sum(len(each.refuted) for each in judged),
            "claims",
            must=0,
            seed=options.seed,
        ),
        twin("O2", f"the greedy plan given as the best, {TWINS} calls", planted(options), options.seed),
    ]


def judge(options: Options) -> Iterator[Judged]:
    """The calls, each judged."""
    for number in range(options.count(SEEDS)):
        problem = call(options.seed, number)
        parts = decided(problem)
        yield Judged(parts.provenance, referee(problem, parts.roles, parts.judge.limits))


def planted(options: Options) -> int:
    """How many greedy plans the referee betters."""
    caught = 0
    for number in range(TWINS):
        problem = call(options.seed, number)
        greedy: Roles = recommend(problem).greedy.roles
        caught += not all(level.equal for level in referee(problem, greedy, Limits()))
    return caught


def call(seed: int, number: int) -> Problem:
    """The regimes take turns."""
    regime, incidents = REGIMES[number % len(REGIMES)]
    return draw(seed * 10_000 + number, regime, incidents).problem


def _claims(claims: Provenance) -> list[str]:
    return [
        f"{stage} {'gap' if claim.startswith('gap') else claim}"
        for stage, claim in (("unmet", claims.unmet), ("completion", claims.completion), ("final", claims.final))
    ]
