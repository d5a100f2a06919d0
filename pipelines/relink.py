"""Everything linked again: read, weighed in several processes, shown, and only then brought into force.

A full relink goes through three states, each in batches by release id with a cursor, so that it goes on where
it was after Ctrl-C or SIGKILL:

1. *reading*: texts that an older version took apart are read again;
2. *weighing*: the evidence of all pairs is found and set aside (`storage.relinks`); nothing counts yet;
3. *weighed*: what would change can be shown (`plan`), and brought into force (`apply`), by components.

Crawls go on meanwhile, the linker waits. Releases that change after they were weighed are left as they are
stored and stay in the queue; the linker takes them up afterwards.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Connection

from crawler.children import end_after
from crawler.cycles import collect_less
from pipelines.content import PairFinder
from pipelines.link import find_evidence
from pipelines.linking.clusters import APART, ASK, Decision, Resolution
from pipelines.linking.evidence import CONTRADICTION
from pipelines.linking.judge import Judge
from pipelines.partition import Findings, LinkResult, Outcome, same_evidence, work_out_around, write_outcome
from pipelines.shelf import Fresh
from storage import relinks
from storage.database import Database
from storage.linkers import Claim, claim_linker, keep_claim, release_claim
from storage.links import Link, LinkKey, ReleaseFacts, load_facts, load_links
from storage.relinks import Relink, links_to_be

BATCH = 200
"""Releases handled at a time."""
_AHEAD = 4
"""Batches for each process that are under way at a time."""


@dataclass(frozen=True, slots=True)
class RelinkProgress:
    """How far a relink is."""

    state: str
    """reading, weighing, applying, planning"""
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a relink would change, or changed."""

    what: str
    """join, split, move, ask"""
    statements: tuple[str, ...]
    """join: those that become one; split: the one that is taken apart; move: from, to; ask: the two of the
    pair."""
    releases: tuple[str, ...]
    """join: all of them; split: those that leave; move: the one that moves; ask: the pair."""


@dataclass(slots=True)
class Plan:
    """What a relink would change."""

    changes: list[Change] = field(default_factory=list)
    links: Counter[str] = field(default_factory=Counter)
    """Links that would be new, gone, or have other evidence."""
    changed_since: int = 0
    """Releases that have changed since they were weighed: the linker takes them up."""

    def count(self, what: str) -> int:
        """Changes of one sort."""
        return sum(change.what == what for change in self.changes)


class RelinkInProgress(RuntimeError):
    """A relink by another judge is under way; the message says what to do."""


Tell = Callable[[RelinkProgress], object]
Clock = Callable[[], datetime]
MakeJudge = Callable[[], Judge[Any]]
"""Makes the judge in whatever process it is called: must be a module's function, or a partial of one."""


class Relinker:
    """A full relink of one database, by one judge, in `jobs` processes (1: in this one)."""

    def __init__(
        self,
        database: Database,
        url: str,
        make_judge: MakeJudge,
        clock: Clock,
        jobs: int = 1,
        batch: int = BATCH,
        tell: Tell = lambda _progress: None,
    ) -> None:
        self._database = database
        self._url = url
        self._make_judge = make_judge
        self._judge = make_judge()
        self._clock = clock
        self._jobs = jobs
        self._batch = batch
        self.tell = tell

    def weigh(self) -> Relink:
        """Read and weigh everything, or what an interrupted relink left over; nothing changes by it.

        Raises LinkerBusy, RelinkInProgress.
        """
        with self._claimed("weighing everything again") as claim, self._workers() as run:
            relink = self._begin()
            if relink.state == relinks.READING:
                self._read(relink, claim, run)
                with self._database.write() as connection:
                    relinks.begin_weighing(connection, relink)
                relink = self._current()
            if relink.state == relinks.WEIGHING:
                self._weigh(relink, claim, run)
                with self._database.write() as connection:
                    relinks.end_weighing(connection, relink)
                relink = self._current()
        return relink

    def plan(self, relink: Relink) -> Plan:
        """What bringing it into force would change; reads only."""
        found = Plan()
        seen: set[str] = set()
        with self._database.read() as connection:
            changed = relinks.changed_since(connection, relink)
            found.changed_since = len(changed)
            total, done, cursor = relinks.count_releases(connection), 0, ""
            while ids := relinks.ids_after(connection, cursor, self._batch):
                cursor, done = ids[-1], done + len(ids)
                unseen = [each for each in ids if each not in seen]
                if unseen:
                    findings, outcome = _work_out(connection, relink, unseen, changed)
                    _note(connection, found, findings, outcome, seen)
                    seen |= outcome.facts.keys()
                self.tell(RelinkProgress("planning", done, total))
        found.changes.sort(key=lambda each: (each.what, each.statements, each.releases))
        return found

    def apply(self, relink: Relink) -> LinkResult:
        """Bring a weighed relink into force, a transaction for each batch; what changed comes back."""
        result = LinkResult()
        with self._claimed("bringing a relink into force") as claim:
            with self._database.read() as connection:
                total = relinks.count_releases(connection)
            cursor, done = relink.cursor, relink.done
            while True:
                with self._database.write() as connection:
                    ids = relinks.ids_after(connection, cursor, self._batch)
                    if not ids:
                        break
                    now = self._clock()
                    changed = relinks.changed_since(connection, relink)
                    findings, outcome = _work_out(connection, relink, ids, changed)
                    result = result.merged(write_outcome(connection, findings, outcome, now))
                    cursor, done = ids[-1], done + len(ids)
                    relinks.advance(connection, relink, cursor, done)
                    keep_claim(connection, claim, now)
                self.tell(RelinkProgress("applying", done, total))
            with self._database.write() as connection:
                relinks.end_relink(connection, relink, relinks.APPLIED, self._clock())
        return result

    def drop(self) -> bool:
        """Forget a relink that was begun and not brought into force; False when there is none."""
        with self._database.write() as connection:
            relink = relinks.open_relink(connection)
            if relink is None:
                return False
            if relink.state == relinks.WEIGHED and relink.cursor:
                raise RelinkInProgress(
                    "a part of the relink is in force already: go on with it (communique relink)"
                )
            relinks.end_relink(connection, relink, relinks.DROPPED, self._clock())
        return True

    def _begin(self) -> Relink:
        with self._database.write() as connection:
            relink = relinks.open_relink(connection)
            if relink is None:
                return relinks.begin_relink(connection, self._judge.identity, self._clock())
        if relink.judge != self._judge.identity:
            raise RelinkInProgress(
                f"a relink with {relink.judge}, begun {relink.started_at:%Y-%m-%d %H:%M} UTC, is not "
                f"finished; this one would be with {self._judge.identity}. Go on with the same encoder, or "
                "give it up: communique relink --drop"
            )
        return relink

    def _current(self) -> Relink:
        with self._database.read() as connection:
            relink = relinks.open_relink(connection)
        if relink is None:
            raise LookupError("the relink has vanished from the database")
        return relink

    @contextmanager
    def _claimed(self, doing: str) -> Iterator[Claim]:
        with self._database.write() as connection:
            claim = claim_linker(connection, doing, self._clock())
        try:
            yield claim
        finally:
            with self._database.write() as connection:
                release_claim(connection, claim)

    def _read(self, relink: Relink, claim: Claim, run: Run) -> None:
        shelf = PairFinder(self._judge).shelf
        total, done = self._total(), relink.done
        for ids, fresh in run(read_batch, self._batches(relink.cursor)):
            with self._database.write() as connection:
                shelf.save(connection, fresh, self._clock())
                done += len(ids)
                relinks.advance(connection, relink, ids[-1], done)
                keep_claim(connection, claim, self._clock())
            self.tell(RelinkProgress(relinks.READING, done, total))

    def _weigh(self, relink: Relink, claim: Claim, run: Run) -> None:
        total, done = self._total(), relink.done
        for ids, links in run(weigh_batch, self._batches(relink.cursor)):
            with self._database.write() as connection:
                relinks.save_staged(connection, relink, links)
                done += len(ids)
                relinks.advance(connection, relink, ids[-1], done)
                keep_claim(connection, claim, self._clock())
            self.tell(RelinkProgress(relinks.WEIGHING, done, total))

    def _total(self) -> int:
        with self._database.read() as connection:
            return relinks.count_releases(connection)

    def _batches(self, cursor: str) -> Iterator[list[str]]:
        while True:
            with self._database.read() as connection:
                ids = relinks.ids_after(connection, cursor, self._batch)
            if not ids:
                return
            yield ids
            cursor = ids[-1]

    @contextmanager
    def _workers(self) -> Iterator[Run]:
        """Something that does a function for batches, in order, here or in other processes."""
        if self._jobs == 1:
            bench = Bench(self._database, self._judge)
            yield lambda work, batches: ((ids, work(ids, bench)) for ids in batches)
            return
        pool = ProcessPoolExecutor(
            self._jobs,
            get_context("spawn"),
            initializer=_sit_down,
            initargs=(self._url, self._make_judge, os.getpid()),
        )
        with _interrupts_ignored():
            # Each work starts one more while none is idle, so all are there before the first batch.
            for _ in range(self._jobs):
                pool.submit(_start)
        try:
            yield lambda work, batches: _ahead(pool, work, batches, self._jobs * _AHEAD)
        finally:
            # Interrupted: what is under way is done again the next time.
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where batches are worked on: a database and a judge of the process's own."""

    database: Database
    judge: Judge[Any]
    finder: PairFinder[Any] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "finder", PairFinder(self.judge))


Work = Callable[[list[str], "Bench | None"], Any]
Run = Callable[[Work, Iterator[list[str]]], Iterator[tuple[list[str], Any]]]


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Processes that are started meanwhile ignore Ctrl-C, which at a terminal reaches the whole group: only
    the process that writes acts on it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_bench: Bench | None = None
"""Of this process, when it is one of the workers."""


def _sit_down(url: str, make_judge: MakeJudge, parent: int) -> None:
    global _bench
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_after(parent)
    _bench = Bench(Database(url), make_judge())
    collect_less()


def _start() -> None:
    """Work for a process that is only to be started."""


def read_batch(ids: list[str], bench: Bench | None = None) -> Fresh:
    """Read those of the releases that are outdated."""
    at = bench or _own_bench()
    with at.database.read() as connection:
        return at.finder.shelf.read_outdated(connection, ids)


def weigh_batch(ids: list[str], bench: Bench | None = None) -> list[Link]:
    """All evidence about pairs of which one of the releases has the smaller id."""
    at = bench or _own_bench()
    with at.database.read() as connection:
        told, _ = find_evidence(connection, ids)
        links, _ = at.finder.find(connection, ids, smaller_only=True)
    own = set(ids)
    links |= {
        key: replace(link, verdict="")
        for key, link in told.wanted.items()
        if key[0] in own and not link.by_person
    }
    return [links[key] for key in sorted(links)]


def _own_bench() -> Bench:
    if _bench is None:
        raise RuntimeError("this process is no worker of a relink")
    return _bench


def _ahead(
    pool: ProcessPoolExecutor, work: Work, batches: Iterator[list[str]], most: int
) -> Iterator[tuple[list[str], Any]]:
    """Results in the order of the batches; at most `most` are under way."""
    under_way: deque[tuple[list[str], Future[Any]]] = deque()
    for ids in batches:
        under_way.append((ids, pool.submit(work, ids, None)))
        if len(under_way) >= most:
            done, future = under_way.popleft()
            yield done, future.result()
    while under_way:
        done, future = under_way.popleft()
        yield done, future.result()


def _work_out(
    connection: Connection, relink: Relink, ids: Sequence[str], changed: set[str]
) -> tuple[Findings, Outcome]:
    """What a relink makes of the components of these releases; and of their links to others."""

    def load(connection: Connection, releases: Collection[str]) -> dict[LinkKey, Link]:
        return links_to_be(connection, relink, releases, changed)

    found = Findings(set(ids), load(connection, ids), loaded=set(ids))
    outcome = work_out_around(connection, ids, found, load)
    members = outcome.facts.keys()
    # A component is brought into force whole, so that it is never half new.
    to_be, stored = load(connection, members), load_links(connection, members)
    found = Findings(set(members), to_be, stored, set(members), stored.keys() - to_be.keys())
    # What leads out of a component joins nothing, whatever becomes of the other one.
    outside = {key: link for key, link in to_be.items() if key not in outcome.known}
    answered = {key[:2] for key, link in outside.items() if link.by_person}
    decisions = dict(outcome.resolution.decisions) | {
        key: _apart_or_asked(link, key[:2] in answered) for key, link in outside.items() if not link.by_person
    }
    resolution = Resolution(outcome.resolution.statements, decisions)
    return found, Outcome(outcome.facts, {**outcome.known, **outside}, resolution)


def _apart_or_asked(link: Link, answered: bool) -> Decision:
    """The verdict on evidence between two components: nobody is asked what a person has answered."""
    if answered:
        return Decision(APART, "a person decided")
    return Decision(APART if link.score == CONTRADICTION else ASK)


def _note(connection: Connection, plan: Plan, found: Findings, outcome: Outcome, seen: set[str]) -> None:
    """Add what an outcome changes to a plan."""
    plan.changes += changes_of(outcome.facts, outcome.resolution.statements)
    newly: list[tuple[str, str]] = []
    for key, link in found.wanted.items():
        if seen.isdisjoint(key[:2]):
            stored = found.stored.get(key)
            if not same_evidence(stored, link):
                plan.links["new" if stored is None else "other evidence"] += 1
            decision = outcome.resolution.decisions.get(key)
            if decision is not None and decision.verdict == ASK and (stored is None or stored.verdict != ASK):
                newly.append(key[:2])
    plan.links["gone"] += sum(seen.isdisjoint(key[:2]) for key in found.stale)
    facts = load_facts(connection, {each for pair in newly for each in pair})
    plan.changes += [
        Change("ask", tuple(facts[each].statement_id for each in pair), pair) for pair in sorted(set(newly))
    ]


def changes_of(facts: Mapping[str, ReleaseFacts], groups: Sequence[Sequence[str]]) -> list[Change]:
    """How releases, with the statements that they are in, become those groups."""
    found: list[Change] = []
    of: dict[str, int] = {}
    homes: dict[str, Counter[int]] = defaultdict(Counter)
    for number, group in enumerate(groups):
        for each in group:
            if each in facts:
                of[each] = number
                homes[facts[each].statement_id][number] += 1
    main = {home: min(numbers, key=lambda each: (-numbers[each], each)) for home, numbers in homes.items()}
    staying: dict[int, list[str]] = defaultdict(list)
    for home, number in sorted(main.items()):
        staying[number].append(home)
    for number, statements in staying.items():
        if len(statements) > 1:
            together = tuple(sorted(each for each in groups[number] if each in facts))
            found.append(Change("join", tuple(statements), together))
    leaving: dict[tuple[str, int], list[str]] = defaultdict(list)
    for each, number in of.items():
        home = facts[each].statement_id
        if number != main[home]:
            leaving[home, number].append(each)
    for (home, number), releases in sorted(leaving.items()):
        if number in staying:
            found += [Change("move", (home, staying[number][0]), (each,)) for each in sorted(releases)]
        else:
            found.append(Change("split", (home,), tuple(sorted(releases))))
    return found
