"""Which statements a filter finds, how many, of what sort, and when they were said.

Lists go from the latest to the earliest, by entry number: a page begins where the one before ended, whatever
has arrived since. Counts that were kept ready are exact; others look at the latest entries only, up to a
limit, and say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, select, union_all
from sqlalchemy.orm import aliased

from storage.search import texts
from storage.search.asking import day_after, read_question
from storage.search.cursors import read_cursor, write_cursor
from storage.search.filters import DIMENSIONS, Filter, traits_of
from storage.search.index import ALL, DAY, EVERY, MONTH, SHIFT, YEAR, Trait, first_of
from storage.search.limits import COUNTED, COUNTED_BY_TIME, MOST_ITEMS, bounded, spelled_out
from storage.search.matching import matching
from storage.search.sorts import by_trait, sorts_with
from storage.search.spans import spans_between
from storage.search.summaries import StatementSummary, summaries
from storage.search_tables import EntryRow, EntryTraitRow, TraitCountRow, TraitPairRow, TraitRow

Span = Literal["day", "month", "year"]
_SPANS: Mapping[str, int] = {"day": DAY, "month": MONTH, "year": YEAR}


@dataclass(frozen=True, slots=True)
class Page:
    """Part of an answer."""

    items: tuple[StatementSummary, ...]
    next_cursor: str | None
    """Where the next part begins; None at the end."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many statements there are."""

    number: int
    exact: bool = True
    """False: at least so many."""


@dataclass(frozen=True, slots=True)
class Facets:
    """How many of the statements that a filter finds have each value."""

    total: Count
    values: Mapping[str, Mapping[str, int]]
    """By dimension (`storage.search.filters.DIMENSIONS`) and value, the most frequent first. When `total` is
    not exact, of the latest statements only, as many as `total` says."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many statements were said in a day, a month or a year."""

    start: date
    number: int


@dataclass(frozen=True, slots=True)
class Volume:
    """How many statements were said when; spans without any are left out."""

    by: Span
    bars: tuple[Bar, ...]
    """The earliest first."""
    exact: bool = True
    """False: only the latest statements were counted."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A filter as the tables know it."""

    every: int
    """Id of the trait that every entry has."""
    having: tuple[int, ...]
    without: tuple[int, ...]
    text: texts.Sought
    since: date | None
    until: date | None
    traits: _Traits
    nothing: bool = False
    """It names something that no statement has."""

    @property
    def kept_ready(self) -> bool:
        """Whether counts are kept for it, its days aside: of one trait at most."""
        return not self.text and not self.without and len(self.having) <= 1

    def window(self, entry: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
        if self.since is not None:
            yield entry >= spelled_out(first_of(self.since))
        if self.until is not None and self.until != date.max:
            yield entry < spelled_out(first_of(day_after(self.until)))


def find_statements(
    connection: Connection, wanted: Filter, *, cursor: str | None = None, limit: int = 20
) -> Page:
    """A page of statements, the latest said first. Raises BadCursor and TooLong."""
    question = repr(wanted)
    before = None if cursor is None else _number(read_cursor(cursor, question))
    size = max(1, min(limit, MOST_ITEMS))
    with bounded(connection):
        resolved = _resolve(connection, wanted)
        numbers = _numbers(connection, resolved, size + 1, before)
        found = summaries(connection, numbers[:size], resolved.text)
    more = len(numbers) > size
    return Page(found, write_cursor(str(numbers[size - 1]), question) if more else None)


def find_entries(
    connection: Connection, wanted: Filter, before: int | None, limit: int
) -> list[tuple[int, str]]:
    """Numbers and ids of statements before a number, the latest first: for who reads them all."""
    with bounded(connection, 600):
        numbers = _numbers(connection, _resolve(connection, wanted), limit, before)
        rows = connection.execute(
            select(EntryRow.number, EntryRow.statement_id)
            .where(EntryRow.number.in_(numbers))
            .order_by(EntryRow.number.desc())
        )
        return [(row.number, row.statement_id) for row in rows]


def count(connection: Connection, wanted: Filter) -> Count:
    """How many statements there are; exact up to COUNTED, and where counts are kept ready."""
    with bounded(connection):
        resolved = _resolve(connection, wanted)
        if resolved.nothing:
            return Count(0)
        if resolved.kept_ready:
            return Count(_kept(connection, resolved))
        if (sorts := _sorts(connection, resolved)) is not None:
            return Count(sum(sorts.values()))
        limited = _latest(connection, resolved, COUNTED + 1)
        number = connection.scalar(select(func.count()).select_from(limited)) or 0
        return Count(min(number, COUNTED), number <= COUNTED)


def facets(connection: Connection, wanted: Filter) -> Facets:
    """How many statements have each value."""
    with bounded(connection):
        resolved = _resolve(connection, wanted, all_traits=True)
        if resolved.nothing:
            return Facets(Count(0), {})
        names = resolved.traits.names
        if resolved.kept_ready and resolved.since is None and resolved.until is None:
            numbers = _kept_facets(connection, resolved)
            return Facets(Count(_kept(connection, resolved)), _sorted(numbers, names))
        if resolved.kept_ready and not resolved.having:
            numbers = _between(connection, resolved, None)
            return Facets(Count(numbers[resolved.every]), _sorted(numbers, names))
        if (sorts := _sorts(connection, resolved)) is not None:
            return Facets(Count(sum(sorts.values())), _sorted(by_trait(sorts), names))
        sorts, exact = _latest_sorts(connection, resolved)
        return Facets(Count(sum(sorts.values()), exact), _sorted(by_trait(sorts), names))


def volume(connection: Connection, wanted: Filter, by: Span = "month") -> Volume:
    """How many statements were said in each day, month or year."""
    with bounded(connection):
        resolved = _resolve(connection, wanted)
        if resolved.nothing:
            return Volume(by, ())
        if resolved.kept_ready and (bars := _kept_bars(connection, resolved, by)) is not None:
            return Volume(by, bars)
        matched = _latest(connection, resolved, COUNTED_BY_TIME + 1)
        day = matched.c.entry.op("/")(1 << SHIFT)
        rows = connection.execute(select(day, func.count()).group_by(day).order_by(day)).all()
        counted: Counter[date] = Counter()
        for ordinal, number in rows:
            counted[_start(date.fromordinal(ordinal), by)] += number
        exact = sum(counted.values()) <= COUNTED_BY_TIME
        return Volume(by, tuple(Bar(start, number) for start, number in sorted(counted.items())), exact)


def _start(day: date, by: Span) -> date:
    return day if by == "day" else day.replace(day=1) if by == "month" else day.replace(month=1, day=1)


def _number(place: str) -> int:
    return int(place) if place.isdecimal() else 0


def _resolve(connection: Connection, wanted: Filter, *, all_traits: bool = False) -> _Wanted:
    asked = read_question(wanted.query)
    having, without = traits_of(wanted)
    having = list(dict.fromkeys([*having, *asked.having]))
    without = list(dict.fromkeys([*without, *asked.without]))
    traits = _traits(connection, None if all_traits else {*having, *without, EVERY})
    ids = traits.ids
    sought = texts.sought(asked, traits.languages)
    since = max((day for day in (wanted.since, asked.since) if day is not None), default=None)
    until = min((day for day in (wanted.until, asked.until) if day is not None), default=None)
    empty = since is not None and until is not None and since > until
    nothing = empty or sought.nothing or EVERY not in ids or any(each not in ids for each in having)
    return _Wanted(
        ids.get(EVERY, 0),
        tuple(ids[each] for each in having if each in ids),
        tuple(ids[each] for each in without if each in ids),
        sought,
        since,
        until,
        traits,
        nothing,
    )


@dataclass(frozen=True, slots=True)
class _Traits:
    """Traits as they are kept."""

    ids: Mapping[Trait, int]
    numbers: Mapping[int, int]
    """How many entries have each."""

    @property
    def languages(self) -> list[str]:
        """Of the archive."""
        return sorted(value for dimension, value in self.ids if dimension == "language")

    @property
    def names(self) -> dict[int, Trait]:
        """By id."""
        return {number: trait for trait, number in self.ids.items()}


_ALL_TRAITS = select(TraitRow.id, TraitRow.dimension, TraitRow.value, TraitCountRow.number).outerjoin(
    TraitCountRow,
    (TraitCountRow.trait == TraitRow.id) & (TraitCountRow.span == ALL) & (TraitCountRow.start == 0),
)
_SOME_TRAITS = _ALL_TRAITS.where(
    TraitRow.value.in_(bindparam("values", expanding=True)) | (TraitRow.dimension == "language")
)


def _traits(connection: Connection, wanted: Collection[Trait] | None) -> _Traits:
    """Those traits, where they are kept, and all languages; None: all that there are."""
    if wanted is None:
        rows = connection.execute(_ALL_TRAITS).all()
    else:
        rows = connection.execute(_SOME_TRAITS, {"values": sorted({value for _, value in wanted})}).all()
    ids: dict[Trait, int] = {}
    numbers: dict[int, int] = {}
    for number, dimension, value, entries in rows:
        ids[dimension, value] = number
        numbers[number] = entries or 0
    return _Traits(ids, numbers)


def _numbers(connection: Connection, wanted: _Wanted, limit: int, before: int | None) -> Sequence[int]:
    if wanted.nothing:
        return []
    return connection.scalars(_matching(connection, wanted, limit, before)).all()


def _matching(connection: Connection, wanted: _Wanted, limit: int, before: int | None = None) -> Select[Any]:
    """Numbers of so many of the entries that are wanted, the latest first."""
    if wanted.text:
        # The trait that all have is looked for only where nothing else is: going through it costs time.
        having = wanted.having if wanted.text.groups else wanted.having or (wanted.every,)
        entries = wanted.traits.numbers[wanted.every]
        query, entry = matching(connection, wanted.text, having, wanted.without, entries=entries, limit=limit)
    else:
        # The rarest leads: it has the fewest entries to go through.
        rarest, *others = sorted(
            wanted.having or (wanted.every,), key=lambda each: wanted.traits.numbers[each]
        )
        leading = aliased(EntryTraitRow)
        entry = leading.entry.expression
        query = select(leading.entry.label("entry")).where(leading.trait == spelled_out(rarest))
        for trait in others:
            query = query.where(_has(entry, trait))
        for trait in wanted.without:
            query = query.where(~_has(entry, trait))
    query = query.where(*wanted.window(entry))
    if before is not None:
        query = query.where(entry < spelled_out(before))
    return query.order_by(entry.desc()).limit(spelled_out(limit))


def _latest(connection: Connection, wanted: _Wanted, limit: int) -> Any:  # noqa: ANN401 - a subquery
    return _matching(connection, wanted, limit).subquery()


def _latest_sorts(connection: Connection, wanted: _Wanted) -> tuple[Mapping[str, int], bool]:
    """The sorts of the latest COUNTED entries; and whether these are all that there are."""
    latest = _latest(connection, wanted, COUNTED + 1)
    rows = connection.execute(
        select(EntryRow.traits, func.count(), func.min(EntryRow.number))
        .join(latest, latest.c.entry == EntryRow.number)
        .group_by(EntryRow.traits)
    ).all()
    sorts = {traits: number for traits, number, _ in rows}
    exact = sum(sorts.values()) <= COUNTED
    if not exact:
        # The earliest was looked for only to know whether there are more.
        sorts[min(rows, key=lambda each: each[2])[0]] -= 1
    return sorts, exact


def _sorts(connection: Connection, wanted: _Wanted) -> Mapping[str, int] | None:
    """The sorts of all entries that are wanted; None when days or words are asked for, or too many."""
    if wanted.text or wanted.since is not None or wanted.until is not None:
        return None
    return sorts_with(connection, wanted.having, wanted.without)


def _has(entry: ColumnElement[int], trait: int) -> ColumnElement[bool]:
    other = aliased(EntryTraitRow)
    return exists().where(other.trait == spelled_out(trait), other.entry == entry)


def _kept(connection: Connection, wanted: _Wanted) -> int:
    """How many entries have the one trait, or are there at all, in the window."""
    trait = wanted.having[0] if wanted.having else wanted.every
    if wanted.since is None and wanted.until is None:
        return wanted.traits.numbers[trait]
    return _between(connection, wanted, [trait])[trait]


def _kept_facets(connection: Connection, wanted: _Wanted) -> Mapping[int, int]:
    """Without days."""
    if not wanted.having:
        return wanted.traits.numbers
    (trait,) = wanted.having
    pairs = select(TraitPairRow.other, TraitPairRow.number).where(TraitPairRow.one == trait)
    return {**dict(connection.execute(pairs).all()), trait: wanted.traits.numbers[trait]}


def _between(connection: Connection, wanted: _Wanted, traits: Sequence[int] | None) -> Counter[int]:
    """How many entries have each trait in the window: whole years, months at its ends, days at theirs. None:
    every trait."""
    numbers: Counter[int] = Counter()
    row = TraitCountRow
    parts = [
        select(row.trait, func.sum(row.number))
        .where(row.span == span, row.start >= first, row.start <= last)
        .where(*(() if traits is None else (row.trait.in_(traits),)))
        .group_by(row.trait)
        for span, first, last in spans_between(wanted.since, wanted.until)
    ]
    for trait, number in connection.execute(union_all(*parts)):
        numbers[trait] += int(number)
    return numbers


def _kept_bars(connection: Connection, wanted: _Wanted, by: Span) -> tuple[Bar, ...] | None:
    """Bars as they are kept; None when the window cuts one."""
    trait = wanted.having[0] if wanted.having else wanted.every
    row = TraitCountRow
    if wanted.since is None and wanted.until is None:
        query = select(row.start, row.number).where(row.trait == trait, row.span == _SPANS[by])
        return tuple(
            Bar(date.fromordinal(start), number)
            for start, number in connection.execute(query.order_by(row.start))
        )
    counted: Counter[date] = Counter()
    query = select(row.start, row.number).where(row.trait == trait, row.span == DAY)
    if wanted.since is not None:
        query = query.where(row.start >= wanted.since.toordinal())
    if wanted.until is not None:
        query = query.where(row.start <= wanted.until.toordinal())
    for start, number in connection.execute(query):
        counted[_start(date.fromordinal(start), by)] += number
    return tuple(Bar(start, number) for start, number in sorted(counted.items()))


def _sorted(numbers: Mapping[int, int], names: Mapping[int, Trait]) -> dict[str, dict[str, int]]:
    values: dict[str, dict[str, int]] = {dimension: {} for dimension in DIMENSIONS}
    ordered = sorted(numbers.items(), key=lambda each: (-each[1], names[each[0]]))
    for trait, number in ordered:
        dimension, value = names[trait]
        if dimension in values and number > 0:
            values[dimension][value] = number
    return values
