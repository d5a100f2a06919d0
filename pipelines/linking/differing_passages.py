"""Paragraphs and sentences that stand in one version only, and what an editor inserted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from pipelines.linking.flags import ADDED, INSERTED, LEFT_OUT, MOVED, Flag
from pipelines.linking.passages import units
from pipelines.linking.rows import Alignment, Row, Text, paragraphs_of

_INSERTION = re.compile(r"\[[^\[\]]{1,200}\]")
_BROKEN_OFF = re.compile(r"^\[(?:\.\.\.|…|\s)*\]$")
_ELSEWHERE = 0.2
"""Likeness from which on a paragraph without a row stands, in part, in another."""
_NOTHING = 0.12
"""Likeness up to which sentences share nothing to speak of."""
_SHORTEST_SENTENCE = 38.0
_DEFICIT = 0.55
"""Part of a sentence's length that its row must lack for the sentence to be missing."""
_DATELINE = 90.0


def lone_passages(left: Text, right: Text, alignment: Alignment) -> Iterator[Flag]:
    """Paragraphs and sentences that stand on one side only, and rows out of order."""
    paragraphs = paragraphs_of(left.body), paragraphs_of(right.body)
    for row in alignment.rows:
        if row.left and row.right:
            if row.moved:
                yield Flag(
                    MOVED, paragraphs[0][row.left[0]], paragraphs[1][row.right[0]], row.left[0], row.right[0]
                )
            yield from _lone_sentences(row, alignment)
            continue
        side = 0 if row.left else 1
        for paragraph in row.left or row.right:
            text = paragraphs[side][paragraph]
            if _elsewhere(side, paragraph, alignment) or _is_dateline(text, paragraph):
                continue
            yield _lone(side, text, paragraph, None)


def _lone(side: int, text: str, paragraph: int, beside: int | None) -> Flag:
    if side == 0:
        return Flag(LEFT_OUT, text, None, paragraph, beside)
    return Flag(ADDED, None, text, beside, paragraph)


def _elsewhere(side: int, paragraph: int, alignment: Alignment) -> bool:
    """Whether most of a paragraph's sentences stand in a paragraph that has its own row."""
    sentences = (alignment.left, alignment.right)[side]
    own = [at for at, each in enumerate(sentences) if each.paragraph == paragraph]
    likeness = alignment.likeness if side == 0 else alignment.likeness.T
    if not likeness.size:
        return False
    best = [float(likeness[at].max()) for at in own]
    lengths = [units(sentences[at].text) for at in own]
    held = sum(length for length, alike in zip(lengths, best, strict=True) if alike >= _ELSEWHERE)
    return held > sum(lengths) / 2


def _is_dateline(text: str, paragraph: int) -> bool:
    return paragraph <= 1 and units(text) <= _DATELINE and any(char.isdigit() for char in text)


def _lone_sentences(row: Row, alignment: Alignment) -> Iterator[Flag]:
    """Sentences against which nothing stands, when their row also lacks their length."""
    held = [at for one, _ in row.sentences for at in one], [at for _, other in row.sentences for at in other]
    lengths = [
        sum(units(side[at].text) for at in some)
        for side, some in zip((alignment.left, alignment.right), held, strict=True)
    ]
    expected = lengths[0] * alignment.ratio
    surplus = expected - lengths[1], lengths[1] - expected
    for one, other in row.sentences:
        side = 0 if one and not other else 1 if other and not one else None
        if side is None:
            continue
        sentences = (alignment.left, alignment.right)[side]
        likeness = alignment.likeness if side == 0 else alignment.likeness.T
        for at in one or other:
            length = units(sentences[at].text) * (alignment.ratio if side == 0 else 1.0)
            alike = float(np.max(likeness[at, held[1 - side]], initial=0.0))
            if length < _SHORTEST_SENTENCE or alike > _NOTHING or surplus[side] < _DEFICIT * length:
                continue
            if _is_dateline(sentences[at].text, sentences[at].paragraph):
                continue
            beside = (row.right if side == 0 else row.left)[0]
            yield _lone(side, sentences[at].text, sentences[at].paragraph, beside)


def insertions(left: Text, right: Text) -> Iterator[Flag]:
    """Square brackets that only one version has: an editor's words."""
    held = Counter(_INSERTION.findall(left.body))
    for number, paragraph in enumerate(paragraphs_of(right.body)):
        for match in _INSERTION.finditer(paragraph):
            if held[match[0]]:
                held[match[0]] -= 1
            elif not _BROKEN_OFF.match(match[0]):
                yield Flag(INSERTED, None, match[0], None, number)
