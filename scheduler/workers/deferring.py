"""Putting work into the queue: which lock a job takes, how urgent it is, and what it is called.

A source is worked on by one job at a time, and so is a host: eleven ministries on one host, asked side by
side, would take as long as one after the other, and eleven places of workers. So the lock of a job is its
host's, or that of all hosts which sources tie together. Crawls go before backfills of the same host.

A host is asked by one worker at a time, so the host with the most to do must be begun first: begun last, it
would keep everybody waiting for one worker. Jobs of one urgency are taken in the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from scheduler.crawl import Order
from storage.database import Database
from storage.ledger import Ledger
from storage.queues import count_waiting
from storage.runs import latest_runs

if TYPE_CHECKING:
    from procrastinate import App

CRAWL, BACKFILL, LINKING = "crawl", "backfill", "linking"
QUEUES = (CRAWL, BACKFILL, LINKING)
URGENCY: Mapping[str, int] = {CRAWL: 10, BACKFILL: 0, LINKING: 5}
"""Priority of the jobs of a queue; Procrastinate takes the highest first."""
BY = "schedule"
"""Who started the runs of the service, as the ledger keeps it."""
UNKNOWN = 86400.0
"""Seconds that the walk through one index is taken to need when nobody has gone it yet."""
AGAIN = -100
"""Priority of a job that waits for its next try. Procrastinate holds back whatever has the same lock and a
lower priority than a waiting job, whether that one's time has come or not; so it has the lowest itself."""


class AlreadyQueued(RuntimeError):
    """The same work waits in the queue already."""


class Deferrer:
    """Puts work into the queue of one database; from any thread, one at a time."""

    def __init__(self, app: App, database: Database) -> None:
        self._app = app
        self._database = database

    def crawl(self, order: Order) -> str:
        """Defer a crawl; returns the run that was planned for it. Raises AlreadyQueued, SlotTaken.

        A crawl with a slot that waits already serves that slot, too: its own run ends as stopped.
        """
        told = f"the queue holds this crawl of {order.source} already: communique worker status"
        if order.slot is None:
            with self._database.read() as connection:
                if count_waiting(connection, key=key_of(order)):
                    raise AlreadyQueued(told)
        run = Ledger(self._database).plan_run(order.request(), order.slot)
        try:
            self._defer("crawl", CRAWL, lock_of(order.source), key_of(order), order=order_in(order), run=run)
        except AlreadyQueued:
            Ledger(self._database).close_run(run, "stopped", {}, told)
            if order.slot is None:
                raise AlreadyQueued(told) from None
        return run

    def longest_first(self, orders: Sequence[Order]) -> list[Order]:
        """The orders as they are to be deferred, by how long the latest run of each source took; one that
        never ran has all of its site before it: the more indexes and releases, by its definition, the longer.
        """
        with self._database.read() as connection:
            latest = latest_runs(connection, crawls=True)
        by_source = {order.source: order for order in orders}
        took = {
            name: latest[name].seconds or 0.0 if name in latest else _first_crawl(name) for name in by_source
        }
        return [by_source[name] for name in longest_first(took)]

    def command(self, words: list[str], *, queue: str, lock: str) -> int:
        """Defer a command of `communique`, without options of place; the job's number. Raises AlreadyQueued.

        Of commands with the same lock one works at a time.
        """
        try:
            return self._defer("command", queue, lock, " ".join(words), words=words)
        except AlreadyQueued:
            raise AlreadyQueued(f"the queue holds `communique {' '.join(words)}` already") from None

    def _defer(self, task: str, queue: str, lock: str, key: str, **arguments: Any) -> int:  # noqa: ANN401
        from procrastinate.exceptions import AlreadyEnqueued

        deferrer = self._app.configure_task(
            task, queue=queue, lock=lock, queueing_lock=key, priority=URGENCY[queue]
        )
        try:
            return int(deferrer.defer(**arguments))
        except AlreadyEnqueued:
            raise AlreadyQueued(key) from None


@contextmanager
def open_deferrer(database: Database) -> Iterator[Deferrer]:
    """A deferrer, its queue made where there was none. Raises NoQueue, DatabaseUnusable."""
    from scheduler.workers.app import make_app, prepare_queue

    prepare_queue(database)
    app = make_app(database)
    with app.open():
        yield Deferrer(app, database)


def link(deferrer: Deferrer) -> bool:
    """Have what waits linked, unless that waits in the queue already; whether it was deferred."""
    try:
        deferrer.command(["link", "run"], queue=LINKING, lock=LINKING)
    except AlreadyQueued:
        return False
    return True


def _first_crawl(name: str) -> float:
    """How long the first crawl of a source is taken to need, in seconds; good for putting them in order."""
    from crawler.source import crawled_sources

    source = crawled_sources().get(name)
    if source is None:
        return UNKNOWN
    # All of its indexes are walked to their ends; of as many, those that show more take longer.
    return UNKNOWN * len(source.discoveries()) + source.expect.at_most


def longest_first(seconds: Mapping[str, float]) -> list[str]:
    """Sources in the order in which they are to be begun, by how long each will take: hosts with the most to
    do first, and of a host the longest first.
    """
    by_lock: dict[str, float] = {}
    for source, own in seconds.items():
        by_lock[lock_of(source)] = by_lock.get(lock_of(source), 0.0) + own
    came = {lock: number for number, lock in enumerate(by_lock)}

    def place(source: str) -> tuple[float, int, float]:
        lock = lock_of(source)
        return -by_lock[lock], came[lock], -seconds[source]

    return sorted(seconds, key=place)


def order_in(order: Order) -> dict[str, Any]:
    """An order as a job carries it."""
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(order).items()
    }


def key_of(order: Order) -> str:
    """What two orders for the same crawl have in common, whoever gave them: one of them waits at a time."""
    window = f"{order.since or ''}..{order.until or ''}"
    extra = f" limit {order.limit}" if order.limit is not None else ""
    return f"crawl {order.source} {window}{extra}{' again' if order.again else ''}"


def lock_of(source: str) -> str:
    """The lock under which a source is worked on: shared by all sources that share a host with it."""
    return _locks().get(source, f"source {source}")


@cache
def _locks() -> dict[str, str]:
    from crawler.source import registry

    names: dict[str, str] = {}

    def first_of(host: str) -> str:
        while names.setdefault(host, host) != host:
            host = names[host]
        return host

    sources = {name: tuple(source.hosts) for name, source in registry().items() if source.hosts}
    for hosts in sources.values():
        firsts = sorted({first_of(host) for host in hosts})
        for other in firsts[1:]:
            names[other] = firsts[0]
    return {name: f"host {first_of(hosts[0])}" for name, hosts in sources.items()}
