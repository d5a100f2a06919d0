"""A dictionary that every installation has: names of countries, languages, currencies, months, days of the
week and cities in hundreds of languages, from the Unicode CLDR (through babel).

The same thing has the same concept in all languages: "Alemania", "Germany" and "ドイツ" are `country:DE`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_ACCENTS = re.compile("[\u0300-\u036f]")
_SHORTEST_WORD = 4
_SHORTEST_RUN = 2
_ENDING = 2
"""Letters at the end of a long word that inflection may change."""
_LONG = 6

_COMBINING = "".join(
    chr(code) for code in range(0x300, 0x1800) if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
A_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_COMBINING}\u200c\u200d]|['’](?=[^\W\d_]))*")
"""A word: letters with the signs that are written with them, which in Indic scripts are most of it."""

UNSPACED = frozenset(("zh", "ja", "th", "lo", "km", "my", "bo"))
"""Languages written without spaces between words."""


def fold(word: str) -> str:
    """Without case and accents."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", word)).casefold()


def stem(word: str) -> str:
    """A folded word without what inflection changes, roughly."""
    return word[: max(_SHORTEST_WORD, len(word) - _ENDING)] if len(word) >= _LONG else word


@lru_cache(maxsize=64)
def concepts_by_word(language: str) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """First stem of a name -> (all its stems, concept), longest first. Empty for unknown languages."""
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for name, concept in _names(language):
        words = A_WORD.findall(fold(name))
        if words and (len(words) > 1 or len(stem(words[0])) >= _SHORTEST_WORD):
            for first in (words[0], *attached(words[0], language)):
                stems = tuple(map(stem, (first, *words[1:])))
                found.setdefault(stems[0], {}).setdefault(stems, concept)
    return {
        first: tuple(sorted(named.items(), key=lambda each: (-len(each[0]), each)))
        for first, named in found.items()
    }


@lru_cache(maxsize=16)
def concepts_by_run(language: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """For unspaced languages: first two characters of a name -> (name, concept), longest first."""
    found: dict[str, dict[str, str]] = {}
    for name, concept in _names(language):
        if len(name) >= _SHORTEST_RUN and not name.isascii() and not name[0].isdigit():
            found.setdefault(name[:_SHORTEST_RUN], {}).setdefault(name, concept)
    return {
        first: tuple(sorted(named.items(), key=lambda each: (-len(each[0]), each)))
        for first, named in found.items()
    }


@lru_cache(maxsize=64)
def months(language: str) -> Mapping[str, int]:
    """Stems of the names of months, also short ones, with their numbers."""
    found: dict[str, int] = {}
    for tag in (language, *_OTHER_MONTHS.get(language, ())):
        locale = _locale(tag)
        if locale is None:
            continue
        for use in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[use][width].items():
                    word = fold(str(name)).strip(". ")
                    if word and not any(char.isdigit() for char in word) and " " not in word:
                        for form in (word, *attached(word, language)):
                            found.setdefault(stem(form), number)
                        if language in _ENDINGS_OF_MONTHS and width == "wide":
                            found.setdefault(stem(word + _ENDINGS_OF_MONTHS[language]), number)
    return found


_ENDINGS_OF_MONTHS = {"eu": "ren", "ckb": "ی", "ku": "a"}
"""What a month's name ends in where a day is named, when CLDR does not tell."""
_ATTACHED = {"he": "בלמהוכש", "ar": "وبلفك", "km": ("ខែ",)}
"""What is written in front of a word and with it: in, to, from, and; the month of."""


def attached(word: str, language: str) -> Iterator[str]:
    """A word with each of the small words that a language writes with the one that follows."""
    return (small + word for small in _ATTACHED.get(language, ()))


_CASES = {
    "ru": re.compile("(?:ом|ем|ым|им|ами|ов|ев)$"),
    "uk": re.compile("(?:ом|ем|ым|им|ами|ові|еві|ів)$"),
    "be": re.compile("(?:ом|ам|ем|ым|ім|амі|аў)$"),
    "sr": re.compile("(?:ом|ем|им|има)$"),
    "ka": re.compile("(?:მა|ის|ით|თან|ზე|ში|დან|ს)$"),
    "hy": re.compile("(?:ին|ից|ով|ում|ը|ն)$"),
    "ko": re.compile("(?:에서|으로|은|는|이|가|을|를|의|에|와|과|도)$"),
}
"""Endings that give a name consonants which it has not."""


def bare(word: str, language: str) -> str:
    """A word without the small word in front of it or the ending that it may have in its language; empty
    where it has none, or where little would be left."""
    small = next((each for each in _ATTACHED.get(language, ()) if word.startswith(each)), "")
    rest = word[len(small) :]
    if language in _CASES:
        rest = _CASES[language].sub("", rest)
    shortest = _SHORTEST_RUN if language == "ko" else _SHORTEST_WORD
    return rest if rest != word and len(rest) >= shortest else ""


_OTHER_MONTHS = {"ar": ("ar_LB", "ar_DZ", "ar_MA"), "de": ("de_AT",)}
"""Where a language has other names for the months."""


def _names(language: str) -> Iterator[tuple[str, str]]:
    locale = _locale(language)
    if locale is None:
        return
    for code, name in locale.territories.items():
        yield str(name), f"country:{code}"
    for code, name in locale.currencies.items():
        yield str(name), f"currency:{code}"
    for code, name in locale.languages.items():
        if len(code) <= 3:
            yield str(name), f"language:{code}"
    for zone, told in locale.time_zones.items():
        if isinstance(told, Mapping) and "city" in told:
            yield str(told["city"]), f"city:{zone}"
    for number, name in locale.days["format"]["wide"].items():
        yield str(name), f"day:{number}"


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        # No dictionary for it: then names and numbers alone are compared.
        return None
