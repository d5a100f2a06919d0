"""Pairs about which a person is asked, the most valuable first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from crawler.items import KindOfSource
from storage.link_tables import LinkRow
from storage.links import MACHINE, ReleaseFacts, chunks, load_facts
from storage.tables import ReleaseRow

WEIGHTS: Mapping[KindOfSource, float] = {
    KindOfSource.MINISTRY: 3.0,
    KindOfSource.MISSION: 2.0,
    KindOfSource.ARCHIVE: 1.0,
    KindOfSource.MIRROR: 1.0,
}
"""How much an answer about a release is worth, by who shows it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Two releases that may be versions of one statement."""

    left: ReleaseFacts
    right: ReleaseFacts
    kind: str
    """Of the evidence."""
    score: float
    chance: float
    """How likely the evidence alone makes it."""
    features: Mapping[str, Any]
    sizes: tuple[int, int]
    """Releases in the two statements."""
    value: float
    """Uncertainty x pairs of releases that would come together x weight of the sources: what an answer is
    worth."""


def find_questions(
    connection: Connection, limit: int | None = None, among: Collection[tuple[str, str]] | None = None
) -> list[Question]:
    """One question for any two statements: the most valuable ones first.

    `among`: only about those pairs of releases, of which there may be a hundred.
    """
    row = LinkRow
    query = select(row.left_id, row.right_id, row.kind, row.score, row.features).where(
        row.verdict == "ask", row.decided_by == MACHINE
    )
    if among is not None:
        query = query.where(row.left_id.in_({left for left, _ in among}))
    asked = connection.execute(query).all()
    if among is not None:
        asked = [each for each in asked if (each.left_id, each.right_id) in among]
    facts = load_facts(connection, {each for link in asked for each in (link.left_id, link.right_id)})
    sizes = _sizes(connection, {each.statement_id for each in facts.values()})
    best: dict[tuple[str, str], Question] = {}
    for link in sorted(asked, key=lambda each: (each.left_id, each.right_id, each.kind)):
        left, right = facts[link.left_id], facts[link.right_id]
        statements = (left.statement_id, right.statement_id)
        if statements[0] == statements[1]:
            continue
        question = _question(link, left, right, (sizes[statements[0]], sizes[statements[1]]))
        key = (min(statements), max(statements))
        if key not in best or question.value > best[key].value:
            best[key] = question
    ordered = sorted(best.values(), key=lambda each: (-each.value, each.left.id, each.right.id))
    return ordered if limit is None else ordered[:limit]


def _question(link: Any, left: ReleaseFacts, right: ReleaseFacts, sizes: tuple[int, int]) -> Question:  # noqa: ANN401
    chance = float(link.features.get("probability", link.score))
    weight = (WEIGHTS[left.source_kind] + WEIGHTS[right.source_kind]) / 2
    value = 4 * chance * (1 - chance) * sizes[0] * sizes[1] * weight
    return Question(left, right, link.kind, link.score, chance, link.features, sizes, round(value, 4))


def _sizes(connection: Connection, statements: Sequence[str] | set[str]) -> Counter[str]:
    query = select(ReleaseRow.statement_id, func.count()).group_by(ReleaseRow.statement_id)
    return Counter(
        {
            row[0]: row[1]
            for some in chunks(set(statements))
            for row in connection.execute(query.where(ReleaseRow.statement_id.in_(some)))
        }
    )
