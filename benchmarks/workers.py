"""Two workers against one: the backfill of twenty sources, each host at its pace, one worker killed half-way.

    python -m benchmarks.workers [--sources 20] [--delay 5] [--jobs 2] [--round one|two|killed ...]

The sources are of the catalogue, each on a host of its own, served on loopback from their samples; fetching
takes as long as the pace says (`--delay` seconds between two requests to a host), as with real sites. Left
out are those whose index goes back month by month: a sample holds one month, so a backfill of theirs would
ask for nothing some two hundred times, longer than all others take together, and one host is asked by one
worker. PostgreSQL is started for the run, and `communique crawl ... --queue` puts the whole history of each
source into the queue. Three rounds: one worker, two workers, two of which one is killed with SIGKILL when
half of the crawls are done, and with it all that it started. Workers are at work before anything is put
into the queue; time counts from the first request that a site hears to the end of the last crawl. What is
stored must be the same in all rounds, every crawl finished once, no job left over, and no gap in the
server's log below the delay.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.replica_process import ROOT
from crawler.declare import Numbers
from crawler.source import crawled_sources
from scheduler.workers.deferring import CRAWL, lock_of
from storage import queues
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
    finished: Counter[str]
    """Runs that finished, by source."""
    left: int
    """Jobs that wait or have failed."""
    killed: int
    nearest: float
    """Smallest gap between two requests to one host, in the server's log."""
    requests: int


def one_host_each(number: int) -> list[str]:
    """So many sources, each on hosts of its own, none of which needs a browser or goes through months."""
    chosen: dict[str, str] = {}
    for name, source in crawled_sources().items():
        by_month = any(
            not isinstance(each, Numbers) and each.pages.kind == "months" for each in source.discoveries()
        )
        if "browser" not in repr(vars(source)).lower() and not by_month:
            chosen.setdefault(lock_of(name), name)
    return list(chosen.values())[:number]


def start(database: Database, data: Path, jobs: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    place = {"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_DATABASE": database.address}
    command = [sys.executable, "-m", "scheduler", "worker", "--only", CRAWL, "--json"]
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


def defer(database: Database, data: Path, sources: list[str], environment: dict[str, str]) -> None:
    """As a person does it."""
    place = {"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_DATABASE": database.address}
    subprocess.run(
        [sys.executable, "-m", "scheduler", "crawl", *sources, "--queue"],
        cwd=ROOT,
        env={**os.environ, **environment, **place},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def jobs_of(database: Database, *states: str) -> list[queues.JobView]:
    with database.read() as connection:
        return [job for job in queues.jobs(connection, states, most=10_000) if job.queue == CRAWL]


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
        defer(database, Path(folder) / "person", sources, environment)
        if kill:
            while len(jobs_of(database, *queues.OPEN)) > len(sources) // 2:
                time.sleep(0.2)
            kill_all_of(Path(folder) / "0")
        while jobs_of(database, *queues.OPEN):
            time.sleep(0.2)
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
    left = len(jobs_of(database, *queues.OPEN, "failed"))
    database.close()
    return Round(
        max(run.ended_at.timestamp() for run in runs if run.ended_at) - min(min(asked.values())),
        frozenset((row.source, row.key) for row in releases),
        revisions - len(releases),
        Counter(run.source for run in runs if run.state == "finished"),
        left,
        sum(run.state == "killed" for run in runs),
        min(
            later - earlier
            for times in asked.values()
            if len(times) > 1
            for earlier, later in pairwise(sorted(times))
        ),
        sum(map(len, asked.values())),
    )


def kill_all_of(data: Path) -> None:
    """Kill the worker with that data folder and whatever it started, as a machine without power does."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and _belongs_to(int(folder.name), data):
            with suppress(ProcessLookupError):
                os.kill(int(folder.name), signal.SIGKILL)


def _belongs_to(process: int, data: Path) -> bool:
    """Whether a process is the worker with that data folder, or of its making."""
    try:
        return f"COMMUNIQUE_DATA={data}\0".encode() in Path(f"/proc/{process}/environ").read_bytes()
    except OSError:
        return False


ROUNDS = {"one": (1, False), "two": (2, False), "killed": (2, True)}
"""Workers, and whether one is killed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--delay", type=float, default=5.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--round", choices=ROUNDS, action="append", help="only these; all when left out")
    options = parser.parse_args()
    sources = one_host_each(options.sources)
    rounds: dict[str, Round] = {}
    with running_server() as server:
        for name in options.round or ROUNDS:
            workers, kill = ROUNDS[name]
            each = rounds[name] = measure(server, sources, workers, options, kill=kill)
            print(
                f"{name}: {each.seconds:.0f} s, {each.requests} requests, {len(each.releases)} releases, "
                f"{each.twice} twice, {len(each.finished)} of {len(sources)} sources finished, "
                f"{sum(number > 1 for number in each.finished.values())} of them twice, "
                f"{each.left} jobs left, {each.killed} crawls killed, "
                f"nearest requests {each.nearest:.3f} s apart (allowed {options.delay:g})",
                flush=True,
            )
    if "one" in rounds and "two" in rounds:
        print(f"two: {rounds['one'].seconds / rounds['two'].seconds:.2f} times as fast as one")
    first = next(iter(rounds.values()))
    good = all(
        each.releases == first.releases
        and not each.twice
        and not each.left
        and each.finished == first.finished
        and set(each.finished.values()) == {1}
        and each.finished.keys() == set(sources)
        and each.nearest >= options.delay
        and bool(each.killed) == ROUNDS[name][1]
        for name, each in rounds.items()
    )
    sys.exit(0 if good else "NOT WELL")


if __name__ == "__main__":
    main()
