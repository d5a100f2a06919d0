"""How many entries have exactly the same traits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "entry_sorts",
        sa.Column("traits", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("traits", name=op.f("pk_entry_sorts")),
    )
    op.execute(
        "INSERT INTO entry_sorts (traits, number) "
        "SELECT traits, count(*) FROM statement_entries GROUP BY traits"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("entry_sorts")
