"""Whether a release has its posting day does not depend on what led to it first: an index or another page."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.frontier import RunRequest
from crawler.items import Discovered, Release
from pipelines.batch import keep
from storage.database import Database
from storage.ledger import Ledger
from tests.clock import Clock
from tests.storage.records import NOON, release

DAY = date(2017, 2, 23)
DATED = release()


def shown(posted_on: date | None) -> list[Discovered]:
    return [Discovered(key=DATED.key, url=DATED.url, found_in="https://www.gob.mx/", posted_on=posted_on)]


def undated() -> Release:
    return release(posted_on=None)


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, clock)


def due(ledger: Ledger, clock: Clock) -> list[tuple[str, date | None]]:
    found = ledger.due(DATED.source, now=clock(), since=None, until=None, after=None, limit=10)
    return [(each.key, each.posted_on) for each in found]


def validators(ledger: Ledger) -> tuple[str | None, str | None]:
    """What the next request would say that we have: with any, the site may answer 304 and nothing is read."""
    kept = ledger.look_up(DATED.source, [DATED.key])[DATED.key]
    return kept.etag, kept.last_modified


def test_an_index_that_tells_the_day_of_a_kept_release_makes_it_due_once_more(
    database: Database, ledger: Ledger, clock: Clock
) -> None:
    run = ledger.open_run(RunRequest(DATED.source))
    keep(database, run, [undated()], NOON)
    walk = ledger.open_walk(run, DATED.source, "prensa", None)
    (answer,) = ledger.record(run, walk, DATED.source, shown(DAY))
    assert answer.due
    assert due(ledger, clock) == [(DATED.key, DAY)]
    assert validators(ledger) == (None, None)


def test_a_page_read_without_the_day_that_its_index_told_meanwhile_is_due_once_more(
    database: Database, ledger: Ledger, clock: Clock
) -> None:
    run = ledger.open_run(RunRequest(DATED.source))
    walk = ledger.open_walk(run, DATED.source, "prensa", None)
    ledger.record(run, walk, DATED.source, shown(DAY))
    keep(database, run, [undated()], NOON)
    assert due(ledger, clock) == [(DATED.key, DAY)]
    assert validators(ledger) == (None, None)
    keep(database, run, [undated()], NOON)
    assert due(ledger, clock) == []


def test_a_release_that_has_its_day_is_not_due_again(
    database: Database, ledger: Ledger, clock: Clock
) -> None:
    run = ledger.open_run(RunRequest(DATED.source))
    walk = ledger.open_walk(run, DATED.source, "prensa", None)
    ledger.record(run, walk, DATED.source, shown(None))
    keep(database, run, [DATED], NOON)
    (answer,) = ledger.record(run, walk, DATED.source, shown(DAY))
    assert not answer.due
    assert due(ledger, clock) == []
