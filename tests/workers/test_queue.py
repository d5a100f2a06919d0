"""The queue in its namespace: made, brought up to date, refused; what is put into it, under which lock."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import text

from crawler.frontier import RunRequest
from crawler.source import crawled_sources
from scheduler.crawl import Crew, Order
from scheduler.service.starter import DueCrawl
from scheduler.workers.app import NoQueue, make_app, prepare_queue
from scheduler.workers.deferring import (
    AGAIN,
    AlreadyQueued,
    link,
    lock_of,
    longest_first,
    open_deferrer,
)
from scheduler.workers.starter import GRACE, QueueStarter
from scheduler.workers.tasks import Again, Bench, GivesWay, Tries, WorkFailed, command
from storage import queues
from storage.database import Database, DatabaseUnusable
from storage.ledger import Ledger
from storage.queue_schema import NAMESPACE, bring_up, queue_version
from storage.runs import SlotTaken, find_runs
from tests.clock import Clock
from tests.scheduler.commands import type_command


@pytest.mark.parametrize("words", [("worker",), ("worker", "status"), ("crawl", "mx_sre", "--queue")])
def test_a_file_is_refused_with_what_to_do(words: tuple[str, ...], tmp_path: Path) -> None:
    typed = type_command(*words, "--data", tmp_path / "data")
    assert typed.code == 1
    for said in ("expected PostgreSQL", "sqlite:///", "communique schedule run", "--database"):
        assert said in typed.err.replace("\n", " ")
    assert not (tmp_path / "data" / "communique.db").exists()


def test_an_upgrade_makes_the_queue_beside_our_tables(empty_url: str, tmp_path: Path) -> None:
    place = ("--database", empty_url, "--data", tmp_path)
    before = type_command("worker", "status", *place)
    assert (before.code, "communique db upgrade" in before.err) == (1, True)
    first, second = (type_command("db", "upgrade", *place, "--json").lines[0] for _ in range(2))
    assert type_command("worker", "status", *place, "--json").lines == [{"totals": {}}]
    ours = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'procr%'"
    with closing(Database(empty_url)) as database:
        assert first["queue"] == second["queue"] == queue_version(database)
        with database.read() as connection:
            assert connection.scalar(text(ours)) == 0


def test_changes_are_applied_in_order_and_once(database: Database) -> None:
    assert bring_up(database, "CREATE TABLE a (n int)", {"01": "never", "02": "never"})
    changes = {
        "04": "INSERT INTO a VALUES (4); SELECT '100%'",
        "02": "never",
        "03": "INSERT INTO a VALUES (3)",
    }
    assert bring_up(database, "never", changes)
    assert not bring_up(database, "never", changes)
    with database.read() as connection:
        assert list(connection.scalars(text("SELECT n FROM communique_queue.a"))) == [3, 4]


def test_a_queue_of_a_newer_version_is_left_alone(database: Database) -> None:
    bring_up(database, "CREATE TABLE a (n int)", {"01": "", "99": ""})
    with pytest.raises(DatabaseUnusable, match="newer Procrastinate"):
        bring_up(database, "never", {"01": "", "02": ""})


def test_two_processes_that_begin_at_once_make_one_queue(database: Database) -> None:
    """The second has seen that there is no queue, and waits for its turn to make one."""
    other = Database(database.address)
    made: list[bool] = []
    second = threading.Thread(target=lambda: made.append(bring_up(other, "never", {"01": "never"})))
    with database.write() as connection:
        second.start()
        while not connection.scalar(
            text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        ):
            os.sched_yield()
        connection.execute(text(f"CREATE SCHEMA {NAMESPACE}"))
        connection.execute(text(f"CREATE TABLE {NAMESPACE}.version (newest text NOT NULL)"))
        connection.execute(text(f"INSERT INTO {NAMESPACE}.version VALUES ('01')"))  # noqa: S608
    second.join()
    other.close()
    # It looked whether there were changes to apply, and there were none.
    assert made == [False]


def test_sources_that_share_a_host_share_a_lock() -> None:
    assert lock_of("mx_sre") == lock_of("mx_segob") == "host www.gob.mx"
    assert lock_of("us_dhs") not in (lock_of("mx_sre"), lock_of("us_state"))


class TestDeferring:
    """What is put into the queue."""

    def test_the_same_work_waits_once(self, database: Database) -> None:
        with open_deferrer(database) as deferrer:
            run = deferrer.crawl(Order("mx_sre"))
            with pytest.raises(AlreadyQueued):
                deferrer.crawl(Order("mx_sre"))
            deferrer.crawl(Order("mx_sre", since=date(2017, 2, 1), until=date(2017, 2, 28)))
            assert link(deferrer)
            assert not link(deferrer)
        with database.read() as connection:
            found = queues.jobs(connection, queues.OPEN)
            planned = list(find_runs(connection))
        assert [job.task for job in found] == ["crawl", "crawl", "command"]
        assert found[0].arguments["run"] == run
        assert found[1].arguments["order"]["since"] == "2017-02-01"
        assert [each.state for each in planned] == ["planned", "planned"]

    def test_by_hand(self, database_url: str, tmp_path: Path) -> None:
        place = ("--database", database_url, "--data", tmp_path, "--json")
        first = type_command("crawl", "mx_sre", "us_dhs", "--queue", *place).lines
        assert {line["source"]: line["queued"] for line in first} == {"mx_sre": True, "us_dhs": True}
        assert type_command("crawl", "mx_sre", "--queue", *place).lines[0]["queued"] is False
        assert type_command("relink", "--queue", "--jobs", "1", *place).lines[0]["queued"] is True
        window = ("--since", "2017-02-01", "--until", "2017-02-28")
        (line,) = type_command("backfill", "mx_segob", *window, "--queue", *place).lines
        assert (line["name"], line["queued"]) == ("mx_segob", True)
        *jobs, totals = type_command("worker", "status", *place).lines
        assert [line["job"]["queue"] for line in jobs] == ["crawl", "crawl", "linking", "backfill"]
        assert jobs[2]["job"]["arguments"] == {"words": ["relink", "--jobs", "1"]}
        assert jobs[3]["job"]["arguments"] == {"words": ["backfill", "mx_segob", *window, "--no-link"]}
        assert jobs[3]["job"]["lock"] == lock_of("mx_segob")
        assert totals == {
            "totals": {name: {"todo": 1} for name in ("backfill", "linking")} | {"crawl": {"todo": 2}}
        }
        shown = type_command("worker", "status", *place[:-1])
        assert "crawl mx_sre" in shown.out
        assert "relink --jobs 1" in shown.out


def test_what_takes_longest_is_begun_first_host_by_host() -> None:
    one_host = [name for name in crawled_sources() if lock_of(name) == lock_of("mx_sre")]
    assert len(one_host) > 1
    seconds = {"uk_fcdo": 30.0, "us_dhs": 90.0, **dict.fromkeys(one_host, 50.0), "mx_sre": 60.0}
    found = longest_first(seconds)
    assert sorted(found) == sorted(seconds)
    assert (found[0], set(found[: len(one_host)]), found[-2:]) == (
        "mx_sre",
        set(one_host),
        ["us_dhs", "uk_fcdo"],
    )


def test_crawls_are_put_into_the_queue_as_long_as_they_took_before(database: Database, clock: Clock) -> None:
    ledger = Ledger(database, clock)
    for source, seconds in (("uk_fcdo", 5), ("us_dhs", 300)):
        run = ledger.open_run(RunRequest(source))
        clock.advance(seconds=seconds)
        ledger.close_run(run, "finished", {})
    with open_deferrer(database) as deferrer:
        found = deferrer.longest_first([Order("uk_fcdo"), Order("us_dhs"), Order("mx_sre")])
    assert [order.source for order in found] == ["mx_sre", "us_dhs", "uk_fcdo"]


def test_of_first_crawls_those_with_more_indexes_are_begun_first(database: Database) -> None:
    indexes = {name: len(crawled_sources()[name].discoveries()) for name in ("int_nato", "fi_presidentti")}
    assert indexes == {"int_nato": 1, "fi_presidentti": 3}
    with open_deferrer(database) as deferrer:
        found = deferrer.longest_first([Order(name) for name in indexes])
    assert [order.source for order in found] == ["fi_presidentti", "int_nato"]


def test_backfills_wait_in_the_order_of_what_their_plans_say(database_url: str, tmp_path: Path) -> None:
    place = ("--database", database_url, "--data", tmp_path, "--json")
    window = ("--since", "2017-02-01", "--until", "2017-02-28")
    planned = type_command("backfill", "int_iaea", "eu_commission", *window, "--plan", *place).lines
    seconds = {line["plan"]["source"]: line["plan"]["cost"]["seconds"] for line in planned[:-1]}
    queued = type_command("backfill", "int_iaea", "eu_commission", *window, "--queue", *place).lines
    assert [line["name"] for line in queued] == sorted(seconds, key=lambda name: -seconds[name])
    assert [line["name"] for line in queued] == ["eu_commission", "int_iaea"]


@pytest.mark.parametrize(("words", "linked"), [(["backfill", "mx_sre"], True), (["relink"], False)])
def test_what_a_backfill_brought_is_linked_by_a_job_of_its_own(
    words: list[str], linked: bool, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = Mock()
    ended.process.poll.return_value = ended.process.returncode = 0
    monkeypatch.setattr("scheduler.workers.tasks.Command", lambda *_: ended)
    with open_deferrer(database) as deferrer:
        bench = Bench(Crew(tmp_path, database, None), deferrer)
        context: Any = SimpleNamespace(additional_context={"bench": bench}, job=SimpleNamespace(id=1))
        assert asyncio.run(command(context, words=words)) == {"command": words, "code": 0}
        with database.read() as connection:
            waiting = [job.arguments["words"] for job in queues.jobs(connection, queues.OPEN)]
    assert waiting == ([["link", "run"]] if linked else [])


def test_what_did_not_end_well_is_tried_again_behind_everything_else(database: Database) -> None:
    prepare_queue(database)
    job = make_app(database).configure_task("crawl", priority=10).job
    tries = Tries()

    def decided(error: Exception, attempts: int = 0) -> tuple[float, int | None] | None:
        decision = tries.get_retry_decision(exception=error, job=job.evolve(attempts=attempts))
        if decision is None:
            return None
        wait = (decision.retry_at - datetime.now(UTC)).total_seconds() if decision.retry_at else 0
        return round(wait, -1), decision.priority

    assert decided(Again("ended")) == (0, None)
    assert decided(Again("busy", 60)) == (60, AGAIN)
    assert [decided(WorkFailed("no"), attempts) for attempts in range(3)] == [
        (300, AGAIN),
        (1800, AGAIN),
        None,
    ]
    scheduled = job.evolve(task_kwargs={"order": {"started_by": "schedule"}})
    assert tries.get_retry_decision(exception=WorkFailed("no"), job=scheduled) is None
    assert decided(GivesWay("others"), 1000) == (0, 9)
    assert decided(Again("ended"), 1000) is None


class TestStarter:
    """The service that defers instead of spawning."""

    now = datetime(2017, 3, 1, 12, tzinfo=UTC)
    due = DueCrawl("mx_sre", "2017-03-01T12", now)

    def test_a_due_crawl_is_deferred_for_its_slot_and_its_end_is_learned_once(
        self, database: Database
    ) -> None:
        with open_deferrer(database) as deferrer:
            starter = QueueStarter(database, deferrer)
            room = starter.room()
            run = starter.start(self.due, self.now)
            assert starter.at_work() == {"mx_sre": run}
            assert starter.room() == room - 1
            assert starter.ended(self.now) == []
            with pytest.raises(SlotTaken):
                starter.start(self.due, self.now)
            other = QueueStarter(database, deferrer)
            other.take_over(self.now)
            assert other.at_work() == {"mx_sre": run}
            Ledger(database).open_run(RunRequest("mx_sre", "schedule", run_id=run))
            assert starter.ended(self.now) == []
            Ledger(database).close_run(run, "finished", {})
            for each in (starter, other):
                (ended,) = each.ended(self.now)
                assert (ended.source, ended.run, ended.state) == ("mx_sre", run, "finished")
                assert each.ended(self.now) == []
                assert each.at_work() == {}

    def test_a_crawl_that_waits_already_serves_the_slot(self, database: Database) -> None:
        with open_deferrer(database) as deferrer:
            deferrer.crawl(Order("mx_sre"))
            starter = QueueStarter(database, deferrer)
            starter.start(self.due, self.now)
            (ended,) = starter.ended(self.now)
        assert ended.state == "stopped"
        assert "already" in (ended.error or "")

    def test_a_run_whose_job_is_gone_is_given_up(self, database: Database) -> None:
        now = datetime.now(UTC)
        with open_deferrer(database) as deferrer:
            starter = QueueStarter(database, deferrer)
            run = starter.start(self.due, now)
            with database.write() as connection:
                connection.execute(text(f"SET LOCAL search_path TO {NAMESPACE}"))
                connection.execute(text("DELETE FROM procrastinate_jobs"))
            assert starter.ended(now) == []
            later = datetime.fromtimestamp(now.timestamp() + GRACE + 5, UTC)
            (ended,) = starter.ended(later)
        assert (ended.run, ended.state) == (run, "failed")


def test_a_queue_needs_its_library(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "procrastinate", None)
    with pytest.raises(NoQueue, match=r"'\.\[workers\]'"):
        prepare_queue(database)
