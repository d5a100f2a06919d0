"""CDX: what the index of a web archive says, one row for each capture. Pure.

Three forms are understood: the JSON array of the Wayback Machine (a header first, a resume key behind an
empty row), JSON objects a line each (pywb, Common Crawl; also behind `urlkey timestamp`, as CDXJ files have
them), and text with a fixed order of fields. Sources: the README of wayback-cdx-server, pywb's manual of
its CDXJ server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
"""As they are asked for, and the order of the text form."""
MOST_ROWS = 5_000
"""Rows of an index that are asked for at once."""
REVISIT = "warc/revisit"
"""Type of a capture whose body is that of an earlier one with the same digest; its status is mostly
unknown.
"""

_STAMP = re.compile(r"\d{14}\Z")
_NAMES = {
    "timestamp": ("timestamp",),
    "url": ("original", "url"),
    "mimetype": ("mimetype", "mime"),
    "status": ("statuscode", "status"),
    "digest": ("digest",),
    "file": ("filename",),
    "offset": ("offset",),
    "length": ("length",),
}
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class CdxUnreadable(ValueError):
    """The answer is no CDX; the message says what was found."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which addresses an index is asked for."""

    url: str
    """Without a scheme: `gob.mx/sre/prensa/`."""
    match: str = "prefix"
    """`prefix`: all that begin so; `host`: all of that host; `exact`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One capture, as an index shows it."""

    stamp: str
    """When it was taken, UTC, as YYYYMMDDhhmmss."""
    url: str
    """The address that was captured, without a default port."""
    mimetype: str | None = None
    status: int | None = None
    """None where the index does not tell, as of revisits."""
    digest: str | None = None
    """SHA-1 of the body in base 32, as the archive computed it."""
    file: str | None = None
    """The WARC file that holds it, its offset and length there; Common Crawl tells them."""
    offset: int | None = None
    length: int | None = None

    @property
    def taken_at(self) -> datetime:
        """`stamp` as a time."""
        return moment_of(self.stamp)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an index."""

    rows: tuple[Row, ...] = ()
    resume_key: str | None = None
    """Where the next answer begins; None: this was the last."""
    damaged: int = 0
    """Rows that name no time or no web address: counted, since they cannot be asked for."""

    @property
    def shown(self) -> int:
        """Rows in the answer, readable or not."""
        return len(self.rows) + self.damaged


def moment_of(stamp: str) -> datetime:
    """A timestamp of 14 digits as a time; ValueError for one that is no time."""
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def index_address(
    base: str,
    query: Query,
    since: date,
    until: date,
    *,
    limit: int | None = None,
    resume_key: str | None = None,
    fields: bool = True,
) -> str:
    """The address that asks the index at `base` for captures taken on the days `since` to `until`, both
    included. A `limit` comes with a resume key, where the server knows them; `fields` are named for servers
    that know them by these names.

    Nothing is collapsed: servers compare each row with the one before, whatever its address, and of two
    addresses with one content the second would be lost.
    """
    wanted: dict[str, str] = {
        "url": query.url,
        "matchType": query.match,
        "from": f"{since:%Y%m%d}000000",
        "to": f"{until:%Y%m%d}235959",
        "output": "json",
    }
    if fields:
        wanted["fl"] = ",".join(FIELDS)
    if limit is not None:
        wanted |= {"limit": str(limit), "showResumeKey": "true"}
    if resume_key is not None:
        wanted["resumeKey"] = resume_key
    return f"{base}{'&' if '?' in base else '?'}{urlencode(wanted)}"


def read_answer(body: bytes) -> Answer:
    """What an index answered. Raises CdxUnreadable."""
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return Answer()
    if text.startswith("["):
        return _from_array(text)
    if text.startswith("<"):
        raise CdxUnreadable(f"expected rows of a CDX index, found a page: {text[:120]!r}")
    lines = text.splitlines()
    if lines[0].startswith("{") or re.match(r"\S+ \d{14} \{", lines[0]):
        return _answer(map(_from_object, filter(None, lines)))
    return _from_text(lines)


def plain_url(url: str) -> str | None:
    """The address without a default port and a fragment; None for what is no web address."""
    try:
        parts = urlsplit(url)
        port = _DEFAULT_PORTS[parts.scheme]
        host = parts.hostname
    except (ValueError, KeyError):
        return None
    if not host:
        return None
    return urlunsplit((parts.scheme, parts.netloc.removesuffix(port), parts.path or "/", parts.query, ""))


def _from_array(text: str) -> Answer:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise CdxUnreadable(f"expected rows of a CDX index, found broken JSON: {error}") from error
    if not document:
        return Answer()
    if not all(isinstance(each, list) for each in document):
        raise CdxUnreadable("expected rows of a CDX index as lists, found other JSON")
    header, *rest = document
    if "timestamp" not in header:
        raise CdxUnreadable(f"expected the names of CDX fields first, found {str(header)[:120]}")
    key: str | None = None
    if len(rest) >= 2 and rest[-2] == [] and len(rest[-1]) == 1:
        key = str(rest[-1][0])
        rest = rest[:-2]
    rows = (dict(zip(map(str, header), each, strict=False)) for each in rest if each)
    return _answer(map(_row, rows), key)


def _from_text(lines: Sequence[str]) -> Answer:
    key: str | None = None
    if len(lines) >= 2 and not lines[-2].strip() and " " not in lines[-1].strip():
        key = lines[-1].strip()
        lines = lines[:-2]
    parts = [each.split() for each in lines if each.strip()]
    if not any(len(each) >= len(FIELDS) and _STAMP.match(each[1]) for each in parts) and key is None:
        raise CdxUnreadable(f"expected rows of a CDX index, found {lines[0][:120]!r}")
    return _answer((_row(dict(zip(FIELDS, each, strict=False))) for each in parts), key)


def _from_object(line: str) -> Row | None:
    before, brace, rest = line.partition("{")
    try:
        found = json.loads(brace + rest)
    except ValueError as error:
        raise CdxUnreadable(f"expected a row of a CDX index, found {line[:120]!r}") from error
    if before:
        found = {"timestamp": before.split()[1], **found}
    if "timestamp" not in found and ("message" in found or "error" in found):
        raise CdxUnreadable(f"the index answered: {found.get('message') or found.get('error')}")
    return _row(found)


def _answer(rows: Iterator[Row | None], key: str | None = None) -> Answer:
    every = list(rows)
    kept = tuple(each for each in every if each is not None)
    return Answer(kept, key, len(every) - len(kept))


def _row(found: Mapping[str, object]) -> Row | None:
    """A row by its named fields; None when it names no time or no web address."""
    values = {
        name: str(next((found[each] for each in names if found.get(each) not in (None, "")), ""))
        for name, names in _NAMES.items()
    }
    url = plain_url(values["url"])
    if url is None or not _STAMP.match(values["timestamp"]):
        return None
    try:
        moment_of(values["timestamp"])
    except ValueError:
        return None
    return Row(
        stamp=values["timestamp"],
        url=url,
        mimetype=_told(values["mimetype"]),
        status=_number(values["status"]),
        digest=_told(values["digest"].removeprefix("sha1:")),
        file=_told(values["file"]),
        offset=_number(values["offset"]),
        length=_number(values["length"]),
    )


def _told(value: str) -> str | None:
    return value if value not in ("", "-") else None


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None
