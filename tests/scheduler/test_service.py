"""The service: it starts what is due, once, whoever else does; it learns every end; nothing stops it."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from crawler.frontier import RunRequest
from crawler.source import source_named
from scheduler.crawl import Interrupts
from scheduler.service import notify
from scheduler.service.children import WHO, ChildStarter
from scheduler.service.logs import configure, sweep
from scheduler.service.loop import Service
from scheduler.service.notify import Notifier
from scheduler.service.observer import Observer
from scheduler.service.settings import ServiceSettings, read_service_settings
from scheduler.service.starter import DueCrawl, EndedCrawl
from storage import runs
from storage.clock import clock_of
from storage.database import Database, default_url
from storage.leadership import Leadership
from storage.schedules import PAUSED, override
from tests.clock import Clock
from tests.scheduler.commands import type_command

NAMES = ("mx_sre", "us_dhs", "ca_gac")
SOURCES = {name: source_named(name) for name in NAMES}


@dataclass
class FakeStarter:
    """Plans runs as a starter must, and begins nothing; a test says how they end."""

    database: Database
    jobs: int = 2
    working: dict[str, str] = field(default_factory=dict)
    begun: list[DueCrawl] = field(default_factory=list)
    taken_over: int = 0
    raises: Exception | None = None
    closed: bool = False

    def room(self) -> int:
        return self.jobs - len(self.working)

    def at_work(self) -> Mapping[str, str]:
        return dict(self.working)

    def take_over(self, now: datetime) -> None:
        self.taken_over += 1

    def start(self, crawl: DueCrawl, now: datetime) -> str:
        with self.database.write() as connection:
            run = runs.plan(connection, RunRequest(crawl.source, WHO), crawl.slot, now)
        self.working[crawl.source] = run
        self.begun.append(crawl)
        return run

    def end(self, source: str, state: str, now: datetime) -> None:
        with self.database.write() as connection:
            runs.close(connection, self.working[source], state, {}, None, now)

    def ended(self, now: datetime) -> list[EndedCrawl]:
        if self.raises is not None:
            error, self.raises = self.raises, None
            raise error
        found = []
        for source, run in list(self.working.items()):
            with self.database.read() as connection:
                view = runs.find_run(connection, run)
            if view is not None and view.state in runs.ENDED:
                del self.working[source]
                found.append(EndedCrawl(source, run, view.state))
        return found

    def stop(self) -> None:
        for source in list(self.working):
            self.end(source, "stopped", datetime.now().astimezone())

    def kill(self) -> None:
        self.stop()

    def close(self) -> None:
        self.closed = True


@dataclass
class Told:
    """Writes down what it is told."""

    what: list[str] = field(default_factory=list)

    def started(self, now: datetime) -> None:
        self.what.append("started")

    def run_ended(self, source: str, run: str, now: datetime) -> None:
        self.what.append(f"ended {source}")

    def tick(self, now: datetime) -> None:
        self.what.append("tick")

    def stopped(self, now: datetime) -> None:
        self.what.append("stopped")


class Raising(Told):
    """An observer with a fault."""

    def tick(self, now: datetime) -> None:
        raise ZeroDivisionError


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def service_of(
    database: Database, clock: Clock, starter: FakeStarter | ChildStarter, *observers: Observer
) -> Service:
    settings = ServiceSettings(grace=0.2)
    return Service(database, SOURCES, starter, settings, clock, Interrupts(), observers, pause=0.0)


@pytest.fixture(autouse=True)
def quiet_logs() -> None:
    configure(as_json=True)


def test_what_is_due_is_started_once_and_again_when_its_time_comes(database: Database, clock: Clock) -> None:
    starter = FakeStarter(database, jobs=9)
    service = service_of(database, clock, starter)
    service._round()
    service._round()
    assert sorted(each.source for each in starter.begun) == sorted(NAMES)
    for name in NAMES:
        starter.end(name, "finished", clock())
    service._round()
    assert len(starter.begun) == 3
    clock.advance(days=2)
    service._round()
    assert sorted(each.source for each in starter.begun[3:]) == sorted(NAMES)
    service.wind_down()


def test_no_more_crawls_are_at_work_than_there_is_room_for(database: Database, clock: Clock) -> None:
    starter = FakeStarter(database, jobs=2)
    service = service_of(database, clock, starter)
    service._round()
    assert len(starter.begun) == 2
    starter.end(starter.begun[0].source, "finished", clock())
    service._round()
    assert len(starter.begun) == 3
    service.wind_down()


def test_a_source_that_somebody_crawls_or_paused_is_left_alone(database: Database, clock: Clock) -> None:
    with database.write() as connection:
        override(connection, "us_dhs", PAUSED, "yes", "Ana", "redesign", clock())
        by_hand = runs.claim(connection, RunRequest("mx_sre"), clock())
    assert isinstance(by_hand, str)
    starter = FakeStarter(database, jobs=9)
    service = service_of(database, clock, starter)
    service._round()
    assert [each.source for each in starter.begun] == ["ca_gac"]
    with database.write() as connection:
        runs.close(connection, by_hand, "failed", {}, None, clock())
        override(connection, "us_dhs", PAUSED, None, "Ana", "back", clock())
    service._looked_at = -1e9
    service._round()
    assert sorted(each.source for each in starter.begun) == sorted(NAMES)
    service.wind_down()


def test_a_crawl_that_died_is_tried_again_for_the_same_time(database: Database, clock: Clock) -> None:
    starter = FakeStarter(database, jobs=9)
    service = service_of(database, clock, starter)
    service._round()
    starter.end("mx_sre", "killed", clock())
    starter.end("us_dhs", "failed", clock())
    service._round()
    again = starter.begun[3:]
    assert [each.source for each in again] == ["mx_sre"]
    assert again[0].slot == next(each.slot for each in starter.begun if each.source == "mx_sre")
    service.wind_down()


def test_a_clock_that_is_set_back_or_ahead_is_gone_by_at_once(database: Database, clock: Clock) -> None:
    starter = FakeStarter(database, jobs=9)
    service = service_of(database, clock, starter)
    for days in (0, 30, -30, 31):
        clock.advance(days=days)
        service._round()
        for name in list(starter.working):
            starter.end(name, "finished", clock())
        service._round()
    slots = [(each.source, each.slot) for each in starter.begun]
    assert len(slots) == len(set(slots)) == 9
    service.wind_down()


def test_observers_are_told_and_a_faulty_one_stops_nothing(database: Database, clock: Clock) -> None:
    starter, told = FakeStarter(database), Told()
    service = service_of(database, clock, starter, Raising(), told)
    service._round()
    first = starter.begun[0].source
    starter.end(first, "finished", clock())
    service._round()
    service.wind_down()
    assert told.what[:4] == ["started", "tick", f"ended {first}", "tick"]
    assert told.what[-1] == "stopped"
    assert starter.closed


def test_a_round_that_fails_is_told_and_the_next_one_works(
    database: Database, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(as_json=True)
    starter = FakeStarter(database, raises=RuntimeError("the database is away"))
    service = service_of(database, clock, starter)
    service._round()
    assert "the database is away" in capsys.readouterr().err
    service._round()
    assert starter.begun
    service.wind_down()


def test_a_second_service_stands_by_until_the_first_ends(database: Database, clock: Clock) -> None:
    first, second = FakeStarter(database), FakeStarter(database)
    with closing(Database(url_of(database))) as other:
        working, waiting = service_of(database, clock, first), service_of(other, clock, second)
        working._round()
        waiting._round()
        assert (first.taken_over, second.taken_over, second.begun) == (1, 0, [])
        working.wind_down()
        waiting._round()
        assert second.taken_over == 1
        waiting.wind_down()


def test_a_lock_that_was_released_can_be_taken_at_once(database: Database) -> None:
    with closing(Database(url_of(database))) as other:
        mine, next_one = Leadership(database), Leadership(other)
        for _ in range(5):
            assert mine.take()
            mine.release()
            assert next_one.take()
            next_one.release()


def test_a_lock_whose_connection_is_lost_is_released_without_an_error(database: Database) -> None:
    mine = Leadership(database)
    assert mine.take()
    if mine._connection is not None:
        number = mine._connection.scalar(text("SELECT pg_backend_pid()"))
        with database.engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
    mine.release()
    assert not mine.is_held()


def test_a_lock_is_free_at_once_when_its_holder_is_killed(database: Database) -> None:
    program = (
        "import sys, time; from storage.database import Database; from storage.leadership import Leadership\n"
        "held = Leadership(Database(sys.argv[1])); print(held.take(), flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", program, url_of(database)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == "True\n"
        mine = Leadership(database)
        assert not mine.take()
        holder.kill()
        holder.wait()
    for _ in range(200):
        if mine.take():
            break
        subprocess.run(["sleep", "0.05"], check=True)  # PostgreSQL has yet to notice
    assert mine.is_held()
    mine.release()
    assert not mine.is_held()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A service manager that listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        yield str(tmp_path / "notify"), listening


def test_the_service_manager_is_told_that_it_is_ready_alive_and_ending(
    manager: tuple[str, socket.socket], database: Database, clock: Clock
) -> None:
    address, listening = manager
    service = service_of(database, clock, FakeStarter(database))
    service.notifier = Notifier(address)
    service._round()
    service.wind_down()
    heard = [listening.recv(500).decode() for _ in range(3)]
    assert heard[0] == "READY=1"
    assert heard[1].startswith("WATCHDOG=1\nSTATUS=")
    assert heard[2] == "STOPPING=1"
    Notifier(address + ".gone").ready()


def test_a_manager_that_does_not_listen_stops_nothing(
    manager: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, listening = manager
    monkeypatch.setattr(notify, "PATIENCE", 0.01)
    notifier = Notifier(address)
    for _ in range(1000):
        notifier.alive("at work")
        if notifier.missed > 2:
            break
    assert notifier.missed > 2, "its queue is never full: this test shows nothing"
    assert listening.recv(500) == b"WATCHDOG=1\nSTATUS=at work"


def test_settings_are_read_and_what_cannot_be_read_is_named() -> None:
    assert read_service_settings({}) == ServiceSettings()
    found = read_service_settings(
        {"COMMUNIQUE_JOBS": "8", "COMMUNIQUE_METRICS": "9100", "COMMUNIQUE_ALERTS": "json://a json://b",
         "COMMUNIQUE_LOGS": "JSON", "COMMUNIQUE_JITTER": "0"}
    )  # fmt: skip
    assert (found.jobs, found.metrics, found.alerts) == (8, 9100, ("json://a", "json://b"))
    assert found.json_logs
    assert found.spread == timedelta(0)
    with pytest.raises(ValueError, match="COMMUNIQUE_GRACE: expected a number from 0, found 'soon'"):
        read_service_settings({"COMMUNIQUE_GRACE": "soon"})


def test_in_a_rehearsal_a_file_tells_the_time(tmp_path: Path) -> None:
    file = tmp_path / "now"
    file.write_text("2026-03-29T02:30:00+02:00")
    clock = clock_of(str(file))
    assert clock().isoformat() == "2026-03-29T00:30:00+00:00"
    file.write_text("2026-03-29T02:30:00")
    with pytest.raises(ValueError, match="with its zone"):
        clock()
    assert clock_of(None)().utcoffset() == timedelta(0)


def test_a_person_pauses_a_source_and_changes_how_often_it_is_crawled(tmp_path: Path) -> None:
    here = ("--data", tmp_path, "--json")
    paused = type_command("source", "pause", "mx_sre", "--by", "Ana", "--reason", "redesign", *here)
    assert (paused.code, paused.lines[0]["made_by"], paused.lines[0]["value"]) == (0, "Ana", "yes")
    assert type_command("source", "every", "us_dhs", "0 6 * * 1-5", "--by", "Ben", *here).code == 0
    planned = {line["source"]: line for line in type_command("schedule", "plan", *here).lines}
    assert (planned["mx_sre"]["state"], planned["mx_sre"]["next_at"]) == ("paused", None)
    assert planned["mx_sre"]["paused"]["reason"] == "redesign"
    assert planned["us_dhs"]["every"] == "0 6 * * 1-5"
    assert planned["ca_gac"]["overdue"]
    assert [line["source"] for line in type_command("schedule", "plan", "us_dhs", *here).lines] == ["us_dhs"]
    assert type_command("schedule", "plan", "nobody", *here).code == 2
    assert type_command("source", "resume", "mx_sre", "--by", "Ana", *here).code == 0
    assert type_command("source", "every", "us_dhs", "definition", "--by", "Ana", *here).code == 0
    planned = {line["source"]: line for line in type_command("schedule", "plan", *here).lines}
    assert planned["mx_sre"]["paused"] is None
    assert planned["us_dhs"]["overridden"] is None
    for wrong in (("pause", "xx"), ("every", "mx_sre", "often")):
        assert type_command("source", *wrong, "--by", "Ana", *here).code == 2


def test_once_refuses_where_another_service_is_at_work(tmp_path: Path) -> None:
    database = Database(default_url(tmp_path))
    database.upgrade()
    working = Leadership(database)
    assert working.take()
    refused = type_command("schedule", "run", "--once", "--data", tmp_path)
    assert refused.code == 4
    assert "another service" in refused.err
    working.release()
    with database.write() as connection:
        now = clock_of(None)()
        override(connection, "mx_sre", PAUSED, "yes", "Ana", "", now)
    database.close()
    assert type_command("schedule", "run", "--once", "--source", "mx_sre", "--data", tmp_path).code == 0
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_every_line_that_the_service_writes_is_json_whoever_wrote_it(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    configure(as_json=True)
    configure(as_json=True)
    structlog.get_logger("communique.schedule").info("at work", sources=2)
    logging.getLogger("scheduler.alerts").warning("A message could not be delivered (%s)", "subject")
    try:
        raise ValueError("what a library says")
    except ValueError:
        logging.getLogger("apprise").exception("Failed")
    logging.getLogger("apprise").info("nobody needs to know")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(each["event"], each["level"]) for each in lines] == [
        ("at work", "info"),
        ("A message could not be delivered (subject)", "warning"),
        ("Failed", "error"),
    ]
    assert all(each["timestamp"].endswith("Z") for each in lines)
    assert "ValueError: what a library says" in lines[2]["exception"]


def test_old_logs_are_deleted_and_young_ones_stay(tmp_path: Path) -> None:
    for name, age in (("old.log", 91), ("young.log", 89), ("old.txt", 400)):
        (tmp_path / name).touch()
        moment = time.time() - age * 86400
        os.utime(tmp_path / name, (moment, moment))
    assert sweep(tmp_path, 0) == 0
    assert sweep(tmp_path, 90) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["old.txt", "young.log"]
