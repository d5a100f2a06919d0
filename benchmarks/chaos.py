"""A month in the life of the service, with all that can happen to it: real processes, a rehearsed clock.

    python -m benchmarks.chaos [--days 30] [--database postgresql|sqlite] [--sources 4] [--minutes N]

Two services work on one database and one replica. Their clock (and their crawls' and the ledger's) is a file
that this program moves on, hour by hour. In between it kills services with SIGKILL (with and without their
crawls), starts others, restarts PostgreSQL, sets the clock back and ahead, and lets time pass while
nobody is there. Whatever a trigger names in an hour that the service saw must have been done before the
next hour comes; of hours that nobody saw, the last time of each source is to be made up for.

At the end: no moment with two crawls of a source (processes are looked at four times a second, not the
service's own books), no due run missing, no slot served twice, every release of the replica stored once.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, text

from crawler.replica import Replica
from crawler.source import source_named
from scheduler.plan import Plan, plan_of, schedule_of
from scheduler.service.children import WHO
from storage.clock import clock_of
from storage.database import Database, default_url
from storage.schedules import EVERY, override, overrides
from storage.tables import RunRow
from tests.postgresql import Cluster, running_cluster

ROOT = Path(__file__).parents[1]
START = datetime(2026, 3, 14, tzinfo=UTC)
"""Two weeks before the clocks change in Europe, a week after they did in North America."""
EVERY_OF = {"mx_sre": "1d", "us_dhs": "30 2 * * *", "uk_fcdo": "30 1 * * *", "ca_gac": "0 2,14 * * *"}
"""What a person says in the rehearsal: fewer crawls than the definitions want, by interval and by cron."""
JITTER = 3600


@dataclass
class Happened:
    """What a rehearsal did and found."""

    hours: int = 0
    events: Counter[str] = field(default_factory=Counter)
    expected: dict[tuple[str, str], tuple[datetime, datetime]] = field(default_factory=dict)
    """Source and slot of every time that was due: when it fell, and by when it was to be done."""
    missing: set[tuple[str, str]] = field(default_factory=set)
    twice: set[tuple[str, str]] = field(default_factory=set)
    at_once: list[str] = field(default_factory=list)
    """Sources that two crawls worked on at one moment."""
    tries: int = 0
    """Runs that died or were interrupted and gave their slot back."""
    finished: int = 0
    true: int = 0
    stored: int = 0
    doubled: int = 0
    open_runs: int = 0
    codes: list[int] = field(default_factory=list)
    """Exit codes of the services that were let end."""

    @property
    def is_well(self) -> bool:
        """Whether nothing of what must not happen did."""
        # One that was told to end while it still imported had begun nothing.
        ended = all(code in (0, -signal.SIGTERM) for code in self.codes)
        wrong = self.missing or self.twice or self.at_once or self.doubled or self.open_runs or not ended
        return not wrong and self.true == self.stored


class Rehearsal:
    """Services, their clock, and what is done to them."""

    def __init__(
        self,
        folder: Path,
        database_url: str | None,
        sources: Mapping[str, str],
        environment: Mapping[str, str],
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.clock_file = folder / "now"
        self.sources = sources
        self.database = Database(database_url or default_url(self.data))
        self.services: list[subprocess.Popen[bytes]] = []
        self.happened = Happened()
        self.environment = {
            **os.environ,
            **environment,
            "COMMUNIQUE_DATA": str(self.data),
            "COMMUNIQUE_DATABASE": database_url or "",
            "COMMUNIQUE_CLOCK": str(self.clock_file),
            "COMMUNIQUE_JITTER": str(JITTER),
            "COMMUNIQUE_ENCODER": "none",
            "COMMUNIQUE_GRACE": "20",
        }
        self.now = START
        self.set_clock(START)
        self.database.upgrade()
        with self.database.write() as connection:
            for name, every in sources.items():
                override(connection, name, EVERY, every, "rehearsal", "fewer crawls", START)
        self._watching = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def set_clock(self, now: datetime) -> None:
        """What everybody takes for now, at once and whole."""
        self.now = now
        beside = self.clock_file.with_name("now.new")
        beside.write_text(now.isoformat())
        beside.replace(self.clock_file)

    def start_service(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "scheduler", "schedule", "run", "--jobs", "3"]
        for name in self.sources:
            command += ["--source", name]
        with (self.folder / "services.log").open("ab") as log:
            service = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.services.append(service)
        return service

    def kill_services(self, *, with_crawls: bool = False) -> None:
        """Kill every service at once, as a machine does that loses its power if its crawls go too."""
        for service in self.services:
            service.kill()
            service.wait()
        self.services.clear()
        if with_crawls:
            for pid, _, _ in crawls(self.data):
                with_group(pid, signal.SIGKILL)

    def kill_one(self, chance: random.Random) -> None:
        service = chance.choice(self.services)
        service.kill()
        service.wait()
        self.services.remove(service)

    def plans(self) -> dict[str, Plan]:
        """Where each source stands, as the ledger says."""
        with self.database.read() as connection:
            said = overrides(connection)
            return {
                name: plan_of(
                    schedule_of(source_named(name), said[name], timedelta(seconds=JITTER)),
                    connection,
                    self.now,
                )
                for name in self.sources
            }

    def settle(self, *, patience: float = 900, meanwhile: Callable[[], None] | None = None) -> None:
        """Wait until everything that is due now is done; then write down what that was."""
        if meanwhile is not None:
            meanwhile()
        deadline = time.monotonic() + patience
        while True:
            plans = self.plans()
            states = {name: plan.service.state for name, plan in plans.items()}
            if all(state == "served" for state in states.values()):
                break
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.now}: {states}\n{self.log()[-5000:]}")
            if all(state in ("served", "waiting") for state in states.values()):
                # The next try after a death waits for a minute or more of the rehearsed time.
                self.set_clock(self.now + timedelta(minutes=2))
            time.sleep(0.1)
        for name, plan in plans.items():
            assert plan.firing is not None
            self.happened.expected[name, plan.firing.slot] = (plan.firing.fires_at, self.now)

    def log(self) -> str:
        path = self.folder / "services.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def end(self) -> None:
        """Let services end as systemd lets them, and take down their exit codes."""
        for service in self.services:
            service.send_signal(signal.SIGTERM)
        self.happened.codes = [service.wait(120) for service in self.services]
        self._watching.set()
        self._watcher.join()

    def judge(self, truth: set[tuple[str, str]]) -> Happened:
        """Count what must and must not be, in the database."""
        found = self.happened
        with self.database.read() as connection:
            query = select(RunRow.source, RunRow.slot, RunRow.state, RunRow.started_by, RunRow.started_at)
            rows = connection.execute(query).all()
            releases = connection.execute(text("select source, key, revision from releases")).all()
        served = Counter(
            (row.source, row.slot) for row in rows if row.state == "finished" and "#" not in (row.slot or "#")
        )
        # A whole crawl that began after the time also serves it: a child that was planned before a day that
        # nobody saw, and began after it.
        found.missing = {
            (source, slot)
            for (source, slot), (fell, done) in found.expected.items()
            if not served[source, slot]
            and not any(
                row.source == source and row.state == "finished" and fell <= row.started_at <= done
                for row in rows
            )
        }
        found.twice = {slot for slot, number in served.items() if number > 1}
        found.tries = sum("#" in (row.slot or "") for row in rows if row.started_by == WHO)
        found.finished = sum(row.state == "finished" for row in rows)
        found.open_runs = sum(row.state in ("planned", "running") for row in rows)
        stored = [(row.source, row.key) for row in releases]
        found.true, found.stored = len(truth), len(set(stored) & truth)
        found.doubled = len(stored) - len(set(stored)) + sum(row.revision > 1 for row in releases)
        return found

    def _watch(self) -> None:
        """Look at the processes of crawls, not at what the ledger says of them: one for each source at most.

        A second one may come for as long as it needs to learn that the source is taken; it asks no site.
        """
        while not self._watching.wait(0.25):
            working: Counter[str] = Counter()
            found = [each for each in crawls(self.data) if each[1] in self.sources]
            if len({source for _, source, _ in found}) == len(found):
                continue
            try:
                with self.database.read() as connection:
                    running = {
                        row.id
                        for row in connection.execute(text("select id from runs where state = 'running'"))
                    }
            except Exception:  # noqa: BLE001, S112 - the server is being restarted
                continue
            still = {pid for pid, _, _ in crawls(self.data)}
            for pid, source, run in found:
                working[source] += run in running and pid in still
            self.happened.at_once += [source for source, number in working.items() if number > 1]


def crawls(data: Path) -> Iterator[tuple[int, str, str]]:
    """Processes that crawl into a data folder: number, source and run, from the log that they write.

    Forked crawls have no command line of their own. Of a crawl and its reader the one that leads counts.
    """
    logs = f"{data}/logs/"
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                written = os.readlink(folder / "fd" / "1")
                fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            source, _, run = written.removeprefix(logs).removesuffix(".log").rpartition("-")
            if written.startswith(logs) and source and fields[3] == folder.name and fields[0] not in "ZX":
                yield int(folder.name), source, run


def with_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass  # it ended meanwhile


def live(
    rehearsal: Rehearsal, options: argparse.Namespace, chance: random.Random, cluster: Cluster | None
) -> None:
    """Live through the days; `options.events` is how likely it is that something happens where work falls."""
    days, minutes, kills = options.days, options.minutes, options.events
    happened = rehearsal.happened
    end = START + timedelta(days=days)
    rehearsal.start_service()
    rehearsal.start_service()
    rehearsal.settle()
    deadline = time.monotonic() + minutes * 60
    while rehearsal.now < end and time.monotonic() < deadline:
        rehearsal.set_clock(rehearsal.now + timedelta(hours=1))
        happened.hours += 1
        plans = rehearsal.plans()
        if all(plan.service.state == "served" for plan in plans.values()):
            continue  # nothing falls into this hour
        event = chance.choice(EVENTS) if chance.random() < kills else None
        if event == "restart of the database" and cluster is None:
            event = "all services killed"
        if event is not None:
            happened.events[event] += 1
        rehearsal.settle(meanwhile=lambda event=event: happen(event, rehearsal, chance, cluster))  # type: ignore[misc]
        while len(rehearsal.services) < 2:
            rehearsal.start_service()


EVENTS = (
    "one service killed",
    "all services killed",
    "services and crawls killed",
    "restart of the database",
    "clock ahead and back",
    "a day that nobody saw",
    "a third service",
    "clock back",
)


def happen(event: str | None, rehearsal: Rehearsal, chance: random.Random, cluster: Cluster | None) -> None:
    """Let something happen, at a drawn moment of the work."""
    if event is None:
        return
    time.sleep(chance.uniform(0.2, 4.0))
    if event == "one service killed":
        rehearsal.kill_one(chance)
    elif event == "all services killed":
        rehearsal.kill_services()
    elif event == "services and crawls killed":
        rehearsal.kill_services(with_crawls=True)
    elif event == "restart of the database":
        assert cluster is not None
        cluster.restart()
    elif event == "clock ahead and back":
        # Ahead for a moment: what is begun then is begun for a time that has yet to come.
        rehearsal.set_clock(rehearsal.now + timedelta(days=1))
        time.sleep(chance.uniform(0.1, 2.0))
        rehearsal.set_clock(rehearsal.now - timedelta(days=1))
    elif event == "a day that nobody saw":
        rehearsal.kill_services()
        rehearsal.set_clock(rehearsal.now + timedelta(days=1))
    elif event == "a third service":
        rehearsal.start_service()
    elif event == "clock back":
        rehearsal.set_clock(rehearsal.now - timedelta(hours=3))
    while len(rehearsal.services) < 2:
        rehearsal.start_service()


@contextmanager
def database_of(kind: str, folder: Path) -> Iterator[tuple[str | None, Cluster | None]]:
    if kind == "sqlite":
        yield None, None
        return
    with running_cluster(folder / "postgresql") as cluster:
        yield cluster.url.render_as_string(), cluster


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--sources", type=int, default=4)
    parser.add_argument("--releases", type=int, default=200)
    parser.add_argument("--events", type=float, default=0.6, help="how likely one is in an hour with work")
    parser.add_argument("--minutes", type=float, default=600.0, help="end earlier, after so much real time")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - moments, no secrets
    sources = dict(list(EVERY_OF.items())[: options.sources])
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as temporary, Replica(options.releases, 7) as replica:
        folder = Path(temporary)
        folder.chmod(0o755)
        with database_of(options.database, folder) as (url, cluster):
            rehearsal = Rehearsal(folder, url, sources, replica.environment)
            try:
                live(rehearsal, options, chance, cluster)
            finally:
                rehearsal.end()
            truth = {
                (each.source, str(each.key))
                for statement in replica.truth
                for each in statement.releases
                if each.source in sources
            }
            found = rehearsal.judge(truth)
            rehearsal.database.close()
    assert clock_of(None)() > START
    print(
        f"{(rehearsal.now - START) / timedelta(days=1):.1f} days, {len(sources)} sources, "
        f"{options.database}, {time.monotonic() - began:.0f} s\nevents: {dict(found.events)}"
    )
    print(
        f"due {len(found.expected)}, missing {len(found.missing)}, served twice {len(found.twice)}, two at "
        f"once {len(found.at_once)}, runs finished {found.finished}, tries that died {found.tries}, left "
        f"open {found.open_runs}; releases true {found.true}, stored {found.stored}, twice {found.doubled}"
    )
    if not found.is_well:
        sys.exit(f"NOT WELL: {found}")


if __name__ == "__main__":
    main()
