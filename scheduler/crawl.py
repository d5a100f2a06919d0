"""Crawls by hand: every source in a child process of its own, watched through the ledger.

The child (`python -m crawler.run`) leads a process group of its own, so that Ctrl-C at the terminal
reaches only this process, which passes it on once and kills at the second time. How a crawl ended is read
from its run in the ledger: a child's exit code alone proves nothing (Scrapy exits 0 after failed starts).
A child whose parent is killed goes on to its end: it has claimed its source and harms nobody.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType

from crawler.children import exit_in_words
from crawler.frontier import RunRequest
from crawler.items import AddressState, Origin
from crawler.run import IN_PROGRESS
from crawler.settings import environment_with
from scheduler.nursery import CRAWL, CrawlProcess, Nursery, NurseryUnusable, start_anew
from storage.clock import utc_now
from storage.database import Database
from storage.ledger import Ledger
from storage.overview import count_addresses
from storage.processes import Process, start_of
from storage.runs import ENDED, RunView, find_run
from storage.slots import note_process

PAUSE = 0.25
"""Seconds between two looks at the children and the ledger."""
MANY = 3
"""Crawls from which on a nursery saves more time than it takes."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to crawl; see `crawler.frontier.RunRequest`."""

    source: str
    since: date | None = None
    until: date | None = None
    limit: int | None = None
    started_by: str = "person"
    again: bool = False
    """Also what is kept already: edits and withdrawals that no index tells."""
    slot: str | None = None
    """The scheduled time that the crawl serves; None: by hand."""
    origin: Origin = Origin.LIVE
    captured_until: date | None = None
    """Of archives: last day of captures that are looked at."""
    most_texts: int | None = None
    """Of archives: most different texts of one address."""

    def request(self) -> RunRequest:
        """As the ledger plans it."""
        return RunRequest(self.source, self.started_by, since=self.since, until=self.until, limit=self.limit)


class Ending(StrEnum):
    """How a crawl ended, as its run in the ledger says."""

    FINISHED = "finished"
    LIMIT = "stopped at the limit"
    FAILED = "failed"
    BUSY = "another run has the source"
    INTERRUPTED = "interrupted"


GOOD = frozenset({Ending.FINISHED, Ending.LIMIT})


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one crawl is now."""

    source: str
    state: str
    """waiting, running, stopping, or how it ended"""
    known: int = 0
    """Addresses in the ledger."""
    open: int = 0
    """Addresses that were found and not fetched yet."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Of the run, as last told by the child."""
    seconds: float = 0.0
    """Since the process was started."""
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How one crawl ended."""

    source: str
    run: str
    ending: Ending
    counts: Mapping[str, int]
    error: str | None
    """What a person should know, when it did not end well."""
    log: Path
    started_at: datetime
    ended_at: datetime
    waiting: int = 0
    """Failed addresses of the source, of this run and of earlier ones, that wait for another try."""


Watch = Callable[[Sequence[Progress]], None]


@dataclass(frozen=True, slots=True)
class Crew:
    """Where and how children work."""

    data: Path
    database: Database
    database_url: str | None
    """As children get it; None: SQLite in the data folder."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Set for the children beside what this process has (the demo: where the replica listens)."""
    jobs: int = 2
    pause: float = PAUSE
    clock: Callable[[], datetime] = utc_now
    """What the ledger takes for now."""


class Child:
    """One crawl in a process of its own. Its run is planned before it starts, so none is unaccounted for.

    Raises SlotTaken where another run serves the order's slot, OSError where no process can be started.
    """

    def __init__(
        self, order: Order, crew: Crew, nursery: Nursery | None = None, run: str | None = None
    ) -> None:
        """`run`: one that was planned before; None: it is planned here."""
        self.order = order
        self.report: Report | None = None
        self.stopped = False
        """It was asked to stop by whoever is at the terminal."""
        self._started = datetime.now(UTC).timestamp()
        ledger = Ledger(crew.database, crew.clock)
        self.run = run or ledger.plan_run(order.request(), order.slot)
        self.log = crew.data / "logs" / f"{order.source}-{self.run}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        changes = {"COMMUNIQUE_DATA": str(crew.data), "COMMUNIQUE_DATABASE": crew.database_url or ""}
        try:
            self.process = self._begin(environment_with({**changes, **crew.environment}), nursery)
        except OSError as error:
            ledger.close_run(self.run, "failed", {}, f"no process could be started: {error}")
            raise
        number = self.process.pid
        self.identity = Process(socket.gethostname(), number, start_of(number))
        """The process, as the ledger knows it."""
        with crew.database.write() as connection:
            note_process(connection, self.run, self.identity)

    def _begin(self, environment: Mapping[str, str], nursery: Nursery | None) -> CrawlProcess:
        if nursery is not None:
            try:
                return nursery.start(self._command(), environment, self.log)
            except NurseryUnusable:
                pass  # it saves time only
        return start_anew(self._command(), environment, self.log)

    def _command(self) -> list[str]:
        order = self.order
        command = [*CRAWL, order.source, "--run-id", self.run, "--started-by", order.started_by]
        for name in ("since", "until", "limit"):
            value = getattr(order, name)
            if value is not None:
                command += [f"--{name}", str(value)]
        if order.again:
            command.append("--again")
        if order.origin is not Origin.LIVE:
            command += ["--origin", order.origin]
            for name in ("captured_until", "most_texts"):
                value = getattr(order, name)
                if value is not None:
                    command += [f"--{name.replace('_', '-')}", str(value)]
        return command

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child and whatever it started."""
        self.stopped = True
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass  # it ended between the question and the signal

    def ended(self, crew: Crew) -> Report | None:
        """How it ended; None while it works. Asks the database only once it has ended."""
        return None if self.process.poll() is None else self.look(crew).report

    def look(self, crew: Crew) -> Progress:
        """Where the crawl is now; once the process has ended, with its report."""
        ended = self.process.poll() is not None
        with crew.database.read() as connection:
            run = find_run(connection, self.run)
            states = count_addresses(connection, self.order.source)
        if run is None:
            raise LookupError(f"run {self.run} of {self.order.source} has vanished from the database")
        if ended and run.state not in ENDED:
            run = self._close(crew, run)
        if ended and self.report is None:
            self.report = self._judge(run, states.get(AddressState.FAILED, 0))
        state = self.report.ending.value if self.report else "stopping" if self.stopped else "running"
        return Progress(
            self.order.source,
            state,
            known=sum(states.values()),
            open=states.get(AddressState.DISCOVERED, 0),
            counts=run.counts,
            seconds=((run.ended_at if ended else None) or datetime.now(UTC)).timestamp() - self._started,
            report=self.report,
        )

    def _close(self, crew: Crew, run: RunView) -> RunView:
        """The process ended and left its run open: say so, so that nobody takes it for alive."""
        code = self.process.returncode or 0
        how = exit_in_words(code)
        if run.state == "planned" and self.stopped:
            outcome, error = "stopped", f"interrupted before its run began ({how})"
        elif run.state == "planned":
            outcome, error = "failed", f"the process ended before its run began ({how}): {self._last_words()}"
        else:
            outcome, error = "killed", f"the process ended without closing its run ({how})"
        Ledger(crew.database, crew.clock).close_run(self.run, outcome, {}, error)
        with crew.database.read() as connection:
            return find_run(connection, self.run) or run

    def _judge(self, run: RunView, waiting: int) -> Report:
        if run.state == "finished":
            ending = Ending.FINISHED
        elif self.stopped and run.state in ("stopped", "killed"):
            ending = Ending.INTERRUPTED
        elif run.state == "stopped":
            # A signal from elsewhere also stops a run; only a run that came to its limit did what it should.
            at_limit = self.order.limit is not None and not run.error
            ending = Ending.LIMIT if at_limit else Ending.INTERRUPTED
        elif self.process.returncode == IN_PROGRESS:
            ending = Ending.BUSY
        else:
            ending = Ending.FAILED
        error = None if ending in GOOD else run.error or self._last_words() or run.state
        return Report(
            self.order.source,
            self.run,
            ending,
            run.counts,
            error,
            self.log,
            run.started_at,
            run.ended_at or datetime.now(UTC),
            waiting,
        )

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def crawl(orders: Sequence[Order], crew: Crew, watch: Watch) -> list[Report]:
    """Crawl the sources, `crew.jobs` at a time; the reports, in the order of the orders.

    `watch` is told where every crawl is, several times a second. The first Ctrl-C (or SIGTERM) asks the
    children to end and starts no more; the second one kills them. Sources that were not begun have no report.
    """
    children: dict[str, Child] = {}
    ended: dict[str, Progress] = {}
    with interrupted() as interrupts, Nursery() if len(orders) >= MANY else nullcontext() as nursery:
        while True:
            if interrupts.fresh():
                for child in children.values():
                    child.signal(signal.SIGINT if interrupts.count == 1 else signal.SIGKILL)
            working = [child for name, child in children.items() if name not in ended]
            for order in orders:
                if len(working) < crew.jobs and not interrupts.count and order.source not in children:
                    children[order.source] = Child(order, crew, nursery)
                    working.append(children[order.source])
            shown: list[Progress] = []
            for order in orders:
                name = order.source
                if name in ended:
                    shown.append(ended[name])
                elif name in children:
                    progress = children[name].look(crew)
                    if progress.report is not None:
                        ended[name] = progress
                    shown.append(progress)
                else:
                    shown.append(Progress(name, "not begun" if interrupts.count else "waiting"))
            watch(shown)
            if len(ended) == len(children) and (interrupts.count or len(ended) == len(orders)):
                break
            time.sleep(crew.pause)
    return [progress.report for progress in shown if progress.report is not None]


class Interrupts:
    """Ctrl-C and SIGTERM, counted instead of raised, so that no transaction is cut in the middle."""

    def __init__(self) -> None:
        self.count = 0
        self._seen = 0

    def note(self, number: int, frame: FrameType | None) -> None:
        """Count one more."""
        self.count += 1

    def fresh(self) -> bool:
        """Whether one came since this was last asked."""
        found, self._seen = self.count > self._seen, self.count
        return found


@contextmanager
def interrupted() -> Iterator[Interrupts]:
    """For so long, Ctrl-C and SIGTERM are only counted."""
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts  # only the main thread may take signals
        return
    before = {number: signal.signal(number, interrupts.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
