"""Crawls as child processes of the service, with limits on time and memory.

Children outlive a service that is killed: the next one finds them by the process in their runs' rows, waits
for their end, and keeps them to the same limits. They are forked from a nursery, which the service keeps as
long as it is the one at work; where that dies, the next crawls are processes of their own until another is
there.
"""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scheduler.crawl import Child, Crew, Ending, Order
from scheduler.nursery import Nursery
from scheduler.service.limits import resident, seconds_at_work, send
from scheduler.service.starter import DueCrawl, EndedCrawl
from storage.processes import Process, is_alive
from storage.runs import ENDED, RunView, find_run
from storage.slots import close_as_killed, judge_as_failed, mark_slot, open_runs

WHO = "schedule"
"""Who started the runs of the service, in the ledger."""
LOOK_EVERY = 5.0
"""Seconds between two looks at what crawls take."""
IMPORTING = 60.0
"""Seconds for which crawls wait for a nursery that imports."""
NEXT_NURSERY = 3600.0
"""Seconds after which a nursery that died is followed by another."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one crawl may take."""

    seconds: float = 0
    """Of time; 0: any."""
    memory: int = 0
    """Bytes, resident, of all its processes together; 0: any."""
    grace: float = 60.0
    """Seconds that it has to end by itself when it has taken too long."""


@dataclass
class _Work:
    """A crawl at work: a child of this process, or one that an earlier service left."""

    run: str
    process: Process
    child: Child | None = None
    asked_to_end: float | None = None
    """When, by the monotonic clock."""
    verdict: str | None = None
    """Why it was ended by the service."""
    killed: bool = field(default=False)


class ChildStarter:
    """Implements `scheduler.service.starter.Starter` with processes of this machine."""

    def __init__(self, crew: Crew, limits: Limits, breed: Callable[[], Nursery] | None = None) -> None:
        """`breed` makes a nursery; None: each crawl is a new process."""
        self._crew = crew
        self._breed = breed
        self._limits = limits
        self._work: dict[str, _Work] = {}
        self._looked = 0.0
        self._nursery: Nursery | None = None
        self._nursery_began = -NEXT_NURSERY

    def room(self) -> int:
        """See Starter. None while the nursery imports."""
        self._keep_nursery()
        imports = self._nursery is not None and not (self._nursery.is_ready or self._nursery.gone)
        if imports and time.monotonic() - self._nursery_began < IMPORTING:
            return 0
        return max(0, self._crew.jobs - len(self._work))

    def at_work(self) -> Mapping[str, str]:
        """See Starter."""
        return {source: work.run for source, work in self._work.items()}

    def take_over(self, now: datetime) -> None:
        """See Starter. Runs that were planned and whose process is dead, or was never noted, are closed."""
        mine = {work.run for work in self._work.values()}
        with self._crew.database.write() as connection:
            for run in open_runs(connection, WHO):
                if run.id in mine:
                    continue
                process = Process(run.host, run.process, run.process_started)
                if run.process and is_alive(process, run.beat_at, now):
                    if run.host == socket.gethostname():
                        self._work.setdefault(run.source, _Work(run.id, process))
                    continue
                how = "without a word" if run.state == "running" else "before its run began"
                close_as_killed(connection, run.id, f"The process ended {how}, and its service with it.", now)

    def start(self, crawl: DueCrawl, now: datetime) -> str:
        """See Starter. OSError where no process can be started."""
        ready = self._nursery if self._nursery is not None and self._nursery.is_ready else None
        child = Child(Order(crawl.source, started_by=WHO, slot=crawl.slot), self._crew, ready)
        self._work[crawl.source] = _Work(child.run, child.identity, child)
        return child.run

    def ended(self, now: datetime) -> list[EndedCrawl]:
        """See Starter."""
        self._keep_to_limits()
        found = []
        for source, work in list(self._work.items()):
            ended = self._end_of(source, work, now)
            if ended is not None:
                del self._work[source]
                found.append(ended)
        return found

    def stop(self) -> None:
        """See Starter."""
        for work in self._work.values():
            if work.child is not None:
                work.child.signal(signal.SIGINT)
            else:
                send(work.process, signal.SIGINT)

    def kill(self) -> None:
        """See Starter."""
        for work in self._work.values():
            self._kill(work)

    def close(self) -> None:
        """See Starter."""
        if self._nursery is not None:
            self._nursery.__exit__(None, None, None)
            self._nursery = None

    def _keep_nursery(self) -> None:
        """Begin one, and another when it has died: not at once, what killed it may be there still."""
        if self._nursery is not None:
            self._nursery.listen()
        gone = self._nursery is None or self._nursery.gone
        if self._breed is not None and gone and time.monotonic() - self._nursery_began >= NEXT_NURSERY:
            self.close()
            self._nursery_began = time.monotonic()
            self._nursery = self._breed().__enter__()

    def _end_of(self, source: str, work: _Work, now: datetime) -> EndedCrawl | None:
        error = None
        if work.child is not None:
            report = work.child.ended(self._crew)
            if report is None:
                return None
            error = report.error
            if report.ending is Ending.BUSY:
                with self._crew.database.write() as connection:
                    mark_slot(connection, work.run)
        run = self._closed(work, now)
        if run is None:
            return None
        if work.verdict is not None and run.state != "finished":
            with self._crew.database.write() as connection:
                judge_as_failed(connection, work.run, work.verdict)
            return EndedCrawl(source, work.run, "failed", work.verdict)
        return EndedCrawl(source, work.run, run.state, error or run.error)

    def _closed(self, work: _Work, now: datetime) -> RunView | None:
        """The run, once it has ended; closed here where its process died without doing so."""
        with self._crew.database.read() as connection:
            run = find_run(connection, work.run)
        if run is None:
            raise LookupError(f"run {work.run} has vanished from the database")
        if run.state in ENDED:
            # A process that has closed its run and not ended yet still has its slot among the jobs.
            return None if is_alive(work.process, now, now) else run
        if is_alive(work.process, now, now):
            return None
        with self._crew.database.write() as connection:
            close_as_killed(connection, run.id, "The process ended without closing its run.", now)
            return find_run(connection, run.id)

    def _keep_to_limits(self) -> None:
        moment = time.monotonic()
        if moment - self._looked < LOOK_EVERY:
            return
        self._looked = moment
        limits = self._limits
        taken = resident({work.process.number for work in self._work.values()}) if limits.memory else {}
        for work in self._work.values():
            memory = taken.get(work.process.number, 0)
            if limits.memory and memory > limits.memory and work.verdict is None:
                work.verdict = (
                    f"It took {memory >> 20} MiB of memory, more than the {limits.memory >> 20} MiB that a "
                    "crawl may take (COMMUNIQUE_RUN_MEMORY), and was killed; the next run goes on."
                )
                self._kill(work)
            seconds = seconds_at_work(work.process)
            if limits.seconds and seconds is not None and seconds > limits.seconds and work.verdict is None:
                work.verdict = (
                    f"It took longer than the {limits.seconds / 3600:g} hours that a crawl may take "
                    "(COMMUNIQUE_RUN_HOURS) and was stopped; the next run goes on."
                )
                work.asked_to_end = moment
                send(work.process, signal.SIGINT)
            if work.asked_to_end is not None and moment - work.asked_to_end > limits.grace:
                self._kill(work)

    def _kill(self, work: _Work) -> None:
        if work.killed:
            return
        work.killed = True
        if work.child is not None:
            work.child.signal(signal.SIGKILL)
        else:
            send(work.process, signal.SIGKILL)
