"""`schedule run --workers` and `communique worker`, started by hand, and a database restarted under them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from crawler.items import AddressState
from crawler.replica import Replica
from storage import queues
from storage.database import Database
from storage.runs import RunView, find_runs
from storage.tables import AddressRow, ReleaseRow, RevisionRow
from tests.postgresql import running_cluster
from tests.scheduler.commands import ROOT

PATIENCE = 120.0
DELAY = 0.2


@contextmanager
def process(log: Path, environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "scheduler", *words]
    with log.open("ab") as output:
        started = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def test_a_due_crawl_is_left_to_a_worker_and_a_restarted_database_loses_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="communique-postgresql-"))
        cluster = stack.enter_context(running_cluster(Path(folder)))
        replica = stack.enter_context(Replica(releases=30, seed=7))
        database = stack.enter_context(closing(Database(cluster.url.render_as_string())))
        database.upgrade()
        environment = {
            **replica.environment,
            "COMMUNIQUE_CONNECT_DELAY": str(DELAY),
            "COMMUNIQUE_DATABASE": database.address,
            "COMMUNIQUE_JITTER": "0",
        }

        def until(what: Callable[[], object]) -> None:
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    if what():
                        return
                except OperationalError:
                    pass  # it is being restarted
                said = "".join(each.read_text()[-3000:] for each in tmp_path.glob("*.log"))
                assert time.monotonic() < deadline, said
                time.sleep(0.05)

        def runs() -> list[RunView]:
            with database.read() as connection:
                return list(find_runs(connection, limit=20))

        def known() -> int:
            with database.read() as connection:
                return connection.scalar(select(func.count()).select_from(AddressRow)) or 0

        def log_has(name: str, words: str) -> bool:
            return words in (tmp_path / f"{name}.log").read_text()

        schedule = ("schedule", "run", "--workers", "--source", "us_dhs", "--json-logs")
        place = {"COMMUNIQUE_DATA": str(tmp_path / "service")}
        service = stack.enter_context(process(tmp_path / "service.log", environment | place, *schedule))
        until(lambda: [run.state for run in runs()] == ["planned"])
        place = {"COMMUNIQUE_DATA": str(tmp_path / "worker")}
        worker = stack.enter_context(
            process(tmp_path / "worker.log", environment | place, "worker", "--jobs", "1")
        )
        until(known)
        cluster.restart()
        until(lambda: any(run.state == "finished" for run in runs()))
        until(lambda: log_has("service", '"state": "finished"'))
        with database.read() as connection:
            releases = connection.scalar(select(func.count()).select_from(ReleaseRow))
            revisions = connection.scalar(select(func.count()).select_from(RevisionRow))
            # A page whose transaction was cut in two is failed, and tried again later.
            failed = connection.scalar(
                select(func.count()).select_from(AddressRow).where(AddressRow.state == AddressState.FAILED)
            )
        until(lambda: not counts(database))
        for each in (service, worker):
            each.send_signal(signal.SIGTERM)
        assert [each.wait(PATIENCE) for each in (service, worker)] == [0, 0]
        truth = [
            each for statement in replica.truth for each in statement.releases if each.source == "us_dhs"
        ]
        assert releases == revisions
        assert (releases or 0) + (failed or 0) == len(truth) > 0
        assert (failed or 0) <= 1
        assert sum(run.state == "finished" for run in runs()) == 1
        assert {run.started_by for run in runs()} == {"schedule"}
        assert any(run.shapes for run in runs()), "what pages look like is kept with the run"


def counts(database: Database) -> object:
    """What the queue holds."""
    with database.read() as connection:
        return queues.counts(connection)
