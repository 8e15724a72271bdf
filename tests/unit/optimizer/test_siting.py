"""Siting: every candidate's gain, the best few together, never more than the bound, against trying every set."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from dispatch.optimizer import siting
from dispatch.optimizer.coverage import FAR_S
from dispatch.optimizer.problem import Budget
from dispatch.optimizer.siting import CITY_M2, SUBURB_M2, Candidate, Region, best_sites, rank_sites

GREEDY_ONLY = Budget(deterministic_s=0.0)


def trap() -> Region:
    """L covers a and b, M covers b and c, R covers c and d: M is the best single site, L and R the best two."""
    reach = {"L": "ab", "M": "bc", "R": "cd"}
    risk = {"a": 20, "b": 31, "c": 31, "d": 20}
    drive = np.array([[100 if zone in zones else 500 for zone in risk] for zones in reach.values()])
    area = np.array([4_000_000] * 4)
    none = np.zeros(4, dtype=np.int64)
    candidates = (Candidate("L"), Candidate("M"), Candidate("R", suburban=True))
    return Region(tuple(risk), np.array([*risk.values()]), area, none + FAR_S, none, candidates, drive, busy_pct=0)


def test_candidates_are_ranked_by_what_they_cover_first() -> None:
    middle, left, right = rank_sites(trap())
    assert [middle.candidate_id, left.candidate_id, right.candidate_id] == ["M", "L", "R"]
    assert middle.newly_covered == ("b", "c")
    assert middle.gain_ppm == middle.newly_ppm == middle.within_ppm[0] == 62 * 10**6 // 102
    assert middle.within_ppm[2] == 10**6
    assert (middle.nearest_m2, middle.area_limit_m2, right.area_limit_m2) == (16_000_000, CITY_M2, SUBURB_M2)


def test_one_more_unit_where_one_stands_is_worth_a_second_cover() -> None:
    region = replace(trap(), covers=np.ones(4, dtype=np.int64), first_s=np.full(4, 200), busy_pct=20)
    best = rank_sites(region)[0]
    assert (best.candidate_id, best.newly_covered, best.newly_ppm) == ("M", (), 0)
    assert best.gain_ppm == 62 * 160_000 // 102
    assert best.sooner_s == 40 * 62 // 102
    both = replace(region, covers=region.covers * 2)
    assert rank_sites(both)[0].gain_ppm == 0


def test_two_sites_are_chosen_together() -> None:
    answer = best_sites(trap(), 2)
    assert (answer.candidate_ids, answer.gain_ppm, answer.source, answer.proved) == (("L", "R"), 10**6, "program", True)
    assert answer.within_ppm == (10**6,) * 3


def test_greedy_is_told_as_unproved_with_its_bound() -> None:
    answer = best_sites(trap(), 2, GREEDY_ONLY)
    assert (answer.candidate_ids, answer.source, answer.proved) == (("M", "L"), "greedy", False)
    assert answer.bound_ppm >= 10**6
    assert answer.gain_ppm >= 0.632 * 10**6


def any_region(seed: int) -> Region:
    rng = np.random.default_rng([5, seed])
    candidates = tuple(Candidate(f"C{at}", int(rng.integers(1, 3))) for at in range(7))
    covers = rng.integers(0, 3, 15)
    first = np.where(covers > 0, rng.integers(80, 300, 15), rng.choice([400, 700, FAR_S], 15))
    drive = rng.choice([50, 150, 240, 300, FAR_S], (7, 15))
    risk, area = rng.integers(0, 40, 15), rng.integers(10**5, 10**6, 15)
    names = tuple(f"Z{at:02}" for at in range(15))
    return Region(names, risk, area, first, covers, candidates, drive, busy_pct=int(rng.choice([0, 15, 40])))


def worth_of(region: Region, picked: tuple[int, ...]) -> float:
    """What a set adds, in plain words, as a share of the risk in millionths."""
    busy, gained = region.busy_pct / 100, 0.0
    for zone, risk in enumerate(region.risk.tolist()):
        more = sum(region.candidates[at].units for at in picked if region.drive_s[at, zone] + 60 <= region.limit_s)
        before, after = int(region.covers[zone]), int(region.covers[zone]) + more
        gained += risk * (1 - busy) * sum(busy**level for level in range(min(2, before), min(2, after)))
    return gained * 10**6 / region.risk.sum()


def best_of_all(region: Region, most: int) -> float:
    return max(worth_of(region, picked) for n in range(most + 1) for picked in combinations(range(7), n))


@pytest.mark.parametrize("seed", range(12))
def test_equals_trying_every_set(seed: int) -> None:
    region = any_region(seed)
    for site in rank_sites(region):
        alone = worth_of(region, (int(site.candidate_id[1:]),))
        assert site.gain_ppm == pytest.approx(alone, abs=1)
    for most in (0, 1, 2, 3):
        answer, best = best_sites(region, most), best_of_all(region, most)
        assert answer.proved
        assert answer.gain_ppm == pytest.approx(best, abs=1)
        greedy = best_sites(region, most, GREEDY_ONLY)
        assert greedy.gain_ppm <= best + 1 <= greedy.bound_ppm + 2
        assert greedy.gain_ppm >= (1 - 1 / np.e) * best - 1


def test_trying_every_set_would_catch_a_bound_too_low(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted twin: a bound that is only the greedy value would claim a proof for less than the best."""
    monkeypatch.setattr(siting, "_bound", lambda region, reach, chosen, _: siting._value(region, reach, chosen))
    answer = best_sites(trap(), 2, GREEDY_ONLY)
    assert answer.proved
    assert answer.bound_ppm < best_sites(trap(), 2).gain_ppm


def test_the_order_of_rows_changes_nothing() -> None:
    region = any_region(3)
    rows, columns = np.random.default_rng(1).permutation(7), np.random.default_rng(2).permutation(15)
    mixed = replace(
        region,
        zone_ids=tuple(region.zone_ids[at] for at in columns),
        risk=region.risk[columns],
        area_m2=region.area_m2[columns],
        first_s=region.first_s[columns],
        covers=region.covers[columns],
        candidates=tuple(region.candidates[at] for at in rows),
        drive_s=region.drive_s[np.ix_(rows, columns)],
    )
    assert rank_sites(mixed) == rank_sites(region)
    assert best_sites(mixed, 3, GREEDY_ONLY) == best_sites(region, 3, GREEDY_ONLY)
    assert best_sites(mixed, 3) == best_sites(region, 3)


def test_a_broken_solver_leaves_the_greedy_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(siting, "_exact", fails)
    answer = best_sites(trap(), 2)
    assert (answer.candidate_ids, answer.source, answer.failure) == (("M", "L"), "greedy", "RuntimeError")


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="L is given twice"):
        rank_sites(replace(trap(), candidates=(Candidate("L"), Candidate("L"), Candidate("R"))))
    with pytest.raises(ValueError, match="4 zones"):
        rank_sites(replace(trap(), risk=np.array([1])))
