"""Crawls by hand: real child processes on a replica, judged by their runs, ended cleanly."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.frontier import RunRequest
from crawler.replica import Fault, FaultKind, Replica
from crawler.replica.exchange import Request
from crawler.replica.sites import all_sites
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

    (source,) = [
        each for each in type_command("sources", "--json", "--data", data).lines if each["name"] == "mx_segob"
    ]
    started = datetime.fromisoformat(source["last_run"]["started_at"])
    due = datetime.fromisoformat(source["next_due"])
    assert (due - started).total_seconds() == source["every_seconds"]

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


def stored_addresses(data: Path) -> dict[str, int]:
    """Address of every release that is kept, with its revision."""
    return {
        release["url"]: release["revision"]
        for line in type_command("statements", "--json", "--data", data).lines
        for release in line["releases"]
    }


def test_a_window_holds_what_was_posted_in_it_however_late_it_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search of GOV.UK goes by the day of the last change, its documents by that of posting."""
    data = tmp_path / "data"
    with Replica(releases=400, seed=11) as replica:
        for name, value in replica.environment.items():
            monkeypatch.setenv(name, value)
        ours = [each for one in replica.truth for each in one.releases if each.source == "uk_fcdo"]
        since, until = date(2026, 9, 10), date(2026, 9, 28)
        within = {each.url for each in ours if since <= each.posted_on <= until}
        before = {each.url for each in ours if date(2026, 9, 1) <= each.posted_on < since}
        listed = [each for each in ours if each.language == "en"]
        changed = [each for each in listed if each.url in within][::2]
        changed += [each for each in listed if each.url in before][:2]
        for each in changed:
            replica.edit(each.url)
        assert (len(within), len(before), len(changed)) == (10, 3, 6)

        window = ("--since", since, "--until", until)
        crawled = type_command("crawl", "uk_fcdo", *window, "--data", data, "--json")
        assert crawled.code == 0, crawled.err
        assert set(stored_addresses(data)) == within
        later = sum(each.posted_on > until for each in ours)
        assert reasons(data) == {"outside the window": later + 2}

        # The same again changes nothing.
        kept = contents(data)
        assert type_command("crawl", "uk_fcdo", *window, "--data", data).code == 0
        assert contents(data) == kept

        # An earlier window gets what was passed over for it, and is not led astray by what it knows.
        asked = len(replica.log)
        earlier = ("--since", "2026-09-01", "--until", since - timedelta(days=1))
        crawled = type_command("crawl", "uk_fcdo", *earlier, "--data", data, "--json")
        assert crawled.lines[0]["counts"]["stored"] == len(before)
        documents = [each for each in replica.log[asked:] if "/api/content/" in each.path]
        assert len(documents) == len(before)
        assert set(stored_addresses(data)) == within | before

        # Without a window everything since the earliest one is wanted.
        assert type_command("crawl", "uk_fcdo", "--data", data).code == 0
        recent = {each.url for each in ours if each.posted_on >= date(2026, 9, 1)}
        assert set(stored_addresses(data)) == recent
        assert reasons(data) == {}

        # What is kept and was changed is read again, whatever the window.
        replica.edit(listed[0].url)
        assert type_command("crawl", "uk_fcdo", *earlier, "--data", data).code == 0
        assert stored_addresses(data)[listed[0].url] == 2

        # Asked again with a window, only what was posted in it is asked for.
        asked = len(replica.log)
        assert type_command("crawl", "uk_fcdo", "--again", *earlier, "--data", data).code == 0
        documents = [each for each in replica.log[asked:] if "/api/content/" in each.path]
        assert len(documents) == len(before)


def test_counted_pages_that_were_taken_in_from_files_are_not_asked_for_again(
    served: Replica, tmp_path: Path
) -> None:
    data, saved = tmp_path / "data", tmp_path / "saved"
    saved.mkdir()
    site = all_sites(served.world, 6_000)["mexidata.info"]
    numbers = sorted(
        int(str(each.key).removeprefix("id"))
        for one in served.truth
        for each in one.releases
        if each.source == "mexidata"
    )
    taken, pages = [], {}
    for number in range(numbers[0], numbers[-1] + 1):
        head = f"GET /id{number}.html HTTP/1.1\r\nHost: mexidata.info".encode()
        answer = site.answer(Request.parse(head, False), None)
        if answer.status == 200:
            pages[number] = answer.body
    # The first releases, and the columns between them.
    for number in list(pages)[:4]:
        (saved / f"id{number}.html").write_bytes(pages[number])
        taken.append(number)
        url = f"http://mexidata.info/id{number}.html"
        path = saved / f"id{number}.html"
        assert type_command("ingest", path, "--url", url, "--data", data).code == 0
    asked = len(served.log)
    crawled = type_command("crawl", "mexidata", "--data", data, "--json")
    assert crawled.code == 0, crawled.err
    paths = [each.path for each in served.log[asked:]]
    assert not [number for number in taken if f"/id{number}.html" in paths]
    assert [number for number in pages if f"/id{number}.html" in paths] == list(pages)[4:]
    assert len(stored_addresses(data)) == len(numbers)


def reasons(data: Path) -> dict[str, int]:
    """Why addresses were skipped, and how many for each reason."""
    with closing(sqlite3.connect(data / "communique.db")) as connection:
        query = "select reason, count(*) from addresses where state = 'skipped' group by reason"
        return dict(connection.execute(query).fetchall())


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


def test_edits_and_withdrawals_that_no_index_tells_are_seen_when_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    with Replica(releases=60, seed=7) as replica:
        for name, value in replica.environment.items():
            monkeypatch.setenv(name, value)
        ours = [each for one in replica.truth for each in one.releases if each.source == "us_dhs"]
        assert type_command("crawl", "us_dhs", "--data", data).code == 0
        replica.edit(ours[0].url)
        replica.withdraw(ours[1].url)

        plain = type_command("crawl", "us_dhs", "--data", data, "--json")
        assert plain.lines[0]["counts"] == {"discovered": 0}

        days = {"--since": min(ours[0].posted_on, ours[1].posted_on), "--until": ours[0].posted_on}
        asked = [each for each in ours if days["--since"] <= each.posted_on <= days["--until"]]
        window = [str(word) for pair in days.items() for word in pair]
        again = type_command("crawl", "us_dhs", "--again", *window, "--data", data, "--json")
        assert again.code == 0, again.err
        counts = again.lines[0]["counts"]
        assert (counts["revised"], counts["gone"]) == (1, 1)
        # This site lets us ask whether anything changed; what did not is not sent.
        assert counts.get("not_modified", 0) == len(asked) - 2

        edited = shown_at(data, ours[0].url)
        assert edited["revision"] == 2
        assert type_command("status", "--json", "--data", data).lines[0]["addresses"]["gone"] == 1

        withdrawn = shown_at(data, ours[1].url)
        assert withdrawn["address_state"] == "gone"
        # What the crawler found is not what the publisher says.
        assert withdrawn["withdrawn"] is None
        since = datetime.fromisoformat(withdrawn["gone_since"])
        assert since > datetime.fromisoformat(withdrawn["captured_at"])
        told = type_command("show", ours[1].url, "--data", data)
        assert f"the site has no such page since {since:%Y-%m-%d}" in " ".join(told.out.split())
        assert "no such page" not in type_command("show", ours[0].url, "--data", data).out

        # Still gone at the next visit: since the first one.
        assert type_command("crawl", "us_dhs", "--again", *window, "--data", data).code == 0
        assert shown_at(data, ours[1].url)["gone_since"] == withdrawn["gone_since"]

        # The page comes back.
        replica.world.withdrawals.clear()
        assert type_command("crawl", "us_dhs", "--again", *window, "--data", data).code == 0
        back = shown_at(data, ours[1].url)
        assert (back["address_state"], back["gone_since"]) == ("stored", None)


def shown_at(data: Path, url: str) -> dict[str, Any]:
    """The release at an address, as `statements --json` shows it."""
    (found,) = [
        release
        for line in type_command("statements", "--json", "--data", data).lines
        for release in line["releases"]
        if release["url"] == url
    ]
    return dict(found)


def test_pages_in_a_layout_that_no_rule_knows_are_told(served: Replica, tmp_path: Path) -> None:
    data = tmp_path / "data"
    served.faults.add("old-layout@www.dhs.gov:^/news/20")
    number = true_number(served, "us_dhs")
    crawled = type_command("crawl", "us_dhs", "--data", data)
    assert crawled.code == 0
    assert f"us_dhs: finished: {number} new, {number} read without rules" in crawled.err
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
        ("import os; os.kill(os.getpid(), 9)", "(signal SIGKILL)"),
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
