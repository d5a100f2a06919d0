"""When a source is due: its trigger, what a person said, and what the ledger says was done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.declare import DefinitionError, Every
from crawler.frontier import LEDGER_UNREACHABLE, RunRequest
from crawler.source import source_named
from scheduler.plan import Plan, plan_of, schedule_of
from storage import runs
from storage.database import Database
from storage.schedules import EVERY, PAUSED, override, overrides
from storage.slots import MOST_TRIES, give_back, mark_slot
from tests.clock import Clock

SOURCE = source_named("mx_sre")


def plan(database: Database, clock: Clock) -> Plan:
    with database.read() as connection:
        said = overrides(connection).get(SOURCE.name, {})
        return plan_of(schedule_of(SOURCE, said), connection, clock())


def run_of(database: Database, clock: Clock, slot: str | None, state: str | None, **asked: object) -> str:
    request = RunRequest(SOURCE.name, "schedule", **asked)  # type: ignore[arg-type]
    with database.write() as connection:
        run = runs.plan(connection, request, slot, clock())
        if state is not None:
            runs.close(connection, run, state, {}, None, clock())
    return run


def due_slot(database: Database, clock: Clock) -> str:
    due = plan(database, clock).due
    assert due is not None
    return due.slot


def test_a_source_that_never_ran_is_due_now(database: Database, clock: Clock) -> None:
    found = plan(database, clock)
    assert found.due is not None
    assert found.next_at is not None
    assert found.next_at <= clock()


@pytest.mark.parametrize("state", ["finished", "failed"])
def test_a_slot_is_served_by_the_run_that_has_it(database: Database, clock: Clock, state: str) -> None:
    run_of(database, clock, due_slot(database, clock), state)
    found = plan(database, clock)
    assert found.due is None
    assert found.following is not None
    assert found.next_at == found.following.fires_at


def test_of_missed_times_only_the_latest_is_made_up_for(database: Database, clock: Clock) -> None:
    run_of(database, clock, due_slot(database, clock), "finished")
    clock.advance(days=3)
    run_of(database, clock, due_slot(database, clock), "finished")
    assert plan(database, clock).due is None


def test_a_whole_crawl_by_hand_serves_and_part_of_one_does_not(database: Database, clock: Clock) -> None:
    run_of(database, clock, None, "finished", limit=5)
    run_of(database, clock, None, "finished", since=clock().date())
    run_of(database, clock, None, "failed")
    assert plan(database, clock).due is not None
    run_of(database, clock, None, "finished")
    assert plan(database, clock).due is None


def test_while_a_run_is_planned_or_works_nothing_is_due(database: Database, clock: Clock) -> None:
    run_of(database, clock, due_slot(database, clock), None)
    assert plan(database, clock).service.state == "at work"
    clock.advance(days=1)
    with database.write() as connection:
        runs.claim(connection, RunRequest(SOURCE.name), clock())
    assert plan(database, clock).service.state == "at work"


@pytest.mark.parametrize("state", ["killed", "stopped"])
def test_a_run_that_died_or_was_interrupted_gives_its_slot_back(
    database: Database, clock: Clock, state: str
) -> None:
    slot = due_slot(database, clock)
    first = run_of(database, clock, slot, state)
    assert due_slot(database, clock) == slot
    with database.write() as connection:
        give_back(connection, SOURCE.name, slot)
    run_of(database, clock, slot, "finished")
    assert plan(database, clock).due is None
    with database.read() as connection:
        found = runs.find_run(connection, first)
    assert found is not None
    assert found.slot == f"{slot}#{first[:12]}"


def test_a_run_that_lost_its_ledger_is_tried_again(database: Database, clock: Clock) -> None:
    slot = due_slot(database, clock)
    run = run_of(database, clock, slot, None)
    with database.write() as connection:
        runs.close(connection, run, "failed", {}, f"{LEDGER_UNREACHABLE}: OperationalError", clock())
    assert due_slot(database, clock) == slot


def test_a_run_stopped_at_its_limit_keeps_its_slot(database: Database, clock: Clock) -> None:
    run_of(database, clock, due_slot(database, clock), "stopped", limit=5)
    assert plan(database, clock).due is None


def test_tries_wait_longer_and_longer_and_end(database: Database, clock: Clock) -> None:
    due = plan(database, clock).due
    assert due is not None
    clock.now, slot = due.fires_at, due.slot
    waits = []
    for _ in range(MOST_TRIES):
        run = run_of(database, clock, slot, "killed")
        with database.write() as connection:
            mark_slot(connection, run)
        found = plan(database, clock)
        waits.append(found.service.state)
        if found.next_at is not None and found.next_at > clock():
            clock.now = found.next_at
    assert waits == ["none", "waiting", "waiting", "waiting", "given up"]


def test_a_clock_that_was_ahead_keeps_nothing_from_being_due(database: Database, clock: Clock) -> None:
    clock.advance(days=1)
    run_of(database, clock, due_slot(database, clock), "finished")
    clock.advance(days=-1)
    assert plan(database, clock).due is not None


def test_a_paused_source_is_never_due_and_comes_back_once(database: Database, clock: Clock) -> None:
    with database.write() as connection:
        override(connection, SOURCE.name, PAUSED, "yes", "Ana", "redesign", clock())
    found = plan(database, clock)
    assert (found.due, found.next_at) == (None, None)
    assert found.schedule.paused is not None
    assert found.schedule.paused.reason == "redesign"
    with database.write() as connection:
        override(connection, SOURCE.name, PAUSED, None, "Ana", "done", clock())
    assert plan(database, clock).due is not None


def test_a_persons_interval_goes_before_the_definitions(database: Database, clock: Clock) -> None:
    with database.write() as connection:
        override(connection, SOURCE.name, EVERY, "30 6 * * 1-5", "Ana", "weekdays", clock())
    schedule = plan(database, clock).schedule
    assert schedule.every == Every(cron="30 6 * * 1-5")
    firing = schedule.trigger.next(clock())
    assert firing is not None
    assert firing.local.tzinfo == ZoneInfo(SOURCE.timezone)
    with database.write() as connection:
        override(connection, SOURCE.name, EVERY, "whenever", "Ana", "", clock())
    assert plan(database, clock).schedule.every == SOURCE.every


def test_a_definition_says_an_interval_or_a_cron() -> None:
    assert Every(cron="0 9 * * 1-5").interval == timedelta(days=3)
    for wrong in ({"cron": "0 9 * *"}, {"cron": "0 9 * * *", "hours": 1}, {"cron": "0 0 31 2 *"}, {}):
        with pytest.raises(DefinitionError, match="Every"):
            Every(**wrong)


def test_next_is_told_in_utc(database: Database, clock: Clock) -> None:
    clock.now = clock().astimezone(ZoneInfo("America/Mexico_City"))
    found = plan(database, clock)
    assert found.following is not None
    assert found.following.fires_at.utcoffset() == timedelta(0)
    assert found.following.fires_at > datetime(2017, 3, 1, 12, tzinfo=UTC)
