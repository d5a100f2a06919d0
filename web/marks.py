"""Texts of versions as a page shows them: pieces with a mark where they differ; never markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pipelines.linking.flags import ADDED, INSERTED, LEFT_OUT, MOVED, NAME, Flag
from pipelines.revisions import MOVED as MOVED_ELSEWHERE
from pipelines.revisions import SAME, compared_sentences
from scheduler.side_by_side import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.linking.differences import Differences
    from pipelines.linking.rows import Row

# What turns the direction of whatever follows, and what steers a terminal or hides in a line. Marks that
# belong to scripts (left-to-right mark, right-to-left mark, joiners) stay.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufeff]")

CONTEXT = 1
"""Sentences shown before and after a change."""


def readable(text: str) -> str:
    """The text without characters that steer whoever shows it; each becomes the replacement character."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    mark: str | None = None
    """figure, name, left, added, inserted, moved, found; None: as it is."""
    says: str = ""
    """What the mark means, for who hears the page."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """Paragraphs of two versions that stand against each other."""

    left: tuple[tuple[Piece, ...], ...]
    right: tuple[tuple[Piece, ...], ...]
    notes: tuple[tuple[str, str], ...]
    """What differs: kind of mark and words."""
    moved: bool


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """One step from a state of a text to the next."""

    kind: str
    """same, gone, new, moved, skipped"""
    text: str = ""
    skipped: int = 0
    """Sentences that are the same and are left out here."""


def rows_of(found: Differences) -> list[ShownRow]:
    """The rows of a comparison with their marks."""
    shown: list[ShownRow] = []
    for row in found.rows:
        flags = [flag for flag in found.flags if _stands_in(flag, row)]
        shown.append(
            ShownRow(
                tuple(_marked(found.left[at], at, flags, left=True) for at in row.left),
                tuple(_marked(found.right[at], at, flags, left=False) for at in row.right),
                tuple((kind_of(flag), in_words(flag)) for flag in flags),
                row.moved,
            )
        )
    return shown


def kind_of(flag: Flag) -> str:
    """The mark of a flag."""
    marks: Mapping[str, str] = {
        LEFT_OUT: "left", ADDED: "added", INSERTED: "inserted", MOVED: "moved", NAME: "name",
    }  # fmt: skip
    return marks.get(flag.kind, "figure")


def cut(text: str, marks: Sequence[tuple[int, int]], mark: str = "found") -> tuple[Piece, ...]:
    """A text in pieces; `marks` are starts and ends, in order, none inside another."""
    pieces: list[Piece] = []
    at = 0
    for start, end in marks:
        if start < at or end > len(text) or start >= end:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], mark))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def sentence_changes(before: str, now: str) -> list[SentenceChange]:
    """What became of the sentences of a text; far from any change they are left out and counted."""
    pieces = compared_sentences(before, now)
    changes: list[SentenceChange] = []
    at = 0
    for kind, some in groupby(pieces, key=lambda each: each.kind):
        step = list(some)
        at += len(step)
        if kind == SAME:
            sentences = [each.after or "" for each in step]
            changes += _same(sentences, first=at == len(step), last=at == len(pieces))
        elif kind == MOVED_ELSEWHERE:
            changes += [SentenceChange("moved", each.after or "") for each in step]
        else:
            changes += [SentenceChange("gone", each.before) for each in step if each.before is not None]
            changes += [SentenceChange("new", each.after) for each in step if each.after is not None]
    return changes


def _same(sentences: Sequence[str], *, first: bool, last: bool) -> Iterator[SentenceChange]:
    before = 0 if first else CONTEXT
    after = 0 if last else CONTEXT
    if len(sentences) <= before + after + 1:
        yield from (SentenceChange("same", each) for each in sentences)
        return
    yield from (SentenceChange("same", each) for each in sentences[:before])
    yield SentenceChange("skipped", skipped=len(sentences) - before - after)
    yield from (SentenceChange("same", each) for each in sentences[len(sentences) - after :])


def _stands_in(flag: Flag, row: Row) -> bool:
    if flag.left_paragraph is not None and flag.left_paragraph in row.left:
        return True
    return flag.right_paragraph is not None and flag.right_paragraph in row.right


def _marked(text: str, paragraph: int, flags: Sequence[Flag], *, left: bool) -> tuple[Piece, ...]:
    places: list[tuple[int, int, Flag]] = []
    for flag in flags:
        words, at = (flag.left, flag.left_paragraph) if left else (flag.right, flag.right_paragraph)
        start = text.find(words) if words and at == paragraph else -1
        if words and start >= 0:
            places.append((start, start + len(words), flag))
    pieces: list[Piece] = []
    done = 0
    # A whole passage goes before what differs inside it.
    for start, end, flag in sorted(places, key=lambda each: (each[0], -each[1])):
        if start < done:
            continue
        if start > done:
            pieces.append(Piece(text[done:start]))
        pieces.append(Piece(text[start:end], kind_of(flag), in_words(flag)))
        done = end
    if done < len(text):
        pieces.append(Piece(text[done:]))
    return tuple(pieces)
