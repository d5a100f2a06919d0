"""The tables behind lists, facets and search: derived from statements and releases.

They can be made anew at any time. Part of the one schema of `storage.tables`, which imports everything here.
The full text itself lies in `statement_words`, which each database has in its own form
(`storage.search.texts`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BigId, Table


class EntryRow(Table):
    """A living statement in the lists. Its number tells its day, so that numbers are in order of days."""

    __tablename__ = "statement_entries"
    __table_args__ = (UniqueConstraint("statement_id"),)

    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    """Ordinal of the day when it was said times 2^24, and a number within the day."""
    statement_id: Mapped[str] = mapped_column(String(40))
    traits: Mapped[str] = mapped_column(Text)
    """Ids of its traits in order, with spaces between them."""
    digest: Mapped[str] = mapped_column(String(32))
    """Of the words and traits that are in the index: what did not change is not written again."""


class TraitRow(Table):
    """A value by which statements are found and counted: an issuer, a language, that it was edited."""

    __tablename__ = "traits"
    __table_args__ = (UniqueConstraint("dimension", "value"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    dimension: Mapped[str] = mapped_column(String(20))
    """See `storage.search.filters.DIMENSIONS`; `all` has one trait, which every entry has."""
    value: Mapped[str] = mapped_column(String(80))


class EntryTraitRow(Table):
    """Which entries have a trait, in order of days."""

    __tablename__ = "entry_traits"
    __table_args__ = ({"sqlite_with_rowid": False},)

    trait: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class TraitCountRow(Table):
    """How many entries have a trait: in all, by year, month and day."""

    __tablename__ = "trait_counts"
    __table_args__ = (
        # All traits of one span: for their numbers, and for those between two days.
        Index(None, "span", "start"),
        {"sqlite_with_rowid": False},
    )

    trait: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    span: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 in all, 1 a year, 2 a month, 3 a day."""
    start: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Ordinal of its first day; 0 in all."""
    number: Mapped[int]


class TraitPairRow(Table):
    """How many entries have two traits; every pair stands here twice."""

    __tablename__ = "trait_pairs"
    __table_args__ = ({"sqlite_with_rowid": False},)

    one: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    other: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int]


class EntrySortRow(Table):
    """How many entries have exactly these traits (`storage.search.sorts`)."""

    __tablename__ = "entry_sorts"

    traits: Mapped[str] = mapped_column(Text, primary_key=True)
    """As of an entry."""
    number: Mapped[int]
