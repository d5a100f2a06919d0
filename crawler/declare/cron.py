"""Five fields of cron, as a calendar without a zone: on which days, at which times.

APScheduler's fields read minute, hour, day and month. Its weekdays are not cron's (0 is Monday there,
Sunday everywhere else) and it asks for day of month *and* weekday where cron takes either; these two are
done here as crontab(5) has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise

from apscheduler.triggers.cron.fields import BaseField, DayOfMonthField, MonthField

NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}
EXPECTED = "five fields (minute hour day month weekday; Sunday is 0 or 7), such as '30 6 * * 1-5', or @daily"
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_YEARS = 28
"""After so many years the calendar repeats: what falls on no day of them falls on none."""


class Period(StrEnum):
    """What a cron fires once in; a time that does not exist is moved within it, never out of it."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Cron:
    """When something is done, by the clock on a wall."""

    text: str
    times: tuple[time, ...]
    """Of each day on which it is done, in order."""
    period: Period
    """HOUR: in every hour of its days; WEEK, MONTH: on one day of each; else DAY."""
    _days: DayOfMonthField
    _months: MonthField
    _weekdays: frozenset[int]
    _either: bool

    def falls_on(self, day: date) -> bool:
        """Whether it is done on that day."""
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a day on the wall has no zone
        if self._months.get_next_value(moment) != day.month:
            return False
        by_day = self._days.get_next_value(moment) == day.day
        by_weekday = day.isoweekday() % 7 in self._weekdays
        return by_day or by_weekday if self._either else by_day and by_weekday

    @property
    def in_one(self) -> bool:
        """Whether it is done only once in each period."""
        if self.period is Period.HOUR:
            return len({each.minute for each in self.times}) == 1
        return len(self.times) == 1

    def longest_gap(self) -> timedelta:
        """The longest time between two of its times in any year, on a wall whose clock is never changed."""
        return _longest_gap(self)

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cron) and self.text == other.text


@cache
def read_cron(text: str) -> Cron:
    """The calendar that five fields of cron say; ValueError tells what was expected and what was found."""
    fields = NICKNAMES.get(text.strip().lower(), text).split()
    if len(fields) != 5:
        raise ValueError(f"cron {text!r}: expected {EXPECTED}; found {len(fields)} fields")
    minute, hour, day, month, weekday = fields
    try:
        minutes = _numbers(BaseField("minute", minute), "minute", 60)
        hours = _numbers(BaseField("hour", hour), "hour", 24)
        days, months = DayOfMonthField("day", day), MonthField("month", month)
        weekdays = _read_weekdays(weekday)
    except ValueError as error:
        raise ValueError(f"cron {text!r}: {error}. Expected {EXPECTED}") from None
    if len(hours) == 24:
        period = Period.HOUR
    elif day == "*" and month == "*" and len(weekdays) == 1:
        period = Period.WEEK
    elif weekday == "*" and month == "*" and re.fullmatch(r"\d+|last", day):
        period = Period.MONTH
    else:
        period = Period.DAY
    made = Cron(
        " ".join(fields),
        tuple(time(each, other) for each in hours for other in minutes),
        period,
        days,
        months,
        weekdays,
        # As in crontab(5): a field that begins with a star restricts nothing by itself.
        _either=not day.startswith("*") and not weekday.startswith("*"),
    )
    if next(_days_of(made), None) is None:
        raise ValueError(f"cron {text!r}: there is no such day in any year")
    return made


def _numbers(field: BaseField, name: str, end: int) -> list[int]:
    found = []
    for each in range(end):
        moment = time(each) if name == "hour" else time(minute=each)
        if field.get_next_value(datetime.combine(date.min, moment)) == each:
            found.append(each)
    return found


def _read_weekdays(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.lower().split(","):
        match = re.fullmatch(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/([1-9]\d*))?", part)
        if match is None:
            raise ValueError(f"{part!r} is no weekday")
        star, first, last, step = match.groups()
        begin = 0 if star else _weekday(first)
        end = begin if last is None else _weekday(last)
        if star or (step and last is None):
            end = 6
        if end < begin:
            end += 7  # fri-sun, 6-2
        found.update(each % 7 for each in range(begin, end + 1, int(step or 1)))
    return frozenset(found)


def _weekday(text: str) -> int:
    if text in _WEEKDAYS:
        return _WEEKDAYS.index(text)
    if re.fullmatch("[0-7]", text):
        return int(text)
    raise ValueError(f"{text!r} is no weekday: 0 to 7 or {', '.join(_WEEKDAYS)}")


def _days_of(cron: Cron) -> Iterator[date]:
    first = date(2001, 1, 1)
    days = (first + timedelta(days=each) for each in range(_YEARS * 1461 // 4))
    return (each for each in days if cron.falls_on(each))


@cache
def _longest_gap(cron: Cron) -> timedelta:
    moments = [datetime.combine(date.min, each) for each in cron.times]
    longest = max((after - before for before, after in pairwise(moments)), default=timedelta(0))
    overnight = moments[-1] - moments[0]
    for before, after in pairwise(_days_of(cron)):
        longest = max(longest, after - before - overnight)
        if after.year > 2002:
            break
    return longest
