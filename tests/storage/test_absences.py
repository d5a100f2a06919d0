"""A page is gone only when it was missing often and long enough while the site was up; else it is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crawler.frontier import RunRequest, Walk
from crawler.items import AddressState, Discovered, FailureKind, Outcome
from storage.absences import DWELL, FEWEST, LONGEST, Absence, after_answer, is_long_enough
from storage.changes import missing
from storage.database import Database
from storage.ledger import Ledger
from storage.outcomes import NOT_MODIFIED
from storage.releases import save_releases
from storage.tables import AddressRow
from tests.clock import Clock
from tests.storage.records import NOON, release

SOURCE = "mx_sre"
PAGE = "prensa/one"
NOT_FOUND = Outcome(PAGE, AddressState.GONE, "status 404", FailureKind.HTTP, 404)
DAY = timedelta(days=1)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=30).map(sorted))
def test_neither_many_answers_in_a_short_time_nor_few_in_a_long_one_are_enough(hours: list[int]) -> None:
    absence: Absence | None = None
    for hour in hours:
        absence = after_answer(absence, "status 404", NOON + timedelta(hours=hour))
    assert absence is not None
    over = timedelta(hours=hours[-1] - hours[0])
    assert is_long_enough(absence) == (len(hours) >= FEWEST and over >= DWELL)


@given(st.integers(0, 4000))
def test_a_page_that_is_gone_is_asked_for_ever_more_seldom_but_never_given_up(days: int) -> None:
    absence = Absence(NOON, NOON + days * DAY, 9, "status 404", confirmed_at=NOON + 3 * DAY)
    wait = absence.next_try_at - absence.last_at
    assert timedelta(days=7) <= wait <= LONGEST


class Site:
    """A ledger with two kept pages, and days that pass."""

    def __init__(self, database: Database, clock: Clock, others: int = 1) -> None:
        self.database = database
        self.clock = clock
        self.ledger = Ledger(database, clock)
        self.run = self.ledger.open_run(RunRequest(SOURCE))
        self.walk: Walk = self.ledger.open_walk(self.run, SOURCE, "listing", None)
        self.pages = ["one", *(f"other{number}" for number in range(others))]
        found = [Discovered(f"prensa/{slug}", f"https://a.example/{slug}", "listing") for slug in self.pages]
        self.ledger.record(self.run, self.walk, SOURCE, found)
        for slug in self.pages:
            self.read(slug)

    def read(self, slug: str) -> None:
        """The page answers and is read."""
        now = self.clock()
        with self.database.write() as connection:
            save_releases(connection, self.run, [replace(release(slug), captured_at=now)], now)

    def answers(self, outcome: Outcome = NOT_FOUND) -> None:
        self.ledger.settle(self.run, SOURCE, [outcome])

    def state(self) -> str:
        with self.database.read() as connection:
            return str(connection.scalar(select(AddressRow.state).where(AddressRow.key == PAGE)))

    def changes(self) -> list[tuple[datetime, datetime | None]]:
        with self.database.read() as connection:
            return [(each.confirmed_at, each.returned_at) for each in missing(connection)]

    def due(self) -> bool:
        """Whether its turn has come, with the most generous budget."""
        found = self.ledger.revisits(SOURCE, now=self.clock(), budget=100)
        return PAGE in [each.key for each in found]


def test_one_404_takes_nothing_away_and_is_asked_about_the_next_day(database: Database, clock: Clock) -> None:
    site = Site(database, clock)
    clock.advance(days=1)
    site.answers()
    assert (site.state(), site.due(), site.changes()) == ("stored", False, [])
    clock.advance(hours=21)
    assert site.due()
    site.read("one")
    clock.advance(hours=1)
    assert (site.state(), site.due(), site.changes()) == ("stored", False, [])


def test_a_page_that_is_missing_for_days_while_another_answers_is_gone_and_may_come_back(
    database: Database, clock: Clock
) -> None:
    site = Site(database, clock)
    clock.advance(days=1)
    for _ in range(3):
        site.answers()
        clock.advance(days=1)
        site.read("other0")
        assert site.state() == "stored"
    site.answers()
    confirmed = clock()
    assert (site.state(), site.changes()) == ("gone", [(confirmed, None)])
    clock.advance(days=8)
    assert site.due()
    site.answers()
    assert site.changes() == [(confirmed, None)]
    clock.advance(days=8)
    site.read("one")
    assert (site.state(), site.changes()) == ("stored", [(confirmed, clock())])


@pytest.mark.parametrize(
    "outcome",
    [
        NOT_FOUND,
        Outcome(PAGE, AddressState.FAILED, "status 503", FailureKind.HTTP, 503),
        Outcome(PAGE, AddressState.FAILED, "no connection", FailureKind.NETWORK),
    ],
)
def test_an_outage_of_the_whole_site_withdraws_nothing_however_long_it_lasts(
    database: Database, clock: Clock, outcome: Outcome
) -> None:
    site = Site(database, clock)
    for _ in range(30):
        clock.advance(hours=8)
        site.ledger.settle(site.run, SOURCE, [replace(outcome, key=f"prensa/{slug}") for slug in site.pages])
    assert site.changes() == []
    assert site.state() in ("stored", "failed")
    for slug in site.pages:
        site.read(slug)
    assert (site.state(), site.changes()) == ("stored", [])


def test_a_parser_that_lost_its_selector_withdraws_nothing(database: Database, clock: Clock) -> None:
    site = Site(database, clock)
    for _ in range(20):
        clock.advance(days=1)
        site.read("other0")
        site.answers(Outcome(PAGE, AddressState.FAILED, "no layout fits", FailureKind.LAYOUT, 200))
    assert (site.state(), site.changes()) == ("failed", [])


def test_not_found_in_words_counts_as_much_as_its_status(database: Database, clock: Clock) -> None:
    site = Site(database, clock)
    for _ in range(4):
        clock.advance(days=1)
        site.read("other0")
        site.answers(Outcome(PAGE, AddressState.FAILED, "soft 404", FailureKind.SOFT_404, 200))
    assert (site.state(), len(site.changes())) == ("gone", 1)


def test_a_page_that_is_not_modified_is_there(database: Database, clock: Clock) -> None:
    site = Site(database, clock)
    for _ in range(3):
        clock.advance(days=1)
        site.read("other0")
        site.answers()
    site.answers(Outcome(PAGE, AddressState.STORED, NOT_MODIFIED, status=304))
    clock.advance(days=1)
    site.answers()
    assert (site.state(), site.changes()) == ("stored", [])


def test_of_a_source_with_one_page_a_finished_walk_is_witness(database: Database, clock: Clock) -> None:
    site = Site(database, clock, others=0)
    for _ in range(5):
        clock.advance(days=1)
        site.answers()
    assert site.state() == "stored"
    walk = site.ledger.open_walk(site.run, SOURCE, "listing", None)
    site.ledger.close_walk(walk, complete=True)
    site.answers()
    assert site.state() == "gone"


def test_an_address_of_which_nothing_is_kept_is_simply_not_there(database: Database, clock: Clock) -> None:
    site = Site(database, clock)
    found = [Discovered("prensa/never", "https://a.example/never", "listing")]
    site.ledger.record(site.run, site.walk, SOURCE, found)
    site.answers(replace(NOT_FOUND, key="prensa/never"))
    with database.read() as connection:
        query = select(AddressRow.state).where(AddressRow.key == "prensa/never")
        assert connection.scalar(query) == "gone"
    assert site.changes() == []
