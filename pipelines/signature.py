"""MinHash of a text: texts that share most of their wording have signatures that agree in most places."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence

from rensa import RMinHash

PERMUTATIONS = 128
SEED = 20170223
"""Signatures in the database were made with it: changing it means making all of them again."""
ALGORITHM_VERSION = 2
"""Of rensa's RMinHash: digests of different versions must not be compared (a test watches it)."""

_WORDS = 3
_CHARACTERS = 5
_UNSPACED = frozenset(("zh", "ja", "th", "lo", "km", "my", "bo"))
"""Languages written without spaces between words."""
_BETWEEN_WORDS = re.compile(r"\W+")


def shingles(text: str, language: str) -> list[str]:
    """Overlapping runs of 3 words (5 characters where words are not spaced), case and punctuation aside."""
    # Splitting and joining this way is half as slow as finding words and formatting them.
    words = _BETWEEN_WORDS.split(text.casefold())
    words = words[not words[0] : len(words) - (not words[-1])]
    if language in _UNSPACED:
        run = "".join(words)
        return [run[at : at + _CHARACTERS] for at in range(max(1, len(run) - _CHARACTERS + 1))]
    if len(words) <= _WORDS:
        return [" ".join(words)]
    return list(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def signature_of(paragraphs: Sequence[str], language: str) -> bytes:
    """MinHash of a body: 128 unsigned 32-bit little-endian values, the same on every machine."""
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(shingles(" ".join(paragraphs), language))
    return struct.pack(f"<{PERMUTATIONS}I", *sketch.digest())


def resemblance(left: bytes, right: bytes) -> float:
    """Estimated share of shingles that two texts have in common (Jaccard), from 0 to 1."""
    # Who makes signatures starts without numpy; who compares them has it.
    import numpy as np

    ours, theirs = (np.frombuffer(each, dtype="<u4") for each in (left, right))
    return int(np.count_nonzero(ours == theirs)) / PERMUTATIONS
