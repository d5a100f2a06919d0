"""What later runs do: other windows, next tries, edits and withdrawals, pages that came from files."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.items import FailureKind
from crawler.replica import Fault, FaultKind, Replica
from crawler.replica.exchange import Request
from crawler.replica.sites import all_sites
from scheduler.health.evidence import GOOD
from scheduler.health.gather import judge_sources
from storage.clock import clock_of
from storage.database import Database, default_url
from tests.scheduler.commands import contents, type_command


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


def stored_addresses(data: Path) -> dict[str, int]:
    """Address of every release that is kept, with its revision."""
    return {
        release["url"]: release["revision"]
        for line in type_command("statements", "--json", "--data", data).lines
        for release in line["releases"]
    }


def shown_at(data: Path, url: str) -> dict[str, Any]:
    """The release at an address, as `statements --json` shows it."""
    (found,) = [
        release
        for line in type_command("statements", "--json", "--data", data).lines
        for release in line["releases"]
        if release["url"] == url
    ]
    return dict(found)


def reasons(data: Path) -> dict[str, int]:
    """Why addresses were skipped, and how many for each reason."""
    with closing(sqlite3.connect(data / "communique.db")) as connection:
        query = "select reason, count(*) from addresses where state = 'skipped' group by reason"
        return dict(connection.execute(query).fetchall())


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


def test_a_site_that_works_is_not_called_broken_by_a_first_or_by_a_later_crawl(
    served: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One source for each way of finding releases; numbers without a page are no failures of a mirror."""
    data, clock = tmp_path / "data", tmp_path / "now"
    monkeypatch.setenv("COMMUNIQUE_CLOCK", str(clock))
    sources = ("mexidata", "mx_sre", "us_state", "uk_fcdo", "ca_gac")
    for day in (1, 2, 3):
        clock.write_text((datetime(2026, 10, 30, 12, tzinfo=UTC) + timedelta(days=day)).isoformat())
        assert type_command("crawl", *sources, "--data", data).code == 0
        with closing(Database(default_url(data))) as database, database.read() as connection:
            found = judge_sources(connection, clock_of(str(clock))(), sources)
        broken = {name: each.reason for name, each in found.items() if each.health not in GOOD}
        assert broken == {}
        assert len(found) == len(sources)


def move_the_clock(data: Path, by: timedelta) -> None:
    """As if so much time had passed for the ledger: its next tries come nearer."""
    with closing(sqlite3.connect(data / "communique.db")) as connection, connection:
        waiting = connection.execute("select id, next_try_at from addresses where next_try_at is not null")
        for address, next_try in waiting.fetchall():
            moved = (datetime.fromisoformat(next_try) - by).isoformat(" ", "microseconds")
            connection.execute("update addresses set next_try_at = ? where id = ?", (moved, address))


def waits(data: Path) -> list[tuple[str, timedelta]]:
    """Why addresses failed, and how long from now until each is tried again."""
    with closing(sqlite3.connect(data / "communique.db")) as connection:
        rows = connection.execute("select failure, next_try_at from addresses where state = 'failed'")
        now = datetime.now(UTC).replace(tzinfo=None)
        return [(failure, datetime.fromisoformat(next_try) - now) for failure, next_try in rows]


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (FaultKind.TRUNCATED, FailureKind.NETWORK),
        (FaultKind.REDIRECT_LOOP, FailureKind.HTTP),
        (FaultKind.SOFT_404, FailureKind.SOFT_404),
    ],
)
def test_what_failed_for_a_while_is_complete_after_the_next_try(
    served: Replica, tmp_path: Path, fault: FaultKind, failure: FailureKind
) -> None:
    data = tmp_path / "data"
    ours = [each for one in served.truth for each in one.releases if each.source == "us_dhs"]
    struck = ours[1::3]
    assert struck
    slugs = "|".join(re.escape(each.url.rpartition("/")[2]) for each in struck)
    served.faults.add(Fault(fault, "www.dhs.gov", f"/(?:{slugs})$"))
    first = type_command("crawl", "us_dhs", "--data", data, "--json")
    assert first.lines[0]["counts"]["stored"] == len(ours) - len(struck)
    assert first.lines[0]["waiting"] == len(struck)
    told = waits(data)
    assert [each for each, _ in told] == [failure.value] * len(struck)
    # The next try comes after five minutes, spread by a quarter more.
    assert all(timedelta(minutes=3) < wait <= timedelta(minutes=6.25) for _, wait in told)

    served.faults.clear()
    too_soon = type_command("crawl", "us_dhs", "--data", data)
    assert f"{len(struck)} wait for another try" in too_soon.err
    assert set(stored_addresses(data)) == {each.url for each in ours} - {each.url for each in struck}

    move_the_clock(data, timedelta(minutes=6.25))
    rest = type_command("crawl", "us_dhs", "--data", data, "--json")
    assert rest.lines[0]["counts"]["stored"] == len(struck)
    assert set(stored_addresses(data)) == {each.url for each in ours}
    assert waits(data) == []


def a_day_passes(data: Path) -> None:
    """As if all that was seen of missing pages had been seen a day earlier."""
    with closing(sqlite3.connect(data / "communique.db")) as connection, connection:
        for number, *moments in connection.execute("select id, first_at, last_at from absences").fetchall():
            first, last = (
                (datetime.fromisoformat(each) - timedelta(days=1)).isoformat(" ", "microseconds")
                for each in moments
            )
            change = "update absences set first_at = ?, last_at = ? where id = ?"
            connection.execute(change, (first, last, number))


def kinds_of_changes(data: Path) -> list[str]:
    """What `changes` tells."""
    return sorted(line["kind"] for line in type_command("changes", "--json", "--data", data).lines)


def test_edits_and_withdrawals_that_no_index_tells_are_seen_when_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    with Replica(releases=60, seed=7) as replica:
        for name, value in replica.environment.items():
            monkeypatch.setenv(name, value)
        ours = [each for one in replica.truth for each in one.releases if each.source == "us_dhs"]
        crawled = type_command("crawl", "us_dhs", "--data", data)
        assert crawled.code == 0, crawled.err
        replica.edit(ours[0].url)
        replica.withdraw(ours[1].url)

        plain = type_command("crawl", "us_dhs", "--data", data, "--json")
        counts = plain.lines[0]["counts"]
        assert counts == {"discovered": 0, "listed": 11, "listed_known": 11, "requests": counts["requests"]}

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
        (edit,) = type_command("changes", "--json", "--data", data).lines
        assert (edit["kind"], edit["url"]) == ("edited", ours[0].url)
        assert edit["difference"]["sentences"]

        # Once missing is not gone: it takes days, several answers, and other pages that answer meanwhile.
        missing = shown_at(data, ours[1].url)
        assert (missing["address_state"], missing["gone_since"]) == ("stored", None)
        for _ in range(3):
            a_day_passes(data)
            assert type_command("crawl", "us_dhs", "--again", *window, "--data", data).code == 0
        assert type_command("status", "--json", "--data", data).lines[0]["addresses"]["gone"] == 1
        withdrawn = shown_at(data, ours[1].url)
        assert withdrawn["address_state"] == "gone"
        # What the crawler found is not what the publisher says.
        assert withdrawn["withdrawn"] is None
        since = datetime.fromisoformat(withdrawn["gone_since"])
        told = type_command("show", ours[1].url, "--data", data)
        assert f"the site has no such page since {since:%Y-%m-%d}" in " ".join(told.out.split())
        assert "no such page" not in type_command("show", ours[0].url, "--data", data).out
        assert kinds_of_changes(data) == ["edited", "gone"]

        # Still gone at the next visit: since the first one.
        assert type_command("crawl", "us_dhs", "--again", *window, "--data", data).code == 0
        assert shown_at(data, ours[1].url)["gone_since"] == withdrawn["gone_since"]

        # The page comes back.
        replica.world.withdrawals.clear()
        assert type_command("crawl", "us_dhs", "--again", *window, "--data", data).code == 0
        back = shown_at(data, ours[1].url)
        assert (back["address_state"], back["gone_since"]) == ("stored", None)
        assert kinds_of_changes(data) == ["edited", "gone", "returned"]
