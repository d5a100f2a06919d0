"""Crawls by hand: real child processes on a replica, judged by their runs, ended cleanly."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.frontier import RunRequest
from crawler.replica import Fault, FaultKind, Replica
from scheduler.crawl import Child, Crew, Ending, Order, Progress, Report, crawl
from scheduler.verbs.crawling import exit_code
from storage.runs import find_run, find_runs
from storage.store import SqlStore, open_store
from tests.scheduler.commands import contents, type_command

GOB_MX = "www.gob.mx"


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(releases=60, seed=11) as running:
        yield running


@pytest.fixture
def served(replica: Replica, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replica]:
    """The replica, with the environment of this test leading to it."""
    for name, value in replica.environment.items():
        monkeypatch.setenv(name, value)
    yield replica
    replica.faults.clear()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store({"COMMUNIQUE_DATA": str(tmp_path / "data"), "COMMUNIQUE_DATABASE": ""})
    yield opened
    opened.close()


@pytest.fixture
def crew(store: SqlStore) -> Crew:
    return Crew(store.data, store.database, None, pause=0.05)


def nobody_watches(crawls: Sequence[Progress]) -> None:
    """Not interested."""


def true_number(replica: Replica, source: str) -> int:
    return sum(each.source == source for statement in replica.truth for each in statement.releases)


def test_a_source_is_crawled_by_a_child_and_judged_by_its_run(served: Replica, tmp_path: Path) -> None:
    data = tmp_path / "data"
    crawled = type_command("crawl", "mx_segob", "--data", data, "--json")
    assert crawled.code == 0, crawled.err
    (line,) = crawled.lines
    expected = true_number(served, "mx_segob")
    assert (line["source"], line["ending"]) == ("mx_segob", "finished")
    assert line["counts"]["stored"] == expected
    assert Path(line["log"]) == data / "logs" / f"mx_segob-{line['run']}.log"
    assert Path(line["log"]).exists()
    (run,) = type_command("runs", "--json", "--data", data).lines
    assert (run["id"], run["state"], run["started_by"]) == (line["run"], "finished", "person")
    assert run["complete"]
    assert run["counts"]["listed"] == run["counts"]["discovered"] == run["counts"]["fetched"] == expected
    assert run["counts"]["listed_known"] == 0
    assert run["requests_per_release"] > 1, "indexes are asked for too"
    assert run["definition_digest"].startswith("sha256:")
    (in_full,) = type_command("runs", run["id"], "--json", "--data", data).lines
    assert type_command("runs", run["source"], "--json", "--data", data).lines == [run]
    assert in_full["walks"]
    assert all(walk["complete"] for walk in in_full["walks"])
    assert run["id"] in type_command("runs", run["id"], "--data", data).out

    (source,) = [
        each for each in type_command("sources", "--json", "--data", data).lines if each["name"] == "mx_segob"
    ]
    started = datetime.fromisoformat(source["last_run"]["started_at"])
    due = datetime.fromisoformat(source["next_due"])
    assert timedelta(0) < due - started <= timedelta(seconds=source["every_seconds"], hours=1)

    before = contents(data)
    again = type_command("crawl", "mx_segob", "--data", data)
    assert again.code == 0
    assert "nothing new" in again.out
    assert contents(data) == before


def test_a_limit_is_no_failure_and_the_rest_comes_later(served: Replica, tmp_path: Path) -> None:
    data = tmp_path / "data"
    expected = true_number(served, "mx_sre")
    first = type_command("crawl", "mx_sre", "--limit", "3", "--data", data, "--json")
    assert first.code == 0, first.err
    assert first.lines[0]["ending"] == "stopped at the limit"
    assert first.lines[0]["counts"]["stored"] == 3
    rest = type_command("crawl", "mx_sre", "--data", data, "--json")
    assert rest.lines[0]["counts"]["stored"] == expected - 3


def test_a_window_names_the_days_when_a_site_posted(served: Replica, tmp_path: Path) -> None:
    days = sorted(
        each.posted_on for statement in served.truth for each in statement.releases if each.source == "us_dhs"
    )
    since = days[len(days) // 2]
    data = tmp_path / "data"
    crawled = type_command("crawl", "us_dhs", "--since", since, "--data", data, "--json")
    assert crawled.code == 0, crawled.err
    assert crawled.lines[0]["counts"]["stored"] == sum(day >= since for day in days)


def test_one_source_that_fails_does_not_hide_that_another_finished(served: Replica, tmp_path: Path) -> None:
    served.faults.add(Fault(FaultKind.EMPTY_LISTING, "www.dhs.gov"))
    crawled = type_command("crawl", "us_dhs", "mx_shcp", "--data", tmp_path / "data")
    assert crawled.code == 1
    assert "us_dhs: " in crawled.err
    assert f"log: {tmp_path / 'data' / 'logs'}/us_dhs-" in crawled.err
    assert "failed" in crawled.out
    assert "finished" in crawled.out


def test_a_crawl_says_what_still_waits_for_another_try(served: Replica, tmp_path: Path) -> None:
    data = tmp_path / "data"
    served.faults.add("truncated@www.dhs.gov:^/news/20")
    first = type_command("crawl", "us_dhs", "--data", data, "--json")
    assert first.code == 1
    number = true_number(served, "us_dhs")
    assert first.lines[0]["waiting"] == number
    served.faults.clear()
    again = type_command("crawl", "us_dhs", "--data", data)
    assert again.code == 0
    assert f"nothing new; {number} wait for another try" in again.err


def test_pages_in_a_layout_that_no_rule_knows_are_held_back_and_told(served: Replica, tmp_path: Path) -> None:
    data = tmp_path / "data"
    served.faults.add("old-layout@www.dhs.gov:^/news/20")
    number = true_number(served, "us_dhs")
    crawled = type_command("crawl", "us_dhs", "--data", data)
    assert crawled.code == 0
    assert f"us_dhs: finished: {number} held, {number} read without rules" in crawled.err
    shown = type_command("status", "--data", data)
    assert f"last run read {number} pages without the source's rules" in " ".join(shown.err.split())


def test_a_source_that_another_run_has_is_left_to_it(
    served: Replica, tmp_path: Path, store: SqlStore
) -> None:
    run = store.frontier.open_run(RunRequest("mx_segob"))
    crawled = type_command("crawl", "mx_segob", "--data", store.data)
    assert crawled.code == 4
    assert f"mx_segob is being crawled by run {run}" in crawled.err
    with store.database.read() as connection:
        mine = find_run(connection, run)
    assert mine is not None
    assert mine.state == "running"
    store.frontier.close_run(run, "finished", {})


class Puppet:
    """Lets a small script stand in for the child process of a crawl."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
        monkeypatch.setattr(Child, "_command", lambda child: [sys.executable, "-c", script])


CLAIMS = """
import os, signal, sys, time
from crawler.frontier import RunRequest
from storage.store import open_store
store = open_store({"COMMUNIQUE_DATA": os.environ["COMMUNIQUE_DATA"]})
with store.database.read() as connection:
    from storage.runs import find_runs
    (planned,) = [run for run in find_runs(connection) if run.state == "planned"]
store.frontier.open_run(RunRequest(planned.source, run_id=planned.id))
"""
DEAF = CLAIMS + "signal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('ready', flush=True)\ntime.sleep(600)\n"
OBEDIENT = CLAIMS + (
    "def stop(number, frame):\n"
    "    store.frontier.close_run(planned.id, 'stopped', {}, 'interrupted'); sys.exit(3)\n"
    "signal.signal(signal.SIGINT, stop)\nprint('ready', flush=True)\ntime.sleep(600)\n"
)


class AtTheTerminal:
    """Presses Ctrl-C when the child is ready, and `times` times in all, once at each state."""

    def __init__(self, crew: Crew, times: int) -> None:
        self._crew = crew
        self._left = times
        self.states: list[str] = []

    def __call__(self, crawls: Sequence[Progress]) -> None:
        state = crawls[0].state
        if not self.states or self.states[-1] != state:
            self.states.append(state)
        ready = any("ready" in log.read_text() for log in self._crew.data.glob("logs/*.log"))
        pressed = len([each for each in self.states if each == "stopping"])
        if ready and self._left and state == ("stopping" if pressed else "running"):
            self._left -= 1
            os.kill(os.getpid(), signal.SIGINT)


def ended(report: Report, crew: Crew) -> str:
    """The state of a report's run in the database."""
    with crew.database.read() as connection:
        run = find_run(connection, report.run)
    assert run is not None
    return run.state


def test_ctrl_c_lets_children_end_cleanly_and_begins_no_more(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    Puppet(monkeypatch, OBEDIENT)
    orders = [Order("mx_sre"), Order("mx_shcp")]
    terminal = AtTheTerminal(crew, times=1)
    reports = crawl(orders, Crew(crew.data, crew.database, None, jobs=1, pause=0.05), terminal)
    assert [(each.source, each.ending) for each in reports] == [("mx_sre", Ending.INTERRUPTED)]
    assert ended(reports[0], crew) == "stopped"
    assert terminal.states == ["running", "stopping", "interrupted"]
    assert exit_code(len(orders), reports) == 3
    with crew.database.read() as connection:
        assert [run.source for run in find_runs(connection)] == ["mx_sre"]


def test_a_child_that_is_interrupted_before_its_run_begins_has_not_failed(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    Puppet(monkeypatch, "import time\nprint('ready', flush=True)\ntime.sleep(600)")
    (only,) = crawl([Order("mx_sre")], crew, AtTheTerminal(crew, times=1))
    assert only.ending is Ending.INTERRUPTED
    assert ended(only, crew) == "stopped"


def test_a_second_ctrl_c_kills_and_the_run_is_marked_as_killed(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    Puppet(monkeypatch, DEAF)
    reports = crawl([Order("mx_sre")], crew, AtTheTerminal(crew, times=2))
    assert [each.ending for each in reports] == [Ending.INTERRUPTED]
    assert ended(reports[0], crew) == "killed"
    assert exit_code(1, reports) == 3


def test_ctrl_c_at_the_terminal_works_again_after_a_crawl(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    Puppet(monkeypatch, OBEDIENT)
    before = signal.getsignal(signal.SIGINT)
    crawl([Order("mx_sre")], crew, AtTheTerminal(crew, times=1))
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("pass", "ended before its run began (exit code 0)"),
        ("raise SystemExit('no such module')", "(exit code 1): no such module"),
        ("import os; os.kill(os.getpid(), 9)", "(signal 9, SIGKILL)"),
        (CLAIMS, "ended without closing its run (exit code 0)"),
        (CLAIMS + "os._exit(0)", "ended without closing its run (exit code 0)"),
    ],
)
def test_an_exit_code_alone_is_no_success(
    crew: Crew, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    Puppet(monkeypatch, script)
    (report,) = crawl([Order("mx_sre")], crew, nobody_watches)
    assert report.ending is Ending.FAILED
    assert report.error is not None
    assert words in report.error
    assert ended(report, crew) in ("failed", "killed")
    assert exit_code(1, [report]) == 1


def test_a_source_whose_child_died_can_be_crawled_at_once(
    served: Replica, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        Puppet(patched, CLAIMS + "os._exit(0)")
        crawl([Order("mx_shcp")], crew, nobody_watches)
    (report,) = crawl([Order("mx_shcp")], crew, nobody_watches)
    assert report.ending is Ending.FINISHED, report.error
    assert report.counts["stored"] == true_number(served, "mx_shcp")


def test_progress_is_told_from_the_ledger(served: Replica, crew: Crew) -> None:
    told: list[Progress] = []
    crawl([Order("us_state")], crew, lambda crawls: told.append(crawls[0]))
    expected = true_number(served, "us_state")
    assert told[0].state == "running"
    assert (told[-1].known, told[-1].open, told[-1].state) == (expected, 0, "finished")
    assert [each.known for each in told] == sorted(each.known for each in told)


def report(ending: Ending) -> Report:
    return Report("mx_sre", "1", ending, {}, None, Path("log"), datetime.now(UTC), datetime.now(UTC))


@pytest.mark.parametrize(
    ("endings", "ordered", "code"),
    [
        ((Ending.FINISHED, Ending.LIMIT), 2, 0),
        ((Ending.FINISHED, Ending.FAILED), 2, 1),
        ((Ending.BUSY, Ending.FINISHED), 2, 4),
        ((Ending.BUSY, Ending.FAILED), 2, 1),
        ((Ending.INTERRUPTED, Ending.FAILED), 2, 3),
        ((Ending.FINISHED,), 2, 3),
    ],
)
def test_exit_codes_mean_something(endings: tuple[Ending, ...], ordered: int, code: int) -> None:
    assert exit_code(ordered, [report(each) for each in endings]) == code
