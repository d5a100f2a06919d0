"""Paragraphs of two versions of a statement that stand against each other: a parallel corpus.

The alignment is that of `communique differences` (`pipelines.linking.rows`); what stands alone on one side is
left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pipelines.linking.encoders.protocol import Encoder
from pipelines.linking.rows import Alignment, Row, Text, align, paragraphs_of
from storage.export import Column, Exported

PAIR_COLUMNS = (
    Column("statement_id", "text", "the act of speaking that both texts are versions of"),
    Column("said_on", "day", "the day when it was said"),
    Column("row", "number", "place in the statement, counting from 0 in the order of the left text"),
    Column("left_language", "text", "BCP 47 primary tag"),
    Column("right_language", "text", "BCP 47 primary tag"),
    Column("left", "text", "one to three paragraphs, separated by empty lines"),
    Column("right", "text", "the paragraphs that stand against them"),
    Column("likeness", "score", "from 0 to 1: what the sentences have in common by figures, names and words"),
    Column("moved", "yes", "whether they stand elsewhere in the order of the other text"),
    Column("left_release", "text", "the release that the left text is taken from"),
    Column("right_release", "text", "the release that the right text is taken from"),
    Column("left_role", "text", "in the statement: original, translation, repost, excerpt"),
    Column("right_role", "text", "in the statement"),
    Column("right_standing", "text", "of a translation: official, courtesy, unofficial"),
    Column("left_source", "text", "the section of a site that showed it"),
    Column("right_source", "text", "the section of a site that showed it"),
    Column("left_url", "text", "where it was published"),
    Column("right_url", "text", "where it was published"),
)


def pairs_of(
    statement: Exported, left: str, right: str, encoder: Encoder | None = None
) -> Iterator[Mapping[str, Any]]:
    """Rows of PAIR_COLUMNS: of each language the version that stands first in the statement."""
    one, other = (_first(statement, language) for language in (left, right))
    if one is None or other is None:
        return
    ours, theirs = paragraphs_of(one["body"]), paragraphs_of(other["body"])
    aligned = align(Text(left, one["body"]), Text(right, other["body"]), encoder)
    number = 0
    for row in aligned.rows:
        if not row.left or not row.right:
            continue
        yield {
            "statement_id": statement.id,
            "said_on": statement.said_on,
            "row": number,
            "left_language": left,
            "right_language": right,
            "left": "\n\n".join(ours[each] for each in row.left),
            "right": "\n\n".join(theirs[each] for each in row.right),
            "likeness": _likeness(aligned, row),
            "moved": row.moved,
            "left_release": one["release_id"],
            "right_release": other["release_id"],
            "left_role": one["role"],
            "right_role": other["role"],
            "right_standing": other["standing"],
            "left_source": one["source"],
            "right_source": other["source"],
            "left_url": one["url"],
            "right_url": other["url"],
        }
        number += 1


def _first(statement: Exported, language: str) -> Mapping[str, Any] | None:
    return next((each for each in statement.versions if each["language"].split("-")[0] == language), None)


def _likeness(aligned: Alignment, row: Row) -> float:
    """Of the sentences of the shorter side, each with the best of the other."""
    ours = [at for at, each in enumerate(aligned.left) if each.paragraph in row.left]
    theirs = [at for at, each in enumerate(aligned.right) if each.paragraph in row.right]
    table = aligned.likeness[np.ix_(ours, theirs)]
    if table.size == 0:
        return 0.0
    best = table.max(axis=1) if len(ours) <= len(theirs) else table.max(axis=0)
    return round(float(best.mean()), 4)
