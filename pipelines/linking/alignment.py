"""Passages of one text aligned with those of another, in order.

A path leads through the table of similarities (not negative) from the first passages of both texts to the
last. A step takes one passage of each side, or one of one side with two of the other (translators join and
split sentences), or leaves a passage out. The best path has the greatest sum. Leaving out costs nothing, so
a text that is cut, framed or has an appendix aligns as well as a whole one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float32]


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
    if not similarities[0].size:
        return Path(0.0, ()), (0.0,) * (len(similarities) - 1)
    sums = _sums(similarities)
    return _path(similarities[0], sums[0]), tuple(sums[1:, -1, -1].tolist())


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
