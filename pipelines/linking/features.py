"""What can be measured of two prepared texts: how much of the shorter stands in the longer, in order.

Every feature is symmetric in the two texts and follows from them alone. Where a figure could be chance, it
is measured against chance: the same two texts, with the passages of one in reverse order.

| feature | is |
|---|---|
| length | natural logarithm of the shorter's length as part of the longer's |
| path | logarithm of the weight of anchors along the best path of passages |
| lead | by how much that exceeds the best path when one text is reversed |
| reach | weight of anchors along the path, as part of what the text with less has in all |
| cover | part of the shorter text's length in passages on the path |
| number, count, date, concept, name, word | part of these anchors, of the text with fewer, that the other has too; drawn to the usual where there are few |
| many number ... | logarithm of how many are shared |
| clash | logarithm of the figures in passages on the path, of the text with fewer, that the other has nowhere |
| agree | shared figures as part of those shared and those that clash |
| rhythm | how well lengths and marks of passages agree along a path of their own, over the reversed |
| marks | agreement of question marks, colons, quotation marks and brackets |
| title | anchors that the headlines share |
| title clash | 1 when each headline has figures that the other has not |
| near ... | the same of passages by their vectors: see `measure_vectors` |
"""  # noqa: E501 - a table

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.alignment import Path, Table, best_path_and_sums
from pipelines.linking.prepared import Prepared
from pipelines.linking.sharing import Common, common, shared_titles, titles_clash
from pipelines.linking.vectors import Vectors

_USUAL = {"number": 0.3, "count": 0.3, "date": 0.3, "concept": 0.3, "name": 0.3, "word": 0.2}
"""Name of each of `sharing.GROUPS`, in order, and the part of these anchors that is usually shared."""
_PRIOR = 2.0
"""How many anchors the usual part counts for."""
_LITTLE = 3.0
_LENGTHS_AGREE = 0.4
"""Logarithm of two lengths' quotient from which on they do not agree at all."""

FARTHEST = 0.35
"""Passages of less cosine have nothing in common."""
_HALF, _MOST = 0.5, 0.65


BAG = (
    "length", "marks", "title", "title clash", "number", "many number", "count", "many count", "date",
    "many date", "concept", "many concept", "name", "many name", "word", "many word",
)  # fmt: skip
"""Features that need no alignment: what is shared, wherever it stands. They cost a twentieth of the rest."""


def measure_bag(left: Prepared, right: Prepared) -> tuple[dict[str, float], Common]:
    """The features of `BAG`, and what is shared."""
    shared = common(left, right)
    found = {
        "length": _length(left, right),
        "marks": _marks(shared),
        "title": shared_titles(shared),
        "title clash": float(titles_clash(shared)),
    }
    for (name, usual), both, ours, theirs in zip(
        _USUAL.items(), shared.counts(), shared.left.counts, shared.right.counts, strict=False
    ):
        found[name] = (both + _PRIOR * usual) / (min(ours, theirs) + _PRIOR) - usual
        found[f"many {name}"] = math.log1p(both)
    return found, shared


def measure_texts(
    left: Prepared, right: Prepared, bag: tuple[dict[str, float], Common] | None = None
) -> tuple[dict[str, float], Path]:
    """Features of two texts without vectors, and the path by anchors. `bag`: what `measure_bag` gave."""
    found, shared = bag or measure_bag(left, right)
    table = shared.table()
    beats = _beats(left, right)
    # Where one text is reversed, what is left is chance.
    path, (chance, beat, beat_by_chance) = best_path_and_sums(
        np.stack((table, table[::-1], beats, beats[::-1]))
    )
    aligned = {
        "path": math.log1p(path.total),
        "lead": math.log1p(path.total) - math.log1p(chance),
        "reach": path.total / (shared.least + _LITTLE),
        "cover": _covered(left, right, path),
        "rhythm": (beat - beat_by_chance) / math.sqrt(max(1, min(table.shape))),
        **_clash(shared, path),
    }
    return found | aligned, path


def measure_vectors(
    left: Prepared, right: Prepared, ours: Vectors, theirs: Vectors
) -> tuple[dict[str, float], Path]:
    """Features by vectors of passages, and the path: cosine over `FARTHEST` along the best path (`near
    path`, per passage of the shorter), over the reversed (`near lead`), the part of the shorter's length at a
    cosine of more than 0.5 and 0.65 on it, the mean cosine on it and in any order, and of whole texts."""
    if not len(ours.passages) or not len(theirs.passages):
        return dict.fromkeys(NEAR, 0.0), Path(0.0, ())
    cosines = ours.rows @ theirs.rows.T
    table = np.maximum(0.0, cosines - FARTHEST)
    path, (chance,) = best_path_and_sums(np.stack((table, table[::-1])))
    side = 0 if left.units <= right.units else 1
    shorter = (left, right)[side].lengths[list((ours, theirs)[side].passages)]
    best = np.zeros(len(shorter), dtype=np.float32)
    for cell in path.cells:
        best[cell[side]] = max(best[cell[side]], cosines[cell])
    total, count = float(shorter.sum()) or 1.0, len(shorter)
    found = {
        "near path": path.total / count,
        "near lead": (path.total - chance) / count,
        "near many": math.log1p(path.total),
        "near half": float(shorter[best > _HALF].sum()) / total,
        "near most": float(shorter[best > _MOST].sum()) / total,
        "near mean": float((shorter * best).sum()) / total,
        "near any": float((shorter * cosines.max(axis=1 - side)).sum()) / total,
        "near whole": float(ours.whole @ theirs.whole),
    }
    cells = tuple((ours.passages[i], theirs.passages[j]) for i, j in path.cells)
    return found, Path(path.total, cells)


NEAR = (
    "near path", "near lead", "near many", "near half", "near most", "near mean", "near any", "near whole",
)  # fmt: skip


def _length(left: Prepared, right: Prepared) -> float:
    short, long = sorted((left.units, right.units))
    return math.log((short + 1) / (long + 1))


def _covered(left: Prepared, right: Prepared, path: Path) -> float:
    """Part of the shorter text in passages on the path."""
    side = 0 if left.units <= right.units else 1
    shorter = (left, right)[side]
    on_path = sorted({cell[side] for cell in path.cells})
    return float(shorter.lengths[on_path].sum()) / max(1.0, shorter.units)


def _clash(shared: Common, path: Path) -> dict[str, float]:
    ours, theirs = shared.apart({cell[0] for cell in path.cells}, {cell[1] for cell in path.cells})
    both = shared.figures
    fewer = min(ours, theirs)
    return {"clash": math.log1p(fewer), "agree": (both + 1) / (both + fewer + 1)}


def _beats(left: Prepared, right: Prepared) -> Table:
    """How well lengths and marks of each passage of the left agree with those of each of the right."""
    ours, theirs = _logarithms(left), _logarithms(right)
    table: Table = np.maximum(0.0, 1.0 - np.abs(ours[:, None] - theirs[None, :]) / _LENGTHS_AGREE)
    table *= 1.0 + 0.5 * (_codes(left.marks)[:, None] == _codes(right.marks)[None, :])
    return table.astype(np.float32)


def _logarithms(prepared: Prepared) -> NDArray[np.float32]:
    return np.asarray(np.log(prepared.lengths + 5.0), dtype=np.float32)


def _codes(marks: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The marks of each passage as one number."""
    return np.asarray(np.minimum(marks, 15).astype(np.int64) @ np.array([1, 16, 256, 4096]))


def _marks(shared: Common) -> float:
    agreed = 0.0
    for ours, theirs in zip(shared.left.marks, shared.right.marks, strict=True):
        agreed += (min(ours, theirs) + 1) / (max(ours, theirs) + 1)
    return agreed / len(shared.left.marks)
