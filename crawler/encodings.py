"""Undoing gzip and deflate piece by piece, so that whoever asks can stop at a limit. Standard library only.

Storage reads from captures what the crawler read when it took them, so both stand on this.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_GZIP = zlib.MAX_WBITS | 16
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}

ZLIB_ENCODINGS = frozenset(_WINDOWS)
"""Content-Encodings that `inflated` undoes."""

_MEMBER = b"\x1f\x8b"
_FIRST = 1 << 10
_PIECE = 1 << 16


class EndsEarly(EOFError):
    """The body ends before its encoding does."""


def inflated(body: bytes, encoding: str) -> Iterator[bytes]:
    """The body before `encoding` (one of ZLIB_ENCODINGS), in pieces of at most 64 kB; an empty one has none.

    Raises EndsEarly, and zlib.error for what is not in that encoding. A gzip body may be several members
    one after the other; what follows the last is padding, and what follows a deflate body is left out.
    """
    window = _WINDOWS[encoding]
    position = 0
    begun = False
    while position < len(body):
        if begun and not (window == _GZIP and body.startswith(_MEMBER, position)):
            return
        inflater = zlib.decompressobj(window)
        # The input is handed over in pieces, small ones first: zlib copies whatever it does not take in and
        # whatever follows a member, and there may be very many small members.
        size, rest = _FIRST, b""
        # `eof` ends a member, not the input: when all of it is taken in, output may still be held back. Nor
        # does `unconsumed_tail`, which after the end of a member is what follows it, if it is anything.
        while not inflater.eof:
            if not rest:
                rest = body[position : position + size]
                position += len(rest)
                size = min(2 * size, _PIECE)
            try:
                piece = inflater.decompress(rest, _PIECE)
            except zlib.error:
                if begun or window != zlib.MAX_WBITS:
                    raise
                # "deflate" without its header, as some servers always sent it.
                inflater = zlib.decompressobj(-zlib.MAX_WBITS)
                window = -zlib.MAX_WBITS
                size, rest, position = _FIRST, b"", 0
                continue
            rest = inflater.unconsumed_tail
            if piece:
                begun = True
                yield piece
            elif not (rest or inflater.eof) and position >= len(body):
                raise EndsEarly(f"ends early, after {len(body)} bytes")
        begun = True
        position -= len(inflater.unused_data)
