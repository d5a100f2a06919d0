"""The timeline: statements found by words and facets, and when they were said."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from crawler.items import KindOfRelease, Role
from storage.search.cursors import BadCursor
from storage.search.filters import DIMENSIONS, FLAGS, Filter
from storage.search.finding import Facets, Span, Volume, facets, find_statements, volume
from web import words
from web.charts import Chart, chart, finest
from web.marks import Piece, cut
from web.pages.page import address, desk_of, problem, show

if TYPE_CHECKING:
    from storage.search.summaries import StatementSummary

router = APIRouter()
PAGE = 25
"""Statements on a page."""
SHOWN = 7
"""Values of a facet that are shown at once; the others unfold."""
MOST_VALUES = 60
_LONGEST = 200

_TITLES: Mapping[str, str] = {
    "issuer": "Who spoke", "country": "Country", "language": "Language", "source": "Source",
    "role": "Versions", "kind": "Kind", "is": "More",
}  # fmt: skip
_ROLES: Mapping[str, str] = {
    "original": "Original", "translation": "Translation", "repost": "Re-post", "excerpt": "Excerpt",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet."""

    label: str
    number: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A way of narrowing what is shown."""

    name: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Something by which what is shown was narrowed, and the way back."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement in the list."""

    of: StatementSummary
    snippet: tuple[Piece, ...]


async def _asked(
    q: Annotated[str | None, Query(max_length=1000)] = None,
    issuer: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    country: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    language: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    source: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    since: Annotated[str | None, Query(max_length=10)] = None,
    until: Annotated[str | None, Query(max_length=10)] = None,
    role: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    kind: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    has_translation: Annotated[bool | None, Query()] = None,
    edited: Annotated[bool | None, Query()] = None,
    withdrawn: Annotated[bool | None, Query()] = None,
) -> Filter:
    return Filter(
        query=(q or "").strip() or None,
        issuer=issuer or None,
        country=country or None,
        language=language or None,
        source=source or None,
        since=_day(since, last=False),
        until=_day(until, last=True),
        role=role or None,
        kind=kind or None,
        has_translation=has_translation,
        edited=edited,
        withdrawn=withdrawn,
    )


@router.get("/")
def timeline(
    request: Request,
    wanted: Annotated[Filter, Depends(_asked)],
    cursor: Annotated[str | None, Query(max_length=_LONGEST)] = None,
) -> HTMLResponse:
    """Statements that match, the latest first, with facets and a chart."""
    desk = desk_of(request)
    try:
        with desk.read() as connection:
            page = find_statements(connection, wanted, cursor=cursor, limit=PAGE)
            counted = facets(connection, wanted)
            by_year = volume(connection, wanted, "year")
            by = _by(by_year, wanted)
            over_time = by_year if by == "year" else volume(connection, wanted, by)
    except BadCursor as error:
        return problem(request, 400, "This page of the list is not there", str(error))
    drawn = chart([(bar.start, bar.number) for bar in over_time.bars], by)
    further = None if page.next_cursor is None else _there(wanted, cursor=page.next_cursor)
    values = {
        "wanted": wanted,
        "total": counted.total,
        "entries": [_entry(each) for each in page.items],
        "facets": _facets(wanted, counted),
        "chosen": _chosen(wanted),
        "chart": drawn,
        "exact": over_time.exact,
        "periods": _periods(wanted, drawn, by_year),
        "later": cursor is not None,
        "first_page": _there(wanted),
        "further": further,
        "kinds": [each.value for each in KindOfRelease],
        "roles": [each.value for each in Role],
        "query": address("", values_of(wanted)),
        "link_values": values_of(replace(wanted, since=None, until=None)),
    }
    return show(request, "statements.html", values)


@router.get("/take-away")
def take_away(request: Request, wanted: Annotated[Filter, Depends(_asked)]) -> HTMLResponse:
    """How to get what is kept, or a part of it, by API, feed and file."""
    options = [_option(name, value) for name, value in wanted.named.items()]
    command = shlex.join(["communique", "export", "statements.jsonl", *options])
    values = {"chosen": _chosen(wanted), "query": address("", values_of(wanted)), "command": command}
    return show(request, "take_away.html", values)


def _option(name: str, value: object) -> str:
    """A part of a filter as commands take it."""
    if isinstance(value, bool):
        without = {"has_translation": "no-translation"}.get(name, f"not-{name}")
        return f"--{name.replace('_', '-') if value else without}"
    return f"--{name}={value}"


def values_of(wanted: Filter) -> dict[str, object]:
    """A filter as the parameters of an address."""
    told = {
        ("q" if each.name == "query" else each.name): getattr(wanted, each.name) for each in fields(wanted)
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def _with(wanted: Filter, name: str, value: object) -> str:
    return address("/", {**values_of(wanted), name: value})


def _without(wanted: Filter, name: str) -> str:
    left = values_of(wanted)
    left.pop("q" if name == "query" else name, None)
    return address("/", left)


def _there(wanted: Filter, **more: object) -> str:
    return address("/", {**values_of(wanted), **more})


def _day(told: str | None, *, last: bool) -> date | None:
    """A day, or the first or last one of a month or a year; None where nothing can be understood."""
    parts = (told or "").split("-")
    try:
        numbers = [int(each) for each in parts]
        if len(numbers) == 3:
            return date(*numbers)
        if len(numbers) == 2:
            year, month = numbers
            if not last:
                return date(year, month, 1)
            return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return date(numbers[0], 12, 31) if last else date(numbers[0], 1, 1)
    except (ValueError, IndexError):
        return None


def _by(by_year: Volume, wanted: Filter) -> Span:
    if not by_year.bars:
        return "year"
    first = max(by_year.bars[0].start, wanted.since or date.min)
    end = by_year.bars[-1].start.replace(month=12, day=31)
    return finest(first, min(end, wanted.until or date.max))


def _periods(wanted: Filter, drawn: Chart, by_year: Volume) -> list[Choice]:
    """Years, or the months of one, as links: what the chart shows for whoever does not see or point at it."""
    if drawn.by == "year" or len(by_year.bars) > 1:
        years = [(bar.start, bar.start.replace(month=12, day=31), bar.number) for bar in by_year.bars][-40:]
        return [
            Choice(str(start.year), number, _there(replace(wanted, since=start, until=end)), False)
            for start, end, number in years
        ]
    bars = [bar for bar in drawn.bars if bar.number]
    return [
        Choice(bar.label, bar.number, _there(replace(wanted, since=bar.start, until=bar.end)), False)
        for bar in bars[-40:]
        if len(bars) > 1
    ]


def _facets(wanted: Filter, counted: Facets) -> list[Facet]:
    found: list[Facet] = []
    for name in DIMENSIONS:
        if name == "is":
            found.append(_flags(wanted, counted))
            continue
        chosen = getattr(wanted, name)
        values = counted.values.get(name, {})
        choices = tuple(
            Choice(
                label_of(name, value),
                number,
                _without(wanted, name) if value == chosen else _with(wanted, name, value),
                value == chosen,
            )
            for value, number in list(values.items())[:MOST_VALUES]
        )
        found.append(Facet(name, _TITLES[name], choices))
    return [each for each in found if each.choices]


def _flags(wanted: Filter, counted: Facets) -> Facet:
    numbers = counted.values.get("is", {})
    choices = tuple(
        Choice(
            words.FLAGS[flag],
            numbers.get(flag, 0),
            _without(wanted, flag) if getattr(wanted, flag) else _with(wanted, flag, True),
            bool(getattr(wanted, flag)),
        )
        for flag in FLAGS
        if numbers.get(flag) or getattr(wanted, flag)
    )
    return Facet("is", _TITLES["is"], choices)


def label_of(dimension: str, value: str) -> str:
    """A value of a facet in words."""
    if dimension == "role":
        return _ROLES.get(value, value)
    if dimension == "kind":
        return value.capitalize()
    named: Mapping[str, Callable[[str], str]] = {
        "issuer": words.issuer, "country": words.country, "language": words.language, "source": words.source,
    }  # fmt: skip
    return named[dimension](value) if dimension in named else value


def _chosen(wanted: Filter) -> list[Chosen]:
    chosen: list[Chosen] = []
    for name, value in wanted.named.items():
        if name == "query":
            label = f"\N{LEFT DOUBLE QUOTATION MARK}{value}\N{RIGHT DOUBLE QUOTATION MARK}"
        elif name in ("since", "until"):
            assert isinstance(value, date)  # noqa: S101 - fields of the filter
            label = f"{name} {words.day(value)}"
        elif name in FLAGS:
            label = words.FLAGS[name] if value else f"Not: {words.FLAGS[name]}"
        else:
            label = label_of(name, str(value))
        chosen.append(Chosen(label, _without(wanted, name)))
    return chosen


def _entry(each: StatementSummary) -> Entry:
    found = each.snippet
    return Entry(each, cut(found.text, found.marks) if found is not None else ())
