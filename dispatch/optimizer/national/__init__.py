"""A country's force: hundreds of incidents against tens of thousands of units, from arrays, refined to proof.

Read in this order:

  problem.py    what is asked and what is given back; F makes one exact price of unmet need and arrival
  near.py       candidates: all sites within the horizon of every incident, nearest first
  greedy.py     the first answer and the peer: nearest qualified, line by line, over full lists
  flow.py       the best plan over some rows, as one min-cost flow
  pricing.py    prices of a flow; which rows left out could help; a bound on every plan
  refine.py     greedy, then flows over growing lists until the bound meets the value
  divisible.py  sum lines as if units could be divided: a bound, and a lead for the top-up
  sums.py       sum lines topped up afterwards, with bounds of their own
  check.py      the independent checker of plans and proofs
"""

from dispatch.optimizer.national.check import faults, proof_faults
from dispatch.optimizer.national.problem import (
    Certificate,
    Demand,
    Fleet,
    NationalPlan,
    SumReport,
    Sums,
    Taken,
    refuse_contradictions,
)
from dispatch.optimizer.national.refine import answers, optimum

__all__ = [
    "Certificate",
    "Demand",
    "Fleet",
    "NationalPlan",
    "SumReport",
    "Sums",
    "Taken",
    "answers",
    "faults",
    "optimum",
    "proof_faults",
    "refuse_contradictions",
]
