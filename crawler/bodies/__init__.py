"""The bodies that speak: one entry each, with a key that never changes once used, and every name it bears.

Former names stay with the body that succeeded: a release of 2016 says "Foreign & Commonwealth Office".
A name that begins with "~" here is local: it means this body only where its country is known, for every
country has a "Ministry of Justice", and "SE" is a word. The qualified forms of all names ("Mexican Ministry
of Justice", "Ministry of Justice of Mexico") are made from `COUNTRIES`, not listed.

One file for each part of the world, which names its countries and its bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crawler.bodies import americas, asia_pacific, europe, international, latin_america
from crawler.bodies.body import Country, Issuer

__all__ = ["COUNTRIES", "ISSUERS", "Country", "Issuer"]

_PARTS = (americas, latin_america, europe, asia_pacific, international)

COUNTRIES: Mapping[str, Country] = MappingProxyType(
    {key: country for part in _PARTS for key, country in part.COUNTRIES.items()}
)

ISSUERS: Mapping[str, Issuer] = MappingProxyType(
    {issuer.key: issuer for part in _PARTS for issuer in part.BODIES}
)

_STRANGE = sorted({issuer.country for issuer in ISSUERS.values()} - COUNTRIES.keys())
if _STRANGE:
    raise LookupError(
        f"crawler/bodies: expected a country for each body, found none for {', '.join(_STRANGE)}. Add it to "
        "COUNTRIES beside its bodies, with the words that stand before and after their names: "
        '"at": Country(("Austrian",), ("of Austria",))'
    )
