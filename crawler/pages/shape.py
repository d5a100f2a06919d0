"""The shape of a page: a small fingerprint of its markup, the same for pages of one layout whatever they say.

Pages of one template share elements, classes and what follows what; their texts differ. So the shape is a
sketch of the set of pairs of neighbouring start tags: its smallest hashes. What two sketches share estimates
what the sets share. No parser is asked: a page that libxml2 cannot read has a shape, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice, pairwise

KEPT = 24
"""Hashes of a sketch."""
MOST_BYTES = 400_000
"""Of a page that are looked at."""
_DIGITS = 6
_TAG = re.compile(rb"<([a-zA-Z][a-zA-Z0-9]{0,15})(?=[\s>/])([^<>]{0,600})")
_CLASS = re.compile(rb"""\bclass\s*=\s*["']?([^"'<>]{1,200})""", re.IGNORECASE)
_COUNTED = re.compile(rb"\d+")
_OF_TEXTS = frozenset({b"a", b"b", b"br", b"em", b"i", b"li", b"p", b"span", b"strong", b"td", b"tr", b"u"})
"""Elements without a class that a text may have or not."""


def shape_of(body: bytes) -> str:
    """The shape of an HTML page, as text; empty where there is hardly any markup."""
    hashes = sorted({_hash(before + b">" + after) for before, after in pairwise(_elements(body))})
    return "".join(islice(hashes, KEPT)) if len(hashes) >= KEPT // 2 else ""


def likeness(shape: str, others: Iterable[str]) -> float:
    """From 0 to 1: how much of its shape a page shares with the one of the others that is most like it."""
    mine = _hashes(shape)
    best = 0.0
    for other in others:
        theirs = _hashes(other)
        both = sorted(mine | theirs)[: min(len(mine), len(theirs))]
        shared = sum(each in mine and each in theirs for each in both)
        best = max(best, shared / max(len(both), 1))
    return best


def _elements(body: bytes) -> Iterable[bytes]:
    for match in _TAG.finditer(body, 0, MOST_BYTES):
        name = match[1].lower()
        found = _CLASS.search(match[2])
        if found is not None:
            yield name + b"." + _COUNTED.sub(b"#", b".".join(sorted(found[1].split())))
        elif name not in _OF_TEXTS:
            yield name


def _hash(element: bytes) -> str:
    return blake2b(element, digest_size=_DIGITS // 2).hexdigest()


def _hashes(shape: str) -> set[str]:
    return {shape[at : at + _DIGITS] for at in range(0, len(shape), _DIGITS)}
