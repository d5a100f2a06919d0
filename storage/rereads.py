"""Readings of captures under way: where they are, so that a killed one goes on; and what they are to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from storage.tables import CaptureRow, RereadRow, RunRow


@dataclass(frozen=True, slots=True)
class Reread:
    """A reading that was begun."""

    id: int
    step: int
    cursor: int
    found: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """A capture to read."""

    id: int
    url: str
    file: str
    offset: int
    length: int
    digest: str


def begin(connection: Connection, source: str, reader: str, now: datetime, *, applies: bool) -> Reread:
    """Go on with the reading of a source that was left off, or begin one.

    One by another reader, an older program or definition, is given up: what it found is no longer true.
    """
    query = select(RereadRow.__table__).where(
        RereadRow.source == source, RereadRow.applies.is_(applies), RereadRow.state == "running"
    )
    for row in connection.execute(query.order_by(RereadRow.id.desc())).all():
        if row.reader == reader:
            return Reread(row.id, row.step, row.cursor, row.found)
        connection.execute(
            update(RereadRow).where(RereadRow.id == row.id).values(state="given up", ended_at=now)
        )
    made = insert(RereadRow).returning(RereadRow.id)
    values = {
        "source": source, "applies": applies, "reader": reader, "state": "running", "step": 0, "cursor": 0,
        "found": {}, "started_at": now, "beat_at": now,
    }  # fmt: skip
    return Reread(connection.execute(made.values(**values)).scalar_one(), 0, 0, {})


def advance(
    connection: Connection, reread: int, step: int, cursor: int, found: Mapping[str, Any], now: datetime
) -> None:
    """Say how far it is; in the transaction that stores what was found up to there."""
    connection.execute(
        update(RereadRow)
        .where(RereadRow.id == reread)
        .values(step=step, cursor=cursor, found=dict(found), beat_at=now)
    )


def finish(connection: Connection, reread: int, now: datetime) -> None:
    """It has read everything."""
    connection.execute(update(RereadRow).where(RereadRow.id == reread).values(state="finished", ended_at=now))


def captures_after(connection: Connection, source: str, after: int, limit: int) -> list[Raw]:
    """Answers with a page that runs of a source took, in the order in which they were stored."""
    query = (
        select(
            CaptureRow.id,
            CaptureRow.url,
            CaptureRow.file,
            CaptureRow.record_offset.label("offset"),
            CaptureRow.record_length.label("length"),
            CaptureRow.digest,
        )
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .where(RunRow.source == source, CaptureRow.status.between(200, 299), CaptureRow.id > after)
        .order_by(CaptureRow.id)
        .limit(limit)
    )
    return [Raw(**row._mapping) for row in connection.execute(query)]


def count_captures(connection: Connection, source: str) -> int:
    """How many there are."""
    query = (
        select(func.count())
        .select_from(CaptureRow)
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .where(RunRow.source == source, CaptureRow.status.between(200, 299))
    )
    return int(connection.scalar(query) or 0)


def sources_with_captures(connection: Connection) -> list[str]:
    """Sources whose runs took captures."""
    query = select(RunRow.source).join(CaptureRow, CaptureRow.run_id == RunRow.id).distinct()
    return sorted(connection.scalars(query))
