"""Lists, facets and full text: filled by `storage.search.index` once the schema is this code's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "entry_traits",
        sa.Column("trait", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("trait", "entry", name=op.f("pk_entry_traits")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement_entries",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("statement_id", sa.String(length=40), nullable=False),
        sa.Column("traits", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_statement_entries")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_statement_entries_statement_id")),
    )
    op.create_table(
        "trait_counts",
        sa.Column("trait", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("span", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("trait", "span", "start", name=op.f("pk_trait_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trait_pairs",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("other", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("one", "other", name=op.f("pk_trait_pairs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "traits",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traits")),
        sa.UniqueConstraint("dimension", "value", name=op.f("uq_traits_dimension_value")),
    )

    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE statement_words USING "
            "fts5(title, body, traits, content='', tokenize='ascii')"
        )
        op.execute("CREATE TABLE statement_words_kept (entry INTEGER PRIMARY KEY, words BLOB NOT NULL)")
    else:
        op.execute("CREATE TABLE statement_words (entry bigint PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("ALTER TABLE statement_words SET (toast_tuple_target = 128)")
        op.execute(
            "CREATE INDEX ix_statement_words_words ON statement_words USING gin (words) "
            "WITH (gin_pending_list_limit = 256)"
        )


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE IF EXISTS statement_words")
    op.execute("DROP TABLE IF EXISTS statement_words_kept")
    op.drop_table("traits")
    op.drop_table("trait_pairs")
    op.drop_table("trait_counts")
    op.drop_table("statement_entries")
    op.drop_table("entry_traits")
