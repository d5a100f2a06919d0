"""Who speaks: from a name as a page writes it to the key of a body (`crawler.bodies` lists them).

A name is matched whole, without regard to case, accents and punctuation; never by a part of it. A name that
fits no body, or several, gives nothing: the release is held back and a person adds the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from crawler.bodies import COUNTRIES, ISSUERS, Issuer

__all__ = ["ISSUERS", "Issuer", "fold", "issuer_keys", "issuers_in", "names_of"]

# What may stand between the parts of a joint mention. Names hold the same words and signs, so a cut is only
# a possibility: `_cover` decides which cuts are taken.
_CUT = re.compile(
    r"\s*[,;]\s*(?:and|y|e|et)\s+|\s*[,;/&+–—-]\s*|\s+(?:and|y|e|et|with|con|avec)\s+", re.IGNORECASE
)
_ABBREVIATED = re.compile(r"(?P<name>.+?)\s*\((?P<short>[^()]{2,20})\)\s*$")
_ARTICLE = re.compile(r"(?:the|la|el|las|los|le|les|l['’]|de la|de|del|du|des|of)\s+", re.IGNORECASE)
# Words around a name: "Joint SRE-SEGOB-SHCP Communique", "Ministry of Foreign Affairs (SRE) Blog".
_BEFORE = re.compile(
    r"(?:joint(?:\s+(?:communiqu[eé]|statement|(?:press|news)\s+release))?(?:\s+(?:by|of|from))?"
    r"|(?:comunicado|declaraci[oó]n|bolet[ií]n)\s+conjunt[oa](?:\s+de)?"
    r"|communiqu[eé]\s+conjoint(?:\s+de)?)[\s:]+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s+(?:communiqu[eé]|comunicado|statement|(?:press|news|media)\s+release|blog|web\s?site|press\s+office)"
    r"\s*$",
    re.IGNORECASE,
)
# "Secretariats of Foreign Affairs, Government, and ..." names one body for each part.
_PLURALS: Mapping[str, str] = {
    "secretariats of": "Secretariat of",
    "ministries of": "Ministry of",
    "departments of": "Department of",
    "secretarías de": "Secretaría de",
    "secretarias de": "Secretaría de",
    "ministerios de": "Ministerio de",
    "ministères de": "Ministère de",
    "ministères des": "Ministère des",
}
_NO_WORD = re.compile(r"[^\w]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_PLURAL = re.compile("|".join(re.escape(each) for each in _PLURALS), re.IGNORECASE)


def fold(name: str) -> str:
    """A name without case, accents, punctuation and doubled space, for comparing."""
    plain = name if name.isascii() else _without_accents(unicodedata.normalize("NFKD", name))
    return _NO_WORD.sub(" ", plain).strip().casefold()


def _without_accents(name: str) -> str:
    return _NOT_ASCII.sub(lambda run: "".join(c for c in run[0] if not unicodedata.combining(c)), name)


def _qualified(issuer: Issuer) -> Iterator[str]:
    country = COUNTRIES[issuer.country]
    for name in (each for names in issuer.names.values() for each in names):
        yield from (f"{before} {name}" for before in country.before)
        yield from (f"{name} {after}" for after in country.after)


@lru_cache(maxsize=1)
def _tables() -> tuple[Mapping[str, frozenset[str]], Mapping[tuple[str, str], frozenset[str]]]:
    """Names that are clear everywhere, and names that are clear within a country, folded, with their keys."""
    everywhere: dict[str, set[str]] = {}
    within: dict[tuple[str, str], set[str]] = {}
    for issuer in ISSUERS.values():
        own = (
            issuer.key,
            *issuer.abbreviations,
            *(each for names in issuer.names.values() for each in names),
        )
        for name in own:
            within.setdefault((issuer.country, fold(name)), set()).add(issuer.key)
        for name in (*(each for each in own if each not in issuer.local), *_qualified(issuer)):
            everywhere.setdefault(fold(name), set()).add(issuer.key)
    return (
        {name: frozenset(keys) for name, keys in everywhere.items()},
        {name: frozenset(keys) for name, keys in within.items()},
    )


def issuer_keys(name: str, country: str | None = None) -> tuple[str, ...]:
    """Keys of all bodies that bear this name: none (unknown), one, or several (ambiguous).

    Names that many countries use ("Ministry of Foreign Affairs", "SE") are known only with their `country`
    (ISO 3166-1 alpha-2), or written with it ("Mexican Ministry of Foreign Affairs").
    """
    everywhere, within = _tables()
    for candidate in (name, _ARTICLE.sub("", name, count=1) if _ARTICLE.match(name) else name):
        folded = fold(candidate)
        if country is not None and (found := within.get((country, folded))):
            return tuple(sorted(found))
        if found := everywhere.get(folded):
            return tuple(sorted(found))
    return ()


def _one(text: str, country: str | None) -> str | None:
    """The only body that bears this name; with an abbreviation in brackets, both must mean it."""
    found = issuer_keys(text, country)
    if len(found) == 1:
        return found[0]
    match = _ABBREVIATED.match(text)
    if match is None:
        return None
    short = issuer_keys(match["short"], country)
    if len(short) != 1 or short[0] not in issuer_keys(match["name"], ISSUERS[short[0]].country):
        return None
    return short[0]


def _cover(
    pieces: Sequence[str], cuts: Sequence[str], head: str, country: str | None
) -> tuple[str, ...] | None:
    """The bodies that the pieces name, all of them and in order, with as few names as possible.

    `cuts[i]` stands between pieces i and i + 1. Two covers of the same length that differ are
    ambiguous: None.
    """
    best: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(pieces) + 1):
        found: list[tuple[str, ...]] = []
        for start in range(end):
            if not best[start]:
                continue  # what comes before is not covered, whatever follows
            text = "".join(
                piece + (cuts[number] if number < end - 1 else "")
                for number, piece in enumerate(pieces[start:end], start)
            )
            key = _one(f"{head} {_ARTICLE.sub('', text, count=1)}", country) if head else None
            key = key or _one(text, country)
            if key is not None:
                found += [(*before, key) for before in best[start]]
        shortest = min((len(each) for each in found), default=0)
        best.append(list(dict.fromkeys(each for each in found if len(each) == shortest)))
    covers = best[-1]
    return tuple(dict.fromkeys(covers[0])) if len(covers) == 1 else None


def issuers_in(text: str, country: str | None = None) -> tuple[str, ...] | None:
    """Keys of the bodies that a mention names, in its order; None when a part of it is unknown or ambiguous.

    Reads joint mentions: "SRE-SEGOB-SHCP", "Secretariats of Foreign Affairs, Government, and Finance and
    Public Credit", "Secretaría de Relaciones Exteriores y Secretaría de Gobernación", "Ministry of Foreign
    Affairs (SRE) Blog", "Joint SRE-SEGOB Communique".
    """
    told = " ".join(text.split())
    for candidate in dict.fromkeys((told, _AFTER.sub("", _BEFORE.sub("", told, count=1), count=1))):
        plural = _PLURAL.match(candidate)
        head = _PLURALS[plural[0].lower()] if plural else ""
        rest = candidate[plural.end() :].strip() if plural else candidate
        pieces = _CUT.split(rest)
        if len(pieces) > 40 or not all(pieces):
            continue
        covered = _cover(pieces, _CUT.findall(rest), head, country)
        if covered:
            return covered
    return None


def names_of(keys: Sequence[str]) -> list[str]:
    """What bodies are called, in the first of their languages; the key of one that is not known."""
    found = []
    for key in keys:
        issuer = ISSUERS.get(key)
        names = [each for several in issuer.names.values() for each in several] if issuer else []
        found.append(names[0] if names else key)
    return found
