"""Crawls as children of the service: kept to limits, recognised by the next one, forked or started anew."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from crawler.frontier import RunRequest
from crawler.source import source_named
from scheduler.crawl import Child, Crew, Interrupts
from scheduler.nursery import CrawlProcess, Nursery, start_anew
from scheduler.service import children
from scheduler.service.children import WHO, ChildStarter, Limits
from scheduler.service.limits import resident, seconds_at_work
from scheduler.service.logs import configure
from scheduler.service.loop import Service
from scheduler.service.settings import ServiceSettings
from scheduler.service.starter import DueCrawl, EndedCrawl
from storage import runs
from storage.database import Database
from storage.processes import Process, start_of, this_process
from storage.slots import note_process
from tests.clock import Clock


@pytest.fixture(autouse=True)
def quiet_logs() -> None:
    configure(as_json=True)


@pytest.fixture
def crew(tmp_path: Path, database: Database, clock: Clock) -> Crew:
    return Crew(tmp_path, database, None, clock=clock)


@pytest.fixture
def sleeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children do nothing, for long."""
    monkeypatch.setattr(
        Child, "_command", lambda self: [sys.executable, "-c", "import time; time.sleep(600)"]
    )
    monkeypatch.setattr(children, "LOOK_EVERY", 0.0)


DUE = DueCrawl("mx_sre", "2017-03-01T12:00:00Z", datetime(2017, 3, 1, 12).astimezone())


def end_of(starter: ChildStarter, clock: Clock) -> EndedCrawl:
    for _ in range(400):
        found = starter.ended(clock())
        if found:
            return found[0]
        subprocess.run(["sleep", "0.02"], check=True)
    raise AssertionError("it does not end")


@pytest.mark.parametrize(
    ("limits", "words"),
    [(Limits(seconds=0.001, grace=0), "longer than"), (Limits(memory=1 << 20, grace=0), "MiB of memory")],
)
@pytest.mark.usefixtures("sleeping")
def test_a_crawl_that_takes_too_much_is_ended_and_is_said_to_have_failed(
    crew: Crew, clock: Clock, limits: Limits, words: str
) -> None:
    starter = ChildStarter(crew, limits)
    run = starter.start(DUE, clock())
    ended = end_of(starter, clock)
    assert (ended.run, ended.state) == (run, "failed")
    assert words in (ended.error or "")
    with crew.database.read() as connection:
        found = runs.find_run(connection, run)
    assert found is not None
    assert (found.state, found.error, found.slot) == ("failed", ended.error, DUE.slot)


class PretendedNursery(Nursery):
    """Imports, lives and dies as a test says; what it forks is started anew."""

    forked = 0

    def __enter__(self) -> PretendedNursery:
        return self

    def listen(self) -> None:
        """Nothing is said."""

    def start(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> CrawlProcess:
        self.forked += 1
        return start_anew(command, environment, log)


@pytest.mark.usefixtures("sleeping")
def test_crawls_wait_for_the_nursery_and_do_without_one_that_died(
    crew: Crew, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bred: list[PretendedNursery] = []

    def breed() -> Nursery:
        bred.append(PretendedNursery())
        return bred[-1]

    starter = ChildStarter(crew, Limits(), breed)
    assert starter.room() == 0, "it imports"
    bred[0].is_ready = True
    assert starter.room() == crew.jobs
    starter.start(DUE, clock())
    bred[0].gone, bred[0].is_ready = True, False
    assert starter.room() == crew.jobs - 1
    starter.start(replace(DUE, source="us_dhs"), clock())
    assert [each.forked for each in bred] == [1]
    monkeypatch.setattr(children, "NEXT_NURSERY", 0.0)
    starter.room()
    assert len(bred) == 2
    starter.kill()
    while starter.at_work():
        end_of(starter, clock)
    starter.close()
    assert bred[1].gone


@pytest.mark.usefixtures("sleeping")
def test_a_child_that_outlives_its_service_is_recognised_by_the_next_one(crew: Crew, clock: Clock) -> None:
    before = ChildStarter(crew, Limits())
    run = before.start(DUE, clock())
    after = ChildStarter(crew, Limits())
    after.take_over(clock())
    assert after.at_work() == {"mx_sre": run}
    assert after.room() == crew.jobs - 1
    assert after.ended(clock()) == []
    after.kill()
    assert end_of(before, clock).state == "failed"  # it never began its run
    assert after.ended(clock())[0].run == run


@pytest.mark.parametrize("noted", [True, False])
def test_a_run_whose_service_died_before_it_began_is_closed(crew: Crew, clock: Clock, noted: bool) -> None:
    with crew.database.write() as connection:
        run = runs.plan(connection, RunRequest("mx_sre", WHO), DUE.slot, clock())
        if noted:
            note_process(connection, run, Process(socket.gethostname(), 2**22 + 1, "gone"))
    ChildStarter(crew, Limits()).take_over(clock())
    with crew.database.read() as connection:
        found = runs.find_run(connection, run)
    assert found is not None
    assert found.state == "killed"
    assert "its service with it" in (found.error or "")


def test_a_service_that_stops_asks_its_crawls_to_end_then_kills_them(
    crew: Crew, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)"
    monkeypatch.setattr(Child, "_command", lambda self: [sys.executable, "-c", deaf])
    starter = ChildStarter(replace(crew, jobs=1), Limits())
    service = Service(
        crew.database,
        {"mx_sre": source_named("mx_sre")},
        starter,
        ServiceSettings(grace=0.2),
        clock,
        Interrupts(),
        pause=0.0,
    )
    service._round()
    (run,) = starter.at_work().values()
    service.wind_down()
    assert starter.at_work() == {}
    with crew.database.read() as connection:
        found = runs.find_run(connection, run)
    assert found is not None
    assert found.state in runs.ENDED


def test_what_a_process_takes_is_told_by_the_system() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    ) as one:
        assert resident({one.pid})[one.pid] > 0
        seconds = seconds_at_work(Process(socket.gethostname(), one.pid, start_of(one.pid)))
        assert seconds is not None
        assert 0 <= seconds < 60
        one.kill()
    assert seconds_at_work(replace(this_process(), started=None)) is None
    assert resident(set()) == {}
