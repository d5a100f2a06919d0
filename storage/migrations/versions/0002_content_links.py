"""content links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "anchors",
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("value", "release_id", name=op.f("pk_anchors")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day_anchors",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "release_id", name=op.f("pk_day_anchors")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "decisions",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "asked",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("undone_by", sa.String(length=80), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_table(
        "linkers",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("process_started", sa.String(length=120), nullable=True),
        sa.Column("doing", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_linkers")),
    )
    op.create_table(
        "relinks",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("judge", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relinks")),
    )
    op.create_table(
        "contents",
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("made_of", sa.String(length=160), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lasting", sa.LargeBinary(), nullable=False),
        sa.Column("prepared", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_contents_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_contents")),
    )
    op.create_table(
        "decision_pairs",
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("left_id", sa.String(length=40), nullable=False),
        sa.Column("right_id", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_decision_pairs_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("decision_id", "left_id", "right_id", name=op.f("pk_decision_pairs")),
    )
    with op.batch_alter_table("decision_pairs", schema=None) as batch_op:
        batch_op.create_index("ix_decision_pairs_left_id_right_id", ["left_id", "right_id"], unique=False)
        batch_op.create_index("ix_decision_pairs_right_id", ["right_id"], unique=False)

    op.create_table(
        "relink_links",
        sa.Column("relink_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("left_id", sa.String(length=40), nullable=False),
        sa.Column("right_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column(
            "features",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["relink_id"], ["relinks.id"], name=op.f("fk_relink_links_relink_id_relinks")
        ),
        sa.PrimaryKeyConstraint("relink_id", "left_id", "right_id", "kind", name=op.f("pk_relink_links")),
    )
    with op.batch_alter_table("relink_links", schema=None) as batch_op:
        batch_op.create_index("ix_relink_links_relink_id_right_id", ["relink_id", "right_id"], unique=False)

    op.create_table(
        "unlinked",
        sa.Column(
            "ticket", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_unlinked_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_unlinked")),
        sa.UniqueConstraint("release_id", name=op.f("uq_unlinked_release_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "vectors",
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("made_of", sa.String(length=160), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_vectors_release_id_releases")),
        sa.PrimaryKeyConstraint("release_id", "model", "level", name=op.f("pk_vectors")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("model", sa.String(length=200), nullable=True))
        batch_op.create_index("ix_links_verdict", ["verdict"], unique=False)

    # What is stored already is in nobody's hands otherwise.
    op.execute(
        "INSERT INTO unlinked (release_id, reason, queued_at) "
        "SELECT id, 'new', CURRENT_TIMESTAMP FROM releases ORDER BY id"
    )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index("ix_links_verdict")
        batch_op.drop_column("model")

    op.drop_table("vectors")
    op.drop_table("unlinked")
    with op.batch_alter_table("relink_links", schema=None) as batch_op:
        batch_op.drop_index("ix_relink_links_relink_id_right_id")

    op.drop_table("relink_links")
    with op.batch_alter_table("decision_pairs", schema=None) as batch_op:
        batch_op.drop_index("ix_decision_pairs_right_id")
        batch_op.drop_index("ix_decision_pairs_left_id_right_id")

    op.drop_table("decision_pairs")
    op.drop_table("contents")
    op.drop_table("relinks")
    op.drop_table("linkers")
    op.drop_table("decisions")
    op.drop_table("day_anchors")
    op.drop_table("anchors")
