"""One process crawls a source at a time; a dead one is found out and replaced."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from crawler.frontier import RunInProgress, RunRequest
from storage import processes
from storage.database import Database
from storage.ledger import Ledger
from storage.processes import Process, is_alive, start_of, this_process
from storage.runs import RunTakenOver, RunView, SlotTaken, find_run, find_runs
from storage.tables import RunRow, SourceRow
from tests.clock import Clock

REQUEST = RunRequest("mx_sre", since=date(2017, 2, 20), limit=10, definition_digest="sha256:d")


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, clock)


def shown(database: Database, run: str) -> RunView:
    with database.read() as connection:
        view = find_run(connection, run)
    assert view is not None
    return view


def pretend(database: Database, run: str, **values: object) -> None:
    """As if another process had opened the run."""
    with database.write() as connection:
        connection.execute(update(RunRow).where(RunRow.id == run).values(values))


@contextmanager
def another_process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        try:
            yield child
        finally:
            child.kill()


def test_a_run_tells_who_does_what_since_when(ledger: Ledger, database: Database, clock: Clock) -> None:
    run = ledger.open_run(REQUEST)
    view = shown(database, run)
    assert (view.source, view.state, view.since, view.until, view.limit) == (
        "mx_sre",
        "running",
        date(2017, 2, 20),
        None,
        10,
    )
    assert (view.process, view.started_at, view.started_by) == (os.getpid(), clock(), "person")
    with database.read() as connection:
        (source,) = connection.execute(select(SourceRow))
    assert (source.name, source.first_run_at, source.definition_digest) == ("mx_sre", clock(), "sha256:d")


def test_a_source_is_crawled_by_one_run_at_a_time(ledger: Ledger, clock: Clock) -> None:
    run = ledger.open_run(REQUEST)
    clock.advance(days=2)  # silent for long, but its process is there
    message = rf"run {run}, process {os.getpid()} on \S+, since 2017-03-01 12:00:00 UTC"
    with pytest.raises(RunInProgress, match=message):
        ledger.open_run(REQUEST)
    other = ledger.open_run(RunRequest("mx_segob"))
    ledger.close_run(run, "finished", {})
    assert ledger.open_run(REQUEST) not in (run, other)


def test_counts_and_stats_of_a_run_are_kept(ledger: Ledger, database: Database, clock: Clock) -> None:
    run = ledger.open_run(REQUEST)
    ledger.beat(run, {"fetched": 3})
    clock.advance(minutes=1)
    ledger.beat(run, {"fetched": 5, "stored": 4})
    assert (shown(database, run).beat_at, shown(database, run).counts) == (
        clock(),
        {"fetched": 5, "stored": 4},
    )
    ledger.close_run(run, "failed", {"start_time": clock(), "downloads": 7, "odd": {1}}, "no index answered")
    view = shown(database, run)
    assert (view.state, view.ended_at, view.error) == ("failed", clock(), "no index answered")
    assert view.counts == {"fetched": 5, "stored": 4}
    assert view.stats == {"start_time": clock().isoformat(), "downloads": 7, "odd": "{1}"}


def test_a_run_that_ended_stays_as_it_ended(ledger: Ledger, database: Database, clock: Clock) -> None:
    run = ledger.open_run(REQUEST)
    ledger.close_run(run, "stopped", {})
    clock.advance(minutes=1)
    ledger.close_run(run, "failed", {}, "too late")
    view = shown(database, run)
    assert (view.state, view.error, view.ended_at) == ("stopped", None, clock() - timedelta(minutes=1))


def test_mistakes_in_closing_are_named(ledger: Ledger) -> None:
    run = ledger.open_run(REQUEST)
    with pytest.raises(ValueError, match="not 'done'"):
        ledger.close_run(run, "done", {})
    with pytest.raises(LookupError, match="no run 'other'"):
        ledger.close_run("other", "finished", {})
    with pytest.raises(LookupError, match="no run 'other'"):
        ledger.beat("other", {})


def test_a_run_whose_process_was_killed_is_taken_over(
    ledger: Ledger, database: Database, clock: Clock
) -> None:
    run = ledger.open_run(REQUEST)
    with another_process() as child:
        pretend(database, run, process=child.pid, process_started=start_of(child.pid))
        with pytest.raises(RunInProgress, match=f"process {child.pid}"):
            ledger.open_run(REQUEST)
        assert not shown(database, run).is_lost(clock())
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        # Dead, and not even buried: a zombie counts as dead.
        assert shown(database, run).is_lost(clock())
        clock.advance(seconds=1)
        successor = ledger.open_run(REQUEST)
    killed = shown(database, run)
    assert not killed.is_lost(clock())
    assert (killed.state, killed.ended_at) == ("killed", clock() - timedelta(seconds=1))
    assert shown(database, successor).state == "running"


def test_a_recycled_process_number_is_not_taken_for_the_run(ledger: Ledger, database: Database) -> None:
    run = ledger.open_run(REQUEST)
    with another_process() as child:
        pretend(database, run, process=child.pid, process_started="another boot:12345")
        assert ledger.open_run(REQUEST) != run


def test_a_run_on_another_machine_is_believed_while_it_gives_signs_of_life(
    ledger: Ledger, database: Database, clock: Clock
) -> None:
    run = ledger.open_run(REQUEST)
    pretend(database, run, host="elsewhere.example", process=1)
    clock.advance(minutes=9)
    with pytest.raises(RunInProgress, match=r"on elsewhere\.example"):
        ledger.open_run(REQUEST)
    ledger.beat(run, {})
    clock.advance(minutes=9)
    with pytest.raises(RunInProgress):
        ledger.open_run(REQUEST)
    clock.advance(minutes=1)
    ledger.open_run(REQUEST)


def test_a_run_that_was_replaced_is_told_so(ledger: Ledger, database: Database, clock: Clock) -> None:
    run = ledger.open_run(REQUEST)
    pretend(database, run, host="elsewhere.example")
    clock.advance(minutes=11)
    successor = ledger.open_run(REQUEST)
    with pytest.raises(RunTakenOver, match="Stop this process"):
        ledger.beat(run, {})
    with pytest.raises(RunInProgress):
        ledger.close_run(run, "finished", {})
    assert shown(database, run).state == "killed"
    assert shown(database, successor).state == "running"


def test_a_planned_run_is_adopted_by_the_process_that_names_it(
    ledger: Ledger, database: Database, clock: Clock
) -> None:
    planned = ledger.plan_run(replace(REQUEST, started_by="schedule"))
    assert shown(database, planned).state == "planned"
    clock.advance(seconds=3)
    assert ledger.open_run(replace(REQUEST, run_id=planned)) == planned
    view = shown(database, planned)
    assert (view.state, view.started_by, view.started_at) == ("running", "schedule", clock())
    ledger.close_run(planned, "finished", {})
    with pytest.raises(ValueError, match="a run starts once"):
        ledger.open_run(replace(REQUEST, run_id=planned))


def test_a_planned_run_that_finds_the_source_taken_has_failed(ledger: Ledger, database: Database) -> None:
    ledger.open_run(REQUEST)
    planned = ledger.plan_run(REQUEST)
    with pytest.raises(RunInProgress):
        ledger.open_run(replace(REQUEST, run_id=planned))
    view = shown(database, planned)
    assert view.state == "failed"
    assert "is being crawled by run" in (view.error or "")


def test_a_run_may_bring_its_own_id(ledger: Ledger, database: Database) -> None:
    assert ledger.open_run(replace(REQUEST, run_id="0123456789abcdef")) == "0123456789abcdef"
    assert shown(database, "0123456789abcdef").state == "running"


def test_a_scheduled_time_is_served_once(ledger: Ledger) -> None:
    run = ledger.plan_run(REQUEST, slot="2017-03-01T12:00:00Z")
    with pytest.raises(SlotTaken, match=run):
        ledger.plan_run(REQUEST, slot="2017-03-01T12:00:00Z")
    ledger.plan_run(RunRequest("mx_segob"), slot="2017-03-01T12:00:00Z")
    ledger.plan_run(REQUEST, slot="2017-03-01T13:00:00Z")


def test_runs_are_listed_with_the_latest_first(ledger: Ledger, database: Database, clock: Clock) -> None:
    runs = []
    for source in ("mx_sre", "mx_segob", "mx_sre"):
        runs.append(ledger.open_run(RunRequest(source)))
        ledger.close_run(runs[-1], "finished", {})
        clock.advance(hours=1)
    with database.read() as connection:
        assert [each.id for each in find_runs(connection)] == runs[::-1]
        assert [each.id for each in find_runs(connection, "mx_sre")] == [runs[2], runs[0]]
        assert [each.id for each in find_runs(connection, limit=1)] == [runs[2]]
        assert find_run(connection, "unknown") is None


def test_this_process_is_alive_and_one_that_never_was_is_not(clock: Clock) -> None:
    me = this_process()
    assert is_alive(me, clock(), clock())
    assert not is_alive(replace(me, number=2**22 + 1), clock(), clock())
    assert is_alive(Process(me.host, me.number, None), clock(), clock())


def test_without_proc_the_system_is_asked_with_a_signal(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(processes, "_PROC", processes._PROC / "nowhere")
    assert start_of(os.getpid()) is None
    me = this_process()
    assert is_alive(me, clock(), clock())
    assert not is_alive(replace(me, number=2**22 + 1), clock(), clock())


def test_failures_are_told_by_kind_apart_from_the_counts(ledger: Ledger, database: Database) -> None:
    run = ledger.open_run(REQUEST)
    counts = {"stored": 8, "failed": 3, "failed/http status": 2, "failed/network": 1, "broken/challenge": 1}
    counts |= {"requests": 20, "status/200": 17, "status/500": 2}
    ledger.beat(run, counts)
    stats = {"first_error": "a: status 500", "last_error": "c: no connection"}
    ledger.close_run(run, "failed", stats, "challenge: gone")
    view = shown(database, run)
    assert view.counts == {"stored": 8, "failed": 3, "requests": 20}
    assert view.failures == {"http status": 2, "network": 1}
    assert view.broken == {"challenge": 1}
    assert (view.first_error, view.last_error) == ("a: status 500", "c: no connection")
    assert view.statuses == {"200": 17, "500": 2}
    assert view.requests_per_release == 2.5


@pytest.mark.parametrize("state", ["stopped", "failed", "killed"])
def test_a_run_that_stopped_half_way_never_looks_complete(
    ledger: Ledger, database: Database, state: str
) -> None:
    run = ledger.open_run(REQUEST)
    ledger.beat(run, {"discovered": 3, "stored": 3})
    assert not shown(database, run).is_complete
    ledger.close_run(run, state, {})
    assert not shown(database, run).is_complete
