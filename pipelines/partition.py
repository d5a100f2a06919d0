"""What was found about pairs becomes statements: whole components are partitioned and written.

Both stages of linking end here: the crawl's, with what publishers say and copies in one language
(`pipelines.link`), and the linker's, with what texts say (`pipelines.content`). Each hands over its own
kinds of evidence; links of the other kinds count as they are stored.

Every release has opened a statement of its own. A statement's id is that of the member's statement that was
opened first (equal times: the smaller id): what readers have bookmarked longest stays. The other members'
statements redirect to it, always directly. A release that leaves goes back to the statement it opened,
which then lives again.

Rows that are right already are not written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from crawler.items import Role, Standing
from pipelines.linking.clusters import ASK, Decision, Resolution, connects, resolve
from pipelines.linking.evidence import JOINABLE, Evidence
from pipelines.linking.roles import assign_parts, find_head
from storage.links import (
    Link,
    LinkKey,
    ReleaseFacts,
    StatementFacts,
    assign,
    describe_statements,
    load_facts,
    load_links,
    load_statement_mates,
    load_statements,
    redirect,
    write_links,
)


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What linking changed."""

    joined: tuple[str, ...] = ()
    """Releases that share a statement with a release that they did not share it with before."""
    split: tuple[str, ...] = ()
    """Releases that lost one that they shared a statement with."""
    asked: tuple[tuple[str, str], ...] = ()
    """Pairs about which a person is newly asked."""
    touched: tuple[str, ...] = ()
    """Living statements whose releases, roles, day, title or kind changed."""
    hubs: tuple[str, ...] = ()
    """Values left out because too many releases share them, as `kind: value`."""

    def merged(self, later: LinkResult) -> LinkResult:
        """Both together."""
        return LinkResult(
            *(
                tuple(sorted({*getattr(self, name), *getattr(later, name)}))
                for name in ("joined", "split", "asked", "touched", "hubs")
            )
        )


@dataclass(slots=True)
class Findings:
    """What a stage found about a batch of releases."""

    releases: set[str]
    """The batch: their statements are looked at again even when no link changed."""
    wanted: dict[LinkKey, Link] = field(default_factory=dict)
    """The links of the stage's kinds that there should be; verdicts do not matter."""
    stored: dict[LinkKey, Link] = field(default_factory=dict)
    """All links, of any kind, with an end among `loaded`."""
    loaded: set[str] = field(default_factory=set)
    stale: set[LinkKey] = field(default_factory=set)
    """Links of the stage's kinds that should not be there any more."""
    facts: dict[str, ReleaseFacts] = field(default_factory=dict)
    """Facts that are at hand; others are loaded."""


LoadLinks = Callable[[Connection, Collection[str]], dict[LinkKey, Link]]
"""Gives all links with an end among these releases."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from what was found: nothing of it is written."""

    facts: Mapping[str, ReleaseFacts]
    """All releases of the components that were looked at, as they are stored."""
    known: Mapping[LinkKey, Link]
    """All links between them."""
    resolution: Resolution


def settle(connection: Connection, found: Findings, now: datetime) -> LinkResult:
    """Write links, statements, redirects and roles as they follow from what was found and what is stored."""
    return write_outcome(connection, found, work_out(connection, found), now)


def work_out(connection: Connection, found: Findings, load: LoadLinks = load_links) -> Outcome:
    """What follows from what was found. `load` gives the links of other releases that take part."""
    changed = {
        each
        for key in found.stale
        | {key for key, link in found.wanted.items() if not same_evidence(found.stored.get(key), link)}
        for each in key[:2]
    }
    return work_out_around(connection, {*found.releases, *changed}, found, load)


def work_out_around(
    connection: Connection, around: Collection[str], found: Findings, load: LoadLinks = load_links
) -> Outcome:
    """What follows for the components of these releases."""
    start = set(around)
    facts = dict(found.facts)
    while True:
        known, members = _component(connection, start, found, load)
        facts |= load_facts(connection, members - facts.keys())
        # Who shares a statement with a member only because of a link that is no longer there.
        left_over = load_statement_mates(connection, {facts[each].statement_id for each in members}) - members
        if not left_over:
            break
        start |= left_over
    facts = {each: facts[each] for each in members}
    return Outcome(facts, known, resolve(facts, known.values()))


def write_outcome(connection: Connection, found: Findings, outcome: Outcome, now: datetime) -> LinkResult:
    """Write what differs from what is stored."""
    asked = _store_links(connection, outcome.known, found, outcome.resolution, now)
    result = _store_statements(connection, outcome.facts, outcome.resolution, outcome.known.values())
    return replace(result, asked=asked)


def link_of(evidence: Evidence, model: str | None = None) -> Link:
    """Evidence as a link whose verdict is still to be found."""
    features = evidence.features
    return Link(evidence.left, evidence.right, str(evidence.kind), "", evidence.score, features, model=model)


def same_evidence(stored: Link | None, link: Link) -> bool:
    """Whether a link is stored with this evidence, whatever was decided."""
    if stored is None or (stored.score, stored.model) != (link.score, link.model):
        return False
    return _without_decision(stored) == _without_decision(link)


def _without_decision(link: Link) -> dict[str, object]:
    return {name: value for name, value in link.features.items() if name != _DECISION}


_DECISION = "decision"
"""Feature that holds why the verdict is not what the evidence alone says."""


def _component(
    connection: Connection, start: Collection[str], found: Findings, load: LoadLinks
) -> tuple[dict[LinkKey, Link], set[str]]:
    """The components that the start belongs to: their links as they are from now on, and their releases."""
    stale = found.stale
    now = {key: link for key, link in found.stored.items() if key not in stale} | found.wanted
    seen, done = set(start), set(found.loaded)
    frontier = set(start)
    while frontier:
        missing = frontier - done
        done |= missing
        now |= {
            key: link
            for key, link in load(connection, missing).items()
            if key not in now and key not in stale
        }
        reached = {
            each
            for key, link in now.items()
            if connects(link) and not seen.isdisjoint(key[:2])
            for each in key[:2]
        }
        frontier = reached - seen
        seen |= frontier
    return {key: link for key, link in now.items() if key[0] in seen and key[1] in seen}, seen


def _store_links(
    connection: Connection,
    known: Mapping[LinkKey, Link],
    found: Findings,
    resolution: Resolution,
    now: datetime,
) -> tuple[tuple[str, str], ...]:
    """Write what differs; the pairs about which a person is newly asked come back."""
    new: list[Link] = []
    changed: list[Link] = []
    asked: set[tuple[str, str]] = set()
    for key, decision in resolution.decisions.items():
        link = known[key]
        stored = found.stored.get(key) or (link if link.verdict else None)
        decided = _decided(link, decision)
        if stored is None:
            new.append(decided)
        elif stored.verdict != decided.verdict or not _same_row(stored, decided):
            changed.append(decided)
        if decision.verdict == ASK and (stored is None or stored.verdict != ASK):
            asked.add(key[:2])
    write_links(connection, new, changed, found.stale, now)
    return tuple(sorted(asked))


def _decided(link: Link, decision: Decision) -> Link:
    features = _without_decision(link)
    if decision.reason is not None:
        features[_DECISION] = decision.reason
    return replace(link, verdict=decision.verdict, features=features)


def _same_row(stored: Link, link: Link) -> bool:
    return (stored.score, stored.model) == (link.score, link.model) and dict(stored.features) == dict(
        link.features
    )


def _store_statements(
    connection: Connection, facts: Mapping[str, ReleaseFacts], resolution: Resolution, links: Iterable[Link]
) -> LinkResult:
    """Bring statements, redirects and roles to what was resolved; writes only what differs."""
    rows = load_statements(connection, {each.seed for each in facts.values()})
    missing = sorted(each.id for each in facts.values() if each.seed not in rows)
    if missing:
        raise LookupError(
            f"releases have no statement of their own: {', '.join(missing[:5])}: save them first"
        )
    excerpts: dict[str, set[str]] = defaultdict(set)
    """Release -> releases of which it holds a part."""
    for link in links:
        if "excerpt" in link.features and link.score >= JOINABLE and not link.by_person:
            shorter = str(link.features["excerpt"])
            excerpts[shorter].add(link.right if shorter == link.left else link.left)
    redirects: dict[str, str | None] = {}
    heads: dict[str, ReleaseFacts] = {}
    changes: list[tuple[str, str, Role, Standing | None]] = []
    touched: set[str] = set()
    for group in resolution.statements:
        members = [facts[each] for each in group]
        survivor = _survivor([rows[each.seed] for each in members])
        parts_of_text = {each for each in group if not excerpts[each].isdisjoint(group)}
        parts = assign_parts(members, parts_of_text)
        for each in members:
            target = None if each.seed == survivor.id else survivor.id
            if rows[each.seed].merged_into != target:
                redirects[each.seed] = target
            part = parts[each.id]
            if (each.statement_id, each.role, each.standing) != (survivor.id, part.role, part.standing):
                changes.append((each.id, survivor.id, part.role, part.standing))
                touched.add(survivor.id)
        head = find_head(members, parts_of_text)
        if (survivor.said_on, survivor.title, survivor.kind) != (head.said_on, head.title, head.kind):
            heads[survivor.id] = head
            touched.add(survivor.id)
    redirect(connection, redirects)
    describe_statements(connection, heads)
    assign(connection, changes)
    joined, split = _moves(facts, resolution)
    return LinkResult(joined=joined, split=split, touched=tuple(sorted(touched)))


def _survivor(rows: Sequence[StatementFacts]) -> StatementFacts:
    """The statement that was opened first; of equals the smaller id."""
    return min(rows, key=lambda row: (row.created_at, row.id))


def _moves(
    facts: Mapping[str, ReleaseFacts], resolution: Resolution
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Releases that gained, and that lost, one they share a statement with."""
    before: dict[str, set[str]] = defaultdict(set)
    for release in facts.values():
        before[release.statement_id].add(release.id)
    joined: set[str] = set()
    split: set[str] = set()
    for group in resolution.statements:
        together = set(group)
        for each in group:
            old = before[facts[each].statement_id]
            if not together <= old:
                joined.add(each)
            if not old <= together:
                split.add(each)
    return tuple(sorted(joined)), tuple(sorted(split))
