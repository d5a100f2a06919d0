"""Workers: real processes on one database, killed and ended, and what is stored afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from crawler.replica import Replica
from scheduler.crawl import Child, Crew, Order
from scheduler.service.notify import Notifier
from scheduler.workers.app import prepare_queue
from scheduler.workers.deferring import open_deferrer
from scheduler.workers.worker import Pace, Until, Worker
from storage import queues
from storage.database import Database
from storage.queue_schema import NAMESPACE
from storage.runs import find_runs
from storage.tables import AddressRow, ReleaseRow, RevisionRow, RunClaimRow
from tests.scheduler.commands import ROOT

DELAY = 0.3
LATE = 0.1
"""Seconds by which the server, on a machine that has much to do, may note one request later than the next."""
PATIENCE = 300.0
SOURCES = ("us_dhs", "mx_sre", "mx_segob")


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(releases=40, seed=11) as running:
        yield running


@pytest.fixture
def served(replica: Replica, monkeypatch: pytest.MonkeyPatch) -> Replica:
    """The replica, with the environment of this test leading to it, at a pace."""
    for name, value in {**replica.environment, "COMMUNIQUE_CONNECT_DELAY": str(DELAY)}.items():
        monkeypatch.setenv(name, value)
    return replica


def crew(database: Database, data: Path, jobs: int = 1) -> Crew:
    return Crew(data, database, database.address, jobs=jobs)


def truth(replica: Replica, *sources: str) -> Counter[str]:
    return Counter(
        each.source for statement in replica.truth for each in statement.releases if each.source in sources
    )


def stored(database: Database) -> Counter[str]:
    with database.read() as connection:
        rows = connection.execute(select(ReleaseRow.source, func.count()).group_by(ReleaseRow.source)).all()
        revisions = connection.scalar(select(func.count()).select_from(RevisionRow))
    found = Counter({row.source: row[1] for row in rows})
    assert revisions == found.total(), "a release was stored twice"
    return found


def known(database: Database) -> int:
    """Addresses in the ledger."""
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(AddressRow)) or 0


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


@contextmanager
def worker_process(database: Database, data: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as somebody starts it, on a machine with a data folder of its own."""
    command = [sys.executable, "-m", "scheduler", "worker", "--jobs", "1", *words]
    place = {"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_DATABASE": database.address}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **place})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def at_work(database: Database) -> list[int]:
    """Processes that crawl."""
    with database.read() as connection:
        return [run.process for run in find_runs(connection) if run.state == "running"]


def test_two_workers_one_of_which_dies_with_all_it_does(
    served: Replica, database: Database, tmp_path: Path
) -> None:
    begun = len(served.log)
    with open_deferrer(database) as deferrer:
        for source in SOURCES:
            deferrer.crawl(Order(source))
    with worker_process(database, tmp_path / "here", "--until-empty") as doomed:
        wait_for(lambda: known(database))
        with worker_process(database, tmp_path / "there", "--until-empty") as other:
            with database.read() as connection:
                # Of one host's sources one is worked on at a time.
                locks = [job.lock for job in queues.jobs(connection, ["doing"])]
                assert len(locks) == len(set(locks))
            crawls = at_work(database)
            doomed.kill()
            for crawl in crawls:
                os.killpg(crawl, signal.SIGKILL)
            assert other.wait(PATIENCE) == 0
    assert stored(database) == truth(served, *SOURCES)
    with database.read() as connection:
        runs = list(find_runs(connection, limit=100))
        assert connection.scalar(select(func.count()).select_from(RunClaimRow)) == 0
        assert queues.counts(connection) == {}
    ended = Counter((run.source, run.state) for run in runs)
    assert all(ended[source, "finished"] == 1 for source in SOURCES)
    assert sum(run.state == "killed" for run in runs) == 1
    asked: dict[str, list[float]] = defaultdict(list)
    for each in served.log[begun:]:
        asked[each.host].append(each.at.timestamp())
    gaps = {
        host: min(later - earlier for earlier, later in pairwise(sorted(times)))
        for host, times in asked.items()
        if len(times) > 1
    }
    assert all(gap >= DELAY - LATE for gap in gaps.values()), gaps


def test_a_crawl_that_outlives_its_worker_is_waited_for(
    served: Replica, database: Database, tmp_path: Path
) -> None:
    with open_deferrer(database) as deferrer:
        run = deferrer.crawl(Order("us_dhs"))
    orphan = Child(Order("us_dhs"), crew(database, tmp_path), run=run)
    with database.write() as connection:
        # As a worker that was killed leaves it: the job at work, and nobody who does it.
        connection.execute(text(f"SET LOCAL search_path TO {NAMESPACE}"))
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    wait_for(lambda: stored(database))
    Worker(crew(database, tmp_path), until=Until.EMPTY, pace=Pace(look=0.2)).run()
    wait_for(lambda: orphan.process.poll() is not None)
    assert stored(database) == truth(served, "us_dhs")
    with database.read() as connection:
        assert [(each.id, each.state) for each in find_runs(connection)] == [(run, "finished")]


def test_a_worker_that_is_told_to_end_puts_its_work_back(
    served: Replica, database: Database, tmp_path: Path
) -> None:
    with open_deferrer(database) as deferrer:
        deferrer.crawl(Order("us_state"))

    def end_it() -> None:
        wait_for(lambda: known(database))
        os.kill(os.getpid(), signal.SIGTERM)

    ending = threading.Thread(target=end_it)
    ending.start()
    first = Worker(crew(database, tmp_path), pace=Pace(look=0.2))
    first.run()
    ending.join()
    with database.read() as connection:
        assert queues.counts(connection)["crawl"] == {"todo": 1}
        assert queues.workers(connection) == []
        assert [each.state for each in find_runs(connection)] == ["stopped"]
    second = Worker(crew(database, tmp_path), until=Until.ONE, pace=Pace(look=0.2))
    second.run()
    assert (first.done, second.done) == (1, 1)
    assert stored(database) == truth(served, "us_state")
    with database.read() as connection:
        assert sorted(each.state for each in find_runs(connection)) == ["finished", "stopped"]
        assert "crawl" not in queues.counts(connection)


def test_a_service_manager_is_told(database: Database, tmp_path: Path) -> None:
    prepare_queue(database)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        notifier = Notifier(str(tmp_path / "notify"))
        Worker(crew(database, tmp_path), until=Until.EMPTY, notifier=notifier).run()
        manager.setblocking(False)
        told = [manager.recv(1000).decode()]
        while not told[-1].startswith("STOPPING=1"):
            told.append(manager.recv(1000).decode())
    assert told[0] == "READY=1"
    assert all(each.startswith("WATCHDOG=1") for each in told[1:-1])
    assert len(told) > 2
