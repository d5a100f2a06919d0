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
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.alignment import Aligned, Path, Table, align
from pipelines.linking.prepared import Prepared
from pipelines.linking.sharing import Common, common, shared_titles, titles_clash
from pipelines.linking.vectors import Vectors

USUAL = {"number": 0.3, "count": 0.3, "date": 0.3, "concept": 0.3, "name": 0.3, "word": 0.2}
"""Name of each of `sharing.GROUPS`, in order, and the part of these anchors that is usually shared."""
PRIOR = 2.0
"""How many anchors the usual part counts for."""
_LITTLE = 3.0
_LENGTHS_AGREE = 0.4
"""Logarithm of two lengths' quotient from which on they do not agree at all."""
_SAME_MARK = 0.5
_BEAT = 1.0 + _SAME_MARK
"""What one passage agrees with one other, at most."""

FARTHEST = 0.35
"""Passages of less cosine have nothing in common."""
_HALF, _MOST = 0.5, 0.65


BAG = (
    "length", "marks", "title", "title clash", "number", "many number", "count", "many count", "date",
    "many date", "concept", "many concept", "name", "many name", "word", "many word",
)  # fmt: skip
"""Features that need no alignment: what is shared, wherever it stands. They cost a twentieth of the rest."""

ALIGNED = ("path", "lead", "reach", "cover", "rhythm", "clash", "agree")
"""Features of aligned texts."""
TEXT_FEATURES = (*BAG, *ALIGNED)
"""All features of texts without vectors."""


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
        USUAL.items(), shared.counts(), shared.left.counts, shared.right.counts, strict=False
    ):
        found[name] = (both + PRIOR * usual) / (min(ours, theirs) + PRIOR) - usual
        found[f"many {name}"] = math.log1p(both)
    return found, shared


def measure_texts(left: Prepared, right: Prepared) -> tuple[dict[str, float], Path]:
    """Features of two texts without vectors, and the path by anchors."""
    bag, shared = measure_bag(left, right)
    (found,) = sketch_texts([(left, right, shared)])
    rest, path = found.finish()
    return bag | found.features | rest, path


class Sketch(Protocol):
    """Features of two texts that follow from what their best path sums up to, without looking for it."""

    features: dict[str, float]

    @property
    def limits(self) -> dict[str, tuple[float, float]]:
        """The features that the path itself will tell, each with its least and its greatest value."""

    def finish(self) -> tuple[dict[str, float], Path]:
        """Those features, and the path."""


def sketch_texts(pairs: Sequence[tuple[Prepared, Prepared, Common]]) -> Iterator[Sketch]:
    """What the anchors of many pairs sum up to, pair by pair."""
    stacks: list[Table] = []
    for left, right, shared in pairs:
        table, beats = shared.table(), _beats(left, right)
        # Where one text is reversed, what is left is chance.
        stacks.append(np.stack((table, table[::-1], beats, beats[::-1])))
    for (left, right, shared), aligned in zip(pairs, align(stacks), strict=True):
        yield _TextsSketch(left, right, shared, aligned)


def limits_of_texts(left: Prepared, right: Prepared, shared: Common) -> dict[str, tuple[float, float]]:
    """The features of `ALIGNED` before anything is aligned, each with its least and its greatest value."""
    most = shared.most * (1.0 + _ROUNDING)
    shorter, longer = sorted((max(1, len(left.lengths)), max(1, len(right.lengths))))
    # A step takes one passage of each side for one cell, or three in all for two; see `_beats`.
    cells = min(2.0 * shorter, (shorter + longer) / 1.5)
    rhythm = _BEAT * cells / math.sqrt(shorter)
    return {
        "path": (0.0, math.log1p(most)),
        "lead": (-math.log1p(most), math.log1p(most)),
        "reach": (0.0, most / (shared.least + _LITTLE)),
        "rhythm": (-rhythm, rhythm),
        "cover": (0.0, 1.0 + _ROUNDING),
        **_limits_of_clash(shared),
    }


def _limits_of_clash(shared: Common) -> dict[str, tuple[float, float]]:
    fewer, both = shared.fewer_unshared_figures, shared.figures
    return {"clash": (0.0, math.log1p(fewer)), "agree": ((both + 1) / (both + fewer + 1), 1.0)}


class _TextsSketch:
    def __init__(self, left: Prepared, right: Prepared, shared: Common, aligned: Aligned) -> None:
        self._left, self._right, self._shared, self._aligned = left, right, shared, aligned
        chance, beat, beat_by_chance = aligned.others
        passages = max(1, min(len(left.lengths), len(right.lengths)))
        self.features = {
            "path": math.log1p(aligned.total),
            "lead": math.log1p(aligned.total) - math.log1p(chance),
            "reach": aligned.total / (shared.least + _LITTLE),
            "rhythm": (beat - beat_by_chance) / math.sqrt(passages),
        }

    @property
    def limits(self) -> dict[str, tuple[float, float]]:
        return {"cover": (0.0, self._covered_at_most() + _ROUNDING), **_limits_of_clash(self._shared)}

    def _covered_at_most(self) -> float:
        """A passage that shares nothing is on no path."""
        side = 0 if self._left.units <= self._right.units else 1
        shorter = (self._left, self._right)[side]
        shares = self._aligned.similarity.any(axis=1 - side)
        return float(shorter.lengths[shares].sum()) / max(1.0, shorter.units)

    def finish(self) -> tuple[dict[str, float], Path]:
        path = self._aligned.path
        return {"cover": _covered(self._left, self._right, path), **_clash(self._shared, path)}, path


def measure_vectors(
    left: Prepared, right: Prepared, ours: Vectors, theirs: Vectors
) -> tuple[dict[str, float], Path]:
    """Features by vectors of passages, and the path: cosine over `FARTHEST` along the best path (`near
    path`, per passage of the shorter), over the reversed (`near lead`), the part of the shorter's length at a
    cosine of more than 0.5 and 0.65 on it, the mean cosine on it and in any order, and of whole texts."""
    (found,) = sketch_vectors([(left, right, ours, theirs)])
    rest, path = found.finish()
    return found.features | rest, path


def sketch_vectors(pairs: Sequence[tuple[Prepared, Prepared, Vectors, Vectors]]) -> Iterator[Sketch]:
    """What the vectors of many pairs sum up to, pair by pair."""
    cosines = [ours.rows @ theirs.rows.T for _, _, ours, theirs in pairs]
    stacks: list[Table] = []
    for each in cosines:
        table = np.maximum(0.0, each - FARTHEST)
        stacks.append(np.stack((table, table[::-1])))
    for (left, right, ours, theirs), cosine, aligned in zip(pairs, cosines, align(stacks), strict=True):
        yield _VectorsSketch(left, right, ours, theirs, cosine, aligned)


class _VectorsSketch:
    def __init__(
        self,
        left: Prepared,
        right: Prepared,
        ours: Vectors,
        theirs: Vectors,
        cosines: Table,
        aligned: Aligned,
    ) -> None:
        self._aligned, self._cosines = aligned, cosines
        self._places = ours.passages, theirs.passages
        self._side = 0 if left.units <= right.units else 1
        self.features = dict.fromkeys(NEAR, 0.0)
        if not cosines.size:
            return
        self._shorter = (left, right)[self._side].lengths[list(self._places[self._side])]
        self._total = float(self._shorter.sum()) or 1.0
        count, (chance,) = len(self._shorter), aligned.others
        nearest = self._nearest = cosines.max(axis=1 - self._side)
        self.features = {
            "near path": aligned.total / count,
            "near lead": (aligned.total - chance) / count,
            "near many": math.log1p(aligned.total),
            "near any": float((self._shorter * nearest).sum()) / self._total,
            "near whole": float(ours.whole @ theirs.whole),
        }

    @property
    def limits(self) -> dict[str, tuple[float, float]]:
        if not self._cosines.size:
            return {}
        # On the path a passage is never nearer than it is to the nearest.
        most = self._parts(np.maximum(self._nearest, 0.0))
        return {name: (0.0, value + _ROUNDING) for name, value in most.items()}

    def _parts(self, best: NDArray[np.float32]) -> dict[str, float]:
        """By the cosines of the shorter text's passages."""
        parts = self._shorter[best > _HALF], self._shorter[best > _MOST], self._shorter * best
        return {name: float(part.sum()) / self._total for name, part in zip(_ON_PATH, parts, strict=True)}

    def finish(self) -> tuple[dict[str, float], Path]:
        if not self._cosines.size:
            return {}, Path(0.0, ())
        path, side = self._aligned.path, self._side
        best = np.zeros(len(self._shorter), dtype=np.float32)
        for cell in path.cells:
            best[cell[side]] = max(best[cell[side]], self._cosines[cell])
        left, right = self._places
        return self._parts(best), Path(path.total, tuple((left[i], right[j]) for i, j in path.cells))


_ON_PATH = ("near half", "near most", "near mean")
_ROUNDING = 1e-5
"""By which a sum may exceed what it cannot exceed."""
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
    ours, theirs = left.logarithms, right.logarithms
    table: Table = np.maximum(0.0, 1.0 - np.abs(ours[:, None] - theirs[None, :]) / _LENGTHS_AGREE)
    table *= 1.0 + _SAME_MARK * (left.mark_codes[:, None] == right.mark_codes[None, :])
    return table.astype(np.float32)


def _marks(shared: Common) -> float:
    agreed = 0.0
    for ours, theirs in zip(shared.left.marks, shared.right.marks, strict=True):
        agreed += (min(ours, theirs) + 1) / (max(ours, theirs) + 1)
    return agreed / len(shared.left.marks)
