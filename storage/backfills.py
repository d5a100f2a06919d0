"""Backfills in the database: which days are covered, which windows are open, and whether all is accounted
for.

A window is a row from the moment it is planned, so a backfill that was killed goes on where it stopped, and
one that is asked for again asks only for what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from crawler.archives.choice import CaptureState
from crawler.items import AddressState, Origin
from storage.archives import DONE, OPEN, new_window, stamps
from storage.inserting import insert_into
from storage.tables import AddressRow, ArchiveCaptureRow, BackfillWindowRow, ReleaseRow, RunRow, WalkRow

Span = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class WindowView:
    """A window, as the planner and the command see it."""

    id: int
    source: str
    origin: str
    archive: str
    since: date
    until: date
    state: str
    answers: int
    attempts: int
    reason: str | None

    @property
    def span(self) -> Span:
        """Its days."""
        return (self.since, self.until)


def windows(
    connection: Connection, source: str, origin: str, archive: str, since: date, until: date
) -> list[WindowView]:
    """The windows within these days, in their order; those that reach beyond are left out."""
    row = BackfillWindowRow
    query = select(row).where(
        row.source == source,
        row.origin == origin,
        row.archive == archive,
        row.since >= since,
        row.until <= until,
    )
    return [
        WindowView(
            id=each.id,
            source=each.source,
            origin=each.origin,
            archive=each.archive,
            since=each.since,
            until=each.until,
            state=each.state,
            answers=each.answers,
            attempts=each.attempts,
            reason=each.reason,
        )
        for each in connection.execute(query.order_by(row.since, row.until))
    ]


def done_spans(connection: Connection, source: str, origin: str, archive: str) -> list[Span]:
    """The days of all windows that are done."""
    row = BackfillWindowRow
    query = select(row.since, row.until).where(
        row.source == source, row.origin == origin, row.archive == archive, row.state == DONE
    )
    return [(each.since, each.until) for each in connection.execute(query)]


def walked_spans(connection: Connection, source: str, first: date) -> dict[str, list[Span]]:
    """By index: the days that finished walks of ordinary crawls vouch for; `first` is where indexes end.

    A walk sees what was posted until the day before it began.
    """
    query = (
        select(WalkRow.index_name, WalkRow.floor, WalkRow.started_at, RunRow.until)
        .join(RunRow, RunRow.id == WalkRow.run_id)
        .where(WalkRow.source == source, WalkRow.complete.is_(True))
    )
    found: dict[str, list[Span]] = {}
    for row in connection.execute(query):
        last = row.started_at.date() - timedelta(days=1)
        until = min(row.until, last) if row.until is not None else last
        since = row.floor or first
        if since <= until:
            found.setdefault(row.index_name, []).append((since, until))
    return found


def unfinished_days(
    connection: Connection, source: str, since: date, until: date, now: datetime
) -> list[date]:
    """Days with addresses of the site that wait to be asked for, or to be asked for again."""
    query = (
        select(AddressRow.posted_on)
        .where(
            AddressRow.source == source,
            AddressRow.origin == Origin.LIVE,
            AddressRow.posted_on.between(since, until),
            or_(
                AddressRow.state == AddressState.DISCOVERED,
                and_(
                    AddressRow.state == AddressState.FAILED,
                    or_(AddressRow.next_try_at.is_(None), AddressRow.next_try_at <= now),
                ),
            ),
        )
        .distinct()
    )
    return sorted(day for day in connection.execute(query).scalars() if day is not None)


def open_windows(
    connection: Connection, source: str, origin: str, archive: str, spans: Iterable[Span], now: datetime
) -> None:
    """Make windows of these days; one of exactly the same days is opened again."""
    rows = [
        new_window(source=source, origin=origin, archive=archive, since=since, until=until, now=now)
        for since, until in spans
    ]
    if rows:
        put = insert_into(connection, BackfillWindowRow)
        put = put.on_conflict_do_update(
            index_elements=["source", "origin", "archive", "since", "until"],
            set_={"state": OPEN, "query": 0, "resume_key": None, "attempts": 0, "ended_at": None},
        )
        connection.execute(put, rows)


def close_window(connection: Connection, window: int, run: str, now: datetime) -> None:
    """The days of a window were asked for."""
    values = {"state": DONE, "run_id": run, "ended_at": now, "attempts": 0, "reason": None}
    connection.execute(update(BackfillWindowRow).where(BackfillWindowRow.id == window).values(values))


def fail_window(connection: Connection, window: int, run: str, reason: str) -> None:
    """A window could not be asked for; it stays open."""
    connection.execute(
        update(BackfillWindowRow)
        .where(BackfillWindowRow.id == window)
        .values(attempts=BackfillWindowRow.attempts + 1, run_id=run, reason=reason)
    )


def count_known(connection: Connection, source: str, since: date, until: date) -> int:
    """Addresses of these days that need nothing more."""
    query = select(func.count()).where(
        AddressRow.source == source,
        AddressRow.state.not_in((AddressState.DISCOVERED, AddressState.FAILED)),
        _day().between(since, until),
    )
    joined = query.select_from(AddressRow).outerjoin(
        ReleaseRow, and_(ReleaseRow.source == AddressRow.source, ReleaseRow.key == AddressRow.key)
    )
    return connection.execute(joined).scalar_one()


@dataclass(frozen=True, slots=True)
class Captures:
    """Captures of a source that an archive's index showed, by state, and the addresses that still wait."""

    by_state: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    """Addresses with captures that are to be asked for now."""

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_state.values())


def count_captures(
    connection: Connection, source: str, archive: str, since: date, until: date, now: datetime
) -> Captures:
    """The captures taken on these days."""
    row = ArchiveCaptureRow
    ours = (row.source == source, row.archive == archive, row.stamp.between(*stamps(since, until)))
    states = connection.execute(select(row.state, func.count()).where(*ours).group_by(row.state))
    waiting = select(func.count(row.key.distinct())).where(
        *ours,
        row.state == CaptureState.PENDING,
        or_(row.next_try_at.is_(None), row.next_try_at <= now),
    )
    return Captures({each.state: each[1] for each in states}, connection.execute(waiting).scalar_one())


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of every address of a source that its indexes showed for some days; the sums must agree."""

    source: str
    since: date
    until: date
    windows: int = 0
    windows_open: int = 0
    reasons: tuple[str, ...] = ()
    """Why windows are still open."""
    shown: int = 0
    """Rows that the archive's index showed: `ours`, `repeated` and `others` together."""
    ours: int = 0
    repeated: int = 0
    others: int = 0
    captures: Mapping[str, int] = field(default_factory=dict)
    """Rows of ours by state."""
    addresses: int = 0
    """Addresses that the indexes showed, of the site and of archives."""
    stored: int = 0
    skipped: int = 0
    held: int = 0
    failed: int = 0
    gone: int = 0
    pending: int = 0
    """Waiting to be asked for."""
    skipped_why: Mapping[str, int] = field(default_factory=dict)
    failed_why: Mapping[str, int] = field(default_factory=dict)
    unaccounted: int = 0
    """Addresses and rows of which nothing says what became of them."""


def prove(
    connection: Connection, source: str, since: date, until: date, archive: str, captured_until: date
) -> Proof:
    """The coverage of a source from `since` to `until`, and by the archive's captures up to
    `captured_until`.
    """
    row = BackfillWindowRow
    mine = and_(
        row.source == source,
        or_(
            and_(row.origin == Origin.LIVE, row.since >= since, row.until <= until),
            and_(row.archive == archive, row.since >= since, row.until <= captured_until),
        ),
    )
    all_windows = connection.execute(select(row.state, row.reason).where(mine)).all()
    counted = connection.execute(
        select(func.sum(row.shown), func.sum(row.ours), func.sum(row.repeated), func.sum(row.others)).where(
            row.source == source, row.archive == archive, row.origin != Origin.LIVE
        )
    ).one()
    shown, ours, repeated, others = (int(each or 0) for each in counted)
    # All that was ever counted against all that is there; led to by redirects comes on top (no window
    # counts it).
    there = select(func.count()).where(
        ArchiveCaptureRow.source == source, ArchiveCaptureRow.archive == archive
    )
    lost_rows = abs(shown - ours - repeated - others) + max(0, ours - connection.execute(there).scalar_one())
    captures = connection.execute(
        select(ArchiveCaptureRow.state, func.count())
        .where(*_taken(source, archive, since, captured_until))
        .group_by(ArchiveCaptureRow.state)
    )
    states = _states(connection, source, archive, since, until, captured_until)
    silent = _without_reason(states) + _forgotten(connection, source, archive, since, captured_until)
    totals = {state: sum(n for (is_in, _), n in states.items() if is_in == state) for state in AddressState}
    return Proof(
        source,
        since,
        until,
        windows=len(all_windows),
        windows_open=sum(each.state == OPEN for each in all_windows),
        reasons=tuple(
            dict.fromkeys(each.reason for each in all_windows if each.reason and each.state == OPEN)
        ),
        shown=shown,
        ours=ours,
        repeated=repeated,
        others=others,
        captures={each.state: each[1] for each in captures},
        addresses=sum(states.values()),
        stored=totals[AddressState.STORED],
        skipped=totals[AddressState.SKIPPED],
        held=totals[AddressState.HELD],
        failed=totals[AddressState.FAILED],
        gone=totals[AddressState.GONE],
        pending=totals[AddressState.DISCOVERED],
        skipped_why=_why(states, AddressState.SKIPPED),
        failed_why=_why(states, AddressState.FAILED),
        unaccounted=lost_rows + silent,
    )


def _day() -> ColumnElement[date | None]:
    return func.coalesce(AddressRow.posted_on, ReleaseRow.posted_on, ReleaseRow.said_on)


def _taken(source: str, archive: str, since: date, until: date) -> tuple[ColumnElement[bool], ...]:
    return (
        ArchiveCaptureRow.source == source,
        ArchiveCaptureRow.archive == archive,
        ArchiveCaptureRow.stamp.between(*stamps(since, until)),
    )


def _states(
    connection: Connection, source: str, archive: str, since: date, until: date, captured_until: date
) -> dict[tuple[str, str | None], int]:
    """How many addresses of these days there are, by state and reason."""
    captured = exists().where(
        *_taken(source, archive, since, captured_until), ArchiveCaptureRow.key == AddressRow.key
    )
    # Of an address of the site whose day nobody knows it cannot be said that it is of another day.
    posted = and_(AddressRow.origin == Origin.LIVE, or_(_day().is_(None), _day().between(since, until)))
    reason = func.coalesce(AddressRow.failure, func.substr(AddressRow.reason, 1, 300)).label("why")
    query = (
        select(AddressRow.state, reason, func.count())
        .select_from(AddressRow)
        .outerjoin(ReleaseRow, and_(ReleaseRow.source == AddressRow.source, ReleaseRow.key == AddressRow.key))
        .where(AddressRow.source == source, or_(captured, posted))
        .group_by(AddressRow.state, reason)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def _without_reason(states: Mapping[tuple[str, str | None], int]) -> int:
    """Addresses that ended without a release and without a word why."""
    silent = (AddressState.SKIPPED, AddressState.FAILED)
    return sum(number for (state, why), number in states.items() if state in silent and not why)


def _forgotten(connection: Connection, source: str, archive: str, since: date, until: date) -> int:
    """Addresses that captures name and the ledger does not, and those that wait although nothing of them is
    left to be asked for.
    """
    keys = select(ArchiveCaptureRow.key).where(*_taken(source, archive, since, until)).distinct()
    known = select(AddressRow.key).where(AddressRow.source == source)
    unknown = select(func.count()).select_from(keys.where(ArchiveCaptureRow.key.not_in(known)).subquery())
    left = exists().where(
        ArchiveCaptureRow.source == source,
        ArchiveCaptureRow.key == AddressRow.key,
        ArchiveCaptureRow.state == CaptureState.PENDING,
    )
    stuck = select(func.count()).where(
        AddressRow.source == source,
        AddressRow.state == AddressState.DISCOVERED,
        AddressRow.origin == Origin.WAYBACK,
        AddressRow.key.in_(keys),
        ~left,
    )
    return connection.execute(unknown).scalar_one() + connection.execute(stuck).scalar_one()


def _why(states: Mapping[tuple[str, str | None], int], state: AddressState) -> dict[str, int]:
    """By reason, the commonest first; reasons that name a single page count by what they begin with."""
    found: dict[str, int] = {}
    for (is_in, why), number in states.items():
        if is_in == state:
            words = _general(why or "no reason")
            found[words] = found.get(words, 0) + number
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _general(reason: str) -> str:
    """The reason without what it says of the one page."""
    if reason.startswith("leads to "):
        return "leads to another address"
    # "no capture is a page: capture of 2019-03-03 (of 2): status 503"
    before, capture, rest = reason.partition("capture of ")
    return f"{before}{rest.partition(': ')[2]}" if capture and ": " in rest else reason
