"""When special teams come: first, second and full force for every high-risk place and capability that it needs.

  able(u, n)  = unit u has the need's capability with its least amount or more
  t_1 <= t_2 <= ...  the seconds turnout + travel of able units to the place, sorted
  first = t_1, second = t_2, full = t_quantity; a time that does not exist is None

Bands of 30, 60 and 90 minutes; a need is out of reach where its full force comes later or never. A count is of units:
each fills one, as in a count line, and each place is looked at by itself (what if it were the only incident).
"""

from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.coverage import FAR_S
from dispatch.optimizer.problem import Amounts

BANDS_S = (1800, 3600, 5400)


@dataclass(frozen=True, slots=True)
class Need:
    """What a high-risk place would need: `quantity` units with the capability at `min_amount` or more."""

    place_id: str
    capability: str
    quantity: int = 1
    min_amount: int = 1


@dataclass(frozen=True, slots=True)
class Team:
    """An available unit with what it can do."""

    id: str
    capabilities: Amounts
    turnout_s: int = 0


@dataclass(frozen=True, slots=True)
class Force:
    """When the force of one need comes. Bands count from 0; the last number, len(BANDS_S), means later or never.

    `able` = units that could come at all; `unit_ids` = those that come first, as many as are needed.
    """

    need: Need
    first_s: int | None
    second_s: int | None
    full_s: int | None
    first_band: int
    full_band: int
    able: int
    unit_ids: tuple[str, ...]

    @property
    def out_of_reach(self) -> bool:
        """Whether the full force comes after the last band or never."""
        return self.full_band == len(BANDS_S)


@dataclass(frozen=True, slots=True)
class SpecialReach:
    """Every need in the order of place and capability, and those that are out of reach."""

    forces: tuple[Force, ...]
    out_of_reach: tuple[Need, ...]

    def within(self) -> tuple[int, ...]:
        """How many needs have their full force by the end of each band."""
        return tuple(sum(force.full_band <= band for force in self.forces) for band in range(len(BANDS_S)))


def special_reach(
    needs: tuple[Need, ...], place_ids: tuple[str, ...], teams: tuple[Team, ...], travel_s: Ints
) -> SpecialReach:
    """The reach of all needs; `travel_s` is teams x places without turnout, FAR_S or more = no way.

    Raises ValueError where the shape does not fit, a place is not known or a need asks for less than one unit.
    """
    if travel_s.shape != (len(teams), len(place_ids)):
        raise ValueError(f"seconds {travel_s.shape} for {len(teams)} teams and {len(place_ids)} places")
    column_of = {place_id: at for at, place_id in enumerate(place_ids)}
    for need in needs:
        if need.place_id not in column_of or need.quantity < 1:
            raise ValueError(f"need {need}: the place is not known or the quantity below 1")
    rows = sorted(range(len(teams)), key=lambda at: teams[at].id)
    ordered = tuple(teams[at] for at in rows)
    turnout_s = np.array([team.turnout_s for team in ordered], dtype=np.int64)
    arrives_s = travel_s[rows].astype(np.int64) + turnout_s[:, None]
    has = [dict(team.capabilities) for team in ordered]
    forces: list[Force] = []
    for capability, least in sorted({(need.capability, need.min_amount) for need in needs}):
        able = [at for at, amounts in enumerate(has) if amounts.get(capability, -1) >= least]
        mine = [need for need in needs if (need.capability, need.min_amount) == (capability, least)]
        columns = [column_of[need.place_id] for need in mine]
        forces += _forces(mine, tuple(ordered[at].id for at in able), arrives_s[able][:, columns])
    forces.sort(
        key=lambda force: (force.need.place_id, force.need.capability, force.need.min_amount, force.need.quantity)
    )
    return SpecialReach(tuple(forces), tuple(force.need for force in forces if force.out_of_reach))


def _forces(needs: list[Need], able_ids: tuple[str, ...], arrives_s: Ints) -> list[Force]:
    """The forces of needs of one kind, sorted all at once; `arrives_s` is able units x needs, ties by id."""
    order = np.argsort(arrives_s, axis=0, kind="stable")
    times = np.take_along_axis(arrives_s, order, axis=0)
    found = []
    for at, need in enumerate(needs):
        ids = tuple(able_ids[row] for row in order[: need.quantity, at].tolist())
        found.append(_force(need, times[:, at], ids))
    return found


def _force(need: Need, times: Ints, unit_ids: tuple[str, ...]) -> Force:
    """One need's force from the sorted times of the able units."""
    coming = int(np.searchsorted(times, FAR_S))
    at = [int(times[number]) if number < coming else None for number in (0, 1, need.quantity - 1)]
    first, full = (_band(at[0]), _band(at[2]))
    return Force(need, at[0], at[1], at[2], first, full, coming, unit_ids[:coming])


def _band(seconds: int | None) -> int:
    return len(BANDS_S) if seconds is None else int(np.searchsorted(BANDS_S, seconds))
