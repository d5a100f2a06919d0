"""Coverage: of a source and day, what was expected, what an index showed, and how each of it ended.

The day of an address is the one on which the site posted it: as an index showed it, else as the page said,
else the day of the statement. What was never read and has no day counts on the day (UTC) when it was found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, exists, func, select

from crawler.items import AddressState
from storage.tables import AddressRow, ReleaseRow, SightingRow, WalkRow

PAST = timedelta(days=364)
"""How far before a day its source's habit is looked for: whole weeks."""
LEAST_WEEKS = 4
"""Weeks with releases that make a habit; with fewer, the definition alone says what is expected."""
_FROM_PAGES = "(pages)"
"""Name of the index that stands for what no index showed (`crawler.runs`)."""
_WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a definition says of how much there should be."""

    at_least: int
    """Releases in a week (`crawler.declare.PerWeek`)."""
    at_most: int
    first: date | None = None
    """First day of which the site shows releases; nothing is expected before."""


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """One day of one source."""

    source: str
    day: date
    expected: float
    """Releases that this weekday brings, by the source's own year before and within its definition's
    bounds; 0 for days to come."""
    indexed: int
    """Addresses that an index showed."""
    fetched: int
    stored: int
    held: int
    failed: int
    missing: int
    """Known and not fetched yet; and, where no finished walk of an index went back to this day after it had
    passed, what is expected and nobody has seen."""
    gone: int
    skipped: int
    walked: bool
    """Whether a finished walk of an index, after the day had ended, went back to it."""

    @property
    def known(self) -> int:
        """Addresses in the ledger, however they ended."""
        return self._ended + self.missing

    @property
    def _ended(self) -> int:
        return self.stored + self.held + self.failed + self.gone + self.skipped


def coverage(
    connection: Connection,
    source: str,
    since: date,
    until: date,
    *,
    expectation: Expectation | None = None,
    today: date | None = None,
) -> list[DayCoverage]:
    """Every day from `since` to `until`, in order, also those without anything.

    `today` (now, UTC, when not given) is the day after which nothing is expected yet.
    """
    today = today or datetime.now(UTC).date()
    states = addresses_by_day(connection, source, since, until)
    indexed = addresses_by_day(connection, source, since, until, _is_indexed(connection, source))
    fetched = addresses_by_day(connection, source, since, until, AddressRow.fetched_at.is_not(None))
    usual = _Habit(_kept_by_day(connection, source, since - PAST, until), expectation)
    walks = _finished(connection, source)
    found = []
    owed = 0.0
    for number in range((until - since).days + 1):
        day = since + timedelta(days=number)
        counts = states.get(day, Counter())
        expected = usual.on(day) if day <= today else 0.0
        walked = any((floor is None or floor <= day) and ended > day for floor, ended in walks)
        seen = sum(counts.values())
        # Less than one release a day adds up over the days that nobody looked at.
        owed = 0.0 if walked or day >= today else max(owed + expected - seen, -1.0)
        unseen = max(int(owed + 1e-9), 0)
        owed -= unseen
        found.append(
            DayCoverage(
                source=source,
                day=day,
                expected=round(expected, 2),
                indexed=sum(indexed.get(day, Counter()).values()),
                fetched=sum(fetched.get(day, Counter()).values()),
                stored=counts[AddressState.STORED],
                held=counts[AddressState.HELD],
                failed=counts[AddressState.FAILED],
                missing=counts[AddressState.DISCOVERED] + unseen,
                gone=counts[AddressState.GONE],
                skipped=counts[AddressState.SKIPPED],
                walked=walked,
            )
        )
    return found


def first_day(connection: Connection, source: str) -> date | None:
    """The earliest day of which the ledger knows an address of the source; None without any."""
    shown = connection.scalar(select(func.min(AddressRow.posted_on)).where(AddressRow.source == source))
    posted = func.coalesce(ReleaseRow.posted_on, ReleaseRow.said_on)
    read = connection.scalar(select(func.min(posted)).where(ReleaseRow.source == source))
    days: list[date] = [day for day in (shown, read) if day is not None]
    return min(days, default=None)


_DAY = func.coalesce(AddressRow.posted_on, ReleaseRow.posted_on, ReleaseRow.said_on)


def addresses_by_day(
    connection: Connection, source: str, since: date, until: date, *also: ColumnElement[bool]
) -> dict[date, Counter[str]]:
    """Addresses of a source by day and state; `also` narrows them down."""
    joined = (AddressRow.source == ReleaseRow.source) & (AddressRow.key == ReleaseRow.key)
    dated = (
        select(_DAY.label("day"), AddressRow.state, func.count().label("number"))
        .select_from(AddressRow)
        .outerjoin(ReleaseRow, joined)
        .where(AddressRow.source == source, _DAY.between(since, until), *also)
        .group_by(_DAY, AddressRow.state)
    )
    found: dict[date, Counter[str]] = {}
    for day, state, number in connection.execute(dated):
        found.setdefault(day, Counter())[state] += number
    begin, end = _midnight(since), _midnight(until + timedelta(days=1))
    undated = (
        select(AddressRow.discovered_at, AddressRow.state)
        .outerjoin(ReleaseRow, joined)
        .where(
            AddressRow.source == source,
            _DAY.is_(None),
            AddressRow.discovered_at >= begin,
            AddressRow.discovered_at < end,
            *also,
        )
    )
    for discovered_at, state in connection.execute(undated):
        found.setdefault(discovered_at.date(), Counter())[state] += 1
    return found


def _is_indexed(connection: Connection, source: str) -> ColumnElement[bool]:
    indexes = (
        select(WalkRow.index_id).where(WalkRow.source == source, WalkRow.index_name != _FROM_PAGES).distinct()
    )
    ids = list(connection.execute(indexes).scalars())
    return exists(
        select(SightingRow.address_id)
        .where(SightingRow.index_id.in_(ids), SightingRow.address_id == AddressRow.id)
        .correlate(AddressRow)
    )


def _kept_by_day(connection: Connection, source: str, since: date, until: date) -> Mapping[date, int]:
    kept = AddressRow.state.in_((AddressState.STORED, AddressState.HELD))
    return {
        day: sum(states.values())
        for day, states in addresses_by_day(connection, source, since, until, kept).items()
    }


def _finished(connection: Connection, source: str) -> list[tuple[date | None, date]]:
    """First day and day of the end of every finished walk through an index."""
    query = select(WalkRow.floor, WalkRow.ended_at).where(
        WalkRow.source == source,
        WalkRow.index_name != _FROM_PAGES,
        WalkRow.complete.is_(True),
        WalkRow.ended_at.is_not(None),
    )
    return [(floor, ended_at.date()) for floor, ended_at in connection.execute(query) if ended_at]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class _Habit:
    """What a source posts on a weekday, by the year before, within what its definition expects."""

    def __init__(self, kept: Mapping[date, int], expectation: Expectation | None) -> None:
        self._weeks: dict[date, list[int]] = {}
        """Releases by weekday, by the Monday of the week; only weeks that have any."""
        for day, number in kept.items():
            monday = day - timedelta(days=day.weekday())
            self._weeks.setdefault(monday, [0] * 7)[day.weekday()] += number
        self._expectation = expectation
        self._by_week: dict[date, list[float]] = {}

    def on(self, day: date) -> float:
        """Releases expected on that day."""
        bounds = self._expectation
        if bounds is not None and bounds.first is not None and day < bounds.first:
            return 0.0
        monday = day - timedelta(days=day.weekday())
        if monday not in self._by_week:
            self._by_week[monday] = self._week(monday)
        return self._by_week[monday][day.weekday()]

    def _week(self, monday: date) -> list[float]:
        past = [week for start, week in self._weeks.items() if monday - PAST <= start < monday]
        bounds = self._expectation
        if len(past) < LEAST_WEEKS:
            floor = bounds.at_least if bounds is not None else 0
            return [floor / _WORKING_DAYS if weekday < _WORKING_DAYS else 0.0 for weekday in range(7)]
        # From the first week with anything: weeks of silence in between belong to the habit.
        first = min(start for start in self._weeks if monday - PAST <= start < monday)
        number = (monday - first).days // 7
        usual = [sum(week[weekday] for week in past) / number for weekday in range(7)]
        if bounds is None or not sum(usual):
            return usual
        wanted = min(max(sum(usual), bounds.at_least), bounds.at_most)
        return [each * wanted / sum(usual) for each in usual]
