"""What archives showed of a source and what became of it. Implements `crawler.archives.frontier.Archives`.

An answer of an index is one transaction: its addresses, their captures, its counts, and where the next answer
begins. So are the ends of captures and of the addresses that ended with them. Whenever a process dies, what
is written is whole, and what is asked for once more changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, insert, or_, select, update

from crawler.archives.choice import CaptureState, End, Shown, end_of
from crawler.archives.frontier import Chain, Ending, Found, Window
from crawler.items import OUTSIDE_WINDOW, AddressState, Due, Origin
from storage.clock import utc_now
from storage.database import Database
from storage.outcomes import retry_after
from storage.tables import AddressRow, ArchiveCaptureRow, BackfillWindowRow, ReleaseRow
from storage.walks import chunks

OPEN, DONE = "open", "done"
"""States of a window."""

_COUNTS = ("answers", "shown", "ours", "repeated", "others")
_UNSETTLED = (AddressState.DISCOVERED, AddressState.FAILED)


def stamps(since: date, until: date) -> tuple[str, str]:
    """The first and the last timestamp of some days."""
    return f"{since:%Y%m%d}000000", f"{until:%Y%m%d}235959"


class SqlArchives:
    """Windows and captures in a database."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def next_window(self, source: str, archive: str, since: date, until: date) -> Window | None:
        """See Archives. Windows that were asked for in vain come last, the oldest attempt first."""
        query = (
            select(BackfillWindowRow)
            .where(
                BackfillWindowRow.source == source,
                BackfillWindowRow.archive == archive,
                BackfillWindowRow.origin != Origin.LIVE,
                BackfillWindowRow.state == OPEN,
                BackfillWindowRow.since >= since,
                BackfillWindowRow.until <= until,
            )
            .order_by(BackfillWindowRow.attempts, BackfillWindowRow.since)
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Window(row.id, row.since, row.until, row.query, row.resume_key, row.attempts)

    def record(
        self,
        run: str,
        source: str,
        archive: str,
        window: Window,
        found: Sequence[Found],
        shown: int,
        then: Window | None,
    ) -> int:
        """See Archives."""
        now = self._clock()
        captures = _captures(source, archive, found)
        with self._database.write() as connection:
            new = _record_addresses(connection, run, source, archive, captures, now)
            ours = _record_captures(connection, captures)
            connection.execute(
                update(BackfillWindowRow)
                .where(BackfillWindowRow.id == window.id)
                .values(
                    state=DONE if then is None else OPEN,
                    query=window.query if then is None else then.query,
                    resume_key=None if then is None else then.resume_key,
                    answers=BackfillWindowRow.answers + 1,
                    shown=BackfillWindowRow.shown + shown,
                    ours=BackfillWindowRow.ours + ours,
                    repeated=BackfillWindowRow.repeated + len(found) - ours,
                    others=BackfillWindowRow.others + shown - len(found),
                    attempts=0,
                    reason=None,
                    run_id=run,
                    ended_at=now if then is None else None,
                )
            )
        return new

    def split(self, window: Window, first_until: date) -> None:
        """See Archives."""
        now = self._clock()
        with self._database.write() as connection:
            row = connection.execute(select(BackfillWindowRow).where(BackfillWindowRow.id == window.id)).one()
            connection.execute(delete(BackfillWindowRow).where(BackfillWindowRow.id == window.id))
            parts = ((row.since, first_until), (date.fromordinal(first_until.toordinal() + 1), row.until))
            # What was counted stays counted; what is asked for again counts as repeated.
            counted = {name: getattr(row, name) for name in _COUNTS}
            for since, until in parts:
                values = new_window(
                    source=row.source,
                    origin=row.origin,
                    archive=row.archive,
                    since=since,
                    until=until,
                    now=now,
                )
                connection.execute(insert(BackfillWindowRow).values({**values, **counted}))
                counted = {}

    def fail_window(self, run: str, window: Window, reason: str) -> None:
        """See Archives."""
        with self._database.write() as connection:
            connection.execute(
                update(BackfillWindowRow)
                .where(BackfillWindowRow.id == window.id)
                .values(attempts=BackfillWindowRow.attempts + 1, reason=reason, run_id=run)
            )

    def chains(
        self,
        source: str,
        archive: str,
        *,
        since: date,
        until: date,
        now: datetime,
        after: str | None,
        limit: int,
    ) -> list[Chain]:
        """See Archives."""
        first, last = stamps(since, until)
        keys = (
            select(ArchiveCaptureRow.key)
            .where(
                ArchiveCaptureRow.source == source,
                ArchiveCaptureRow.archive == archive,
                ArchiveCaptureRow.state == CaptureState.PENDING,
                ArchiveCaptureRow.stamp.between(first, last),
                or_(ArchiveCaptureRow.next_try_at.is_(None), ArchiveCaptureRow.next_try_at <= now),
            )
            .distinct()
            .order_by(ArchiveCaptureRow.key)
            .limit(limit)
        )
        if after is not None:
            keys = keys.where(ArchiveCaptureRow.key > after)
        with self._database.read() as connection:
            wanted = list(connection.execute(keys).scalars())
            captures = _captures_of(connection, source, archive, wanted)
            known = _addresses_of(connection, source, wanted)
            from_site = _kept_from_site(connection, source, wanted)
        return [
            Chain(_due(known[key]), tuple(captures[key]), key in from_site) for key in wanted if key in known
        ]

    def lead(self, run: str, source: str, archive: str, found: Found) -> bool:
        """See Archives."""
        with self._database.write() as connection:
            known = select(ArchiveCaptureRow.id).where(
                ArchiveCaptureRow.source == source,
                ArchiveCaptureRow.archive == archive,
                ArchiveCaptureRow.key == found.key,
            )
            if connection.execute(known.limit(1)).first() is not None:
                return False
            captures = _captures(source, archive, [found])
            _record_addresses(connection, run, source, archive, captures, self._clock())
            return _record_captures(connection, captures) > 0

    def settle(
        self, run: str, source: str, archive: str, endings: Sequence[Ending]
    ) -> dict[str, AddressState]:
        """See Archives."""
        now = self._clock()
        with self._database.write() as connection:
            keys = _end_captures(connection, endings, now)
            ends = {}
            posted = {each.id: each.posted_on for each in endings if each.posted_on is not None}
            captures = _captures_of(connection, source, archive, keys)
            rows = _addresses_of(connection, source, keys)
            for key, row in rows.items():
                if AddressState(row.state) not in _UNSETTLED or row.origin == Origin.LIVE:
                    continue  # it was read, or it is the site's business
                end = end_of(captures[key])
                if end is not None:
                    day = next((posted[each.id] for each in captures[key] if each.id in posted), None)
                    ends[key] = _end_address(connection, row, end, day, now)
        return ends


def new_window(
    *, source: str, origin: str, archive: str, since: date, until: date, now: datetime
) -> dict[str, Any]:
    """The row of a window that nobody has worked on."""
    return {
        "source": source,
        "origin": origin,
        "archive": archive,
        "since": since,
        "until": until,
        "state": OPEN,
        "made_at": now,
    }


def reopen_outside(
    connection: Connection, source: str, archive: str, since: date | None, until: date | None
) -> int:
    """Make captures due again whose page lies outside of an earlier window and within this one; how many
    addresses they are of.
    """
    query = select(AddressRow.id, AddressRow.key).where(
        AddressRow.source == source,
        AddressRow.state == AddressState.SKIPPED,
        AddressRow.origin != Origin.LIVE,
        AddressRow.posted_on.is_not(None),
    )
    if since is not None:
        query = query.where(AddressRow.posted_on >= since)
    if until is not None:
        query = query.where(AddressRow.posted_on <= until)
    outside = (
        ArchiveCaptureRow.source == source,
        ArchiveCaptureRow.archive == archive,
        ArchiveCaptureRow.reason == OUTSIDE_WINDOW,
    )
    rows = connection.execute(query.where(exists().where(*outside, ArchiveCaptureRow.key == AddressRow.key)))
    found = {row.key: row.id for row in rows}
    for keys in chunks(list(found)):
        connection.execute(
            update(ArchiveCaptureRow)
            .where(*outside, ArchiveCaptureRow.key.in_(keys))
            .values(state=CaptureState.PENDING, reason=None, failure=None, next_try_at=None)
        )
        connection.execute(
            update(AddressRow)
            .where(AddressRow.id.in_([found[key] for key in keys]))
            .values(state=AddressState.DISCOVERED, reason=None)
        )
    return len(found)


def _captures(source: str, archive: str, found: Sequence[Found]) -> list[dict[str, Any]]:
    """One row for each address and second: variants of an address may be captured in the same one."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for each in sorted(found, key=lambda each: (each.row.stamp, each.row.url)):
        row = each.row
        rows.setdefault(
            (each.key, row.stamp),
            {
                "source": source,
                "archive": archive,
                "key": each.key,
                "stamp": row.stamp,
                "url": row.url,
                "digest": row.digest[:80] if row.digest else None,
                "status": row.status,
                "mimetype": row.mimetype[:120] if row.mimetype else None,
                "state": CaptureState.PENDING,
            },
        )
    return list(rows.values())


def _record_addresses(
    connection: Connection,
    run: str,
    source: str,
    archive: str,
    captures: Sequence[Mapping[str, Any]],
    now: datetime,
) -> int:
    """Put what the ledger does not know into it; how many that were."""
    first: dict[str, Mapping[str, Any]] = {}
    for each in captures:
        first.setdefault(each["key"], each)
    known: set[str] = set()
    for chunk in chunks(list(first)):
        query = select(AddressRow.key).where(AddressRow.source == source, AddressRow.key.in_(chunk))
        known.update(connection.execute(query).scalars())
    new = [each for key, each in first.items() if key not in known]
    if new:
        rows = [
            {
                "source": source,
                "key": each["key"],
                "url": each["url"],
                "found_in": f"{archive} {each['stamp']}",
                "state": AddressState.DISCOVERED,
                "attempts": 0,
                "discovered_at": now,
                "discovered_run": run,
                "seen_at": now,
                "origin": Origin.WAYBACK,
            }
            for each in new
        ]
        connection.execute(insert(AddressRow), rows)
    return len(new)


def _record_captures(connection: Connection, captures: Sequence[dict[str, Any]]) -> int:
    """Put new captures in; how many that were."""
    known: set[tuple[str, str]] = set()
    for chunk in chunks(sorted({each["key"] for each in captures})):
        # All captures are of one source and one archive.
        query = select(ArchiveCaptureRow.key, ArchiveCaptureRow.stamp).where(
            ArchiveCaptureRow.source == captures[0]["source"],
            ArchiveCaptureRow.archive == captures[0]["archive"],
            ArchiveCaptureRow.key.in_(chunk),
        )
        known.update((row.key, row.stamp) for row in connection.execute(query))
    new = [each for each in captures if (each["key"], each["stamp"]) not in known]
    if new:
        connection.execute(insert(ArchiveCaptureRow), new)
    return len(new)


def _captures_of(
    connection: Connection, source: str, archive: str, keys: Sequence[str]
) -> dict[str, list[Shown]]:
    found: dict[str, list[Shown]] = {key: [] for key in keys}
    for chunk in chunks(keys):
        query = (
            select(ArchiveCaptureRow)
            .where(
                ArchiveCaptureRow.source == source,
                ArchiveCaptureRow.archive == archive,
                ArchiveCaptureRow.key.in_(chunk),
            )
            .order_by(ArchiveCaptureRow.stamp)
        )
        for row in connection.execute(query):
            found[row.key].append(_shown(row))
    return found


def _shown(row: Row[*tuple[Any, ...]]) -> Shown:
    return Shown(
        id=row.id,
        stamp=row.stamp,
        url=row.url,
        digest=row.digest,
        status=row.status,
        mimetype=row.mimetype,
        state=CaptureState(row.state),
        reason=row.reason,
        failure=row.failure,
        next_try_at=row.next_try_at,
        attempts=row.attempts,
    )


def _addresses_of(
    connection: Connection, source: str, keys: Sequence[str]
) -> dict[str, Row[*tuple[Any, ...]]]:
    found: dict[str, Row[*tuple[Any, ...]]] = {}
    for chunk in chunks(keys):
        query = select(AddressRow).where(AddressRow.source == source, AddressRow.key.in_(chunk))
        found.update((row.key, row) for row in connection.execute(query))
    return found


def _kept_from_site(connection: Connection, source: str, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(keys):
        query = select(ReleaseRow.key).where(
            ReleaseRow.source == source, ReleaseRow.key.in_(chunk), ReleaseRow.origin == Origin.LIVE
        )
        found.update(connection.execute(query).scalars())
    return found


def _due(row: Row[*tuple[Any, ...]]) -> Due:
    return Due(
        key=row.key,
        url=row.url,
        attempts=row.attempts,
        title=row.title,
        kind=row.kind,
        posted_on=row.posted_on,
        language=row.language,
        posted_at=row.posted_at,
        kept=row.state in (AddressState.STORED, AddressState.HELD),
    )


_END_CAPTURE = (
    update(ArchiveCaptureRow)
    .where(ArchiveCaptureRow.id == bindparam("row_id"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("state", "reason", "failure", "attempts", "next_try_at", "captured_at")
        }
    )
)


def _end_captures(connection: Connection, endings: Sequence[Ending], now: datetime) -> list[str]:
    """Write how captures ended; the keys of their addresses."""
    keys: dict[str, None] = {}
    changes = []
    for some in _in_pieces(endings):
        ids = [each.id for each in some]
        query = select(ArchiveCaptureRow).where(ArchiveCaptureRow.id.in_(ids))
        rows = {row.id: row for row in connection.execute(query)}
        for each in some:
            row = rows[each.id]
            keys[row.key] = None
            vain = each.state is CaptureState.PENDING
            attempts = row.attempts + 1 if vain else row.attempts
            changes.append(
                {
                    "row_id": each.id,
                    "new_state": each.state,
                    "new_reason": each.reason,
                    "new_failure": each.failure,
                    "new_attempts": attempts,
                    "new_next_try_at": now + retry_after(row.key, attempts) if vain else None,
                    "new_captured_at": each.captured_at or row.captured_at,
                }
            )
    if changes:
        connection.execute(_END_CAPTURE, changes)
    return list(keys)


def _in_pieces(endings: Sequence[Ending]) -> list[Sequence[Ending]]:
    return [endings[start : start + 500] for start in range(0, len(endings), 500)]


def _end_address(
    connection: Connection, row: Row[*tuple[Any, ...]], end: End, posted_on: date | None, now: datetime
) -> AddressState:
    outside = end.state is AddressState.SKIPPED and posted_on is not None
    connection.execute(
        update(AddressRow)
        .where(AddressRow.id == row.id)
        .values(
            state=end.state,
            # Word for word: by it later windows find the address again.
            reason=OUTSIDE_WINDOW if outside else end.reason,
            failure=end.failure,
            attempts=row.attempts + 1 if end.state is AddressState.FAILED else 0,
            next_try_at=end.next_try_at,
            fetched_at=now,
            posted_on=row.posted_on or posted_on,
        )
    )
    return end.state
