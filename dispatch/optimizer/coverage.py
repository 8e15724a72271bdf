"""What standing units cover: shares of the risk within minutes, and the expected worth of a first and second cover.

  first_z   = min over places p with a free unit of turnout + drive[p, z]
  share(L)  = sum over z with first_z <= L of risk_z / sum risk_z
  worth     = sum_z risk_z (1 - b) (1 + b [c_z >= 2]) over zones with c_z >= 1

where c_z = free units within the limit and b = the share of time in which a unit is busy: each unit answers with
probability 1 - b, so the k-th cover adds (1 - b) b^(k-1). Two covers count; a third would add b^2, which no move is
worth. Worth is in risk-millionths, so that it stays whole.

Sources: share, Church and ReVelle, The maximal covering location problem (1974); worth, Daskin, A maximum expected
covering location model (1983). 5 minutes from the order to the edge of the area: 城市消防站建设标准 (建标152).
"""

from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Ints

BANDS_S = (300, 480, 600)
FAR_S = 1 << 30
MILLION = 1_000_000
COVERS = 2


@dataclass(frozen=True, slots=True)
class Cover:
    """Millionths of the risk within each of BANDS_S, and the expected worth of the covers in millionths of the risk."""

    within_ppm: tuple[int, ...]
    worth_ppm: int


def steps(busy_pct: int) -> tuple[int, int]:
    """What the first and the second cover of one unit of risk are worth, in millionths."""
    return (100 - busy_pct) * 10_000, (100 - busy_pct) * busy_pct * 100


def worth(counts: Ints, risk: Ints, busy_pct: int) -> int:
    """The worth of zones with so many covers each, in risk-millionths."""
    first, second = steps(busy_pct)
    return int((risk * (first * (counts >= 1) + second * (counts >= COVERS))).sum())


def nearest_s(free: Ints, drive_s: Ints, turnout_s: int) -> Ints:
    """Seconds from the order to the first unit, per zone; FAR_S or more = nobody comes. `drive_s` is places x zones."""
    open_ = drive_s[free > 0]
    if not len(open_):
        return np.full(drive_s.shape[1], FAR_S, dtype=np.int64)
    return np.asarray(open_.min(axis=0) + turnout_s, dtype=np.int64)


def share_ppm(first_s: Ints, risk: Ints, limit_s: int) -> int:
    """Millionths of the risk that is reached within the limit, rounded down."""
    return int(risk[first_s <= limit_s].sum()) * MILLION // max(1, int(risk.sum()))


def cover(free: Ints, drive_s: Ints, risk: Ints, turnout_s: int, limit_s: int, busy_pct: int) -> Cover:
    """Every figure of one state of the stations: `free` = units per place."""
    first_s = nearest_s(free, drive_s, turnout_s)
    counts = free @ (drive_s + turnout_s <= limit_s).astype(np.int64)
    return Cover(
        tuple(share_ppm(first_s, risk, band) for band in BANDS_S),
        worth(counts, risk, busy_pct) // max(1, int(risk.sum())),
    )
