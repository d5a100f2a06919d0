"""What is known of a body and of a country, and how an entry is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Country:
    """How texts name a country beside the name of a body."""

    before: tuple[str, ...]
    """"Mexican", "Mexico's"."""
    after: tuple[str, ...]
    """"of Mexico", "de México"."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """One body that speaks."""

    key: str
    country: str
    """ISO 3166-1 alpha-2 in lower case."""
    names: Mapping[str, tuple[str, ...]]
    """Language tag -> names, the usual one first."""
    abbreviations: tuple[str, ...] = ()
    """As mirrors and foot lines write them."""
    local: frozenset[str] = frozenset()
    """Those of the names and abbreviations that mean this body only where its country is known."""

    def name(self, language: str = "en") -> str:
        """The usual name in that language, else in English, else in any."""
        for tag in (language, "en"):
            if tag in self.names:
                return self.names[tag][0]
        return next(iter(self.names.values()))[0]


def body(key: str, *abbreviations: str, **names: str | tuple[str, ...]) -> Issuer:
    """An entry: abbreviations, then names by language; "~" before a name makes it local."""
    marked = {tag: (told,) if isinstance(told, str) else told for tag, told in names.items()}
    local = {each[1:] for told in (abbreviations, *marked.values()) for each in told if each.startswith("~")}
    return Issuer(
        key,
        key.partition(".")[0],
        MappingProxyType(
            {tag: tuple(each.removeprefix("~") for each in told) for tag, told in marked.items()}
        ),
        tuple(each.removeprefix("~") for each in abbreviations),
        frozenset(local),
    )
