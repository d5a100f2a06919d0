"""Figures of two versions that differ, are missing or were added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.linking.figures import DAY, MONTH, NUMBER, TIME, YEAR, Figure, figures_in
from pipelines.linking.flags import Flag
from pipelines.linking.rows import Alignment, Row, Text, paragraphs_of
from pipelines.linking.spoken_numbers import spoken_numbers

_SMALLEST = 3
"""Smaller numbers are said in too many ways (both, twice, another)."""
_WITHOUT_ITS_WORD = 1000
"""Smaller numbers may stand for thousands or millions that were just named."""


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


def differing_figures(
    left: Text, right: Text, alignment: Alignment, days: Collection[date]
) -> Iterator[Flag]:
    """Flags of figures, row by row. `days` may be written out, or left out for "today"."""
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
