"""The geometry of charts: numbers in, places of bars out; templates draw them as SVG."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

Span = Literal["day", "month", "year"]
WIDTH, HEIGHT = 960, 96
"""Of the chart over time, in units of its own."""
MOST_BARS = 400
_GAP = 0.18
_PHONE_LETTER = 20
"""Width of a letter under the chart on a phone, in the chart's units: `.ticks text` in desk.css."""


@dataclass(frozen=True, slots=True)
class ShownBar:
    """A bar and what it stands for."""

    start: date
    end: date
    """Last day, included."""
    number: int
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A label under the chart."""

    x: float
    label: str
    on_a_phone: bool = True
    """Whether it has room where letters are as large as a phone needs them."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over time."""

    bars: tuple[ShownBar, ...]
    ticks: tuple[Tick, ...]
    by: str
    most: int


def chart(counted: Sequence[tuple[date, int]], by: str) -> Chart:
    """Bars for consecutive years, months or days, those without a number among them."""
    if not counted:
        return Chart((), (), by, 0)
    numbers = dict(counted)
    starts = list(_spans(min(numbers), max(numbers), by))[-MOST_BARS:]
    most = max(numbers.values())
    step = WIDTH / max(len(starts), 12)
    bars = []
    for place, start in enumerate(starts):
        number = numbers.get(start, 0)
        # What is there must be seen.
        height = max(3.0, HEIGHT * number / most) if number else 0.0
        bars.append(
            ShownBar(
                start,
                _last(start, by),
                number,
                label_of(start, by),
                round(place * step + step * _GAP / 2, 2),
                round(HEIGHT - height, 2),
                round(step * (1 - _GAP), 2),
                round(height, 2),
            )
        )
    return Chart(tuple(bars), tuple(_for_phones(_ticks(starts, by, step))), by, most)


def label_of(start: date, by: str) -> str:
    """A span in words."""
    if by == "year":
        return str(start.year)
    return f"{start:%B %Y}" if by == "month" else f"{start.day} {start:%B %Y}"


def finest(first: date, last: date) -> Span:
    """Into what a time is cut so that it gives a readable number of bars."""
    days = (last - first).days
    if days <= 92:
        return "day"
    return "month" if days <= 366 * 10 else "year"


def _spans(first: date, last: date, by: str) -> Iterable[date]:
    at = first
    while at <= last:
        yield at
        at = _last(at, by) + timedelta(days=1)


def _last(start: date, by: str) -> date:
    if by == "day":
        return start
    if by == "month":
        return start.replace(day=calendar.monthrange(start.year, start.month)[1])
    return start.replace(month=12, day=31)


def _ticks(starts: Sequence[date], by: str, step: float) -> Iterable[Tick]:
    every = max(1, round(110 / step))
    if by == "month":
        at_years = [place for place, start in enumerate(starts) if start.month == 1]
        if len(at_years) >= 2:
            thin = max(1, len(at_years) // 10 + 1) if len(at_years) > 10 else 1
            yield from (Tick(round(place * step, 1), str(starts[place].year)) for place in at_years[::thin])
            return
    for place in range(0, len(starts), every):
        start = starts[place]
        label = (
            str(start.year)
            if by == "year"
            else f"{start:%b %Y}"
            if by == "month"
            else f"{start.day} {start:%b}"
        )
        yield Tick(round(place * step, 1), label)


def _for_phones(ticks: Iterable[Tick]) -> Iterable[Tick]:
    free = 0.0
    for tick in ticks:
        fits = tick.x >= free
        if fits:
            free = tick.x + (len(tick.label) + 1) * _PHONE_LETTER
        yield replace(tick, on_a_phone=fits)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in a calendar."""

    day: date
    x: int
    y: int
    state: str
    """none, some, held, missing, failed: what a colour and a sign stand for."""
    words: str


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """A year as a block of weeks."""

    year: int
    cells: tuple[Cell, ...]
    months: tuple[Tick, ...]
    total: int


CELL = 13
"""Distance of two days in a calendar."""


def calendar_year(year: int, told: Mapping[date, tuple[str, str, int]]) -> CalendarYear:
    """A year: weeks are columns, Monday on top. `told`: state, words and number of stored releases by day."""
    first = date(year, 1, 1)
    offset = first.weekday()
    cells: list[Cell] = []
    months: list[Tick] = []
    total = 0
    day = first
    while day.year == year:
        place = (day - first).days + offset
        state, words, number = told.get(day, ("none", "nothing known", 0))
        total += number
        cells.append(Cell(day, place // 7 * CELL, place % 7 * CELL, state, words))
        if day.day == 1:
            months.append(Tick(float((place + 6) // 7 * CELL), f"{day:%b}"))
        day += timedelta(days=1)
    return CalendarYear(year, tuple(cells), tuple(months), total)
