"""Captures that archives showed, and windows of backfills, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from crawler.archives.cdx import Row
from crawler.archives.choice import CaptureState
from crawler.archives.frontier import Ending, Found, Window
from crawler.frontier import RunRequest, Walk
from crawler.items import OUTSIDE_WINDOW, AddressState, Discovered, FailureKind, Origin
from storage import backfills
from storage.archives import SqlArchives, reopen_outside
from storage.database import Database
from storage.ledger import Ledger
from tests.clock import Clock

SOURCE, ARCHIVE = "mexidata", "web.archive.org"
YEAR = (date(2017, 1, 1), date(2017, 12, 31))


class Kept:
    """A database with a run, a window and what is asked of them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.archives = SqlArchives(database, clock)
        self.ledger = Ledger(database, clock)
        self.run = self.ledger.open_run(RunRequest(SOURCE, started_by="backfill"))
        with database.write() as connection:
            backfills.open_windows(connection, SOURCE, Origin.WAYBACK, ARCHIVE, [YEAR], clock())

    def window(self) -> Window:
        found = self.archives.next_window(SOURCE, ARCHIVE, *YEAR)
        assert found is not None
        return found

    def record(self, found: Sequence[Found], shown: int | None = None, then: Window | None = None) -> int:
        number = len(found) if shown is None else shown
        return self.archives.record(self.run, SOURCE, ARCHIVE, self.window(), found, number, then)

    def states(self) -> dict[str, tuple[str, str | None]]:
        with self.database.read() as connection:
            from sqlalchemy import text

            rows = connection.execute(text("select key, state, reason from addresses"))
            return {row.key: (row.state, row.reason) for row in rows}

    def proof(self) -> backfills.Proof:
        with self.database.read() as connection:
            return backfills.prove(connection, SOURCE, *YEAR, ARCHIVE, YEAR[1])

    def chains(self) -> dict[str, list[int]]:
        found = self.archives.chains(
            SOURCE, ARCHIVE, since=YEAR[0], until=YEAR[1], now=self.clock(), after=None, limit=10
        )
        return {chain.due.key: [each.id for each in chain.captures] for chain in found}


@pytest.fixture
def kept(database: Database, clock: Clock) -> Kept:
    return Kept(database, clock)


def found(number: int, month: int = 3, digest: str = "A", status: int | None = 200) -> Found:
    url = f"http://mexidata.info/id{number}.html"
    return Found(f"id{number}", Row(f"2017{month:02}01000000", url, "text/html", status, digest))


def test_every_address_is_in_the_ledger_with_its_captures_before_it_is_asked_for(kept: Kept) -> None:
    assert kept.record([found(1), found(1, 4), found(2)], shown=5) == 2
    assert {key: state for key, (state, _) in kept.states().items()} == {
        "id1": "discovered",
        "id2": "discovered",
    }
    assert {key: len(ids) for key, ids in kept.chains().items()} == {"id1": 2, "id2": 1}
    proof = kept.proof()
    assert (proof.shown, proof.ours, proof.repeated, proof.others) == (5, 3, 0, 2)
    assert (proof.addresses, proof.pending, proof.unaccounted) == (2, 2, 0)


def test_an_index_goes_on_where_it_stopped_whoever_asks_next(kept: Kept) -> None:
    first = kept.window()
    kept.record([found(1)], then=Window(first.id, *YEAR, 0, "key of the next answer"))
    assert SqlArchives(kept.database, kept.clock).next_window(SOURCE, ARCHIVE, *YEAR) == Window(
        first.id, *YEAR, 0, "key of the next answer"
    )
    kept.record([found(2)])
    assert kept.archives.next_window(SOURCE, ARCHIVE, *YEAR) is None


def test_an_answer_that_is_written_twice_changes_nothing_but_its_counts(kept: Kept) -> None:
    going = kept.window()
    kept.record([found(1), found(2)], then=going)
    assert kept.record([found(1), found(2)]) == 0
    proof = kept.proof()
    assert (proof.shown, proof.ours, proof.repeated) == (4, 2, 2)
    assert proof.unaccounted == 0


def test_a_window_that_is_too_large_becomes_two_and_keeps_its_counts(kept: Kept) -> None:
    window = kept.window()
    kept.record([found(1)], then=Window(window.id, *YEAR, 0, "more"))
    kept.archives.split(window, date(2017, 6, 30))
    with kept.database.read() as connection:
        rows = backfills.windows(connection, SOURCE, Origin.WAYBACK, ARCHIVE, *YEAR)
    assert [each.span for each in rows] == [(YEAR[0], date(2017, 6, 30)), (date(2017, 7, 1), YEAR[1])]
    assert kept.proof().ours == 1
    assert kept.proof().unaccounted == 0


def test_a_window_that_cannot_be_had_waits_behind_the_others(kept: Kept) -> None:
    with kept.database.write() as connection:
        year = (date(2018, 1, 1), date(2018, 12, 31))
        backfills.open_windows(connection, SOURCE, Origin.WAYBACK, ARCHIVE, [year], kept.clock())
    kept.archives.fail_window(kept.run, kept.window(), "status 500")
    following = kept.archives.next_window(SOURCE, ARCHIVE, YEAR[0], date(2018, 12, 31))
    assert following is not None
    assert following.since == date(2018, 1, 1)


def test_an_address_ends_with_its_last_capture(kept: Kept) -> None:
    kept.record([found(1), found(1, 4, "B")])
    one, two = kept.chains()["id1"]
    check = Ending(one, CaptureState.UNUSABLE, "a bot check", FailureKind.CHALLENGE)
    assert kept.archives.settle(kept.run, SOURCE, ARCHIVE, [check]) == {}
    ended = kept.archives.settle(kept.run, SOURCE, ARCHIVE, [Ending(two, CaptureState.SPARED, "not needed")])
    assert ended == {"id1": AddressState.FAILED}
    assert kept.states()["id1"][0] == "failed"
    assert kept.chains() == {}
    assert kept.proof().failed_why == {"challenge": 1}


def test_a_capture_that_could_not_be_had_is_asked_for_again_later(kept: Kept) -> None:
    kept.record([found(1)])
    (one,) = kept.chains()["id1"]
    vain = Ending(one, CaptureState.PENDING, "status 500", FailureKind.HTTP)
    assert kept.archives.settle(kept.run, SOURCE, ARCHIVE, [vain]) == {"id1": AddressState.FAILED}
    assert kept.chains() == {}
    kept.clock.advance(hours=1)
    assert kept.chains() == {"id1": [one]}


def test_the_site_is_never_asked_for_what_only_the_archive_shows(kept: Kept) -> None:
    kept.record([found(1)])
    due = kept.ledger.due(SOURCE, now=kept.clock(), since=None, until=None, after=None, limit=10, again=True)
    assert due == []


def test_what_the_site_shows_as_well_is_the_sites_business(kept: Kept) -> None:
    kept.record([found(1)])
    walk: Walk = kept.ledger.open_walk(kept.run, SOURCE, "index", None)
    kept.ledger.record(kept.run, walk, SOURCE, [Discovered("id1", "http://mexidata.info/id1.html", "index")])
    due = kept.ledger.due(SOURCE, now=kept.clock(), since=None, until=None, after=None, limit=10)
    assert [each.key for each in due] == ["id1"]


def test_what_lay_outside_of_one_window_is_asked_for_again_in_another(kept: Kept) -> None:
    kept.record([found(1)])
    (one,) = kept.chains()["id1"]
    outside = Ending(one, CaptureState.SKIPPED, OUTSIDE_WINDOW, posted_on=date(2009, 5, 5))
    kept.archives.settle(kept.run, SOURCE, ARCHIVE, [outside])
    assert kept.states()["id1"] == ("skipped", OUTSIDE_WINDOW)
    with kept.database.write() as connection:
        assert reopen_outside(connection, SOURCE, ARCHIVE, date(2010, 1, 1), None) == 0
        assert reopen_outside(connection, SOURCE, ARCHIVE, date(2009, 1, 1), date(2009, 12, 31)) == 1
    assert list(kept.chains()) == ["id1"]


def test_a_redirect_that_led_to_an_address_which_the_index_does_not_show_adds_it_once(kept: Kept) -> None:
    kept.record([found(1)])
    assert kept.archives.lead(kept.run, SOURCE, ARCHIVE, found(7))
    assert not kept.archives.lead(kept.run, SOURCE, ARCHIVE, found(7, 5))
    assert not kept.archives.lead(kept.run, SOURCE, ARCHIVE, found(1, 6))
    assert set(kept.chains()) == {"id1", "id7"}
    assert kept.proof().unaccounted == 0


def test_the_proof_names_what_nothing_accounts_for(kept: Kept) -> None:
    from sqlalchemy import text

    kept.record([found(1), found(2), found(3)])
    with kept.database.write() as connection:
        connection.execute(text("update archive_captures set state = 'spared' where key = 'id1'"))
        connection.execute(text("delete from addresses where key = 'id2'"))
        connection.execute(text("delete from archive_captures where key = 'id3'"))
    # id1 waits for nothing, id2 is not in the ledger, a row of id3 is missing and so it waits for nothing.
    assert kept.proof().unaccounted >= 3


def test_days_are_covered_by_windows_that_are_done_and_by_walks_that_were_finished(kept: Kept) -> None:
    kept.record([])
    with kept.database.read() as connection:
        assert backfills.done_spans(connection, SOURCE, Origin.WAYBACK, ARCHIVE) == [YEAR]
    walk = kept.ledger.open_walk(kept.run, SOURCE, "index", date(2017, 1, 10))
    kept.ledger.close_walk(walk, complete=True)
    with kept.database.read() as connection:
        walked = backfills.walked_spans(connection, SOURCE, date(2010, 1, 1))
    # The clock stands on 1 March: what was posted on that day itself may have come after the walk.
    assert walked == {"index": [(date(2017, 1, 10), date(2017, 2, 28))]}


def test_days_with_addresses_that_wait_are_holes_again(kept: Kept) -> None:
    walk = kept.ledger.open_walk(kept.run, SOURCE, "index", None)
    day = date(2017, 2, 3)
    kept.ledger.record(
        kept.run, walk, SOURCE, [Discovered("id9", "http://mexidata.info/id9.html", "index", day)]
    )
    with kept.database.read() as connection:
        assert backfills.unfinished_days(connection, SOURCE, *YEAR, kept.clock()) == [day]
