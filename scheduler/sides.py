"""Two texts side by side, what corresponds in one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table

from scheduler.screen import cell, table

if TYPE_CHECKING:
    from storage.links import ReleaseFacts, ReleaseText
    from storage.questions import Question


def side_by_side(question: Question, left: ReleaseText, right: ReleaseText) -> Group:
    """A question as a table: both texts, passage by passage, and why it is asked."""
    shown = Table(show_header=True, show_lines=True, expand=True, title_justify="left")
    for facts in (question.left, question.right):
        shown.add_column(cell(_heading(facts), "bold"), ratio=1, overflow="fold")
    shown.add_row(cell(left.title, "bold"), cell(right.title, "bold"))
    for ours, theirs in rows_of(left, right):
        one_sided = not ours or not theirs
        style = "dim" if one_sided else ""
        shown.add_row(cell(ours, style), cell(theirs, style))
    why = table("why it is asked")
    why.add_row(cell(f"{question.kind}, chance {question.chance:.2f}: {_reason(question)}"))
    return Group(shown, why)


def rows_of(left: ReleaseText, right: ReleaseText) -> list[tuple[str, str]]:
    """Passages of both texts in order; those that correspond share a row, others stand alone."""
    from pipelines.linking.passages import passages_of

    ours, theirs = passages_of(left.body), passages_of(right.body)
    found: list[tuple[str, str]] = []
    at_left = at_right = 0
    for first, second in [*_rows(aligned(left, right)), ((len(ours),), (len(theirs),))]:
        found += [(each, "") for each in ours[at_left : first[0]]]
        found += [("", each) for each in theirs[at_right : second[0]]]
        found.append((" ".join(ours[each] for each in first if each < len(ours)),
                      " ".join(theirs[each] for each in second if each < len(theirs))))  # fmt: skip
        at_left, at_right = first[-1] + 1, second[-1] + 1
    return [row for row in found if any(row)]


def aligned(left: ReleaseText, right: ReleaseText) -> tuple[tuple[int, int], ...]:
    """Places of passages that correspond, ascending on both sides: by figures, names and cognates."""
    from pipelines.linking.features import measure_texts
    from pipelines.linking.prepared import prepare

    ours, theirs = (prepare(each.title, each.body, each.language) for each in (left, right))
    _, path = measure_texts(ours, theirs)
    return tuple(path.cells)


def _rows(cells: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Cells that touch each other on one side become one row of several passages."""
    rows: list[tuple[list[int], list[int]]] = []
    for one, other in sorted(cells):
        if rows and (one <= rows[-1][0][-1] or other <= rows[-1][1][-1]):
            if one > rows[-1][0][-1]:
                rows[-1][0].append(one)
            if other > rows[-1][1][-1]:
                rows[-1][1].append(other)
        else:
            rows.append(([one], [other]))
    return [(tuple(first), tuple(second)) for first, second in rows]


def _heading(facts: ReleaseFacts) -> str:
    return f"{facts.source} {facts.language}, {facts.kind.value}, said {facts.said_on}\n{facts.id}"


def _reason(question: Question) -> str:
    told = [
        str(question.features[name])
        for name in ("decision", "doubt", "reason")
        if question.features.get(name)
    ]
    return "; ".join(told) or "the evidence alone does not settle it"
