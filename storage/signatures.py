"""Bands of MinHash signatures: releases with a band in common are candidates for the same text."""

from __future__ import annotations

import hashlib

BANDS = 16
ROWS = 8
"""Values in a band. Two texts meet with probability 1 - (1 - s**8)**16, where s is the share of shingles that
they have in common: 0.9998 at 0.9, 0.82 at 0.75, 0.06 at 0.5."""
_BYTES = 4 * ROWS


def bands_of(language: str, signature: bytes) -> list[int]:
    """One signed 64-bit number per band, from language, band number and the band's values.

    `signature` as in `crawler.items.Release`; an empty one (no text to compare) has no bands. Raises
    ValueError for any other length.
    """
    if not signature:
        return []
    if len(signature) != BANDS * _BYTES:
        raise ValueError(f"a signature has {BANDS * ROWS} values of 4 bytes, not {len(signature)} bytes")
    found = []
    for band in range(BANDS):
        values = signature[band * _BYTES : (band + 1) * _BYTES]
        digest = hashlib.blake2b(f"{language}|{band}|".encode() + values, digest_size=8).digest()
        found.append(int.from_bytes(digest, "big", signed=True))
    return found
