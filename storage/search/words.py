"""Texts as the words by which they are found: one way for documents, questions and both databases.

A word is folded (case, accents, letters that are written in several ways, digits of other scripts) and then
stemmed by the rules of the text's language. Scripts without spaces between words (Chinese, Japanese, Thai
...) and Korean, whose particles cling to words, are cut into pairs of characters that overlap; the last
character of a run stands alone, so that every character begins a word.
"""

from __future__ import annotations

import re
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

LONGEST = 60
"""Characters of a word that count; what follows is cut off."""
MOST_WORDS = 50_000
"""Words of a text that are taken into the index."""
MOST_CHARACTERS = 1_000_000
"""Characters of a text that are looked through."""
APART = "\N{SYMBOL FOR UNIT SEPARATOR}"
"""Stands between two texts of one document, so that no phrase reaches from one into the other."""

_STEMMERS = {
    "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
# Endings that a stemmer knows by their accents only.
_ENDINGS = {"pt": (("coes", "ções"), ("cao", "ção"), ("oes", "ões"), ("ao", "ão"))}
_MOST_KEPT = 100_000
"""Words whose form is remembered, for each language."""

_MARKS = "".join(
    f"{chr(first)}-{chr(last)}"
    for first, last in (
        *((0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F)),
        *((0x0670, 0x0670), (0x06D6, 0x06ED), (0x0711, 0x0711), (0x0730, 0x074A), (0x07A6, 0x07B0)),
        *((0x0816, 0x082D), (0x0859, 0x085B), (0x08D3, 0x0903), (0x093A, 0x094F), (0x0951, 0x0957)),
        *((0x0962, 0x0963), (0x0981, 0x0983), (0x09BC, 0x09CD), (0x09D7, 0x09D7), (0x0A01, 0x0A51)),
        *((0x0A70, 0x0A75), (0x0A81, 0x0ACD), (0x0B01, 0x0B57), (0x0B82, 0x0BD7), (0x0C00, 0x0C56)),
        *((0x0C81, 0x0CD6), (0x0D00, 0x0D57), (0x0D81, 0x0DDF), (0x0E31, 0x0E4E), (0x0EB1, 0x0ECD)),
        *((0x0F18, 0x0FBC), (0x102B, 0x103E), (0x1056, 0x109D), (0x17B4, 0x17D3), (0x1AB0, 0x1AFF)),
        *((0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0x3099, 0x309A), (0xFB1E, 0xFB1E), (0xFE20, 0xFE2F)),
    )
)
_WORD = re.compile(rf"[\w{_MARKS}]+")
"""In a text whose underscores are spaces: they are no part of a word, and leaving them out of the pattern
would make it four times as slow."""
_RUN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+"
)

# Letters that a reader types in another way, and that no decomposition of Unicode tells.
_LETTERS = {
    "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n",
    "ə": "e", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه",
    "ک": "ك", "ہ": "ه", "ھ": "ه", "ۀ": "ه", "ـ": "", "ς": "σ",
}  # fmt: skip
# Letters of their own, though Unicode can take them apart; stemmers know them.
_WHOLE = frozenset("йїўґ")


class _Folding(dict[int, str]):
    """What becomes of a character; made when it is first met."""

    def __missing__(self, code: int) -> str:
        made = self[code] = _folded(chr(code))
        return made


def _folded(character: str) -> str:
    if character in _WHOLE:
        return character
    if character in _LETTERS:
        return _LETTERS[character]
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    # Only alphabets whose marks a reader may leave out: in Indian scripts they are vowels.
    if not (character < "\u0700" or "\u1dc0" <= character < "\u2000"):
        return character
    taken_apart = unicodedata.normalize("NFKD", character)
    plain = "".join(each for each in taken_apart if not unicodedata.category(each).startswith("M"))
    return "".join(_LETTERS.get(each, each) for each in plain)


_FOLDING = _Folding()


def fold(word: str) -> str:
    """A word without case and accents, its letters and digits in their usual form."""
    return unicodedata.normalize("NFKC", word).casefold().translate(_FOLDING)


def _parted(text: str) -> str:
    return text.replace("_", " ")


_ARABIC = re.compile("[\u0621-\u064a]+")
_ARABIC_BEFORE = ("وال", "بال", "كال", "فال", "لل", "ال")
_ARABIC_AFTER = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")


def _stem_arabic(word: str) -> str:
    """Light stemming (Larkey, Ballesteros and Connell 2002, "light10"): articles and endings go."""
    if not _ARABIC.fullmatch(word):
        return word
    if word.startswith("و") and len(word) > 3:
        word = word[1:]
    for before in _ARABIC_BEFORE:
        if word.startswith(before) and len(word) - len(before) >= 2:
            word = word[len(before) :]
            break
    for after in _ARABIC_AFTER:
        if word.endswith(after) and len(word) - len(after) >= 2:
            word = word[: -len(after)]
    return word


class _Stems:
    """The stemmers, each made when its language is first met. One word at a time: they keep state."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, Any] = {}

    def of(self, word: str, language: str) -> str:
        if language == "ar":
            return _stem_arabic(word)
        name = _STEMMERS.get(language)
        if name is None or word[-1].isdecimal():
            return word
        with self._lock:
            if language not in self._made:
                import snowballstemmer

                self._made[language] = snowballstemmer.stemmer(name)
            for plain, accented in _ENDINGS.get(language, ()):
                if word.endswith(plain):
                    word = word.removesuffix(plain) + accented
                    break
            return str(self._made[language].stemWord(word)).translate(_FOLDING) or word


_STEMS = _Stems()


class _Forms(dict[str, tuple[str, ...]]):
    """What the words of a language are in the index; made when a word is first met."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self._tag = tag

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= _MOST_KEPT:
            self.clear()
        made = self[sys.intern(word)] = tuple(_make_forms(word, self._tag))
        return made


class _Languages(dict[str, _Forms]):
    """The words of every language that was met."""

    def __missing__(self, tag: str) -> _Forms:
        made = self[tag] = _Forms(tag)
        return made


_KNOWN = _Languages()


def primary(language: str) -> str:
    """The primary tag of a language tag: `pt` of `pt-BR`."""
    return language.split("-")[0].lower()


def _make_forms(word: str, language: str) -> Iterator[str]:
    """What one word of a text is in the index; several when it holds several scripts, or none."""
    for piece in _WORD.findall(_parted(fold(word))):
        at = 0
        for run in _RUN.finditer(piece):
            if run.start() > at:
                yield _STEMS.of(piece[at : run.start()][:LONGEST], language)
            characters = run.group()
            yield from (characters[place : place + 2] for place in range(len(characters)))
            at = run.end()
        if at < len(piece):
            yield _STEMS.of(piece[at:][:LONGEST], language)


def words_of(text: str, language: str) -> list[str]:
    """The words of a text in order, as they stand in the index."""
    words = _WORD.findall(_parted(text[:MOST_CHARACTERS]))
    return list(islice(chain.from_iterable(map(_KNOWN[primary(language)].__getitem__, words)), MOST_WORDS))


class Placed(NamedTuple):
    """A word as it stands in the index, and where in the text it was found."""

    word: str
    start: int
    end: int
    """Behind its last character."""


_UNASKED = Placed("", 0, 0)
_FRONT_CHANGES = frozenset({"ar", "ga", "id", "nl"})
"""Languages whose stemmers take something off the front of a word."""


class _Beginnings(dict[str, frozenset[str]]):
    """With what the folded form of a word may begin that begins with a character."""

    def __missing__(self, character: str) -> frozenset[str]:
        made = self[character] = frozenset((character, *fold(character)))
        return made


_BEGINNINGS = _Beginnings()


def placed_words(text: str, language: str, begin_with: str | None = None) -> list[Placed]:
    """The words of a text with their places.

    `begin_with` spares the work on words that begin with none of these characters: they are told as empty,
    without a place.
    """
    text = _parted(text)
    forms_of = _different_words(text, primary(language), begin_with)
    found: list[Placed] = []
    for match in _WORD.finditer(text):
        forms = forms_of.get(match.group())
        if forms is None:
            found.append(_UNASKED)
            continue
        start, end = match.span()
        # A character of a run is one form: its place is known when folding changed no length.
        exact = len(forms) == end - start and len(forms) > 1
        for number, form in enumerate(forms):
            if exact:
                found.append(Placed(form, start + number, min(start + number + len(form), end)))
            else:
                found.append(Placed(form, start, end))
    return found


def find_words(
    text: str, language: str, begin_with: str, is_wanted: Callable[[str], bool]
) -> list[Placed] | None:
    """Those words of a text, in order, that are wanted as they stand in the index; each begins with one of
    the characters. None: they stand in runs, and only `placed_words` tells their places."""
    text = _parted(text)
    found: list[Placed] = []
    for word, forms in _different_words(text, primary(language), begin_with).items():
        if not any(map(is_wanted, forms)):
            continue
        if len(forms) > 1:
            return None
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            # Not in the middle of another word.
            if not _WORD.match(text, end) and (at == 0 or not _WORD.match(text, at - 1)):
                found.append(Placed(forms[0], at, end))
            at = text.find(word, end)
    return sorted(found, key=lambda each: each.start)


def _different_words(text: str, tag: str, begin_with: str | None) -> dict[str, tuple[str, ...]]:
    """The words of a text, each once, with what they are in the index."""
    different = set(_WORD.findall(text))
    # A run of a script without spaces may hold what is looked for in its middle.
    if begin_with is not None and tag not in _FRONT_CHANGES and not _RUN.search(text):
        wanted = frozenset(begin_with)
        different = {word for word in different if not wanted.isdisjoint(_BEGINNINGS[word[0]])}
    known = _KNOWN[tag]
    return {word: known[word] for word in different}


def asked_forms(text: str, language: str) -> tuple[str, ...]:
    """The words of a question: as `words_of`, but the last character of a run at the end stands for itself
    only when it is all there is, since in a text another may follow it."""
    words = words_of(text, language)
    if len(words) > 1 and len(words[-1]) == 1 and _RUN.fullmatch(words[-1]) and _RUN.match(words[-2]):
        words.pop()
    return tuple(words)


def begins_run(word: str) -> bool:
    """Whether it is one character of a script without spaces, which is found as the beginning of a pair."""
    return len(word) == 1 and _RUN.fullmatch(word) is not None
