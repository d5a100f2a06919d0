"""A text made ready for comparing across languages: what survives a translation, and in which passage.

`Prepared` holds no text. It holds anchors, as hashes with a kind and the passage in which they stand:

| kind | is | example |
|---|---|---|
| NUMBER | a figure that is rare by its shape | 47.3, 1500 |
| COUNT | a small number or a year | 12, 2017 |
| DATE | day and month | 02-23 |
| CONCEPT | a country, city, currency, language of the dictionary | country:DE |
| CALENDAR | a month or a day of the week | month:2 |
| NAME | beginning of a capitalised word, in Latin letters | vide- of Videgaray |
| COGNATE | beginning of any other long word, in Latin letters | minis- of ministerio |
| FINE, COARSE | consonants of a name: see `sounds` | TRMB, TRNB |
| WORD | a word as it is (two characters where words are not spaced): only for texts of one language | |

Preparing costs a few milliseconds and follows from the text alone.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import chain
from typing import TypeAlias

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray

from pipelines.linking.dictionary import (
    A_WORD,
    UNSPACED,
    bare,
    concepts_by_run,
    concepts_by_word,
    fold,
    months,
    stem,
)
from pipelines.linking.numbers import Number, numbers_in, western_digits
from pipelines.linking.passages import passages_of, units
from pipelines.linking.sounds import chinese_skeleton, skeletons, transcribed_runs

PREPARED_VERSION = 2
"""Raise it with every change to what is prepared: what is stored under another version is made again."""

NUMBER, COUNT, DATE, CONCEPT, CALENDAR, NAME, COGNATE, FINE, COARSE, WORD = range(10)
KINDS = ("number", "count", "date", "concept", "calendar", "name", "cognate", "fine", "coarse", "word")
TITLE = 0xFFFF
"""Place of what stands in the headline."""

_MARKS = (
    re.compile("[?？؟;](?!\\w)"),
    re.compile("[:：]"),
    re.compile('["“”„«»「」『』]'),
    re.compile("[(（]"),
)
_DIGIT = re.compile(r"\d")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{3,}")
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_EAST_ASIAN_DATE = re.compile(r"(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_MONTH_AND_DAY_IN_FIGURES = re.compile(r"(\d{1,2})(?:-?р|\s?(?:дугаар|дүгээр))?\s+сарын\s+(\d{1,2})\b")
"""Mongolian."""
_DAY_AND_MONTH_IN_FIGURES = re.compile(r"(\d{1,2})\s+tháng\s+(\d{1,2})\b", re.IGNORECASE)
"""Vietnamese."""
_NUMERIC_DATE = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](?:19|20)?\d\d\b")
_ISO_DATE = re.compile(r"\b(?:19|20)\d\d-(\d\d)-(\d\d)\b")
_LETTERS_OF_A_WORD = 5
_SHORTEST_NAME = 4
_SHORTEST_COGNATE = 6
_NEAR = 3
"""Words between a day's number and its month, at most ("23 de febrero")."""
_BIGGEST_DAY = 31
_WORDS_OF_A_SENTENCE, _NO_NAMES = 5, 2
"""Fewer words, or none but names, may stand in a translation as they are."""
_WITHOUT_CAPITALS = frozenset(("ka",))
"""Languages whose letters are small ones to Unicode, but which write names with them."""

Hashes: TypeAlias = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Keys:
    """Anchors without their places, each once, sorted. The kind of an anchor follows from its hash."""

    hashes: Hashes
    kinds: NDArray[np.uint8]
    counts: NDArray[np.intp]
    """How many there are of each kind."""


@dataclass(frozen=True, eq=False)
class Bag:
    """What stands anywhere in a text."""

    inside: Keys
    headline: Keys


@dataclass(frozen=True, eq=False)
class Prepared:
    """What a text is compared by. The three arrays of anchors are parallel, sorted by hash, then place."""

    language: str
    lengths: NDArray[np.float32]
    """Units of each passage."""
    marks: NDArray[np.uint8]
    """For each passage: question marks, colons, quotation marks, brackets."""
    hashes: Hashes
    kinds: NDArray[np.uint8]
    places: NDArray[np.uint16]

    def keeping(self, kept: NDArray[np.bool_]) -> Prepared:
        """The same text with those of its anchors alone."""
        return replace(self, hashes=self.hashes[kept], kinds=self.kinds[kept], places=self.places[kept])

    @cached_property
    def sides(self) -> dict[tuple[int, ...], object]:
        """What `sharing` keeps of this text for the next comparison."""
        return {}

    @cached_property
    def emptied(self) -> dict[tuple[int, ...], Prepared]:
        """What `furniture` keeps of this text: without some of its passages."""
        return {}

    @cached_property
    def sentences(self) -> dict[bytes, tuple[int, ...]]:
        """Passages of more than a few words, which are not all names, by their words: where each stands."""
        count = len(self.lengths)
        inside = self.places != TITLE
        of_words, of_names = inside & (self.kinds == WORD), inside & (self.kinds == NAME)
        words_of = np.bincount(self.places[of_words], minlength=count)
        names_of = np.bincount(self.places[of_names], minlength=count)
        told = (words_of >= _WORDS_OF_A_SENTENCE) & (words_of >= names_of + _NO_NAMES)
        found: dict[bytes, tuple[int, ...]] = {}
        for place in np.flatnonzero(told).tolist():
            # Sorted by hash: the same words give the same bytes.
            words = self.hashes[of_words & (self.places == place)].tobytes()
            found[words] = (*found.get(words, ()), place)
        return found

    @cached_property
    def bag(self) -> Bag:
        """Its anchors, wherever they stand."""
        titled = self.places == TITLE
        # Sorted by hash, and the headline's place is the last: what is inside comes first of its hash.
        first = np.ones(len(titled), dtype=bool)
        np.not_equal(self.hashes[1:], self.hashes[:-1], out=first[1:])
        return Bag(self._keys(first & ~titled), self._keys(titled))

    def _keys(self, chosen: NDArray[np.bool_]) -> Keys:
        kinds = self.kinds[chosen]
        return Keys(self.hashes[chosen], kinds, np.bincount(kinds, minlength=len(KINDS)))

    @cached_property
    def units(self) -> float:
        """Length of the whole text."""
        return float(self.lengths.sum())

    @cached_property
    def all_marks(self) -> NDArray[np.float64]:
        """Marks of the whole text."""
        return np.asarray(self.marks.sum(axis=0, dtype=np.float64))

    @cached_property
    def logarithms(self) -> NDArray[np.float32]:
        """Logarithm of each passage's length; short ones are nearer to each other than they are."""
        return np.asarray(np.log(self.lengths + 5.0), dtype=np.float32)

    @cached_property
    def mark_codes(self) -> NDArray[np.int64]:
        """The marks of each passage as one number."""
        return np.asarray(np.minimum(self.marks, 15).astype(np.int64) @ np.array([1, 16, 256, 4096]))


def prepare(title: str, body: str, language: str) -> Prepared:
    """Prepare a text. `language` is the primary tag of its language."""
    passages = passages_of(body)
    texts = [_plain(each) for each in (*passages, title)]
    words = [A_WORD.findall(text) for text in texts]
    lowered = {word for some in words[:-1] for word in some if word[0].islower()}
    found: list[tuple[int, int]] = []
    counts: list[int] = []
    for text, some in zip(texts, words, strict=True):
        own = _anchors(text, some, language, lowered)
        found += own
        counts.append(len(own))
    hashes = np.array([each[0] for each in found], dtype=np.uint64)
    kinds = np.array([each[1] for each in found], dtype=np.uint8)
    places = np.repeat(np.array([*range(len(passages)), TITLE], dtype=np.uint16), counts)
    order = np.lexsort((places, kinds, hashes))
    return Prepared(
        language,
        np.array([units(each) for each in passages], dtype=np.float32),
        np.array(
            [[min(255, len(mark.findall(each))) for mark in _MARKS] for each in passages], dtype=np.uint8
        ).reshape(len(passages), len(_MARKS)),
        hashes[order],
        kinds[order],
        places[order],
    )


def pack(prepared: Prepared) -> bytes:
    """As bytes, the same on every machine."""
    language = prepared.language.encode()
    head = struct.pack("<HBII", PREPARED_VERSION, len(language), len(prepared.lengths), len(prepared.hashes))
    return b"".join(
        (
            head,
            language,
            prepared.lengths.astype("<f4").tobytes(),
            prepared.marks.tobytes(),
            prepared.hashes.astype("<u8").tobytes(),
            prepared.kinds.tobytes(),
            prepared.places.astype("<u2").tobytes(),
        )
    )


def unpack(blob: bytes) -> Prepared:
    """What `pack` made. Raises ValueError when it is of another version, or not whole."""
    head = struct.calcsize("<HBII")
    if len(blob) < head:
        raise ValueError(f"prepared text of {len(blob)} bytes: expected at least {head}; prepare it again")
    version, letters, passages, anchors = struct.unpack_from("<HBII", blob)
    if version != PREPARED_VERSION:
        raise ValueError(f"prepared text of version {version}, not {PREPARED_VERSION}: prepare it again")
    sizes = (letters, 4 * passages, len(_MARKS) * passages, 8 * anchors, anchors, 2 * anchors)
    if len(blob) != head + sum(sizes):
        raise ValueError(
            f"prepared text of {len(blob)} bytes: expected {head + sum(sizes)}; prepare it again"
        )
    parts: list[bytes] = []
    at = head
    for size in sizes:
        parts.append(blob[at : at + size])
        at += size
    return Prepared(
        parts[0].decode(),
        np.frombuffer(parts[1], dtype="<f4"),
        np.frombuffer(parts[2], dtype=np.uint8).reshape(passages, len(_MARKS)),
        np.frombuffer(parts[3], dtype="<u8"),
        np.frombuffer(parts[4], dtype=np.uint8),
        np.frombuffer(parts[5], dtype="<u2"),
    )


def _plain(text: str) -> str:
    return text if text.isascii() else western_digits(unicodedata.normalize("NFC", text))


def _anchors(text: str, words: Sequence[str], language: str, lowered: Set[str]) -> set[tuple[int, int]]:
    """Anchors of one passage, of which `words` are the words."""
    found: set[tuple[int, int]] = set()
    numbers = numbers_in(text, language) if _DIGIT.search(text) else []
    for number in numbers:
        found.add((_hash(f"#{number.value}"), _kind_of(number)))
    if numbers:
        for month, day in _numeric_dates(text):
            found.update(_date(month, day))
    if language in UNSPACED:
        found.update(_runs(text, language))
    named, calendar = concepts_by_word(language), months(language)
    keys = [_keys(word, language) for word in words]
    stems = [each[0] for each in keys]
    found.update(
        chain.from_iterable(
            name_keys if name_keys and word.casefold() not in lowered else plain_keys
            for word, (_, plain_keys, name_keys) in zip(words, keys, strict=True)
        )
    )
    spoken = [(at, calendar[stemmed]) for at, stemmed in enumerate(stems) if stemmed in calendar]
    """Words that name a month: place, month."""
    for at, stemmed in enumerate(stems):
        if stemmed in named:
            for name, concept in named[stemmed]:
                if tuple(stems[at : at + len(name)]) == name:
                    found.add((_hash(concept), _kind_of_concept(concept)))
                    break
    if spoken:
        matches = list(A_WORD.finditer(text))
        starts = [match.start() for match in matches]
        for at, month in spoken:
            days = _days_beside(matches[at].start(), matches[at].end(), at, starts, numbers)
            for day in days:
                found.update(_date(month, day))
            if days or len(stems[at]) > _SHORTEST_NAME:
                found.add((_hash(f"month:{month}"), CALENDAR))
    return found


def _kind_of(number: Number) -> int:
    small = len(number.value) <= 2 and "." not in number.value
    return COUNT if small or number.is_year or number.value in ("100", "1000", "1000000") else NUMBER


def _numeric_dates(text: str) -> Iterator[tuple[int, int]]:
    for match in _EAST_ASIAN_DATE.finditer(text):
        yield int(match.group(1)), int(match.group(2))
    for match in _MONTH_AND_DAY_IN_FIGURES.finditer(text):
        yield int(match.group(1)), int(match.group(2))
    for match in _DAY_AND_MONTH_IN_FIGURES.finditer(text):
        yield int(match.group(2)), int(match.group(1))
    for match in _ISO_DATE.finditer(text):
        yield int(match.group(1)), int(match.group(2))
    for match in _NUMERIC_DATE.finditer(text):
        yield int(match.group(2)), int(match.group(1))


def _date(month: int, day: int) -> Iterator[tuple[int, int]]:
    if 1 <= month <= 12 and 1 <= day <= _BIGGEST_DAY:
        yield _hash(f"date:{month:02d}-{day:02d}"), DATE
        yield _hash(f"month:{month}"), CALENDAR


def _runs(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Anchors of a text without spaces between words."""
    named = concepts_by_run(language)
    for match in _IDEOGRAPHS.finditer(text):
        run = match.group()
        for at in range(len(run) - 1):
            pair = run[at : at + 2]
            yield _hash(pair), WORD
            for name, concept in named.get(pair, ()):
                if run.startswith(name, at):
                    yield _hash(concept), _kind_of_concept(concept)
                    break
    for match in _KATAKANA.finditer(text):
        coarse = skeletons(match.group())[1]
        if coarse:
            yield _hash(f"~{coarse}"), COARSE
    if language == "zh":
        for transcribed in transcribed_runs(text):
            coarse = chinese_skeleton(transcribed)
            if coarse:
                yield _hash(f"~{coarse}"), COARSE


def _kind_of_concept(concept: str) -> int:
    return CALENDAR if concept.startswith(("day:", "month:")) else CONCEPT


def _days_beside(start: int, end: int, at: int, starts: list[int], numbers: list[Number]) -> list[int]:
    """The day's number right before a month, or else right after it."""
    before = [
        number
        for number in numbers
        if number.end <= start and at - bisect_right(starts, number.end) < _NEAR and start - number.end < 12
    ]
    after = [number for number in numbers if number.start >= end and number.start - end <= _NEAR]
    for number in (*before[-1:], *after[:1]):
        if number.value.isdigit() and 1 <= int(number.value[:4]) <= _BIGGEST_DAY:
            return [int(number.value)]
    return []


@lru_cache(maxsize=100_000)
def _keys(word: str, language: str) -> tuple[str, tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Stem of a word, its anchors when it is no name, and those when it is (none when it cannot be one)."""
    plain = fold(word)
    common = [(_hash(plain), WORD)] if len(plain) > 1 else []
    latin = _latin(plain)
    if len(latin) >= _SHORTEST_COGNATE:
        common.append((_hash(f"-{_sounding(latin)[:_LETTERS_OF_A_WORD]}"), COGNATE))
    upper, lower = word[0].isupper(), word[0].islower() and language not in _WITHOUT_CAPITALS
    sounds: list[tuple[int, int]] = []
    if not lower and language not in UNSPACED:
        for form in filter(None, (word, bare(word, language))):
            fine, coarse = skeletons(form)
            sounds += [(_hash(f"={fine}"), FINE)] if fine else []
            sounds += [(_hash(f"~{coarse}"), COARSE)] if coarse else []
    if not upper:
        # Without capitals any word may be a name.
        return stem(plain), (*common, *sounds), ()
    if len(latin) >= _SHORTEST_NAME:
        sounds.append((_hash(f"^{_sounding(latin)[:_LETTERS_OF_A_WORD]}"), NAME))
    elif word.isupper() and len(latin) > 1:
        sounds.append((_hash(f"^{latin}"), NAME))
    return stem(plain), tuple(common), (*common, *sounds)


def _latin(word: str) -> str:
    return re.sub("[^a-z]", "", word if word.isascii() else anyascii(word).casefold())


_SPELLINGS = (
    (re.compile("ph"), "f"),
    (re.compile("[ckq]+h?"), "k"),
    (re.compile("th"), "t"),
    (re.compile("[yj]"), "i"),
    (re.compile("w"), "v"),
    (re.compile("z"), "s"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def _sounding(latin: str) -> str:
    """Spelling differences between languages taken out: Philippines and Filipinas, commission and komisja."""
    for pattern, instead in _SPELLINGS:
        latin = pattern.sub(instead, latin)
    return latin


@lru_cache(maxsize=200_000)
def _hash(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")
