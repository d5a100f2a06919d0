"""Numbers in any notation, as one value.

1,500 and 1.500 and 1 500 are 1500; 17,25 and 17.25 are 17.25; ٢٣ and ２３ are 23; "1.2 million", "1,2
millones" and 120万 are 1200000. Words for powers of ten are those of the Unicode CLDR (through babel).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from pipelines.linking.dictionary import A_WORD, UNSPACED

_SPACES = "\u00a0\u2007\u2009\u202f "
_NUMBER = re.compile(rf"\d+(?:[.,'’٬٫{_SPACES}]\d+)*")
_GROUPED = re.compile(rf"\d{{1,3}}(?:[{_SPACES}'’]\d{{3}})+(?:[.,]\d+)?")
_WORDS_AFTER = re.compile(rf"[\s\u00a0]?({A_WORD.pattern})(?:\s({A_WORD.pattern}))?(?:\s({A_WORD.pattern}))?")
_WORD_BEFORE = re.compile(rf"({A_WORD.pattern})\s$")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060]")
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(\.\d+)?")
"""Grouped as in India: 12,34,567."""
_GROUPING = re.compile(rf"[{_SPACES}'’٬]")
_EAST_ASIAN_POWERS = {
    "百": 2, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8, "兆": 12,
    "백": 2, "천": 3, "만": 4, "억": 8, "조": 12,
}  # fmt: skip
_KOREAN = "백천만억조"
_EAST_ASIAN = re.compile(rf"\s?([{''.join(_EAST_ASIAN_POWERS)}])")
_DIGITS = {
    code: str(unicodedata.digit(chr(code)))
    for code in range(0x660, 0xFF1A)
    if chr(code).isdecimal() and not chr(code).isascii()
}
_LONGEST_POWER = 40
_SHORTEST_ABBREVIATION = 2
"""Single letters behind a number are units as often as millions."""
_MOST_DIGITS = 30
"""Longer runs are ids, not quantities; they stay as written."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number where it stands in a text."""

    value: str
    """Without grouping, with `.` before decimals, without needless zeros."""
    start: int
    end: int

    @property
    def is_year(self) -> bool:
        """Whether it may be a year of our time."""
        return len(self.value) == 4 and "1900" <= self.value <= "2099"


_OTHER_DIGIT = re.compile(r"[^\D0-9]")


def western_digits(text: str) -> str:
    """The text with decimal digits of every script as 0 to 9."""
    return text.translate(_DIGITS) if _OTHER_DIGIT.search(text) else text


def numbers_in(text: str, language: str) -> list[Number]:
    """All numbers of a text (with western digits) in order. Numbers in words are left out."""
    found: list[Number] = []
    powers = _powers(language)
    for match in _NUMBER.finditer(text):
        for number in _read(text, match.group(), match.start(), powers):
            if found and _continues(text, found[-1], number):
                whole = str(int(found[-1].value) + int(number.value))
                found[-1] = Number(whole, found[-1].start, number.end)
            else:
                found.append(number)
    return found


def _continues(text: str, before: Number, number: Number) -> bool:
    """Whether a number goes on: 1만 5천 is 15000, 3億5000万 is 350000000."""
    between = text[before.end : number.start]
    return (
        text[before.end - 1] in _EAST_ASIAN_POWERS
        and (not between or (between == " " and text[before.end - 1] in _KOREAN))
        and before.value.isdigit()
        and number.value.isdigit()
        and 0 < int(number.value) < 10 ** (len(before.value) - len(before.value.rstrip("0") or "0"))
    )


def _read(text: str, raw: str, start: int, powers: _Powers) -> list[Number]:
    if not raw.isdigit() and any(space in raw for space in _SPACES) and not _GROUPED.fullmatch(raw):
        # Numbers that only stand beside each other: "23 2017".
        pieces = list(re.finditer(rf"[^{_SPACES}]+", raw))
        return [
            number for piece in pieces for number in _read(text, piece.group(), start + piece.start(), powers)
        ]
    plain = raw if raw.isdigit() else _GROUPING.sub("", raw).replace("٫", ".")
    values = [plain] if plain.isdigit() else _plain(plain)
    if len(values) > 1:
        return [Number(_trim(value), start, start + len(raw)) for value in values]
    power, end = _power_after(text, start + len(raw), powers)
    power = power or _power_before(text, start, powers)
    return [Number(_scale(values[0], power), start, end)]


def _plain(raw: str) -> list[str]:
    """One value, or the parts of what is no quantity (a date, a version, an address)."""
    if _LAKHS.fullmatch(raw):
        return [raw.replace(",", "")]
    parts = re.split(r"[.,]", raw)
    separators = re.findall(r"[.,]", raw)
    if all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3 and parts[0] != "0":
        if len(set(separators)) == 1:
            return ["".join(parts)]
        if len(set(separators[:-1])) == 1:
            return ["".join(parts[:-1]) + "." + parts[-1]]
    if len(parts) == 2:
        return [f"{parts[0]}.{parts[1]}"]
    grouped = all(len(part) == 3 for part in parts[1:-1]) and len(set(separators[:-1])) == 1
    if grouped and separators[-1] != separators[0]:
        return ["".join(parts[:-1]) + "." + parts[-1]]
    return parts


def _scale(value: str, power: int) -> str:
    if power:
        whole, _, decimals = value.partition(".")
        if len(decimals) <= power:
            return (whole + decimals.ljust(power, "0")).lstrip("0") or "0"
        value = f"{whole}{decimals[:power]}.{decimals[power:]}"
    return _trim(value)


def _trim(value: str) -> str:
    if len(value) > _MOST_DIGITS:
        return value
    whole, _, decimals = value.partition(".")
    decimals = decimals.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole


def _power_after(text: str, end: int, powers: _Powers) -> tuple[int, int]:
    """Power of ten that is written behind a number, and where it ends."""
    total = 0
    match = _EAST_ASIAN.match(text, end)
    while match is not None:
        total += _EAST_ASIAN_POWERS[match.group(1)]
        end = match.end()
        match = _EAST_ASIAN.match(text, end)
    if total or not powers.after:
        return total, end
    after = text[end : end + _LONGEST_POWER]
    if powers.unspaced:
        spaces = len(after) - len(after.lstrip())
        for said, power in powers.after.items():
            if after.startswith(said, spaces):
                return power, end + spaces + len(said)
        return 0, end
    words = _WORDS_AFTER.match(after)
    if words is not None:
        for count in (3, 2, 1):
            said = " ".join((each or "").casefold() for each in words.groups()[:count])
            if said in powers.after:
                return powers.after[said], end + words.end(count)
    return 0, end


def _power_before(text: str, start: int, powers: _Powers) -> int:
    """Power of ten that is written in front of a number: milioni 312."""
    if not powers.before:
        return 0
    word = _WORD_BEFORE.search(text, max(0, start - _LONGEST_POWER), start)
    return powers.before.get(word.group(1).casefold(), 0) if word is not None else 0


@dataclass(frozen=True, slots=True)
class _Powers:
    """Words for thousand, million ... of a language, with their powers of ten."""

    after: Mapping[str, int]
    """Those that follow the number, the longest first."""
    before: Mapping[str, int]
    unspaced: bool


_NO_POWERS = _Powers({}, {}, unspaced=False)


@lru_cache(maxsize=128)
def _powers(language: str) -> _Powers:
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return _NO_POWERS
    after: dict[str, int] = {}
    before: dict[str, int] = {}
    for width, shortest in (("short", _SHORTEST_ABBREVIATION), ("long", 1)):
        for forms in locale.compact_decimal_formats.get(width, {}).values():
            for magnitude, pattern in forms.items():
                shown = _INVISIBLE.sub("", str(pattern.pattern).split(";")[0].replace("'", ""))
                word = re.sub(r"[0\s\u00a0]+", " ", shown).strip(" .").casefold()
                if len(word) >= shortest:
                    # "00 million" for 10,000,000: 10^7 shown with two digits.
                    power = len(magnitude) - shown.count("0")
                    after[word] = power
                    if not shown.lstrip().startswith("0") and width == "long":
                        before[word] = power
    ordered = sorted(after.items(), key=lambda each: (-len(each[0]), each))
    return _Powers(dict(ordered), before, language in UNSPACED)
