"""By which values a release is found again among millions: its most telling anchors.

Two releases said within `WINDOW_DAYS` of each other are candidates when they share enough of these keys
(`are_candidates`). That is a function of the two alone, so it does not matter which was stored first, and
how many candidates there are depends on how much is said in three weeks, not on how much is stored. What is
posted again much later is found by `lasting_keys`, conjunctions of two telling anchors.

On the development corpus (which is as dense as 300 releases a day of the same few topics): 98 % of all
pairs, and 99.5 % of them through others.
"""

from __future__ import annotations

import math
from hashlib import blake2b
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.prepared import (
    COARSE,
    COGNATE,
    CONCEPT,
    COUNT,
    DATE,
    KINDS,
    NAME,
    NUMBER,
    TITLE,
    Prepared,
)

KEYS_VERSION = 1
WINDOW_DAYS = 10
FEWEST_SHARED = 2
LEAST_SHARE = 0.06
"""Part of the keys of the release with fewer that both must have."""

_TELLING = {NUMBER: 3.0, DATE: 2.5, NAME: 1.5, CONCEPT: 1.2, COARSE: 1.0, COGNATE: 0.8, COUNT: 0.8}
_GROUPS = (((NUMBER, DATE, NAME, CONCEPT, COARSE), 40), ((COGNATE,), 20), ((COUNT,), 6))
_LASTING = 8
_WANTED = tuple(
    (np.array([_TELLING.get(kind, 0.0) if kind in kinds else 0.0 for kind in range(len(KINDS))]), most)
    for kinds, most in _GROUPS
)
"""Anchors that are joined in pairs."""


def candidate_keys(prepared: Prepared) -> tuple[int, ...]:
    """The most telling anchors, at most 66 signed 64-bit integers, sorted."""
    return keys_of(prepared)[0]


def lasting_keys(prepared: Prepared) -> tuple[int, ...]:
    """Pairs of the most telling anchors, at most 28 signed 64-bit integers, sorted."""
    return keys_of(prepared)[1]


def keys_of(prepared: Prepared) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Both: those for releases of the same days, and the lasting ones."""
    groups = [_most_telling(prepared, wanted, most) for wanted, most in _WANTED]
    found = sorted(key - (1 << 64) if key >= 1 << 63 else key for some in groups for key in some)
    best = sorted(groups[0][:_LASTING])
    return tuple(found), tuple(sorted(_joined(one, other) for one, other in combinations(best, 2)))


def are_candidates(left_keys: int, right_keys: int, shared: int) -> bool:
    """Whether that many shared keys are worth a look, from how many each release has."""
    return shared >= max(FEWEST_SHARED, math.ceil(LEAST_SHARE * min(left_keys, right_keys)))


def _most_telling(prepared: Prepared, wanted: NDArray[np.float64], most: int) -> list[int]:
    """Anchors that are rare by their kind and frequent in the text; equal ones by their hash.

    `wanted`: for each kind, what an anchor of it says; nothing where it is not wanted.
    """
    weights = wanted[prepared.kinds]
    places = np.flatnonzero((weights > 0) & (prepared.places != TITLE))
    if not len(places):
        return []
    hashes = prepared.hashes[places]
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    keys = hashes[starts]
    spread = np.diff(starts, append=len(hashes))
    order = np.lexsort((keys, -np.round(weights[places[starts]] * (1.0 + np.log(spread)), 6)))
    found: list[int] = keys[order[:most]].tolist()
    return found


def _joined(one: int, other: int) -> int:
    digest = blake2b(one.to_bytes(8, "little") + other.to_bytes(8, "little"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
