"""which processes have requests to an archive under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "archive_requests",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("session", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("session_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "session", name=op.f("pk_archive_requests")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("archive_requests")
