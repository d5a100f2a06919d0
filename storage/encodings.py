"""Undoing Content-Encoding, within limits: a body of 200 kB may claim to be 200 MB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from crawler.encodings import ZLIB_ENCODINGS, inflated

MOST_BYTES = 64 * 2**20
"""Largest body that is unpacked, unless told otherwise."""

_FIRST = 2**10
_PIECE = 2**18


class BodyUnreadable(ValueError):
    """A body that cannot be unpacked; the message says why."""


def decode(raw: bytes, encoding: str | None, limit: int = MOST_BYTES) -> bytes:
    """The body as it was before `encoding` (a Content-Encoding, possibly several in order) was applied.

    Raises BodyUnreadable for unknown encodings, damaged data and more than `limit` bytes.
    """
    body = raw
    for name in reversed([part.strip().lower() for part in (encoding or "").split(",")]):
        if name in ("", "identity"):
            continue
        if name not in _DECODERS:
            raise BodyUnreadable(f"Content-Encoding {name!r} is not one of {', '.join(sorted(_DECODERS))}")
        pieces = []
        size = 0
        try:
            for piece in _DECODERS[name](body):
                size += len(piece)
                if size > limit:
                    raise BodyUnreadable(f"more than {limit} bytes when {name} is undone")
                pieces.append(piece)
        except BodyUnreadable:
            raise
        except Exception as error:
            raise BodyUnreadable(f"not valid {name}: {error}") from error
        body = b"".join(pieces)
    return body


def _brotli(raw: bytes) -> Iterator[bytes]:
    import brotli

    decoder = brotli.Decompressor()
    piece = decoder.process(raw, output_buffer_limit=_PIECE)
    while not decoder.is_finished():
        if not piece:
            raise EOFError("ends too early")
        yield piece
        piece = decoder.process(b"", output_buffer_limit=_PIECE)
    yield piece


def _zstd(raw: bytes) -> Iterator[bytes]:
    zstd = _zstd_module()
    position = 0
    while position < len(raw):
        decoder = zstd.ZstdDecompressor()
        # In pieces, small ones first: what follows a frame is copied, and there may be very many frames.
        size = _FIRST
        while not decoder.eof:
            given = b""
            if decoder.needs_input:
                given = raw[position : position + size]
                if not given:
                    raise EOFError("ends too early")
                position += len(given)
                size = min(2 * size, _PIECE)
            yield decoder.decompress(given, max_length=_PIECE)
        position -= len(decoder.unused_data)


def _zstd_module() -> Any:  # noqa: ANN401 - a module
    try:
        from compression import zstd
    except ModuleNotFoundError:  # before Python 3.14; comes with Scrapy
        from backports import zstd
    return zstd


_DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    **{name: partial(inflated, encoding=name) for name in ZLIB_ENCODINGS},
    "br": _brotli,
    "zstd": _zstd,
}
