"""Days written in running text: in datelines and in foot lines. Fields with a format of their own are read
by the definition's rules, not here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from crawler.pages.dates import parse_date

FORMATS = ("MMMM d, y", "d 'de' MMMM 'de' y", "d 'de' MMMM y", "d MMMM y", "d. MMMM y", "d.M.y", "y年M月d日")
"""What days in running text look like; month names in the text's language, else in English, in any width."""

_MONTH = r"[^\W\d_]{3,12}(?:\s?/\s?[^\W\d_]{3,12})?\.?"
_DAY = re.compile(
    rf"{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b"
    rf"|\d{{1,2}}(?:er|º|°|\.)?\s+(?:de\s+|di\s+|d['’])?{_MONTH}\s+(?:del?\s+|di\s+)?\d{{4}}\b"
    r"|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\b"
    r"|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
)
_YEAR = re.compile(r"\d{4}")
_WRITERS_WAYS = (
    (re.compile(r"\bdel\b"), "de"),
    (re.compile(r"\bdi\b|\bd['’]"), " "),
    (re.compile(r"\.\s+(?=\d)"), "."),
)
"""Spellings that no format holds: "23 de febrero del 2017", "10 di giugno", "30. 10. 2025"."""

_OPENING = 140
"""A dateline stands within so many characters of a paragraph's beginning."""
_BEFORE_DAY = re.compile(
    r"(?:(?P<place>[^\W\d_][^!?;:\d\n]{0,60}?)\s*(?:[,—–(-]|(?<=[^\x00-\u04ff])\s)\s*)?\(?(?:(?:a|le|den|em|el|am|il)\s+)?",
    re.IGNORECASE,
)
_WORDS_OF_PLACE = 6
_DASH = re.compile(r"\)?\s*(?:$|[.,:;]?\s*[—–]|[.,:;]?\s*-+(?:\s|$)|[.:]-|\s-)")
_STOP = re.compile(r"\)?\s*\.\s")


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day as it stands in a text."""

    day: date
    raw: str
    start: int
    end: int


def first_day(text: str, language: str, zone: ZoneInfo) -> WrittenDay | None:
    """The first day that stands in a text; None when there is none."""
    if not _YEAR.search(text):
        return None
    for match in _DAY.finditer(text):
        raw = match[0]
        plain = raw
        for pattern, instead in _WRITERS_WAYS:
            plain = pattern.sub(instead, plain)
        for tongue in dict.fromkeys((language, "en")):
            found = parse_date(plain, FORMATS, tongue, zone)
            if found is not None:
                return WrittenDay(found.day, raw, match.start(), match.end())
    return None


def dateline_day(paragraph: str, language: str, zone: ZoneInfo) -> WrittenDay | None:
    """The day of a dateline that opens a paragraph ("Ciudad de México, 23 de febrero de 2017.- ").

    A dateline is a day at the very beginning, after a place at most, and closed by a dash or the end of the
    paragraph (after a place, by a full stop too). A sentence that begins with a day ("On May 5, 2017, the
    ministers met") is none: it tells when something happened, not when this was said.
    """
    found = first_day(paragraph[:_OPENING], language, zone)
    if found is None:
        return None
    before, after = paragraph[: found.start], paragraph[found.end :]
    match = _BEFORE_DAY.fullmatch(before)
    if match is None:
        return None
    place = match["place"]
    if place is not None and (place[0].islower() or len(place.split()) > _WORDS_OF_PLACE):
        return None
    if _DASH.match(after) or (place is not None and "," in before and _STOP.match(after)):
        return found
    return None
