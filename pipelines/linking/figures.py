"""Figures of a text as values: numbers, days and times of day, whatever the notation.

"6 de marzo", "March 6", "6. März", "3月6日", "٦ مارس", "06.03.2026"   one day
"2,4 millones", "2.4 million", "240万"                                   one number
"18.30 Uhr", "6:30 p.m.", "saat 18.30", "午後6時30分"                     one time
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale

from pipelines.linking.dictionary import fold, months, stem
from pipelines.linking.numbers import numbers_in, western_digits

NUMBER, DAY, MONTH, TIME, YEAR = "number", "day", "month", "time", "year"

_ALSO: Mapping[str, tuple[str, ...]] = {"ar": ("ar_LB", "ar_TN", "ar_MA"), "de": ("de_AT",), "pt": ("pt_PT",)}
"""Other usage of a language in months: كانون الثاني, أفريل, Jänner."""

_ERA = re.compile(r"令和(\d{1,2}|元)年")
_ERA_BEGAN = 2018
_EAST_ASIAN_DAY = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_EAST_ASIAN_MONTH = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(?<!\d)(\d{1,2})\s?[月월]")
_HAN_DAY = re.compile("([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日")
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./]((?:19|20)?\d\d)\b")
_TIMES = (
    re.compile(r"\b(\d{1,2})[:.](\d{2})\s?(?P<half>[ap])\.?\s?m\b\.?", re.IGNORECASE),
    re.compile(r"\b(\d{1,2})()\s?(?P<half>[ap])\.?\s?m\b\.?", re.IGNORECASE),
    re.compile(
        r"(?P<half>午前|午後|上午|下午|오전|오후)\s?(\d{1,2})\s?[時时点點시](?:\s?(\d{1,2})\s?[分분])?"
    ),
    re.compile(r"\b(\d{1,2})(?::|\s?h\s?)(\d{2})\b(?P<half>)"),
    re.compile(r"\b(?:saat|ore|um|alle)\s(\d{1,2})\.(\d{2})\b(?P<half>)", re.IGNORECASE),
    re.compile(r"\b(\d{1,2})\.(\d{2})(?=\s?(?:Uhr|uhr))(?P<half>)"),
    re.compile(r"\b(\d{1,2})\.(\d{2})(?='[dt][ae])(?P<half>)"),
)
_AFTERNOON = frozenset(("p", "午後", "下午", "오후"))
_MYRIADS = re.compile(
    r"(\d+(?:[.,]\d+)*)\s?([만억조万萬亿億兆])(?:\s?(\d[\d,]*)\s?([천백千百])?([만万萬])?(?![\d.,]))?"
)
_POWERS = {
    "만": 10**4, "万": 10**4, "萬": 10**4, "억": 10**8, "亿": 10**8, "億": 10**8, "조": 10**12, "兆": 10**12,
    "천": 1000, "千": 1000, "백": 100, "百": 100,
}  # fmt: skip
_LIST_NUMBER = re.compile(r"^\s*\(?\d{1,2}[.)]\s(?!\d)(?=\D)")
_DAY_BEFORE = re.compile(
    r"(?<![\d.,:])(\d{1,2})(?:\.º|º|°|ª|er|\.|st|nd|rd|th)?\s(?:de\s|di\s|d['’]|من\s|of\s)?$"
)
_DAY_AFTER = re.compile(
    r"\.?\s(?:the\s)?(\d{1,2})(?:st|nd|rd|th)?(?![\d:%]|[.,]\d|\s?(?:percent|per\s|million))"
)
_SHORT_POWERS = {
    "тыс": 3, "тис": 3, "млн": 6, "млрд": 9, "трлн": 12,
    "mio": 6, "mln": 6, "mn": 6, "mrd": 9, "mld": 9, "bn": 9,
}  # fmt: skip
_SHORT_POWER = re.compile(rf"[\s\u00a0]?({'|'.join(_SHORT_POWERS)})\b", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|°|\.º|ª)(?![^\W\d_])")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure where it stands."""

    kind: str
    value: str
    """Number: as `numbers.Number`; day: MM-DD; month: MM; year: YYYY; time: HH:MM of 24 hours."""
    raw: str
    start: int
    end: int


def figures_in(text: str, language: str) -> list[Figure]:
    """The figures of a text in order. The year of a day is a figure of its own; a list's number is none."""
    plain = western_digits(text)
    taken = bytearray(len(plain))
    found: list[Figure] = []

    def take(kind: str, value: str, start: int, end: int) -> None:
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            found.append(Figure(kind, value, text[start:end], start, end))

    listed = _LIST_NUMBER.match(plain)
    if listed is not None:
        taken[: listed.end()] = b"\x01" * listed.end()
    for kind, value, start, end in _calendar(plain, language):
        take(kind, value, start, end)
    for kind, value, start, end in _times(plain):
        take(kind, value, start, end)
    for match in _MYRIADS.finditer(plain) if language in ("ko", "ja", "zh") else ():
        value, end = _in_myriads(match)
        take(NUMBER, value, match.start(), end)
    masked = "".join(" " if hidden else char for char, hidden in zip(plain, taken, strict=True))
    masked = _ORDINAL.sub(lambda match: " " * len(match[0]), masked)
    for number in numbers_in(masked, language):
        short = _SHORT_POWER.match(masked, number.end)
        if short is not None:
            take(NUMBER, _scaled(number.value, _SHORT_POWERS[short[1].casefold()]), number.start, short.end())
        else:
            take(YEAR if number.is_year else NUMBER, number.value, number.start, number.end)
    return sorted(found, key=lambda figure: figure.start)


def _scaled(value: str, power: int) -> str:
    scaled = f"{Decimal(value).scaleb(power):f}"
    return scaled.rstrip("0").rstrip(".") if "." in scaled else scaled


def _calendar(text: str, language: str) -> Iterator[tuple[str, str, int, int]]:
    for match in _ERA.finditer(text):
        year = _ERA_BEGAN + (1 if match[1] == "元" else int(match[1]))
        yield YEAR, str(year), match.start(), match.end()
    for match in _ISO.finditer(text):
        yield from _day(int(match[2]), int(match[3]), match.start(), match.end())
    for match in _NUMERIC.finditer(text):
        yield from _day(int(match[2]), int(match[1]), match.start(), match.end())
    for match in _EAST_ASIAN_DAY.finditer(text):
        if match[1]:
            yield YEAR, match[1], match.start(1), match.end(1)
        yield from _day(int(match[2]), int(match[3]), match.start(2), match.end())
    for match in _HAN_DAY.finditer(text):
        month, day = _han(match[1]), _han(match[2])
        yield from _day(month, day, match.start(), match.end())
    for match in _EAST_ASIAN_MONTH.finditer(text):
        if match[1]:
            yield YEAR, match[1], match.start(1), match.end(1)
        if 1 <= int(match[2]) <= 12:
            yield MONTH, f"{int(match[2]):02d}", match.start(2), match.end()
    words, numbers = _month_names(language)
    for match in words.finditer(text) if numbers else ():
        folded = fold(" ".join(match[0].split()))
        named = numbers.get(folded if " " in folded else stem(folded))
        if named is None:
            continue
        before = _DAY_BEFORE.search(text, max(0, match.start() - 12), match.start())
        after = _DAY_AFTER.match(text, match.end())
        if before is not None and 1 <= int(before[1]) <= 31:
            yield from _day(named, int(before[1]), before.start(1), match.end())
        elif after is not None and 1 <= int(after[1]) <= 31:
            yield from _day(named, int(after[1]), match.start(), after.end(1))
        else:
            yield MONTH, f"{named:02d}", match.start(), match.end()


def _day(month: int, day: int, start: int, end: int) -> Iterator[tuple[str, str, int, int]]:
    if 1 <= month <= 12 and 1 <= day <= 31:
        yield DAY, f"{month:02d}-{day:02d}", start, end


def _han(numerals: str) -> int:
    tens, _, units = numerals.partition("十")
    digits = {each: value for value, each in enumerate("一二三四五六七八九", 1)}
    if "十" not in numerals:
        return digits.get(numerals, 0)
    return 10 * digits.get(tens, 1) + digits.get(units, 0)


@lru_cache(maxsize=64)
def _month_names(language: str) -> tuple[re.Pattern[str], Mapping[str, int]]:
    """What may be a month's name, and the numbers of months by stem (names of several words: in full)."""
    numbers = dict(months(language))
    phrases: list[str] = []
    for name in _ALSO.get(language, ()):
        for month, said in Locale.parse(name).months["format"]["wide"].items():
            folded = fold(str(said))
            numbers.setdefault(folded if " " in folded else stem(folded), month)
            if " " in folded:
                phrases.append(r"\s".join(map(re.escape, str(said).split())))
    word = "|".join([*sorted(phrases, key=len, reverse=True), r"[^\W\d_]{3,14}"])
    return re.compile(rf"(?<![^\W\d_])(?:{word})(?![^\W\d_])", re.IGNORECASE), numbers


def _times(text: str) -> Iterator[tuple[str, str, int, int]]:
    for pattern in _TIMES:
        for match in pattern.finditer(text):
            half = (match["half"] or "").casefold()
            hour, minute = (group for group in match.groups() if group != match["half"] or group is None)
            told = int(hour or 0), int(minute or 0)
            if told[0] > 24 or told[1] > 59:
                continue
            hours = told[0] % 12 + 12 if half in _AFTERNOON else told[0] % 12 if half else told[0]
            yield TIME, f"{hours:02d}:{told[1]:02d}", match.start(), match.end()


def _in_myriads(match: re.Match[str]) -> tuple[str, int]:
    """Value and end: 1만 5천 is 15000, 1만 6,560 is 16560, 31万7千 317000; 3,176억 and 18億 what they say."""
    whole, _, decimals = match[1].replace(",", "").partition(".")
    power = _POWERS[match[2]]
    value = int(whole) * power + (int(decimals) * power // 10 ** len(decimals) if decimals else 0)
    if not match[3]:
        return str(value), match.end(2)
    more = int(match[3].replace(",", "")) * _POWERS.get(match[4] or "", 1) * (10**4 if match[5] else 1)
    if more >= power or not (match[4] or match[5] or match[2] == "만"):
        # Another number that only stands beside it.
        return str(value), match.end(2)
    return str(value + more), match.end()
