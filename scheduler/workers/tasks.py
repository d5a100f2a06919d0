"""What a worker does: each job is a child process, the same that the command by hand would start.

A crawl that dies takes nobody with it, and a worker that dies leaves its crawl to end by itself: whoever
takes the job over waits for that run, and begins another one only where it did not end well.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from procrastinate import BaseRetryStrategy, RetryDecision

from crawler.settings import environment_with
from scheduler.crawl import GOOD, Child, Crew, Ending, Order
from scheduler.workers.deferring import AGAIN, BACKFILL, BY, Deferrer, link
from storage import queues
from storage.database import LOST
from storage.runs import ENDED, RunView, find_run

if TYPE_CHECKING:
    from procrastinate import App, JobContext
    from procrastinate.jobs import Job

    from scheduler.nursery import Nursery

log = structlog.get_logger("worker")
T = TypeVar("T")

LOOK = 0.25
"""Seconds between two looks at a child."""
LOOK_FOR_OTHERS = 20.0
"""Seconds between two looks for others that wait for the same host."""
BUSY = 60
"""Seconds after which a source that somebody else crawls is tried again."""
FAILED = (300, 1800)
"""Seconds before the second and the third try of what failed; after the third it stays failed."""
MOST_TRIES = 20
"""A job that was taken up so often, by workers that died or were ended, is given up."""


class Again(Exception):
    """The job could not be done now, through no fault of its own; it is tried again after `seconds`."""

    def __init__(self, reason: str, seconds: float = 0) -> None:
        super().__init__(reason)
        self.seconds = seconds


class GivesWay(Exception):
    """The job has held its host for long and others wait for it; it goes on after them."""


class WorkFailed(Exception):
    """The job was done and did not end well."""


class Tries(BaseRetryStrategy):
    """When a job that did not end well is tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """As Procrastinate asks; None: not at all."""
        if isinstance(exception, GivesWay):
            return RetryDecision(priority=max(job.priority - 1, AGAIN))
        if job.attempts >= MOST_TRIES:
            return None
        if isinstance(exception, Again):
            if exception.seconds <= 0:
                return RetryDecision()
            return RetryDecision(retry_in={"seconds": int(exception.seconds)}, priority=AGAIN)
        order = job.task_kwargs.get("order")
        if isinstance(order, dict) and order.get("started_by") == BY:
            return None  # the service sees to that
        if job.attempts < len(FAILED):
            return RetryDecision(retry_in={"seconds": FAILED[job.attempts]}, priority=AGAIN)
        return None


@dataclass(slots=True)
class Bench:
    """Where the jobs of one worker are done."""

    crew: Crew
    deferrer: Deferrer
    nursery: Nursery | None = None
    """Where crawls are forked from; None: each is a new process."""
    hands: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "children"))
    """The one thread that starts, asks and signals children: a nursery is used from one."""
    children: set[Child | Command] = field(default_factory=set)
    """At work now."""
    patience: float = 3600.0
    """Seconds for which a job may hold its host while others wait for it."""
    stopping: bool = False
    """Jobs are to end or to checkpoint, and to go back into the queue."""

    def stop(self) -> None:
        """Let all children end cleanly; what they were doing goes back into the queue."""
        self.stopping = True
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End all children at once; nothing that they stored is lost."""
        self.stopping = True
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for child in list(self.children):
            self.hands.submit(child.signal, number)

    async def do(self, work: Callable[[], T]) -> T:
        """Something with children, done by the one thread for them."""
        return await asyncio.get_running_loop().run_in_executor(self.hands, work)


class Command:
    """One command of `communique` in a process of its own."""

    def __init__(self, words: list[str], crew: Crew, name: str) -> None:
        self.log = crew.data / "logs" / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        changes = {"COMMUNIQUE_DATA": str(crew.data), "COMMUNIQUE_DATABASE": crew.database_url or ""}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own command; its words are checked by it
                [sys.executable, "-m", "scheduler", *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment_with({**changes, **crew.environment}),
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the command and whatever it started."""
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass  # it ended between the question and the signal


INTERRUPTED = (3, 130)
"""Exit codes of commands that somebody interrupted; the second before they could do anything about it."""


def add_to(app: App) -> None:
    """Give the tasks to Procrastinate's app."""
    app.task(name="crawl", pass_context=True, retry=Tries())(crawl)
    app.task(name="command", pass_context=True, retry=Tries())(command)


async def crawl(context: JobContext, *, order: dict[str, Any], run: str | None = None) -> dict[str, Any]:
    """One crawl to its end; `run` was planned for it when it was deferred."""
    bench: Bench = context.additional_context["bench"]
    wanted = _order_of(order)
    planned = await asyncio.to_thread(_run_of, bench, run)
    if planned is not None and planned.state == "running":
        planned = await _until_ended(bench, planned)
    if planned is not None and _is_done(planned, wanted):
        # The worker that had this job was gone before it could say so.
        return {"source": wanted.source, "run": planned.id, "ending": Ending.FINISHED.value}
    adopted = planned.id if planned is not None and planned.state == "planned" else None
    if bench.stopping:
        raise Again("the worker was ended before the crawl began")
    child = await bench.do(partial(Child, wanted, bench.crew, nursery=bench.nursery, run=adopted))
    gave_way = await _to_its_end(bench, child, context.job)
    report = await bench.do(partial(child.ended, bench.crew))
    if report is None:
        raise RuntimeError(f"run {child.run} of {wanted.source} has ended without a report")
    log.info("crawl ended", source=wanted.source, run=report.run, ending=report.ending.value)
    if report.counts.get("stored") or report.counts.get("revised"):
        await asyncio.to_thread(link, bench.deferrer)
    if report.ending is Ending.BUSY:
        raise Again(report.error or "busy", BUSY)
    if gave_way and report.ending is Ending.INTERRUPTED:
        raise GivesWay(f"others wait for {context.job.lock}")
    if report.ending is Ending.INTERRUPTED:
        raise Again(report.error or "interrupted", 0 if bench.stopping else BUSY)
    if report.ending not in GOOD:
        raise WorkFailed(f"{wanted.source}, run {report.run}: {report.error}")
    return {"source": wanted.source, "run": report.run, "ending": report.ending.value}


async def command(context: JobContext, *, words: list[str]) -> dict[str, Any]:
    """One command of `communique` to its end."""
    bench: Bench = context.additional_context["bench"]
    if bench.stopping:
        raise Again("the worker was ended before the command began")
    child = await bench.do(partial(Command, words, bench.crew, f"{words[0]}-job-{context.job.id}"))
    gave_way = await _to_its_end(bench, child, context.job)
    code = child.process.returncode
    log.info("command ended", command=" ".join(words), code=code)
    if gave_way and code != 0:
        raise GivesWay(f"others wait for {context.job.lock}")
    if code in INTERRUPTED or (code != 0 and bench.stopping):
        raise Again("interrupted", 0 if bench.stopping else BUSY)
    if words[0] == BACKFILL:
        # One process links for all, also what a backfill with holes has brought.
        await asyncio.to_thread(link, bench.deferrer)
    if code != 0:
        raise WorkFailed(f"communique {' '.join(words)} ended with {code}; log: {child.log}")
    return {"command": words, "code": code}


async def _to_its_end(bench: Bench, child: Child | Command, job: Job) -> bool:
    """Wait until the child has ended; whether it was asked to, because others wait for its host."""
    bench.children.add(child)
    began = seen = time.monotonic()
    gives_way = False
    try:
        if bench.stopping:
            await bench.do(partial(child.signal, signal.SIGINT))
        while await bench.do(child.process.poll) is None:
            await asyncio.sleep(LOOK)
            now = time.monotonic()
            if not gives_way and now - began > bench.patience and now - seen > LOOK_FOR_OTHERS:
                seen = now
                gives_way = await asyncio.to_thread(_others_wait, bench, job)
                if gives_way:
                    await bench.do(partial(child.signal, signal.SIGINT))
    except asyncio.CancelledError:
        bench.hands.submit(child.signal, signal.SIGKILL)
        raise
    finally:
        bench.children.discard(child)
    return gives_way


def _others_wait(bench: Bench, job: Job) -> bool:
    try:
        with bench.crew.database.read() as connection:
            return job.lock is not None and queues.count_waiting(connection, lock=job.lock) > 0
    except LOST:
        return False  # asked again soon


async def _until_ended(bench: Bench, run: RunView) -> RunView | None:
    """Wait for the run that a dead worker left at work; None where it died, too."""
    log.info("waiting for the run of an earlier worker", source=run.source, run=run.id, process=run.process)
    while run.state not in ENDED and not run.is_lost(datetime.now(UTC)):
        if bench.stopping:
            raise Again("the worker was ended while it waited for another one's crawl")
        await asyncio.sleep(4 * LOOK)
        found = await asyncio.to_thread(_run_of, bench, run.id)
        if found is None:
            return None
        run = found
    return run if run.state in ENDED else None


def _is_done(run: RunView, wanted: Order) -> bool:
    at_limit = wanted.limit is not None and run.state == "stopped" and not run.error
    return run.state == "finished" or at_limit


def _run_of(bench: Bench, run: str | None) -> RunView | None:
    if run is None:
        return None
    with bench.crew.database.read() as connection:
        return find_run(connection, run)


def _order_of(order: dict[str, Any]) -> Order:
    days = {name: date.fromisoformat(order[name]) if order.get(name) else None for name in ("since", "until")}
    # The run that was planned serves the slot; another one, where that failed, serves none.
    return Order(**{**order, **days, "slot": None})
