"""The ledger as frontier: nothing is lost, nothing is asked for twice, and walks stop only where they may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from crawler.frontier import RunRequest, Seen, Walk
from crawler.items import OUTSIDE_WINDOW, AddressState, Discovered, Due, FailureKind, Outcome
from storage.database import Database
from storage.ledger import Ledger
from storage.outcomes import NOT_MODIFIED, retry_after
from storage.tables import AddressRow, SightingRow
from tests.clock import Clock

SOURCE = "mx_sre"
LISTING = "prensa"


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, clock)


@pytest.fixture
def run(ledger: Ledger) -> str:
    return ledger.open_run(RunRequest(SOURCE))


def page(
    *keys: str, posted_on: date | None = None, posted_at: datetime | None = None, modified: str | None = None
) -> list[Discovered]:
    return [
        Discovered(
            key=key,
            url=f"https://www.gob.mx/sre/{key}",
            found_in="https://www.gob.mx/sre/archivo/prensa",
            posted_on=posted_on,
            title=f"Title of {key}",
            modified=modified,
            posted_at=posted_at,
        )
        for key in keys
    ]


def due(ledger: Ledger, clock: Clock, **changes: object) -> list[str]:
    asked: dict[str, object] = {"since": None, "until": None, "after": None, "limit": 100, **changes}
    return [each.key for each in ledger.due(SOURCE, now=clock(), **asked)]  # type: ignore[arg-type]


def keep(database: Database, *keys: str) -> None:
    """As if the pipelines had stored them."""
    with database.write() as connection:
        connection.execute(
            AddressRow.__table__.update()  # type: ignore[attr-defined]
            .where(AddressRow.key.in_(keys))
            .values(state=AddressState.STORED, fetched_modified=AddressRow.modified, etag='"tag"')
        )


def stored_walk(
    ledger: Ledger, database: Database, run: str, *keys: str, floor: date | None = None, complete: bool = True
) -> None:
    """A walk that saw these, after which all of them were stored."""
    walk = ledger.open_walk(run, SOURCE, LISTING, floor)
    ledger.record(run, walk, SOURCE, page(*keys))
    keep(database, *keys)
    ledger.close_walk(walk, complete=complete)


def may_stop_at(ledger: Ledger, run: str, *keys: str, floor: date | None = None) -> bool:
    """Whether a new walk may end at a page that shows these; the new walk is left open, as by a kill."""
    walk = ledger.open_walk(run, SOURCE, LISTING, floor)
    return walk.may_stop_at_settled and all(
        seen.settled for seen in ledger.record(run, walk, SOURCE, page(*keys))
    )


class TestRecording:
    def test_an_address_is_in_the_ledger_before_it_is_fetched(
        self, ledger: Ledger, run: str, clock: Clock
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        seen = ledger.record(run, walk, SOURCE, page("a", "b"))
        assert seen == [Seen(key, due=True, settled=False, known=False) for key in ("a", "b")]
        assert due(ledger, clock) == ["a", "b"]

    def test_recording_twice_adds_nothing(self, ledger: Ledger, run: str, database: Database) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        first = ledger.record(run, walk, SOURCE, page("a", "b"))
        again = ledger.record(run, walk, SOURCE, page("a", "b"))
        assert again == [replace(each, known=True) for each in first]
        with database.read() as connection:
            assert connection.scalar(select(func.count()).select_from(AddressRow)) == 2
            assert connection.scalar(select(func.count()).select_from(SightingRow)) == 2

    def test_an_address_shown_twice_on_a_page_is_fetched_once(self, ledger: Ledger, run: str) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        seen = ledger.record(run, walk, SOURCE, page("a", "a"))
        assert [each.due for each in seen] == [True, False]

    def test_an_empty_page_is_no_error(self, ledger: Ledger, run: str) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        assert ledger.record(run, walk, SOURCE, []) == []

    def test_a_page_of_many_addresses_is_recorded_whole(self, ledger: Ledger, run: str, clock: Clock) -> None:
        keys = [f"{number:05}" for number in range(1_700)]
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page(*keys))
        assert len(ledger.record(run, walk, SOURCE, page(*keys))) == 1_700
        assert due(ledger, clock, limit=2_000) == keys

    def test_a_known_unchanged_address_is_not_fetched_again(
        self, ledger: Ledger, run: str, database: Database, clock: Clock
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("a", modified="2017-03-01"))
        keep(database, "a")
        clock.advance(days=30)
        assert [each.due for each in ledger.record(run, walk, SOURCE, page("a", modified="2017-03-01"))] == [
            False
        ]
        assert due(ledger, clock) == []

    def test_a_changed_stamp_makes_a_stored_address_due_until_it_was_fetched(
        self, ledger: Ledger, run: str, database: Database, clock: Clock
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("a", modified="1"))
        keep(database, "a")
        assert [each.due for each in ledger.record(run, walk, SOURCE, page("a", modified="2"))] == [True]
        assert due(ledger, clock) == ["a"]
        keep(database, "a")
        assert due(ledger, clock) == []

    def test_an_index_that_shows_less_takes_nothing_away(
        self, ledger: Ledger, run: str, database: Database, clock: Clock
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("a", posted_on=date(2017, 2, 23), modified="1"))
        keep(database, "a")
        bare = Discovered("a", "https://www.gob.mx/sre/a", "https://www.gob.mx/sre/feed")
        assert [each.due for each in ledger.record(run, walk, SOURCE, [bare])] == [False]
        found = ledger.look_up(SOURCE, ["a"])["a"]
        assert (found.title, found.posted_on) == ("Title of a", date(2017, 2, 23))

    def test_the_posting_time_is_the_first_that_an_index_shows(self, ledger: Ledger, run: str) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        evening = datetime(2017, 2, 24, 0, 21, tzinfo=UTC)
        for moment in (None, evening, evening + timedelta(hours=3), None):
            ledger.record(run, walk, SOURCE, page("a", posted_on=date(2017, 2, 23), posted_at=moment))
        assert ledger.look_up(SOURCE, ["a"])["a"].posted_at == evening

    def test_text_that_no_database_could_keep_does_not_stop_a_walk(self, ledger: Ledger, run: str) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        hostile = Discovered("a", "https://www.gob.mx/sre/a", "x", title="nul \0 and half a pair \ud83d")
        ledger.record(run, walk, SOURCE, [hostile])
        assert ledger.look_up(SOURCE, ["a"])["a"].title == "nul  and half a pair ?"

    def test_what_is_kept_is_due_only_when_asked_for_again(
        self, ledger: Ledger, database: Database, run: str, clock: Clock
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("kept", "skipped", "new"))
        keep(database, "kept")
        ledger.settle(run, SOURCE, [Outcome("skipped", AddressState.SKIPPED, "a column, not a release")])
        assert due(ledger, clock) == ["new"]
        assert due(ledger, clock, again=True) == ["kept", "new"]

    def test_sources_do_not_share_addresses(self, ledger: Ledger, run: str, clock: Clock) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("a"))
        assert ledger.look_up("mx_segob", ["a"]) == {}
        assert ledger.due("mx_segob", now=clock(), since=None, until=None, after=None, limit=9) == []


class TestWalks:
    def test_the_first_walk_goes_to_the_end(self, ledger: Ledger, run: str) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        assert (walk.may_stop_at_settled, walk.floor, walk.highest_number) == (False, None, None)

    def test_after_a_finished_walk_the_next_may_stop_at_a_page_of_known_addresses(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        stored_walk(ledger, database, run, "a", "b")
        assert may_stop_at(ledger, run, "a", "b")
        assert not may_stop_at(ledger, run, "new", "a")

    def test_a_killed_walk_settles_nothing(self, ledger: Ledger, database: Database, run: str) -> None:
        stored_walk(ledger, database, run, "old1", "old2")
        # New pages come; the walk is killed after the first of them, though all it saw was stored.
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("new1", "new2"))
        keep(database, "new1", "new2")
        # The next walk must go past them: new3 may lie between them and the old ones.
        assert not may_stop_at(ledger, run, "new1", "new2")
        assert may_stop_at(ledger, run, "old1", "old2")

    def test_a_walk_that_ended_unfinished_settles_nothing(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        stored_walk(ledger, database, run, "a", complete=False)
        assert not may_stop_at(ledger, run, "a")

    def test_a_finished_walk_cannot_be_unfinished_afterwards(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("a"))
        keep(database, "a")
        ledger.close_walk(walk, complete=True)
        ledger.close_walk(walk, complete=False)
        assert may_stop_at(ledger, run, "a")

    def test_a_killed_walk_is_made_good_by_the_next_finished_one(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        stored_walk(ledger, database, run, "old")
        assert not may_stop_at(ledger, run, "new")
        stored_walk(ledger, database, run, "new", "old")
        assert may_stop_at(ledger, run, "new", "old")

    def test_a_walk_to_an_earlier_day_does_not_stop_where_a_shorter_one_ended(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        stored_walk(ledger, database, run, "a", floor=date(2017, 2, 20))
        assert may_stop_at(ledger, run, "a", floor=date(2017, 2, 20))
        assert may_stop_at(ledger, run, "a", floor=date(2017, 2, 25))
        assert not may_stop_at(ledger, run, "a", floor=date(2017, 2, 19))

    def test_a_walk_that_may_stop_anywhere_does_not_stop_before_a_gap(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        """Whole archive in January, two days in March: February is still unknown."""
        stored_walk(ledger, database, run, "january")
        stored_walk(ledger, database, run, "march", floor=date(2017, 2, 27))
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        assert walk.may_stop_at_settled
        assert [each.settled for each in ledger.record(run, walk, SOURCE, page("march"))] == [False]
        assert [each.due for each in ledger.record(run, walk, SOURCE, page("february"))] == [True]
        assert [each.settled for each in ledger.record(run, walk, SOURCE, page("january"))] == [True]
        keep(database, "february")
        ledger.close_walk(walk, complete=True)
        assert may_stop_at(ledger, run, "march")

    def test_a_walk_without_a_floor_goes_back_to_the_earliest_day_ever_finished(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        stored_walk(ledger, database, run, "a", floor=date(2017, 2, 20))
        stored_walk(ledger, database, run, "a", floor=date(2017, 2, 24))
        stored_walk(ledger, database, run, "a", floor=date(2016, 1, 1), complete=False)
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        assert walk.floor == date(2017, 2, 20)
        assert may_stop_at(ledger, run, "a")

    def test_once_the_end_was_reached_a_walk_without_a_floor_has_none(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        stored_walk(ledger, database, run, "a", floor=date(2017, 2, 20))
        walk = ledger.open_walk(run, SOURCE, LISTING, date(1990, 1, 1))
        ledger.close_walk(walk, complete=True)
        stored_walk(ledger, database, run, "a", floor=None)
        assert ledger.open_walk(run, SOURCE, LISTING, None).floor == date(1990, 1, 1)

    def test_what_one_index_settled_is_not_settled_in_another(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        """Two indexes overlap at their top; one walk is killed below it, the other is finished."""
        stored_walk(ledger, database, run, "old")
        ledger.record(run, ledger.open_walk(run, SOURCE, LISTING, None), SOURCE, page("both"))
        other = ledger.open_walk(run, SOURCE, "comunicados", None)
        ledger.record(run, other, SOURCE, page("both"))
        keep(database, "both")
        ledger.close_walk(other, complete=True)
        assert not may_stop_at(ledger, run, "both")

    def test_an_address_that_is_due_is_not_settled(
        self, ledger: Ledger, database: Database, run: str
    ) -> None:
        stored_walk(ledger, database, run, "a")
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        seen = ledger.record(run, walk, SOURCE, page("a", modified="changed"))
        assert seen == [Seen("a", due=True, settled=False)]

    def test_counting_goes_on_after_the_highest_number_that_is_not_gone(
        self, ledger: Ledger, run: str
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, "numbers", None)
        ledger.record(run, walk, SOURCE, page("id4409", "id4410", "id4411"))
        ledger.settle(run, SOURCE, [Outcome("id4411", AddressState.GONE, "status 404", status=404)])
        assert ledger.open_walk(run, SOURCE, "numbers", None).highest_number == 4410
        assert ledger.open_walk(run, SOURCE, LISTING, None).highest_number is None


class TestLeftovers:
    def test_leftovers_come_in_key_order_piece_by_piece(self, ledger: Ledger, run: str, clock: Clock) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("d", "b", "a", "c", "e"))
        assert due(ledger, clock, limit=2) == ["a", "b"]
        assert due(ledger, clock, limit=2, after="b") == ["c", "d"]
        assert due(ledger, clock, limit=2, after="d") == ["e"]

    def test_leftovers_of_all_kinds_come_together(
        self, ledger: Ledger, database: Database, run: str, clock: Clock
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("changed", "discovered", "failed", "skipped", "stored"))
        ledger.settle(
            run,
            SOURCE,
            [
                Outcome("failed", AddressState.FAILED, "no answer", FailureKind.NETWORK),
                Outcome("skipped", AddressState.SKIPPED, "a column"),
            ],
        )
        keep(database, "changed", "stored")
        ledger.record(run, walk, SOURCE, page("changed", "skipped", modified="new"))
        assert due(ledger, clock) == ["changed", "discovered"]
        clock.advance(minutes=7)
        assert due(ledger, clock) == ["changed", "discovered", "failed"]
        assert due(ledger, clock, limit=1, after="changed") == ["discovered"]

    def test_a_window_leaves_out_other_days_but_not_unknown_ones(
        self, ledger: Ledger, run: str, clock: Clock
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        for day in (19, 20, 23, 24):
            ledger.record(run, walk, SOURCE, page(f"day{day}", posted_on=date(2017, 2, day)))
        ledger.record(run, walk, SOURCE, page("undated"))
        window = {"since": date(2017, 2, 20), "until": date(2017, 2, 23)}
        assert due(ledger, clock, **window) == ["day20", "day23", "undated"]

    def test_a_leftover_carries_what_the_index_said_and_how_to_ask_again(
        self, ledger: Ledger, run: str, clock: Clock
    ) -> None:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        evening = datetime(2017, 2, 24, 0, 21, tzinfo=UTC)
        ledger.record(run, walk, SOURCE, page("a", posted_on=date(2017, 2, 23), posted_at=evening))
        ledger.settle(run, SOURCE, [Outcome("a", AddressState.FAILED, "status 503", FailureKind.HTTP, 503)])
        clock.advance(hours=1)
        (found,) = ledger.due(SOURCE, now=clock(), since=None, until=None, after=None, limit=9)
        assert found == Due(
            key="a",
            url="https://www.gob.mx/sre/a",
            attempts=1,
            title="Title of a",
            posted_on=date(2017, 2, 23),
            posted_at=evening,
        )
        assert ledger.look_up(SOURCE, ["a", "unknown"]) == {"a": found}


class TestOutcomes:
    @pytest.fixture
    def walk(self, ledger: Ledger, run: str) -> Walk:
        walk = ledger.open_walk(run, SOURCE, LISTING, None)
        ledger.record(run, walk, SOURCE, page("a", modified="1"))
        return walk

    def _row(self, database: Database) -> dict[str, object]:
        with database.read() as connection:
            return dict(connection.execute(select(AddressRow)).one()._mapping)

    def test_a_failure_is_tried_again_later_and_later(
        self, ledger: Ledger, run: str, walk: Walk, clock: Clock, database: Database
    ) -> None:
        waits = []
        for _ in range(12):
            ledger.settle(run, SOURCE, [Outcome("a", AddressState.FAILED, "no answer", FailureKind.NETWORK)])
            next_try = self._row(database)["next_try_at"]
            waits.append(next_try - clock())  # type: ignore[operator]
            assert due(ledger, clock) == []
            assert [each.due for each in ledger.record(run, walk, SOURCE, page("a", modified="1"))] == [False]
            clock.now = next_try  # type: ignore[assignment]
            assert due(ledger, clock) == ["a"]
            assert [each.due for each in ledger.record(run, walk, SOURCE, page("a", modified="1"))] == [True]
        assert timedelta(minutes=5) <= waits[0] <= timedelta(minutes=6, seconds=15)
        assert waits[3] == 8 * waits[0]
        assert timedelta(hours=24) <= waits[-1] == waits[-2] <= timedelta(hours=30)

    @pytest.mark.parametrize(
        ("asked", "put_off"),
        [
            (7200.0, timedelta(hours=2)),
            (1.0, retry_after("a", 1)),  # less than we would wait anyway
            (1e300, timedelta(days=7)),
            (float("inf"), timedelta(days=7)),
        ],
    )
    def test_a_site_that_asks_to_be_left_alone_is_for_at_most_a_week(
        self,
        ledger: Ledger,
        run: str,
        walk: Walk,
        clock: Clock,
        database: Database,
        asked: float,
        put_off: timedelta,
    ) -> None:
        failed = Outcome("a", AddressState.FAILED, "status 503", FailureKind.HTTP, 503, retry_after=asked)
        ledger.settle(run, SOURCE, [failed])
        assert self._row(database)["next_try_at"] == clock() + put_off
        clock.advance(seconds=put_off.total_seconds() - 1)
        assert due(ledger, clock) == []
        clock.advance(seconds=1)
        assert due(ledger, clock) == ["a"]

    def test_addresses_that_failed_together_are_not_tried_together(self) -> None:
        waits = {retry_after(f"key{number}", 1) for number in range(100)}
        assert len(waits) > 90
        assert retry_after("key1", 3) == retry_after("key1", 3)

    def test_what_is_skipped_is_never_fetched_again(
        self, ledger: Ledger, run: str, walk: Walk, clock: Clock
    ) -> None:
        ledger.settle(run, SOURCE, [Outcome("a", AddressState.SKIPPED, "a column", status=200)])
        clock.advance(days=365)
        assert [each.due for each in ledger.record(run, walk, SOURCE, page("a", modified="2"))] == [False]
        assert due(ledger, clock) == []

    def test_a_page_that_is_gone_is_asked_for_again_only_when_an_index_still_shows_it_a_day_later(
        self, ledger: Ledger, run: str, walk: Walk, clock: Clock
    ) -> None:
        ledger.settle(run, SOURCE, [Outcome("a", AddressState.GONE, "status 404", status=404)])
        assert [each.due for each in ledger.record(run, walk, SOURCE, page("a", modified="1"))] == [False]
        clock.advance(days=1)
        assert due(ledger, clock) == []
        assert [each.due for each in ledger.record(run, walk, SOURCE, page("a", modified="1"))] == [True]

    def test_an_unmodified_page_takes_the_new_stamp_and_loses_nothing(
        self, ledger: Ledger, run: str, walk: Walk, clock: Clock, database: Database
    ) -> None:
        keep(database, "a")
        ledger.record(run, walk, SOURCE, page("a", modified="2"))
        clock.advance(hours=1)
        ledger.settle(
            run,
            SOURCE,
            [Outcome("a", AddressState.STORED, NOT_MODIFIED, status=304, last_modified="yesterday")],
        )
        row = self._row(database)
        assert (row["state"], row["fetched_modified"], row["fetched_at"]) == ("stored", "2", clock())
        assert (row["etag"], row["last_modified"]) == ('"tag"', "yesterday")
        assert due(ledger, clock) == []

    def test_an_unmodified_page_that_failed_before_becomes_what_it_was(
        self, ledger: Ledger, run: str, walk: Walk, database: Database
    ) -> None:
        ledger.settle(run, SOURCE, [Outcome("a", AddressState.FAILED, "no answer", FailureKind.NETWORK)])
        ledger.settle(run, SOURCE, [Outcome("a", AddressState.STORED, NOT_MODIFIED, status=304)])
        row = self._row(database)
        assert (row["state"], row["reason"], row["attempts"]) == ("skipped", NOT_MODIFIED, 0)

    def test_only_pipelines_store_and_hold(
        self, ledger: Ledger, run: str, walk: Walk, database: Database
    ) -> None:
        with pytest.raises(ValueError, match="not as stored"):
            ledger.settle(run, SOURCE, [Outcome("a", AddressState.STORED, "looks fine")])
        assert self._row(database)["state"] == "discovered"

    def test_an_address_that_was_never_recorded_is_named_and_the_others_are_written(
        self, ledger: Ledger, run: str, walk: Walk, database: Database
    ) -> None:
        outcomes = [Outcome(key, AddressState.SKIPPED, "a column") for key in ("stranger", "a")]
        with pytest.raises(LookupError, match="stranger"):
            ledger.settle(run, SOURCE, outcomes)
        assert self._row(database)["state"] == "skipped"


class TestOutsideTheWindow:
    """A page may show that it was posted on a day that its run did not ask for."""

    @pytest.fixture
    def passed_over(self, ledger: Ledger, run: str) -> Walk:
        walk = ledger.open_walk(run, SOURCE, LISTING, date(2017, 2, 1))
        ledger.record(run, walk, SOURCE, page("january", "february", "column"))
        ledger.settle(
            run,
            SOURCE,
            [
                Outcome(month, AddressState.SKIPPED, OUTSIDE_WINDOW, posted_on=date(2017, number, 20))
                for number, month in enumerate(("january", "february"), 1)
            ]
            + [Outcome("column", AddressState.SKIPPED, "a column")],
        )
        return walk

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            (date(2017, 1, 1), None, ["february", "january"]),
            (date(2017, 2, 1), date(2017, 2, 28), ["february"]),
            (None, date(2017, 1, 31), ["january"]),
            (date(2017, 1, 21), date(2017, 2, 19), []),
        ],
    )
    def test_it_is_due_when_its_day_is_asked_for(
        self, ledger: Ledger, clock: Clock, passed_over: Walk, since: date, until: date, expected: list[str]
    ) -> None:
        assert due(ledger, clock, since=since, until=until) == expected

    def test_an_index_that_shows_it_again_does_not_make_it_due(
        self, ledger: Ledger, run: str, passed_over: Walk
    ) -> None:
        (seen,) = ledger.record(run, passed_over, SOURCE, page("january", modified="changed"))
        assert not seen.due

    def test_without_a_window_it_is_due_back_to_where_walks_went(
        self, ledger: Ledger, run: str, clock: Clock, passed_over: Walk
    ) -> None:
        ledger.close_walk(passed_over, complete=True)
        assert due(ledger, clock) == ["february"]
        to_the_end = ledger.open_walk(run, SOURCE, "another index", None)
        assert due(ledger, clock) == ["february"]
        ledger.close_walk(to_the_end, complete=True)
        assert due(ledger, clock) == ["february", "january"]

    def test_its_day_and_what_is_kept_are_known(
        self, ledger: Ledger, database: Database, passed_over: Walk
    ) -> None:
        assert ledger.look_up(SOURCE, ["january"])["january"].posted_on == date(2017, 1, 20)
        keep(database, "january")
        known = ledger.look_up(SOURCE, ["january", "february"])
        assert (known["january"].kept, known["february"].kept) == (True, False)


@pytest.mark.parametrize(
    ("stamp", "asked_again"),
    [
        ("2017-02-28T09:00:00Z", False),
        ("2017-03-01T12:00:00+00:00", False),
        ("2017-03-01T12:00:01+00:00", True),
        ("2017-02-28T09:00:00", False),
        ("2017-03-01T11:00:00", True),
        ("revision 7", True),
    ],
)
def test_a_first_stamp_older_than_what_was_fetched_asks_for_nothing(
    ledger: Ledger, run: str, clock: Clock, database: Database, stamp: str, asked_again: bool
) -> None:
    # A page names its translation, which is fetched before the index of that language is read.
    named = ledger.open_walk(run, SOURCE, "(pages)", None)
    ledger.record(run, named, SOURCE, page("a"))
    keep(database, "a")
    with database.write() as connection:
        connection.execute(AddressRow.__table__.update().values(fetched_at=clock()))  # type: ignore[attr-defined]
    clock.advance(minutes=1)
    walk = ledger.open_walk(run, SOURCE, LISTING, None)
    (seen,) = ledger.record(run, walk, SOURCE, page("a", modified=stamp))
    assert seen.due is asked_again
    assert due(ledger, clock) == (["a"] if asked_again else [])
    # Whatever it was: a stamp that changes later does ask.
    (seen,) = ledger.record(run, walk, SOURCE, page("a", modified="2017-03-02T00:00:00Z"))
    assert seen.due
