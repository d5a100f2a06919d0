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

from pipelines.linking.prepared import (
    COARSE,
    COGNATE,
    CONCEPT,
    COUNT,
    DATE,
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
"""Anchors that are joined in pairs."""


def candidate_keys(prepared: Prepared) -> tuple[int, ...]:
    """The most telling anchors, at most 66 signed 64-bit integers, sorted."""
    found = [key for kinds, most in _GROUPS for key in _most_telling(prepared, kinds, most)]
    return tuple(sorted(key - (1 << 64) if key >= 1 << 63 else key for key in found))


def are_candidates(left_keys: int, right_keys: int, shared: int) -> bool:
    """Whether that many shared keys are worth a look, from how many each release has."""
    return shared >= max(FEWEST_SHARED, math.ceil(LEAST_SHARE * min(left_keys, right_keys)))


def lasting_keys(prepared: Prepared) -> tuple[int, ...]:
    """Pairs of the most telling anchors, at most 28 signed 64-bit integers, sorted."""
    best = sorted(_most_telling(prepared, _GROUPS[0][0], _LASTING))
    return tuple(sorted(_joined(one, other) for one, other in combinations(best, 2)))


def _most_telling(prepared: Prepared, kinds: tuple[int, ...], most: int) -> list[int]:
    """Anchors that are rare by their kind and frequent in the text; equal ones by their hash."""
    wanted = np.isin(prepared.kinds, kinds) & (prepared.places != TITLE)
    keys, first, spread = np.unique(prepared.hashes[wanted], return_index=True, return_counts=True)
    weights = np.array([_TELLING[kind] for kind in prepared.kinds[wanted][first].tolist()])
    order = np.lexsort((keys, -np.round(weights * (1.0 + np.log(spread)), 6)))
    return [int(key) for key in keys[order[:most]]]


def _joined(one: int, other: int) -> int:
    digest = blake2b(one.to_bytes(8, "little") + other.to_bytes(8, "little"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
