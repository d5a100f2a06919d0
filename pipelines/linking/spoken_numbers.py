"""Numbers in words: a translator writes "six" where the original has 6.

What is found here explains why a figure is missing; it is never evidence by itself. So it is generous: of
"two hundred and ten" it gives 210 and also 2, 200 and 10, and it takes inflected forms by their beginnings.
Languages without a table have none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from pipelines.linking.tables import words_of

_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile("[〇零一二两兩三四五六七八九十百千万萬亿億]+")
_HAN_DIGITS = {each: value for value, each in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000}
_HAN_GREAT = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}

_PREFIXES = frozenset(("ru", "uk"))
"""Languages whose longer forms are taken by their beginnings."""
_SHORTEST_PREFIX = 4


def spoken_numbers(text: str, language: str) -> frozenset[int]:
    """Values of the numbers in words of a text, generously (see the module)."""
    found: set[int] = set()
    if language in ("zh", "ja"):
        for match in _HAN.finditer(text):
            found |= _han_values(match[0])
        return frozenset(found)
    table = _table(language)
    if not table:
        return frozenset()
    run: list[int] = []
    for word in _WORD.findall(_fold(text)):
        value = table.get(word)
        if value is None and language in _PREFIXES:
            value = _by_prefix(word, language)
        if value is None and language == "ar" and word[:1] == "و":
            # "and" is written with the word.
            value = table.get(word[1:])
        if value is None and language == "ko":
            value = next((table[word[:size]] for size in (3, 2, 1) if word[:size] in table), None)
        if value is not None:
            run.append(value)
        elif run and word not in _BETWEEN:
            found |= set(_values(run))
            run = []
    found |= set(_values(run))
    return frozenset(found)


_BETWEEN = frozenset(("and", "y", "e", "et", "und", "ve", "و"))


def _values(run: list[int]) -> Iterator[int]:
    """Each value of a run of number words, and what the run says as a whole and in its parts."""
    yield from run
    for start in range(len(run)):
        total = current = 0
        for value in run[start : start + 8]:
            if value >= 1000:
                total += max(1, current) * value
                current = 0
            elif value == 100:
                current = max(1, current) * 100
            elif value == 20 and current == 4:
                # quatre-vingts
                current = 80
            else:
                current += value
            yield total + current


def _han_values(run: str) -> set[int]:
    if not any(each in _HAN_POWERS or each in _HAN_GREAT for each in run):
        return {int("".join(str(_HAN_DIGITS[each]) for each in run))}
    total = section = digit = 0
    for each in run:
        if each in _HAN_DIGITS:
            digit = _HAN_DIGITS[each]
        elif each in _HAN_POWERS:
            section += (digit or 1) * _HAN_POWERS[each]
            digit = 0
        else:
            total += (section + digit or 1) * _HAN_GREAT[each]
            section = digit = 0
    return {total + section + digit} | {_HAN_DIGITS[each] for each in run if each in _HAN_DIGITS}


@lru_cache(maxsize=64)
def _table(language: str) -> Mapping[str, int]:
    table = {word: int(value) for word, value in map(str.split, words_of("number_words", language))}
    units = {word: value for word, value in table.items() if 1 <= value <= 9}
    tens = {word: value for word, value in table.items() if 20 <= value <= 90 and value % 10 == 0}
    if language == "de":
        for one, value in (*units.items(), ("ein", 1)):
            table |= {f"{one}und{ten}": tenfold + value for ten, tenfold in tens.items()}
            table |= {f"{one}hundert": 100 * value, f"{one}tausend": 1000 * value}
    if language == "it":
        for ten, tenfold in tens.items():
            # trentuno, trentotto: the last vowel goes.
            table |= {
                f"{ten[:-1] if one[0] in 'uo' else ten}{one}": tenfold + value for one, value in units.items()
            }
        for one, value in units.items():
            table |= {f"{one}cento": 100 * value, f"{one}mila": 1000 * value}
    return table


@lru_cache(maxsize=20_000)
def _by_prefix(word: str, language: str) -> int | None:
    table = _table(language)
    for size in range(len(word), _SHORTEST_PREFIX - 1, -1):
        if word[:size] in table:
            return table[word[:size]]
    return None


def _fold(text: str) -> str:
    # й is one letter, not и with an accent: only Latin and Arabic marks go.
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    # Korean syllables were taken apart as well.
    plain = unicodedata.normalize("NFC", plain).casefold().replace("ı", "i")
    return re.sub("[أإآ]", "ا", re.sub("[\u064b-\u0652\u0640]", "", plain)).replace("’", "").replace("ʼ", "")
