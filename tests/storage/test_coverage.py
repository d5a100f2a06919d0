"""Coverage of days: what an index showed, how it ended, what is expected and missing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crawler.frontier import RunRequest, Walk
from crawler.items import AddressState, Discovered, FailureKind, Outcome
from storage.coverage import DayCoverage, Expectation, coverage, first_day
from storage.database import Database
from storage.held import save_held
from storage.ledger import Ledger
from storage.releases import save_releases
from tests.clock import Clock
from tests.storage.records import NOON, held, release

THURSDAY = date(2017, 2, 23)
TODAY = date(2017, 3, 1)


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, clock)


def walked(
    ledger: Ledger, *found: Discovered, floor: date | None = None, complete: bool = True
) -> tuple[str, Walk]:
    """A run whose walk saw these addresses; the run is still open."""
    run = ledger.open_run(RunRequest("mx_sre"))
    walk = ledger.open_walk(run, "mx_sre", "https://www.gob.mx/sre/archivo/prensa", floor)
    ledger.record(run, walk, "mx_sre", found)
    ledger.close_walk(walk, complete=complete)
    return run, walk


def shown(slug: str, day: date | None = THURSDAY) -> Discovered:
    key = f"prensa/{slug}"
    return Discovered(key, f"https://www.gob.mx/sre/{key}", found_in="https://www.gob.mx/l", posted_on=day)


def days(
    database: Database, since: date, until: date, expectation: Expectation | None = None
) -> list[DayCoverage]:
    with database.read() as connection:
        return coverage(connection, "mx_sre", since, until, expectation=expectation, today=TODAY)


def test_every_address_of_a_day_is_counted_as_what_became_of_it(database: Database, ledger: Ledger) -> None:
    run, _ = walked(
        ledger, *(shown(slug) for slug in ("reunion", "held", "failed", "gone", "skipped", "new"))
    )
    with database.write() as connection:
        save_releases(connection, run, [release()], NOON)
        save_held(connection, run, [held("held")], NOON)
    ledger.settle(
        run,
        "mx_sre",
        [
            Outcome("prensa/failed", AddressState.FAILED, "status 500", FailureKind.HTTP, 500),
            Outcome("prensa/gone", AddressState.GONE, "status 404", FailureKind.HTTP, 404),
            Outcome("prensa/skipped", AddressState.SKIPPED, "no release"),
        ],
    )
    [day] = days(database, THURSDAY, THURSDAY)
    assert (day.indexed, day.stored, day.held, day.failed, day.gone, day.skipped, day.missing) == (
        6, 1, 1, 1, 1, 1, 1,
    )  # fmt: skip
    assert day.fetched == 4, "what failed and what is new was not fetched"
    assert day.known == 6
    assert day.walked


def test_days_without_anything_are_there_and_in_order(database: Database) -> None:
    found = days(database, THURSDAY, THURSDAY + timedelta(days=2))
    assert [each.day.day for each in found] == [23, 24, 25]
    assert all(each.known == 0 and each.expected == 0 for each in found)


def test_a_saved_page_is_stored_but_no_index_showed_it(database: Database) -> None:
    with database.write() as connection:
        save_releases(connection, "file", [release()], NOON)
    [day] = days(database, THURSDAY, THURSDAY)
    assert (day.stored, day.indexed) == (1, 0)


def test_what_has_no_day_counts_on_the_day_on_which_it_was_found(database: Database, ledger: Ledger) -> None:
    walked(ledger, shown("undated", None))
    assert [each.missing for each in days(database, TODAY - timedelta(days=1), TODAY)] == [0, 1]


def test_the_habit_of_a_weekday_is_expected_of_it(database: Database, ledger: Ledger) -> None:
    thursdays = [THURSDAY - timedelta(weeks=number) for number in range(1, 9)]
    run, _ = walked(ledger, *(shown(f"r{day}", day) for day in thursdays), floor=date(2017, 1, 1))
    with database.write() as connection:
        save_releases(
            connection, run, [release(f"r{day}", said_on=day, posted_on=day) for day in thursdays], NOON
        )
    wednesday, thursday = days(database, THURSDAY - timedelta(days=1), THURSDAY)
    assert (wednesday.expected, thursday.expected) == (0, 1)


@pytest.mark.parametrize(
    ("floor", "complete", "missing"),
    [(date(2017, 2, 20), True, 0), (date(2017, 2, 24), True, 2), (None, False, 2)],
)
def test_what_is_expected_is_missing_only_where_no_finished_walk_went_back(
    database: Database, ledger: Ledger, floor: date | None, complete: bool, missing: int
) -> None:
    walked(ledger, shown("later", TODAY), floor=floor, complete=complete)
    [day] = days(database, THURSDAY, THURSDAY, Expectation(10, 40))
    assert (day.expected, day.missing) == (2, missing)


def test_nothing_is_expected_before_the_archive_begins_nor_of_days_to_come(database: Database) -> None:
    expectation = Expectation(10, 40, first=date(2017, 2, 22))
    found = days(database, date(2017, 2, 21), date(2017, 3, 3), expectation)
    assert [each.day for each in found if not each.expected] == [
        date(2017, 2, 21), date(2017, 2, 25), date(2017, 2, 26), date(2017, 3, 2), date(2017, 3, 3),
    ]  # fmt: skip


def test_the_first_day_is_that_of_the_oldest_address_or_release(database: Database, ledger: Ledger) -> None:
    with database.read() as connection:
        assert first_day(connection, "mx_sre") is None
    walked(ledger, shown("one"), shown("two", date(2016, 5, 1)))
    with database.read() as connection:
        assert first_day(connection, "mx_sre") == date(2016, 5, 1)
