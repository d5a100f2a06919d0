"""Lists of releases, runs and held records in parts, for programs that go through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from storage.runs import RunView, view_of_run
from storage.tables import ReleaseRow, RunRow


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
