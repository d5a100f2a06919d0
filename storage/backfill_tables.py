"""The tables of backfills: windows of days, captures that archives showed, and pauses that they asked for.

Part of the one schema of `storage.tables`, which imports everything here.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BigId, Table


class BackfillWindowRow(Table):
    """Some days of one source in one origin that are asked for together; done, they are no hole any more."""

    __tablename__ = "backfill_windows"
    __table_args__ = (
        UniqueConstraint("source", "origin", "archive", "since", "until"),
        Index("ix_backfill_windows_source_state", "source", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(20))
    archive: Mapped[str] = mapped_column(String(255))
    """Which archive (`crawler.archives.archive.Archive.name`); empty for the site itself."""
    since: Mapped[date]
    until: Mapped[date]
    """Included. Of the site: days on which releases were posted; of an archive: days of captures, UTC."""
    state: Mapped[str] = mapped_column(String(20))
    """open, done"""
    query: Mapped[int] = mapped_column(default=0)
    """Which of the source's queries to the index is under way."""
    resume_key: Mapped[str | None] = mapped_column(Text)
    """Where the next answer of the index begins."""
    answers: Mapped[int] = mapped_column(default=0)
    """Answers of the archive's index that were written down."""
    shown: Mapped[int] = mapped_column(default=0)
    """Rows in them: ours, repeated ones and others' together."""
    ours: Mapped[int] = mapped_column(default=0)
    """Captures that became rows of `archive_captures`."""
    repeated: Mapped[int] = mapped_column(default=0)
    """Captures that were rows already."""
    others: Mapped[int] = mapped_column(default=0)
    """Captures of addresses that are no releases of the source (images, indexes, other sections)."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often it was asked for in vain since it last went on."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why, the last time."""
    run_id: Mapped[str | None] = mapped_column(String(40))
    """The run that worked on it last."""
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ArchiveCaptureRow(Table):
    """A capture of one of a source's addresses that an archive's index showed, and how it ended."""

    __tablename__ = "archive_captures"
    __table_args__ = (
        UniqueConstraint("source", "archive", "key", "stamp"),
        Index("ix_archive_captures_source_archive_state_key", "source", "archive", "state", "key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(80))
    archive: Mapped[str] = mapped_column(String(255))
    key: Mapped[str] = mapped_column(String(1000))
    """The address's key in the ledger: variants of one address have one."""
    stamp: Mapped[str] = mapped_column(String(14))
    """When it was taken, by the index: YYYYMMDDhhmmss, UTC."""
    url: Mapped[str] = mapped_column(Text)
    """The variant of the address that was captured."""
    digest: Mapped[str | None] = mapped_column(String(80))
    """Of the content, by the archive."""
    status: Mapped[int | None]
    mimetype: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(20))
    """`crawler.archives.choice.CaptureState`"""
    reason: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    captured_at: Mapped[datetime | None]
    """When what the archive gave was really taken, which may be another time."""


class ArchiveHoldRow(Table):
    """Until when nobody is to ask an archive, because it said so to one of us; used on PostgreSQL only
    (`storage.pauses`).
    """

    __tablename__ = "archive_holds"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)


class ArchiveRequestRow(Table):
    """A process has requests to an archive under way; used on PostgreSQL only (`storage.pauses`)."""

    __tablename__ = "archive_requests"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    session: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Number of the process's session, as the server has it."""
    session_since: Mapped[datetime]
    """When that session began: numbers are given again."""
