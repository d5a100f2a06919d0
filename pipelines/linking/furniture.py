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


def without_furniture(ours: Content, theirs: Content) -> tuple[Content, Content]:
    """Two texts of different languages without the sentences that both have; the same objects else."""
    left, right = ours.prepared, theirs.prepared
    if left.language == right.language or left.sentences.keys().isdisjoint(right.sentences):
        return ours, theirs
    both = left.sentences.keys() & right.sentences.keys()
    return (
        _without(ours, {place for each in both for place in left.sentences[each]}),
        _without(theirs, {place for each in both for place in right.sentences[each]}),
    )


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
        found = prepared.emptied[places] = replace(
            prepared,
            lengths=lengths,
            marks=marks,
            hashes=prepared.hashes[kept],
            kinds=prepared.kinds[kept],
            places=prepared.places[kept],
        )
    return found
