"""What two prepared texts share: which anchors, and in which passages they stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.alignment import Table
from pipelines.linking.prepared import (
    CALENDAR,
    COARSE,
    COGNATE,
    CONCEPT,
    COUNT,
    DATE,
    FINE,
    KINDS,
    NAME,
    NUMBER,
    TITLE,
    WORD,
    Prepared,
)
from pipelines.linking.scripts import kinds_compared

WEIGHTS = np.zeros(len(KINDS), dtype=np.float32)
"""What an anchor of each kind weighs that stands in one passage of each text."""
WEIGHTS[[NUMBER, COUNT, DATE, CONCEPT, CALENDAR]] = 3.0, 1.0, 3.0, 1.5, 1.0
WEIGHTS[[NAME, COGNATE, FINE, COARSE, WORD]] = 1.5, 0.8, 1.2, 0.8, 0.5

FIGURES = (NUMBER, DATE, COUNT)


_IS_FIGURE = np.zeros(len(KINDS), dtype=bool)
_IS_FIGURE[list(FIGURES)] = True

GROUPS: tuple[tuple[int, ...], ...] = (
    (NUMBER,), (COUNT,), (DATE,), (CONCEPT,), (NAME, FINE, COARSE), (COGNATE, WORD),
)  # fmt: skip
"""Kinds of anchors that are counted together."""
GROUP_OF = np.full(len(KINDS), len(GROUPS), dtype=np.uint8)
for _at, _group in enumerate(GROUPS):
    GROUP_OF[list(_group)] = _at


class Side:
    """The anchors of some kinds of one text, each hash once, sorted."""

    __slots__ = (
        "_columns",
        "_rows",
        "counts",
        "figures",
        "groups",
        "keys",
        "kinds",
        "marks",
        "passages",
        "spread",
        "title",
        "title_days",
        "title_figures",
        "units",
        "weight",
    )

    def __init__(self, prepared: Prepared, kinds: Collection[int]) -> None:
        wanted = np.zeros(len(KINDS), dtype=bool)
        wanted[list(kinds)] = True
        chosen = wanted[prepared.kinds]
        titled = prepared.places == TITLE
        inside = np.flatnonzero(chosen & ~titled)
        headline = np.flatnonzero(chosen & titled)
        titles = prepared.hashes[headline]
        self.title: frozenset[int] = frozenset(titles.tolist())
        self.title_days: frozenset[int] = frozenset(titles[prepared.kinds[headline] == DATE].tolist())
        self.title_figures: frozenset[int] = frozenset(
            titles[_IS_FIGURE[prepared.kinds[headline]]].tolist() if len(titles) else ()
        )
        hashes = prepared.hashes[inside]
        first = np.ones(len(hashes), dtype=bool)
        np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
        starts = np.flatnonzero(first)
        self.keys = hashes[starts]
        self.kinds = prepared.kinds[inside[starts]]
        ends = np.empty(len(starts), dtype=np.intp)
        if len(starts):
            ends[:-1], ends[-1] = starts[1:], len(hashes)
        self.spread = (ends - starts).astype(np.float32)
        """In how many passages each stands."""
        self.weight = float((WEIGHTS[self.kinds] / np.sqrt(self.spread)).sum())
        self.groups = GROUP_OF[self.kinds]
        """Of each key, its place in `GROUPS`."""
        self.counts: list[int] = np.bincount(self.groups, minlength=len(GROUPS) + 1).tolist()
        """Keys of each group."""
        self.figures = int(_IS_FIGURE[self.kinds].sum())
        """Keys that are figures."""
        self.marks: list[float] = prepared.all_marks.tolist()
        """Marks of the whole text."""
        self.units = prepared.units
        self.passages = len(prepared.lengths)
        self._rows = np.cumsum(first) - 1
        self._columns = prepared.places[inside]

    def matrix(self, chosen: NDArray[np.intp]) -> NDArray[np.float32]:
        """A row for each chosen key (a place in `keys`), a column for each passage: 1 where it stands."""
        place = np.full(len(self.keys), -1, dtype=np.intp)
        place[chosen] = np.arange(len(chosen))
        rows = place[self._rows]
        held = rows >= 0
        found = np.zeros((len(chosen), self.passages), dtype=np.float32)
        found[rows[held], self._columns[held]] = 1.0
        return found

    def count_within(self, chosen: NDArray[np.bool_], passages: Collection[int]) -> int:
        """How many of the chosen keys stand in any of these passages."""
        looked_at = np.zeros(self.passages, dtype=bool)
        looked_at[list(passages)] = True
        found = np.zeros(len(self.keys), dtype=bool)
        found[self._rows[chosen[self._rows] & looked_at[self._columns]]] = True
        return int(found.sum())


def side_of(prepared: Prepared, kinds: tuple[int, ...]) -> Side:
    """One side; kept with the text, because a text is compared with many."""
    found = prepared.sides.get(kinds)
    if not isinstance(found, Side):
        found = prepared.sides[kinds] = Side(prepared, kinds)
    return found


@dataclass(frozen=True, slots=True)
class Common:
    """The anchors that two texts have in common."""

    left: Side
    right: Side
    at_left: NDArray[np.intp]
    """Places of the shared anchors in `left.keys`."""
    at_right: NDArray[np.intp]

    @property
    def least(self) -> float:
        """What all anchors of the text with less weigh."""
        return min(self.left.weight, self.right.weight)

    @property
    def figures(self) -> int:
        """How many figures are shared."""
        return int(_IS_FIGURE[self.left.kinds[self.at_left]].sum())

    @property
    def fewer_unshared_figures(self) -> int:
        """Figures that the other text has nowhere, of the text with fewer such."""
        both = self.figures
        return min(
            self.left.figures - both,
            self.right.figures - int(_IS_FIGURE[self.right.kinds[self.at_right]].sum()),
        )

    @property
    def most(self) -> float:
        """What the whole of `table` sums up to."""
        spread = self.left.spread[self.at_left] * self.right.spread[self.at_right]
        return float((WEIGHTS[self.left.kinds[self.at_left]] * np.sqrt(spread)).sum())

    def counts(self) -> list[int]:
        """How many are shared of each group."""
        found: list[int] = np.bincount(self.left.groups[self.at_left], minlength=len(GROUPS) + 1).tolist()
        return found

    def table(self) -> Table:
        """Weight of what is shared, for each passage of the left with each of the right."""
        spread = self.left.spread[self.at_left] * self.right.spread[self.at_right]
        # What stands in many passages says less about each.
        weights = WEIGHTS[self.left.kinds[self.at_left]] / np.sqrt(spread)
        ours, theirs = self.left.matrix(self.at_left), self.right.matrix(self.at_right)
        return np.asarray(ours.T @ (theirs * weights[:, None]))

    def apart(self, left_passages: Collection[int], right_passages: Collection[int]) -> tuple[int, int]:
        """Figures in these passages that the other text has nowhere: of the left, of the right."""
        return (
            _unshared(self.left, self.at_left, left_passages),
            _unshared(self.right, self.at_right, right_passages),
        )


def common(left: Prepared, right: Prepared) -> Common:
    """What two texts share, of the kinds that their languages can share."""
    kinds = kinds_compared(left.language, right.language)
    one, other = side_of(left, kinds), side_of(right, kinds)
    return Common(one, other, *_intersect(one.keys, other.keys))


def _intersect(
    left: NDArray[np.uint64], right: NDArray[np.uint64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places of equal values in two sorted arrays without repetition."""
    if not len(left) or not len(right):
        nothing = np.zeros(0, dtype=np.intp)
        return nothing, nothing
    at = np.searchsorted(right, left)
    at[at == len(right)] = 0
    held = np.flatnonzero(right[at] == left)
    return held, at[held]


def _unshared(side: Side, shared: NDArray[np.intp], passages: Collection[int]) -> int:
    left_out = _IS_FIGURE[side.kinds]
    left_out[shared] = False
    if not passages or not left_out.any():
        return 0
    return side.count_within(left_out, passages)


def shared_titles(found: Common) -> float:
    """Anchors that the headlines share, as part of those of the one with fewer and one more."""
    ours, theirs = found.left.title, found.right.title
    if not ours or not theirs:
        return 0.0
    return len(ours & theirs) / (min(len(ours), len(theirs)) + 1.0)


def titles_clash(found: Common) -> bool:
    """Whether each headline has a figure that the other has not."""
    ours, theirs = found.left.title_figures, found.right.title_figures
    return bool(ours - theirs and theirs - ours)


def titles_name_other_days(found: Common) -> bool:
    """Whether both headlines name a day, and none that is the same."""
    ours, theirs = found.left.title_days, found.right.title_days
    return bool(ours and theirs) and ours.isdisjoint(theirs)
