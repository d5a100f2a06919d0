"""First stage: an item of any type becomes a `ReleaseItem` with every field of its declared type.

Spiders of ours yield `ReleaseItem`; a user's own spider may yield a dict, dataclass, Scrapy, attrs or
pydantic item with the same field names (ItemAdapter reads them all). Nothing is cleaned here; only what no
database could keep (NUL, lone surrogates) is shown as U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, TypeVar
from urllib.parse import urlsplit

from crawler.items import (
    SCANNED,
    Alternate,
    CapturePlace,
    FailureKind,
    Held,
    Origin,
    ReadBy,
    Release,
    ReleaseItem,
)
from crawler.source import Source, registry
from pipelines.hold import HoldBack, drops, stage, values_of
from pipelines.keepable import keepable

REQUIRED = ("source", "url", "title", "body")

_BLANK_LINE = re.compile(r"\r?\n[^\S\n]*\r?\n\s*")
_NO_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f]")
_E = TypeVar("_E", bound=StrEnum)


class _Unfit(Exception):
    """A field is not what it must be: (expected, found)."""

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(expected)
        self.expected = expected
        self.found = found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Unfit("a text", value)
    return keepable(value)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (keepable(value),)
    if not isinstance(value, Sequence) or isinstance(value, bytes | bytearray):
        raise _Unfit("a text, or a list or tuple of texts", value)
    for each in value:
        if not isinstance(each, str):
            raise _Unfit("a list or tuple of texts only", each)
    return tuple(keepable(each) for each in value)


def _paragraphs(value: object) -> tuple[str, ...]:
    """A single text is split at its blank lines; a list or tuple is taken as it is."""
    if isinstance(value, str):
        return tuple(each for each in _BLANK_LINE.split(keepable(value)) if each.strip())
    return _texts(value)


def _time(value: object) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise _Unfit(
                "a time in ISO 8601 with its zone, such as 2017-02-23T18:05:00-06:00", value
            ) from None
    if not isinstance(value, datetime):
        raise _Unfit("a datetime or ISO 8601 text", value)
    if value.tzinfo is None:
        raise _Unfit("a time that knows its zone", value)
    try:
        return value.astimezone(UTC)
    except (OverflowError, ValueError):
        raise _Unfit("a time between the years 1 and 9999 in UTC", value) from None


def _day(value: object, source: type[Source]) -> date:
    """A day; of a time that knows its zone, the day in the source's zone."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            try:
                value = datetime.fromisoformat(str(value))
            except ValueError:
                raise _Unfit(
                    "a day in ISO 8601, such as 2017-02-23 (raw dates go into said, posted)", value
                ) from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.date()
        try:
            return value.astimezone(source.zone()).date()
        except (OverflowError, ValueError):
            raise _Unfit("a time between the years 1 and 9999", value) from None
    if not isinstance(value, date):
        raise _Unfit("a date, a datetime or ISO 8601 text", value)
    return value


def _alternates(value: object) -> tuple[Alternate, ...]:
    if isinstance(value, str | Alternate | Mapping):
        value = (value,)
    if not isinstance(value, Sequence):
        raise _Unfit("a list of addresses", value)
    return tuple(_alternate(each) for each in value)


def _alternate(value: object) -> Alternate:
    if isinstance(value, Alternate):
        return value
    if isinstance(value, str):
        return Alternate(value)
    if isinstance(value, Mapping) and isinstance(value.get("url"), str):
        language = value.get("language")
        if language is None or isinstance(language, str):
            return Alternate(value["url"], language)
    raise _Unfit("an address, or a mapping with url and language", value)


def _place(value: object) -> CapturePlace:
    if isinstance(value, CapturePlace):
        return value
    if isinstance(value, Mapping):
        file, offset, length = (value.get(name) for name in ("file", "offset", "length"))
        if isinstance(file, str) and isinstance(offset, int) and isinstance(length, int):
            return CapturePlace(file, offset, length)
    raise _Unfit("a CapturePlace, or a mapping with file, offset and length", value)


def _member(kind: type[_E]) -> Callable[[object], _E]:
    def check(value: object) -> _E:
        try:
            return kind(value)  # type: ignore[arg-type]
        except ValueError:
            raise _Unfit("one of " + ", ".join(each.value for each in kind), value) from None

    return check


_CHECKS: Mapping[str, Callable[[Any], object]] = {
    "source": _text,
    "url": _text,
    "title": _text,
    "body": _paragraphs,
    "key": _text,
    "native_id": _text,
    "shared_ids": _texts,
    "summary": _text,
    "language": _text,
    "said": _text,
    "posted": _text,
    "posted_at": _time,
    "issuers": _texts,
    "kind": _text,
    "folio": _text,
    "attribution": _text,
    "dateline": _text,
    "alternates": _alternates,
    "source_links": _texts,
    "attachments": _texts,
    "withdrawn": _text,
    "withdrawn_at": _time,
    "modified": _text,
    "read_by": _member(ReadBy),
    "notes": _texts,
    "doubt": _text,
    "captured_at": _time,
    "origin": _member(Origin),
    "capture": _place,
    "capture_digest": _text,
    "etag": _text,
    "last_modified": _text,
}
_DAYS = ("said_on", "posted_on")
_FIELDS = tuple(each.name for each in fields(ReleaseItem))
_all_of = attrgetter(*_FIELDS)


def _bad(field: str, expected: str, found: object) -> HoldBack:
    return HoldBack(
        "invalid item",
        f"field {field}: expected {expected}, found {_shown(found)}. "
        "Correct the spider or the definition that yields it.",
    )


def _shown(found: object) -> str:
    if found is None:
        return "nothing"
    text = repr(found)
    return (
        f"{text[:200]}... ({len(text)} characters)" if len(text) > 200 else f"{text} ({type(found).__name__})"
    )


def checked_address(url: str) -> str:
    """The address, when it is absolute http(s) with a host and without name and password; else `_Unfit`."""
    expected = "an absolute http or https address"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _Unfit(expected, url) from None
    if parts.scheme not in ("http", "https") or not host or port == 0 or _NO_ADDRESS.search(url):
        raise _Unfit(expected, url)
    if parts.username is not None or parts.password is not None:
        raise _Unfit(f"{expected} without user name and password", url)
    return url


def _values(item: object) -> dict[str, Any]:
    """The fields of an item that are set, by name."""
    found: Iterable[tuple[str, Any]]
    if type(item) is ReleaseItem:
        found = zip(_FIELDS, _all_of(item), strict=True)
    else:
        values = values_of(item)
        if values is None:
            raise _bad("(all)", "a dict, dataclass, attrs, pydantic or Scrapy item", item)
        found = values.items()
    return {name: value for name, value in found if value is not None and value != ()}


def _notes(values: Mapping[str, Any]) -> tuple[object, ...]:
    notes = values.get("notes")
    return tuple(notes) if isinstance(notes, tuple | list) else ()


def _source(values: Mapping[str, object]) -> type[Source]:
    name = values.get("source")
    if not isinstance(name, str) or name not in registry():
        raise _bad("source", "the name of a definition (" + ", ".join(registry()) + ")", name)
    return registry()[name]


@stage("validate")
def validate(item: object) -> ReleaseItem:
    """The item as a `ReleaseItem` with its ledger key; HoldBack "invalid item" names what was found where.

    Fields that a `ReleaseItem` does not have are left out, and a note says so. `url` must be absolute
    http(s), `key` is derived from it when it is not given, times must know their zone and come back in UTC.
    An item that its reader does not vouch for is held back as "layout changed".
    """
    values = _values(item)
    if "body" not in values and SCANNED in _notes(values):
        raise HoldBack(
            "scanned document",
            f"{values.get('url')} is {SCANNED}. Read it with character recognition, or by eye, and take the "
            "text in with communique ingest.",
        )
    for name in REQUIRED:
        if name not in values:
            raise _bad(name, "a value (it is required)", None)
    source = _source(values)
    checked: dict[str, Any] = {}
    unknown = []
    for name, value in values.items():
        try:
            if name in _DAYS:
                checked[name] = _day(value, source)
            elif name in _CHECKS:
                checked[name] = _CHECKS[name](value)
            else:
                unknown.append(f"field {name} is not known and was left out")
            if name == "url":
                checked_address(value)
        except _Unfit as unfit:
            raise _bad(name, unfit.expected, unfit.found) from None
    if not checked["title"].strip():
        raise _bad("title", "a text that is not empty", checked["title"])
    if not any(each.strip() for each in checked["body"]):
        raise _bad("body", "at least one paragraph of text", values["body"])
    if not checked.get("key"):
        checked["key"] = _key(source, checked["url"])
    if checked.get("doubt"):
        raise HoldBack(FailureKind.LAYOUT.value, checked["doubt"])
    if unknown:
        checked["notes"] = (*checked.get("notes", ()), *unknown)
    return ReleaseItem(**checked)


def _key(source: type[Source], url: str) -> str:
    key = source.address_key(url)
    if key is None:
        patterns = " or ".join(repr(each.pattern) for each in source.addresses())
        raise _bad("url", f"an address of {source.name} (pattern {patterns})", url)
    return key


class Validate:
    """Scrapy's adapter of `validate`."""

    @drops
    def process_item(self, item: object) -> ReleaseItem | Release:
        """A valid ReleaseItem; drops the item otherwise.

        What the reader put through the stages already is past this one and the next two.
        """
        if isinstance(item, Release):
            return item
        if isinstance(item, Held):
            raise HoldBack(item.reason, item.detail)
        return validate(item)
