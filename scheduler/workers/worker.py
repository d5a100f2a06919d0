"""A worker: takes jobs from the queue of one database until it is told to end, or nothing is left.

Procrastinate does the taking, the locks and the signs of life; here is what it leaves to its users: jobs of
workers that died are put back into the queue, the work goes on when the database was away, and the first
SIGTERM lets children end cleanly while the second kills them.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import psycopg
import structlog
from procrastinate import exceptions
from procrastinate.jobs import DeleteJobCondition, Status
from procrastinate.worker import Worker as QueueWorker

from scheduler.crawl import Crew
from scheduler.nursery import Nursery
from scheduler.service.notify import Notifier
from scheduler.workers.app import make_app
from scheduler.workers.deferring import QUEUES, Deferrer
from scheduler.workers.tasks import Bench
from storage import queues
from storage.database import LOST
from storage.processes import this_process

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job

log = structlog.get_logger("worker")

ASK = 2.0
"""Seconds between two questions to the queue whether there is something to do."""
KEPT_HOURS = 30 * 24
"""How long jobs that failed stay to be seen. What was done well is in the ledger of runs."""


class Until(StrEnum):
    """When a worker ends by itself."""

    TOLD = "told"
    EMPTY = "empty"
    """When no job of its queues is at work anywhere, and none waits that could be begun now."""
    ONE = "one"
    """When it has done one job; at once when there is none."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker gives signs of life and looks around; seconds."""

    silence: float = 30.0
    """A worker of another machine that was silent for so long counts as dead."""
    look: float = 5.0
    """Between two looks for jobs of the dead."""

    @property
    def beat(self) -> float:
        """Between two signs of life."""
        return self.silence / 3


class Worker:
    """One process that does jobs, `crew.jobs` at the same time."""

    def __init__(
        self,
        crew: Crew,
        *,
        only: Sequence[str] = QUEUES,
        until: Until = Until.TOLD,
        pace: Pace | None = None,
        ready: Callable[[int], object] = lambda number: None,
        notifier: Notifier | None = None,
    ) -> None:
        """`only`: the queues from which it takes; `ready` is told the worker's number when it has begun."""
        self._crew = crew
        self._only = tuple(only)
        self._until = until
        self._pace = pace or Pace()
        self._ready = ready
        self._notifier = notifier or Notifier()
        self._nursery: Nursery | None = None
        self._bench: Bench | None = None
        self._worker: QueueWorker | None = None
        self._told = 0
        self.done = 0
        """Jobs that it has taken."""

    def run(self) -> None:
        """Work until told to end. Raises DatabaseUnusable where there is no queue."""
        with Nursery() as self._nursery:
            asyncio.run(self._run())
        self._notifier.stopping()

    def tell(self) -> None:
        """End: the first time cleanly, the second time at once."""
        self._told += 1
        if self._bench is not None:
            if self._told == 1:
                self._bench.stop()
            else:
                self._bench.kill()
        if self._worker is not None:
            self._worker.stop()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.tell)
        while True:
            try:
                await self._work()
                if self._told or self._until is not Until.TOLD:
                    return
                problem = "a side task failed"
            except exceptions.ConnectorException as error:
                if not isinstance(error.__cause__, psycopg.OperationalError):
                    raise  # the database answers, and says that this is wrong
                problem = str(error.__cause__)
            if self._told:
                return
            log.warning("database away, trying again", problem=problem.strip(), seconds=self._pace.look)
            self._notifier.alive("the database is away")
            await asyncio.sleep(self._pace.look)

    async def _work(self) -> None:
        """With one registration in the queue, until it ends or the database goes away."""
        app, deferring = make_app(self._crew.database), make_app(self._crew.database)
        async with app.open_async():
            # Children are watched in threads, which defer through a connection of their own.
            with deferring.open():
                bench = self._bench = Bench(
                    self._crew, Deferrer(deferring, self._crew.database), self._nursery
                )
                worker = self._worker = QueueWorker(
                    app=app,
                    queues=list(self._only),
                    name="communique",
                    concurrency=self._crew.jobs,
                    fetch_job_polling_interval=min(self._pace.look, ASK),
                    # A listener that is told to end while it connects does not: the worker would never end.
                    listen_notify=False,
                    install_signal_handlers=False,
                    delete_jobs=DeleteJobCondition.SUCCESSFUL,
                    additional_context={"bench": bench},
                    update_heartbeat_interval=self._pace.beat,
                    stalled_worker_timeout=self._pace.silence,
                    worker_middleware=[self._count],
                )
                if self._told:
                    bench.hands.shutdown(wait=False)
                    return
                try:
                    async with self._beside(self._look_around(app, worker)):
                        await worker.run()
                finally:
                    bench.hands.shutdown(wait=False)

    async def _count(self, process: Callable[[], Awaitable[object]], *_: object) -> object:
        self.done += 1
        if self._until is Until.ONE and self._worker is not None:
            self._worker.stop()
        return await process()

    @asynccontextmanager
    async def _beside(self, work: Awaitable[None]) -> AsyncIterator[None]:
        task = asyncio.ensure_future(work)
        try:
            yield
        finally:
            # Asked until it ends: before Python 3.12 `asyncio.wait_for`, on which the pool of connections
            # stands, loses the request when what it waits for comes in the same moment.
            while not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=1.0)
            await asyncio.gather(task, return_exceptions=True)

    async def _look_around(self, app: App, worker: QueueWorker) -> None:
        """Note where this worker is, take over from the dead, see whether anything is left."""
        noted: int | None = None
        while True:
            try:
                if worker.worker_id is not None and noted != worker.worker_id:
                    noted = worker.worker_id
                    await asyncio.to_thread(self._note, noted)
                    self._ready(noted)
                    self._notifier.ready()
                if noted is not None:
                    self._notifier.alive(f"{len(worker._running_jobs)} of {self._crew.jobs} jobs at work")
                    await self._take_over(app, worker)
                    await self._forget(app)
                    if self._until is not Until.TOLD and not await asyncio.to_thread(self._undone):
                        worker.stop()
            except (exceptions.ConnectorException, *LOST) as error:
                log.warning("database away", problem=str(error).strip())
            soon = noted is None or self._until is not Until.TOLD
            await asyncio.sleep(min(0.3, self._pace.look) if soon else self._pace.look)

    def _note(self, number: int) -> None:
        with self._crew.database.beside() as connection:
            queues.note_worker(connection, number, this_process(), self._crew.jobs, datetime.now(UTC))

    def _undone(self) -> int:
        with self._crew.database.read() as connection:
            return queues.count_undone(connection, self._only)

    async def _take_over(self, app: App, worker: QueueWorker) -> None:
        """Put back into the queue what dead workers had taken, and what this one no longer does."""
        manager = app.job_manager
        for number in await asyncio.to_thread(self._dead_here):
            log.warning("a worker of this machine has died", number=number)
            await manager.unregister_worker(number)
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._pace.silence):
            if job.worker_id == worker.worker_id:
                continue  # a sign of life that is late, on a machine that has much to do
            log.warning("taking over", job=job.call_string, worker=job.worker_id)
            await self._put_back(app, job)
        mine = await asyncio.to_thread(self._taken_by, worker.worker_id)
        working = {context.job.id for context in worker._running_jobs.values()}
        for number in (mine - working) & self._left_before:
            # Its end could not be written down.
            (job,) = await manager.list_jobs_async(id=number)
            await self._put_back(app, job)
        self._left_before = mine - working

    _left_before: frozenset[int] | set[int] = frozenset()

    async def _put_back(self, app: App, job: Job) -> None:
        try:
            await app.job_manager.retry_job(job)
        except exceptions.UniqueViolation:
            # The same work waits in the queue already.
            await app.job_manager.finish_job(job, status=Status.ABORTED, delete_job=False)
        except exceptions.ConnectorException as error:
            log.info("somebody else took it over", job=job.call_string, problem=str(error.__cause__ or error))

    def _dead_here(self) -> list[int]:
        with self._crew.database.read() as connection:
            return queues.dead_here(connection, this_process().host, datetime.now(UTC))

    def _taken_by(self, worker: int | None) -> set[int]:
        if worker is None:
            return set()
        with self._crew.database.read() as connection:
            return queues.doing(connection, worker)

    async def _forget(self, app: App) -> None:
        """Remove what failed long ago, once an hour."""
        now = asyncio.get_running_loop().time()
        if now < self._forget_at:
            return
        self._forget_at = now + 3600
        await app.job_manager.delete_old_jobs(
            KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    _forget_at = 0.0
