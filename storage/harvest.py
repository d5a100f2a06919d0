"""Lists of releases, changes, runs and held records in parts, for programs that go through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from storage.runs import RunView, view_of_run
from storage.tables import ReleaseRow, RevisionRow, RunRow


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release without its text."""

    id: str
    statement: str
    source: str
    url: str
    language: str
    kind: str
    role: str
    title: str
    said_on: date
    posted_on: date | None
    revision: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A state of a release that is not its first."""

    row: int
    """Place in the list: later ones have larger numbers."""
    release: str
    statement: str
    source: str
    url: str
    title: str
    language: str
    said_on: date
    number: int
    seen_at: datetime


def releases_after(
    connection: Connection, after: str, limit: int, source: str | None = None, language: str | None = None
) -> list[ReleaseLine]:
    """Releases in order of their ids, those behind `after`."""
    row = ReleaseRow
    query = select(
        row.id, row.statement_id, row.source, row.url, row.language, row.kind, row.role, row.title,
        row.said_on, row.posted_on, row.revision, row.changed_at,
    ).where(row.id > after)  # fmt: skip
    if source is not None:
        query = query.where(row.source == source)
    if language is not None:
        query = query.where(row.language == language)
    return [ReleaseLine(*tuple(each)) for each in connection.execute(query.order_by(row.id).limit(limit))]


def changes_before(
    connection: Connection, before: int | None, limit: int, source: str | None = None
) -> list[ChangeLine]:
    """Later states of releases, the last kept first; those before a place in the list."""
    release, revision = ReleaseRow, RevisionRow
    query = (
        select(
            revision.id, release.id, release.statement_id, release.source, release.url, revision.title,
            release.language, release.said_on, revision.number, revision.seen_at,
        )
        .join(release, release.id == revision.release_id)
        .where(revision.number > 1)
    )  # fmt: skip
    if before is not None:
        query = query.where(revision.id < before)
    if source is not None:
        query = query.where(release.source == source)
    return [
        ChangeLine(*tuple(each))
        for each in connection.execute(query.order_by(revision.id.desc()).limit(limit))
    ]


def runs_before(
    connection: Connection, before: tuple[datetime, str] | None, limit: int, source: str | None = None
) -> list[RunView]:
    """Runs, the latest first; those that began before a time (and, at the same time, have a larger id)."""
    query = select(RunRow).order_by(RunRow.started_at.desc(), RunRow.id).limit(limit)
    if before is not None:
        moment, last = before
        query = query.where(
            (RunRow.started_at < moment) | ((RunRow.started_at == moment) & (RunRow.id > last))
        )
    if source is not None:
        query = query.where(RunRow.source == source)
    return [view_of_run(row) for row in connection.execute(query)]
