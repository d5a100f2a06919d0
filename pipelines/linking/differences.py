"""What differs between two versions of one text: figures, days, names, what was left out, added or inserted.

A reader must be able to rely on a flag, so each has to be more than a way of writing. A figure counts as
missing only when the other version has it nowhere, neither in digits nor in words, as a day or an hour;
where two figures stand against each other in one row and only there, they differ. Names of persons are
compared where both scripts have capitals. A paragraph is left out when nothing stands against it and
nothing of it is found elsewhere; a sentence only when the row also lacks its length.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.figures import DAY, MONTH, NUMBER, TIME, YEAR, Figure, figures_in
from pipelines.linking.names import Name, Naming, same_word
from pipelines.linking.passages import units
from pipelines.linking.rows import Alignment, Row, Text, align, paragraphs_of
from pipelines.linking.spoken_numbers import spoken_numbers

LEFT_OUT, ADDED, INSERTED, MOVED, NAME = "left out", "added", "inserted", "moved", "name"
KINDS = (NUMBER, DAY, MONTH, YEAR, TIME, NAME, LEFT_OUT, ADDED, INSERTED, MOVED)

_INSERTION = re.compile(r"\[[^\[\]]{1,200}\]")
_BROKEN_OFF = re.compile(r"^\[(?:\.\.\.|…|\s)*\]$")
_ELSEWHERE = 0.2
"""Likeness from which on a paragraph without a row stands, in part, in another."""
_NOTHING = 0.12
"""Likeness up to which sentences share nothing to speak of."""
_SHORTEST_SENTENCE = 38.0
_DEFICIT = 0.55
"""Part of a sentence's length that its row must lack for the sentence to be missing."""
_SMALLEST = 3
"""Smaller numbers are said in too many ways (both, twice, another)."""
_DATELINE = 90.0
_WITHOUT_ITS_WORD = 1000
"""Smaller numbers may stand for thousands or millions that were just named."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One difference. What one side lacks is None there; paragraphs count from 0."""

    kind: str
    """One of `KINDS`."""
    left: str | None
    right: str | None
    left_paragraph: int | None
    right_paragraph: int | None


@dataclass(frozen=True, slots=True)
class Differences:
    """Two versions side by side, and what differs. Rows are in order of the left text."""

    left: tuple[str, ...]
    """Paragraphs."""
    right: tuple[str, ...]
    rows: tuple[Row, ...]
    flags: tuple[Flag, ...]


def find_differences(
    left: Text, right: Text, encoder: Encoder | None = None, days: Collection[date] = ()
) -> Differences:
    """Compare a version (left: the original, where one is known) with another.

    `days` are those on which the versions were said or posted: a translator writes such a day for "today".
    """
    alignment = align(left, right, encoder)
    flags = [
        *_figures(left, right, alignment, days),
        *_names(left, right, alignment),
        *_passages(left, right, alignment),
        *_insertions(left, right),
    ]
    order = {each: place for place, each in enumerate(KINDS)}
    flags.sort(
        key=lambda flag: (
            flag.left_paragraph if flag.left_paragraph is not None else flag.right_paragraph or 0,
            order[flag.kind],
            flag.left or "",
            flag.right or "",
        )
    )
    return Differences(paragraphs_of(left.body), paragraphs_of(right.body), alignment.rows, tuple(flags))


@dataclass(frozen=True, slots=True)
class _Placed:
    figure: Figure
    sentence: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class _Lacking:
    """A figure that the other side of its row has not."""

    placed: _Placed
    nowhere: bool
    """Whether the whole other text has it in no shape."""
    told: bool = False
    """Whether it is the day of one of the versions: such a day may be left out or added."""


class _Figured:
    """The figures of one text and what its words explain."""

    def __init__(self, text: Text, sentences: Sequence[tuple[str, int]]) -> None:
        paragraphs = paragraphs_of(text.body)
        self.figures: list[_Placed] = []
        for number, paragraph in enumerate(paragraphs):
            own = [(at, each) for at, (each, of) in enumerate(sentences) if of == number]
            for figure in figures_in(paragraph, text.language):
                self.figures.append(_Placed(figure, _sentence_at(paragraph, figure.start, own), number))
        self.values = {(each.figure.kind, each.figure.value) for each in self.figures}
        self.spoken = spoken_numbers(text.body, text.language)
        self.years = {value for kind, value in self.values if kind == YEAR}
        self.explained = self._explained()

    def _explained(self) -> set[str]:
        """Numbers that stand here in another shape."""
        found = {str(value) for value in self.spoken}
        for kind, value in self.values:
            if kind == DAY:
                found |= {str(int(value[3:])), str(int(value[:2]))}
            elif kind == MONTH:
                found.add(str(int(value)))
            elif kind == YEAR:
                found |= {value, value[2:], str(int(value[2:]))}
            elif kind == TIME:
                hour = int(value[:2])
                found |= {str(hour), str(hour % 12 or 12), str(int(value[3:])), f"{hour}.{value[3:]}"}
                found |= {f"{hour}.{value[3:]}".rstrip("0").rstrip("."), str(hour % 12)}
            else:
                found.add(value)
                if "." not in value and 3 < len(value) < 7:
                    # 2.400 may be 2400 or 2.4: notations differ within one language.
                    found.add(f"{value[:-3]}.{value[-3:]}".rstrip("0").rstrip("."))
        return found


def _sentence_at(paragraph: str, start: int, sentences: Sequence[tuple[int, str]]) -> int:
    at, found = 0, sentences[0][0]
    for number, text in sentences:
        place = paragraph.find(text[:40], at)
        if place < 0 or place > start:
            break
        at, found = place, number
    return found


def _figures(left: Text, right: Text, alignment: Alignment, days: Collection[date]) -> Iterator[Flag]:
    ours = _Figured(left, [(each.text, each.paragraph) for each in alignment.left])
    theirs = _Figured(right, [(each.text, each.paragraph) for each in alignment.right])
    told = {f"{day.month:02d}-{day.day:02d}" for day in days}
    alone = {
        (side, at)
        for row in alignment.rows
        for pair in row.sentences
        for side, some in enumerate(pair)
        if not pair[1 - side]
        for at in some
    }
    for row in alignment.rows:
        if not row.left or not row.right:
            continue
        mine = [each for each in ours.figures if each.paragraph in row.left]
        other = [each for each in theirs.figures if each.paragraph in row.right]
        lacking = _lacking(mine, other, theirs, told), _lacking(other, mine, ours, told)
        yield from _row_flags(row, lacking, (ours, theirs), alone)


def _lacking(
    mine: Sequence[_Placed], other: Sequence[_Placed], theirs: _Figured, told: Collection[str]
) -> list[_Lacking]:
    """Figures that the other side of the row has not."""
    room = Counter((each.figure.kind, each.figure.value) for each in other)
    found: list[_Lacking] = []
    for each in mine:
        key = (each.figure.kind, each.figure.value)
        if room[key] > 0:
            room[key] -= 1
        elif each.figure.kind == DAY and _bare(each.figure.value, other):
            continue
        elif _explains(each.figure, theirs):
            found.append(_Lacking(each, nowhere=False))
        else:
            found.append(_Lacking(each, nowhere=True, told=each.figure.value in told))
    return found


def _explains(figure: Figure, theirs: _Figured) -> bool:
    """Whether a figure stands somewhere in the other text, in any shape."""
    if (figure.kind, figure.value) in theirs.values:
        return True
    value = figure.value
    match figure.kind:
        case "number":
            return (
                value in theirs.explained
                or _small(value)
                or _rounded(value, theirs.values)
                or _elliptic(value, theirs.values)
            )
        case "month":
            return any(kind == DAY and other[:2] == value for kind, other in theirs.values)
        case "year":
            return value in theirs.explained or str(int(value[2:])) in theirs.explained
        case _:
            hour, minute = int(value[:2]), value[3:]
            same = {f"{(hour + 12) % 24:02d}:{minute}", f"{hour:02d}:{minute}"}
            return (
                any(kind == TIME and other in same for kind, other in theirs.values)
                or f"{hour}.{minute}".rstrip("0").rstrip(".") in theirs.explained
                or (minute == "00" and bool({str(hour), str(hour % 12 or 12)} & theirs.explained))
            )


def _bare(day: str, other: Sequence[_Placed]) -> bool:
    """Whether a day stands beside without its month, "(8)", or in a way that is not read as a day."""
    number = str(int(day[3:]))
    return any(each.figure.kind == NUMBER and each.figure.value == number for each in other)


def _rounded(value: str, values: Collection[tuple[str, str]]) -> bool:
    """Whether the other text has the number with one more or fewer decimal that is a rounding of it."""
    whole, _, decimals = value.partition(".")
    if not decimals:
        return False
    return any(
        kind == NUMBER
        and other.partition(".")[0] == whole
        and other != value
        and (other.startswith(value) or value.startswith(other))
        and "." in other
        for kind, other in values
    )


def _elliptic(value: str, values: Collection[tuple[str, str]]) -> bool:
    """Whether only the word for thousands or millions is missing: "118 million, 40 of which a grant"."""
    return any(
        kind == NUMBER and (_times_thousands(value, other) or _times_thousands(other, value))
        for kind, other in values
    )


def _times_thousands(small: str, great: str) -> bool:
    whole, _, decimals = small.partition(".")
    digits = (whole + decimals).lstrip("0")
    zeros = len(great) - len(digits)
    return (
        float(small) < _WITHOUT_ITS_WORD
        and "." not in great
        and great == digits + "0" * max(0, zeros)
        and zeros + len(decimals) in (3, 6, 9, 12)
    )


def _small(value: str) -> bool:
    return value.isdigit() and int(value) < _SMALLEST


def _row_flags(
    row: Row,
    lacking: tuple[list[_Lacking], list[_Lacking]],
    sides: tuple[_Figured, _Figured],
    alone: Collection[tuple[int, int]],
) -> Iterator[Flag]:
    """Pair what stands against each other; what is left and found nowhere is missing or added."""
    ours, theirs = lacking
    partner = {at: set(other) for one, other in row.sentences for at in one}
    used: set[int] = set()
    for mine in ours:
        figure = mine.placed.figure
        choices = [
            (
                _distance(figure, other.placed.figure)
                + (0.0 if other.placed.sentence in partner.get(mine.placed.sentence, ()) else 2.0),
                number,
            )
            for number, other in enumerate(theirs)
            if number not in used and _may_differ(mine, other, sides)
        ]
        if choices:
            _, number = min(choices)
            used.add(number)
            instead = theirs[number].placed
            yield Flag(figure.kind, figure.raw, instead.figure.raw, mine.placed.paragraph, instead.paragraph)
        elif _is_lost(mine) and (0, mine.placed.sentence) not in alone:
            yield Flag(figure.kind, figure.raw, None, mine.placed.paragraph, row.right[0])
    for number, other in enumerate(theirs):
        if number not in used and _is_lost(other) and (1, other.placed.sentence) not in alone:
            figure = other.placed.figure
            yield Flag(figure.kind, None, figure.raw, row.left[0], other.placed.paragraph)


def _is_lost(lacking: _Lacking) -> bool:
    return lacking.nowhere and not lacking.told and lacking.placed.figure.kind in (NUMBER, DAY)


def _may_differ(mine: _Lacking, other: _Lacking, sides: tuple[_Figured, _Figured]) -> bool:
    """Whether two figures of a row may be one that was changed."""
    if not _comparable(mine.placed.figure, other.placed.figure) or (mine.told and other.told):
        return False
    if mine.nowhere and other.nowhere:
        return True
    return _twin(mine, other, sides)


def _twin(mine: _Lacking, other: _Lacking, sides: tuple[_Figured, _Figured]) -> bool:
    """Whether one of two is found elsewhere only because its text has it more often than the other text."""
    if not (mine.nowhere or other.nowhere):
        return False
    kept, at = (other, 1) if mine.nowhere else (mine, 0)
    key = (kept.placed.figure.kind, kept.placed.figure.value)
    counts = [
        sum(1 for each in side.figures if (each.figure.kind, each.figure.value) == key) for side in sides
    ]
    return counts[at] > counts[1 - at] > 0 and key[0] != MONTH


def _comparable(one: Figure, other: Figure) -> bool:
    if one.kind != other.kind:
        return False
    if one.kind != NUMBER:
        return True
    return _size(one) - _size(other) in (-1, 0, 1) or _same_digits(one, other)


def _same_digits(one: Figure, other: Figure) -> bool:
    """276 million and 276 billion."""
    ours, theirs = (each.value.replace(".", "").strip("0") for each in (one, other))
    return ours == theirs and len(ours) > 1


def _size(figure: Figure) -> int:
    return len(figure.value.partition(".")[0])


def _distance(one: Figure, other: Figure) -> float:
    """How unlike two figures of one kind are: digits that differ."""
    a, b = one.value, other.value
    if _same_digits(one, other):
        return 0.1
    same = sum(1 for x, y in zip(a, b, strict=False) if x == y)
    return 1.0 - same / max(len(a), len(b)) + 0.5 * abs(_size(one) - _size(other))


def _names(left: Text, right: Text, alignment: Alignment) -> Iterator[Flag]:
    """Names of several words that stand against each other and are not the same.

    One word alone may be a place, and places have other names in other languages.
    """
    ours = Naming([each.text for each in alignment.left], left.language)
    theirs = Naming([each.text for each in alignment.right], right.language)
    if not (ours.cased and theirs.cased):
        return
    seen: set[tuple[str, str]] = set()
    for row in alignment.rows:
        for one, other in row.sentences:
            mine = [name for name in ours.names if name.sentence in one and len(name.words) > 1]
            others = [name for name in theirs.names if name.sentence in other and len(name.words) > 1]
            for name, instead in _other_names(mine, others, ours, theirs):
                if (str(name), str(instead)) not in seen:
                    seen.add((str(name), str(instead)))
                    yield Flag(
                        NAME,
                        str(name),
                        str(instead),
                        alignment.left[name.sentence].paragraph,
                        alignment.right[instead.sentence].paragraph,
                    )


def _other_names(
    mine: Sequence[Name], others: Sequence[Name], ours: Naming, theirs: Naming
) -> Iterator[tuple[Name, Name]]:
    wholly: list[Name] = []
    for name in mine:
        if all(theirs.has(word) for word in name.words):
            continue
        partly = [other for other in others if _in_part(name, other, ours, theirs)]
        if partly:
            yield name, partly[0]
        elif not any(theirs.has(word) for word in name.words):
            wholly.append(name)
    instead = [other for other in others if not any(ours.has(word) for word in other.words)]
    if len(wholly) == len(instead) == 1 and len(wholly[0].words) == len(instead[0].words):
        yield wholly[0], instead[0]


def _in_part(name: Name, other: Name, ours: Naming, theirs: Naming) -> bool:
    """Whether a part of two names is the same and the rest found nowhere: Camarillo Prado, Pardal Prado."""
    if len(name.words) != len(other.words):
        return False
    same = [same_word(one, instead) for one, instead in zip(name.words, other.words, strict=True)]
    if not any(same) or all(same):
        return False
    return all(
        alike or not (theirs.has(one) or ours.has(instead))
        for alike, one, instead in zip(same, name.words, other.words, strict=True)
    )


def _passages(left: Text, right: Text, alignment: Alignment) -> Iterator[Flag]:
    """Paragraphs and sentences that stand on one side only, and rows out of order."""
    paragraphs = paragraphs_of(left.body), paragraphs_of(right.body)
    for row in alignment.rows:
        if row.left and row.right:
            if row.moved:
                yield Flag(
                    MOVED, paragraphs[0][row.left[0]], paragraphs[1][row.right[0]], row.left[0], row.right[0]
                )
            yield from _lone_sentences(row, alignment)
            continue
        side = 0 if row.left else 1
        for paragraph in row.left or row.right:
            text = paragraphs[side][paragraph]
            if _elsewhere(side, paragraph, alignment) or _is_dateline(text, paragraph):
                continue
            yield _lone(side, text, paragraph, None)


def _lone(side: int, text: str, paragraph: int, beside: int | None) -> Flag:
    if side == 0:
        return Flag(LEFT_OUT, text, None, paragraph, beside)
    return Flag(ADDED, None, text, beside, paragraph)


def _elsewhere(side: int, paragraph: int, alignment: Alignment) -> bool:
    """Whether most of a paragraph's sentences stand in a paragraph that has its own row."""
    sentences = (alignment.left, alignment.right)[side]
    own = [at for at, each in enumerate(sentences) if each.paragraph == paragraph]
    likeness = alignment.likeness if side == 0 else alignment.likeness.T
    if not likeness.size:
        return False
    best = [float(likeness[at].max()) for at in own]
    lengths = [units(sentences[at].text) for at in own]
    held = sum(length for length, alike in zip(lengths, best, strict=True) if alike >= _ELSEWHERE)
    return held > sum(lengths) / 2


def _is_dateline(text: str, paragraph: int) -> bool:
    return paragraph <= 1 and units(text) <= _DATELINE and any(char.isdigit() for char in text)


def _lone_sentences(row: Row, alignment: Alignment) -> Iterator[Flag]:
    """Sentences against which nothing stands, when their row also lacks their length."""
    held = [at for one, _ in row.sentences for at in one], [at for _, other in row.sentences for at in other]
    lengths = [
        sum(units(side[at].text) for at in some)
        for side, some in zip((alignment.left, alignment.right), held, strict=True)
    ]
    expected = lengths[0] * alignment.ratio
    surplus = expected - lengths[1], lengths[1] - expected
    for one, other in row.sentences:
        side = 0 if one and not other else 1 if other and not one else None
        if side is None:
            continue
        sentences = (alignment.left, alignment.right)[side]
        likeness = alignment.likeness if side == 0 else alignment.likeness.T
        for at in one or other:
            length = units(sentences[at].text) * (alignment.ratio if side == 0 else 1.0)
            alike = float(np.max(likeness[at, held[1 - side]], initial=0.0))
            if length < _SHORTEST_SENTENCE or alike > _NOTHING or surplus[side] < _DEFICIT * length:
                continue
            if _is_dateline(sentences[at].text, sentences[at].paragraph):
                continue
            beside = (row.right if side == 0 else row.left)[0]
            yield _lone(side, sentences[at].text, sentences[at].paragraph, beside)


def _insertions(left: Text, right: Text) -> Iterator[Flag]:
    """Square brackets that only one version has: an editor's words."""
    held = Counter(_INSERTION.findall(left.body))
    for number, paragraph in enumerate(paragraphs_of(right.body)):
        for match in _INSERTION.finditer(paragraph):
            if held[match[0]]:
                held[match[0]] -= 1
            elif not _BROKEN_OFF.match(match[0]):
                yield Flag(INSERTED, None, match[0], None, number)
