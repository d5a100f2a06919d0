"""In what two states of one text differ, sentence by sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from rapidfuzz.fuzz import ratio

from pipelines.linking.passages import passages_of

CHANGED, ADDED, REMOVED, MOVED, SAME = "changed", "added", "removed", "moved", "same"
_SAME_SENTENCE = 55.0
"""Likeness, from 0 to 100, from which on a sentence is another one that was changed."""
_FIELDS = ("said_on", "posted_on", "issuers", "folio", "withdrawn", "withdrawn_at")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence that was changed, added, removed, stands elsewhere now, or is as it was."""

    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that says something else now."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edit changed."""

    fields: tuple[FieldChange, ...]
    """The title and the other fields that count as content."""
    sentences: tuple[Piece, ...]
    """In the order of the new text."""

    @property
    def summary(self) -> str:
        """In a few words: "title, 2 sentences changed, 1 removed"."""
        parts = [change.field.replace("_", " ") for change in self.fields]
        counts = Counter(piece.kind for piece in self.sentences)
        told = [f"{counts[kind]} {kind}" for kind in (CHANGED, REMOVED, ADDED, MOVED) if counts[kind]]
        if told:
            number = sum(counts.values())
            parts.append(f"sentence{'s' if number != 1 else ''}: {', '.join(told)}")
        return "; ".join(parts) or "spaces and paragraphs only"


def sentences_of(body: str) -> tuple[str, ...]:
    """The sentences of a body, each with single spaces."""
    return tuple(" ".join(each.split()) for each in passages_of(body))


def difference_of(
    before: tuple[str, str, Mapping[str, Any]], after: tuple[str, str, Mapping[str, Any]]
) -> Difference:
    """What differs between two states, each as title, body and further fields."""
    fields = [FieldChange("title", before[0], after[0])] if before[0] != after[0] else []
    for name in _FIELDS:
        old, new = before[2].get(name), after[2].get(name)
        if old != new:
            fields.append(FieldChange(name, old, new))
    return Difference(tuple(fields), differing_sentences(before[1], after[1]))


def differing_sentences(before: str, after: str) -> tuple[Piece, ...]:
    """Sentences that differ between two bodies; one that only stands elsewhere was moved."""
    return tuple(each for each in compared_sentences(before, after) if each.kind != SAME)


def compared_sentences(before: str, after: str) -> tuple[Piece, ...]:
    """All sentences of two bodies in the order of the new one, with what became of each."""
    old, new = sentences_of(before), sentences_of(after)
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces += [Piece(SAME, each, each) for each in old[a:b]]
        else:
            pieces += _paired(old[a:b], new[c:d])
    return tuple(_with_moved(pieces))


def _paired(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    """What stands in one place of both: each new sentence is the likest old one, changed, or was added."""
    pieces: list[Piece] = []
    start = 0
    for sentence in new:
        likest = max(range(start, len(old)), key=lambda at: ratio(old[at], sentence), default=None)
        if likest is None or ratio(old[likest], sentence) < _SAME_SENTENCE:
            pieces.append(Piece(ADDED, None, sentence))
            continue
        pieces += [Piece(REMOVED, each, None) for each in old[start:likest]]
        pieces.append(Piece(CHANGED, old[likest], sentence))
        start = likest + 1
    return [*pieces, *(Piece(REMOVED, each, None) for each in old[start:])]


def _with_moved(pieces: Sequence[Piece]) -> list[Piece]:
    removed = Counter(each.before for each in pieces if each.kind == REMOVED)
    added = Counter(each.after for each in pieces if each.kind == ADDED)
    moved = removed & added
    left = Counter(moved)
    found: list[Piece] = []
    for each in pieces:
        if each.kind == REMOVED and moved[each.before] > 0:
            moved[each.before] -= 1
        elif each.kind == ADDED and left[each.after] > 0:
            left[each.after] -= 1
            found.append(Piece(MOVED, each.after, each.after))
        else:
            found.append(each)
    return found
