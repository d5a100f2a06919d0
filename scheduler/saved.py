"""Saved files as captures: what kind of file it is, and which address its page says it has.

Pure but for reading the files themselves. A file that is no page is told apart by its first bytes, not by
its name alone: people rename what they save.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from crawler.declare import Record
from crawler.items import Capture, Origin
from crawler.pages.record import address_in_record
from crawler.source import Source, registry
from storage.wacz import is_wacz

LARGEST_PAGE = 64 * 1024 * 1024
"""Bytes; a saved page above this is refused (a WARC may be of any size, its pages may not)."""

_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".shtml"})
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"


class Form(StrEnum):
    """What a saved file is."""

    WARC = "WARC"
    WACZ = "WACZ"
    HTML = "HTML"
    JSON = "JSON"
    TEXT = "text"
    UNKNOWN = "no page"


_CONTENT_TYPES = {Form.HTML: "text/html", Form.JSON: "application/json", Form.TEXT: "text/plain"}


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file that was found, and what it is."""

    path: Path
    form: Form
    reason: str = ""
    """Why it is no page."""


def _first_bytes(path: Path, size: int = 2048) -> bytes:
    with path.open("rb") as file:
        start = file.read(size)
    if not start.startswith(_GZIP):
        return start
    try:
        with gzip.open(path) as unpacked:
            return unpacked.read(size)
    except (OSError, EOFError, zlib.error):
        return start


def form_of(path: Path) -> SavedFile:
    """What the file is, by its first bytes and then by its name."""
    start = _first_bytes(path)
    if start.startswith(b"WARC/"):
        return SavedFile(path, Form.WARC)
    if start.startswith(_ZIP):
        if path.suffix.lower() == ".wacz" or is_wacz(path):
            return SavedFile(path, Form.WACZ)
        return SavedFile(path, Form.UNKNOWN, "a zip file without WARC files in archive/: unpack it first")
    if not start.strip():
        return SavedFile(path, Form.UNKNOWN, "the file is empty")
    with path.open("rb") as file:
        if file.read(2) == _GZIP:
            return SavedFile(path, Form.UNKNOWN, "gzip, but no WARC in it: unpack it first")
    if path.stat().st_size > LARGEST_PAGE:
        return SavedFile(path, Form.UNKNOWN, f"larger than {LARGEST_PAGE // 1024**2} MB")
    lowered = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if path.suffix.lower() == ".json" or lowered.startswith((b"{", b"[{")):
        return SavedFile(path, Form.JSON)
    markup = lowered.startswith(b"<") and (b"<html" in lowered or b"<!doctype html" in lowered)
    if path.suffix.lower() in _HTML_SUFFIXES or markup:
        return SavedFile(path, Form.HTML)
    if b"\x00" not in start and path.suffix.lower() in (".txt", ".text", ".md", ""):
        return SavedFile(path, Form.TEXT)
    return SavedFile(path, Form.UNKNOWN, "neither HTML, JSON, text, WARC nor WACZ")


def files_under(paths: Iterable[Path]) -> Iterator[SavedFile]:
    """The files themselves and all files in folders, in order of name; hidden ones are left out."""
    for path in paths:
        if path.is_dir():
            inside = (each for each in path.rglob("*") if each.is_file())
            shown = (
                each for each in inside if not any(p.startswith(".") for p in each.relative_to(path).parts)
            )
            yield from map(form_of, sorted(shown))
        else:
            yield form_of(path)


def page_in(file: SavedFile, url: str) -> Capture:
    """A saved page as the capture of that address; it was taken when the file was last written."""
    return Capture(
        url=url,
        status=200,
        headers=(("Content-Type", _CONTENT_TYPES[file.form]),),
        body=file.path.read_bytes(),
        captured_at=datetime.fromtimestamp(int(file.path.stat().st_mtime), UTC),
        origin=Origin.FILE,
    )


def address_in(file: SavedFile, source: type[Source] | None = None) -> str | None:
    """The address that the page itself names: its record's, its canonical link, or its og:url.

    Only for choosing the address of a saved file; among crawled pages a canonical link proves nothing.
    """
    if file.form is Form.JSON:
        return _address_of_record(file.path.read_bytes(), source)
    if file.form is Form.HTML:
        return _address_of_page(file.path.read_bytes())
    return None


def _address_of_record(body: bytes, source: type[Source] | None) -> str | None:
    try:
        document = json.loads(body)
    except ValueError:
        return None
    for candidate in (source,) if source is not None else registry().values():
        for layout in candidate.layouts():
            url = address_in_record(layout, document) if isinstance(layout, Record) else None
            if url is not None and candidate.address_key(url) is not None:
                return url
    return None


def _address_of_page(body: bytes) -> str | None:
    from parsel import Selector

    page = Selector(body=body, type="html")
    for selector in ('link[rel~="canonical"]::attr(href)', 'meta[property="og:url"]::attr(content)'):
        for found in page.css(selector).getall():
            if is_web_address(found.strip()):
                return found.strip()
    return None


def is_web_address(url: str) -> bool:
    """Whether it is an absolute http or https address with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
