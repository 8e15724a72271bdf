"""What planners and commanders have solved in the background worker: jobs that carry all they need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from dispatch import optimizer
from dispatch.rules import reach, siting
from kernel.contracts.base import LonLat
from kernel.contracts.siting import SitePlace, SiteSet

SitesFound = tuple[tuple[SitePlace, ...], SiteSet]

MOVES_BUDGET = optimizer.Budget(deterministic_s=0.2, wall_guard_s=3.0)
SITES_BUDGET = optimizer.Budget(deterministic_s=1.0, wall_guard_s=10.0)


@dataclass(frozen=True, eq=False)
class MoveJob:
    """Which free units should stand in at emptied stations."""

    ground: optimizer.Ground
    rules: optimizer.MoveRules

    def solve(self) -> optimizer.MoveUp:
        """The best few moves and the common rule's. Raises RuntimeError for an answer that the checker faults."""
        found = optimizer.best_moves(self.ground, self.rules, MOVES_BUDGET)
        faults = optimizer.faults_of_moves(self.ground, self.rules, found)
        if faults:
            raise RuntimeError(f"move-ups: {faults[0]}")
        return found


@dataclass(frozen=True, eq=False)
class TrialJob:
    """What one move would do."""

    ground: optimizer.Ground
    rules: optimizer.MoveRules
    unit_id: str
    to_id: str

    def solve(self) -> optimizer.Tried:
        """Before and after."""
        return optimizer.try_move(self.ground, self.unit_id, self.to_id, self.rules)


@dataclass(frozen=True, eq=False)
class SitesJob:
    """Which candidates raise coverage most, each by itself and `how_many` together."""

    region: optimizer.Region
    at: Mapping[str, LonLat]
    how_many: int

    def solve(self) -> SitesFound:
        """The ranking and the best set."""
        best = optimizer.best_sites(self.region, self.how_many, SITES_BUDGET)
        ranked = optimizer.rank_sites(self.region)
        risk = dict(zip(self.region.zone_ids, self.region.risk.tolist(), strict=True))
        return tuple(siting.told(each, self.at[each.candidate_id], risk) for each in ranked), siting.set_of(best)


@dataclass(frozen=True, eq=False)
class ReachJob:
    """When special teams come to places; `travel_s` is units x spots without turnout."""

    asked: reach.Asked
    travel_s: NDArray[np.int64]
    at: datetime

    def solve(self) -> bytes:
        """A `SpecialReach` as JSON: first, second and full force of every need."""
        places = tuple(spot.zone_id for spot in self.asked.spots)
        needs, teams = reach.needs_of(self.asked), reach.teams_of(self.asked)
        found = optimizer.special_reach(needs, places, teams, self.travel_s)
        return reach.said(found, self.asked, at=self.at).model_dump_json().encode()


Solvable = MoveJob | TrialJob | SitesJob | ReachJob
Solved = optimizer.MoveUp | optimizer.Tried | SitesFound | bytes
