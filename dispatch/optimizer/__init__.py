"""Who goes: a staged, exact, explained optimizer for all open incidents together.

Read the folder in this order and it teaches the method.

  problem.py     what is asked: incidents with count, sum and material lines; units and stockpiles with their seconds
  met.py         which incidents take part: those that lack something
  tables.py      which unit can fill which line, decided once per capability class
  score.py       the one order of importance: unmet, inexact times, deadlines, full complement, mean arrival, units
  greedy.py      the peer and last resort: nearest qualified, line by line, never revised
  groups.py      equal units become a number, so that the solver sees no symmetry; columns; pruning without loss
  flow.py        S0: the least unmet need is a min-cost flow; potentials and optimal faces
  reaching.py    whether capped columns reach that as well: a max flow on the optimal face; what would have to open
  completion.py  S1: time is a cap on columns; best-first over caps, branching on what the least cut names
  repair.py      sum lines after a flow: add, then swap
  program.py     the integer program over columns, open to further rows
  linear.py      how a program is solved: relaxation, exact bound, fixing, search on what is left
  hasten.py      local search on the full force, where totals make a flow's plan late
  urgent.py      S0 and S1 where flows do not suffice; each stage says how far it is proved
  keep.py        what a plan takes from the rest of the city: zones, reserves, stations
  exchange.py    local search for what stays behind
  substitution.py  A or two of B: how many units are stood in for, each choice judged by S0 and S1
  styles.py      S2 and S3: one plan per style, the first is the recommendation
  alternative.py every plan in the terms by which it is compared
  asjson.py      a problem as text and back, so that a plan can be replayed
  whatif.py      the commander's own choices and their price
  onemore.py     what one more unit would buy: shadow prices of lines, what closes a total
  turns.py       which units under way should turn to another incident
  materials.py   stock, trucks and loads, after the units; trucks.py its program, haulage.py its words
  firstaid.py    micro stations beside the plan, never in it
  check.py       the independent checker that every plan passes
  hall.py        which lines compete for too few units
  limited.py     which units the limits of roads keep from a line
  codes.py       every reason code with its parameters
  counterfactual.py explain.py whynot.py departure.py assemble.py   the true reasons
  recommend.py   the whole call
  national/      a country's count and sum lines from arrays, refined from greedy to a proof; its own reading order

Beside the dispatch itself, what planners and commanders ask about cover; each begins with its formula:

  coverage.py    shares of the risk within minutes, and what a first and a second cover are worth
  ground.py moves.py moveprogram.py moveup.py   which free units go to cover emptied stations, the common rule beside
  movecheck.py   the independent checker of move-ups
  siting.py      where a further station or unit raises coverage most
  reach.py       when special teams come to the places that would need them

Everything is pure: frozen values in, frozen values out, integers throughout, no clock, no randomness, one solver
thread. `recommend` never returns an empty answer for want of time; `Provenance` says which stage made the plan and
what is proved.
"""

from dispatch.optimizer.check import faults
from dispatch.optimizer.codes import CODES
from dispatch.optimizer.coverage import FAR_S, Cover
from dispatch.optimizer.ground import Ground, MoveRules, Place
from dispatch.optimizer.linear import warm_up
from dispatch.optimizer.met import is_met
from dispatch.optimizer.movecheck import faults_of_moves
from dispatch.optimizer.moveup import Move, Moves, MoveUp, Tried, best_moves, nearest_backfill, try_move
from dispatch.optimizer.onemore import OneMore, TotalShort, one_more, totals_short
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
    Reserve,
    Standing,
    Stockpile,
    Style,
    Substitute,
    SumLine,
    Truck,
    Unit,
    Zone,
    amounts,
)
from dispatch.optimizer.reach import Force, Need, SpecialReach, Team, special_reach
from dispatch.optimizer.recommend import recommend, recommend_greedy
from dispatch.optimizer.siting import Candidate, Region, Site, Sites, best_sites, rank_sites
from dispatch.optimizer.tables import could_help
from dispatch.optimizer.turns import Turns, best_turns
from dispatch.optimizer.whatif import Choices, Price, possible, price, with_choices
from dispatch.optimizer.whynot import why_not

__all__ = [
    "AVAILABLE",
    "CODES",
    "FAR_S",
    "Amounts",
    "Budget",
    "Candidate",
    "Choices",
    "CountLine",
    "Cover",
    "Force",
    "Ground",
    "Incident",
    "MaterialLine",
    "Move",
    "MoveRules",
    "MoveUp",
    "Moves",
    "Need",
    "OneMore",
    "Place",
    "Policy",
    "Price",
    "Problem",
    "Reach",
    "Recommendation",
    "Region",
    "Reserve",
    "Site",
    "Sites",
    "SpecialReach",
    "Standing",
    "Stockpile",
    "Style",
    "Substitute",
    "SumLine",
    "Team",
    "TotalShort",
    "Tried",
    "Truck",
    "Turns",
    "Unit",
    "Zone",
    "amounts",
    "best_moves",
    "best_sites",
    "best_turns",
    "could_help",
    "faults",
    "faults_of_moves",
    "is_met",
    "nearest_backfill",
    "one_more",
    "possible",
    "price",
    "rank_sites",
    "recommend",
    "recommend_greedy",
    "special_reach",
    "totals_short",
    "try_move",
    "warm_up",
    "why_not",
    "with_choices",
]
