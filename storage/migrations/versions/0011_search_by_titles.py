"""An index of titles for PostgreSQL's full text, and counts found by their days."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply. A million releases take some minutes; nobody writes meanwhile."""
    op.create_index("ix_trait_counts_span_start", "trait_counts", ["span", "start"])
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "CREATE INDEX ix_statement_words_titles ON statement_words USING gin (ts_filter(words, '{a}')) "
            "WITH (gin_pending_list_limit = 256)"
        )
        # What it holds is known to the planner from then on.
        op.execute("ANALYZE statement_words")


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP INDEX IF EXISTS ix_statement_words_titles")
    op.drop_index("ix_trait_counts_span_start", "trait_counts")
