"""From a seed and a number to a text: what a statement says, then how a language says it.

`outline` draws what is said, without a language: which sentences, which names, places and figures.
`Composer` renders an outline in one language, so that translations of one statement say the same.
Same seed and number: same bytes, in any order and any process.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crawler.replica.wording import (
    FAMILY_NAMES,
    FIRST_NAMES,
    PROGRAMME_HEADS,
    PROGRAMME_TAILS,
    Wording,
    wordings,
)

_SPANISH = wordings()["es"]
_SENTENCES = range(len(_SPANISH.sentences))


@dataclass(frozen=True, slots=True)
class Outline:
    """What one statement says. Every number is a draw that each language turns into words."""

    said_on: date
    title: int
    lead: int
    closing: int
    draw: int
    """What the capital slots of the whole text are made from."""
    paragraphs: tuple[tuple[tuple[str, int, int], ...], ...]
    """Per paragraph, per sentence: section, place in the section, draw."""


def stream(seed: int, number: int, purpose: int = 0) -> random.Random:
    """The random numbers that belong to one statement for one purpose."""
    return random.Random((seed << 48) ^ (number << 8) ^ purpose)  # noqa: S311 - reproducible, not secret


def outline(seed: int, number: int, said_on: date) -> Outline:
    """Draw what statement `number` of the world `seed` says."""
    draws = stream(seed, number, 1)
    sizes = [1 + draws.getrandbits(2) % 3 for _ in range(3 + draws.getrandbits(8) % 10)]
    order = iter(draws.sample(_SENTENCES, sum(sizes)))
    paragraphs: list[tuple[tuple[str, int, int], ...]] = []
    for size in sizes:
        if draws.getrandbits(2) == 0:
            paragraphs.append((("quotes", draws.getrandbits(16), draws.getrandbits(112)),))
        else:
            paragraphs.append(tuple(("sentences", next(order), draws.getrandbits(112)) for _ in range(size)))
    return Outline(
        said_on=said_on,
        title=draws.getrandbits(16),
        lead=draws.getrandbits(16),
        closing=draws.getrandbits(16),
        draw=draws.getrandbits(112),
        paragraphs=tuple(paragraphs),
    )


def following(base: Outline, seed: int, number: int, said_on: date) -> Outline:
    """A follow-up to `base`: the same headline and background, other news. Not the same statement."""
    own = outline(seed, number, said_on)
    paragraphs = own.paragraphs[:9] + base.paragraphs[-2:]
    return replace(own, title=base.title, lead=base.lead, draw=base.draw, paragraphs=paragraphs)


def edited(base: Outline, seed: int, number: int, revision: int) -> Outline:
    """The text after its publisher changed it `revision` times: another last paragraph before the closing."""
    draws = stream(seed, number, 1000 + revision)
    news = (("sentences", draws.getrandbits(16), draws.getrandbits(112)),)
    return replace(base, paragraphs=(*base.paragraphs[:-1], news))


def person(draw: int, office: int) -> str:
    """A made-up name; its first name goes with the gender of the office."""
    first = FIRST_NAMES[(draw % (len(FIRST_NAMES) // 2)) * 2 + office % 2]
    size = len(FAMILY_NAMES)
    return f"{first} {FAMILY_NAMES[(draw >> 8) % size]} {FAMILY_NAMES[(draw >> 16) % size]}"


def programme(draw: int) -> str:
    """A made-up proper name of a programme, the same in every language."""
    head = PROGRAMME_HEADS[draw % len(PROGRAMME_HEADS)]
    tail = PROGRAMME_TAILS[(draw >> 6) % len(PROGRAMME_TAILS)]
    return f"{head} {tail} {2027 + (draw >> 12) % 24}"


def _place(words: tuple[str, ...], draw: int) -> str:
    return words[draw % len(words)]


def _magnitude(draw: int) -> int:
    """Counts of every size, small ones as often as large ones."""
    return 12 + (draw >> 3) % (90, 900, 9_000, 90_000)[draw & 3]


_MAKERS: dict[str, Callable[[Wording, int, date], str]] = {
    "t": lambda words, draw, day: _place(words.topics, draw),
    "u": lambda words, draw, day: _place(words.topics, (draw >> 8) * 7 + 3),
    "c": lambda words, draw, day: _place(words.countries, draw >> 16),
    "k": lambda words, draw, day: _place(words.countries, (draw >> 20) * 5 + 1),
    "p": lambda words, draw, day: _place(words.cities, draw >> 26),
    "o": lambda words, draw, day: _place(words.offices, draw >> 32),
    "b": lambda words, draw, day: person(draw >> 40, (draw >> 32) % len(words.offices)),
    "n": lambda words, draw, day: words.count(_magnitude(draw >> 64)),
    "m": lambda words, draw, day: words.decimal(11 + (draw >> 72) % 9_700),
    "q": lambda words, draw, day: words.decimal(12 + (draw >> 80) % 880),
    "y": lambda words, draw, day: str(3 + (draw >> 88) % 57),
    "d": lambda words, draw, day: words.day(day + timedelta(days=5 + (draw >> 96) % 240)),
    "g": lambda words, draw, day: programme(draw >> 50),
}
_LONG_WORD = re.compile(r"\b[a-z]{4,}")
_WHOLE = {"T": "t", "C": "c", "P": "p", "O": "o", "A": "b", "G": "g", "N": "n"}


class _Slots(dict[str, str]):
    """The slots of one sentence, made when the sentence asks for them."""

    __slots__ = ("day", "draw", "words")

    def __init__(self, words: Wording, day: date, fixed: dict[str, str]) -> None:
        super().__init__(fixed)
        self.words = words
        self.day = day
        self.draw = 0

    def __missing__(self, key: str) -> str:
        return _MAKERS[key](self.words, self.draw, self.day)


class Composer:
    """Renders one outline in one language, spoken by `speaker` (as texts write it; headlines say `short`)."""

    def __init__(self, said: Outline, language: str, speaker: str, short: str) -> None:
        self.said = said
        self.words = wordings()[language]
        fixed = {
            large: _MAKERS[small](self.words, said.draw, said.said_on) for large, small in _WHOLE.items()
        }
        fixed["S"] = speaker
        fixed["D"] = self.words.day(said.said_on)
        self._slots = _Slots(self.words, said.said_on, fixed)
        self._short = _Slots(self.words, said.said_on, {**fixed, "S": short})

    def _render(self, section: tuple[str, ...], place: int, draw: int) -> str:
        return self._fill(section[place % len(section)], self._slots, draw)

    def _fill(self, sentence: str, slots: _Slots, draw: int) -> str:
        slots.draw = draw
        text = self.words.smooth(sentence.format_map(slots))
        return text[0].upper() + text[1:]

    @property
    def city(self) -> str:
        """Where it was said, as datelines write it."""
        return self._slots["P"]

    def title(self) -> str:
        """The headline, without a folio."""
        frames = self.words.titles
        title = self._fill(frames[self.said.title % len(frames)], self._short, self.said.draw >> 5)
        if self.words.language == "en":
            title = _LONG_WORD.sub(lambda word: word[0].capitalize(), title)
        return title

    def lead(self) -> str:
        """The first paragraph."""
        return self._render(self.words.leads, self.said.lead, self.said.draw >> 9)

    def body(self) -> tuple[str, ...]:
        """All paragraphs, the lead first."""
        sections = {"sentences": self.words.sentences, "quotes": self.words.quotes}
        middle = [
            " ".join(self._render(sections[section], place, draw) for section, place, draw in paragraph)
            for paragraph in self.said.paragraphs
        ]
        closing = self._render(self.words.closings, self.said.closing, self.said.draw >> 13)
        return (self.lead(), *middle, closing)
