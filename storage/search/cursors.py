"""Where a page of an answer ended: opaque to who holds it, and good for the same question only."""

from __future__ import annotations

import base64
import binascii
import hashlib

_CHECK = 6
"""Bytes of the digest that ties a cursor to its question."""
_LONGEST = 120


class BadCursor(ValueError):
    """A cursor that this answer did not give out."""


def write_cursor(place: str, question: str) -> str:
    """A cursor behind that place of the answer to a question."""
    raw = _check(place, question) + place.encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_cursor(cursor: str, question: str) -> str:
    """The place of a cursor. BadCursor when it is none, or another question's."""
    try:
        if len(cursor) > _LONGEST:
            raise BadCursor
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = raw[_CHECK:].decode()
        if raw[:_CHECK] != _check(place, question):
            raise BadCursor
    except (BadCursor, binascii.Error, UnicodeError, ValueError):
        raise BadCursor(
            f"expected a cursor that the same question gave out, found {cursor[:40]!r}: "
            "begin again without one, and keep filter and cursor together"
        ) from None
    return place


def _check(place: str, question: str) -> bytes:
    return hashlib.blake2b(f"{place}\n{question}".encode(), digest_size=_CHECK).digest()
