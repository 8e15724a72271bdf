"""The API process's side of the workers: one job at a time, a guard on each, and a kill when it is passed.

Who has somebody waiting has patience besides: the caller falls back when it ends, while the job goes on to its guard.
"""

import asyncio
import logging
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dispatch.optimizer import MoveUp, Tried
from dispatch.workers.jobs import (
    About,
    AboutJob,
    Answer,
    Cover,
    CoverJob,
    Further,
    FurtherJob,
    Grid,
    GridJob,
    Job,
    RecommendJob,
    RouteJob,
    Rows,
    RowsJob,
    Travel,
    TravelJob,
    TurnsJob,
    WhyJob,
)
from dispatch.workers.planning import MoveJob, ReachJob, SitesFound, SitesJob, TrialJob
from dispatch.workers.wire import call
from kernel.contracts.assignment import Route
from kernel.contracts.recommendation import Why
from kernel.contracts.turns import TurnProposal

GUARD_S = 6.0
BUSY_S = 1.0
PREPARE_S = 120.0
TURN_S = 6.0
CONNECT_S = 0.5
log = logging.getLogger(__name__)


class WorkerAway(Exception):
    """No worker could answer in time; the caller falls back and says so."""


@dataclass
class Worker:
    """One worker process behind its socket."""

    path: Path
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    pid: int | None = None
    kills: int = 0
    answering: asyncio.Task[Any] | None = None

    async def ask(
        self, job: Job, guard_s: float = GUARD_S, busy_s: float = BUSY_S, patience_s: float | None = None
    ) -> Any:
        """The result of a job.

        Raises WorkerAway when the worker is busy, gone, was killed for passing the guard, or does not answer while
        the caller has patience (None = as long as the guard); its answer is dropped then.
        """
        try:
            async with asyncio.timeout(patience_s):
                return await self._asked(job, guard_s, busy_s)
        except TimeoutError as error:
            raise WorkerAway("slow") from error

    async def _asked(self, job: Job, guard_s: float, busy_s: float) -> Any:
        try:
            async with asyncio.timeout(busy_s):
                await self.lock.acquire()
        except TimeoutError as error:
            raise WorkerAway("busy") from error
        self.answering = asyncio.create_task(self._answered(job, guard_s))
        result = await asyncio.shield(self.answering)
        if isinstance(result, WorkerAway):
            raise result
        if isinstance(result, Exception):
            raise WorkerAway(repr(result))
        return result

    async def _answered(self, job: Job, guard_s: float) -> Any:
        """The answer, or why there is none, as a value: nobody may be waiting for it any more."""
        try:
            return await self._answer(job, guard_s)
        except WorkerAway as away:
            return away
        finally:
            self.lock.release()

    async def _answer(self, job: Job, guard_s: float) -> Any:
        try:
            reader, writer = await self._connected()
            async with asyncio.timeout(guard_s):
                return await call(reader, writer, job)
        except TimeoutError as error:
            self._kill()
            raise WorkerAway("guard") from error
        except (OSError, EOFError, asyncio.IncompleteReadError) as error:
            self._forget()
            raise WorkerAway("gone") from error

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.streams is None:
            opening = asyncio.open_unix_connection(str(self.path))
            async with asyncio.timeout(CONNECT_S):
                self.streams = await opening
            async with asyncio.timeout(GUARD_S):
                about: About = await call(*self.streams, AboutJob())
            self.pid = about.pid
        return self.streams

    async def close(self) -> None:
        """Lets go of the worker; it serves the next caller."""
        streams = self.streams
        self._forget()
        if self.answering is not None:
            await asyncio.wait({self.answering})
        if streams is not None:
            with suppress(OSError):
                await streams[1].wait_closed()

    def _forget(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
        self.streams = self.pid = None

    def _kill(self) -> None:
        pid = self.pid
        self._forget()
        if pid is not None:
            self.kills += 1
            log.error("worker %s passed its guard and is killed", pid)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                log.info("worker %s was gone already", pid)


@dataclass(frozen=True)
class Pool:
    """The worker reserved for live calls, and the one for what may take its time."""

    live: Worker
    background: Worker
    patience_s: float

    async def recommend(self, job: RecommendJob, *, patient: bool = False) -> Answer:
        """A plan for an incident; `patient` = nobody waits for it."""
        answer: Answer = await self.live.ask(job, patience_s=None if patient else self.patience_s)
        return answer

    async def further(self, job: FurtherJob) -> Further:
        """What follows a recommendation; asked of the background worker, so that no new call waits for it."""
        found: Further = await self.background.ask(job, busy_s=TURN_S)
        return found

    async def why_not(self, job: WhyJob) -> tuple[Why, ...]:
        """Why a unit does not go."""
        why: tuple[Why, ...] = await self.live.ask(job)
        return why

    async def travel(self, job: TravelJob) -> Travel:
        """Seconds by road to a point."""
        travel: Travel = await self.live.ask(job, patience_s=self.patience_s)
        return travel

    async def route(self, job: RouteJob) -> Route:
        """A path on the road."""
        route: Route = await self.live.ask(job, patience_s=self.patience_s)
        return route

    async def prepare(self, job: TravelJob) -> None:
        """Lets the worker learn the map for these vehicles before anybody asks; that may take seconds, once."""
        await self.live.ask(job, PREPARE_S)

    async def turns(self, job: TurnsJob) -> TurnProposal:
        """Units that should turn; asked of the background worker, because it may be solved several times over.

        It waits for what that worker does: every desk asks after an order, while the further plans are made.
        """
        turns: TurnProposal = await self.background.ask(job, busy_s=TURN_S)
        return turns

    async def cover(self, job: CoverJob) -> Cover:
        """Zones and the seconds to them, as far as they are known; asked again until nothing is missing."""
        cover: Cover = await self.background.ask(job, PREPARE_S, PREPARE_S)
        return cover

    async def rows(self, job: RowsJob) -> Rows:
        """Seconds from a few origins to the zones."""
        rows: Rows = await self.background.ask(job, PREPARE_S, PREPARE_S)
        return rows

    async def grid(self, job: GridJob) -> Grid:
        """Points on drivable roads."""
        grid: Grid = await self.background.ask(job, PREPARE_S, PREPARE_S)
        return grid

    async def moves(self, job: MoveJob) -> MoveUp:
        """Move-ups, behind at most one slice of trees: somebody waits for them."""
        moves: MoveUp = await self.background.ask(job, busy_s=TURN_S)
        return moves

    async def trial(self, job: TrialJob) -> Tried:
        """One move looked at."""
        tried: Tried = await self.background.ask(job, busy_s=TURN_S)
        return tried

    async def sites(self, job: SitesJob) -> SitesFound:
        """Candidates ranked, and the best set."""
        found: SitesFound = await self.background.ask(job, PREPARE_S, PREPARE_S)
        return found

    async def reach(self, job: ReachJob) -> bytes:
        """When special teams come, as JSON."""
        reach: bytes = await self.background.ask(job, PREPARE_S, PREPARE_S)
        return reach

    async def about(self) -> About:
        """The worker's map."""
        about: About = await self.live.ask(AboutJob())
        return about
