"""Releases in a file of JSON lines, for linking without a database.

Each line is an object with `id` and `text`, and what is known of `source, url, lang, date, title`; `kind`
(a kind of release), `issuers` (a list of keys) and `folio` may be there too, `statement` where the answer
is known, and `split` (the part of the file to learn from or to measure on). What is missing, null or empty
is not known: a language is then found in the text, and so is one that is told wrongly; a day that is not
known, or cannot be read, may be any. Only a line that is no object, has no id of its own, or holds another
type of value than is expected is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from crawler.items import KindOfRelease, KindOfSource, Role
from crawler.source import registry
from pipelines.language import language_told
from storage.links import ReleaseFacts

_NO_DAY = date(1900, 1, 1)
MOST_CHARACTERS = 2_000_000
"""A longer text is a mistake."""


class RecordError(ValueError):
    """A line that is no release; the message names file and line, what was expected and found."""


@dataclass(frozen=True, slots=True)
class Record:
    """One release of a file."""

    id: str
    source: str
    """Empty: not known, another one for each release."""
    url: str
    language: str
    """Primary tag."""
    said_on: date | None
    """None: not known."""
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
    number: int | None = None
    """The id, where the file gives a number instead of a string."""
    doubts: tuple[str, ...] = ()
    """What the line says and was not believed, or could not be read."""

    @property
    def given_id(self) -> str | int:
        """The id as the file gives it."""
        return self.id if self.number is None else self.number

    def facts(self) -> ReleaseFacts:
        """As linking knows releases.

        Nobody speaks for himself in a file: its days may be those of copies. A release without a day has an
        early one, which decides nothing.
        """
        site = registry().get(self.source)
        day = self.said_on or _NO_DAY
        return ReleaseFacts(
            self.id,
            self.source or f"unknown {self.id}",
            site.kind if site is not None else KindOfSource.ARCHIVE,
            self.language,
            self.kind,
            Role.REPOST,
            Role.REPOST,
            None,
            self.issuers,
            day,
            day,
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
    number = told.get("id")
    if isinstance(number, bool) or not isinstance(number, int):
        number = None
    name = str(number) if number is not None else _text(told, "id", where).strip()
    if not name:
        raise RecordError(f"{where}: id is empty; every release needs one of its own")
    text = _text(told, "text", where)
    if len(text) > MOST_CHARACTERS:
        raise RecordError(f"{where}: text of {len(text)} characters; at most {MOST_CHARACTERS} can be")
    title = _text(told, "title", where)
    tag = _text(told, "lang", where)
    language, doubt = language_told(tag, title, text.split("\n"))
    said = _text(told, "date", where).strip()
    day = _day(said)
    doubts = [f"{where}: {doubt}"] if doubt is not None else []
    if said and day is None:
        doubts.append(f"{where}: date {said[:40]!r} cannot be read, expected YYYY-MM-DD: taken as not known")
    return Record(
        name,
        _text(told, "source", where).strip(),
        _text(told, "url", where),
        language,
        day,
        title,
        text,
        _kind(told.get("kind"), where),
        _issuers(told.get("issuers"), where),
        _optional(told, "folio", where) or None,
        _answer(told, where),
        _optional(told, "label", where),
        _optional(told, "split", where),
        number,
        tuple(doubts),
    )


def _text(told: dict[str, Any], name: str, where: str) -> str:
    """A value that may be missing. Characters that no text can hold are left out."""
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RecordError(f"{where}: expected {name} as a string, found {type(value).__name__}")
    return _NO_TEXT.sub("", value)


_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def _answer(told: dict[str, Any], where: str) -> str | None:
    value = told.get("statement")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _optional(told, "statement", where)


_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")
_YEAR_FIRST = re.compile(r"(\d{4})[./-]?(\d{1,2})[./-]?(\d{1,2})(?!\d)")


def _day(text: str) -> date | None:
    """The day that a text tells in one of the forms of machines; None where it tells none for sure."""
    if match := _YEAR_FIRST.match(text):
        return _real(*map(int, match.groups()))
    if match := _DAY_FIRST.match(text):
        first, second, year = map(int, match.groups())
        if first > 12 or first == second:
            return _real(year, second, first)
        # "3/4/2026" is in March or in April.
        return _real(year, first, second) if second > 12 else None
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


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
