"""Messages to people: written once, delivered once, tried again until they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from storage.inserting import insert_into
from storage.tables import HealthRow, NoticeRow

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to people."""

    id: int
    key: str
    kind: str
    """change, digest"""
    subject: str
    body: str
    written_at: datetime
    attempts: int
    next_try_at: datetime
    delivered_at: datetime | None
    error: str | None


def write_notice(connection: Connection, key: str, kind: str, subject: str, body: str, now: datetime) -> bool:
    """Write a message, to be delivered from now on; False when one of that key was written before."""
    put = insert_into(connection, NoticeRow).on_conflict_do_nothing(index_elements=["key"])
    values = {
        "key": key,
        "kind": kind,
        "subject": subject,
        "body": body,
        "written_at": now,
        "attempts": 0,
        "next_try_at": now,
    }
    return bool(connection.execute(put, values).rowcount)


def waiting_notices(connection: Connection, now: datetime) -> list[Notice]:
    """Messages whose (next) delivery is due, the oldest first."""
    query = (
        select(NoticeRow)
        .where(NoticeRow.delivered_at.is_(None), NoticeRow.next_try_at <= now)
        .order_by(NoticeRow.id)
    )
    return [_view(row) for row in connection.execute(query)]


def list_notices(connection: Connection, limit: int = 20) -> Iterator[Notice]:
    """Messages, the latest first."""
    for row in connection.execute(select(NoticeRow).order_by(NoticeRow.id.desc()).limit(limit)):
        yield _view(row)


def note_attempt(connection: Connection, notice: Notice, now: datetime) -> None:
    """Note a try before it is made: a process that dies over it does not send it again at once."""
    wait = min(FIRST_RETRY * (1 << min(notice.attempts, 12)), LONGEST_RETRY)
    connection.execute(
        update(NoticeRow)
        .where(NoticeRow.id == notice.id)
        .values(attempts=notice.attempts + 1, next_try_at=now + wait)
    )


def note_delivery(connection: Connection, notice: Notice, error: str | None, now: datetime) -> None:
    """Note how a try ended: `error`, or delivered."""
    values: dict[str, Any] = {"error": error, "delivered_at": None if error else now}
    connection.execute(update(NoticeRow).where(NoticeRow.id == notice.id).values(values))


def was_written(connection: Connection, kind: str) -> bool:
    """Whether there ever was a message of that kind."""
    return connection.scalar(select(NoticeRow.id).where(NoticeRow.kind == kind).limit(1)) is not None


def untold(connection: Connection, before: datetime) -> list[tuple[str, str, str | None, str, datetime]]:
    """Sources whose state is another than people were told of, for longer than since `before`: source,
    state, what was told, reason, since when.
    """
    query = (
        select(HealthRow.source, HealthRow.state, HealthRow.told, HealthRow.reason, HealthRow.since)
        .where(HealthRow.since <= before, or_(HealthRow.told.is_(None), HealthRow.told != HealthRow.state))
        .order_by(HealthRow.source)
    )
    return [(row.source, row.state, row.told, row.reason, row.since) for row in connection.execute(query)]


def _view(row: Row[*tuple[Any, ...]]) -> Notice:
    return Notice(
        row.id, row.key, row.kind, row.subject, row.body, row.written_at, row.attempts, row.next_try_at,
        row.delivered_at, row.error,
    )  # fmt: skip
