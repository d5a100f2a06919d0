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


def best_sum(similarity: Table) -> float:
    """Sum along the best path."""
    return float(_sums(similarity)[-1, -1]) if similarity.size else 0.0


def best_path(similarity: Table) -> Path:
    """The best path; cells of no similarity are left out of it."""
    if not similarity.size:
        return Path(0.0, ())
    sums = _sums(similarity)
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


def _sums(similarity: Table) -> Table:
    """Best sum up to each cell, a row and a column of zeros first."""
    n, m = similarity.shape
    sums = np.zeros((n + 1, m + 1), dtype=np.float32)
    wide = similarity.copy()
    """One passage of the left against two of the right."""
    wide[:, 1:] += similarity[:, :-1]
    high = similarity.copy()
    high[1:] += similarity[:-1]
    row = np.empty(m, dtype=np.float32)
    for i in range(n):
        above, here = sums[i], sums[i + 1]
        np.add(above[:-1], similarity[i], out=row)
        np.maximum(row, above[1:], out=row)
        if m > 1:
            np.maximum(row[1:], above[:-2] + wide[i, 1:], out=row[1:])
        if i:
            np.maximum(row, sums[i - 1, :-1] + high[i], out=row)
        np.maximum.accumulate(row, out=here[1:])
    return sums
