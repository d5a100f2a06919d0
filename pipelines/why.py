"""Why two releases are in one statement, or are not: evidence, rules, decisions, and what is between."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from pipelines.linking.clusters import JOIN, objection_between
from pipelines.linking.judge import Judge, Pair
from pipelines.shelf import LazyLibrary, Shelf
from storage.anchors import count_shared
from storage.decisions import Decision, find_decisions, pair_of
from storage.links import Link, ReleaseFacts, load_facts, load_links, load_statement_mates


@dataclass(frozen=True, slots=True)
class Compared:
    """What the texts say of each other now, where no link of theirs is stored."""

    kind: str | None
    """Kind of the evidence; None: not even a question."""
    score: float
    features: Mapping[str, Any]
    lasting: int
    """Lasting anchors that both have and that are no hubs."""
    hubs: int
    """Lasting anchors that both have and that say nothing, because too many releases have them."""
    days_apart: int


@dataclass(frozen=True, slots=True)
class Why:
    """All that is known about a pair."""

    left: ReleaseFacts
    right: ReleaseFacts
    together: bool
    """Whether they are in one statement."""
    links: tuple[Link, ...]
    """Evidence about this pair, persons' decisions among it."""
    path: tuple[Link, ...]
    """Where no evidence of their own joins them: the links that lead from one to the other."""
    objection: str | None
    """What rule keeps them apart, whatever the evidence."""
    decisions: tuple[Decision, ...]
    """Decisions of persons about this pair, undone ones too; the latest first."""
    compared: Compared | None


def explain(connection: Connection, one: str, other: str, judge: Judge[Any] | None = None) -> Why:
    """All that is known about two releases that are stored. Raises LookupError for others.

    With a judge the texts are compared where no content link is stored.
    """
    left, right = pair_of(one, other)
    facts = load_facts(connection, [left, right])
    if len(facts) < 2:
        missing = " and ".join(sorted({left, right} - facts.keys()))
        raise LookupError(f"not stored: {missing}")
    together = facts[left].statement_id == facts[right].statement_id
    around = load_statement_mates(connection, {each.statement_id for each in facts.values()})
    links = load_links(connection, around)
    own = tuple(link for key, link in sorted(links.items()) if key[:2] == (left, right))
    members = load_facts(connection, around | {each for key in links for each in key[:2]})
    path: tuple[Link, ...] = ()
    if together and not any(link.verdict == JOIN for link in own):
        path = _path(links.values(), left, right)
    decided = [
        each for each in find_decisions(connection, releases=[left, right]) if (left, right) in each.pairs
    ]
    compared = None
    if judge is not None and not any(link.model for link in own):
        compared = _compare(connection, facts[left], facts[right], judge)
    return Why(
        facts[left],
        facts[right],
        together,
        own,
        path,
        objection_between(members, list(links.values()), left, right),
        tuple(decided),
        compared,
    )


def pairs_between(
    connection: Connection, ours: Collection[str], theirs: Collection[str]
) -> list[tuple[str, str]]:
    """Pairs of two sets of releases about which there is any link, smaller id first; in order."""
    return sorted(
        {
            key[:2]
            for key in load_links(connection, ours)
            if (key[0] in ours and key[1] in theirs) or (key[0] in theirs and key[1] in ours)
        }
    )


def _path(links: Collection[Link], start: str, end: str) -> tuple[Link, ...]:
    """The shortest way from one release to another along links that join; empty when there is none."""
    neighbours: dict[str, list[tuple[str, Link]]] = {}
    for link in sorted(links, key=lambda each: (-each.score, each.key)):
        if link.verdict == JOIN:
            neighbours.setdefault(link.left, []).append((link.right, link))
            neighbours.setdefault(link.right, []).append((link.left, link))
    came: dict[str, tuple[str, Link] | None] = {start: None}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for nearby, link in neighbours.get(at, ()):
            if nearby not in came:
                came[nearby] = (at, link)
                waiting.append(nearby)
    found: list[Link] = []
    step = came.get(end)
    while step is not None:
        found.append(step[1])
        step = came[step[0]]
    return tuple(reversed(found))


def _compare(
    connection: Connection, left: ReleaseFacts, right: ReleaseFacts, judge: Judge[Any]
) -> Compared | None:
    shelf = Shelf(judge)
    opened = shelf.open(connection, [left.id, right.id])
    if len(opened) < 2:
        # Still in the queue of the linker.
        return None
    ours, theirs = opened[left.id], opened[right.id]
    (sifted,) = judge.sift([(ours, theirs)])
    evidence = None
    if sifted:
        (evidence,) = judge.weigh([Pair(left, right, ours, theirs)], LazyLibrary(connection))
    shared, hubs = count_shared(connection, left.id, right.id)
    apart = abs((left.said_on - right.said_on).days)
    if evidence is None:
        return Compared(None, 0.0, {}, shared, hubs, apart)
    return Compared(str(evidence.kind), evidence.score, evidence.features, shared, hubs, apart)


def shares_of(link: Link | Compared) -> Sequence[tuple[str, float]]:
    """What each feature adds to the score, the most telling first; empty where rules decided."""
    shares = link.features.get("shares")
    if not isinstance(shares, dict):
        return ()
    return sorted(shares.items(), key=lambda each: (-abs(each[1]), each[0]))
