"""The tables. One schema for SQLite and PostgreSQL; changed only together with a migration.

Times are stored in UTC and come back timezone-aware. Words are those of docs/words.md.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.access_tables import AuditRow, SecretRow, SessionRow, TokenRow, UserRow
from storage.backfill_tables import ArchiveCaptureRow, ArchiveHoldRow, ArchiveRequestRow, BackfillWindowRow
from storage.columns import NAMING, BigId, Json, Table, UtcTime
from storage.health_tables import HealthChangeRow, HealthRow, NoticeRow
from storage.history_tables import AbsenceRow, RereadRow
from storage.link_tables import (
    AnchorRow,
    BandRow,
    ClaimRow,
    ContentRow,
    DayAnchorsRow,
    DecisionPairRow,
    DecisionRow,
    LinkerRow,
    LinkRow,
    RelinkLinkRow,
    RelinkRow,
    UnlinkedRow,
    VectorRow,
)
from storage.schedule_tables import SourceOverrideRow
from storage.search_tables import EntryRow, EntryTraitRow, TraitCountRow, TraitPairRow, TraitRow
from storage.work_tables import TurnRow, WorkerRow

__all__ = [
    "NAMING",
    "AbsenceRow",
    "AddressRow",
    "AnchorRow",
    "ArchiveCaptureRow",
    "ArchiveHoldRow",
    "ArchiveRequestRow",
    "AuditRow",
    "BackfillWindowRow",
    "BandRow",
    "BigId",
    "CaptureRow",
    "ClaimRow",
    "ContentRow",
    "DayAnchorsRow",
    "DecisionPairRow",
    "DecisionRow",
    "EntryRow",
    "EntryTraitRow",
    "HealthChangeRow",
    "HealthRow",
    "HeldRow",
    "IssuerRow",
    "Json",
    "LinkRow",
    "LinkerRow",
    "NoticeRow",
    "ReleaseIssuerRow",
    "ReleaseRow",
    "RelinkLinkRow",
    "RelinkRow",
    "RereadRow",
    "RevisionRow",
    "RunClaimRow",
    "RunRow",
    "SecretRow",
    "SessionRow",
    "SightingRow",
    "SourceOverrideRow",
    "SourceRow",
    "StatementRow",
    "Table",
    "TokenRow",
    "TraitCountRow",
    "TraitPairRow",
    "TraitRow",
    "TurnRow",
    "UnlinkedRow",
    "UserRow",
    "UtcTime",
    "VectorRow",
    "WalkRow",
    "WorkerRow",
]


class SourceRow(Table):
    """What changes about a source; what it *is* stands in its definition."""

    __tablename__ = "sources"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    definition_digest: Mapped[str] = mapped_column(String(80), default="")
    first_run_at: Mapped[datetime | None]
    last_run_at: Mapped[datetime | None]
    last_new_at: Mapped[datetime | None]
    """When a run last stored a release that was new."""


class RunRow(Table):
    """One execution of one source."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("source", "slot"),
        Index("ix_runs_source_started_at", "source", "started_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(80))
    slot: Mapped[str | None] = mapped_column(String(80))
    """Scheduled time that this run serves; unique per source. None for runs by hand."""
    started_by: Mapped[str] = mapped_column(String(40))
    since: Mapped[date | None]
    until: Mapped[date | None]
    release_limit: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(20))
    """planned, running, finished, stopped, failed, killed"""
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    host: Mapped[str] = mapped_column(String(255))
    process: Mapped[int]
    process_started: Mapped[str | None] = mapped_column(String(120))
    """Boot and start time of the process, so that a recycled process id is not taken for it. None where
    the system does not tell."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """discovered, fetched, stored, revised, unchanged, held, skipped, failed, gone, and stats of Scrapy."""
    definition_digest: Mapped[str] = mapped_column(String(80), default="")
    code_version: Mapped[str] = mapped_column(String(40), default="")
    error: Mapped[str | None] = mapped_column(Text)


class RunClaimRow(Table):
    """At most one run of a source at a time: whoever inserts this row crawls it."""

    __tablename__ = "run_claims"

    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    run_id: Mapped[str] = mapped_column(String(40))


class WalkRow(Table):
    """One walk through one index (listing, feed, API) of a source."""

    __tablename__ = "walks"
    __table_args__ = (
        Index("ix_walks_source_index_name", "source", "index_name"),
        Index("ix_walks_index_id", "index_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(80))
    index_name: Mapped[str] = mapped_column(String(200))
    index_id: Mapped[int] = mapped_column(BigInteger)
    """Id of the first walk of this index: the index's short name in `sightings`."""
    floor: Mapped[date | None]
    """First day that the walk goes back to; None: the end of the index."""
    complete: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AddressRow(Table):
    """The ledger: every address that any index ever showed, and how it ended."""

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_addresses_source_state_key", "source", "state", "key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(1000))
    url: Mapped[str] = mapped_column(Text)
    found_in: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    discovered_at: Mapped[datetime]
    discovered_run: Mapped[str] = mapped_column(String(40))
    seen_at: Mapped[datetime]
    """When an index last showed it."""
    number: Mapped[int | None] = mapped_column(BigInteger)
    """Last number in the key; meaningful for counted addresses."""
    title: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(35))
    posted_on: Mapped[date | None]
    posted_at: Mapped[datetime | None]
    modified: Mapped[str | None] = mapped_column(String(200))
    """Change stamp by the index when last shown."""
    fetched_modified: Mapped[str | None] = mapped_column(String(200))
    """Change stamp when it was last fetched; differs from `modified` when it is due again."""
    fetched_at: Mapped[datetime | None]
    status: Mapped[int | None]
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(20), default="live", server_default="live")
    """Where it was found: `live`, also once an index of the site shows it; else the archive or file (as
    `crawler.items.Origin`), whose addresses the site is never asked for."""


class SightingRow(Table):
    """Which walks vouch for an address in an index: it is settled there when one of them is complete.

    Kept per index: an address that two indexes show may be settled in one and not in the other, and a
    walk that went back to one day vouches only for what later walks ask down to that day.
    """

    __tablename__ = "sightings"
    __table_args__ = ({"sqlite_with_rowid": False},)

    index_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    address_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    walk_id: Mapped[int] = mapped_column(BigInteger)
    """The latest walk that went further back than what vouched before; it may still be under way."""
    before_id: Mapped[int | None] = mapped_column(BigInteger)
    """The complete walk that vouched before: it stands should the latest never be finished."""


class CaptureRow(Table):
    """Index of the WARC store."""

    __tablename__ = "captures"
    __table_args__ = (UniqueConstraint("file", "record_offset"), Index("ix_captures_url", "url"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(Text)
    captured_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(String(20))
    status: Mapped[int]
    content_type: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(80))
    """`sha256:` and the hex digest of the body, decoded."""
    file: Mapped[str] = mapped_column(String(255))
    record_offset: Mapped[int] = mapped_column(BigInteger)
    record_length: Mapped[int] = mapped_column(BigInteger)
    payload_digest: Mapped[str | None] = mapped_column(String(80))
    """Of the body as it came, as the record says it; None where later captures must not refer to this one."""
    record_type: Mapped[str] = mapped_column(String(20), default="response", server_default="response")
    """response, or revisit: a record without a body, which an earlier record of the address holds."""


class IssuerRow(Table):
    """Who speaks, copied from the issuer table of the crawler so that queries need no code."""

    __tablename__ = "issuers"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    country: Mapped[str] = mapped_column(String(10))
    names: Mapped[dict[str, Any]]


class StatementRow(Table):
    """An act of speaking. Every release opens a statement of its own; joining redirects one to another."""

    __tablename__ = "statements"
    __table_args__ = (
        Index("ix_statements_said_on_id", "said_on", "id"),
        Index("ix_statements_merged_into", "merged_into"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """`s` and the 20 hex digits of the release that opened it."""
    merged_into: Mapped[str | None] = mapped_column(String(40))
    """The statement that this id now leads to (always a living one, never a chain)."""
    created_at: Mapped[datetime]
    said_on: Mapped[date]
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40))


class ReleaseRow(Table):
    """The current state of one text at one address in one language. Fields as in `crawler.items.Release`."""

    __tablename__ = "releases"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_releases_statement_id", "statement_id"),
        Index("ix_releases_said_on", "said_on"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(80))
    source_kind: Mapped[str] = mapped_column(String(20))
    url: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(1000))
    native_id: Mapped[str | None] = mapped_column(String(400))
    language: Mapped[str] = mapped_column(String(35))
    kind: Mapped[str] = mapped_column(String(40))
    kind_raw: Mapped[str | None] = mapped_column(Text)
    role_hint: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))
    """Within its statement, as linking decided."""
    standing: Mapped[str | None] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    said_on: Mapped[date]
    said_raw: Mapped[str | None] = mapped_column(Text)
    posted_on: Mapped[date | None]
    posted_at: Mapped[datetime | None]
    posted_raw: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(60))
    issuers: Mapped[list[Any]]
    """Issuer keys in the page's order (also in release_issuers, for queries)."""
    issuers_raw: Mapped[list[Any]]
    folio: Mapped[str | None] = mapped_column(String(60))
    attribution: Mapped[str | None] = mapped_column(Text)
    translator: Mapped[str | None] = mapped_column(Text)
    insertions: Mapped[int] = mapped_column(default=0)
    attachments: Mapped[list[Any]]
    withdrawn: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None]
    modified: Mapped[str | None] = mapped_column(String(200))
    read_by: Mapped[str] = mapped_column(String(20))
    notes: Mapped[list[Any]]
    content_digest: Mapped[str] = mapped_column(String(80))
    detail_digest: Mapped[str] = mapped_column(String(80))
    """Over what was read beside the content (claims, notes, kind ...): a change here is no revision."""
    signature: Mapped[bytes]
    revision: Mapped[int] = mapped_column(default=1)
    """Number of the current revision, counting from 1."""
    statement_id: Mapped[str] = mapped_column(String(40))
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    captured_at: Mapped[datetime | None]
    origin: Mapped[str] = mapped_column(String(20))
    capture_file: Mapped[str | None] = mapped_column(String(255))
    capture_offset: Mapped[int | None] = mapped_column(BigInteger)
    capture_length: Mapped[int | None] = mapped_column(BigInteger)
    capture_digest: Mapped[str | None] = mapped_column(String(80))


class RevisionRow(Table):
    """One state of a release over time, whole, with the capture that it was read from."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("release_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    number: Mapped[int]
    content_digest: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    fields: Mapped[dict[str, Any]]
    """The other fields that count as content: dates, issuers, folio, withdrawal."""
    seen_at: Mapped[datetime]
    run_id: Mapped[str] = mapped_column(String(40))
    capture_file: Mapped[str | None] = mapped_column(String(255))
    capture_offset: Mapped[int | None] = mapped_column(BigInteger)
    capture_length: Mapped[int | None] = mapped_column(BigInteger)


class ReleaseIssuerRow(Table):
    """Who speaks in a release."""

    __tablename__ = "release_issuers"
    __table_args__ = (Index("ix_release_issuers_issuer", "issuer"), {"sqlite_with_rowid": False})

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(80))


class HeldRow(Table):
    """Records held back, with all that was read and the reason."""

    __tablename__ = "held"
    __table_args__ = (UniqueConstraint("source", "key"), Index("ix_held_reason", "reason"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(1000))
    url: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text)
    item: Mapped[dict[str, Any]]
    run_id: Mapped[str] = mapped_column(String(40))
    held_at: Mapped[datetime]
    capture_file: Mapped[str | None] = mapped_column(String(255))
    capture_offset: Mapped[int | None] = mapped_column(BigInteger)
    capture_length: Mapped[int | None] = mapped_column(BigInteger)
