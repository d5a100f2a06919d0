"""Persons' decisions: kept for ever, undone but never deleted; what they say of pairs counts for linking.

A decision says of pairs of releases that they belong together or apart. For each pair the latest decision
that stands counts. That is written as the pair's link of kind `person`, the one place where linking looks.
A link is made anew when a release that was deleted comes back: decisions name releases by their lasting ids.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from storage.link_tables import DecisionPairRow, DecisionRow, LinkRow
from storage.links import chunks
from storage.tables import ReleaseRow

PERSON = "person"
"""Kind of the links that persons' decisions make."""

Pair = tuple[str, str]
"""Release ids, the smaller one first."""


def pair_of(one: str, other: str) -> Pair:
    """The pair of two releases. ValueError for one release twice."""
    if one == other:
        raise ValueError(f"a release and itself are no pair: {one}")
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided."""

    id: int
    kind: str
    """split, merge, move, yes, no"""
    made_by: str
    reason: str
    made_at: datetime
    asked: Mapping[str, Any]
    """What the person named: statements and releases, by id."""
    pairs: Mapping[Pair, str]
    """Verdict (join, apart) by pair."""
    overruled: frozenset[Pair]
    """Pairs about which a later decision that stands says something."""
    undone_by: str | None
    undone_reason: str | None
    undone_at: datetime | None

    @property
    def stands(self) -> bool:
        """Whether it was not undone."""
        return self.undone_at is None


@dataclass(frozen=True, slots=True)
class Wording:
    """Who decides what, and why."""

    kind: str
    made_by: str
    reason: str
    asked: Mapping[str, Any]


class DecisionUnknown(LookupError):
    """There is no decision of that number."""


class DecisionUndone(ValueError):
    """The decision was undone before."""


def record_decision(
    connection: Connection, wording: Wording, pairs: Mapping[Pair, str], now: datetime
) -> int:
    """Keep a decision and let it count; its number comes back. `pairs` as in Decision."""
    inserted = connection.execute(
        insert(DecisionRow).values(
            kind=wording.kind,
            made_by=wording.made_by,
            reason=wording.reason,
            asked=dict(wording.asked),
            made_at=now,
        )
    )
    key = inserted.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave the decision no number")
    number = int(key[0])
    if pairs:
        connection.execute(
            insert(DecisionPairRow),
            [
                {"decision_id": number, "left_id": left, "right_id": right, "verdict": verdict}
                for (left, right), verdict in sorted(pairs.items())
            ],
        )
    bring_links_up_to_date(connection, pairs)
    return number


def undo_decision(connection: Connection, number: int, by: str, reason: str, now: datetime) -> Decision:
    """Let a decision count no longer; what earlier ones say of its pairs counts again.

    Raises DecisionUnknown, DecisionUndone.
    """
    found = find_decisions(connection, numbers=[number])
    if not found:
        raise DecisionUnknown(number)
    if not found[0].stands:
        raise DecisionUndone(number)
    connection.execute(
        update(DecisionRow)
        .where(DecisionRow.id == number)
        .values(undone_by=by, undone_reason=reason, undone_at=now)
    )
    bring_links_up_to_date(connection, found[0].pairs)
    return found[0]


def standing_verdicts(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, tuple[int, str]]:
    """Number and verdict of the decision that counts, for those of the pairs that have one."""
    return {pair: (row.id, row.verdict) for pair, row in _standing(connection, pairs).items()}


def find_decisions(
    connection: Connection, *, numbers: Collection[int] = (), releases: Collection[str] = ()
) -> list[Decision]:
    """Decisions by number, or that name one of the releases in a pair; all of them when neither is given.

    The latest first.
    """
    query = select(DecisionRow).order_by(DecisionRow.id.desc())
    if releases:
        numbers = {
            each
            for some in chunks(set(releases))
            for end in (DecisionPairRow.left_id, DecisionPairRow.right_id)
            for each in connection.scalars(select(DecisionPairRow.decision_id).where(end.in_(some)))
        }
        if not numbers:
            return []
    if numbers:
        query = query.where(DecisionRow.id.in_(sorted(numbers)))
    rows = connection.execute(query).all()
    pairs: dict[int, dict[Pair, str]] = {row.id: {} for row in rows}
    for some in chunks(list(pairs)):
        for each in connection.execute(select(DecisionPairRow).where(DecisionPairRow.decision_id.in_(some))):
            pairs[each.decision_id][each.left_id, each.right_id] = each.verdict
    every = {pair for of_one in pairs.values() for pair in of_one}
    standing = _standing(connection, every)
    return [
        Decision(
            row.id,
            row.kind,
            row.made_by,
            row.reason,
            row.made_at,
            row.asked,
            pairs[row.id],
            frozenset(pair for pair in pairs[row.id] if pair in standing and standing[pair].id > row.id),
            row.undone_by,
            row.undone_reason,
            row.undone_at,
        )
        for row in rows
    ]


def latest_decisions(connection: Connection, limit: int) -> list[Decision]:
    """The decisions that were made last, undone ones too; the latest first."""
    query = select(DecisionRow.id).order_by(DecisionRow.id.desc()).limit(limit)
    numbers = list(connection.scalars(query))
    return find_decisions(connection, numbers=numbers) if numbers else []


def restore_decisions(connection: Connection, releases: Collection[str]) -> None:
    """Let decisions about releases count that have just been stored, perhaps not for the first time."""
    pairs = {
        (row.left_id, row.right_id)
        for some in chunks(set(releases))
        for end in (DecisionPairRow.left_id, DecisionPairRow.right_id)
        for row in connection.execute(
            select(DecisionPairRow.left_id, DecisionPairRow.right_id).where(end.in_(some))
        )
    }
    if pairs:
        bring_links_up_to_date(connection, pairs)


def bring_links_up_to_date(connection: Connection, pairs: Collection[Pair]) -> None:
    """Write the links of kind `person` of these pairs as the decisions that stand say."""
    ends = _ends_of(pairs)
    wanted = _standing(connection, pairs)
    stored: dict[Pair, Any] = {}
    for some in chunks(ends):
        query = select(LinkRow.id, LinkRow.left_id, LinkRow.right_id, LinkRow.features, LinkRow.verdict)
        for link in connection.execute(query.where(LinkRow.left_id.in_(some), LinkRow.kind == PERSON)):
            stored[link.left_id, link.right_id] = link
    here = {
        each
        for some in chunks(ends)
        for each in connection.scalars(select(ReleaseRow.id).where(ReleaseRow.id.in_(some)))
    }
    gone: list[int] = []
    new: list[dict[str, Any]] = []
    for pair in sorted(pairs):
        row, want = stored.get(pair), wanted.get(pair)
        right = want is not None and row is not None and row.features.get("decision") == want.id
        if row is not None and not right:
            gone.append(row.id)
        if want is not None and not right and here.issuperset(pair):
            new.append(_link_values(pair, want))
    for some in chunks(gone):
        connection.execute(delete(LinkRow).where(LinkRow.id.in_(some)))
    if new:
        connection.execute(insert(LinkRow), new)


def _link_values(pair: Pair, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of _standing
    return {
        "left_id": pair[0],
        "right_id": pair[1],
        "kind": PERSON,
        "verdict": row.verdict,
        "score": 1.0,
        "features": {"decision": row.id, "reason": row.reason},
        "decided_by": row.made_by,
        "decided_at": row.made_at,
        "model": None,
    }


def _ends_of(pairs: Collection[Pair]) -> set[str]:
    return {each for pair in pairs for each in pair}


def _standing(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, Any]:
    """The row of the decision that counts, by pair."""
    query = (
        select(
            DecisionPairRow.left_id,
            DecisionPairRow.right_id,
            DecisionPairRow.verdict,
            DecisionRow.id,
            DecisionRow.made_by,
            DecisionRow.reason,
            DecisionRow.made_at,
        )
        .join(DecisionRow, DecisionRow.id == DecisionPairRow.decision_id)
        .where(DecisionRow.undone_at.is_(None))
        .order_by(DecisionRow.id)
    )
    wanted = set(pairs)
    found: dict[Pair, Any] = {}
    for some in chunks({left for left, _ in wanted}):
        for row in connection.execute(query.where(DecisionPairRow.left_id.in_(some))):
            if (row.left_id, row.right_id) in wanted:
                found[row.left_id, row.right_id] = row
    return found
