"""Undoing Content-Encoding, within limits: a body of 200 kB may claim to be 200 MB."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

MOST_BYTES = 64 * 2**20
"""Largest body that is unpacked, unless told otherwise."""

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


def _zlib_pieces(raw: bytes, window: int) -> Iterator[bytes]:
    rest = raw
    while rest:
        decoder = zlib.decompressobj(window)
        piece = decoder.decompress(rest, _PIECE)
        while piece:
            yield piece
            piece = decoder.decompress(decoder.unconsumed_tail, _PIECE)
        yield decoder.flush()
        if not decoder.eof:
            raise EOFError("ends too early")
        # A gzip body may be several members, one after another; anything else behind it is padding.
        rest = decoder.unused_data if decoder.unused_data.startswith(b"\x1f\x8b") else b""


def _gzip(raw: bytes) -> Iterator[bytes]:
    yield from _zlib_pieces(raw, zlib.MAX_WBITS | 16)


def _deflate(raw: bytes) -> Iterator[bytes]:
    # Servers mean either zlib (as the standard says) or bare deflate (as some always did).
    wrapped = len(raw) >= 2 and raw[0] & 0x0F == 8 and (raw[0] << 8 | raw[1]) % 31 == 0
    yield from _zlib_pieces(raw, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


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
    rest = raw
    while rest:
        decoder = zstd.ZstdDecompressor()
        yield decoder.decompress(rest, max_length=_PIECE)
        while not decoder.eof:
            if decoder.needs_input:
                raise EOFError("ends too early")
            yield decoder.decompress(b"", max_length=_PIECE)
        rest = decoder.unused_data


def _zstd_module() -> Any:  # noqa: ANN401 - a module
    try:
        from compression import zstd
    except ModuleNotFoundError:  # before Python 3.14; comes with Scrapy
        from backports import zstd
    return zstd


_DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
