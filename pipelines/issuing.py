"""Names in fields and foot lines -> keys of issuers, by the countries that a source speaks for."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawler.issuers import ISSUERS, fold, issuer_keys, issuers_in

_JOINED = re.compile(r"\b[A-Z]{2,}(?:[-/–][A-Z]{2,})+\b")


@dataclass(frozen=True, slots=True)
class Naming:
    """Who a line names."""

    keys: tuple[str, ...]
    """In the order of the line, each once."""
    strangers: tuple[str, ...]
    """Parts of the line (between commas) that name nobody we know."""


@lru_cache(maxsize=4096)
def bodies_in(mention: str, countries: frozenset[str]) -> tuple[str, ...] | None:
    """Keys that a whole mention names; None when a part is unknown, or ambiguous between two countries."""
    found = {issuers_in(mention, country) for country in countries or (None,)} - {None}
    return found.pop() if len(found) == 1 else None


def names_in(line: str, countries: frozenset[str]) -> Naming:
    """Every body that a line of parts between commas names; a name may itself hold commas.

    A line holds more than names (offices, places), so parts that name nobody are told, not refused.
    """
    parts = [part.strip() for part in line.split(",") if part.strip()]
    keys: list[str] = []
    strangers: list[str] = []
    start = 0
    while start < len(parts):
        for end in range(len(parts), start, -1):
            found = bodies_in(", ".join(parts[start:end]), countries)
            if found is not None:
                keys += found
                start = end
                break
        else:
            strangers.append(parts[start])
            start += 1
    return Naming(tuple(dict.fromkeys(keys)), tuple(strangers))


def keys_of(mentions: Sequence[str], countries: frozenset[str]) -> Naming:
    """Every body that some mentions name; a mention of which any part is unknown is a stranger as a whole."""
    keys: list[str] = []
    strangers: list[str] = []
    for mention in mentions:
        found = bodies_in(mention, countries)
        if found is None:
            strangers.append(mention)
        else:
            keys += found
    return Naming(tuple(dict.fromkeys(keys)), tuple(strangers))


def is_joint(stranger: str, countries: frozenset[str]) -> bool:
    """Whether an unknown part holds a body that we do not know, joined to one that we know ("SRE-XYZ")."""
    return any(
        bodies_in(part, countries) for joint in _JOINED.findall(stranger) for part in re.split("[-/–]", joint)
    )


@lru_cache(maxsize=256)
def near(mention: str, countries: frozenset[str]) -> str:
    """For a person who must add or correct a name: what is ambiguous about it, or which keys look like it."""
    several = {key for country in countries or (None,) for key in issuer_keys(mention, country)}
    if len(several) > 1:
        return "it may mean " + " or ".join(sorted(several))
    known = {
        fold(name): issuer.key
        for issuer in ISSUERS.values()
        if not countries or issuer.country in countries
        for name in (*issuer.abbreviations, *issuer.local, *itertools.chain(*issuer.names.values()))
    }
    close = difflib.get_close_matches(fold(mention), known, n=4, cutoff=0.5)
    if close:
        keys = dict.fromkeys(known[name] for name in close)
        return "near are " + ", ".join(f"{key} ({ISSUERS[key].name()})" for key in keys)
    return (
        f"known for {', '.join(sorted(countries)) or 'any country'}: {', '.join(sorted(set(known.values())))}"
    )
