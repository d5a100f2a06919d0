"""Lines that only tell when, and perhaps where, a page was posted: "Posted 10/30/2026", "Publié le 3 mai".

Such a line holds a label, a place, weekday, day and time, or some of these, and nothing else: what holds one
word more is text and is never taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from crawler.pages.dates import fold, parse_date
from crawler.pages.values import primary
from crawler.source import Source

USUAL_LANGUAGES = ("en", "es", "fr", "de", "pt", "it")
"""Their month names are tried where page and source name no language; no name means two months."""

_LONGEST = 140
"""Characters; a longer paragraph is not looked at."""
_WORDS_OF_PLACE = 6

_NUMERIC = re.compile(r"(?<![\d/-])(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?![\d/-])")
"""10/11/2026: which of the two is the month, only the country tells."""
WRITTEN_DAY = re.compile(
    r"\d{1,2}(?:er|st|nd|rd|th|°|º)?[.\s]\s?(?:de\s)?[^\W\d]{3,12}\.?\s(?:de\s|del\s)?\d{4}"
    r"|[^\W\d]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2}"
    r"|\d{4}/\d{2}/\d{2}|\d{4}\.\s?\d{1,2}\.\s?\d{1,2}"
    r"|(?:\d{4}|(?:明治|大正|昭和|平成|令和)(?:\d{1,2}|元))\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
)
DAY_FORMATS = (
    "iso",
    "d.M.y",
    "y/M/d",
    "y.M.d",
    "y年M月d日",
    "Gy年M月d日",
    "d. MMMM y",
    "d MMMM y",
    "MMMM d, y",
    "MMMM d y",
    "d 'de' MMMM 'de' y",
    "d 'de' MMMM 'del' y",
    "d 'de' MMMM y",
)
_LABEL = re.compile(
    r"(?:(?:date|day|time)\s(?:of\s)?(?:publication|publishing|release|issue)|(?:publication|release|issue|posting)\s(?:date|day)"
    r"|date\s(?:published|posted|released|issued)|(?:first\s)?(?:posted|published|released|issued)|date"
    r"|fecha\s(?:de\s)?(?:publicación|emisión|difusión)|(?:publicad[oa]|difundid[oa]|emitid[oa])|publicación|fecha"
    r"|date\sde\s(?:publication|parution|diffusion)|(?:publiée?|paru|diffusée?|mise?\sen\sligne)"
    r"|data\s(?:de|da|di)\s(?:publicação|pubblicazione|divulgação)|publicad[oa]|divulgad[oa]|pubblicat[oa]|data"
    r"|veröffentlicht|erschienen|erscheinungsdatum|veröffentlichungsdatum|datum"
    r"|опубликовано|опубліковано|дата\sпубл[иі]кац[иі][иї]|дата|प्रविष्टि\sतिथि|प्रकाशन\sतिथि|작성일|등록일|게시일|تاريخ\sالنشر|نُ?شر|التاريخ|発表日|掲載日|公開日|发布时间|发布日期|发表时间)"
    r"(?:\s(?:on|in|at|le|el|am|em|il|op|den|في))?(?:\s*[:：.\-–—|]|(?=\s|$))\s*",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:(?:at|a\sla[s]?|à|um|às|alle|ore|в)\s)?"
    r"(?:\d{1,2}\s?(?:[:.]|h|hrs?)\s?\d{2}(?::\d{2})?(?:\s?[ap]\.?\s?m\b\.?)?|\d{1,2}\s?[ap]\.?\s?m\b\.?|\d{1,2}\s?(?:h\b|uhr))"
    r"(?:\s?(?:h|hrs?|horas|uhr)\b\.?)?(?:\s?\(?(?:UTC|GMT|[A-Z]{1,3}[SD]?T|local\stime|hora\slocal|heure\slocale)\b\)?)?",
    re.IGNORECASE,
)
_EDGES = " ,;:|·•/()[]–—-."
_MARKS = ",;:|·•/()–—-"
_PARTS = r"\s*[|·•–—]\s*|\s-\s"
_PLACES = 3
_LABEL_ENDS = ":：.-–—|"
_ARTICLE = re.compile(r"(?:^|(?<=[,;|–—-]\s))(?:on|the|le|el|den|am|il|em|a)$", re.IGNORECASE)
"""Before the day: "Berlin, den 3. Mai"."""
_JOINING = re.compile(r"of|the|and|del?|las?|los|el|y|du|des|et|les?|d[ao]s?|di|della|e|der|den|am|an|und")
_WORD_OF_PLACE = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*,?")


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line of nothing but a date."""

    days: frozenset[date]
    """What it may mean: two days where day and month cannot be told apart."""
    labelled: bool
    """It says that something was posted then."""
    placed: bool
    """It says where."""


def read_date_line(line: str, source: type[Source], language: str | None) -> DateLine | None:
    """The line as a date line; None when it is anything else. `language` is the page's, where it says one."""
    text = " ".join(line.split())
    match = (WRITTEN_DAY.search(text) or _NUMERIC.search(text)) if len(text) <= _LONGEST else None
    if match is None:
        return None
    before, after = text[: match.start()].strip(), text[match.end() :].strip()
    label = _LABEL.match(before.lstrip(_EDGES))
    if label is not None:
        before = before.lstrip(_EDGES)[label.end() :]
    before = _ARTICLE.sub("", _without_weekday(before, source, language)).rstrip()
    time = _TIME.match(after.lstrip(_EDGES))
    if time is not None:
        after = after.lstrip(_EDGES)[time.end() :]
    if before and label is not None and label[0].rstrip()[-1] not in _LABEL_ENDS:
        return None  # "Released Prisoners May 3, 2024" is a headline
    # Without a label and a time a place is told from the words of a headline by what parts it from the day.
    if before and label is None and before[-1] not in _MARKS:
        return None
    if after.strip(_EDGES) and time is None and after[0] not in _MARKS:
        return None
    places = [each for part in (before, after) for each in re.split(_PARTS, part.strip(_EDGES)) if each]
    days = days_of(match[0], source, language)
    if not days or len(places) > _PLACES or not all(map(_is_place, places)):
        return None
    return DateLine(days, labelled=label is not None, placed=bool(places))


def labelled_day(line: str, source: type[Source], language: str | None) -> date | None:
    """The one day directly after a label, whatever follows: "Posted On: 14 NOV 2025 3:43PM by PIB Delhi"."""
    text = " ".join(line.split())
    label = _LABEL.match(text)
    if label is None:
        return None
    match = WRITTEN_DAY.match(text, label.end()) or _NUMERIC.match(text, label.end())
    days = days_of(match[0], source, language) if match is not None else frozenset()
    return next(iter(days)) if len(days) == 1 else None


def is_label(line: str) -> bool:
    """Whether a line is only the label of a date that follows ("Date of publication:")."""
    match = _LABEL.match(line.strip())
    return match is not None and match.end() == len(line.strip())


def days_of(written: str, source: type[Source], language: str | None) -> frozenset[date]:
    """The days that a written date may mean: none, one, or two where day and month cannot be told apart."""
    numeric = _NUMERIC.fullmatch(written)
    if numeric is not None:
        return numeric_days(
            numeric, month_first(source.country, language or next(iter(source.languages), None))
        )
    for tongue in dict.fromkeys((primary(language), *source.languages, *USUAL_LANGUAGES)):
        found = parse_date(written, DAY_FORMATS, tongue, source.zone())
        if found is not None:
            return frozenset({found.day})
    return frozenset()


def numeric_days(written: re.Match[str], months_first: bool | None) -> frozenset[date]:
    """The days of a date of three numbers, by the order of its country (None: it is not known)."""
    one, other, year = int(written[1]), int(written[3]), int(written[4])
    readings = []
    for month, day, first in ((one, other, True), (other, one, False)):
        try:
            readings.append((first, date(year, month, day)))
        except ValueError:
            continue
    if len(readings) == 2 and months_first is not None:
        readings = [each for each in readings if each[0] is months_first]
    return frozenset(day for _, day in readings)


@lru_cache(maxsize=256)
def month_first(country: str, language: str | None) -> bool | None:
    """Whether a country writes the month before the day in numbers, by CLDR; None where it does neither."""
    tag = (language or "en").partition("-")[0]
    try:
        pattern = str(Locale.parse(f"{tag}_{country.upper()}").date_formats["short"].pattern)
    except (UnknownLocaleError, ValueError):
        return None
    return {"M": True, "d": False}.get(pattern.strip("'")[0])


def with_plain_numeric_days(markup: str, source: type[Source], language: str | None) -> str:
    """Markup in which dates of three numbers are ISO dates; those of unknown order are taken out."""
    order = month_first(source.country, language or next(iter(source.languages), None))

    def plain(match: re.Match[str]) -> str:
        days = numeric_days(match, order)
        return next(iter(days)).isoformat() if len(days) == 1 else ""

    return _NUMERIC.sub(plain, markup)


def _without_weekday(text: str, source: type[Source], language: str | None) -> str:
    words = text.split()
    if words and fold(words[-1]).strip(_EDGES) in _weekdays((primary(language), *source.languages)):
        return " ".join(words[:-1])
    return text


@lru_cache(maxsize=64)
def _weekdays(languages: tuple[str | None, ...]) -> frozenset[str]:
    names: set[str] = set()
    for language in dict.fromkeys((*languages, *USUAL_LANGUAGES)):
        try:
            days = Locale.parse(language or "en").days["format"]
        except (UnknownLocaleError, ValueError):
            continue
        names.update(
            fold(str(name)).strip(".") for width in ("wide", "abbreviated") for name in days[width].values()
        )
    return frozenset(names)


def _is_place(text: str) -> bool:
    words = text.replace(",", ", ").split()
    if not 0 < len(words) <= _WORDS_OF_PLACE or not text[0].isalpha() or text[0].islower():
        return False
    return all(
        _JOINING.fullmatch(word.strip(",")) or (_WORD_OF_PLACE.fullmatch(word) and not word[0].islower())
        for word in words
    )


def without_date_lines(
    paragraphs: Sequence[str], day: date, source: type[Source], language: str | None, within: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paragraphs without the lines among the first `within` that tell `day`, and those lines.

    Labelled ones are looked for among as many at the end too. A label of its own goes with its line.
    """
    taken: set[int] = set()
    for number, paragraph in enumerate(paragraphs):
        at_the_end = number >= len(paragraphs) - within
        if number >= within and not at_the_end:
            continue
        line = read_date_line(paragraph, source, language)
        if line is None or day not in line.days or not (number < within or line.labelled):
            continue
        taken.add(number)
        if number and is_label(paragraphs[number - 1]):
            taken.add(number - 1)
    kept = tuple(each for number, each in enumerate(paragraphs) if number not in taken)
    return kept, tuple(paragraphs[number] for number in sorted(taken))
