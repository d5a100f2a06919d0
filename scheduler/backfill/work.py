"""A backfill at work: the windows of several sources side by side, each in a child process, watched through
the database.

Of a source one thing is done after the other, in the order of its origins. What ended is a row: whoever is
killed, this process or a child, the same command goes on where it stopped.
"""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawler.items import AddressState, Origin
from scheduler.backfill.plan import Part, Wish
from scheduler.crawl import MANY, Child, Crew, Ending, Interrupts, Order, interrupted
from scheduler.nursery import Nursery
from storage import backfills
from storage.archives import OPEN
from storage.overview import count_addresses
from storage.runs import find_run

MOST_KILLED = 3
"""So many children in a row that are killed and get nowhere, and the step is given up until the next time."""
PAUSE_WHEN_BUSY = 10.0
"""Seconds until a source is asked for again that another run has."""


@dataclass(frozen=True, slots=True)
class Step:
    """One child process's work: a window of the site, or all open windows of an archive."""

    order: Order
    window: int | None = None
    """The window's row; None: the child looks after the rows itself."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one source is."""

    source: str
    state: str
    """waiting, `live 2010-01-01`, `wayback`, done, failed, interrupted, not begun"""
    windows: int = 0
    windows_done: int = 0
    known: int = 0
    """Addresses in the ledger."""
    open: int = 0
    """Of them, those that wait to be asked for."""
    seconds: float = 0.0
    """Since its first child was started."""
    seconds_left: float | None = None
    """By the pace so far; None: nothing to go by yet."""


@dataclass(slots=True)
class Job:
    """One source on its way."""

    source: str
    parts: Sequence[Part]
    steps: deque[Step]
    child: Child | None = None
    step: Step | None = None
    killed: int = 0
    left_when_killed: int | None = None
    """What was left to do when a child was last killed, in windows and addresses."""
    not_before: float = 0.0
    started: float | None = None
    ended: float | None = None
    failures: list[str] = field(default_factory=list)
    interrupted: bool = False
    first_left: int | None = None
    """What was left to do when it began, in windows and addresses."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be begun, and nothing runs."""
        return self.child is None and self.step is None and not self.steps


Watch = Callable[[Sequence[Standing]], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the work on one source ended."""

    source: str
    interrupted: bool
    begun: bool
    failures: tuple[str, ...]


def steps_of(crew: Crew, part: Part, wish: Wish, *, again: bool, most_texts: int | None) -> list[Step]:
    """What is to be done of a part, as its rows say."""
    if part.origin is Origin.LIVE:
        with crew.database.read() as connection:
            rows = backfills.windows(
                connection, part.source, part.origin, part.archive, part.since, part.until
            )
        return [
            Step(Order(part.source, row.since, row.until, started_by="backfill", again=again), row.id)
            for row in rows
            if row.state == OPEN
        ]
    if not part.windows and not _pending(crew, part):
        return []
    order = Order(
        part.source,
        wish.since,
        wish.until,
        started_by="backfill",
        again=again,
        origin=part.origin,
        captured_until=part.until,
        most_texts=most_texts,
    )
    return [Step(order)]


def _pending(crew: Crew, part: Part) -> bool:
    with crew.database.read() as connection:
        now = datetime.now(UTC)
        return (
            backfills.count_captures(
                connection, part.source, part.archive, part.since, part.until, now
            ).waiting
            > 0
        )


def work(
    parts: Mapping[str, Sequence[Part]],
    wish: Wish,
    crew: Crew,
    watch: Watch,
    *,
    again: bool = False,
    most_texts: int | None = None,
) -> list[Outcome]:
    """Do it, `crew.jobs` sources at a time. The first Ctrl-C (or SIGTERM) asks the children to end and
    starts no more; the second one kills them.
    """
    jobs = [
        Job(
            source,
            mine,
            deque(
                step
                for part in mine
                for step in steps_of(crew, part, wish, again=again, most_texts=most_texts)
            ),
        )
        for source, mine in parts.items()
    ]
    many = sum(len(job.steps) for job in jobs) >= MANY
    with interrupted() as interrupts, Nursery() if many else nullcontext() as nursery:
        while True:
            if interrupts.fresh():
                for job in jobs:
                    if job.child is not None:
                        job.child.signal(signal.SIGINT if interrupts.count == 1 else signal.SIGKILL)
            for job in jobs:
                _look(job, crew, interrupts)
            _begin(jobs, crew, interrupts, nursery)
            watch([_standing(job, crew, interrupts) for job in jobs])
            running = any(job.child is not None for job in jobs)
            if not running and (interrupts.count or all(job.is_done for job in jobs)):
                break
            time.sleep(crew.pause)
    return [
        Outcome(job.source, job.interrupted, job.started is not None or job.is_done, tuple(job.failures))
        for job in jobs
    ]


def _begin(jobs: Sequence[Job], crew: Crew, interrupts: Interrupts, nursery: Nursery | None) -> None:
    """Start children while there are places for them."""
    working = sum(job.child is not None for job in jobs)
    for job in jobs:
        if working >= crew.jobs or interrupts.count:
            return
        if job.child is not None or time.monotonic() < job.not_before:
            continue
        if job.step is None:
            if not job.steps:
                continue
            job.step = job.steps.popleft()
        job.started = job.started or time.monotonic()
        job.child = Child(job.step.order, crew, nursery)
        working += 1


def _look(job: Job, crew: Crew, interrupts: Interrupts) -> None:
    """See whether the child has ended, and write down what that means for its window."""
    if job.child is None or job.step is None:
        return
    report = job.child.look(crew).report
    if report is None:
        return
    step, job.child = job.step, None
    if report.ending is Ending.BUSY:
        job.not_before = time.monotonic() + PAUSE_WHEN_BUSY
        return
    if report.ending is Ending.INTERRUPTED:
        job.interrupted = True
        return
    if report.ending is Ending.FAILED and _was_killed(crew, report.run) and not interrupts.count:
        left = _open_windows(job, crew)[0] + _waiting(job, crew)
        got_on = job.left_when_killed is not None and left != job.left_when_killed
        job.killed = 1 if got_on else job.killed + 1
        job.left_when_killed = left
        if job.killed < MOST_KILLED:
            return
    job.killed, job.left_when_killed = 0, None
    job.step = None
    failed = report.ending is Ending.FAILED
    if failed:
        days = f"{step.order.since} to {step.order.until}"
        job.failures.append(f"{step.order.origin.value}, {days}: {report.error} (log: {report.log})")
    if step.window is not None:
        with crew.database.write() as connection:
            if failed:
                backfills.fail_window(connection, step.window, report.run, report.error or "failed")
            else:
                backfills.close_window(connection, step.window, report.run, datetime.now(UTC))
    if job.is_done:
        job.ended = time.monotonic()


def _was_killed(crew: Crew, run: str) -> bool:
    with crew.database.read() as connection:
        found = find_run(connection, run)
    return found is not None and found.state == "killed"


def _open_windows(job: Job, crew: Crew) -> tuple[int, int]:
    """How many windows are open, and how many there are."""
    with crew.database.read() as connection:
        rows = [
            row
            for part in job.parts
            for row in backfills.windows(
                connection, part.source, part.origin, part.archive, part.since, part.until
            )
        ]
    return sum(row.state == OPEN for row in rows), len(rows)


def _waiting(job: Job, crew: Crew) -> int:
    """How many addresses wait to be asked for."""
    with crew.database.read() as connection:
        return count_addresses(connection, job.source).get(AddressState.DISCOVERED, 0)


def _standing(job: Job, crew: Crew, interrupts: Interrupts) -> Standing:
    with crew.database.read() as connection:
        states = count_addresses(connection, job.source)
    open_now, number = _open_windows(job, crew)
    waiting = states.get(AddressState.DISCOVERED, 0)
    seconds = (job.ended or time.monotonic()) - job.started if job.started is not None else 0.0
    return Standing(
        job.source,
        _state(job, interrupts),
        windows=number,
        windows_done=number - open_now,
        known=sum(states.values()),
        open=waiting,
        seconds=seconds,
        seconds_left=_left(job, open_now, waiting, seconds),
    )


def _left(job: Job, windows: int, addresses: int, seconds: float) -> float | None:
    """Seconds until the end by the pace so far. While windows are open, nobody knows what they will show: the
    cost that was planned for them stands for it.
    """
    planned = sum(part.cost.seconds for part in job.parts)
    left = windows + addresses
    if job.first_left is None or left > job.first_left:
        job.first_left = left
    done = job.first_left - left
    if job.is_done:
        return 0.0
    if windows or done <= 0 or seconds <= 0:
        return max(planned - seconds, 0.0) if planned else None
    return left * seconds / done


def _state(job: Job, interrupts: Interrupts) -> str:
    if job.step is not None and job.child is not None:
        if job.child.stopped:
            return "stopping"
        order = job.step.order
        where = order.origin.value
        return f"{where} {order.since} to {order.until}" if job.step.window is not None else where
    if job.interrupted or (interrupts.count and not job.is_done):
        return "interrupted" if job.started is not None else "not begun"
    if job.is_done:
        return "failed" if job.failures else "done"
    return "another run has it" if job.step is not None else "waiting"
