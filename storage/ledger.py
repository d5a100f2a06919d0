"""The ledger: every address that an index ever showed, and how it ended. It is the crawler's frontier.

What lets a walk stop is told in `storage.walks`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from crawler.frontier import RunInProgress, RunRequest, Seen, Walk
from crawler.items import OUTSIDE_WINDOW, AddressState, Discovered, Due, Origin, Outcome
from crawler.revisits import choose
from storage import runs, walks
from storage.absences import note_missing, note_present, says_missing
from storage.addresses import READ_ANEW
from storage.clock import utc_now
from storage.database import Database
from storage.outcomes import NOT_MODIFIED, is_due, row_after, says_nothing_new
from storage.revisits import pages_to_revisit
from storage.tables import AddressRow, HeldRow, ReleaseRow, WalkRow
from storage.walks import CHUNK, chunks


class Ledger:
    """Implements `crawler.frontier.Frontier` on a database."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._indexes: dict[int, int] = {}
        """The index of each walk: asked for with every page of it, and never another."""

    def plan_run(self, request: RunRequest, slot: str | None = None) -> str:
        """Make a run for a process yet to be started, which adopts it by its id. Raises SlotTaken."""
        with self._database.write() as connection:
            return runs.plan(connection, request, slot, self._clock())

    def open_run(self, request: RunRequest) -> str:
        """See Frontier."""
        with self._database.write() as connection:
            opened = runs.claim(connection, request, self._clock())
        if isinstance(opened, RunInProgress):
            raise opened
        return opened

    def close_run(
        self, run: str, outcome: str, stats: Mapping[str, object], error: str | None = None
    ) -> None:
        """See Frontier. Raises RunTakenOver when the run had been taken for dead."""
        with self._database.write() as connection:
            runs.close(connection, run, outcome, stats, error, self._clock())

    def beat(self, run: str, counts: Mapping[str, int]) -> None:
        """See Frontier. To be called at least every few minutes; raises RunTakenOver as close_run does."""

        def beat() -> None:
            with self._database.write() as connection:
                runs.beat(connection, run, counts, self._clock())

        self._database.persevere(beat)

    def open_walk(self, run: str, source: str, index: str, floor: date | None) -> Walk:
        """See Frontier; `Walk.floor` is how far back it really goes."""
        with self._database.write() as connection:
            return walks.open_walk(connection, run, source, index, floor, self._clock())

    def record(self, run: str, walk: Walk, source: str, found: Sequence[Discovered]) -> list[Seen]:
        """See Frontier. One answer for each of `found`; of an address shown twice only the first is due."""
        now = self._clock()
        wanted: dict[str, Discovered] = {}
        for each in found:
            wanted.setdefault(each.key, each)
        if not wanted:
            return []
        answers: dict[str, Seen] = {}
        with self._database.write() as connection:
            index_id = self._indexes.get(walk.id)
            if index_id is None:
                index_id = self._indexes[walk.id] = walks.index_of(connection, walk)
            known = {
                row.key: row for row in walks.known_addresses(connection, source, index_id, list(wanted))
            }
            new = [each for key, each in wanted.items() if key not in known]
            undated = _dated_at_last(connection, source, known, wanted)
            _see_again(connection, known, wanted, now)
            unseen = _insert(connection, new, run, source, now)
            moved: list[tuple[int, int | None]] = []
            for key, each in wanted.items():
                row = known.get(key)
                if row is None:
                    answers[key] = Seen(key, due=True, settled=False, known=False)
                    continue
                vouched = walks.is_vouched_for(row, walk)
                if row.walk_id is None:
                    unseen.append(row.id)
                elif not vouched and row.walk_id != walk.id:
                    moved.append((row.id, row.walk_id if row.complete else row.before_id))
                due = key in undated or is_due(
                    AddressState(row.state),
                    row.next_try_at,
                    _text(each.modified) or row.modified,
                    _fetched_modified(row, each),
                    now,
                )
                answers[key] = Seen(key, due=due, settled=vouched and not due)
            walks.note_sightings(connection, index_id, walk.id, unseen, moved)
        return list(_once_due(answers, found))

    def close_walk(self, walk: Walk, *, complete: bool) -> None:
        """See Frontier."""
        with self._database.write() as connection:
            walks.close_walk(connection, walk, complete=complete, now=self._clock())

    def due(
        self,
        source: str,
        *,
        now: datetime,
        since: date | None,
        until: date | None,
        after: str | None,
        limit: int,
        again: bool = False,
    ) -> list[Due]:
        """See Frontier. An address whose day nothing told, index or page, is always within the window."""
        changed = and_(
            AddressRow.modified.is_not(None),
            AddressRow.modified.is_distinct_from(AddressRow.fetched_modified),
        )
        # In parts, so that each is a walk along the index (source, state, key).
        parts = [
            (AddressState.DISCOVERED, literal(True)),
            (AddressState.FAILED, or_(AddressRow.next_try_at.is_(None), AddressRow.next_try_at <= now)),
            (AddressState.STORED, literal(True) if again else changed),
            (AddressState.HELD, literal(True) if again else changed),
            (AddressState.SKIPPED, _passed_over(source, since)),
        ]
        if again:
            # A page that is gone, and of which a release is kept, may have come back.
            parts.append((AddressState.GONE, _is_kept()))
        queries = []
        for state, condition in parts:
            # What only archives and files show is none of the site's business any more.
            query = select(*_DUE).where(
                AddressRow.source == source,
                AddressRow.state == state,
                AddressRow.origin == Origin.LIVE,
                condition,
            )
            if after is not None:
                query = query.where(AddressRow.key > after)
            day: ColumnElement[date | None] = AddressRow.posted_on.expression
            if state in (AddressState.STORED, AddressState.GONE) and (since is not None or until is not None):
                query = query.outerjoin(
                    ReleaseRow,
                    and_(ReleaseRow.source == AddressRow.source, ReleaseRow.key == AddressRow.key),
                )
                day = func.coalesce(AddressRow.posted_on, ReleaseRow.posted_on)
            if since is not None:
                query = query.where(or_(day.is_(None), day >= since))
            if until is not None:
                query = query.where(or_(day.is_(None), day <= until))
            queries.append(select(query.order_by(AddressRow.key).limit(limit).subquery()))
        together = union_all(*queries).subquery()
        with self._database.read() as connection:
            rows = connection.execute(select(together).order_by(together.c.key).limit(limit))
            return [_to_due(row) for row in rows]

    def revisits(self, source: str, *, now: datetime, budget: int) -> list[Due]:
        """See Frontier."""
        with self._database.read() as connection:
            chosen = choose(pages_to_revisit(connection, source, now), now, budget)
        known = self.look_up(source, chosen)
        return [known[key] for key in chosen if key in known]

    def look_up(self, source: str, keys: Sequence[str]) -> dict[str, Due]:
        """See Frontier."""
        found: dict[str, Due] = {}
        with self._database.read() as connection:
            for chunk in chunks(list(dict.fromkeys(keys))):
                query = select(*_DUE).where(AddressRow.source == source, AddressRow.key.in_(chunk))
                found.update((row.key, _to_due(row)) for row in connection.execute(query))
        return found

    def settle(self, run: str, source: str, outcomes: Iterable[Outcome]) -> None:
        """See Frontier. Raises LookupError, after the others are written, for addresses never recorded."""
        now = self._clock()
        by_key: dict[str, list[Outcome]] = {}
        for outcome in outcomes:
            by_key.setdefault(outcome.key, []).append(outcome)
        if not by_key:
            return
        missing: list[str] = []
        with self._database.write() as connection:
            rows: dict[str, dict[str, Any]] = {}
            for chunk in chunks(list(by_key)):
                query = select(*_OUTCOME).where(AddressRow.source == source, AddressRow.key.in_(chunk))
                rows.update((row.key, dict(row._mapping)) for row in connection.execute(query))
            unmodified = [
                key for key, each in by_key.items() if any(one.reason == NOT_MODIFIED for one in each)
            ]
            absent = {
                key: one.reason
                for key, each in by_key.items()
                for one in each
                if key in rows and says_missing(one)
            }
            kept_as = _kept_as(connection, source, [*unmodified, *absent])
            absent = {key: why for key, why in absent.items() if kept_as.get(key) is AddressState.STORED}
            absences = note_missing(connection, source, absent, now)
            note_present(connection, [(source, key, now) for key in unmodified], now)
            for key, each in by_key.items():
                if key not in rows:
                    missing.append(key)
                for outcome in each if key in rows else ():
                    rows[key] = row_after(rows[key], outcome, kept_as.get(key), now, absences.get(key))
            if rows:
                connection.execute(_SETTLE, [_as_parameters(row) for row in rows.values()])
        if missing:
            raise LookupError(
                f"{source}: settled, but never recorded in the ledger: {', '.join(missing[:5])}"
            )


_DUE = (
    AddressRow.key,
    AddressRow.url,
    AddressRow.attempts,
    AddressRow.etag,
    AddressRow.last_modified,
    AddressRow.title,
    AddressRow.kind,
    AddressRow.posted_on,
    AddressRow.language,
    AddressRow.posted_at,
    AddressRow.state,
)
_OUTCOME = (
    AddressRow.id,
    AddressRow.key,
    AddressRow.state,
    AddressRow.reason,
    AddressRow.failure,
    AddressRow.attempts,
    AddressRow.next_try_at,
    AddressRow.modified,
    AddressRow.fetched_modified,
    AddressRow.fetched_at,
    AddressRow.posted_on,
    AddressRow.status,
    AddressRow.etag,
    AddressRow.last_modified,
)
_SETTLED = [column.key for column in _OUTCOME if column.key not in ("id", "key", "modified")]
_SETTLE = (
    update(AddressRow)
    .where(AddressRow.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in _SETTLED})
)


def _as_parameters(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"row_id": row["id"], **{f"new_{name}": row[name] for name in _SETTLED}}


def _to_due(row: Row[*tuple[Any, ...]]) -> Due:
    return Due(
        key=row.key,
        url=row.url,
        attempts=row.attempts,
        etag=row.etag,
        last_modified=row.last_modified,
        title=row.title,
        kind=row.kind,
        posted_on=row.posted_on,
        language=row.language,
        posted_at=row.posted_at,
        kept=row.state in (AddressState.STORED, AddressState.HELD),
        read=row.state in (AddressState.STORED, AddressState.HELD, AddressState.SKIPPED),
    )


def _is_kept() -> ColumnElement[bool]:
    kept = aliased(ReleaseRow)
    return exists(
        select(kept.id)
        .where(kept.source == AddressRow.source, kept.key == AddressRow.key)
        .correlate(AddressRow)
    )


def _passed_over(source: str, since: date | None) -> ColumnElement[bool]:
    """What a run skipped because its window did not hold it; asked for no first day, back to where the walks
    of the source went, and nothing but old releases that were changed lies before that.
    """
    passed = AddressRow.reason == OUTSIDE_WINDOW
    if since is not None:
        return passed
    finished = select(WalkRow.id).where(WalkRow.source == source, WalkRow.complete.is_(True))
    to_the_end = finished.where(WalkRow.floor.is_(None))
    floor = select(func.min(WalkRow.floor)).where(WalkRow.source == source, WalkRow.complete.is_(True))
    return and_(
        passed,
        or_(exists(to_the_end), ~exists(finished), AddressRow.posted_on >= floor.scalar_subquery()),
    )


def _text(value: str | None) -> str | None:
    """What PostgreSQL can keep: indexes are written by strangers, and JSON can carry NUL and half pairs."""
    if value is None or (value.isprintable() and value.isascii()):
        return value
    return value.encode("utf-8", "replace").decode().replace("\0", "")


_RESTAMPED = ("title", "posted_on", "posted_at", "modified", "fetched_modified")
_RESTAMP = (
    update(AddressRow)
    .where(AddressRow.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in _RESTAMPED})
)


def _dated_at_last(
    connection: Connection,
    source: str,
    known: Mapping[str, Row[*tuple[Any, ...]]],
    wanted: Mapping[str, Discovered],
) -> set[str]:
    """Keys of releases kept without a posting day, which this index is the first to tell: due once more.

    A page that another page names (its translation) may be read before the index that shows it. Whether
    its release has a day must not depend on which of the two came first.
    """
    keys = [
        key
        for key, row in known.items()
        if row.state == AddressState.STORED and row.posted_on is None and wanted[key].posted_on is not None
    ]
    found: set[str] = set()
    for chunk in chunks(keys):
        undated = select(ReleaseRow.key).where(
            ReleaseRow.source == source, ReleaseRow.key.in_(chunk), ReleaseRow.posted_on.is_(None)
        )
        found.update(connection.execute(undated).scalars())
    ids = [known[key].id for key in found]
    if ids:
        connection.execute(update(AddressRow).where(AddressRow.id.in_(ids)).values(READ_ANEW))
    return found


def _see_again(
    connection: Connection,
    known: Mapping[str, Row[*tuple[Any, ...]]],
    wanted: Mapping[str, Discovered],
    now: datetime,
) -> None:
    ids = [row.id for row in known.values()]
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        seen = {"seen_at": now, "origin": Origin.LIVE}
        connection.execute(update(AddressRow).where(AddressRow.id.in_(chunk)).values(seen))
    changed = []
    for key, row in known.items():
        each = wanted[key]
        # An index that shows less than another one takes nothing away.
        new = (
            _text(each.title) or row.title,
            row.posted_on or each.posted_on,
            row.posted_at or each.posted_at,
            _text(each.modified) or row.modified,
            _fetched_modified(row, each),
        )
        if new != tuple(getattr(row, name) for name in _RESTAMPED):
            names = [f"new_{name}" for name in _RESTAMPED]
            changed.append({"row_id": row.id, **dict(zip(names, new, strict=True))})
    if changed:
        connection.execute(_RESTAMP, changed)


def _fetched_modified(row: Row[*tuple[Any, ...]], shown: Discovered) -> str | None:
    """The stamp under which the address was fetched, now that an index shows it so."""
    stamp = _text(shown.modified)
    first = row.modified is None and row.fetched_modified is None
    return stamp if first and stamp and says_nothing_new(stamp, row.fetched_at) else row.fetched_modified


_INSERT = insert(AddressRow).returning(AddressRow.id)


def _insert(
    connection: Connection, new: Sequence[Discovered], run: str, source: str, now: datetime
) -> list[int]:
    if not new:
        return []
    rows = [
        {
            "source": source,
            "key": each.key,
            "url": each.url,
            "found_in": each.found_in,
            "state": AddressState.DISCOVERED,
            "attempts": 0,
            "discovered_at": now,
            "discovered_run": run,
            "seen_at": now,
            "number": _number(each.key),
            "title": _text(each.title),
            "kind": _text(each.kind),
            "language": each.language,
            "posted_on": each.posted_on,
            "posted_at": each.posted_at,
            "modified": _text(each.modified),
        }
        for each in new
    ]
    return list(connection.execute(_INSERT, rows).scalars())


def _number(key: str) -> int | None:
    digits = re.findall(r"\d+", key)
    return int(digits[-1]) if digits and len(digits[-1]) <= 18 else None


def _once_due(answers: Mapping[str, Seen], found: Sequence[Discovered]) -> Iterator[Seen]:
    told: set[str] = set()
    for each in found:
        answer = answers[each.key]
        yield replace(answer, due=False) if each.key in told else answer
        told.add(each.key)


def _kept_as(connection: Connection, source: str, keys: Sequence[str]) -> dict[str, AddressState]:
    found: dict[str, AddressState] = {}
    for chunk in chunks(keys):
        for row, state in ((ReleaseRow, AddressState.STORED), (HeldRow, AddressState.HELD)):
            query = select(row.key).where(row.source == source, row.key.in_(chunk))
            found.update(dict.fromkeys(connection.execute(query).scalars(), state))
    return found
