"""Holes between what is covered, and windows that reach over no border."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.backfill.days import Span, Unit, common, cut, holes, number_of_days, union

FIRST = date(2010, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


SPANS = st.lists(
    st.tuples(st.integers(-30, 90), st.integers(0, 40)).map(lambda pair: (day(pair[0]), day(sum(pair)))),
    max_size=6,
)


def days_in(spans: list[Span]) -> set[date]:
    return {since + timedelta(days=n) for since, until in spans for n in range((until - since).days + 1)}


@given(SPANS)
def test_holes_and_what_is_covered_are_all_days_and_share_none(covered: list[Span]) -> None:
    missing = days_in(holes(day(0), day(60), covered))
    asked = days_in([(day(0), day(60))])
    assert missing == asked - days_in(covered)


@given(SPANS, st.sampled_from(Unit))
def test_windows_are_the_same_days_in_order_each_once(spans: list[Span], unit: Unit) -> None:
    windows = cut(union(spans), unit)
    assert windows == sorted(windows)
    assert days_in(windows) == days_in(spans)
    assert number_of_days(windows) == len(days_in(spans))


def test_windows_reach_over_no_border_of_their_unit() -> None:
    span = [(date(2010, 11, 20), date(2011, 2, 3))]
    assert cut(span, Unit.YEAR) == [
        (date(2010, 11, 20), date(2010, 12, 31)),
        (date(2011, 1, 1), date(2011, 2, 3)),
    ]
    assert len(cut(span, Unit.MONTH)) == 4
    assert cut(span, Unit.MONTH)[0] == (date(2010, 11, 20), date(2010, 11, 30))
    assert cut(span, Unit.WHOLE) == span
    assert len(cut(span, Unit.DAY)) == 76


@given(st.lists(SPANS, min_size=1, max_size=3))
def test_days_are_covered_by_a_source_when_all_its_indexes_cover_them(several: list[list[Span]]) -> None:
    expected = days_in(several[0])
    for each in several[1:]:
        expected &= days_in(each)
    assert days_in(common(several)) == expected


def test_a_source_without_any_walk_is_covered_by_nothing() -> None:
    assert common([]) == []
    assert common([[(day(0), day(9))], []]) == []
