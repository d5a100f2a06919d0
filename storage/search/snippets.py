"""Where in a text a question was found: a stretch around it, as plain text, with the places to be marked.

The text is as it was fetched, so whoever shows it must escape it; marks are positions and never markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from storage.search.texts import Phrase, Sought
from storage.search.words import Placed, find_words, placed_words, words_of

LENGTH = 280
"""Characters of a snippet, about."""
_BEFORE = 60
"""Characters before the first mark."""
_READ = 60_000
"""Characters of a text that are looked through."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of a version in which a question was found."""

    release: str
    language: str
    text: str
    """Plain text, not escaped."""
    marks: tuple[tuple[int, int], ...]
    """What was found: start and end (behind the last character) of each place in `text`."""
    begins: bool
    """Whether the text begins with it; False: something was cut off before."""
    ends: bool
    """Whether the text ends with it."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is sought, by the word with which it begins: each phrase with the number of its group."""

    letters: str
    """With which its words begin."""
    firsts: Mapping[str, tuple[tuple[int, Phrase], ...]]
    beginnings: tuple[tuple[int, Phrase], ...]
    """Single words of which only the beginning is known."""
    words: frozenset[str]
    unfinished: tuple[str, ...]
    """Beginnings of words."""

    def holds(self, word: str) -> bool:
        """Whether that word is part of something that is sought."""
        return word in self.words or word.startswith(self.unfinished)


@lru_cache(maxsize=64)
def _looked_for(sought: Sought) -> _Looked:
    firsts: dict[str, tuple[tuple[int, Phrase], ...]] = {}
    beginnings: list[tuple[int, Phrase]] = []
    for number, group in enumerate(sought.groups):
        for phrase in group:
            if phrase.begins and len(phrase.words) == 1:
                beginnings.append((number, phrase))
            else:
                firsts[phrase.words[0]] = (*firsts.get(phrase.words[0], ()), (number, phrase))
    letters = "".join(sorted({word[0] for phrase in sought.phrases for word in phrase.words}))
    words = frozenset(word for phrase in sought.phrases for word in phrase.words)
    unfinished = tuple(phrase.words[-1] for phrase in sought.phrases if phrase.begins)
    return _Looked(letters, firsts, tuple(beginnings), words, unfinished)


def find_snippet(versions: Sequence[Any], sought: Sought) -> Snippet | None:
    """The stretch with most of the question in it, of the version that has most of it. Versions are rows with
    `id`, `language`, `title` and `body`."""
    looked = _looked_for(sought)
    best: tuple[int, Any, str, list[tuple[int, int, int]]] | None = None
    for row in versions:
        for text in (row.body[:_READ], row.title):
            places = _places(text, row.language, looked)
            met = len({group for _, _, group in places})
            if met and (best is None or met > best[0]):
                best = (met, row, text, places)
            if best is not None and best[0] == len(sought.groups):
                return _cut(*best[1:])
    return None if best is None else _cut(*best[1:])


def _places(text: str, language: str, looked: _Looked) -> list[tuple[int, int, int]]:
    """Start, end and number of the group of everything that was found, in order."""
    some = find_words(text, language, looked.letters, looked.holds)
    words = placed_words(text, language, looked.letters) if some is None else some

    def is_next(one: Placed, other: Placed) -> bool:
        """Of all words each stands beside the next; of some, others may stand between them."""
        return some is None or not words_of(text[one.end : other.start], language)

    found: list[tuple[int, int, int]] = []
    for at, placed in enumerate(words):
        if not placed.word:
            continue
        for number, phrase in looked.firsts.get(placed.word, ()):
            last = at + len(phrase.words) - 1
            if _stands(words, at, phrase) and all(map(is_next, words[at:last], words[at + 1 : last + 1])):
                found.append((placed.start, words[last].end, number))
        for number, phrase in looked.beginnings:
            if placed.word.startswith(phrase.words[0]):
                found.append((placed.start, placed.end, number))
    return found


def _stands(words: Sequence[Placed], at: int, phrase: Phrase) -> bool:
    if at + len(phrase.words) > len(words):
        return False
    *middle, last = phrase.words
    if any(words[at + place].word != word for place, word in enumerate(middle)):
        return False
    found = words[at + len(middle)].word
    return found.startswith(last) if phrase.begins else found == last


def _cut(row: Any, text: str, places: list[tuple[int, int, int]]) -> Snippet:  # noqa: ANN401 - a row
    best_start, best_met = places[0][0], 0
    for at, (start, _, _) in enumerate(places):
        near = {group for begin, end, group in places[at : at + 40] if end <= start + LENGTH - _BEFORE}
        if len(near) > best_met:
            best_start, best_met = start, len(near)
    start = _word_begins(text, max(0, best_start - _BEFORE))
    end = _word_ends(text, min(len(text), start + LENGTH))
    marks: list[tuple[int, int]] = []
    for begin, finish, _ in sorted(places):
        if begin < start or finish > end:
            continue
        if marks and begin - start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(marks[-1][1], finish - start))
        else:
            marks.append((begin - start, finish - start))
    return Snippet(row.id, row.language, text[start:end], tuple(marks), start == 0, end == len(text))


def _word_begins(text: str, at: int) -> int:
    """The next beginning of a word, unless it is far."""
    if at == 0:
        return 0
    space = text.find(" ", at, at + 30)
    return at if space < 0 else space + 1


def _word_ends(text: str, at: int) -> int:
    if at == len(text):
        return at
    space = text.rfind(" ", max(0, at - 30), at)
    return at if space < 0 else space
