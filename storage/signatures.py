"""Bands of MinHash signatures: releases with a band in common are candidates for the same text."""

from __future__ import annotations

import hashlib

BANDS = 25
ROWS = 5
"""Values in a band; the signature's last three are in none. Two texts meet with probability
1 - (1 - s**5)**25, where s is the share of shingles that they have in common: 1.000 at 0.8, 0.99 at 0.7,
0.87 at 0.6, 0.55 at 0.5, 0.06 at 0.3, less than 0.00001 at 0.05. A copy with a new lead that lost a paragraph
shares about 0.65."""
_VALUES = 128
_BYTES = 4


def bands_of(language: str, signature: bytes) -> list[int]:
    """One signed 64-bit number per band, from language, band number and the band's values.

    `signature` as in `crawler.items.Release`; an empty one (no text to compare) has no bands. Raises
    ValueError for any other length.
    """
    if not signature:
        return []
    if len(signature) != _VALUES * _BYTES:
        raise ValueError(f"a signature has {_VALUES} values of {_BYTES} bytes, not {len(signature)} bytes")
    found = []
    for band in range(BANDS):
        values = signature[band * ROWS * _BYTES : (band + 1) * ROWS * _BYTES]
        digest = hashlib.blake2b(f"{language}|{band}|".encode() + values, digest_size=8).digest()
        found.append(int.from_bytes(digest, "big", signed=True))
    return found
