"""The peer of O9: VROOM, a vehicle routing engine, asked the part of the question that it knows: count lines.

One job per place in a line, one skill per line, one task per vehicle, no way home. Durations are seconds with turnout,
costs are the arrival level of score.py, a job's priority is that of its incident times the line's weight: the same
objective as the flow's. VROOM has no totals, no completion, no cover.
"""

from dataclasses import dataclass, replace

import numpy as np
import vroom

from dispatch.optimizer import Incident, Problem, Unit
from dispatch.optimizer.plan import Role, Roles
from dispatch.optimizer.problem import CountLine, canonical
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables

EXPLORATION = 5
FAR = 1_000_000  # more than any way costs; VROOM refuses what could overflow


@dataclass(frozen=True, slots=True)
class Asked:
    """VROOM's input with the names behind its numbers."""

    input: vroom.Input
    units: list[Unit]
    jobs: list[tuple[Incident, CountLine]]


def count_only(problem: Problem) -> Problem:
    """The problem without totals, materials and station areas, which VROOM cannot express."""
    bare = (replace(incident, sums=(), materials=(), area_station_ids=()) for incident in problem.incidents)
    return replace(problem, incidents=tuple(bare), stockpiles=(), zones=())


def ask(problem: Problem) -> Asked:
    """The input of a count-only problem; only available main units."""
    tables = Tables(canonical(problem))
    units = [unit for unit in tables.main if unit.standing.status == "available"]
    incidents = tables.problem.incidents
    jobs = [(incident, line) for incident in incidents for line in incident.counts for _ in range(line.quantity)]
    made = vroom.Input()
    durations, costs = _matrices(tables, units)
    made.set_durations_matrix("car", durations)
    made.set_costs_matrix("car", costs)
    for number, unit in enumerate(units):
        skills = {slot for slot in range(len(tables.slots)) if tables.eligible(unit, slot)}
        made.add_vehicle(vroom.Vehicle(number, start=number, skills=skills, max_tasks=1))
    for number, (incident, line) in enumerate(jobs):
        where = len(units) + tables.position[incident.id]
        skills = {tables.slot_of[incident.id, line.id]}
        made.add_job(vroom.Job(number, where, skills=skills, priority=incident.priority * line.weight))
    return Asked(made, units, jobs)


def _matrices(tables: Tables, units: list[Unit]) -> tuple[np.ndarray, np.ndarray]:
    """Seconds and costs from every vehicle's start to every incident."""
    incidents, scorer = tables.problem.incidents, Scorer(tables)
    size = len(units) + len(incidents)
    durations = np.full((size, size), FAR, dtype=np.uint32)
    costs = durations.copy()
    np.fill_diagonal(durations, 0)
    np.fill_diagonal(costs, 0)
    for column, incident in enumerate(incidents, len(units)):
        for row, unit in enumerate(units):
            eta = tables.eta(unit, incident.id)
            if eta is not None:
                durations[row, column] = eta
                costs[row, column] = scorer.arrival(incident, np.array([eta]))[0]
    return durations, costs


def answer(asked: Asked) -> Roles:
    """VROOM's plan, by one thread."""
    solution = asked.input.solve(exploration_level=EXPLORATION, nb_threads=1)
    tasks = solution.routes[solution.routes["type"] == "job"]
    pairs = zip(tasks["vehicle_id"].tolist(), tasks["id"].tolist(), strict=True)
    found = []
    for vehicle, job in pairs:
        incident, line = asked.jobs[int(job)]
        found.append(Role(incident.id, line.id, asked.units[int(vehicle)].id))
    return tuple(sorted(found))
