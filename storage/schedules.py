"""What persons said about sources instead of their definitions: pause, interval, order of origins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from storage.schedule_tables import SourceOverrideRow

PAUSED = "paused"
"""The source is not crawled by the clock; the value is "yes"."""
EVERY = "every"
"""How often instead of the definition's `Every`; the value as `scheduler.triggers.read_every` reads it:
an interval ("6h", "1d12h", "30min") or five fields of cron, in the source's zone."""
ORIGINS = "origins"
"""Where a backfill looks, in order; the value is names with commas between them ("wayback,live")."""
NAMES = (PAUSED, EVERY, ORIGINS)


@dataclass(frozen=True, slots=True)
class Override:
    """One thing that a person said about a source."""

    source: str
    name: str
    """One of NAMES."""
    value: str | None
    """None: the definition stands again."""
    made_by: str
    reason: str
    made_at: datetime


def override(
    connection: Connection,
    source: str,
    name: str,
    value: str | None,
    made_by: str,
    reason: str,
    now: datetime,
) -> None:
    """Put something in force that a person says about a source; None puts the definition back in force.

    ValueError for a name that is none of NAMES, or without a person.
    """
    if name not in NAMES:
        raise ValueError(f"an override is one of {', '.join(NAMES)}, not {name!r}")
    if not made_by.strip():
        raise ValueError(f"{source}: who says so? An override keeps the name of a person")
    connection.execute(
        insert(SourceOverrideRow).values(
            source=source, name=name, value=value, made_by=made_by, reason=reason, made_at=now
        )
    )


def overrides(connection: Connection) -> dict[str, dict[str, Override]]:
    """What is in force: by source, then by name. What was taken back is left out."""
    latest = (
        select(func.max(SourceOverrideRow.id))
        .group_by(SourceOverrideRow.source, SourceOverrideRow.name)
        .scalar_subquery()
    )
    query = select(SourceOverrideRow).where(
        SourceOverrideRow.id.in_(latest), SourceOverrideRow.value.is_not(None)
    )
    found: dict[str, dict[str, Override]] = {}
    for row in connection.execute(query):
        found.setdefault(row.source, {})[row.name] = _view(row)
    return found


def override_history(connection: Connection, source: str) -> Iterator[Override]:
    """Everything that persons ever said about a source, the latest first."""
    query = select(SourceOverrideRow).where(SourceOverrideRow.source == source)
    for row in connection.execute(query.order_by(SourceOverrideRow.id.desc())):
        yield _view(row)


def _view(row: Row[*tuple[Any, ...]]) -> Override:
    return Override(row.source, row.name, row.value, row.made_by, row.reason, row.made_at)
