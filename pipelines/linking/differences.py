"""What differs between two versions of one text: figures, days, names, what was left out, added or inserted.

A reader must be able to rely on a flag, so each has to be more than a way of writing. A figure counts as
missing only when the other version has it nowhere, neither in digits nor in words, as a day or an hour;
where two figures stand against each other in one row and only there, they differ. Names of persons are
compared where both scripts have capitals. A paragraph is left out when nothing stands against it and
nothing of it is found elsewhere; a sentence only when the row also lacks its length.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from pipelines.linking.differing_figures import differing_figures
from pipelines.linking.differing_names import differing_names
from pipelines.linking.differing_passages import insertions, lone_passages
from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.flags import KINDS, Flag
from pipelines.linking.rows import Row, Text, align, paragraphs_of


@dataclass(frozen=True, slots=True)
class Differences:
    """Two versions side by side, and what differs. Rows are in order of the left text."""

    left: tuple[str, ...]
    """Paragraphs."""
    right: tuple[str, ...]
    rows: tuple[Row, ...]
    flags: tuple[Flag, ...]


def find_differences(
    left: Text, right: Text, encoder: Encoder | None = None, days: Collection[date] = ()
) -> Differences:
    """Compare a version (left: the original, where one is known) with another.

    `days` are those on which the versions were said or posted: a translator writes such a day for "today".
    """
    alignment = align(left, right, encoder)
    flags = [
        *differing_figures(left, right, alignment, days),
        *differing_names(left, right, alignment),
        *lone_passages(left, right, alignment),
        *insertions(left, right),
    ]
    order = {each: place for place, each in enumerate(KINDS)}
    flags.sort(
        key=lambda flag: (
            flag.left_paragraph if flag.left_paragraph is not None else flag.right_paragraph or 0,
            order[flag.kind],
            flag.left or "",
            flag.right or "",
        )
    )
    return Differences(paragraphs_of(left.body), paragraphs_of(right.body), alignment.rows, tuple(flags))
