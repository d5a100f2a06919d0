"""What lists, facets and volumes say is what is stored, on both databases."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from storage.database import Database
from storage.search import finding, sorts
from storage.search.cursors import BadCursor
from storage.search.filters import DIMENSIONS, Filter
from storage.search.finding import Span, count, facets, find_statements, volume
from storage.search.index import DAY, MONTH, YEAR
from storage.search.spans import spans_between
from tests.search.archive import counted, many, matches, save, text
from tests.storage.records import release

RELEASES = many(90)
BY: tuple[Span, ...] = ("day", "month", "year")
FILTERS: list[dict[str, Any]] = [
    {},
    {"issuer": "mx.sre"},
    {"country": "us"},
    {"language": "en", "source": "mexidata"},
    {"role": "original", "kind": "speech"},
    {"has_translation": True},
    {"has_translation": False, "withdrawn": True},
    {"withdrawn": False},
    {"edited": True},
    {"since": date(2016, 12, 28)},
    {"until": date(2017, 1, 3), "issuer": "ca.gac"},
    {"since": date(2016, 12, 25), "until": date(2017, 1, 10), "language": "es", "withdrawn": False},
    {"issuer": "nobody"},
]


@pytest.fixture
def archive(database: Database) -> Database:
    save(database, *RELEASES)
    return database


def test_a_filter_finds_what_it_names_and_counts_it(archive: Database) -> None:
    with archive.read() as connection:
        for wanted in FILTERS:
            expected = [each for each in RELEASES if matches(each, **wanted)]
            page = find_statements(connection, Filter(**wanted), limit=200)
            found = {version.id for each in page.items for version in each.versions}
            assert found == {each.id for each in expected}, wanted
            days = [each.said_on for each in page.items]
            assert days == sorted(days, reverse=True)
            assert count(connection, Filter(**wanted)).number == len(expected)
            told = facets(connection, Filter(**wanted))
            assert told.total.number == len(expected)
            assert told.total.exact
            if expected:
                for dimension in DIMENSIONS:
                    assert told.values[dimension] == counted(expected, dimension), (wanted, dimension)


def test_a_volume_counts_the_days_on_which_it_was_said(archive: Database) -> None:
    def start(day: date, by: Span) -> date:
        return day if by == "day" else day.replace(day=1) if by == "month" else day.replace(month=1, day=1)

    with archive.read() as connection:
        for wanted, by in product(FILTERS, BY):
            said = [start(each.said_on, by) for each in RELEASES if matches(each, **wanted)]
            expected = Counter(said)
            told = volume(connection, Filter(**wanted), by)
            assert {bar.start: bar.number for bar in told.bars} == expected, wanted
            assert [bar.start for bar in told.bars] == sorted(expected)


def test_pages_hold_everything_once_though_statements_arrive_meanwhile(archive: Database) -> None:
    with archive.read() as connection:
        before = [each.id for each in find_statements(connection, Filter(), limit=200).items]
    seen: list[str] = []
    cursor = None
    while True:
        with archive.read() as connection:
            page = find_statements(connection, Filter(), cursor=cursor, limit=13)
        seen += [each.id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        save(archive, release(f"late-{len(seen)}", said_on=date(2017, 3, 1)))
    assert seen == before


def test_a_cursor_of_another_question_or_a_forged_one_is_refused(archive: Database) -> None:
    with archive.read() as connection:
        cursor = find_statements(connection, Filter(), limit=5).next_cursor
        assert cursor is not None
        for forged in (cursor[:-2] + "xx", "", "é", "A" * 4000, "../../etc/passwd"):
            with pytest.raises(BadCursor, match="begin again"):
                find_statements(connection, Filter(), cursor=forged)
        with pytest.raises(BadCursor):
            find_statements(connection, Filter(language="es"), cursor=cursor)


def test_what_is_counted_from_sorts_of_entries_is_what_is_counted_one_by_one(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = [
        *({**one, **other} for one in FILTERS for other in FILTERS),
        {"language": "es", "country": "mx", "withdrawn": False, "has_translation": False},
    ]
    save(archive, replace(RELEASES[3], withdrawn="Withdrawn.", content_digest="other"), text("fr", "new"))
    with archive.read() as connection:
        from_sorts = [facets(connection, Filter(**each)) for each in several]
        monkeypatch.setattr(sorts, "SORTS", 0)
        assert [facets(connection, Filter(**each)) for each in several] == from_sorts
        assert all(each.total.exact for each in from_sorts)


def test_counting_stops_at_a_limit_and_says_so(archive: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorts, "SORTS", 1)
    monkeypatch.setattr(finding, "COUNTED", 4)
    monkeypatch.setattr(finding, "COUNTED_BY_TIME", 4)
    wanted = Filter(language="es", country="mx")
    with archive.read() as connection:
        told = facets(connection, wanted)
        assert (told.total.number, told.total.exact) == (4, False)
        assert told.values["language"] == {"es": 4}
        assert count(connection, wanted) == finding.Count(4, exact=False)
        assert not volume(connection, wanted, "day").exact
        assert find_statements(connection, wanted, limit=7).items[6].languages == ("es",)


def test_a_window_is_counted_in_few_spans_that_hold_each_day_once() -> None:
    windows = [
        (date(2016, 12, 25), date(2019, 2, 28)),
        (date(2017, 1, 1), date(2017, 12, 31)),
        (date(2017, 3, 5), date(2017, 3, 9)),
        (date(2017, 3, 5), date(2017, 12, 31)),
        (date(2016, 2, 1), date(2018, 1, 1)),
    ]
    for since, until in windows:
        days: list[int] = []
        for span, first, last in spans_between(since, until):
            for ordinal in range(first, last + 1):
                day = date.fromordinal(ordinal)
                if span == DAY:
                    days.append(ordinal)
                elif span == MONTH and day.day == 1:
                    days += range(ordinal, _next(day, months=1).toordinal())
                elif span == YEAR and (day.month, day.day) == (1, 1):
                    days += range(ordinal, _next(day, months=12).toordinal())
        assert sorted(days) == list(range(since.toordinal(), until.toordinal() + 1))
        assert len(spans_between(since, until)) <= 5


def _next(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)


def test_a_summary_shows_versions_and_what_became_of_them(database: Database) -> None:
    save(database, text("es", "a"))
    save(database, text("es", "a", body="Las delegaciones se reunieron otra vez.", withdrawn="Retirado."))
    with database.read() as connection:
        (found,) = find_statements(connection, Filter(edited=True)).items
    assert (found.edited, found.withdrawn, found.gone) == (True, True, False)
    assert found.sources == ("mx_sre",)
    assert found.issuers == ("mx.sre", "mx.segob")
    assert [(each.language, each.edited) for each in found.versions] == [("es", True)]
