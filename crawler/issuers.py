"""Who speaks: bodies with stable keys, their names and abbreviations per language, their country.

A key (`mx.sre`) is never changed once used: releases and statements refer to it. A name is matched
whole, without regard to case and accents; a name that fits no issuer holds a release back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Issuer:
    """One body that speaks."""

    key: str
    country: str
    """ISO 3166-1 alpha-2 in lower case; `int` for international organisations."""
    names: Mapping[str, tuple[str, ...]]
    """Language tag -> names, the usual one first."""
    abbreviations: tuple[str, ...] = ()
    """As mirrors and foot lines write them."""

    def name(self, language: str = "en") -> str:
        """The usual name in that language, else in English, else in any."""
        for tag in (language, "en"):
            if tag in self.names:
                return self.names[tag][0]
        return next(iter(self.names.values()))[0]


def _issuer(key: str, names: dict[str, tuple[str, ...]], abbreviations: tuple[str, ...] = ()) -> Issuer:
    return Issuer(key, key.partition(".")[0], MappingProxyType(names), abbreviations)


_ALL = (
    _issuer(
        "mx.sre",
        {
            "es": ("Secretaría de Relaciones Exteriores",),
            "en": (
                "Ministry of Foreign Affairs of Mexico",
                "Ministry of Foreign Affairs",
                "Mexican Ministry of Foreign Affairs",
                "Secretariat of Foreign Affairs",
                "Foreign Ministry of Mexico",
            ),
        },
        ("SRE",),
    ),
    _issuer(
        "mx.segob",
        {
            "es": ("Secretaría de Gobernación",),
            "en": ("Ministry of the Interior of Mexico", "Secretariat of Government", "Secretariat of the Interior"),
        },
        ("SEGOB",),
    ),
    _issuer(
        "mx.shcp",
        {
            "es": ("Secretaría de Hacienda y Crédito Público",),
            "en": (
                "Ministry of Finance of Mexico",
                "Ministry of Finance and Public Credit",
                "Secretariat of Finance and Public Credit",
            ),
        },
        ("SHCP",),
    ),
)

ISSUERS: Mapping[str, Issuer] = MappingProxyType({issuer.key: issuer for issuer in _ALL})


def fold(name: str) -> str:
    """A name without case, accents, punctuation and doubled space, for comparing."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", " ", plain).strip().casefold()


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for issuer in ISSUERS.values():
        for name in (*issuer.abbreviations, issuer.key, *(n for names in issuer.names.values() for n in names)):
            found.setdefault(fold(name), set()).add(issuer.key)
    return {name: tuple(sorted(keys)) for name, keys in found.items()}


def issuer_keys(name: str) -> tuple[str, ...]:
    """Keys of all issuers that bear this name: none (unknown), one, or several (ambiguous without a country)."""
    return _by_name().get(fold(name), ())
