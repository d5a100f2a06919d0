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


class Side:
    """The anchors of some kinds of one text, each hash once, sorted."""

    __slots__ = ("_columns", "_rows", "keys", "kinds", "passages", "spread", "title", "title_kinds", "weight")

    def __init__(self, prepared: Prepared, kinds: Collection[int]) -> None:
        wanted = np.zeros(len(KINDS), dtype=bool)
        wanted[list(kinds)] = True
        chosen = wanted[prepared.kinds]
        titled = prepared.places == TITLE
        inside = chosen & ~titled
        headline = chosen & titled
        self.title = prepared.hashes[headline]
        self.title_kinds = prepared.kinds[headline]
        hashes = prepared.hashes[inside]
        first = np.ones(len(hashes), dtype=bool)
        first[1:] = hashes[1:] != hashes[:-1]
        starts = np.flatnonzero(first)
        self.keys = hashes[starts]
        self.kinds = prepared.kinds[inside][starts]
        self.spread = np.diff(starts, append=len(hashes)).astype(np.float32)
        """In how many passages each stands."""
        self.weight = float((WEIGHTS[self.kinds] / np.sqrt(self.spread)).sum())
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
    weights: NDArray[np.float32]
    """What each weighs: less the more passages it stands in."""

    @property
    def weight(self) -> float:
        """What all of them weigh."""
        return float(self.weights.sum())

    @property
    def least(self) -> float:
        """What all anchors of the text with less weigh."""
        return min(self.left.weight, self.right.weight)

    @property
    def kinds(self) -> NDArray[np.uint8]:
        """Kind of each shared anchor."""
        return np.asarray(self.left.kinds[self.at_left])

    def table(self) -> Table:
        """Weight of what is shared, for each passage of the left with each of the right."""
        ours, theirs = self.left.matrix(self.at_left), self.right.matrix(self.at_right)
        return ours.T @ (theirs * self.weights[:, None])

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
    at_left, at_right = _intersect(one.keys, other.keys)
    weights = WEIGHTS[one.kinds[at_left]] / np.sqrt(one.spread[at_left] * other.spread[at_right])
    return Common(one, other, at_left, at_right, weights)


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
    left_out = np.isin(side.kinds, FIGURES)
    left_out[shared] = False
    chosen = np.flatnonzero(left_out)
    if not len(chosen) or not passages:
        return 0
    return int(side.matrix(chosen)[:, sorted(passages)].any(axis=1).sum())


def shared_titles(found: Common) -> float:
    """Anchors that the headlines share, as part of those of the one with fewer and one more."""
    ours, theirs = found.left.title, found.right.title
    if not len(ours) or not len(theirs):
        return 0.0
    return len(np.intersect1d(ours, theirs)) / (min(len(ours), len(theirs)) + 1.0)


def titles_clash(found: Common) -> bool:
    """Whether each headline has a figure that the other has not."""
    figures = [
        set(side.title[np.isin(side.title_kinds, FIGURES)].tolist()) for side in (found.left, found.right)
    ]
    return bool(figures[0] - figures[1] and figures[1] - figures[0])
