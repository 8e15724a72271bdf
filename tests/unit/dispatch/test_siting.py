"""A siting is held against every engine at home, and says of each candidate what a slow count says."""

from collections.abc import Sequence

import numpy as np
import pytest

from dispatch import optimizer
from dispatch.rules import siting
from dispatch.rules.coverage import NEVER, WHOLE, Ground, Whole
from dispatch.workers.planning import SitesJob
from kernel.contracts.siting import SitePlace, SitingForm
from tests.unit.dispatch.test_moves import city, ground

HELD = ground(
    [40_000, 30_000, 20_000, 10_000], [[0, 500], [500, 0]], a=[200, 500, 700, NEVER], b=[250, 290, 900, NEVER]
)
ENGINES = city(a=1, b=2)
IDS = ("c000", "c001", "c002")
AT = dict.fromkeys(IDS, (87.6, 0.0))
ROWS = np.array([[500, 500, 200, NEVER], [700, 300, 240, 230], [NEVER, NEVER, NEVER, NEVER]])


def region(form: SitingForm, held: Ground = HELD) -> optimizer.Region:
    return siting.region_of(held, ENGINES, form, IDS, ROWS)


def said(form: SitingForm, rows: Whole, name: str) -> SitePlace:
    ranked, _ = SitesJob(siting.region_of(HELD, ENGINES, form, IDS, rows), AT, 1).solve()
    return next(each for each in ranked if each.id == name)


def newly(form: SitingForm, row: Sequence[int]) -> float:
    """Per cent of the risk that nobody reaches in time today and this candidate does, zone by zone."""
    today = [min(int(HELD.due_s[place][zone]) for place in ENGINES) for zone in range(4)]
    gained = [
        int(HELD.risk[zone]) for zone in range(4) if today[zone] > form.limit_s >= row[zone] + siting.TURNOUT_S
    ]  # fmt: skip
    return 100 * sum(gained) / WHOLE


@pytest.mark.parametrize("limit_s", [300, 480, 600])
def test_what_is_newly_covered_is_what_a_slow_count_says(limit_s: int) -> None:
    form = SitingForm.model_validate({"limit_s": limit_s, "grid_km": 1})
    ranked, _ = SitesJob(region(form), AT, 1).solve()
    told = {each.id: each.newly_pct for each in ranked}
    assert [told[name] for name in IDS] == [newly(form, row) for row in ROWS.tolist()]


def test_a_candidate_whose_turnout_is_forgotten_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: a new station's engine is on the road the moment it is called."""
    form = SitingForm(grid_km=1)
    right = newly(form, ROWS[1].tolist())
    monkeypatch.setattr(siting, "TURNOUT_S", 0)
    tight = ROWS.copy()
    tight[1, 3] = 299
    assert said(form, tight, "c001").newly_pct == right
    monkeypatch.undo()
    assert said(form, tight, "c001").newly_pct < right


def test_today_is_everybody_at_home_and_second_covers_are_counted() -> None:
    asked = region(SitingForm(grid_km=1))
    assert asked.covers.tolist() == [3, 2, 0, 0]
    assert asked.first_s.tolist() == [200, 290, 700, optimizer.FAR_S]
    assert [each.share for each in siting.today(asked)] == [0.7, 0.7, 0.7]


def test_the_best_two_are_proved_and_named_in_the_order_in_which_to_build_them() -> None:
    ranked, told = SitesJob(region(SitingForm(grid_km=1, how_many=2)), AT, 2).solve()
    assert (told.site_ids, told.proved, told.gain_pct) == (("c001", "c000"), True, told.bound_pct)
    assert [each.id for each in ranked] == ["c001", "c000", "c002"]
    assert siting.unreached(IDS, ROWS) == ("c002",)


def test_the_riskiest_of_many_new_zones_are_named() -> None:
    many = 40
    held = ground(list(range(1, many + 1)), [[0]], a=[NEVER] * many)
    rows = np.full((1, many), 100)
    asked = siting.region_of(held, city(a=1), SitingForm(grid_km=1, suburban=True), ("c000",), rows)
    (told,), _ = SitesJob(asked, AT, 1).solve()
    assert (told.newly_count, len(told.newly_covered), told.newly_covered[0]) == (many, siting.MOST_NAMED, "z39")
    assert (told.served_km2, told.area_limit_km2) == (many, 15)
