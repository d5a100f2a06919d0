"""Common Crawl: which of its crawls to ask, what their index says, and where the records lie. Pure.

Each of its crawls, a month or so of captures of the whole web, has an index of its own that answers in pages
of JSON lines; a record is a gzip member of a WARC file, got by asking for its range of bytes. Sources: the
list `collinfo.json`, and the manual of pywb's CDX server, which the index is.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    # The settings import this module, and should not wait for all definitions.
    from crawler.source import Source

INDEX = "https://index.commoncrawl.org"
DATA = "https://data.commoncrawl.org"
INDEX_CALLS = 20.0
"""A minute, of the index, by all processes: it asks to be asked slowly and shuts out who does not."""
RANGES = 4.0
"""A second, of records."""
LARGEST = 16 * 2**20
"""Bytes of a record, packed; Common Crawl cuts bodies off at one MiB (from 2025 on at five)."""
MOST_PAGES = 10_000

_WEEK = re.compile(r"CC-MAIN-(\d{4})-(\d{2})\Z")
_YEARS = re.compile(r"CC-MAIN-(\d{4})-(\d{4})\Z")
_FILE = re.compile(r"crawl-data/[\w.-]+(?:/[\w.-]+)*\.warc\.gz\Z")
_LITERAL = re.compile(r"(?:[A-Za-z0-9/_~:-]|\\[.\-/])*")
_GZIP = b"\x1f\x8b"


class CommonCrawlUnreadable(ValueError):
    """An answer is not what it should be; the message says what was expected and found."""


@dataclass(frozen=True, slots=True)
class Crawl:
    """One of its crawls."""

    id: str
    api: str
    """Address of its index."""
    since: date
    until: date
    """Days of captures; a few may lie outside."""


@dataclass(frozen=True, slots=True)
class Record:
    """A capture, and where its record lies."""

    key: str
    """`Source.address_key` of its address."""
    url: str
    stamp: str
    """When it was taken, UTC, as YYYYMMDDhhmmss."""
    digest: str
    file: str
    offset: int
    length: int


def crawls_in(body: bytes) -> list[Crawl]:
    """The crawls that `collinfo.json` lists, the earliest first. Raises CommonCrawlUnreadable."""
    try:
        listed = json.loads(body)
    except ValueError as error:
        raise CommonCrawlUnreadable(f"expected the list of crawls in JSON, found {body[:60]!r}") from error
    if not isinstance(listed, list):
        raise CommonCrawlUnreadable(f"expected a list of crawls, found {type(listed).__name__}")
    found = []
    for each in listed:
        name, api = (each.get("id"), each.get("cdx-api")) if isinstance(each, dict) else (None, None)
        days = _days_of(each) if isinstance(name, str) else None
        if isinstance(name, str) and isinstance(api, str) and days is not None:
            found.append(Crawl(name, api, *days))
    if not found:
        raise CommonCrawlUnreadable(f"expected crawls with id and cdx-api, found {body[:60]!r}")
    return sorted(found, key=lambda crawl: crawl.since)


def _days_of(listed: dict[str, object]) -> tuple[date, date] | None:
    """First and last day, as the list says them or as the name has them."""
    said = [str(listed.get(name) or "")[:10] for name in ("from", "to")]
    try:
        return date.fromisoformat(said[0]), date.fromisoformat(said[1])
    except ValueError:
        pass
    name = str(listed["id"])
    try:
        if week := _WEEK.match(name):
            first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            # Named for the week in which they were begun or published: captures lie around it.
            return first - timedelta(days=21), first + timedelta(days=21)
        if years := _YEARS.match(name):
            return date(int(years[1]), 1, 1), date(int(years[2]), 12, 31)
        return date(int(name.removeprefix("CC-MAIN-")), 1, 1), date(int(name[-4:]), 12, 31)
    except ValueError:
        return None


def wanted(crawls: Sequence[Crawl], since: date | None, until: date | None) -> list[Crawl]:
    """The crawls that may hold captures taken on these days."""
    return [
        each
        for each in crawls
        if (since is None or each.until >= since) and (until is None or each.since <= until)
    ]


def prefixes_of(source: type[Source]) -> tuple[str, ...]:
    """What the addresses of a source begin with, as the index is asked: without a scheme.

    The beginnings of its patterns as far as they are plain text; its hosts where that does not reach a path.
    """
    beginnings = []
    for each in source.addresses():
        pattern = each.pattern
        found = _LITERAL.match(pattern)
        text = re.sub(r"\\(.)", r"\1", found[0]) if found is not None else ""
        if found is not None and pattern[found.end() : found.end() + 1] in ("?", "*", "+", "{"):
            text = text[:-1]
        beginnings.append("" if "|" in pattern and not re.search(r"\(.*\|.*\)", pattern) else text)
    if not all("/" in each for each in beginnings):
        return tuple(dict.fromkeys(f"{host}/" for host in source.hosts))
    return tuple(
        each
        for each in sorted(set(beginnings))
        if not any(each != other and each.startswith(other) for other in beginnings)
    )


def index_address(api: str, prefix: str, since: date | None, until: date | None, page: int | None) -> str:
    """The address that asks an index for a page of captures; `page` None: how many pages there are."""
    asked = {"url": f"{prefix}*", "output": "json", "filter": "=status:200"}
    if since is not None:
        asked["from"] = f"{since:%Y%m%d}000000"
    if until is not None:
        asked["to"] = f"{until:%Y%m%d}235959"
    asked |= {"showNumPages": "true"} if page is None else {"page": str(page)}
    return f"{api}?{urlencode(asked, quote_via=quote)}"


def pages_in(body: bytes) -> int:
    """How many pages an index has to a question. Raises CommonCrawlUnreadable."""
    try:
        said = json.loads(body)
        number = said["pages"] if isinstance(said, dict) else said
        if isinstance(number, int) and 0 <= number <= MOST_PAGES:
            return number
    except (ValueError, KeyError):
        pass
    raise CommonCrawlUnreadable(f"expected a number of pages, found {body[:60]!r}")


def records_in(body: bytes, source: type[Source]) -> Iterator[Record]:
    """The captures of a source's releases in a page of an index; lines of others are passed over."""
    for line in body.splitlines():
        try:
            row = json.loads(line)
            url, file, stamp = str(row["url"]), str(row["filename"]), str(row["timestamp"])
            offset, length = int(row["offset"]), int(row["length"])
            datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            host = urlsplit(url).hostname
        except (ValueError, KeyError, TypeError):
            continue
        key = source.address_key(url) if host else None
        if key is None or not _FILE.match(file) or ".." in file:
            continue
        if row.get("mime") == "warc/revisit" or offset < 0 or not 0 < length <= LARGEST:
            continue
        yield Record(key, url, stamp, str(row.get("digest") or ""), file, offset, length)


def each_text_once(records: Sequence[Record]) -> list[Record]:
    """Of the captures of one address with one body the earliest, in order of address and time."""
    found: dict[tuple[str, str], Record] = {}
    for each in sorted(records, key=lambda record: (record.key, record.stamp, record.offset)):
        found.setdefault((each.key, each.digest or f"{each.file}:{each.offset}"), each)
    return list(found.values())


def data_address(base: str, record: Record) -> tuple[str, str]:
    """The address of a record's file, and the value of the header `Range` for its bytes."""
    return f"{base}/{record.file}", f"bytes={record.offset}-{record.offset + record.length - 1}"


def member_of(record: Record, status: int, body: bytes) -> bytes:
    """The record's gzip member as it was sent. Raises CommonCrawlUnreadable for anything else.

    It must be one whole member that holds a response of the address that the index named.
    """
    if status != 206:
        raise CommonCrawlUnreadable(f"expected a range of {record.file} (206), found status {status}")
    if len(body) != record.length or not body.startswith(_GZIP):
        raise CommonCrawlUnreadable(
            f"expected {record.length} bytes of gzip in {record.file}, found {len(body)} bytes {body[:4]!r}"
        )
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        head = decoder.decompress(body, 2**16)
        while not decoder.eof and decoder.unconsumed_tail:
            decoder.decompress(decoder.unconsumed_tail, 2**20)
    except zlib.error as error:
        raise CommonCrawlUnreadable(f"{record.file}, offset {record.offset}: {error}") from error
    if not decoder.eof or decoder.unused_data:
        raise CommonCrawlUnreadable(f"{record.file}, offset {record.offset}: this is not one whole record")
    said = re.search(rb"(?im)^WARC-Target-URI:\s*(\S+)", head)
    if not head.startswith(b"WARC/") or said is None or said[1].strip(b"<>") != record.url.encode():
        raise CommonCrawlUnreadable(f"{record.file}, offset {record.offset}: no record of {record.url}")
    return body
