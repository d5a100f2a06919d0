"""Names of persons in two versions of a text, spelled by other rules or in another script.

Names are found where a script has capitals: words with a capital that no start of a sentence explains.
Words of offices and institutions are translated and so are no names here (`tables/offices.txt`), nor are
countries, languages and currencies (CLDR). In a text without capitals a name can only be looked for by
its sound.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

from pipelines.linking.dictionary import concepts_by_word, fold, months, stem
from pipelines.linking.scripts import script_of
from pipelines.linking.sounds import skeletons
from pipelines.linking.tables import words_of

CASED = frozenset(("latin", "cyrillic", "greek", "armenian"))
"""Scripts with capitals."""

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_STOP = re.compile(r"[.!?:;¿¡«»“”„\"—–()…]\s*$|\s-\s*$|\n\s*$")
_PARTICLES = frozenset(["von", "van", "der", "den", "ter", "bin", "ben", "ibn", "al", "el"])
"""Small words inside names of persons. Others (de, of) join the words of institutions as well."""
_ELIDED = re.compile(r"^(?:[LDNSldns]|[Dd]ell|[Aa]ll|[Nn]ell|[Qq]u)['’](?=[^\W\d_])")
_SUFFIX = re.compile(r"(?<=[^\W\d_]{2})['’][^\W\d_]{1,6}$")
_SAME = 74.0
"""Two spellings this much alike (percent) are one name."""
_SAME_AT_FIRST = 60.0
"""The same of two that begin alike: Lione and Lyon."""
_SAME_SOUND = 86.0
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Name:
    """A name of one or more words, and the sentence that it stands in."""

    words: tuple[str, ...]
    sentence: int

    def __str__(self) -> str:
        return " ".join(self.words)


class Naming:
    """The names of one text, and what can be looked up in it."""

    def __init__(self, sentences: Collection[str], language: str) -> None:
        self.language = language
        self.script = script_of(language)
        self._sentences = tuple(sentences)

    @property
    def cased(self) -> bool:
        """Whether names can be told by their capitals."""
        return self.script in CASED

    @cached_property
    def lowered(self) -> frozenset[str]:
        """Folded words that also stand without a capital: they are no names."""
        return frozenset(
            fold(word) for each in self._sentences for word in _WORD.findall(each) if word[0].islower()
        )

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The names of the text, in order; none where the script has no capitals."""
        if not self.cased:
            return ()
        found: list[Name] = []
        for number, text in enumerate(self._sentences):
            found += (Name(words, number) for words in self._runs(text))
        return tuple(found)

    def _runs(self, text: str) -> list[tuple[str, ...]]:
        runs: list[list[str]] = [[]]
        openings: list[bool] = [False]
        """Of each run, whether its first word has its capital from its place, or a neighbour is no name."""
        end = 0

        def begin(opening: bool) -> None:
            runs.append([])
            openings.append(opening)

        for match in _WORD.finditer(text):
            word, between = _SUFFIX.sub("", _ELIDED.sub("", match[0])), text[end : match.start()]
            opening = end == 0 or bool(_STOP.search(between))
            if opening or between.strip() not in ("", ".") or len(between) > 2:
                begin(opening)
            if self._is_name(word, opening):
                runs[-1].append(word)
            elif not (word in _PARTICLES and runs[-1]):
                beside = word[:1].isupper()
                openings[-1] = openings[-1] or (beside and not opening)
                begin(beside)
            end = match.end()
        # One word at the start of a sentence has its capital from there.
        return [
            tuple(run)
            for run, opened in zip(runs, openings, strict=True)
            if len(run) > 1 or (run and not opened and self._may_stand_alone(run[0]))
        ]

    def _may_stand_alone(self, word: str) -> bool:
        """Whether a capital tells a name: not in German, nor in an abbreviation."""
        return self.language != "de" and not word.isupper()

    def _is_name(self, word: str, opening: bool) -> bool:
        if len(word) < 2 or not word[0].isupper() or fold(word) in self.lowered:
            return False
        if opening and fold(word) in _common_openings(self.language):
            return False
        return not is_translated(word, self.language)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(
            word
            for each in self._sentences
            for word in _words(each, self.script)
            if not self.cased or (word[0].isupper() and not is_translated(word, self.language))
        )

    @cached_property
    def _joined(self) -> str:
        return "".join(_latin(each) for each in self._sentences)

    def has(self, word: str) -> bool:
        """Whether a word of the other text stands here, by spelling or by sound."""
        latin = _latin(word)
        if not latin or (len(latin) > _SHORTEST and latin in self._joined):
            return True
        return any(same_word(word, each) for each in self._words)


@lru_cache(maxsize=100_000)
def same_word(one: str, other: str) -> bool:
    """Whether two words may be one name, by spelling or by sound."""
    ours, theirs = _latin(one), _latin(other)
    if abs(len(ours) - len(theirs)) <= 4:
        likeness = ratio(ours, theirs)
        if likeness >= _SAME or (likeness >= _SAME_AT_FIRST and ours[:2] == theirs[:2]):
            return True
    if min(len(ours), len(theirs)) > _SHORTEST and (
        ours.startswith(theirs[:-2]) or theirs.startswith(ours[:-2])
    ):
        # Inflected: "Гречаника".
        return True
    (fine, coarse), (other_fine, other_coarse) = skeletons(one), skeletons(other)
    if fine and other_fine and ratio(fine, other_fine) >= _SAME_SOUND and fine[0] == other_fine[0]:
        return True
    return bool(coarse) and coarse == other_coarse


def _words(text: str, script: str) -> list[str]:
    if script in ("han", "japanese"):
        katakana = re.findall("[\u30a1-\u30fa\u30fc]{2,}", text)
        runs = re.findall("[\u3400-\u9fff]+", text)
        return katakana + [
            run[at : at + size] for run in runs for size in (2, 3, 4) for at in range(len(run))
        ]
    return _WORD.findall(text)


@lru_cache(maxsize=50_000)
def _latin(word: str) -> str:
    """In Latin letters, without what rules of transliteration differ in: Yukhym, Juchym, Ioukhym."""
    latin = re.sub("[^a-z]", "", anyascii(word).casefold())
    for pattern, instead in _RULES:
        latin = pattern.sub(instead, latin)
    return latin


_RULES = (
    (re.compile("tsch|tch|sch|sh|zh|sz|cz|dzh"), "s"),
    (re.compile("kh|ch|ck|c(?![eiy])|q"), "k"),
    (re.compile("ou"), "u"),
    (re.compile("[yj]"), "i"),
    (re.compile("w"), "v"),
    (re.compile("ph"), "f"),
    (re.compile("th"), "t"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=50_000)
def is_translated(word: str, language: str) -> bool:
    """Whether a word names an office, an institution, a country or the like: a translation changes it."""
    plain = fold(word)
    whole, beginnings = _offices()
    if plain in whole or plain.startswith(beginnings):
        return True
    if language == "de" and any(each in plain[3:] for each in beginnings if len(each) > 5):
        return True
    stemmed = stem(plain)
    return stemmed in months(language) or any(
        len(name) == 1 for name, _ in concepts_by_word(language).get(stemmed, ())
    )


@lru_cache(maxsize=1)
def _offices() -> tuple[frozenset[str], tuple[str, ...]]:
    """Words as they are, and beginnings of words."""
    words = [fold(each) for each in words_of("offices", "all")]
    return (
        frozenset(each for each in words if len(each) <= _SHORTEST),
        tuple(each for each in words if len(each) > _SHORTEST),
    )


@lru_cache(maxsize=16)
def _common_openings(language: str) -> frozenset[str]:
    return frozenset(words_of("openings", language))
