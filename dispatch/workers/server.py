"""A worker process: loads the map once, then answers one job after another on its Unix socket until it is killed."""

import logging
import os
import socket
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dispatch import optimizer
from dispatch.routing import MapFormatError, load_graph
from dispatch.workers.aid import promised_elsewhere
from dispatch.workers.answer import answer_of, why_of
from dispatch.workers.asked import asked_of, chosen
from dispatch.workers.cover import Grown
from dispatch.workers.further import further_of
from dispatch.workers.jobs import (
    About,
    Answer,
    CoverJob,
    FurtherJob,
    GridJob,
    Job,
    RecommendJob,
    Result,
    RouteJob,
    RowsJob,
    TravelJob,
    TurnsJob,
    WhyJob,
)
from dispatch.workers.limited import limited_of
from dispatch.workers.nearest import travel_of
from dispatch.workers.planning import MoveJob, ReachJob, SitesJob, TrialJob
from dispatch.workers.problem import problem_of
from dispatch.workers.travel import Roads, mover_of, truck_at
from dispatch.workers.turns import turns_of
from dispatch.workers.wire import pack, receive
from kernel.contracts.assignment import Route
from kernel.contracts.recommendation import Why
from kernel.memory import give_back
from kernel.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Engine:
    """The map and what is asked of it."""

    roads: Roads
    grown: Grown = field(default_factory=Grown)

    def answer(self, job: Job) -> Result:
        """The result of a job. Raises whatever a broken job makes it raise; the loop sends that back."""
        match job:
            case RecommendJob():
                return self.recommend(job)
            case FurtherJob():
                return further_of(job)
            case WhyJob():
                return self.why_not(job)
            case TurnsJob():
                return turns_of(job, self.roads)
            case TravelJob():
                return travel_of(job, self.roads)
            case RouteJob():
                return self.route(job)
            case CoverJob():
                return self.grown.cover(job, self.roads)
            case RowsJob():
                return self.grown.rows_of(job, self.roads)
            case GridJob():
                return self.grown.grid(job, self.roads)
            case MoveJob() | TrialJob() | SitesJob() | ReachJob():
                return job.solve()
            case _:
                return self.about()

    def recommend(self, job: RecommendJob) -> Answer:
        """A plan for an incident, all open incidents considered jointly."""
        asked = asked_of(problem_of(job, self.roads), job, partial(optimizer.recommend, alone=True))
        closed = self.roads.closed(job.closures, job.at)
        return answer_of(
            asked,
            job.incident_id,
            map_version=self.roads.map_version,
            closures_version=closed.version if closed else "none",
            degraded=() if self.roads.graph else ("roads_away",),
            road_limited=limited_of(asked, job, self.roads, closed),
        )

    def why_not(self, job: WhyJob) -> tuple[Why, ...]:
        """Every true reason why a unit does not go."""
        if job.unit_id in job.problem.choices.forbidden:
            return (Why(code="forbidden"),)
        elsewhere = promised_elsewhere(job.problem, job.unit_id)
        if elsewhere is not None:
            return (elsewhere,)
        problem = chosen(problem_of(job.problem, self.roads), job.problem)[0]
        plan = optimizer.recommend(problem, alone=True)
        reasons = optimizer.why_not(problem, plan, job.unit_id, job.problem.incident_id)
        return tuple(why_of(reason) for reason in reasons)

    def route(self, job: RouteJob) -> Route:
        """The path of a unit or a truck."""
        mover = mover_of(job.unit, job.start) if job.unit else truck_at(job.start)
        return self.roads.route(mover, job.to, self.roads.closed(job.closures, job.at))

    def about(self) -> About:
        """The loaded map."""
        graph = self.roads.graph
        return About(self.roads.map_version, graph.box if graph else None, os.getpid())


def engine_of(roads: Path | None) -> Engine:
    """An engine with the map of a file; without a readable one it answers by straight line and says so."""
    if roads is None:
        return Engine(Roads(None))
    try:
        return Engine(Roads(load_graph(roads)))
    except (OSError, MapFormatError):
        log.exception("no road map: times will be straight-line estimates")
        return Engine(Roads(None))


def serve(socket_path: str) -> None:
    """Blocks for ever. The first solve in a process costs 100-200 ms, so it is done before anybody asks."""
    engine = engine_of(Settings().roads)
    optimizer.warm_up()
    path = Path(socket_path)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(socket_path)
        path.chmod(0o600)
        listener.listen(8)
        while True:
            connection, _ = listener.accept()
            with connection:
                _answer_all(engine, connection)


def _answer_all(engine: Engine, connection: socket.socket) -> None:
    """Answers until the other end goes away. A job that fails is answered with its error, the worker goes on."""
    while True:
        try:
            job: Job = receive(connection)
        except (EOFError, OSError):
            return
        try:
            result: Result | Exception = engine.answer(job)
        except Exception as error:
            log.exception("job failed")
            result = RuntimeError(f"{type(error).__name__}: {error}")
        try:
            connection.sendall(pack(result))
        except OSError:
            return
        give_back()  # trees are large, and what one answer freed would stay ours for good
