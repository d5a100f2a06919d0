"""An index of the pairs of words that stand side by side, for phrases in PostgreSQL's full text."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Apply. A million releases take some minutes; nobody writes meanwhile."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(
        "CREATE FUNCTION statement_word_pairs(words tsvector) RETURNS integer[] "
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 40000 AS $$ "
        "SELECT array_agg((hashtext(word || ' ' || next_word) & 16383)) FROM ("
        "SELECT lexeme AS word, place, lead(lexeme) OVER by_place AS next_word, "
        "lead(place) OVER by_place AS next_place "
        "FROM (SELECT lexeme, unnest(positions) AS place FROM unnest(words)) AS placed "
        "WINDOW by_place AS (ORDER BY place)) AS pairs WHERE next_place = place + 1 $$"
    )
    # With less of it the index is written over and over.
    op.execute("SET LOCAL maintenance_work_mem = '512MB'")
    op.execute(
        "CREATE INDEX ix_statement_words_pairs ON statement_words USING gin (statement_word_pairs(words)) "
        "WITH (gin_pending_list_limit = 1024)"
    )
    # The pairs would be made anew whenever tables are analyzed.
    op.execute("ALTER INDEX ix_statement_words_pairs ALTER COLUMN 1 SET STATISTICS 0")


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP INDEX IF EXISTS ix_statement_words_pairs")
        op.execute("DROP FUNCTION IF EXISTS statement_word_pairs(tsvector)")
