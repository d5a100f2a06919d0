"""Bytes to text: which character encoding a response is in, whatever it says of itself.

Order: byte order mark, HTTP header, `meta` or XML declaration in the first 4 KiB, UTF-8, Windows-1252.
Encoding labels mean what browsers take them to mean (WHATWG Encoding: "latin1" is Windows-1252).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from w3lib.encoding import resolve_encoding

from crawler.items import Capture

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD_BYTES = 4096
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_IN_MARKUP = re.compile(
    rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})"
    rb"|<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})",
    re.IGNORECASE,
)
# Encodings in which any bytes decode to something, so that decoding proves nothing.
_ANYTHING_GOES = re.compile(r"cp125\d|iso8859-\d+|koi8-[ru]|latin|mac-|cp866|cp437|cp850", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A response as text."""

    text: str
    charset: str
    """Python's name of the encoding that was used."""
    note: str | None = None
    """What the reader should know: the declared encoding was wrong, or bytes could not be read."""
    plain: bool = False
    """The bytes are valid UTF-8 without byte order mark: they need no encoding again to be parsed."""


def _known(label: str) -> str | None:
    """Python's name of the encoding that browsers take the label for; None for a label nobody knows."""
    resolved = resolve_encoding(label.strip())
    if resolved is None:
        return None
    name = codecs.lookup(resolved).name
    if name == "utf-7":
        # No browser reads it, because it hides markup from filters.
        return None
    return name


def declared_charset(capture: Capture) -> str | None:
    """The encoding that the response claims, in its header first, then in its markup; None: it names none."""
    header = _IN_HEADER.search(capture.header("content-type") or "")
    if header is not None and (known := _known(header.group(1))) is not None:
        return known
    markup = _IN_MARKUP.search(capture.body, 0, _HEAD_BYTES)
    if markup is None:
        return None
    label = (markup.group(1) or markup.group(2)).decode("ascii", "replace")
    known = _known(label)
    # A `meta` that can be read as ASCII proves that the page is not UTF-16 or UTF-32.
    return "utf-8" if known is not None and known.startswith(("utf-16", "utf-32")) else known


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except UnicodeError:
        return None


def decode(capture: Capture) -> Decoded:
    """The body as text, never failing; `Decoded.note` says what was not as declared.

    A declared single-byte encoding is overruled by UTF-8 when the bytes are valid UTF-8 beyond ASCII:
    that does not happen by chance, while any bytes at all are "valid" Windows-1252.
    """
    body = capture.body
    for mark, charset in _MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(charset, "replace")
            return Decoded(text, charset, _unreadable(text) if "\ufffd" in text else None)
    declared = declared_charset(capture)
    utf8 = _strictly(body, "utf-8")
    if utf8 is not None:
        return Decoded(utf8, "utf-8", _overruled(declared, body), plain=True)
    if declared is not None and declared != "utf-8":
        read = _strictly(body, declared)
        if read is not None:
            return Decoded(read, declared)
    return _guess(body, declared)


def _overruled(declared: str | None, body: bytes) -> str | None:
    if declared in (None, "utf-8", "ascii") or body.isascii():
        return None
    if _ANYTHING_GOES.match(declared or "") or _strictly(body, declared or "utf-8") is None:
        return f"charset: declared {declared}, read as utf-8"
    return f"charset: declared {declared}, valid as utf-8 and read so"


def _guess(body: bytes, declared: str | None) -> Decoded:
    """For bytes that are neither what they claim nor UTF-8 throughout."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for character in text if character > "\x7f") - broken
    if whole > 4 * broken:
        # UTF-8 with a few damaged places: reading all of it as Windows-1252 would damage the rest.
        return Decoded(text, "utf-8", _unreadable(text))
    charset = "cp1252" if declared in (None, "utf-8") else declared
    text = body.decode(charset, "replace")
    if declared is not None and declared != charset:
        note = f"charset: declared {declared}, read as {charset}"
    else:
        note = _unreadable(text) if "\ufffd" in text else f"charset: none declared, read as {charset}"
    return Decoded(text, charset, note)


def _unreadable(text: str) -> str:
    return f"charset: {text.count(chr(0xFFFD))} characters could not be read"
