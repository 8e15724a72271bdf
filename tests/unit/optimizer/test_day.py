"""The simulated day of the bench: units are gone while they work, and only the chooser differs between paired days."""

import numpy as np

from tests.bench.optimizer.choosers import nearest, recommended
from tests.bench.optimizer.town_day import WATER, Call, calls_of, live, town


def test_a_unit_is_gone_until_it_is_home() -> None:
    place = town(1)
    zone = int(np.argmin(place.eta_s[place.able[:, WATER]].min(axis=0)))
    (unit,) = nearest(place, np.arange(len(place.station)), Call(0, zone, (1, 0, 0), 600))
    eta = int(place.eta_s[unit, zone])
    home = 2 * eta - 60 + 600
    for second, same in ((home - 1, False), (home, True)):
        day = live(place, (Call(0, zone, (1, 0, 0), 600), Call(second, zone, (1, 0, 0), 600)), only(unit))
        assert (int(day.first_s[1]) == eta) == same
    assert day.late == 0


def only(unit: int):
    return lambda place, free, call: [unit] if unit in free else []


def test_paired_days_differ_only_by_the_chooser() -> None:
    place = town(2)
    calls = calls_of(place, 2)
    assert calls == calls_of(place, 2)
    assert (live(place, calls, nearest).first_s == live(place, calls, nearest).first_s).all()
    few = calls[:15]
    assert (live(place, few, nearest).full_s != live(place, few, recommended).full_s).any()


def test_cover_is_never_kept_at_the_price_of_a_later_first_unit() -> None:
    place, everybody = town(3), np.arange(len(town(3).station))
    for call in calls_of(place, 3)[:15]:
        first = [min(place.eta_s[choose(place, everybody, call), call.zone]) for choose in (nearest, recommended)]
        assert first[1] <= first[0]


def test_the_optimizer_fills_every_line_of_a_call() -> None:
    place = town(4)
    picked = recommended(place, np.arange(len(place.station)), Call(0, 5, (4, 1, 1), 600))
    assert len(set(picked)) == len(picked) == 6
