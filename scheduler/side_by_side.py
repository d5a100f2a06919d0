"""Two versions of a text side by side on a screen, with what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from pipelines.linking.flags import ADDED, INSERTED, LEFT_OUT, MOVED, Flag
from scheduler.screen import cell, plain, table

if TYPE_CHECKING:
    from rich.table import Table

    from pipelines.linking.differences import Differences
    from pipelines.linking.rows import Row

STYLES: Mapping[str, str] = {LEFT_OUT: "yellow", ADDED: "cyan", INSERTED: "magenta", MOVED: "blue"}
"""Of kinds of flags; figures and names that differ are red."""


def side_by_side(found: Differences, left: str, right: str, width: int) -> Table:
    """A row for each pair of paragraphs, marks where they differ, and what differs in words."""
    shown = table(left, right, "differs", title=None)
    for column, ratio in zip(shown.columns, (4, 4, 2), strict=True):
        column.ratio = ratio
    shown.expand = True
    shown.width = width
    for row in found.rows:
        flags = [flag for flag in found.flags if _stands_in(flag, row)]
        shown.add_row(
            _marked(_paragraphs(found.left, row.left), [flag.left for flag in flags], flags),
            _marked(_paragraphs(found.right, row.right), [flag.right for flag in flags], flags),
            Text("\n").join(cell(in_words(flag), _style(flag)) for flag in flags),
        )
    return shown


def in_words(flag: Flag) -> str:
    """One flag in a few words."""
    if flag.kind in (LEFT_OUT, ADDED, MOVED):
        return f"{flag.kind}: {_short(flag.left or flag.right or '')}"
    if flag.kind == INSERTED:
        return f"inserted: {flag.right}"
    if flag.right is None:
        return f"{flag.kind} {flag.left} missing"
    if flag.left is None:
        return f"{flag.kind} {flag.right} not in the original"
    return f"{flag.kind} {flag.left} / {flag.right}"


def _stands_in(flag: Flag, row: Row) -> bool:
    if flag.left_paragraph is not None and flag.left_paragraph in row.left:
        return True
    return flag.right_paragraph is not None and flag.right_paragraph in row.right


def _paragraphs(paragraphs: Sequence[str], numbers: Sequence[int]) -> str:
    return "\n\n".join(paragraphs[number] for number in numbers)


def _marked(text: str, said: Sequence[str | None], flags: Sequence[Flag]) -> Text:
    shown = Text(plain(text))
    for words, flag in zip(said, flags, strict=True):
        if words:
            start = shown.plain.find(plain(words))
            if start >= 0:
                shown.stylize(_style(flag), start, start + len(words))
    return shown


def _style(flag: Flag) -> str:
    return STYLES.get(flag.kind, "bold red")


_SHORT = 60


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()} …"
