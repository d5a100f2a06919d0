"""Passages of one text aligned with those of another, in order.

A path leads through the table of similarities (not negative) from the first passages of both texts to the
last. A step takes one passage of each side, or one of one side with two of the other (translators join and
split sentences), or leaves a passage out. The best path has the greatest sum. Leaving out costs nothing, so
a text that is cut, framed or has an appendix aligns as well as a whole one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float32]

_ALIKE = 1.34
_FEW = 4
_SMALL = 9
_MOST_CELLS = 200_000
"""Of one table of each stack that are summed up at once."""


@dataclass(frozen=True, slots=True)
class Path:
    """A best path."""

    total: float
    cells: tuple[tuple[int, int], ...]
    """Pairs of passages on it, in order; a passage is in two of them where two stand against one."""


def best_path(similarity: Table) -> Path:
    """The best path; cells of no similarity are left out of it."""
    return best_path_and_sums(similarity[None])[0]


def best_path_and_sums(similarities: Table) -> tuple[Path, tuple[float, ...]]:
    """The best path through the first of several tables of one shape, and the best sums of the others.

    All at once they cost hardly more than one.
    """
    (found,) = align([similarities])
    return found.path, found.others


@dataclass(frozen=True, slots=True)
class Aligned:
    """What the best paths through several tables of one shape sum up to."""

    total: float
    """Of the first."""
    others: tuple[float, ...]
    """Of the others, in order."""
    similarity: Table
    """The first table."""
    _sums: Table

    @property
    def path(self) -> Path:
        """The best path through the first table; it is looked for each time."""
        return _path(self.similarity, self._sums) if self.similarity.size else Path(0.0, ())


def align(stacks: Sequence[Table]) -> Iterator[Aligned]:
    """What the best paths sum up to, for each of many stacks of tables; all stacks are of one height.

    Stacks of about one size are filled up with zeros, which no path gains by, and summed up at once.
    """
    found: dict[int, Aligned] = {}
    for places in _alike([each.shape[1:] for each in stacks]):
        some = [stacks[place] for place in places]
        height = len(some[0])
        filled = np.zeros(
            (len(some), height, max(each.shape[1] for each in some), max(each.shape[2] for each in some)),
            dtype=np.float32,
        )
        for own, each in zip(filled, some, strict=True):
            own[:, : each.shape[1], : each.shape[2]] = each
        sums = _sums(filled.reshape(len(some) * height, *filled.shape[2:]))
        sums = sums.reshape(len(some), height, *sums.shape[1:])
        for place, each, own in zip(places, some, sums, strict=True):
            _, n, m = each.shape
            ends = own[:, n, m].tolist()
            found[place] = Aligned(ends[0], tuple(ends[1:]), each[0], own[0, : n + 1, : m + 1])
    for place in range(len(stacks)):
        yield found.pop(place)


def _alike(shapes: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
    """Places of shapes that differ little, not too many at a time."""
    some: list[int] = []
    for place in sorted(range(len(shapes)), key=lambda at: (_step(shapes[at][0]), shapes[at][1])):
        if some:
            first, shape = shapes[some[0]], shapes[place]
            if (
                _step(first[0]) != _step(shape[0])
                or shape[1] > _ALIKE * first[1] + _FEW
                or shape[0] * shape[1] * len(some) > _MOST_CELLS
            ):
                yield some
                some = []
        some.append(place)
    if some:
        yield some


def _step(size: int) -> int:
    """Sizes of one step differ by at most a third, or two."""
    return size // 3 if size < _SMALL else _SMALL + int(math.log(size) / math.log(_ALIKE))


def _path(similarity: Table, sums: Table) -> Path:
    cells: list[tuple[int, int]] = []
    rows, table = sums.tolist(), similarity.tolist()
    i, j = len(rows) - 1, len(rows[0]) - 1
    while i > 0 and j > 0:
        here = rows[i][j]
        if here == rows[i - 1][j]:
            i -= 1
        elif here == rows[i][j - 1]:
            j -= 1
        else:
            steps = [(rows[i - 1][j - 1] + table[i - 1][j - 1], 1, 1)]
            if j > 1:
                steps.append((rows[i - 1][j - 2] + table[i - 1][j - 1] + table[i - 1][j - 2], 1, 2))
            if i > 1:
                steps.append((rows[i - 2][j - 1] + table[i - 1][j - 1] + table[i - 2][j - 1], 2, 1))
            _, down, right = max(steps, key=lambda step: (step[0], -step[1] - step[2]))
            cells += [
                (i - 1 - a, j - 1 - b)
                for a in range(down)
                for b in range(right)
                if table[i - 1 - a][j - 1 - b] > 0
            ]
            i, j = i - down, j - right
    return Path(float(sums[-1, -1]), tuple(reversed(cells)))


def _sums(similarities: Table) -> Table:
    """Best sums up to each cell of each table, a row and a column of zeros first."""
    count, n, m = similarities.shape
    sums = np.zeros((count, n + 1, m + 1), dtype=np.float32)
    wide = similarities.copy()
    """One passage of the left against two of the right."""
    wide[:, :, 1:] += similarities[:, :, :-1]
    high = similarities.copy()
    high[:, 1:] += similarities[:, :-1]
    row = np.empty((count, m), dtype=np.float32)
    for i in range(n):
        above, here = sums[:, i], sums[:, i + 1]
        np.add(above[:, :-1], similarities[:, i], out=row)
        np.maximum(row, above[:, 1:], out=row)
        if m > 1:
            np.maximum(row[:, 1:], above[:, :-2] + wide[:, i, 1:], out=row[:, 1:])
        if i:
            np.maximum(row, sums[:, i - 1, :-1] + high[:, i], out=row)
        np.maximum.accumulate(row, axis=1, out=here[:, 1:])
    return sums
