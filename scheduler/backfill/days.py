"""Arithmetic of days: holes between what is covered, cut into windows. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

Span = tuple[date, date]
"""First and last day, both included."""
_DAY = timedelta(days=1)


class Unit(StrEnum):
    """How large a window is at most."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    WHOLE = "whole"
    """Everything that is missing in a row: an index that has to be walked from its beginning is walked
    once.
    """


def union(spans: Iterable[Span]) -> list[Span]:
    """The same days, in order, each once; what touches becomes one."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1] + _DAY:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def holes(since: date, until: date, covered: Iterable[Span]) -> list[Span]:
    """The days from `since` to `until` that nothing covers."""
    found: list[Span] = []
    first = since
    for start, end in union(covered):
        if end < first or start > until:
            continue
        if start > first:
            found.append((first, start - _DAY))
        first = end + _DAY
    if first <= until:
        found.append((first, until))
    return found


def common(several: Sequence[Iterable[Span]]) -> list[Span]:
    """The days that every one of several covers; none when there are none."""
    if not several:
        return []
    shared = union(several[0])
    for other in several[1:]:
        shared = [
            (max(one[0], two[0]), min(one[1], two[1]))
            for one in shared
            for two in union(other)
            if max(one[0], two[0]) <= min(one[1], two[1])
        ]
    return union(shared)


def cut(spans: Iterable[Span], unit: Unit) -> list[Span]:
    """The same days in windows that reach over no border of a unit."""
    found: list[Span] = []
    for since, until in spans:
        first = since
        while first <= until:
            last = min(until, _end(first, unit, until))
            found.append((first, last))
            first = last + _DAY
    return found


def number_of_days(spans: Iterable[Span]) -> int:
    """How many days there are."""
    return sum((until - since).days + 1 for since, until in spans)


def _end(day: date, unit: Unit, until: date) -> date:
    match unit:
        case Unit.DAY:
            return day
        case Unit.MONTH:
            return day.replace(day=monthrange(day.year, day.month)[1])
        case Unit.YEAR:
            return day.replace(month=12, day=31)
        case Unit.WHOLE:
            return until
