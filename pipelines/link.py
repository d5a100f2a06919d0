"""LINK: what publishers say, and copies in one language. The crawl's own stage, in its transaction.

`link_releases` looks at new and changed releases and at what they touch; `relink_publishers` at everything.
Both lead to the same state, which follows from what is stored (releases, claims, bands, decisions of persons)
and not from the order in which it came:

* Evidence about a pair follows from the two releases (`linking.publishers`); which pairs are looked at, from
  values they share (`storage.candidates`).
* Whole components are partitioned again whenever anything in them changes (`pipelines.partition`), so a foot
  line is decided anew when another statement of its day, or another copy of a joint one, comes in.

What texts say across languages takes longer. It is left to the linker (`pipelines.content`), in whose queue
every release that is new or changed is put when it is saved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from pipelines.linking.evidence import CONTENT_KINDS, Library
from pipelines.linking.publishers import kinds_of_evidence, needs_texts, weigh
from pipelines.partition import Findings, LinkResult, link_of, same_evidence, settle
from storage.candidates import Tie, facts_of, find_ties
from storage.decisions import restore_decisions
from storage.links import (
    HUB_ABOVE,
    Link,
    LinkKey,
    ReleaseFacts,
    all_release_ids,
    load_claims,
    load_facts,
    load_links,
    load_texts,
)

BATCH = 200
"""Releases that are linked at a time; bounds the texts in memory."""


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
    restore_decisions(connection, ids)
    found, hubs = find_evidence(connection, ids, cap)
    return replace(settle(connection, found, now), hubs=hubs)


def find_evidence(
    connection: Connection, ids: Sequence[str], cap: int = HUB_ABOVE
) -> tuple[Findings, tuple[str, ...]]:
    """What publishers say of these releases, and their copies in one language; nothing is written.

    The hubs that were left out come back beside it, as `kind: value`.
    """
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
    facts |= load_facts(connection, {each for pair in ties for each in pair} - facts.keys())
    wanted = _weigh_pairs(connection, set(ids), ties, facts, links)
    stale = {
        key
        for key, link in links.items()
        if not link.by_person and link.kind not in CONTENT_KINDS and key not in wanted
    }
    findings = Findings(set(ids), wanted, links, {*ids, *found.shaken}, stale, facts)
    return findings, tuple(sorted(f"{hub.kind}: {hub.value}" for hub in found.hubs))


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
            link = link_of(evidence)
            stored = links.get(link.key)
            if stored is not None and (stored.by_person or same_evidence(stored, link)):
                link = stored
            wanted[link.key] = link
    return wanted
