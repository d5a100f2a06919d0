"""The linker: what texts say, release by release from the queue, outside of any crawl.

A batch takes three steps: its texts are read and stored with their anchors; candidates are found and weighed
with nothing locked; links and statements are written, and the tickets taken out, in one transaction. Killed
at any moment, it begins the batch again: every step leads to the same state when it is done twice. A release
that changes in the meantime has a new ticket, and its turn comes again.

Evidence about a pair follows from the two releases, candidates follow from what is stored, and components are
partitioned whole (`pipelines.partition`). So when the queue is empty, statements do not depend on
the order in which releases came, nor on the batches in which they were linked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic

from sqlalchemy import Connection

from pipelines.linking.evidence import CONTENT_KINDS
from pipelines.linking.judge import Content, Judge, Pair
from pipelines.linking.windows import Days, Windows
from pipelines.partition import Findings, LinkResult, link_of, settle
from pipelines.shelf import LazyLibrary, Shelf
from storage.anchors import ANCHOR_HUB_ABOVE, find_sharing, load_contents, load_days
from storage.database import Database
from storage.linkers import Claim, claim_linker, keep_claim, release_claim
from storage.links import Link, LinkKey, load_facts, load_links
from storage.relinks import note_linked_meanwhile
from storage.unlinked import Ticket, count_unlinked, next_tickets, settle_tickets

BATCH = 100
"""Releases linked in one transaction."""


@dataclass(frozen=True, slots=True)
class LinkerProgress:
    """What the linker has done so far."""

    linked: int = 0
    """Releases taken from the queue."""
    weighed: int = 0
    """Pairs weighed."""
    waiting: int = 0
    """Releases still in the queue."""
    changes: LinkResult = field(default_factory=LinkResult)


class ContentLinker(Generic[Content]):
    """Links what waits in a database's queue. `clock` tells the time in UTC."""

    def __init__(
        self,
        database: Database,
        judge: Judge[Content],
        clock: Callable[[], datetime],
        batch: int = BATCH,
        cap: int = ANCHOR_HUB_ABOVE,
    ) -> None:
        self._database = database
        self._judge = judge
        self._clock = clock
        self._batch = batch
        self._finder = PairFinder(judge, cap)
        self._progress = LinkerProgress()

    def drain(self, tell: Callable[[LinkerProgress], object] = lambda _progress: None) -> LinkerProgress:
        """Link until nothing waits. Raises LinkerBusy when another process links this database."""
        with self._database.write() as connection:
            claim = claim_linker(connection, "linking what is new", self._clock())
        try:
            while self.step(claim):
                tell(self._progress)
        finally:
            with self._database.write() as connection:
                release_claim(connection, claim)
        return self._progress

    def step(self, claim: Claim | None = None) -> bool:
        """Link one batch; False when nothing waits."""
        with self._database.read() as connection:
            tickets = next_tickets(connection, self._batch)
            if not tickets:
                return False
            fresh = self._finder.shelf.read_outdated(connection, [each.release for each in tickets])
        if fresh.contents or fresh.vectors:
            with self._database.write() as connection:
                self._finder.shelf.save(connection, fresh, self._clock())
            self._finder.forget(fresh.days)
        ids = [each.release for each in tickets]
        with self._database.read() as connection:
            links, weighed = self._finder.find(connection, ids)
        with self._database.write() as connection:
            result, waiting = self._store(connection, tickets, links, claim)
        before = self._progress
        self._progress = LinkerProgress(
            before.linked + len(tickets), before.weighed + weighed, waiting, before.changes.merged(result)
        )
        return True

    def _store(
        self,
        connection: Connection,
        tickets: list[Ticket],
        wanted: dict[LinkKey, Link],
        claim: Claim | None,
    ) -> tuple[LinkResult, int]:
        ids = {each.release for each in tickets}
        stored = load_links(connection, ids)
        # A person may have decided on a link of the machine itself.
        wanted = {key: stored[key] if _by_person(stored.get(key)) else link for key, link in wanted.items()}
        stale = {
            key
            for key, link in stored.items()
            if not link.by_person and link.kind in CONTENT_KINDS and key not in wanted
        }
        found = Findings(ids, wanted, stored, set(ids), stale)
        now = self._clock()
        result = settle(connection, found, now)
        settle_tickets(connection, tickets)
        note_linked_meanwhile(connection, ids)
        if claim is not None:
            keep_claim(connection, claim, now)
        return result, count_unlinked(connection)


def _by_person(link: Link | None) -> bool:
    return link is not None and link.by_person


class PairFinder(Generic[Content]):
    """Finds the content evidence of releases; reads only."""

    def __init__(self, judge: Judge[Content], cap: int = ANCHOR_HUB_ABOVE) -> None:
        self._judge = judge
        self._cap = cap
        self._connection: Connection | None = None
        self.shelf = Shelf(judge, cap)
        self._windows = Windows(self._load, judge.reach, judge.worth)

    def forget(self, days: Collection[date]) -> None:
        """Read the anchors of these days anew."""
        self._windows.forget(days)

    def candidates(self, connection: Connection, releases: Collection[str]) -> set[tuple[str, str]]:
        """Pairs, with an end among the releases, that are worth weighing; smaller id first."""
        stored = load_contents(connection, releases)
        pairs = find_sharing(connection, {each: it.lasting for each, it in stored.items()}, self._cap)
        self._connection = connection
        try:
            for each, it in sorted(stored.items(), key=lambda one: (one[1].day, one[0])):
                for other in self._windows.candidates(each, it.day):
                    pairs.add((each, other) if each < other else (other, each))
        finally:
            self._connection = None
        return pairs

    def find(
        self, connection: Connection, releases: Collection[str], smaller_only: bool = False
    ) -> tuple[dict[LinkKey, Link], int]:
        """Links that there should be with an end among the releases, and how many pairs were weighed.

        With `smaller_only` the pairs whose smaller id is among them: all releases together then give every
        pair once.
        """
        wanted = set(releases)
        pairs = sorted(
            pair for pair in self.candidates(connection, releases) if not smaller_only or pair[0] in wanted
        )
        opened = self.shelf.open(connection, {each for pair in pairs for each in pair})
        there = [(left, right) for left, right in pairs if left in opened and right in opened]
        kept = self._judge.sift([(opened[left], opened[right]) for left, right in there])
        sifted = [pair for pair, may in zip(there, kept, strict=True) if may]
        facts = load_facts(connection, {each for pair in sifted for each in pair})
        library = LazyLibrary(connection)
        to_weigh = [
            Pair(facts[left], facts[right], opened[left], opened[right])
            for left, right in sifted
            if left in facts and right in facts
        ]
        links: dict[LinkKey, Link] = {}
        for evidence in self._judge.weigh(to_weigh, library):
            if evidence is not None:
                link = link_of(evidence, self._judge.identity)
                links[link.key] = link
        return links, len(there)

    def _load(self, since: date, until: date) -> Days:
        if self._connection is None:
            raise RuntimeError("anchors are read only while candidates are looked for")
        return load_days(self._connection, since, until)
