"""Pairs of releases weighed, many at a time: by their words where these decide, else by their passages.

What comes out for a pair follows from the pair alone, whatever it is weighed together with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.linking.content import Content, TextPair, is_near, pass_gate, weigh_contents
from pipelines.linking.copies import weigh_texts
from pipelines.linking.evidence import CONTRADICTION, JOINABLE, Evidence, Library
from pipelines.linking.furniture import without_furniture
from pipelines.linking.weights import WeightSet


def sift_pairs(contents: Sequence[tuple[Content, Content]], weights: WeightSet) -> list[bool]:
    """For each pair of texts, whether `weigh_pairs` may find anything: they share enough, or are
    of two languages and near by vectors."""
    passed = pass_gate(contents, weights)
    return [
        may or (ours.prepared.language != theirs.prepared.language and is_near(ours, theirs))
        for may, (ours, theirs) in zip(passed, contents, strict=True)
    ]


def weigh_pairs(pairs: Sequence[TextPair], library: Library, weights: WeightSet) -> list[Evidence | None]:
    """The evidence about each pair that `sift_pairs` let through; None where nothing is worth keeping."""
    of_one_language = [each.left.language == each.right.language for each in pairs]
    library.expect(
        {
            release.id
            for pair, same in zip(pairs, of_one_language, strict=True)
            if same
            for release in (pair.left, pair.right)
        }
    )
    found: list[Evidence | None] = [None] * len(pairs)
    left_open: list[int] = []
    for at, (pair, same) in enumerate(zip(pairs, of_one_language, strict=True)):
        words = weigh_texts(pair.left, pair.right, library, {}, expected=False) if same else None
        found[at] = words
        if words is None or CONTRADICTION < words.score < JOINABLE:
            left_open.append(at)
    contents = weigh_contents([_without_furniture(pairs[at]) for at in left_open], weights)
    for at, content in zip(left_open, contents, strict=True):
        found[at] = content or found[at]
    return found


def _without_furniture(pair: TextPair) -> TextPair:
    ours, theirs = without_furniture(pair.ours, pair.theirs)
    return pair if ours is pair.ours else replace(pair, ours=ours, theirs=theirs)
