"""Passages that stand word for word in texts of two languages: what a portal writes around all that it posts.

A translation is not the same words. Where a sentence in English stands in a Polish and in a Romanian text,
it is neither's, and says nothing of what the two have in common.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipelines.linking.prepared import Prepared

if TYPE_CHECKING:
    from pipelines.linking.content import Content


_AT_THE_BEGINNING, _AT_THE_END = 3, 4
"""Passages that a portal writes before and after a text, at most."""


def without_furniture(ours: Content, theirs: Content) -> tuple[Content, Content]:
    """Two texts of different languages without the sentences that begin or end both; the same objects where
    there are none, and where one of the two has no others: that is a copy, whose language is told wrongly."""
    left, right = ours.prepared, theirs.prepared
    if left.language == right.language or left.sentences.keys().isdisjoint(right.sentences):
        return ours, theirs
    mine: set[int] = set()
    yours: set[int] = set()
    for each in left.sentences.keys() & right.sentences.keys():
        for edge in (_begins, _ends):
            one = {place for place in left.sentences[each] if edge(left, place)}
            other = {place for place in right.sentences[each] if edge(right, place)}
            if one and other:
                mine |= one
                yours |= other
    if not mine or len(mine) == len(left.lengths) or len(yours) == len(right.lengths):
        return ours, theirs
    return _without(ours, mine), _without(theirs, yours)


def _begins(text: Prepared, place: int) -> bool:
    return place < _AT_THE_BEGINNING


def _ends(text: Prepared, place: int) -> bool:
    return place >= len(text.lengths) - _AT_THE_END


def _without(content: Content, places: Collection[int]) -> Content:
    left_out = tuple(sorted(places))
    prepared, vectors = _emptied(content.prepared, left_out), content.vectors
    if vectors is not None:
        kept = [at for at, place in enumerate(vectors.passages) if place not in places]
        vectors = replace(
            vectors, rows=vectors.rows[kept], passages=tuple(vectors.passages[at] for at in kept)
        )
    return replace(content, prepared=prepared, vectors=vectors)


def _emptied(prepared: Prepared, places: tuple[int, ...]) -> Prepared:
    """A text of which some passages hold nothing; kept with it, because a text is compared with many."""
    found = prepared.emptied.get(places)
    if found is None:
        kept = ~np.isin(prepared.places, places)
        lengths, marks = prepared.lengths.copy(), prepared.marks.copy()
        lengths[list(places)] = 0
        marks[list(places)] = 0
        found = prepared.emptied[places] = replace(prepared.keeping(kept), lengths=lengths, marks=marks)
    return found
