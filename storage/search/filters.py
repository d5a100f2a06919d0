"""Which statements are wanted: the one definition for pages, API, feeds, search and export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True, slots=True)
class Filter:
    """Which statements are wanted; None: no matter. Everything that is named must hold."""

    query: str | None = None
    """What a person typed: words, "phrases", -without, title:, issuer:, source:, lang:, since:, until: (see
    `storage.search.asking`)."""
    issuer: str | None = None
    """Key of a body, alone or among others, of any version (`mx.sre`)."""
    country: str | None = None
    """Country of any issuer (ISO 3166-1, small letters, or `eu`, `int`)."""
    language: str | None = None
    """Language of any version, by its primary tag."""
    source: str | None = None
    """Source of any version."""
    since: date | None = None
    """First day on which it was said."""
    until: date | None = None
    """Last day, included."""
    role: str | None = None
    """Role of any version (`crawler.items.Role`)."""
    kind: str | None = None
    """Kind of release (`crawler.items.KindOfRelease`)."""
    has_translation: bool | None = None
    """Whether there is a version in a second language."""
    edited: bool | None = None
    """Whether a version has had more than one state."""
    withdrawn: bool | None = None
    """Whether the publisher has withdrawn a version."""

    @property
    def named(self) -> Mapping[str, str | date | bool]:
        """What is not left open, by its name."""
        return {
            each.name: value for each in fields(self) if (value := getattr(self, each.name)) not in (None, "")
        }


def traits_of(wanted: Filter) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What an entry must have, and what it must not have, as (dimension, value)."""
    having: list[tuple[str, str]] = []
    without: list[tuple[str, str]] = []
    for dimension in ("issuer", "country", "language", "source", "role", "kind"):
        value = getattr(wanted, dimension)
        if value not in (None, ""):
            having.append((dimension, _clean(str(value))))
    for flag in FLAGS:
        answer = getattr(wanted, flag)
        if answer is not None:
            (having if answer else without).append(("is", flag))
    return having, without


def _clean(value: str) -> str:
    """Without what no database takes: no value that is stored holds it."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


FLAGS = ("has_translation", "edited", "withdrawn")
"""Traits that a statement has or has not."""
DIMENSIONS = ("issuer", "country", "language", "source", "role", "kind", "is")
"""By what statements are counted; the values of `is` are FLAGS."""
