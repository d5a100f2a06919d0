"""A text as words, figures and names: what can be compared exactly, or across languages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from anyascii import anyascii
from babel import Locale, UnknownLocaleError

from pipelines.linking.dictionary import UNSPACED
from pipelines.linking.numbers import western_digits

_ACCENTS = re.compile("[\u0300-\u036f]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_ALPHABETIC = (
    r"[^\W\d_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u1100-\u11ff]"
)
_UNSPACED_LETTERS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u3096\u309d-\u30ff\u3400-\u9fff\uf900-\ufaff"
)
_LETTERS = rf"[^\W\d_\u3099\u309a{_UNSPACED_LETTERS}]"
_TOKEN = (
    # Nearly all words: letters that no figure follows. Said first, and without trying again with fewer of
    # them, it saves the search below for a figure in each.
    rf"{_LETTERS}++(?!\d)"
    # Thousands with spaces between; then figures and letters in one word ("3rd", "G20", a misread "mi11ion").
    r"|\d{1,3}(?:[ \u2009]\d{3})+(?![\d.,]*\d)"
    rf"|(?:{_ALPHABETIC}+\d|\d+(?:[.,]\d+)*{_ALPHABETIC})(?:{_ALPHABETIC}|\d)*"
    # Without spaces between words each letter is a word of its own.
    rf"|\d+(?:[.,:/]\d+)*|[{_UNSPACED_LETTERS}]|{_LETTERS}+"
)
_WORD = re.compile(_TOKEN)
_WORD_OR_STOP = re.compile(rf"{_TOKEN}|[.!?:;¿¡\n]")
_FIGURE = re.compile(r"\d[\d.,:/]*(?:(?:st|nd|rd|th|er|re|e|h|am|pm|[ao])\d{0,2})?")
"""A word that is a figure; other words with figures in them are names, or misread."""
_STOPS = frozenset(".!?:;¿¡\n")

_NUMBER_WORDS: Mapping[str, str] = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand "
    "million",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis "
    "diecisiete dieciocho diecinueve veinte veintiun veintiuno veintidos veintitres veinticuatro "
    "veinticinco veintiseis veintisiete veintiocho veintinueve treinta cuarenta cincuenta sesenta setenta "
    "ochenta noventa cien ciento doscientos trescientos quinientos mil millones",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt "
    "trente quarante cinquante soixante cent mille millions",
}
"""Numbers in words, without accents, where babel has none. "One" is an article in most languages."""


@dataclass(frozen=True)
class Words:
    """The words of a text in order."""

    plain: str
    """The text without accents and invisible characters, case kept."""
    language: str

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The words without case, accents, punctuation or typography. Made when they are asked for: what
        survives a translation is found without them (`anchors`)."""
        return tuple(map(_folded, _WORD.findall(self.plain)))

    @property
    def unspaced(self) -> bool:
        """Whether the words are characters, because the script has no spaces between words."""
        return self.language in UNSPACED

    @cached_property
    def figures(self) -> tuple[bool, ...]:
        """For each word, whether it is a figure, a number in words, a month or a day of the week."""
        spoken = figure_words(self.language)
        return tuple(
            word in spoken or (word[0].isdigit() and _FIGURE.fullmatch(word) is not None)
            for word in self.folded
        )

    @cached_property
    def names(self) -> tuple[bool, ...]:
        """For each word, whether it is written with a capital that no start of a sentence explains."""
        found: list[bool] = []
        opening = True
        for token in _WORD_OR_STOP.findall(self.plain):
            if token in _STOPS:
                opening = True
                continue
            found.append(not opening and token[0].isupper())
            opening = False
        return tuple(found)

    def figure_counts(self) -> Counter[str]:
        """Every figure with how often it stands in the text."""
        return Counter(word for word, figure in zip(self.folded, self.figures, strict=True) if figure)


def read_words(text: str, language: str) -> Words:
    """The words of a text in that language (primary tag)."""
    plain = _INVISIBLE.sub("", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return Words(western_digits(plain), language)


def _folded(word: str) -> str:
    """Without case; a number without what groups its thousands."""
    if word[0].isdigit() and not word.isdigit():
        return _plain_number(word.replace(" ", "").replace("\u2009", "").casefold())
    return word.casefold()


@lru_cache(maxsize=64)
def figure_words(language: str) -> frozenset[str]:
    """Folded names of months and days, and numbers in words, where they are known for the language."""
    found = set(_NUMBER_WORDS.get(language, "").split())
    locale = _locale(language)
    if locale is not None:
        tables = (*_months(locale), locale.days["format"]["wide"])
        found |= {_fold(name) for table in tables for name in table.values()}
    # "May" and "March" are common words too; but such a word only counts where it stands against another.
    return frozenset(word for word in found if word.isalpha())


@lru_cache(maxsize=1024)
def month_names(language: str, month: int) -> frozenset[str]:
    """Folded names of a month (1 to 12) in a language; empty when they are not known."""
    locale = _locale(language)
    return frozenset() if locale is None else frozenset(_fold(table[month]) for table in _months(locale))


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        # A language without such tables: then only digits are figures.
        return None


def _months(locale: Locale) -> tuple[Mapping[int, str], ...]:
    return tuple(
        locale.months[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated")
    )


def _fold(name: str) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", name)).casefold().rstrip(".")


def anchors(words: Words) -> frozenset[str]:
    """What survives a translation: numbers in one notation, and the beginnings of names in Latin letters."""
    spoken = figure_words(words.language)
    found: set[str] = set()
    opening = True
    for token in _WORD_OR_STOP.findall(words.plain):
        if token in _STOPS:
            opening = True
            continue
        if token[0].isdigit():
            found.add(_plain_number(token))
        elif not opening and token[0].isupper():
            found.add(_latin_name(token, spoken))
        opening = False
    return frozenset(found - {""})


@lru_cache(maxsize=20_000)
def _latin_name(name: str, spoken: frozenset[str]) -> str:
    """The beginning of a name; empty when it is too short to tell, or a month."""
    latin = anyascii(name).casefold()
    if len(latin) < _SHORTEST_NAME or name.casefold() in spoken:
        return ""
    return latin[:_LETTERS_OF_A_NAME]


_SHORTEST_NAME = 4
_LETTERS_OF_A_NAME = 5
"""Enough for Videgaray, few enough for Francia and France."""


def _plain_number(word: str) -> str:
    """1,500 and 1.500 are 1500; 17,25 and 17.25 are 17.25."""
    if word.isdigit() or not word[-1].isdigit():
        return word
    parts = re.split(r"[.,]", word)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]) and ":" not in word and "/" not in word:
        return "".join(parts)
    return ".".join(parts)


def shared_anchors(left: frozenset[str], right: frozenset[str]) -> float | None:
    """Part of the smaller set of anchors that the larger one has; None when one has too few to tell."""
    fewer = min(len(left), len(right))
    if fewer < _FEWEST_ANCHORS:
        return None
    return len(left & right) / fewer


_FEWEST_ANCHORS = 4
