"""The demo: every source crawled from the replica on loopback, and what was found compared with what is true.

The crawl is the real one: child processes, spiders, pipelines, database. Only the network is ours: the
children are told where the hosts of the definitions are to be found (`crawler.replica`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.replica import SOURCES, TrueStatement
from crawler.source import crawled_sources, source_named
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
    """What was found beside what is true."""

    true_statements: int
    true_releases: int
    found_statements: int
    found_releases: int
    exact: int
    """True statements of which exactly the right releases were found, and no others with them, in one
    statement or in the groups that publishers' evidence ties together."""
    alone: int
    """Translations whose publisher names no original, and that stand as statements of their own: only their
    content could tell what they translate (`TrueStatement.told_together`). Said to the person."""
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Whether every statement holds exactly its own releases."""
        return not self.differences and self.exact == self.true_statements


Place = tuple[str, str]
"""Source and address key: what makes two addresses one page."""


def compare(truth: Iterable[TrueStatement], found: Iterable[StatementView]) -> Comparison:
    """Compare by source and address key of every release; the two sides need not know each other's ids."""
    members = {view.id: {_place(each.source, each.url) for each in view.releases} for view in found}
    home_of = {place: home for home, places in members.items() for place in places}
    differences: list[Difference] = []
    exact = alone = statements = 0
    known: set[Place] = set()
    tenants: defaultdict[str, list[TrueStatement]] = defaultdict(list)
    for statement in truth:
        statements += 1
        places = {_place(each.source, each.url): each for each in statement.releases}
        known |= places.keys()
        differences += [
            Difference("missing release", each.url) for place, each in places.items() if place not in home_of
        ]
        homes = {home_of[place] for place in places if place in home_of}
        for home in homes:
            tenants[home].append(statement)
        groups = [{_place(each.source, each.url) for each in group} for group in statement.told_together]
        as_told = all(any(members[home] == group for home in homes) for group in groups)
        if as_told:
            alone += len(groups) - 1
        elif len(homes) > 1:
            words = f"{_about(statement)}: {' / '.join(sorted(homes))}"
            differences.append(Difference("split statement", words))
        together = len(homes) == 1 and members[next(iter(homes))] == places.keys()
        exact += as_told or together
    differences += [
        Difference("joined statements", f"{home}: {' + '.join(map(_about, held))}")
        for home, held in tenants.items()
        if len(held) > 1
    ]
    unexpected = sorted(home_of.keys() - known)
    differences += [Difference("unexpected release", f"{source}: {key}") for source, key in unexpected]
    return Comparison(statements, len(known), len(members), len(home_of), exact, alone, tuple(differences))


def _place(source: str, url: str) -> Place:
    return source, source_named(source).address_key(url) or url


def _about(statement: TrueStatement) -> str:
    versions = ", ".join(f"{each.source} {each.language}" for each in statement.releases)
    return f"{statement.said_on} {statement.releases[0].title} ({versions})"


def crawl_replica(sources: Sequence[str], crew: Crew, watch: Watch) -> list[Report]:
    """Crawl those sources; the crew's environment leads to the replica."""
    return crawl([Order(name, started_by="demo") for name in sources], crew, watch)


def demo_sources() -> list[str]:
    """The sources that the replica stands in for, in the registry's order."""
    return [name for name in crawled_sources() if name in SOURCES]
