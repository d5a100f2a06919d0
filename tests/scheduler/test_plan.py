"""When a source is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.declare import Every
from scheduler.plan import in_words, next_due

NOW = datetime(2017, 3, 1, 12, 0, tzinfo=UTC)


def test_a_source_that_never_ran_is_due_now() -> None:
    assert next_due(Every(hours=6), None, NOW) == NOW


def test_a_source_is_due_one_interval_after_the_start_of_its_last_run() -> None:
    assert next_due(Every(hours=6), NOW - timedelta(hours=1), NOW) == NOW + timedelta(hours=5)


def test_missed_intervals_are_one_overdue_run() -> None:
    last = NOW - timedelta(days=3)
    assert next_due(Every(hours=6), last, NOW) == last + timedelta(hours=6)


@pytest.mark.parametrize(("month", "day"), [(3, 26), (10, 29)])
def test_a_change_of_clocks_neither_skips_nor_doubles_a_run(month: int, day: int) -> None:
    last = datetime(2017, month, day, 0, 30, tzinfo=ZoneInfo("Europe/London"))
    due = next_due(Every(hours=2), last, last)
    assert due - last.astimezone(UTC) == timedelta(hours=2)


def test_what_is_due_is_told_in_utc_whatever_the_zone_of_the_run() -> None:
    due = next_due(Every(days=1), NOW.astimezone(ZoneInfo("America/Mexico_City")), NOW)
    assert due.utcoffset() == timedelta(0)
    assert due == NOW + timedelta(days=1)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        next_due(Every(days=1), NOW.replace(tzinfo=None), NOW)


@pytest.mark.parametrize(
    ("every", "words"),
    [(Every(minutes=30), "30 min"), (Every(hours=6), "6 h"), (Every(days=1, hours=12), "1 d 12 h")],
)
def test_an_interval_is_said_as_a_person_says_it(every: Every, words: str) -> None:
    assert in_words(every) == words
