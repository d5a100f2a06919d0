"""A page that an archive replays, as the capture that it is: its address, its time, its bytes. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.encodings import EndsEarly, inflated
from crawler.items import Capture, Origin

ASKED = "communique_memento"
"""Key in `Request.meta` of what was asked of an archive: an `Asked`, or INDEX."""
INDEX = "index"
"""Of requests to the index: its answers become rows of the database, and no captures."""

_GZIP = b"\x1f\x8b\x08"
_ORIGINAL_TYPE = "x-archive-orig-content-type"
# About the archive's own answer, not about the page; a validator of the archive is none of the site's.
_OF_THE_ANSWER = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "etag", "last-modified", "set-cookie"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A capture that an archive is asked for."""

    url: str
    """The address that the index showed."""
    stamp: str
    target: str
    """The captured address that is asked for now: another one than `url` after archived redirects."""


@dataclass(frozen=True, slots=True)
class Memento:
    """A page as it was captured, and its body as it is to be kept."""

    capture: Capture
    raw_body: bytes
    """Still encoded where the archive sends it so; the capture's headers say how."""


def taken_at(headers: Sequence[tuple[str, str]]) -> datetime | None:
    """When the archive took what it replays, by Memento-Datetime; None when it does not say.

    It may be another time than the one that was asked for: archives give what is nearest.
    """
    value = next((value for name, value in headers if name.lower() == "memento-datetime"), None)
    if value is None:
        return None
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def memento_of(
    asked: Asked, status: int, headers: Sequence[tuple[str, str]], body: bytes, limit: int
) -> Memento | None:
    """The capture that an archive replayed; None for an answer of the archive itself, which says no time.

    `body` is the answer with its declared Content-Encoding undone. What is gzip still was sent so by the
    site, and the archive does not tell. At most `limit` bytes (0: no limit) are unpacked; of what is
    damaged or larger the body stays as it is, which no reader takes for a page.
    """
    captured_at = taken_at(headers)
    if captured_at is None:
        return None
    original_type = next((value for name, value in headers if name.lower() == _ORIGINAL_TYPE), None)
    kept = [(name, value) for name, value in headers if name.lower() not in _OF_THE_ANSWER]
    if original_type is not None:
        kept = [(name, value) for name, value in kept if name.lower() != "content-type"]
        kept.insert(0, ("Content-Type", original_type))
    raw = body
    unpacked = _unpacked(body, limit)
    if unpacked is not None:
        body = unpacked
        kept.append(("Content-Encoding", "gzip"))
    capture = Capture(
        url=asked.url,
        status=status,
        headers=tuple(kept),
        body=body,
        captured_at=captured_at,
        origin=Origin.WAYBACK,
        final_url=asked.target if asked.target != asked.url else None,
    )
    return Memento(capture, raw)


def _unpacked(body: bytes, limit: int) -> bytes | None:
    if not body.startswith(_GZIP):
        return None
    whole = bytearray()
    try:
        for piece in inflated(body, "gzip"):
            whole += piece
            if limit and len(whole) > limit:
                return None
    except (EndsEarly, zlib.error):
        return None
    return bytes(whole)
