"""Two versions of a text side by side: which paragraphs and sentences stand against which.

Unlike `alignment`, which asks how much two texts have in common, this takes it for granted that they are
versions of one text. So order and length count too: a paragraph without a figure or name stands between its
neighbours. A step takes one paragraph of each side, or one against two or three, or leaves one out; what is
left over on both sides and shares much was moved. Sentences are aligned in the same way inside each row.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.passages import passages_of, units
from pipelines.linking.prepared import DATE, NUMBER, prepare
from pipelines.linking.sharing import WEIGHTS, Common, Side, common

Table = NDArray[np.float32]

_ALIKE = 3.0
"""What full agreement of figures, names and words is worth."""
_NEAR = 2.0
"""What full agreement of vectors is worth."""
_IN_ORDER = 0.45
"""What standing in order is worth."""
_LENGTH = 1.1
"""What a length e times another's costs."""
_JOINED = 0.35
"""What each further paragraph in a step costs."""
_NOTHING_IN_COMMON = 0.6
"""What it costs when both have two figures or more and share nothing."""
_NEAREST = 0.35
"""Cosine from which on sentences may have something in common."""
_MOVED = 0.2
"""Likeness from which on paragraphs out of order are the same, when nothing else is half as alike."""
_LIKE_LENGTH = 0.35
"""Logarithm of two lengths' quotient up to which they are alike."""
_MOST_JOINED = 3


@dataclass(frozen=True, slots=True)
class Text:
    """One version: its language (primary tag) and body, paragraphs separated by empty lines."""

    language: str
    body: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and the number of its paragraph, counting from 0."""

    text: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs that stand against each other; one side is empty where the other stands alone."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    moved: bool
    """Whether it stands elsewhere in the order of the other text."""
    sentences: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    """The same for sentences, by their numbers in the whole texts."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """Two texts side by side, in order of the left one."""

    left: tuple[Sentence, ...]
    right: tuple[Sentence, ...]
    rows: tuple[Row, ...]
    likeness: Table
    """Of each sentence of the left with each of the right, from 0 to 1."""
    ratio: float
    """Length of the right text's paragraphs over those of the left that they stand against."""


def paragraphs_of(body: str) -> tuple[str, ...]:
    """The paragraphs of a body, none of them empty."""
    return tuple(each.strip() for each in body.split("\n\n") if each.strip())


def sentences_of(body: str) -> tuple[Sentence, ...]:
    """The sentences of a body with the paragraphs they stand in."""
    return tuple(
        Sentence(passage, number)
        for number, paragraph in enumerate(paragraphs_of(body))
        for passage in passages_of(paragraph)
    )


def align(left: Text, right: Text, encoder: Encoder | None = None) -> Alignment:
    """Put two versions side by side. An encoder is used when it knows both languages."""
    ours, theirs = sentences_of(left.body), sentences_of(right.body)
    if not ours or not theirs:
        alone = _alone(ours, theirs)
        return Alignment(ours, theirs, alone, np.zeros((len(ours), len(theirs)), np.float32), 1.0)
    table = _Likeness(left, right, ours, theirs, encoder)
    ratio = 1.0
    steps: list[tuple[range, range]] = []
    for _ in range(2):
        steps = _best_steps(
            table.of_paragraphs(), table.lengths(0), table.lengths(1), ratio, table.strangers()
        )
        ratio = _ratio(steps, table.lengths(0), table.lengths(1))
    paired = [(tuple(a), tuple(b), False) for a, b in steps]
    paired = _with_moved(paired, table)
    rows = tuple(_row(a, b, moved, ours, theirs, table, ratio) for a, b, moved in paired)
    return Alignment(ours, theirs, rows, table.sentences, ratio)


def _alone(ours: Sequence[Sentence], theirs: Sequence[Sentence]) -> tuple[Row, ...]:
    lefts = sorted({each.paragraph for each in ours})
    rights = sorted({each.paragraph for each in theirs})
    return tuple(Row((number,), (), False, ((_of(ours, (number,)), ()),)) for number in lefts) + tuple(
        Row((), (number,), False, (((), _of(theirs, (number,))),)) for number in rights
    )


def _of(sentences: Sequence[Sentence], paragraphs: Sequence[int]) -> tuple[int, ...]:
    return tuple(at for at, each in enumerate(sentences) if each.paragraph in paragraphs)


class _Likeness:
    """How alike the sentences and paragraphs of two texts are."""

    def __init__(
        self,
        left: Text,
        right: Text,
        ours: Sequence[Sentence],
        theirs: Sequence[Sentence],
        encoder: Encoder | None,
    ) -> None:
        self._sides = (ours, theirs)
        shared = common(
            *(
                prepare("", "\n\n".join(each.text for each in some), text.language)
                for text, some in ((left, ours), (right, theirs))
            )
        )
        self._table, self._own = _anchors(shared, len(ours), len(theirs))
        self._figures = [
            _figures_held(side, len(some))
            for side, some in zip((shared.left, shared.right), self._sides, strict=True)
        ]
        self._cosines = _cosines(left, right, ours, theirs, encoder)
        self.sentences: Table = self._mixed(self._table, self._own, self._cosines)
        self._paragraphs = [
            [_of(side, (number,)) for number in range(1 + max(each.paragraph for each in side))]
            for side in self._sides
        ]

    def lengths(self, side: int) -> list[float]:
        """Lengths of the paragraphs of a side, in units."""
        return [
            sum(units(self._sides[side][at].text) for at in some) + 1.0 for some in self._paragraphs[side]
        ]

    def strangers(self) -> NDArray[np.bool_]:
        """Paragraphs that both have two figures or more and share nothing to speak of."""
        figures = [
            np.array([held[list(places)].sum() for places in some])
            for held, some in zip(self._figures, self._paragraphs, strict=True)
        ]
        many = np.minimum(figures[0][:, None], figures[1][None, :]) >= 2
        return np.asarray(many & (self.of_paragraphs() < 0.05))

    def of_paragraphs(self) -> Table:
        """Likeness of paragraphs: of all they hold."""
        first, second = self._paragraphs
        table = np.zeros((len(first), len(second)), np.float32)
        own = np.ones(len(first), np.float32), np.ones(len(second), np.float32)
        for side, some in enumerate((first, second)):
            for number, places in enumerate(some):
                own[side][number] = self._own[side][list(places)].sum()
        cosines = None if self._cosines is None else np.zeros_like(table)
        for i, ours in enumerate(first):
            for j, theirs in enumerate(second):
                cells = np.ix_(ours, theirs)
                # An anchor counts once, however many sentences of the paragraph hold it.
                table[i, j] = self._table[cells].max(axis=int(len(ours) > len(theirs)), initial=0).sum()
                if cosines is not None and self._cosines is not None:
                    cosines[i, j] = self._cosines[cells].max(axis=1, initial=0).mean()
        return self._mixed(table, own, cosines)

    @staticmethod
    def _mixed(table: Table, own: tuple[Table, Table], cosines: Table | None) -> Table:
        least = np.sqrt(np.outer(own[0] + 1.0, own[1] + 1.0))
        alike = np.minimum(1.0, table / least)
        if cosines is None:
            return np.asarray(alike, np.float32)
        near = np.clip((cosines - _NEAREST) / (0.9 - _NEAREST), 0.0, 1.0)
        return np.asarray((_ALIKE * alike + _NEAR * near) / (_ALIKE + _NEAR) * 1.2, np.float32)


def _anchors(shared: Common, ours: int, theirs: int) -> tuple[Table, tuple[Table, Table]]:
    """Weight of what sentences share, and of what each holds; sentences must be the passages."""
    table = np.zeros((ours, theirs), np.float32)
    found = shared.table()
    n, m = min(ours, found.shape[0]), min(theirs, found.shape[1])
    table[:n, :m] = found[:n, :m]
    return table, (_held(shared.left, ours), _held(shared.right, theirs))


def _held(side: Side, sentences: int) -> Table:
    held = np.zeros(sentences, np.float32)
    weights = WEIGHTS[side.kinds] / side.spread
    found = (side.matrix(np.arange(len(side.keys))) * weights[:, None]).sum(axis=0)
    count = min(sentences, len(found))
    held[:count] = found[:count]
    return held


def _figures_held(side: Side, sentences: int) -> Table:
    held = np.zeros(sentences, np.float32)
    chosen = np.flatnonzero(np.isin(side.kinds, (NUMBER, DATE)))
    found = side.matrix(chosen).sum(axis=0)
    count = min(sentences, len(found))
    held[:count] = found[:count]
    return held


def _cosines(
    left: Text,
    right: Text,
    ours: Sequence[Sentence],
    theirs: Sequence[Sentence],
    encoder: Encoder | None,
) -> Table | None:
    if encoder is None or (
        encoder.languages is not None and not {left.language, right.language} <= encoder.languages
    ):
        return None
    rows = [encoder.encode([each.text for each in some]) for some in (ours, theirs)]
    unit = [each / np.maximum(1e-9, np.linalg.norm(each, axis=1, keepdims=True)) for each in rows]
    return np.asarray(unit[0] @ unit[1].T, np.float32)


def _best_steps(
    likeness: Table,
    left: Sequence[float],
    right: Sequence[float],
    ratio: float,
    strangers: NDArray[np.bool_] | None = None,
) -> list[tuple[range, range]]:
    """The best way through both sides, in order."""
    n, m = likeness.shape
    best = np.full((n + 1, m + 1), -math.inf)
    came: dict[tuple[int, int], tuple[int, int]] = {}
    best[0, 0] = 0.0
    shapes = [(1, 0), (0, 1), (1, 1)]
    shapes += [(1, more) for more in range(2, _MOST_JOINED + 1)]
    shapes += [(more, 1) for more in range(2, _MOST_JOINED + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            if best[i, j] == -math.inf:
                continue
            for down, across in shapes:
                if i + down > n or j + across > m:
                    continue
                worth = best[i, j] + _worth(i, down, j, across, likeness, left, right, ratio)
                if strangers is not None and strangers[i : i + down, j : j + across].any():
                    worth -= _NOTHING_IN_COMMON
                if worth > best[i + down, j + across]:
                    best[i + down, j + across] = worth
                    came[i + down, j + across] = (down, across)
    steps: list[tuple[range, range]] = []
    i, j = n, m
    while i or j:
        down, across = came[i, j]
        steps.append((range(i - down, i), range(j - across, j)))
        i, j = i - down, j - across
    return steps[::-1]


def _worth(
    i: int,
    down: int,
    j: int,
    across: int,
    likeness: Table,
    left: Sequence[float],
    right: Sequence[float],
    ratio: float,
) -> float:
    if not down or not across:
        return 0.0
    ours, theirs = sum(left[i : i + down]) * ratio, sum(right[j : j + across])
    block = likeness[i : i + down, j : j + across]
    weights = np.asarray(left[i : i + down] if down > 1 else right[j : j + across])
    alike = float((block.ravel() * weights).sum() / weights.sum())
    if down + across > 2 and float(block.min()) < 0.05:
        # Something that shares nothing is not part of a join.
        alike *= 0.7
    return _ALIKE * alike + _IN_ORDER - _LENGTH * abs(math.log(theirs / ours)) - _JOINED * (down + across - 2)


def _ratio(steps: Sequence[tuple[range, range]], left: Sequence[float], right: Sequence[float]) -> float:
    quotients = sorted(
        math.log(sum(right[each] for each in theirs) / sum(left[each] for each in ours))
        for ours, theirs in steps
        if ours and theirs
    )
    if not quotients:
        return 1.0
    middle = quotients[len(quotients) // 2]
    return math.exp(max(-0.5, min(0.5, middle)))


def _with_moved(
    paired: list[tuple[tuple[int, ...], tuple[int, ...], bool]], table: _Likeness
) -> list[tuple[tuple[int, ...], tuple[int, ...], bool]]:
    """Join what is left over on both sides and alike: it was moved."""
    likeness = table.of_paragraphs()
    left = [a[0] for a, b, _ in paired if a and not b]
    right = [b[0] for a, b, _ in paired if b and not a]
    cells = sorted(((float(likeness[a, b]), a, b) for a in left for b in right), reverse=True)
    chosen: dict[int, int] = {}
    for worth, i, j in cells:
        others = max(np.delete(likeness[i], j).max(initial=0), np.delete(likeness[:, j], i).max(initial=0))
        if worth >= max(_MOVED, 2 * others) and i not in chosen and j not in chosen.values():
            chosen[i] = j
    lone = [i for i in left if i not in chosen], [j for j in right if j not in chosen.values()]
    if len(lone[0]) == len(lone[1]) == 1:
        (i,), (j,) = lone
        lengths = table.lengths(0)[i], table.lengths(1)[j]
        if abs(math.log(lengths[1] / lengths[0])) < _LIKE_LENGTH and not table.strangers()[i, j]:
            chosen[i] = j
    made: list[tuple[tuple[int, ...], tuple[int, ...], bool]] = []
    for a, b, moved in paired:
        if a and not b and a[0] in chosen:
            made.append((a, (chosen[a[0]],), True))
        elif b and not a and b[0] in chosen.values():
            continue
        else:
            made.append((a, b, moved))
    return made


def _row(
    a: tuple[int, ...],
    b: tuple[int, ...],
    moved: bool,
    ours: Sequence[Sentence],
    theirs: Sequence[Sentence],
    table: _Likeness,
    ratio: float,
) -> Row:
    left, right = _of(ours, a), _of(theirs, b)
    if not left or not right:
        return Row(a, b, moved, ((left, right),))
    block = table.sentences[np.ix_(left, right)]
    steps = _best_steps(
        block,
        [units(ours[at].text) for at in left],
        [units(theirs[at].text) for at in right],
        ratio,
    )
    numbered = [(tuple(left[at] for at in one), tuple(right[at] for at in other)) for one, other in steps]
    return Row(a, b, moved, tuple(_met(numbered, ours, theirs, ratio)))


def _met(
    steps: Sequence[tuple[tuple[int, ...], tuple[int, ...]]],
    ours: Sequence[Sentence],
    theirs: Sequence[Sentence],
    ratio: float,
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Two sentences of like length that both stand alone, one right after the other, belong together."""
    waiting: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    for one, other in steps:
        if waiting is not None:
            before = waiting
            waiting = None
            if bool(before[0]) == bool(other) and bool(before[1]) == bool(one) and not (one and other):
                both = (before[0] or one, before[1] or other)
                lengths = [
                    sum(units(side[at].text) for at in some)
                    for side, some in zip((ours, theirs), both, strict=True)
                ]
                if abs(math.log(lengths[1] / (lengths[0] * ratio))) < _LIKE_LENGTH:
                    yield both
                    continue
            yield before
        if one and other:
            yield one, other
        else:
            waiting = one, other
    if waiting is not None:
        yield waiting
