"""How sources stand and what people were told of it.

Part of the one schema of `storage.tables`, which imports everything here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BigId, Table


class HealthRow(Table):
    """The state of a source, as it was last judged."""

    __tablename__ = "health"

    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    state: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    """When it was first judged to be in this state."""
    judged_at: Mapped[datetime]
    run_id: Mapped[str | None] = mapped_column(String(40))
    """The run after which it was judged."""
    evidence: Mapped[dict[str, Any]]
    told: Mapped[str | None] = mapped_column(String(40))
    """The state that people were last told of; None: they were told nothing yet."""


class HealthChangeRow(Table):
    """One change of the state of a source. Rows are only ever added."""

    __tablename__ = "health_changes"
    __table_args__ = (
        Index("ix_health_changes_source", "source"),
        Index("ix_health_changes_changed_at", "changed_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(80))
    before: Mapped[str | None] = mapped_column(String(40))
    after: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    run_id: Mapped[str | None] = mapped_column(String(40))


class NoticeRow(Table):
    """A message to people, from its writing to its delivery."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_notices_delivered_at_next_try_at", "delivered_at", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(120))
    """What it is about; a message of the same key is never written twice."""
    kind: Mapped[str] = mapped_column(String(20))
    """change, digest"""
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
