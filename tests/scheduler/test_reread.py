"""Reading again: what would change is counted before it is stored; ids and decisions survive it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from crawler.frontier import RunInProgress, RunRequest
from crawler.items import Capture, CapturePlace, Held, Release
from crawler.source import registry
from pipelines.batch import keep
from pipelines.changes import ChangeQuery, changes
from scheduler.ingest import Intake, Wish
from scheduler.reread import Rereading, Told
from scheduler.rereaders import InProcesses, InThisProcess, Page, Reread
from scheduler.rereading import Found
from scheduler.samples import SAMPLES, Sample
from storage.database import Database
from storage.store import SqlStore
from storage.tables import HeldRow, ReleaseRow, RereadRow, RevisionRow, StatementRow
from tests.scheduler.commands import type_command
from tests.scheduler.crashing import read as crashing

SOURCE = registry()["us_dhs"]
SAMPLE = Sample(SAMPLES / "us_dhs" / "current")
DAY = timedelta(days=1)
SECOND = "https://www.dhs.gov/news/2025/05/20/release-2"
START = datetime(2026, 11, 1, tzinfo=UTC)

Alter = Callable[[Release], Release | Held]


class Better(InThisProcess):
    """Readers that find something else than those of former days."""

    def __init__(self, captures: Path, alter: Alter) -> None:
        super().__init__(captures)
        self._alter = alter

    def read(self, pages: Sequence[Page]) -> list[Reread]:
        """What is read, altered."""
        return [
            replace(
                each,
                records=tuple(self._alter(one) if isinstance(one, Release) else one for one in each.records),
            )
            for each in super().read(pages)
        ]


def retitled(release: Release) -> Release:
    """As a better reader reads: without the site's name in the title, and with the number."""
    return replace(
        release, title=release.title.upper(), folio="17-4", content_digest=f"{release.content_digest[:-1]}x"
    )


class House:
    """A store with some releases of one site."""

    def __init__(self, data: Path, database: Database) -> None:
        self.store = SqlStore(data, database)
        self.database = database
        self.captures = data / "captures"

    def take(self, number: int = 1, day: int = 0, body: bytes | None = None) -> None:
        """A capture of a page, read and kept as its readers read it then."""
        capture = replace(
            SAMPLE.capture(),
            url=f"https://www.dhs.gov/news/2025/05/20/release-{number}",
            captured_at=START + day * DAY,
            body=body or SAMPLE.capture().body,
        )
        self.take_capture(capture)

    def take_capture(self, capture: Capture) -> None:
        """Into ledger, captures and database, on the way of files."""
        with Intake(self.store, Wish(SOURCE, None), lambda result: None) as intake:
            intake._take_capture(Path("made.warc"), capture)
            intake._keep_pending()

    def again(
        self, *, applies: bool = False, alter: Alter | None = None, batch: int = 256
    ) -> tuple[Found, list[Told]]:
        """Read everything again."""
        told: list[Told] = []
        readers = Better(self.captures, alter) if alter else InThisProcess(self.captures)
        found = Rereading(self.store, SOURCE, readers, applies=applies, tell=told.append, batch=batch).run()
        return found, told

    def count(self, table: type) -> int:
        with self.database.read() as connection:
            return int(connection.scalar(select(func.count()).select_from(table)) or 0)

    def titles(self) -> list[str]:
        with self.database.read() as connection:
            return list(connection.scalars(select(ReleaseRow.title).order_by(ReleaseRow.key)))

    def feed(self) -> list[str]:
        with self.database.read() as connection:
            return [each.kind for each in changes(connection, ChangeQuery())]


@pytest.fixture
def house(tmp_path: Path, database: Database) -> Iterator[House]:
    made = House(tmp_path, database)
    yield made
    made.store.close()


def test_the_same_readers_find_the_same(house: House) -> None:
    for number in range(3):
        house.take(number)
    found, told = house.again()
    assert (found.captures, found.unchanged, found.changed, found.new, found.revisions) == (3, 3, 0, 0, 0)
    assert told == []
    assert found.in_words() == "nothing would change"


def test_a_plan_counts_field_by_field_and_stores_nothing(house: House) -> None:
    for number in range(3):
        house.take(number)
    before = house.titles()
    found, told = house.again(alter=retitled)
    assert found.fields["title"] == {"changed": 3, "gained": 0, "lost": 0}
    assert found.fields["folio"] == {"changed": 0, "gained": 3, "lost": 0}
    assert found.in_words() == "3 changed, 3 gained, 0 lost (folio: 3 gained; title: 3 changed)"
    assert {each.what for each in told} == {"changed"}
    assert house.titles() == before


def test_applied_it_puts_the_states_right_where_they_stand_and_no_site_is_said_to_have_edited(
    house: House,
) -> None:
    house.take(1)
    house.take(1, day=3, body=SAMPLE.capture().body.replace(b"hurricane", b"storm"))
    assert house.feed() == ["edited"]
    with house.database.read() as connection:
        ids = connection.execute(select(ReleaseRow.id, ReleaseRow.statement_id)).all()
    found, _ = house.again(applies=True, alter=retitled)
    assert found.changed == 2
    assert house.titles() == [each.upper() for each in house.titles()]
    assert house.count(RevisionRow) == 2
    with house.database.read() as connection:
        assert connection.execute(select(ReleaseRow.id, ReleaseRow.statement_id)).all() == ids
        rows = connection.execute(select(RevisionRow.title, StatementRow.title).join(
            ReleaseRow, ReleaseRow.id == RevisionRow.release_id
        ).join(StatementRow, StatementRow.id == ReleaseRow.statement_id)).all()  # fmt: skip
        assert {title for row in rows for title in row} == set(house.titles())
    assert house.feed() == ["edited"]
    # Once more, and there is nothing left to do.
    again, _ = house.again(applies=True, alter=retitled)
    assert (again.changed, again.new, again.revisions) == (0, 0, 0)


def test_held_records_that_can_be_read_now_become_releases(house: House) -> None:
    house.take(1)
    record = Held(
        "us_dhs", SECOND, SOURCE.address_key(SECOND) or "", "normalize",
        "unknown issuer", "'Nobody' is no issuer", {"title": "x"},
    )  # fmt: skip
    other = Capture(record.url, 200, SAMPLE.capture().headers, SAMPLE.capture().body, START)
    run = house.store.frontier.open_run(RunRequest("us_dhs", "test"))
    written = house.store.captures.write(run, other, other.body)
    house.store.captures.flush()
    keep(house.database, run, [replace(record, capture=written.place)], START)
    house.store.frontier.close_run(run, "finished", {})
    assert (house.count(HeldRow), house.count(ReleaseRow)) == (1, 1)
    planned, told = house.again()
    assert (planned.new, planned.freed, [each.what for each in told]) == (1, 1, ["freed"])
    house.again(applies=True)
    assert (house.count(HeldRow), house.count(ReleaseRow)) == (0, 2)


def test_a_state_that_can_no_longer_be_read_stays_and_is_told(house: House) -> None:
    house.take(1)
    kept = house.titles()

    def refuses(release: Release) -> Held:
        return Held(release.source, release.url, release.key, "normalize", "unreadable date", "no day")

    found, told = house.again(applies=True, alter=refuses)
    assert (found.lost, found.changed) == (1, 0)
    assert (told[0].what, told[0].reason) == ("lost", "unreadable date: no day")
    assert (house.titles(), house.count(HeldRow)) == (kept, 0)


def test_captures_that_gave_nothing_then_give_releases_and_states_now(house: House) -> None:
    house.take(1, body=b"<html><body><h1>Access denied</h1></body></html>")
    house.take(2)
    house.take(2, day=2, body=SAMPLE.capture().body.replace(b"hurricane", b"storm"))
    with house.database.write() as connection:
        # As if the reader of that day had seen one state only, and no release in the first page.
        second = connection.execute(
            select(RevisionRow.release_id).where(RevisionRow.number == 2)
        ).scalar_one()
        first = connection.execute(
            select(RevisionRow.__table__).where(RevisionRow.release_id == second, RevisionRow.number == 1)
        ).one()
        connection.execute(delete(RevisionRow).where(RevisionRow.number == 2))
        connection.execute(
            update(ReleaseRow).where(ReleaseRow.id == second).values(
                revision=1, title=first.title, body=first.body, content_digest=first.content_digest,
                capture_offset=first.capture_offset, capture_length=first.capture_length, captured_at=START,
            )
        )  # fmt: skip
    for applies in (False, True):
        found, told = house.again(applies=applies)
        assert found.revisions == 1
        assert [each.what for each in told if each.what == "revision"] == ["revision"]
        assert sum(found.reasons.values()) == 1
    assert house.count(RevisionRow) == 2
    assert house.feed() == ["edited"]


class Killed(BaseException):
    """The process ends here."""


def test_a_killed_reading_goes_on_and_ends_as_if_it_had_not_been(house: House) -> None:
    for number in range(6):
        house.take(number)
    read: list[str] = []

    class Dying(Better):
        def read(self, pages: Sequence[Page]) -> list[Reread]:
            if len(read) == 2:
                read.append("killed")
                raise Killed
            read.append("read")
            return super().read(pages)

    with pytest.raises(Killed):
        Rereading(house.store, SOURCE, Dying(house.captures, retitled), applies=True, batch=2).run()
    assert sum(each.isupper() for each in house.titles()) == 4
    found, _ = house.again(applies=True, alter=retitled, batch=2)
    assert (found.captures, found.changed) == (6, 6)
    assert all(each.isupper() for each in house.titles())
    with house.database.read() as connection:
        assert list(connection.scalars(select(RereadRow.state))) == ["finished"]


def test_what_is_being_crawled_is_not_put_right_meanwhile(house: House) -> None:
    house.take(1)
    run = house.store.frontier.open_run(RunRequest("us_dhs", "test"))
    with pytest.raises(RunInProgress):
        house.again(applies=True)
    house.again()
    house.store.frontier.close_run(run, "finished", {})


def test_a_page_that_kills_its_reader_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    pages = [Page("us_dhs", CapturePlace("2026-11/a.warc.gz", number, 1), None) for number in range(5)]
    with InProcesses(tmp_path, 2, crashing) as readers:
        answers = readers.read(pages)
        assert [each.problem for each in readers.read(pages[:2])] == ["read 0", "read 1"]
    assert [each.problem for each in answers[:2]] == ["read 0", "read 1"]
    assert "crashed" in (answers[2].problem or "")
    assert [each.problem for each in answers[3:]] == ["read 3", "read 4"]


def test_decisions_survive_and_the_command_tells_what_would_change(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for number, case in enumerate(("current", "current")):
        page = SAMPLES / "us_dhs" / case / "page.html"
        url = f"https://www.dhs.gov/news/2025/05/20/release-{number}"
        assert type_command("ingest", page, "--url", url, "--data", data).code == 0
    lines = type_command("statements", "--json", "--data", data).lines
    releases = sorted(each["id"] for line in lines for each in line["releases"])
    verb = "split" if len(lines) == 1 else "merge"
    words = [lines[0]["id"], releases[0]] if verb == "split" else [line["id"] for line in lines]
    decided = type_command(verb, *words, "--reason", "they are two", "--by", "ana", "--data", data)
    assert decided.code == 0, decided.err
    kept = type_command("statements", "--json", "--data", data).lines
    with_title = "update releases set title = 'Old reading', content_digest = 'sha256:0'"
    with sqlite3.connect(data / "communique.db") as connection:
        connection.execute(with_title)
    connection.close()
    planned = type_command("reread", "us_dhs", "--show", "--jobs", 1, "--json", "--data", data)
    assert planned.code == 0, planned.err
    told, sums = planned.lines[:-1], planned.lines[-1]
    assert sums["fields"] == {"title": {"changed": 2, "gained": 0, "lost": 0}}
    assert {each["fields"][0]["before"] for each in told} == {"Old reading"}
    shown = type_command("reread", "--plan", "--jobs", 1, "--data", data)
    assert "2 changed, 0 gained, 0 lost" in " ".join(shown.out.split())
    assert "--apply" in shown.err
    applied = type_command("reread", "us_dhs", "--apply", "--jobs", 1, "--json", "--data", data)
    assert applied.code == 0, applied.err
    after = type_command("statements", "--json", "--data", data).lines
    assert json.dumps(after, sort_keys=True) == json.dumps(kept, sort_keys=True)
    assert type_command("reread", "--plan", "--apply", "--data", data).code == 2
