"""history: repeated payloads, pages that are missing, readings of captures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "absences",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=1000), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index("ix_absences_source_key", ["source", "key"], unique=False)
        batch_op.create_index("ix_absences_confirmed_at", ["confirmed_at"], unique=False)
    op.create_table(
        "rereads",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("applies", sa.Boolean(), nullable=False),
        sa.Column("reader", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column(
            "found",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rereads")),
    )
    with op.batch_alter_table("rereads", schema=None) as batch_op:
        batch_op.create_index("ix_rereads_source_state", ["source", "state"], unique=False)
    with op.batch_alter_table("captures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("payload_digest", sa.String(length=80), nullable=True))
        batch_op.add_column(
            sa.Column("record_type", sa.String(length=20), server_default="response", nullable=False)
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("captures", schema=None) as batch_op:
        batch_op.drop_column("record_type")
        batch_op.drop_column("payload_digest")
    op.drop_table("rereads")
    op.drop_table("absences")
