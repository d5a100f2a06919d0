"""Which of many pairs are worth aligning: the features of `features.BAG`, for all of them at once.

A new text is compared with every candidate of its weeks, and most of them share too little. Measured one
by one, that costs more than everything that follows; here all anchors of a text's candidates lie in one
array. The answer is that of `features.measure_bag` for each pair: where a logit is so near the threshold
that the order of a sum could tell, it is measured by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.linking.features import BAG, PRIOR, USUAL, measure_bag
from pipelines.linking.prepared import KINDS, Keys, Prepared
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
        self._own = prepared.bag

    def relation(self, other: Prepared) -> int:
        """What the languages of two texts have in common: its place in `RELATIONS`."""
        return RELATIONS.index(relation(self._prepared.language, other.language))

    def features(self, others: Sequence[Prepared]) -> NDArray[np.float64]:
        """A row for each of the others, a column for each feature of `BAG`."""
        compared = {each.language: each for each in others}
        wanted_of = {language: _wanted(self._prepared.language, language) for language in compared}
        wanted = np.stack([wanted_of[each.language] for each in others])
        own, them = self._own, [each.bag for each in others]
        inside = wanted * np.stack([each.inside.counts for each in them])
        headline = wanted * np.stack([each.headline.counts for each in them])
        shared = (wanted * _shared(own.inside, [each.inside for each in them])) @ _IN_GROUP
        fewer = np.minimum((wanted * own.inside.counts) @ _IN_GROUP, inside @ _IN_GROUP)
        units = np.array([each.units for each in others])
        short, long = np.minimum(units, self._prepared.units), np.maximum(units, self._prepared.units)
        marks, theirs = self._prepared.all_marks, np.stack([each.all_marks for each in others])
        table = np.empty((len(others), len(BAG)))
        table[:, _COLUMN["length"]] = np.log((short + 1) / (long + 1))
        agreed = (np.minimum(marks, theirs) + 1) / (np.maximum(marks, theirs) + 1)
        table[:, _COLUMN["marks"]] = agreed.mean(axis=1)
        # As `sharing.shared_titles` and `sharing.titles_clash`.
        both = wanted * _shared(own.headline, [each.headline for each in them])
        mine = wanted * own.headline.counts
        least = np.minimum(mine.sum(axis=1), headline.sum(axis=1))
        table[:, _COLUMN["title"]] = np.where(least > 0, both.sum(axis=1) / (least + 1.0), 0.0)
        figures = np.minimum(mine[:, _IS_FIGURE].sum(axis=1), headline[:, _IS_FIGURE].sum(axis=1))
        table[:, _COLUMN["title clash"]] = both[:, _IS_FIGURE].sum(axis=1) < figures
        first = _COLUMN["number"]
        table[:, first::2] = (shared + PRIOR * _USUAL) / (fewer + PRIOR) - _USUAL
        table[:, first + 1 :: 2] = np.log1p(shared)
        return table


@lru_cache(maxsize=4096)
def _wanted(left: str, right: str) -> Ints:
    """For each kind 1 where texts of these languages can share it."""
    found = np.zeros(len(KINDS), dtype=np.intp)
    found[list(kinds_compared(left, right))] = 1
    return found


def _shared(own: Keys, others: Sequence[Keys]) -> Ints:
    """How many anchors of each kind each of the others has in common with one text."""
    size = len(others) * len(KINDS)
    if not len(own.hashes):
        return np.zeros((len(others), len(KINDS)), dtype=np.intp)
    hashes = np.concatenate([each.hashes for each in others])
    at = np.searchsorted(own.hashes, hashes)
    at[at == len(own.hashes)] = 0
    held = np.flatnonzero(own.hashes[at] == hashes)
    ends = np.cumsum([len(each.hashes) for each in others])
    owners = np.searchsorted(ends, held, "right")
    found = np.bincount(owners * len(KINDS) + own.kinds[at[held]], minlength=size)
    return found.reshape(len(others), len(KINDS))
