"""The service's crawls, done by workers: a due crawl is deferred, and its end is read from its run.

What was deferred is not this process's: when the service ends, or another one takes over, workers go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime

from scheduler.crawl import Order
from scheduler.service.starter import DueCrawl, EndedCrawl
from scheduler.workers.deferring import BY, CRAWL, Deferrer, open_deferrer
from storage.database import Database
from storage.ledger import Ledger
from storage.queues import count_waiting, runs_in_queue
from storage.runs import ENDED, RunView, find_run
from storage.slots import open_runs

MOST_WAITING = 500
"""Crawls that wait in the queue; more are begun when these are done."""
GRACE = 60.0
"""Seconds after which a planned run without a job in the queue is given up: planning comes first."""


class QueueStarter:
    """Implements `scheduler.service.starter.Starter`."""

    def __init__(
        self, database: Database, deferrer: Deferrer, leave: Callable[[], object] = lambda: None
    ) -> None:
        """`leave` is called when the service ends."""
        self._database = database
        self._deferrer = deferrer
        self._leave = leave
        self._runs: dict[str, str] = {}

    @classmethod
    def over(cls, database: Database) -> QueueStarter:
        """With a connection of its own to the queue, until the service ends. Raises NoQueue."""
        with ExitStack() as stack:
            deferrer = stack.enter_context(open_deferrer(database))
            return cls(database, deferrer, stack.pop_all().close)

    def room(self) -> int:
        """See Starter."""
        with self._database.read() as connection:
            return max(0, MOST_WAITING - count_waiting(connection, queue=CRAWL))

    def at_work(self) -> Mapping[str, str]:
        """See Starter."""
        return dict(self._runs)

    def take_over(self, now: datetime) -> None:
        """See Starter: what an earlier service deferred, or spawned, is waited for."""
        with self._database.read() as connection:
            self._runs = {run.source: run.id for run in open_runs(connection, BY)}

    def start(self, crawl: DueCrawl, now: datetime) -> str:
        """See Starter. Where the same crawl waits in the queue already, that one serves the slot."""
        run = self._deferrer.crawl(Order(crawl.source, started_by=BY, slot=crawl.slot))
        self._runs[crawl.source] = run
        return run

    def ended(self, now: datetime) -> list[EndedCrawl]:
        """See Starter."""
        if not self._runs:
            return []
        with self._database.read() as connection:
            queued = runs_in_queue(connection)
            found = [find_run(connection, run) for run in self._runs.values()]
        ended = []
        for run in found:
            if run is None or (run.state not in ENDED and not self._is_nobodys(run, queued, now)):
                continue
            if run.state not in ENDED:
                run = self._close(run)
            del self._runs[run.source]
            ended.append(EndedCrawl(run.source, run.id, run.state, run.error))
        return ended

    def stop(self) -> None:
        """See Starter: workers go on."""

    def kill(self) -> None:
        """See Starter: workers go on."""

    def close(self) -> None:
        """See Starter."""
        self._leave()

    @staticmethod
    def _is_nobodys(run: RunView, queued: set[str], now: datetime) -> bool:
        """No job would take it up, and no process is at it."""
        if run.id in queued:
            return False
        if run.state == "planned":
            return (now - run.started_at).total_seconds() > GRACE
        return run.is_lost(now)

    def _close(self, run: RunView) -> RunView:
        if run.state == "planned":
            outcome, error = "failed", "No worker took it up, and it is in no queue any more."
        else:
            outcome, error = "killed", f"Process {run.process} on {run.host} ended without a word."
        Ledger(self._database).close_run(run.id, outcome, {}, error)
        with self._database.read() as connection:
            return find_run(connection, run.id) or run
