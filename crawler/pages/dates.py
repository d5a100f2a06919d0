"""Written dates to days and times, by declared patterns only: what fits no pattern is None, never a guess.

Patterns are those of CLDR (Unicode TS 35, part 4): G, y, M, d, E, a, h, H, m, s, S, z and quoted literals, or
the word "iso" for ISO 8601. Month and day names come from babel's CLDR data, in every width, with or
without a dot, without regard to case and accents.

A pattern with two days is a range ("d-d MMMM y", "d MMMM - d MMMM y"); its first day is the date. With `G`
the year is one of an era ("Gy年M月d日": 令和6年7月28日). A pattern without a year needs a day to take
it from.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import isleap
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

ISO = "iso"


@dataclass(frozen=True, slots=True)
class Found:
    """A date that was read."""

    day: date
    """The day in the source's zone."""
    at: datetime | None
    """The moment in UTC, where the text gives a clock time."""


class UnknownPattern(ValueError):
    """A date pattern uses a field that is not supported; the message names it."""


# Spellings that ministries use and CLDR does not list.
_MORE_MONTHS: dict[str, dict[str, int]] = {
    "en": {"sept": 9},
    "es": {"setiembre": 9, "set": 9, "sep": 9},
    "de": {"jänner": 1, "jan": 1, "feber": 2, "mrz": 3, "sept": 9},
    "fr": {"fev": 2, "aout": 8, "sept": 9},
    "it": {"sett": 9},
    "pt": {"set": 9},
}
# Arabic has two sets of month names, and ministries print both with a slash between.
_MORE_LOCALES = {
    "ar": ("ar_SY", "ar_DZ", "ar_MA"),
    "de": ("de_AT",),
    "es": ("es_MX", "es_PE"),
    "pt": ("pt_PT",),
}
_MARKS = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"))
_EDGES = " .,;:|()[]–—-"
_DASH = r"\s*[-\u2010-\u2015\u2212\u301c~]\s*"
_LONGEST_RANGE = 31
"""Days that a range may last; what lasts longer is two dates, or a mistake."""
# Japanese eras with their first days (their years count from 1), and the calendar of Taiwan.
_ERAS = (
    ("明治", date(1868, 1, 25)),
    ("大正", date(1912, 7, 30)),
    ("昭和", date(1926, 12, 25)),
    ("平成", date(1989, 1, 8)),
    ("令和", date(2019, 5, 1)),
)
_REPUBLIC = ("中華民國", "民國")
_REPUBLIC_BEFORE = 1911
_LONGEST = 300
"""Characters: no date is longer."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def fold(text: str) -> str:
    """Text for comparison: lower case, no accents, plain digits and spaces, no direction marks."""
    plain = unicodedata.normalize("NFKD", text.translate(_MARKS)).casefold().replace("ı", "i")
    if plain.isascii():
        return " ".join(plain.split())
    return " ".join(_NOT_ASCII.sub(_folded, plain).split())


def _folded(match: re.Match[str]) -> str:
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in match[0]
        if not unicodedata.combining(character)
    )


def _locales(language: str | None) -> list[Locale]:
    primary = (language or "en").partition("-")[0].lower()
    found = []
    for name in (primary, *_MORE_LOCALES.get(primary, ())):
        try:
            found.append(Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return found


@lru_cache(maxsize=64)
def _months(language: str | None) -> dict[str, int]:
    names: dict[str, int] = {}
    ambiguous: set[str] = set()
    for locale in _locales(language):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    folded = fold(str(name)).rstrip(".")
                    if names.setdefault(folded, number) != number:
                        ambiguous.add(folded)
    primary = (language or "en").partition("-")[0].lower()
    for name, number in _MORE_MONTHS.get(primary, {}).items():
        names.setdefault(fold(name), number)
    return {name: number for name, number in names.items() if name not in ambiguous and not name.isdigit()}


@lru_cache(maxsize=64)
def _weekdays(language: str | None) -> dict[str, int]:
    names: dict[str, int] = {}
    for locale in _locales(language):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated", "short"):
                for number, name in locale.days[context].get(width, {}).items():
                    names.setdefault(fold(str(name)).rstrip("."), number)
    return names


@lru_cache(maxsize=64)
def _halves(language: str | None) -> dict[str, str]:
    """Names of the halves of the day ("오후", "下午") with "a" or "p"."""
    names: dict[str, str] = {}
    for locale in _locales(language):
        for width in ("wide", "abbreviated"):
            for half, name in locale.day_periods["format"].get(width, {}).items():
                if half in ("am", "pm") and fold(str(name)):
                    names.setdefault(fold(str(name)), half[0])
    return names


def _one_of(names: dict[str, int], group: str) -> str:
    if not names:
        # A language without known names: the pattern can match nothing.
        return r"(?!)"
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    name = "|".join(re.escape(each).replace(r"\ ", r"\s?") for each in longest_first)
    second = rf"(?:\s?/\s?(?:{name})\.?)?" if group == "month_name" else ""
    return rf"(?P<{group}>{name})\.?{second}"


_FIELDS = re.compile(
    r"'(?P<quoted>(?:[^']|'')*)'|(?P<letters>(?P<letter>[A-Za-z])(?P=letter)*)|(?P<other>[^A-Za-z']+)"
)
_NUMBERS = {
    "d": r"(?P<day>\d{1,2})(?:\s?(?:er|ere|re|st|nd|rd|th|o|a|°))?",
    "H": r"(?P<hour>\d{1,2})",
    "h": r"(?P<hour12>\d{1,2})",
    "m": r"(?P<minute>\d{2})",
    "s": r"(?P<second>\d{2})",
    "S": r"(?P<fraction>\d{1,9})",
}
_HALF = r"[ap]\s?\.?\s?m\.?"
_GROUP = re.compile(r"\(\?P<(\w+)>")
_ZONE = r"(?P<zone>z|(?:utc|gmt)?\s?[+-]\d{1,2}(?::?\d{2})?|utc|gmt|[a-z]{2,5})"


def _literal(text: str) -> str:
    folded = fold(text)
    if not folded:
        return r"\s*"
    body = r"\s*".join(re.escape(word).replace(r"\-", _DASH) for word in folded.split())
    return (r"\s*" if text[:1].isspace() else "") + body + (r"\s*" if text[-1:].isspace() else "")


def _field(letter: str, count: int, language: str | None, *, of_era: bool) -> str:
    if letter == "G":
        return r"(?P<era>" + "|".join((*(name for name, _ in _ERAS), *_REPUBLIC)) + ")"
    if letter in "yu" and of_era:
        return r"(?P<era_year>\d{1,3}|元)"
    if letter in "yu":
        return r"(?P<short_year>\d{2})" if count == 2 else r"(?P<year>\d{4})"
    if letter in "ML":
        return r"(?P<month>\d{1,2})" if count < 3 else _one_of(_months(language), "month_name")
    if letter in "Ec":
        return _one_of(_weekdays(language), "weekday")
    if letter in "zZXxOvV":
        return _ZONE
    if letter in "ab":
        names = sorted(_halves(language), key=lambda name: (-len(name), name))
        return "(?P<half>" + "|".join((_HALF, *map(re.escape, names))) + ")"
    if letter in _NUMBERS:
        return _NUMBERS[letter]
    raise UnknownPattern(f"date pattern letter {letter * count!r} is not supported")


@lru_cache(maxsize=512)
def compile_format(pattern: str, language: str | None) -> re.Pattern[str]:
    """A CLDR pattern as a regular expression over folded text; raises UnknownPattern.

    What a range names a second time has `_2` behind its group's name.
    """
    pieces: list[str] = []
    named: set[str] = set()
    parts = list(_FIELDS.finditer(pattern))
    of_era = any(part["letter"] == "G" for part in parts)
    for part in parts:
        if part["quoted"] is not None:
            pieces.append(_literal(part["quoted"].replace("''", "'")) if part["quoted"] else "'")
        elif part["letters"] is not None:
            piece = _field(part["letter"], len(part["letters"]), language, of_era=of_era)
            group = _GROUP.search(piece)
            if group is not None and group[1] in named:
                piece = piece.replace(f"(?P<{group[1]}>", f"(?P<{group[1]}_2>")
            elif group is not None:
                named.add(group[1])
            pieces.append(piece)
        else:
            pieces.append(_literal(part["other"]))
    try:
        return re.compile("".join(pieces))
    except re.error as error:
        raise UnknownPattern(f"date pattern {pattern!r}: {error}") from error


_ISO = re.compile(
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})"
    r"(?:(?:t|\s)(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<zone>z|[+-]\d{2}(?::?\d{2})?)?)?"
)


def _uses_names(pattern: str) -> bool:
    return any(
        part["letter"] in tuple("MLEc") and len(part["letters"]) > 2 for part in _FIELDS.finditer(pattern)
    )


def languages_to_try(
    formats: tuple[str, ...], language: str | None, others: tuple[str, ...]
) -> tuple[str | None, ...]:
    """The page's language, then the source's others where a format holds names: those cannot be mistaken."""
    if not any(_uses_names(pattern) for pattern in formats):
        return (language,)
    return tuple(dict.fromkeys((language, *others)))


def names_a_year(pattern: str) -> bool:
    """Whether a pattern says the year, so that a date in it needs none from elsewhere."""
    return pattern == ISO or any((part["letter"] or "") in ("y", "u") for part in _FIELDS.finditer(pattern))


def parse_date(
    raw: str, formats: tuple[str, ...], language: str | None, zone: ZoneInfo, year_of: date | None = None
) -> Found | None:
    """The date that `raw` is, by the first of `formats` that it fits as a whole; None when it fits none.

    `language` is a BCP 47 tag for the names (None: English). A clock time without offset is local time in
    `zone`; of a time that comes twice (end of summer time) the first is meant, and a time that does not exist
    (its start) is counted with the offset before the change. Impossible dates, and days that are not the
    weekday they claim to be, are None.

    `year_of` is for patterns without a year: a day on or after the date, which is of the same year. It is of
    the year before only where its weekday says so; else a date that would lie after `year_of` is None.
    """
    if len(raw) > _LONGEST:
        return None
    whole = fold(raw)
    text = whole.strip(_EDGES)
    # A closing dot ("p. m.") or bracket ("30日(火)") may be part of the date, not an edge of it.
    written = tuple(dict.fromkeys((text, f"{text}.", whole)))
    for pattern in formats:
        compiled = _ISO if pattern == ISO else compile_format(pattern, language)
        match = next(filter(None, map(compiled.fullmatch, written)), None)
        if match is not None and (found := _read(match.groupdict(), language, zone, year_of)) is not None:
            return found
    return None


Parts = dict[str, str | None]


def _read(parts: Parts, language: str | None, zone: ZoneInfo, year_of: date | None) -> Found | None:
    day = _day(parts, language, year_of)
    if day is None:
        return None
    if parts.get("hour") is None and parts.get("hour12") is None:
        return Found(day, None)
    try:
        local = datetime(  # noqa: DTZ001 - the zone is put on below
            day.year, day.month, day.day, *_clock(parts, language)
        )
        fixed = _offset(parts.get("zone"), local, zone)
        at = local.replace(tzinfo=fixed).astimezone(UTC)
        return Found(day if fixed is zone else at.astimezone(zone).date(), at)
    except (ValueError, OverflowError):
        return None


def _day(parts: Parts, language: str | None, year_of: date | None) -> date | None:
    """The day, or the first day of a range; None for what no calendar has."""
    month = _month(parts, "", language)
    number = parts.get("day")
    if month is None or number is None:
        return None
    try:
        if parts.get("era") is not None:
            day = _day_of_era(parts, month, int(number))
        elif (year := _year(parts, "")) is not None:
            day = date(year, month, int(number))
        elif (later := _year(parts, "_2")) is not None:
            day = date(later, month, int(number))
        else:
            day = _day_without_year(parts, month, int(number), language, year_of)
        if day is not None and parts.get("day_2") is not None:
            day = _first_of_range(parts, day, language)
    except ValueError:
        return None
    return day if day is not None and _is_weekday(parts, day, language) else None


def _month(parts: Parts, which: str, language: str | None) -> int | None:
    name = parts.get(f"month_name{which}")
    if name is not None:
        return _months(language).get(_spaced(name, _months(language)))
    number = parts.get(f"month{which}")
    return int(number) if number is not None else None


def _year(parts: Parts, which: str) -> int | None:
    year = parts.get(f"year{which}")
    if year is not None:
        return int(year)
    short = parts.get(f"short_year{which}")
    # POSIX: 69-99 are of the 1900s.
    return int(short) + (1900 if int(short) > 68 else 2000) if short is not None else None


def _day_of_era(parts: Parts, month: int, number: int) -> date | None:
    written = parts.get("era_year") or ""
    year = 1 if written == "元" else int(written)
    if parts["era"] in _REPUBLIC:
        return date(_REPUBLIC_BEFORE + year, month, number)
    starts = dict(_ERAS)
    first = starts[parts["era"] or ""]
    day = date(first.year + year - 1, month, number)
    ends = min((start for start in starts.values() if start > first), default=date.max)
    return day if first <= day < ends else None


def _day_without_year(
    parts: Parts, month: int, number: int, language: str | None, year_of: date | None
) -> date | None:
    if year_of is None:
        return None
    if month == 2 and number == 29 and not isleap(year_of.year) and isleap(year_of.year - 1):
        candidates = [date(year_of.year - 1, 2, 29)]
    else:
        candidates = [date(year_of.year, month, number)]
        if not (month == 2 and number == 29):
            candidates.append(date(year_of.year - 1, month, number))
    fitting = [day for day in candidates if day <= year_of]
    if parts.get("weekday") is not None:
        fitting = [day for day in fitting if _is_weekday(parts, day, language)]
        return fitting[0] if len(fitting) == 1 else None
    return next((day for day in fitting if day.year == year_of.year), None)


def _first_of_range(parts: Parts, first: date, language: str | None) -> date | None:
    """The first day of a range, where its last day follows within a month."""
    month = _month(parts, "_2", language) or first.month
    year = _year(parts, "_2") or first.year
    last = date(year, month, int(parts["day_2"] or 0))
    if first > last and (_year(parts, "") is None or _year(parts, "_2") is None):
        # "30 December - 2 January 2026": the year stands at the end, and is that of the end.
        first = first.replace(year=first.year - 1)
    return first if 0 <= (last - first).days <= _LONGEST_RANGE else None


def _is_weekday(parts: Parts, day: date, language: str | None) -> bool:
    """Whether the day is the weekday that the text claims; True where it claims none."""
    weekday = parts.get("weekday")
    if weekday is None:
        return True
    claimed = _weekdays(language).get(_spaced(weekday, _weekdays(language)))
    return claimed is None or claimed == day.weekday()


def _spaced(found: str, names: dict[str, int]) -> str:
    """The name as the table spells it, where the text left out a space inside it."""
    if found in names:
        return found
    return next((name for name in names if name.replace(" ", "") == found.replace(" ", "")), found)


def _clock(parts: Parts, language: str | None) -> tuple[int, int, int, int]:
    hour = int(parts.get("hour") or parts.get("hour12") or 0)
    if parts.get("hour12") is not None:
        if not 1 <= hour <= 12:
            raise ValueError(f"hour {hour} of a 12-hour clock")
        hour %= 12
    half = parts.get("half")
    if half is not None and _halves(language).get(half, half[:1]) == "p" and hour < 12:
        hour += 12
    fraction = (parts.get("fraction") or "")[:6].ljust(6, "0")
    return hour, int(parts.get("minute") or 0), int(parts.get("second") or 0), int(fraction)


def _offset(name: str | None, local: datetime, zone: ZoneInfo) -> timezone | ZoneInfo:
    """The zone that a time is given in; raises ValueError for a name that is not the source's own then."""
    if name is None:
        return zone
    name = name.strip()
    if name in ("z", "utc", "gmt"):
        return UTC
    signed = re.fullmatch(r"(?:utc|gmt)?\s?([+-])(\d{1,2}):?(\d{2})?", name)
    if signed is not None:
        minutes = int(signed[2]) * 60 + int(signed[3] or 0)
        return timezone(timedelta(minutes=-minutes if signed[1] == "-" else minutes))
    if (local.replace(tzinfo=zone).tzname() or "").lower() == name:
        return zone
    raise ValueError(f"zone {name!r} is not {zone.key} at that time")
