"""O3, O4, O5: CPU of the whole call, beside a monolith in HiGHS, for one, three and six incidents.

The whole call = canonical order to the explained plan that is answered; its alternatives are made after that and told
beside it. Drawing the city is not part of it. The peer's time is model building and solving alone, and it is given our
own presolve.
"""

from collections.abc import Iterator

from dispatch.optimizer import Problem, Recommendation, recommend, warm_up
from tests.bench.optimizer.city import Regime, draw
from tests.bench.optimizer.judging import worth
from tests.bench.optimizer.monolith import solve_whole
from tests.bench.optimizer.timing import median, percentile, spent
from tests.rows import Options, Row

MONOLITHS, CALLS, SIXES = 30, 200, 200
GAP_PERCENT = 1.0


def measure_monolith(options: Options) -> list[Row]:
    """O3: CPU of the monolith over ours."""
    ours, ratios, better = [], [], 0
    for problem in calls(options, "contended", 3, MONOLITHS):
        answer, our_ms = spent(recommend, problem, alone=True)
        roles, their_ms = spent(solve_whole, problem, given=True)
        ours.append(our_ms)
        ratios.append(their_ms / our_ms)
        better += roles is None or worth(problem, answer.roles).cost <= worth(problem, roles).cost
    what = (
        f"CPU of a monolithic integer program in HiGHS (our presolve given) over our whole call, 3 contended, "
        f"units only, median of {len(ratios)}; least {min(ratios):.1f}; ours {median(ours):.0f} ms; "
        f"our plan as good or better by our order in {better}"
    )
    return [Row("O3", what, median(ratios), "ratio", must=8, aim=25, sense=">=", seed=options.seed)]


def measure_call(options: Options) -> list[Row]:
    """O4: the whole call, units only and with materials, one incident and three contended."""
    cases: list[tuple[str, Regime, int, bool, tuple[float, float], tuple[float, float]]] = [
        ("O4", "single", 1, False, (20, 80), (5, 20)),
        ("O4_3", "contended", 3, False, (60, 270), (20, 80)),
        ("O4_full", "single", 1, True, (40, 160), (10, 40)),
        ("O4_3_full", "contended", 3, True, (120, 540), (40, 160)),
    ]
    rows = []
    for name, regime, incidents, full, musts, aims in cases:
        problems = list(calls(options, regime, incidents, CALLS, full=full))
        times = [spent(recommend, problem, alone=True)[1] for problem in problems]
        every = [spent(recommend, problem)[1] for problem in problems]
        model = "with materials" if full else "units only"
        what = f"CPU of the whole call, {incidents} {regime}, {model}, {len(times)} calls"
        what = f"{what}; with alternatives p50 {median(every):.0f}, p99 {percentile(every, 99):.0f}"
        rows.append(Row(name, f"{what}, p50", median(times), "ms", musts[0], aims[0], seed=options.seed))
        rows.append(
            Row(f"{name}_p99", f"{what}, p99", percentile(times, 99), "ms", musts[1], aims[1], seed=options.seed)
        )
    return rows


def measure_six(options: Options) -> list[Row]:
    """O5: six contended incidents."""
    times, near, claims = [], 0, []
    for problem in calls(options, "contended", 6, SIXES):
        answer, ms = spent(recommend, problem, alone=True)
        times.append(ms)
        near += gap_percent(answer) <= GAP_PERCENT
        claims.append(answer.provenance)
    proved = sum(claim.final == "proved" for claim in claims)
    complete = sum(claim.completion == "proved" for claim in claims)
    what = f"CPU of the whole call, 6 contended, {len(times)} calls, p99; p50 {median(times):.0f} ms"
    share = f"calls whose final stage is within {GAP_PERCENT:g} % of its bound under the caps found"
    share = f"{share}; proved in {proved}, completion in {complete}"
    return [
        Row("O5", what, percentile(times, 99), "ms", must=450, aim=150, seed=options.seed),
        Row("O5_gap", share, 100 * near / len(times), "%", must=99, sense=">=", seed=options.seed),
    ]


def gap_percent(answer: Recommendation) -> float:
    """What the plan claims of its final stage, as a gap; 100 where it claims nothing."""
    claim = answer.provenance.final
    if claim == "proved":
        return 0.0
    return float(claim.removeprefix("gap<=").removesuffix("%")) if claim.startswith("gap<=") else 100.0


def calls(options: Options, regime: Regime, incidents: int, count: int, *, full: bool = False) -> Iterator[Problem]:
    """The problems of a case, after a first call that loads what the process needs."""
    warm_up()
    recommend(draw(0, regime, incidents, full=full).problem, alone=True)
    for number in range(options.count(count)):
        yield draw(options.seed * 10_000 + number, regime, incidents, full=full).problem
