"""What persons decided about the schedule of sources.

Part of the one schema of `storage.tables`, which imports everything here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BigId, Table


class SourceOverrideRow(Table):
    """One thing that a person said about a source, instead of its definition. Rows are only ever added:
    the latest of a source and name is in force, the others tell who wanted what before."""

    __tablename__ = "source_overrides"
    __table_args__ = (Index("ix_source_overrides_source_name", "source", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(40))
    """paused, every, origins"""
    value: Mapped[str | None] = mapped_column(Text)
    """In the form of `storage.schedules.Override`; None: as the definition says."""
    made_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
