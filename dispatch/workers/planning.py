"""What planners and commanders have solved in the background worker: jobs that carry all they need."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch import optimizer

MOVES_BUDGET = optimizer.Budget(deterministic_s=0.2, wall_guard_s=3.0)
SITES_BUDGET = optimizer.Budget(deterministic_s=1.0, wall_guard_s=10.0)


@dataclass(frozen=True, eq=False)
class MoveJob:
    """Which free units should stand in at emptied stations."""

    ground: optimizer.Ground
    rules: optimizer.MoveRules

    def solve(self) -> optimizer.MoveUp:
        """The best few moves and the common rule's."""
        return optimizer.best_moves(self.ground, self.rules, MOVES_BUDGET)


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
    how_many: int

    def solve(self) -> tuple[tuple[optimizer.Site, ...], optimizer.Sites]:
        """The ranking and the best set."""
        best = optimizer.best_sites(self.region, self.how_many, SITES_BUDGET)
        return optimizer.rank_sites(self.region), best


@dataclass(frozen=True, eq=False)
class ReachJob:
    """When special teams come to places; `travel_s` is teams x places without turnout."""

    needs: tuple[optimizer.Need, ...]
    place_ids: tuple[str, ...]
    teams: tuple[optimizer.Team, ...]
    travel_s: NDArray[np.int64]

    def solve(self) -> optimizer.SpecialReach:
        """First, second and full force of every need."""
        return optimizer.special_reach(self.needs, self.place_ids, self.teams, self.travel_s)


Solvable = MoveJob | TrialJob | SitesJob | ReachJob
Solved = (
    optimizer.MoveUp | optimizer.Tried | tuple[tuple[optimizer.Site, ...], optimizer.Sites] | optimizer.SpecialReach
)
