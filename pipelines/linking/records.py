"""Releases in a file of JSON lines, for linking without a database.

Each line is an object with `id, source, url, lang, date, title, text`; `kind` (a kind of release), `issuers`
(a list of keys) and `folio` may be there too, `statement` where the answer is known, and `split` (the part of
the file to learn from or to measure on).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crawler.items import KindOfRelease, KindOfSource, Role
from crawler.source import registry
from pipelines.language import primary
from storage.links import ReleaseFacts

_WANTED = ("id", "source", "url", "lang", "date", "title", "text")
MOST_CHARACTERS = 2_000_000
"""A longer text is a mistake."""


class RecordError(ValueError):
    """A line that is no release; the message names file and line, what was expected and found."""


@dataclass(frozen=True, slots=True)
class Record:
    """One release of a file."""

    id: str
    source: str
    url: str
    language: str
    """Primary tag."""
    said_on: date
    title: str
    text: str
    kind: KindOfRelease
    issuers: tuple[str, ...]
    folio: str | None
    statement: str | None
    label: str | None
    """What it is in its family, where the file says so; only for showing results by it."""
    split: str | None = None
    """The part of the file that it belongs to, where there are parts to learn from and to measure on."""

    def facts(self) -> ReleaseFacts:
        """As linking knows releases. A source that no definition describes speaks for nobody."""
        site = registry().get(self.source)
        return ReleaseFacts(
            self.id,
            self.source,
            site.kind if site is not None else KindOfSource.ARCHIVE,
            self.language,
            self.kind,
            Role.REPOST if site is None else Role.ORIGINAL,
            Role.REPOST,
            None,
            self.issuers,
            self.said_on,
            self.said_on,
            None,
            self.folio,
            self.title,
            self.id,
        )


def read_records(path: Path) -> list[Record]:
    """All releases of a file. Raises RecordError for the first line that is none, or OSError."""
    found: list[Record] = []
    lines: dict[str, int] = {}
    for number, raw in _lines(path):
        record = _record(raw, f"{path.name}, line {number}")
        if record.id in lines:
            where = f"{path.name}, line {number}"
            raise RecordError(f"{where}: id {record.id!r}, as in line {lines[record.id]}; ids must differ")
        lines[record.id] = number
        found.append(record)
    return found


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                yield number, raw


def _record(raw: bytes, where: str) -> Record:
    try:
        told = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise RecordError(
            f"{where}: no JSON object in UTF-8 ({error}); expected one release a line"
        ) from None
    if not isinstance(told, dict):
        raise RecordError(f"{where}: expected an object, found {type(told).__name__}")
    for name in _WANTED:
        if not isinstance(told.get(name), str):
            found = "nothing" if name not in told else type(told[name]).__name__
            raise RecordError(f"{where}: expected {name} as a string, found {found}")
    for name in ("id", "lang", "text"):
        if not told[name].strip():
            raise RecordError(f"{where}: {name} is empty")
    if len(told["text"]) > MOST_CHARACTERS:
        raise RecordError(
            f"{where}: text of {len(told['text'])} characters; at most {MOST_CHARACTERS} can be"
        )
    return Record(
        told["id"],
        told["source"],
        told["url"],
        primary(told["lang"]),
        _day(told["date"], where),
        told["title"],
        told["text"],
        _kind(told.get("kind"), where),
        _issuers(told.get("issuers"), where),
        _optional(told, "folio", where),
        _optional(told, "statement", where),
        _optional(told, "label", where),
        _optional(told, "split", where),
    )


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise RecordError(f"{where}: expected date as YYYY-MM-DD, found {text[:40]!r}") from None


def _kind(told: Any, where: str) -> KindOfRelease:  # noqa: ANN401 - as JSON gives it
    if told is None:
        return KindOfRelease.COMMUNIQUE
    try:
        return KindOfRelease(told)
    except ValueError:
        known = ", ".join(KindOfRelease)
        raise RecordError(f"{where}: expected kind as one of {known}; found {str(told)[:40]!r}") from None


def _issuers(told: Any, where: str) -> tuple[str, ...]:  # noqa: ANN401 - as JSON gives it
    if told is None:
        return ()
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise RecordError(f"{where}: expected issuers as a list of strings")
    return tuple(told)


def _optional(told: dict[str, Any], name: str, where: str) -> str | None:
    value = told.get(name)
    if value is not None and not isinstance(value, str):
        raise RecordError(f"{where}: expected {name} as a string, found {type(value).__name__}")
    return value
