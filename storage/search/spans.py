"""A window of days as few spans: whole years, months at its ends, days at theirs."""

from __future__ import annotations

from datetime import date

from storage.search.index import ALL, DAY, MONTH, YEAR


def spans_between(since: date | None, until: date | None) -> list[tuple[int, int, int]]:
    """A window as few spans of each sort: (sort, first start, last start), ordinals of first days."""
    if since is None and until is None:
        return [(ALL, 0, 0)]
    first, last = since or date.min, until or date.max
    if first.year == last.year:
        return _months(first, last)
    spans: list[tuple[int, int, int]] = []
    from_year, to_year = first.year, last.year
    if first != date(first.year, 1, 1):
        spans += _months(first, date(first.year, 12, 31))
        from_year += 1
    if last != date(last.year, 12, 31):
        spans += _months(date(last.year, 1, 1), last)
        to_year -= 1
    if from_year <= to_year:
        spans.append((YEAR, date(from_year, 1, 1).toordinal(), date(to_year, 1, 1).toordinal()))
    return spans


def _months(first: date, last: date) -> list[tuple[int, int, int]]:
    """Days of one year."""

    def days(start: date, end: date) -> tuple[int, int, int]:
        return (DAY, start.toordinal(), end.toordinal())

    if first.month == last.month:
        return [days(first, last)]
    spans = []
    from_month, to_month = first.month, last.month
    if first.day != 1:
        spans.append(days(first, _last_of(first)))
        from_month += 1
    if last != _last_of(last):
        spans.append(days(last.replace(day=1), last))
        to_month -= 1
    if from_month <= to_month:
        start, end = date(first.year, from_month, 1), date(first.year, to_month, 1)
        spans.append((MONTH, start.toordinal(), end.toordinal()))
    return spans


def _last_of(day: date) -> date:
    """The last day of its month."""
    return (
        date.fromordinal(date(day.year, day.month + 1, 1).toordinal() - 1)
        if day.month < 12
        else date(day.year, 12, 31)
    )
