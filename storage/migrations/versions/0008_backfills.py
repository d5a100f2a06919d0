"""backfills: windows, captures that archives showed, and where an address came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _id() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=True, nullable=False)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "addresses", sa.Column("origin", sa.String(length=20), server_default="live", nullable=False)
    )
    op.create_table(
        "backfill_windows",
        _id(),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("archive", sa.String(length=255), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("query", sa.Integer(), nullable=False),
        sa.Column("resume_key", sa.Text(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("run_id", sa.String(length=40), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill_windows")),
        sa.UniqueConstraint(
            "source",
            "origin",
            "archive",
            "since",
            "until",
            name=op.f("uq_backfill_windows_source_origin_archive_since_until"),
        ),
    )
    with op.batch_alter_table("backfill_windows", schema=None) as batch_op:
        batch_op.create_index("ix_backfill_windows_source_state", ["source", "state"], unique=False)
    op.create_table(
        "archive_captures",
        _id(),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("archive", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=1000), nullable=False),
        sa.Column("stamp", sa.String(length=14), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("mimetype", sa.String(length=120), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_captures")),
        sa.UniqueConstraint(
            "source", "archive", "key", "stamp", name=op.f("uq_archive_captures_source_archive_key_stamp")
        ),
    )
    with op.batch_alter_table("archive_captures", schema=None) as batch_op:
        batch_op.create_index(
            "ix_archive_captures_source_archive_state_key",
            ["source", "archive", "state", "key"],
            unique=False,
        )
    op.create_table(
        "archive_holds",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_archive_holds")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("archive_holds")
    op.drop_table("archive_captures")
    op.drop_table("backfill_windows")
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.drop_column("origin")
