"""Persons decide what belongs together; the statements follow at once.

A decision is about releases, never about the numbers of statements: it survives whatever crawls, readings,
linkings and models come later. What it says of pairs is written down (`storage.decisions`), and linking
keeps to it (`linking.clusters`). A decision that contradicts an earlier one that stands is refused, naming
it, unless the person says that it is to take the earlier one's place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from pipelines.linking.clusters import APART, JOIN
from pipelines.partition import Findings, LinkResult, settle
from storage.decisions import (
    Decision,
    Pair,
    Wording,
    find_decisions,
    pair_of,
    record_decision,
    standing_verdicts,
    undo_decision,
)
from storage.links import MACHINE, load_facts, load_links, load_statement_mates, load_statements


class DecisionRefused(ValueError):
    """A decision that cannot be made as it was asked for; the message says why and what to do."""


class DecisionContradicts(DecisionRefused):
    """Earlier decisions that stand say otherwise."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self.decisions = tuple(decisions)
        told = "; ".join(
            f"number {each.id}, {each.kind} by {each.made_by} on {each.made_at:%Y-%m-%d}: {each.reason}"
            for each in decisions
        )
        super().__init__(
            f"this contradicts what was decided before ({told}). Undo that (communique undo NUMBER), or say "
            "--supersede to put this in its place."
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, and why."""

    name: str
    reason: str

    def checked(self) -> Person:
        """The same without space around it. Raises DecisionRefused when a part is missing."""
        name, reason = self.name.strip(), self.reason.strip()
        if not name or not reason:
            raise DecisionRefused("expected a name (--by) and a reason (--reason), found an empty one")
        if name.casefold() == MACHINE:
            raise DecisionRefused(f"{name!r} is how decisions of the machine are signed; use another name")
        if len(name) > _LONGEST_NAME:
            raise DecisionRefused(f"expected a name of at most {_LONGEST_NAME} characters, found {len(name)}")
        return Person(name, reason)


_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was recorded, and what it changed."""

    number: int
    statements: Mapping[str, str]
    """Release named by the decision -> statement that it is in now."""
    changes: LinkResult


def split(
    connection: Connection,
    statement: str,
    releases: Sequence[str],
    person: Person,
    now: datetime,
    supersede: bool = False,
) -> Decided:
    """Take releases out of a statement; together they become another one, unless they join elsewhere."""
    members = members_of(connection, statement)
    leaving = list(dict.fromkeys(releases))
    strangers = [each for each in leaving if each not in members]
    if strangers:
        raise DecisionRefused(
            f"expected releases of {statement}, found {', '.join(strangers)}, which are not in it"
        )
    staying = sorted(members - set(leaving))
    if not leaving or not staying:
        raise DecisionRefused(f"expected some of the {len(members)} releases of {statement}, not all or none")
    pairs = {pair_of(one, other): APART for one in leaving for other in staying}
    pairs |= _star(leaving)
    asked = {"statement": statement, "releases": leaving}
    return _decide(connection, "split", person, asked, pairs, now, supersede)


def merge(
    connection: Connection, one: str, other: str, person: Person, now: datetime, supersede: bool = False
) -> Decided:
    """Make one statement of two."""
    ours, theirs = members_of(connection, one), members_of(connection, other)
    if ours & theirs:
        raise DecisionRefused(f"{one} and {other} are one statement already")
    pairs = _star(sorted(ours | theirs))
    across = {pair_of(left, right) for left in ours for right in theirs}
    pairs |= dict.fromkeys(_decided_otherwise(connection, across, JOIN), JOIN)
    asked = {"statements": [one, other]}
    return _decide(connection, "merge", person, asked, pairs, now, supersede)


def move(
    connection: Connection,
    release: str,
    statement: str,
    person: Person,
    now: datetime,
    supersede: bool = False,
) -> Decided:
    """Take a release out of its statement and put it into another one."""
    target = members_of(connection, statement)
    if release in target:
        raise DecisionRefused(f"{release} is in {statement} already")
    facts = load_facts(connection, [release])
    if release not in facts:
        raise DecisionRefused(f"expected a release, found nothing that bears the id {release}")
    left_behind = load_statement_mates(connection, [facts[release].statement_id]) - {release}
    pairs = {pair_of(release, each): JOIN for each in sorted(target)}
    pairs |= {pair_of(release, each): APART for each in sorted(left_behind)}
    asked = {"release": release, "statement": statement}
    return _decide(connection, "move", person, asked, pairs, now, supersede)


def answer(
    connection: Connection, left: str, right: str, same: bool, person: Person, now: datetime
) -> Decided:
    """Answer the question whether two releases are versions of one statement."""
    pairs = {pair_of(left, right): JOIN if same else APART}
    if same:
        facts = load_facts(connection, [left, right])
        ours, theirs = (
            load_statement_mates(connection, [facts[each].statement_id]) for each in (left, right)
        )
        across = {pair_of(one, other) for one in ours for other in theirs if one != other}
        if _decided_otherwise(connection, across, JOIN):
            raise DecisionContradicts(_saying_otherwise(connection, dict.fromkeys(across, JOIN)))
    asked = {"releases": [left, right]}
    return _decide(connection, "yes" if same else "no", person, asked, pairs, now, supersede=True)


def undo(connection: Connection, number: int, person: Person, now: datetime) -> tuple[Decision, LinkResult]:
    """Take a decision back; statements become what evidence and the other decisions say.

    Raises DecisionUnknown, DecisionUndone.
    """
    person = person.checked()
    decision = undo_decision(connection, number, person.name, person.reason, now)
    return decision, relink_around(connection, {each for pair in decision.pairs for each in pair}, now)


def members_of(connection: Connection, statement: str) -> set[str]:
    """Ids of the releases of a statement, given by its id or one that leads to it."""
    rows = load_statements(connection, [statement])
    if statement not in rows:
        raise DecisionRefused(f"expected a statement, found nothing that bears the id {statement}")
    return load_statement_mates(connection, [rows[statement].merged_into or statement])


def relink_around(connection: Connection, releases: Collection[str], now: datetime) -> LinkResult:
    """Partition again whatever these releases are tied to, from the links that are stored."""
    here = set(load_facts(connection, releases))
    if not here:
        return LinkResult()
    return settle(connection, Findings(here, stored=load_links(connection, here), loaded=here), now)


def _decide(
    connection: Connection,
    kind: str,
    person: Person,
    asked: Mapping[str, Any],
    pairs: Mapping[Pair, str],
    now: datetime,
    supersede: bool,
) -> Decided:
    person = person.checked()
    if not supersede:
        otherwise = _saying_otherwise(connection, pairs)
        if otherwise:
            raise DecisionContradicts(otherwise)
    number = record_decision(connection, Wording(kind, person.name, person.reason, asked), pairs, now)
    ends = {each for pair in pairs for each in pair}
    changes = relink_around(connection, ends, now)
    facts = load_facts(connection, ends)
    return Decided(number, {each: facts[each].statement_id for each in sorted(facts)}, changes)


def _star(releases: Sequence[str]) -> dict[Pair, str]:
    """Pairs that hold the releases together."""
    first, *others = sorted(releases)
    return {pair_of(first, each): JOIN for each in others}


def _decided_otherwise(connection: Connection, pairs: Collection[Pair], verdict: str) -> set[Pair]:
    return {pair for pair, (_, found) in standing_verdicts(connection, pairs).items() if found != verdict}


def _saying_otherwise(connection: Connection, pairs: Mapping[Pair, str]) -> list[Decision]:
    numbers = {
        number
        for pair, (number, verdict) in standing_verdicts(connection, list(pairs)).items()
        if verdict != pairs[pair]
    }
    return find_decisions(connection, numbers=numbers) if numbers else []
