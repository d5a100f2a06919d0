"""The feed of changes: one entry for each edit, withdrawal, return, and translation left behind."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from crawler.items import Capture, Held, Origin, Release, Role
from crawler.pages.read import read_page
from crawler.source import registry
from pipelines.batch import keep
from pipelines.changes import Change, ChangeKind, ChangeQuery, Reached, changes, changes_before, read_reached
from pipelines.process import process
from scheduler.samples import Sample, all_samples
from storage.database import Database
from storage.releases import Change as Saved
from storage.tables import AbsenceRow, ReleaseRow
from tests.storage.records import NOON, release

DAY = timedelta(days=1)
ORIGINAL = (
    "Las delegaciones se reunieron en la Ciudad de México el jueves para hablar de la frontera común.\n\n"
    "El fondo tendrá 40 millones de dólares y se abrirá a 12 municipios de Sonora y Chihuahua.\n\n"
    "La secretaria Amalia Pereyra anunció además una segunda reunión en Tijuana."
)
TRANSLATION = (
    "The delegations met in Mexico City on Thursday to discuss the common border.\n\n"
    "The fund will have 40 million dollars and will be open to 12 municipalities of Sonora and Chihuahua.\n\n"
    "Secretary Amalia Pereyra also announced a second meeting in Tijuana."
)


def stored(database: Database, one: Release, days: int) -> Saved:
    """A release as it was taken from the site on that day."""
    at = NOON + days * DAY
    (saved,) = keep(database, "run1", [replace(one, captured_at=at)], at).saved
    return saved.change


def found(database: Database, **query: object) -> list[Change]:
    with database.read() as connection:
        return changes(connection, ChangeQuery(**query))  # type: ignore[arg-type]


def kinds(database: Database, **query: object) -> list[str]:
    return [each.kind.value for each in found(database, **query)]


@pytest.fixture
def pair(database: Database) -> tuple[Release, Release]:
    """An original and its translation, of one statement."""
    original = release("fondo", body=ORIGINAL)
    translation = release(
        "fund", body=TRANSLATION, language="en", title="Meeting on the border", role_hint=Role.TRANSLATION
    )
    for each in (original, translation):
        stored(database, each, 0)
    with database.write() as connection:
        statement = f"s{original.id[1:]}"
        connection.execute(
            update(ReleaseRow).where(ReleaseRow.id == translation.id).values(
                statement_id=statement, role=Role.TRANSLATION
            )
        )  # fmt: skip
    return original, translation


def edited(one: Release, body: str, **changed: object) -> Release:
    return release(
        one.key.removeprefix("prensa/"), body=body, language=one.language, title=one.title, **changed
    )


def test_an_edit_is_two_revisions_and_one_entry_with_its_sentences(database: Database) -> None:
    one = release("fondo", body=ORIGINAL)
    assert stored(database, one, 0) is Saved.NEW
    assert stored(database, one, 1) is Saved.UNCHANGED
    assert found(database) == []
    assert stored(database, edited(one, ORIGINAL.replace("12", "9")), 2) is Saved.REVISED
    (change,) = found(database)
    assert (change.kind, change.at, change.source) == (ChangeKind.EDITED, NOON + 2 * DAY, "mx_sre")
    assert change.difference is not None
    (piece,) = change.difference.sentences
    assert piece.before is not None
    assert piece.after == piece.before.replace("12", "9")
    assert change.summary == "sentence: 1 changed"
    day = (NOON + 2 * DAY).date()
    assert kinds(database, since=day, until=day, source="mx_sre") == ["edited"]
    assert kinds(database, since=day + DAY) == []
    assert kinds(database, until=day - DAY) == []
    assert kinds(database, source="us_dhs") == []
    assert kinds(database, kind=ChangeKind.GONE) == []


def test_a_day_or_number_that_is_told_only_later_is_no_edit_but_another_one_is(database: Database) -> None:
    untold = release("fondo", body=ORIGINAL, posted_on=None, folio=None)
    told = release("fondo", body=ORIGINAL, posted_on=NOON.date())
    assert stored(database, untold, 0) is Saved.NEW
    assert stored(database, told, 1) is Saved.REVISED
    assert found(database) == []
    stored(database, release("fondo", body=ORIGINAL, posted_on=(NOON + DAY).date()), 2)
    assert kinds(database) == ["edited"]
    # Where the text changes as well, the day goes with it.
    stored(database, replace(untold, body=ORIGINAL + " Fin.", content_digest="sha256:other"), 3)
    assert kinds(database) == ["edited", "edited"]


@pytest.mark.parametrize("later_first", [False, True])
def test_captures_of_an_archive_in_either_order_give_the_same_entry(
    database: Database, later_first: bool
) -> None:
    early = replace(release("fondo", body=ORIGINAL), captured_at=NOON, origin=Origin.WAYBACK)
    late = replace(
        edited(early, ORIGINAL.replace("12", "9")), captured_at=NOON + 400 * DAY, origin=Origin.WAYBACK
    )
    now = NOON + 3000 * DAY
    for one in (late, early) if later_first else (early, late):
        keep(database, "run1", [one], now)
    (change,) = found(database)
    assert change.difference is not None
    assert "9 municipios" in (change.difference.sentences[0].after or "")


def test_withdrawn_by_its_publisher_and_reinstated_are_entries_of_their_own(database: Database) -> None:
    one = release("fondo", body=ORIGINAL)
    stored(database, one, 0)
    stored(database, edited(one, ORIGINAL, withdrawn="This statement was withdrawn."), 1)
    stored(database, one, 2)
    assert kinds(database) == ["reinstated", "withdrawn"]
    assert "This statement was withdrawn." in found(database)[1].summary


def test_pages_that_went_and_came_back_are_told_with_their_evidence(database: Database) -> None:
    one = release("fondo", body=ORIGINAL)
    stored(database, one, 0)
    with database.write() as connection:
        connection.execute(
            insert(AbsenceRow).values(
                source=one.source, key=one.key, first_at=NOON + DAY, last_at=NOON + 5 * DAY, answers=4,
                answer="status 404", witness="https://www.gob.mx/sre/prensa/other",
                confirmed_at=NOON + 4 * DAY, returned_at=NOON + 9 * DAY,
            )
        )  # fmt: skip
    back, gone = found(database)
    assert (back.kind, back.at) == (ChangeKind.RETURNED, NOON + 9 * DAY)
    assert (gone.kind, gone.at) == (ChangeKind.GONE, NOON + 4 * DAY)
    assert gone.summary == (
        "status 404 4 times since 2017-03-02 12:00 UTC, while https://www.gob.mx/sre/prensa/other answered"
    )


def test_a_translation_that_still_says_what_the_original_no_longer_says(
    database: Database, pair: tuple[Release, Release]
) -> None:
    original, translation = pair
    stored(database, edited(original, ORIGINAL.replace("40 millones", "25 millones")), 3)
    outdated, edit = sorted(found(database), key=lambda each: each.kind, reverse=True)
    assert (edit.kind, outdated.kind) == (ChangeKind.EDITED, ChangeKind.OUTDATED)
    assert (outdated.release, outdated.original) == (translation.id, original.id)
    assert "40 million" in outdated.summary
    assert outdated.at == edit.at == NOON + 3 * DAY
    # The translator follows: nothing is left to tell.
    stored(database, edited(translation, TRANSLATION.replace("40 million", "25 million")), 5)
    assert kinds(database, kind=ChangeKind.OUTDATED) == []


def test_a_passage_that_only_the_translation_still_has_is_told_and_a_changed_comma_is_not(
    database: Database, pair: tuple[Release, Release]
) -> None:
    original, _ = pair
    stored(database, edited(original, ORIGINAL.replace("el jueves para", "el jueves, para")), 2)
    assert kinds(database, kind=ChangeKind.OUTDATED) == []
    stored(database, edited(original, "\n\n".join(ORIGINAL.split("\n\n")[:2])), 3)
    (outdated,) = found(database, kind=ChangeKind.OUTDATED)
    assert "Tijuana" in outdated.summary


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_whoever_goes_through_them_in_parts_meets_every_change_once(
    database: Database, pair: tuple[Release, Release], limit: int
) -> None:
    original, translation = pair
    stored(database, edited(original, ORIGINAL.replace("40 millones", "25 millones")), 3)
    moved = TRANSLATION.replace("Tijuana", "Mexicali")
    stored(database, edited(translation, moved, role_hint=Role.TRANSLATION), 5)
    times = {"first_at": NOON, "last_at": NOON, "answers": 4, "answer": "status 404", "witness": "https://x"}
    with database.write() as connection:
        for key, confirmed, returned in ((original.key, 4, 9), (original.key, 10, None), ("other", 4, None)):
            values = {**times, "source": original.source, "key": key, "confirmed_at": NOON + confirmed * DAY}
            values["returned_at"] = NOON + returned * DAY if returned else None
            connection.execute(insert(AbsenceRow).values(values))
    told: list[Change] = []
    reached: Reached | None = Reached()
    with database.read() as connection:
        while reached is not None:
            some, reached = changes_before(connection, read_reached(str(reached)), limit)
            assert some
            told += some
    assert [each.kind.value for each in told] == ["gone", "returned", "edited", "gone", "edited", "outdated"]
    assert sorted(told, key=repr) == sorted(found(database), key=repr)
    with database.read() as connection:
        assert changes_before(connection, Reached(), 9, "us_dhs") == ([], None)


NOISE = (
    "<div class='clock'>{day} 12:3{n}:07</div><span class='share-count'>{n}31 shares</span>",
    "<form><input type='hidden' name='PHPSESSID' value='{n}abc'></form><a href='/?sid={n}f00'>Home</a>",
    "<script>var visits = {n}4410; var token = '{n}f00ba4';</script>",
)
"""What moves on a page by itself: clock, counter, session."""


def noisy(body: bytes, number: int) -> bytes:
    """The page as it is asked for another time."""
    added = "".join(each.format(n=number, day="Friday") for each in NOISE).encode()
    body = re.sub(rb"(?i)(<body[^>]*>)", lambda found: found[1] + added, body, count=1)
    return re.sub(rb"(?i)(</body>|$)", lambda found: added + found[1], body, count=1)


PAGES = [each for each in all_samples() if not each.is_index and each.page.suffix == ".html"]


def test_a_moved_clock_a_share_counter_and_a_session_id_are_no_change_on_any_site() -> None:
    moved = []
    for sample in PAGES:
        capture = sample.capture()
        first, second = (replace(capture, body=noisy(capture.body, number)) for number in (1, 2))
        assert first.body != second.body, sample.name
        if _digests(sample, first) != _digests(sample, second):
            moved.append(sample.name)
    assert len(PAGES) > 100
    assert moved == []


def _digests(sample: Sample, capture: Capture) -> list[str]:
    made = [process(item) for item in read_page(sample.source, capture, sample.hint()).items]
    return [each.content_digest if isinstance(each, Release) else each.reason for each in made]


def test_the_whole_way_gives_one_revision_for_a_page_whose_counters_moved(database: Database) -> None:
    (sample,) = (each for each in PAGES if each.name == "us_dhs / current")
    capture = sample.capture()
    states = []
    for number in range(3):
        at = datetime(2026, 11, 1, tzinfo=UTC) + number * DAY
        shown = replace(capture, body=noisy(capture.body, number), captured_at=at)
        (item,) = read_page(registry()["us_dhs"], shown, None).items
        record = process(replace(item, key="news/one"))
        assert not isinstance(record, Held)
        states.append(keep(database, "run1", [record], at).saved[0].change)
    assert states == [Saved.NEW, Saved.UNCHANGED, Saved.UNCHANGED]
    assert found(database) == []
