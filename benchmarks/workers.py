"""Two workers against one: twenty sources in one queue, each host at its pace, one worker killed half-way.

    python -m benchmarks.workers [--sources 20] [--delay 3] [--jobs 2] [--round one|two|killed ...]

The sources are of the catalogue, each on a host of its own, served on loopback from their samples; fetching
takes as long as the pace says (`--delay` seconds between two requests to a host), as with real sites.
PostgreSQL is started for the run. Three rounds: one worker, two workers, two of which one is killed with
SIGKILL, and its crawls with it, when half of the sources are done. Workers are at work before anything is
put into the queue; time counts from there to the end of the last crawl. What is stored must be the same in
all three, every source must have finished exactly once, and no gap in the server's log may be below the
delay.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.replica_process import ROOT
from crawler.source import crawled_sources
from scheduler.crawl import Order
from scheduler.workers.deferring import lock_of, open_deferrer
from storage.database import Database
from storage.runs import RunView, find_runs
from storage.tables import ReleaseRow, RevisionRow
from tests.postgresql import Server, running_server
from tests.replica.catalogue import CatalogueReplica


@dataclass(frozen=True)
class Round:
    """What one round left behind."""

    seconds: float
    releases: frozenset[tuple[str, str]]
    twice: int
    """Revisions more than releases: nothing changed, so there is one each."""
    finished: dict[str, int]
    """By source: runs that finished."""
    killed: int
    nearest: float
    """Smallest gap between two requests to one host, in the server's log."""
    requests: int


def one_host_each(number: int) -> list[str]:
    """So many sources, each on hosts of its own, none of which needs a browser."""
    chosen: dict[str, str] = {}
    for name, source in crawled_sources().items():
        if "browser" not in repr(vars(source)).lower():
            chosen.setdefault(lock_of(name), name)
    return list(chosen.values())[:number]


def start(database: Database, data: Path, jobs: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    place = {"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_DATABASE": database.address}
    command = [sys.executable, "-m", "scheduler", "worker", "--only", "crawl", "--json"]
    return subprocess.Popen(
        [*command, "--jobs", str(jobs)],
        cwd=ROOT,
        env={**os.environ, **environment, **place},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def wait_until_ready(workers: list[subprocess.Popen[bytes]]) -> None:
    """Each says a line when it takes jobs; its nursery has then had a moment more to import."""
    for each in workers:
        assert each.stdout is not None
        assert each.stdout.readline(), "a worker did not start"
    time.sleep(5)


def runs_of(database: Database) -> list[RunView]:
    with database.read() as connection:
        return list(find_runs(connection, limit=10_000))


def measure(
    server: Server, sources: list[str], workers: int, options: argparse.Namespace, kill: bool
) -> Round:
    """One round on a fresh database and a fresh loopback web."""
    database = Database(server.create_database())
    database.upgrade()
    with tempfile.TemporaryDirectory(prefix="workers-") as folder, CatalogueReplica() as replica:
        environment = {**replica.environment, "COMMUNIQUE_CONNECT_DELAY": str(options.delay)}
        at_work = [
            start(database, Path(folder) / str(number), options.jobs, environment)
            for number in range(workers)
        ]
        wait_until_ready(at_work)
        began = time.monotonic()
        with open_deferrer(database) as deferrer:
            for source in sources:
                deferrer.crawl(Order(source))
        if kill:
            while sum(run.state == "finished" for run in runs_of(database)) < len(sources) // 2:
                time.sleep(0.2)
            at_work[0].kill()
            for run in runs_of(database):
                if run.state == "running" and _belongs_to(run.process, Path(folder) / "0"):
                    os.killpg(run.process, signal.SIGKILL)
        while sum(run.state == "finished" for run in runs_of(database)) < len(sources):
            time.sleep(0.2)
        seconds = time.monotonic() - began
        for process in at_work:
            process.terminate()
        for process in at_work:
            process.communicate()
        asked: dict[str, list[float]] = defaultdict(list)
        for each in replica.log:
            asked[each.host].append(each.at.timestamp())
    with database.read() as connection:
        releases = connection.execute(select(ReleaseRow.source, ReleaseRow.key)).all()
        revisions = connection.scalar(select(func.count()).select_from(RevisionRow)) or 0
    runs = runs_of(database)
    finished: dict[str, int] = defaultdict(int)
    for run in runs:
        finished[run.source] += run.state == "finished"
    database.close()
    return Round(
        seconds,
        frozenset((row.source, row.key) for row in releases),
        revisions - len(releases),
        dict(finished),
        sum(run.state == "killed" for run in runs),
        min(
            later - earlier
            for times in asked.values()
            if len(times) > 1
            for earlier, later in pairwise(sorted(times))
        ),
        sum(map(len, asked.values())),
    )


def _belongs_to(process: int, data: Path) -> bool:
    """Whether a crawl is of the worker with that data folder."""
    try:
        return str(data).encode() in Path(f"/proc/{process}/environ").read_bytes()
    except OSError:
        return False


ROUNDS = {"one": (1, False), "two": (2, False), "killed": (2, True)}
"""Workers, and whether one is killed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--delay", type=float, default=3.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--round", choices=ROUNDS, action="append", help="only these; all when left out")
    options = parser.parse_args()
    sources = one_host_each(options.sources)
    rounds: dict[str, Round] = {}
    with running_server() as server:
        for name in options.round or ROUNDS:
            workers, kill = ROUNDS[name]
            each = rounds[name] = measure(server, sources, workers, options, kill=kill)
            once = sum(number == 1 for number in each.finished.values())
            print(
                f"{name}: {each.seconds:.0f} s, {each.requests} requests, {len(each.releases)} releases, "
                f"{each.twice} twice, {once} of {len(sources)} sources finished once, {each.killed} crawls "
                f"killed, nearest requests {each.nearest:.3f} s apart (allowed {options.delay:g})",
                flush=True,
            )
    if "one" in rounds and "two" in rounds:
        print(f"two: {rounds['one'].seconds / rounds['two'].seconds:.2f} times as fast as one")
    first = next(iter(rounds.values()))
    good = all(
        each.releases == first.releases
        and not each.twice
        and all(number == 1 for number in each.finished.values())
        and each.nearest >= options.delay
        and bool(each.killed) == ROUNDS[name][1]
        for name, each in rounds.items()
    )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
