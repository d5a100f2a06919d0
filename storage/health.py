"""How sources stand: what the judgement rests on, what it was, and when it changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from crawler.items import AddressState
from storage.coverage import addresses_by_day
from storage.inserting import insert_into
from storage.runs import ELSEWHERE, REFUSED, RunView, view_of_run
from storage.tables import (
    AddressRow,
    HealthChangeRow,
    HealthRow,
    HeldRow,
    ReleaseRow,
    RevisionRow,
    RunRow,
    SightingRow,
    WalkRow,
)

WHOLE_RUNS = 60
"""Runs that are looked at."""
RELEASES = 250
"""Latest releases that are looked at."""
_RECENT = timedelta(days=60)
"""How far back the entries of an index are compared with what it showed before."""

_FIELDS = (
    "kind_raw", "summary", "said_raw", "posted_on", "posted_raw", "issuers_raw", "folio", "attribution",
)  # fmt: skip
"""Fields of a release that a layout may lose without the release being held back."""


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What is looked at of a release."""

    run: str
    """The run that stored it first."""
    day: date
    seen_at: datetime
    filled: frozenset[str]
    folio: str | None
    language: str
    read_by: str


@dataclass(frozen=True, slots=True)
class HeldFolio:
    """The publisher's number of a record that is held back."""

    folio: str
    held_at: datetime


@dataclass(frozen=True, slots=True)
class NewestGone:
    """An index that shows nothing as new as what it showed before."""

    index: str
    shown_until: date
    """Day of the newest that it shows now."""
    gone: int
    """Addresses with later days that it showed before and shows no more, and that nobody knows to be gone."""
    known_until: date
    """The latest of their days."""


@dataclass(frozen=True, slots=True)
class HealthView:
    """The state of a source as it is kept."""

    source: str
    state: str
    reason: str
    since: datetime
    judged_at: datetime
    run: str | None
    evidence: Mapping[str, Any]
    told: str | None


@dataclass(frozen=True, slots=True)
class HealthChange:
    """One change of the state of a source."""

    id: int
    source: str
    before: str | None
    after: str
    reason: str
    changed_at: datetime
    run: str | None


def whole_runs(connection: Connection, source: str) -> list[RunView]:
    """The latest runs without window and limit that ended or work, the latest first.

    Those are alike, whoever started them; a backfill, or the intake of a file, says nothing about today, nor
    does one that was refused because another run had the source.
    """
    query = (
        select(RunRow)
        .where(
            RunRow.source == source,
            RunRow.since.is_(None),
            RunRow.until.is_(None),
            RunRow.release_limit.is_(None),
            RunRow.started_by.not_in(ELSEWHERE),
            RunRow.state.in_(("finished", "failed", "killed", "running")),
        )
        .order_by(RunRow.started_at.desc(), RunRow.id)
        .limit(WHOLE_RUNS)
    )
    views = [view_of_run(row) for row in connection.execute(query)]
    return [view for view in views if not view.counts.get(REFUSED)]


def held_by_run(connection: Connection, source: str, runs: Sequence[str]) -> dict[str, Counter[str]]:
    """Records that these runs held back and that still are, by run and reason."""
    query = (
        select(HeldRow.run_id, HeldRow.reason, func.count())
        .where(HeldRow.source == source, HeldRow.run_id.in_(runs))
        .group_by(HeldRow.run_id, HeldRow.reason)
    )
    found: dict[str, Counter[str]] = {}
    for run, reason, number in connection.execute(query):
        found.setdefault(run, Counter())[reason] += number
    return found


def newest_gone(connection: Connection, source: str, run: str, until: date) -> list[NewestGone]:
    """Of the indexes that a run walked to their end: those whose newest entries are gone from them.

    Only days that an index told itself are compared, of the last two months, and none after `until`.
    """
    query = (
        select(
            WalkRow.index_name,
            AddressRow.posted_on,
            AddressRow.state,
            (AddressRow.seen_at >= WalkRow.started_at).label("is_shown"),
        )
        .join(SightingRow, SightingRow.index_id == WalkRow.index_id)
        .join(AddressRow, AddressRow.id == SightingRow.address_id)
        .where(
            WalkRow.run_id == run,
            WalkRow.complete.is_(True),
            AddressRow.source == source,
            AddressRow.posted_on > until - _RECENT,
            AddressRow.posted_on <= until,
        )
    )
    shown: dict[str, list[date]] = {}
    others: dict[str, list[date]] = {}
    for row in connection.execute(query):
        if row.is_shown:
            shown.setdefault(row.index_name, []).append(row.posted_on)
        elif row.state != AddressState.GONE:
            others.setdefault(row.index_name, []).append(row.posted_on)
    found = []
    for index, days in shown.items():
        newest = max(days)
        later = [day for day in others.get(index, ()) if day > newest]
        if later:
            found.append(NewestGone(index, newest, len(later), max(later)))
    return found


def held_folios(connection: Connection, source: str) -> list[HeldFolio]:
    """Numbers of the latest records that are held back, the latest first: they are not missing."""
    query = (
        select(HeldRow.item, HeldRow.held_at)
        .where(HeldRow.source == source)
        .order_by(HeldRow.held_at.desc(), HeldRow.id.desc())
        .limit(RELEASES)
    )
    return [
        HeldFolio(folio, row.held_at)
        for row in connection.execute(query)
        if isinstance(folio := row.item.get("folio"), str) and folio
    ]


def latest_releases(connection: Connection, source: str) -> list[ReleaseFacts]:
    """The releases of a source with the latest days, the latest first."""
    columns = [getattr(ReleaseRow, name) for name in _FIELDS]
    query = (
        select(
            RevisionRow.run_id,
            ReleaseRow.said_on,
            ReleaseRow.first_seen_at,
            ReleaseRow.language,
            ReleaseRow.read_by,
            *columns,
        )
        .join(RevisionRow, (RevisionRow.release_id == ReleaseRow.id) & (RevisionRow.number == 1))
        .where(ReleaseRow.source == source)
        .order_by(func.coalesce(ReleaseRow.posted_on, ReleaseRow.said_on).desc(), ReleaseRow.id)
        .limit(RELEASES)
    )
    return [_facts(row) for row in connection.execute(query)]


def posted_by_day(connection: Connection, source: str, since: date, until: date) -> dict[date, int]:
    """Addresses that the site showed, by day."""
    return {
        day: sum(states.values())
        for day, states in addresses_by_day(connection, source, since, until).items()
    }


def number_of(folio: str) -> int | None:
    """The running number in a folio ("056/2017" is 56); None where there is none."""
    found = re.search(r"\d+", folio)
    return int(found.group()) if found and len(found.group()) <= 6 else None


def find_health(connection: Connection) -> dict[str, HealthView]:
    """Every state that is kept, by source."""
    return {
        row.source: _view(row) for row in connection.execute(select(HealthRow).order_by(HealthRow.source))
    }


def keep_health(
    connection: Connection,
    source: str,
    state: str,
    reason: str,
    evidence: Mapping[str, Any],
    run: str | None,
    now: datetime,
) -> HealthChange | None:
    """Keep a judgement; the change, when the source was in another state before."""
    before = find_health(connection).get(source)
    changed = before is None or before.state != state
    values = {
        "state": state,
        "reason": reason,
        "since": now if before is None or changed else before.since,
        "judged_at": now,
        "run_id": run,
        "evidence": dict(evidence),
    }
    put = insert_into(connection, HealthRow)
    put = put.on_conflict_do_update(
        index_elements=["source"], set_={name: put.excluded[name] for name in values}
    )
    connection.execute(put, {"source": source, **values})
    if not changed:
        return None
    earlier = before.state if before is not None else None
    change = {
        "source": source,
        "before": earlier,
        "after": state,
        "reason": reason,
        "changed_at": now,
        "run_id": run,
    }
    identity = connection.execute(
        insert(HealthChangeRow).values(change).returning(HealthChangeRow.id)
    ).scalar_one()
    return HealthChange(identity, source, earlier, state, reason, now, run)


def mark_told(connection: Connection, states: Mapping[str, str]) -> None:
    """Keep which state of each source people were told of."""
    for source, state in states.items():
        connection.execute(update(HealthRow).where(HealthRow.source == source).values(told=state))


def health_changes(
    connection: Connection, source: str | None = None, since: datetime | None = None, limit: int = 100
) -> Iterator[HealthChange]:
    """Changes of states, the latest first."""
    query = select(HealthChangeRow).order_by(HealthChangeRow.id.desc()).limit(limit)
    if source is not None:
        query = query.where(HealthChangeRow.source == source)
    if since is not None:
        query = query.where(HealthChangeRow.changed_at >= since)
    for row in connection.execute(query):
        yield HealthChange(row.id, row.source, row.before, row.after, row.reason, row.changed_at, row.run_id)


def _facts(row: Row[*tuple[Any, ...]]) -> ReleaseFacts:
    return ReleaseFacts(
        run=row.run_id,
        day=row.posted_on or row.said_on,
        seen_at=row.first_seen_at,
        filled=frozenset(name for name in _FIELDS if getattr(row, name)),
        folio=row.folio,
        language=row.language,
        read_by=row.read_by,
    )


def _view(row: Row[*tuple[Any, ...]]) -> HealthView:
    return HealthView(
        row.source, row.state, row.reason, row.since, row.judged_at, row.run_id, row.evidence, row.told
    )
