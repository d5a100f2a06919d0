"""The tables of history: pages that are missing, and readings of captures that are under way.

Part of the one schema of `storage.tables`, which imports everything here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BigId, Table


class AbsenceRow(Table):
    """A time in which the site said that a page, of which a release is kept, does not exist.

    One that has not ended (`returned_at`) and was borne out (`confirmed_at`) is a page that is gone.
    """

    __tablename__ = "absences"
    __table_args__ = (
        Index("ix_absences_source_key", "source", "key"),
        Index("ix_absences_confirmed_at", "confirmed_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(1000))
    first_at: Mapped[datetime]
    """When the site first said so."""
    last_at: Mapped[datetime]
    answers: Mapped[int]
    """How often it said so, from first_at to last_at."""
    answer: Mapped[str] = mapped_column(Text)
    """The last answer, in words."""
    witness: Mapped[str | None] = mapped_column(Text)
    """Address of the source that answered with a page meanwhile: the site was up."""
    confirmed_at: Mapped[datetime | None]
    """Since when the page counts as gone; None: it may be a passing fault."""
    returned_at: Mapped[datetime | None]


class RereadRow(Table):
    """One reading of a source's captures with the readers of that day, so that a killed one goes on."""

    __tablename__ = "rereads"
    __table_args__ = (Index("ix_rereads_source_state", "source", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(80))
    applies: Mapped[bool]
    """Whether what changes is stored, or only shown."""
    reader: Mapped[str] = mapped_column(String(80))
    """Digest of definition and program: another reader begins anew."""
    state: Mapped[str] = mapped_column(String(20))
    """running, finished, given up"""
    step: Mapped[int] = mapped_column(default=0)
    """0: captures that releases and held records were read from; 1: all others."""
    cursor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Id of the last capture of this step that was read."""
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What it has found so far (`scheduler.rereading.Found`)."""
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
