"""The tables of linking: what ties releases, evidence, persons' decisions, work still to be done.

Part of the one schema of `storage.tables`, which imports everything here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BigId, Table


class ClaimRow(Table):
    """What publishers say that ties releases together; equal (kind-compatible) values are candidates."""

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_value_kind", "value", "kind"), {"sqlite_with_rowid": False})

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(1100), primary_key=True)


class BandRow(Table):
    """Bands of MinHash signatures: releases that share one are candidates for the same text."""

    __tablename__ = "bands"
    __table_args__ = (Index("ix_bands_value", "value"), {"sqlite_with_rowid": False})

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
    """Signed 64-bit hash of language, band number and the band's values."""


class LinkRow(Table):
    """Evidence that two releases belong together, or were judged to stay apart."""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("left_id", "right_id", "kind"),
        Index("ix_links_right_id", "right_id"),
        Index("ix_links_verdict", "verdict"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    left_id: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    """The smaller id of the two."""
    right_id: Mapped[str] = mapped_column(ForeignKey("releases.id"))
    kind: Mapped[str] = mapped_column(String(40))
    """alternate, shared id, folio, attribution, source link, same text, excerpt, translation, same content;
    person for a decision."""
    verdict: Mapped[str] = mapped_column(String(20))
    """join, apart, ask"""
    score: Mapped[float]
    features: Mapped[dict[str, Any]]
    """Why: the values compared, in words that a person can check."""
    decided_by: Mapped[str] = mapped_column(String(80))
    """`machine`, or the person's name."""
    decided_at: Mapped[datetime]
    model: Mapped[str | None] = mapped_column(String(200))
    """Weights and encoder that gave the score; None where rules did."""


class ContentRow(Table):
    """What the text of a release says, taken apart once for comparing it with texts in any language."""

    __tablename__ = "contents"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    made_of: Mapped[str] = mapped_column(String(160))
    """Versions of the code, content digest and language: differs from what is asked for when outdated."""
    day: Mapped[date]
    """Day of its row in `day_anchors`."""
    lasting: Mapped[bytes]
    """The values of its rows in `anchors`: signed 64-bit integers, little-endian, ascending."""
    prepared: Mapped[bytes]
    """As `pipelines.linking.prepared` packs it."""


class DayAnchorsRow(Table):
    """What a text shares with its translations and noisy copies and with few other texts of its days.

    Kept together by day, because releases are compared with those said around the same day: what is read
    for a release is one stretch of this table, however much is stored. Without a foreign key, because there
    is no index by release: `contents` tells a release's day.
    """

    __tablename__ = "day_anchors"
    __table_args__ = ({"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(primary_key=True)
    release_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    keys: Mapped[bytes]
    """Signed 64-bit integers, little-endian, ascending."""


class AnchorRow(Table):
    """Lasting anchors: what a text shares with its other versions whenever these were posted, and with
    hardly any other text.

    Releases with one in common are candidates for one statement. Without a foreign key, because
    there is no index by release: a release's anchors are listed in its row of `contents`.
    """

    __tablename__ = "anchors"
    __table_args__ = ({"sqlite_with_rowid": False},)

    value: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    release_id: Mapped[str] = mapped_column(String(40), primary_key=True)


class VectorRow(Table):
    """Vectors of a release by one encoder. Vectors of different models are never compared."""

    __tablename__ = "vectors"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    model: Mapped[str] = mapped_column(String(200), primary_key=True)
    """Encoder and its version: `name@version`."""
    level: Mapped[str] = mapped_column(String(20), primary_key=True)
    """passage, document"""
    dimension: Mapped[int]
    made_of: Mapped[str] = mapped_column(String(160))
    """Content digest and language of the text; outdated when the release has others now."""
    data: Mapped[bytes]
    """As `pipelines.linking.vectors` packs them."""


class UnlinkedRow(Table):
    """The queue of the linker: releases whose content links are still to be made."""

    __tablename__ = "unlinked"
    __table_args__ = ({"sqlite_autoincrement": True},)

    ticket: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    """Never given twice: a release that changes while it is being linked gets a new one."""
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(40))
    """new, changed, hub, freed, decision, relink"""
    queued_at: Mapped[datetime]


class LinkerRow(Table):
    """At most one process at a time makes content links in a database: whoever has this row."""

    __tablename__ = "linkers"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    process: Mapped[int]
    process_started: Mapped[str | None] = mapped_column(String(120))
    doing: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    beat_at: Mapped[datetime]


class DecisionRow(Table):
    """What a person decided about statements; never deleted, only undone."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    """split, merge, move, yes, no"""
    made_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    asked: Mapped[dict[str, Any]]
    """What the person named: statements and releases, by id."""
    undone_by: Mapped[str | None] = mapped_column(String(80))
    undone_reason: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[datetime | None]


class DecisionPairRow(Table):
    """What a decision says of two releases. The latest decision that stands counts for a pair.

    Without foreign keys to releases: a decision outlives a release that is deleted, and counts again when
    the release comes back.
    """

    __tablename__ = "decision_pairs"
    __table_args__ = (
        Index("ix_decision_pairs_left_id_right_id", "left_id", "right_id"),
        Index("ix_decision_pairs_right_id", "right_id"),
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    left_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The smaller id of the two."""
    right_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20))
    """join, apart"""


class RelinkRow(Table):
    """A full relink: what it has done, so that it can go on after an interruption."""

    __tablename__ = "relinks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(20))
    """reading, weighing, weighed, applied, dropped"""
    judge: Mapped[str] = mapped_column(String(200))
    """Identity of weights and encoder: another one cannot go on with it."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    floor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Last ticket of the linker's queue that was given before the evidence was weighed: it is answered by
    this relink, later ones are not."""
    cursor: Mapped[str] = mapped_column(String(40))
    """Last release with which the present state is done; empty at its beginning."""
    done: Mapped[int] = mapped_column(default=0)
    """Releases with which the present state is done."""


class RelinkLinkRow(Table):
    """Evidence found by a full relink, not counting yet.

    A row of kind `changed` whose two ids are the same says that the release was linked anew in the meantime.
    """

    __tablename__ = "relink_links"
    __table_args__ = (Index("ix_relink_links_relink_id_right_id", "relink_id", "right_id"),)

    relink_id: Mapped[int] = mapped_column(ForeignKey("relinks.id"), primary_key=True)
    left_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    right_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    score: Mapped[float]
    features: Mapped[dict[str, Any]]
    model: Mapped[str | None] = mapped_column(String(200))
