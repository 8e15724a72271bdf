"""Substitution, A or two of B: how many units of a line are stood in for by units of another kind, at a penalty.

k_r units of line r are stood in for: r needs so many fewer, and beside it stands a line of each_r k_r units of the
other kind, which must be filled whole (half a substitute is none)
min    unmet, inexact, late, then sum p_i (T_i + penalty_r k_r), over all k; each k is judged by S0 and S1 alone
floor  every line takes either kind, one for one and free of penalty. Leave all but one of each stand-in at home, and
       any choice is a plan of that problem that lacks no more and is no later: where k = 0 is as good as the floor,
       nothing stands in and this is proved
else   every k, where there are at most MOST; otherwise one more at a time while that helps, which proves nothing
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from math import prod
from typing import NamedTuple

from dispatch.optimizer.plan import Roles
from dispatch.optimizer.problem import CountLine, Incident, Problem

STAND_IN = ".sub"
MOST = 8

Counts = dict[tuple[str, str], int]  # how many of (incident, line) are stood in for
Levels = tuple[int, ...]


class Judged(NamedTuple):
    """What S0 and S1 make of a problem: unmet need to completion, level by level; the plan; whether both are proved."""

    levels: Levels
    roles: Roles
    proved: bool


class Chosen(NamedTuple):
    """The problem with its stand-ins decided, and whether no other choice is better."""

    problem: Problem
    proved: bool


Judge = Callable[[Problem], Judged]


def stand_in(line: CountLine) -> tuple[CountLine, ...]:
    """The line beside a line that takes one stand-in; none where nothing stands in."""
    other = line.substitute
    if other is None:
        return ()
    kind = (other.capabilities, other.each, other.min_amount, other.parameters)
    return (CountLine(f"{line.id}{STAND_IN}", *kind, line.deadline_s, line.hard, line.weight, line.source),)


def varied(problem: Problem, counts: Counts) -> Problem:
    """The problem in which exactly so many units are stood in for, and no line has a choice any more."""
    return replace(problem, incidents=tuple(_varied(incident, counts) for incident in problem.incidents))


def stood_in(problem: Problem, roles: Roles) -> Problem:
    """The problem whose stand-ins are those of a plan; what is no whole stand-in is left over and fills nothing."""
    counts = {(at, line.id): _filled(roles, at, line.id + STAND_IN) // _each(line) for at, line in _choices(problem)}
    return varied(problem, counts)


def whole(problem: Problem, roles: Roles) -> Roles:
    """The roles without what is no whole stand-in, the last first."""
    for at, line in _choices(problem):
        beside = [role for role in roles if role[:2] == (at, line.id + STAND_IN)]
        left_over = beside[len(beside) - len(beside) % _each(line) :]
        roles = tuple(role for role in roles if role not in left_over)
    return roles


def choose(problem: Problem, judge: Judge) -> Chosen:
    """The best stand-ins of a canonical problem."""
    choices = list(_choices(problem))
    if not choices:
        return Chosen(problem, proved=True)
    nobody: Counts = {(at, line.id): 0 for at, line in choices}
    plain, floor = judge(varied(problem, nobody)), judge(_either(problem))
    if plain.levels <= floor.levels:
        return Chosen(varied(problem, nobody), plain.proved and floor.proved)
    ranges = [range(line.quantity + 1) for _, line in choices]
    if prod(map(len, ranges)) <= MOST:
        every = [dict(zip(nobody, each, strict=True)) for each in product(*ranges)]
        judged = [(counts, _worth(problem, counts, judge)) for counts in every]
        best = min((worth.levels, number) for number, (_, worth) in enumerate(judged) if worth is not None)[1]
        proved = all(worth is None or worth.proved for _, worth in judged)
        return Chosen(varied(problem, judged[best][0]), proved)
    return Chosen(varied(problem, _one_more_at_a_time(problem, nobody, plain.levels, judge)), proved=False)


def _choices(problem: Problem) -> Iterator[tuple[str, CountLine]]:
    for incident in problem.incidents:
        for line in incident.counts:
            if line.substitute and line.quantity:
                yield incident.id, line


def _each(line: CountLine) -> int:
    return line.substitute.each if line.substitute else 1


def _varied(incident: Incident, counts: Counts) -> Incident:
    lines = []
    for line in incident.counts:
        many = counts.get((incident.id, line.id), 0)
        lines.append(replace(line, quantity=line.quantity - many, substitute=None))
        lines += [replace(beside, quantity=beside.quantity * many) for beside in stand_in(line) if many]
    return replace(incident, counts=tuple(lines))


def _either(problem: Problem) -> Problem:
    """The floor: the thresholds of a line are what both kinds have in common."""
    incidents = [replace(each, counts=tuple(_wider(line) for line in each.counts)) for each in problem.incidents]
    return replace(problem, incidents=tuple(incidents))


def _wider(line: CountLine) -> CountLine:
    other = line.substitute
    if other is None:
        return line
    theirs = dict(other.parameters)
    common = tuple((name, min(least, theirs[name])) for name, least in line.parameters if name in theirs)
    able = tuple(sorted({*line.capabilities, *other.capabilities}))
    least = min(line.min_amount, other.min_amount)
    return replace(line, capabilities=able, min_amount=least, parameters=common, substitute=None)


def _worth(problem: Problem, counts: Counts, judge: Judge) -> Judged | None:
    """A choice with its penalty; None where a stand-in is not filled whole."""
    judged, penalty = judge(varied(problem, counts)), 0
    priority = {incident.id: incident.priority for incident in problem.incidents}
    for at, line in _choices(problem):
        many = counts[at, line.id]
        if _filled(judged.roles, at, line.id + STAND_IN) < many * _each(line):
            return None
        penalty += priority[at] * many * (line.substitute.penalty_s if line.substitute else 0)
    return judged._replace(levels=(*judged.levels[:-1], judged.levels[-1] + penalty))


def _filled(roles: Roles, incident_id: str, line_id: str) -> int:
    return sum(role.incident_id == incident_id and role.line_id == line_id for role in roles)


def _one_more_at_a_time(problem: Problem, counts: Counts, levels: Levels, judge: Judge) -> Counts:
    most = {(at, line.id): line.quantity for at, line in _choices(problem)}
    while True:
        steps = [counts | {key: many + 1} for key, many in counts.items() if many < most[key]]
        judged = [
            (worth.levels, number) for number, each in enumerate(steps) if (worth := _worth(problem, each, judge))
        ]
        if not judged or min(judged)[0] >= levels:
            return counts
        levels, number = min(judged)
        counts = steps[number]
