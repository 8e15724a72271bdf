"""Who goes: a staged, exact, explained optimizer for all open incidents together.

Read the folder in this order and it teaches the method.

  problem.py     what is asked: incidents with count, sum and material lines; units and stockpiles with their seconds
  met.py         which incidents take part: those that lack something
  tables.py      which unit can fill which line, decided once per capability class
  score.py       the one order of importance: unmet, inexact times, deadlines, full complement, mean arrival, units
  greedy.py      the peer and last resort: nearest qualified, line by line, never revised
  groups.py      equal units become a number, so that the solver sees no symmetry; columns; pruning without loss
  flow.py        S0: the least unmet need is a min-cost flow; potentials and optimal faces
  completion.py  S1: time is a cap on columns; best-first over caps, branching on what the potentials name
  repair.py      sum lines after a flow: add, then swap
  program.py     the small integer program, open to further rows and terms
  final.py       S0 to S3 where flows do not suffice; each stage says how far it is proved
  materials.py   stock, trucks and loads, after the units; trucks.py its program, haulage.py its words
  firstaid.py    micro stations beside the plan, never in it
  check.py       the independent checker that every plan passes
  hall.py        which lines compete for too few units
  codes.py       every reason code with its parameters
  counterfactual.py explain.py whynot.py departure.py assemble.py   the true reasons
  recommend.py   the whole call

Everything is pure: frozen values in, frozen values out, integers throughout, no clock, no randomness, one solver
thread. `recommend` never returns an empty answer for want of time; `Provenance` says which stage made the plan and
what is proved.
"""

from dispatch.optimizer.check import faults
from dispatch.optimizer.codes import CODES
from dispatch.optimizer.linear import warm_up
from dispatch.optimizer.met import is_met
from dispatch.optimizer.plan import Recommendation
from dispatch.optimizer.problem import (
    AVAILABLE,
    Amounts,
    Budget,
    CountLine,
    Incident,
    MaterialLine,
    Policy,
    Problem,
    Reach,
    Standing,
    Stockpile,
    SumLine,
    Truck,
    Unit,
    amounts,
)
from dispatch.optimizer.recommend import recommend, recommend_greedy
from dispatch.optimizer.tables import could_help
from dispatch.optimizer.whynot import why_not

__all__ = [
    "AVAILABLE",
    "CODES",
    "Amounts",
    "Budget",
    "CountLine",
    "Incident",
    "MaterialLine",
    "Policy",
    "Problem",
    "Reach",
    "Recommendation",
    "Standing",
    "Stockpile",
    "SumLine",
    "Truck",
    "Unit",
    "amounts",
    "could_help",
    "faults",
    "is_met",
    "recommend",
    "recommend_greedy",
    "warm_up",
    "why_not",
]
