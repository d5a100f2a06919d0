"""LINK: releases become statements.

`link_releases` looks at new and changed releases and at what they touch; `relink_all` at everything. Both
lead to the same state, which follows from what is stored (releases, claims, bands, decisions of persons)
and not from the order in which it came:

* Evidence about a pair follows from the two releases (`linking.publishers`); which pairs are looked at, from
  values they share (`storage.candidates`).
* Whole components are partitioned again whenever anything in them changes (`linking.clusters`), so a foot
  line is decided anew when another statement of its day, or another copy of a joint one, comes in.

Every release has opened a statement of its own. A statement's id is that of the member's statement that was
opened first (equal times: the smaller id): what readers have bookmarked longest stays. The other members'
statements redirect to it, always directly. A release that leaves goes back to the statement it opened,
which then lives again.

Rows that are right already are not written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from crawler.items import Role, Standing
from pipelines.linking.clusters import ASK, Decision, Resolution, connects, resolve
from pipelines.linking.evidence import EXCERPT, JOINABLE, Evidence, Library
from pipelines.linking.publishers import kinds_of_evidence, needs_texts, weigh
from pipelines.linking.roles import assign_parts, find_head
from storage.candidates import Tie, facts_of, find_ties
from storage.links import (
    HUB_ABOVE,
    Link,
    LinkKey,
    ReleaseFacts,
    StatementFacts,
    all_release_ids,
    assign,
    describe_statements,
    load_claims,
    load_facts,
    load_links,
    load_statement_mates,
    load_statements,
    load_texts,
    redirect,
    write_links,
)

BATCH = 200
"""Releases that are linked at a time; bounds the texts in memory."""


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


def link_releases(
    connection: Connection, release_ids: Sequence[str], now: datetime, cap: int = HUB_ABOVE
) -> LinkResult:
    """Link new or changed releases; they and their claims and bands must be saved already.

    `cap` is the number of releases above which a shared value is no evidence; one database must always be
    linked with the same. Raises LookupError when a release or the statement it opened is not stored.
    """
    ids = sorted(set(release_ids))
    result = LinkResult()
    for start in range(0, len(ids), BATCH):
        result = result.merged(_link_batch(connection, ids[start : start + BATCH], now, cap))
    return result


def relink_all(
    connection: Connection,
    now: datetime,
    progress: Callable[[int], object] = lambda _done: None,
    cap: int = HUB_ABOVE,
) -> LinkResult:
    """Link every release again, a batch at a time. `progress` is told how many are done.

    What comes back holds only what changed.
    """
    result, done = LinkResult(), 0
    for ids in all_release_ids(connection, BATCH):
        result = result.merged(_link_batch(connection, ids, now, cap))
        done += len(ids)
        progress(done)
    return result


def _link_batch(connection: Connection, ids: Sequence[str], now: datetime, cap: int) -> LinkResult:
    facts = facts_of(connection, ids)
    found = find_ties(connection, facts, cap)
    ties = _by_pair(found.ties)
    links = load_links(connection, ids)
    shaken = set()
    if found.shaken:
        # Their texts are as they were: only those that have links can lose one, with what ties it.
        links = load_links(connection, found.shaken) | links
        shaken = {
            each for link in links.values() if not link.by_person for each in link.key[:2]
        } & found.shaken
        ties |= {
            pair: some
            for pair, some in _by_pair(
                find_ties(connection, load_facts(connection, shaken), cap).ties
            ).items()
            if pair not in ties
        }
    scope = {*ids, *found.shaken}
    facts |= load_facts(connection, {each for pair in ties for each in pair} - facts.keys())
    wanted = _weigh_pairs(connection, set(ids), ties, facts, links)
    stale = {key for key, link in links.items() if not link.by_person and key not in wanted}
    changed = {
        each
        for key in stale | {key for key in wanted if not _same_evidence(links.get(key), wanted[key])}
        for each in key[:2]
    }
    start = {*ids, *changed}
    while True:
        known, members = _component(connection, start, links, wanted, stale, scope)
        facts |= load_facts(connection, members - facts.keys())
        # Who shares a statement with a member only because of a link that is no longer there.
        left_over = load_statement_mates(connection, {facts[each].statement_id for each in members}) - members
        if not left_over:
            break
        start |= left_over
    facts = {each: facts[each] for each in members}
    resolution = resolve(facts, known.values())
    asked = _store_links(connection, known, links, stale, resolution, now)
    result = _store_statements(connection, facts, resolution, known.values())
    return replace(result, asked=asked, hubs=tuple(sorted(f"{hub.kind}: {hub.value}" for hub in found.hubs)))


def _by_pair(ties: Iterable[Tie]) -> dict[tuple[str, str], list[Tie]]:
    pairs: dict[tuple[str, str], list[Tie]] = defaultdict(list)
    for tie in ties:
        pairs[tie.pair].append(tie)
    return dict(pairs)


def _weigh_pairs(
    connection: Connection,
    batch: set[str],
    ties: Mapping[tuple[str, str], list[Tie]],
    facts: Mapping[str, ReleaseFacts],
    links: Mapping[LinkKey, Link],
) -> dict[LinkKey, Link]:
    """Links that the machine wants; verdicts are still those of before, or to be decided."""
    wanted: dict[LinkKey, Link] = {}
    to_weigh: dict[tuple[str, str], list[Tie]] = {}
    for pair, some in ties.items():
        if batch.isdisjoint(pair):
            for kind in {
                kind for tie in some for kind in kinds_of_evidence(tie, facts[pair[0]], facts[pair[1]])
            }:
                stored = links.get((*pair, kind))
                if stored is not None:
                    wanted[stored.key] = stored
        else:
            to_weigh[pair] = some
    both = {each for pair in to_weigh for each in pair}
    claims = load_claims(connection, both)
    reading = {
        each
        for pair, some in to_weigh.items()
        if needs_texts(some, facts[pair[0]], facts[pair[1]])
        for each in pair
    }
    library = Library(load_texts(connection, reading))
    for (left, right), some in to_weigh.items():
        for evidence in weigh(some, facts[left], facts[right], claims, library):
            link = _as_link(evidence)
            stored = links.get(link.key)
            if stored is not None and (stored.by_person or _same_evidence(stored, link)):
                link = stored
            wanted[link.key] = link
    return wanted


def _as_link(evidence: Evidence) -> Link:
    return Link(evidence.left, evidence.right, str(evidence.kind), "", evidence.score, evidence.features)


def _same_evidence(stored: Link | None, link: Link) -> bool:
    if stored is None or stored.score != link.score:
        return False
    return _without_decision(stored) == _without_decision(link)


def _without_decision(link: Link) -> dict[str, object]:
    return {name: value for name, value in link.features.items() if name != _DECISION}


_DECISION = "decision"
"""Feature that holds why the verdict is not what the evidence alone says."""


def _component(
    connection: Connection,
    start: Collection[str],
    links: Mapping[LinkKey, Link],
    wanted: Mapping[LinkKey, Link],
    stale: Collection[LinkKey],
    loaded: Collection[str],
) -> tuple[dict[LinkKey, Link], set[str]]:
    """The components that the start belongs to: their links as they are from now on, and their releases."""
    now = {key: link for key, link in links.items() if key not in stale} | dict(wanted)
    seen, done = set(start), set(loaded)
    frontier = set(start)
    while frontier:
        missing = frontier - done
        done |= missing
        now |= {
            key: link
            for key, link in load_links(connection, missing).items()
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
    before: Mapping[LinkKey, Link],
    stale: Collection[LinkKey],
    resolution: Resolution,
    now: datetime,
) -> tuple[tuple[str, str], ...]:
    """Write what differs; the pairs about which a person is newly asked come back."""
    new: list[Link] = []
    changed: list[Link] = []
    asked: set[tuple[str, str]] = set()
    for key, decision in resolution.decisions.items():
        link = known[key]
        stored = before.get(key) or (link if link.verdict else None)
        decided = _decided(link, decision)
        if stored is None:
            new.append(decided)
        elif stored.verdict != decided.verdict or not _same_row(stored, decided):
            changed.append(decided)
        if decision.verdict == ASK and (stored is None or stored.verdict != ASK):
            asked.add(key[:2])
    write_links(connection, new, changed, stale, now)
    return tuple(sorted(asked))


def _decided(link: Link, decision: Decision) -> Link:
    features = _without_decision(link)
    if decision.reason is not None:
        features[_DECISION] = decision.reason
    return replace(link, verdict=decision.verdict, features=features)


def _same_row(stored: Link, link: Link) -> bool:
    return stored.score == link.score and dict(stored.features) == dict(link.features)


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
        if link.kind == EXCERPT and link.score >= JOINABLE and not link.by_person:
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
