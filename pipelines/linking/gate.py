"""Which of many pairs are worth aligning: the features of `features.BAG`, for all of them at once.

A new text is compared with every candidate of its weeks, and most of them share too little. Measured one
by one, that costs more than everything that follows; here all anchors of a text's candidates lie in one
array. The answer is that of `features.measure_bag` for each pair: where a logit is so near the threshold
that the order of a sum could tell, it is measured by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.features import BAG, PRIOR, USUAL, measure_bag
from pipelines.linking.prepared import KINDS, TITLE, Prepared
from pipelines.linking.scripts import RELATIONS, kinds_compared, relation
from pipelines.linking.sharing import FIGURES, GROUP_OF, GROUPS
from pipelines.linking.weights import Scorer

Pair = tuple[Prepared, Prepared]

_MOST_TOGETHER = 400
"""Texts compared with one at a time; bounds the memory."""
_NEAR = 1e-6
"""Difference of two logits below which the order of a sum could be the reason."""

_IS_FIGURE = np.zeros(len(KINDS), dtype=bool)
_IS_FIGURE[list(FIGURES)] = True
_IN_GROUP = np.zeros((len(KINDS), len(GROUPS) + 1), dtype=np.intp)
_IN_GROUP[np.arange(len(KINDS)), GROUP_OF] = 1
_IN_GROUP = _IN_GROUP[:, : len(GROUPS)]
"""For each kind a row with 1 in the column of its group."""
_USUAL = np.array(tuple(USUAL.values()))
_COLUMN = {name: place for place, name in enumerate(BAG)}

Ints = NDArray[np.intp]


def worth_aligning(pairs: Sequence[Pair], gate: Scorer) -> list[bool]:
    """For each pair, whether the two texts share enough, wherever it stands, to be aligned."""
    met = Counter(id(each) for pair in pairs for each in pair)
    groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        side = 0 if met[id(pair[0])] >= met[id(pair[1])] else 1
        groups[id(pair[side])].append((place, side))
    found = [False] * len(pairs)
    weights = np.array([[gate.weights[each][name] for name in BAG] for each in RELATIONS])
    intercepts = np.array([gate.intercepts[each] for each in RELATIONS])
    for places in groups.values():
        pivot = _Pivot(pairs[places[0][0]][places[0][1]])
        for start in range(0, len(places), _MOST_TOGETHER):
            some = places[start : start + _MOST_TOGETHER]
            others = [pairs[place][1 - side] for place, side in some]
            related = np.array([pivot.relation(each) for each in others])
            logits = (pivot.features(others) * weights[related]).sum(axis=1) + intercepts[related]
            for at in np.flatnonzero(logits >= gate.ask - _NEAR).tolist():
                place = some[at][0]
                found[place] = bool(logits[at] >= gate.ask + _NEAR) or (
                    gate.logit(measure_bag(*pairs[place])[0], RELATIONS[related[at]]) >= gate.ask
                )
    return found


class _Pivot:
    """One text that is compared with many."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._own = _Anchors((prepared,), np.ones((1, len(KINDS)), dtype=bool))

    def relation(self, other: Prepared) -> int:
        """What the languages of two texts have in common: its place in `RELATIONS`."""
        return RELATIONS.index(relation(self._prepared.language, other.language))

    def features(self, others: Sequence[Prepared]) -> NDArray[np.float64]:
        """A row for each of the others, a column for each feature of `BAG`."""
        wanted = np.zeros((len(others), len(KINDS)), dtype=bool)
        for row, other in zip(wanted, others, strict=True):
            row[list(kinds_compared(self._prepared.language, other.language))] = True
        own, them = self._own, _Anchors(others, wanted)
        shared = own.inside.shared(them.inside) @ _IN_GROUP
        fewer = np.minimum((wanted * own.inside.counts) @ _IN_GROUP, them.inside.counts @ _IN_GROUP)
        units = np.array([each.units for each in others])
        short, long = np.minimum(units, self._prepared.units), np.maximum(units, self._prepared.units)
        marks, theirs = self._prepared.all_marks, np.stack([each.all_marks for each in others])
        table = np.empty((len(others), len(BAG)))
        table[:, _COLUMN["length"]] = np.log((short + 1) / (long + 1))
        agreed = (np.minimum(marks, theirs) + 1) / (np.maximum(marks, theirs) + 1)
        table[:, _COLUMN["marks"]] = agreed.mean(axis=1)
        # As `sharing.shared_titles` and `sharing.titles_clash`.
        both = own.headline.shared(them.headline)
        mine, yours = wanted * own.headline.counts, them.headline.counts
        least = np.minimum(mine.sum(axis=1), yours.sum(axis=1))
        table[:, _COLUMN["title"]] = np.where(least > 0, both.sum(axis=1) / (least + 1.0), 0.0)
        figures = np.minimum(mine[:, _IS_FIGURE].sum(axis=1), yours[:, _IS_FIGURE].sum(axis=1))
        table[:, _COLUMN["title clash"]] = both[:, _IS_FIGURE].sum(axis=1) < figures
        first = _COLUMN["number"]
        table[:, first::2] = (shared + PRIOR * _USUAL) / (fewer + PRIOR) - _USUAL
        table[:, first + 1 :: 2] = np.log1p(shared)
        return table


class _Anchors:
    """The anchors of several texts, of the kinds wanted of each: in their bodies, and in their headlines."""

    def __init__(self, texts: Sequence[Prepared], wanted: NDArray[np.bool_]) -> None:
        hashes = np.concatenate([each.hashes for each in texts])
        kinds = np.concatenate([each.kinds for each in texts])
        owners = np.repeat(np.arange(len(texts)), [len(each.hashes) for each in texts])
        titled = np.concatenate([each.places for each in texts]) == TITLE
        chosen = wanted[owners, kinds]
        self.inside, self.headline = (
            _Keys(hashes[places], kinds[places], owners[places], len(texts))
            for places in (np.flatnonzero(chosen & ~titled), np.flatnonzero(chosen & titled))
        )


class _Keys:
    """Anchors of several texts, one text after the other, sorted within each; each once in a text.

    The kind of an anchor follows from its hash.
    """

    def __init__(
        self, hashes: NDArray[np.uint64], kinds: NDArray[np.uint8], owners: Ints, texts: int
    ) -> None:
        first = np.ones(len(hashes), dtype=bool)
        first[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
        self._hashes, self._texts = hashes[first], texts
        self._cells = owners[first] * len(KINDS) + kinds[first]
        self.counts = self._count(self._cells)
        """For each text, how many anchors of each kind it has."""

    def _count(self, cells: Ints) -> Ints:
        found = np.bincount(cells, minlength=self._texts * len(KINDS))
        return found.reshape(self._texts, len(KINDS))

    def shared(self, others: _Keys) -> Ints:
        """How many anchors of each kind each of the others has in common with the one text here."""
        if not len(self._hashes):
            return np.zeros_like(others.counts)
        at = np.searchsorted(self._hashes, others._hashes)
        at[at == len(self._hashes)] = 0
        return others._count(others._cells[self._hashes[at] == others._hashes])
