"""The demo: every source crawled from the replica on loopback, and what was found compared with what is true.

The crawl is the real one: child processes, spiders, pipelines, database. Only the network is ours: the
children are told where the hosts of the definitions are to be found (`crawler.replica`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.replica import SOURCES, TrueStatement
from crawler.source import crawled_sources
from scheduler.crawl import Crew, Order, Report, Watch, crawl
from storage.statements import StatementView

EXAMPLES = 5
"""Differences that are shown in words; the others are counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was not found as it is."""

    what: str
    """missing release, unexpected release, split statement, joined statements"""
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found beside what is true. Equal only when every statement holds exactly its own releases."""

    true_statements: int
    true_releases: int
    found_statements: int
    found_releases: int
    exact: int
    """True statements of which exactly the right releases were found, in one statement, and no other."""
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Whether everything is as it should be."""
        return not self.differences and self.exact == self.true_statements == self.found_statements


def compare(truth: Iterable[TrueStatement], found: Iterable[StatementView]) -> Comparison:
    """Compare by (source, address) of every release; the two sides need not know each other's ids."""
    statement_of: dict[tuple[str, str], str] = {}
    members: dict[str, set[tuple[str, str]]] = {}
    for view in found:
        members[view.id] = {(release.source, release.url) for release in view.releases}
        statement_of.update(dict.fromkeys(members[view.id], view.id))
    differences: list[Difference] = []
    exact = true_statements = 0
    owner: dict[tuple[str, str], int] = {}
    in_one: defaultdict[str, set[int]] = defaultdict(set)
    for statement in truth:
        true_statements += 1
        wanted = {(release.source, release.url) for release in statement.releases}
        owner.update(dict.fromkeys(wanted, statement.number))
        homes = {statement_of[each] for each in wanted if each in statement_of}
        for home in homes:
            in_one[home].add(statement.number)
        for source, url in sorted(wanted - statement_of.keys()):
            differences.append(Difference("missing release", f"{source}: {url}"))
        if len(homes) > 1:
            about = ", ".join(f"{release.source} {release.language}" for release in statement.releases)
            title = statement.releases[0].title
            differences.append(
                Difference(
                    "split statement", f"{statement.said_on} {title} ({about}): {' / '.join(sorted(homes))}"
                )
            )
        exact += len(homes) == 1 and members[next(iter(homes))] == wanted
    for home, numbers in in_one.items():
        if len(numbers) > 1:
            differences.append(
                Difference("joined statements", f"{home} holds releases of {len(numbers)} true statements")
            )
    for source, url in sorted(statement_of.keys() - owner.keys()):
        differences.append(Difference("unexpected release", f"{source}: {url}"))
    return Comparison(true_statements, len(owner), len(members), len(statement_of), exact, tuple(differences))


def expected_by_source(truth: Iterable[TrueStatement]) -> Counter[str]:
    """True releases by source."""
    return Counter(release.source for statement in truth for release in statement.releases)


def crawl_replica(sources: Sequence[str], crew: Crew, watch: Watch) -> list[Report]:
    """Crawl those sources; the crew's environment leads to the replica."""
    return crawl([Order(name, started_by="demo") for name in sources], crew, watch)


def demo_sources() -> list[str]:
    """The sources that the replica stands in for, in the registry's order."""
    return [name for name in crawled_sources() if name in SOURCES]
