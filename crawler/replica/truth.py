"""What is true of the replica's world, for comparing with what a crawl found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import overload

from crawler.items import KindOfRelease, Role, Standing
from crawler.replica.addresses import address_of
from crawler.replica.plan import FAMILIES
from crawler.replica.world import World
from crawler.source import source_named


@dataclass(frozen=True, slots=True)
class TrueRelease:
    """One release as it truly is: what a crawl should find at its address."""

    number: int
    """Place in the world; also the native number that addresses carry."""
    statement: int
    source: str
    url: str
    language: str
    kind: KindOfRelease
    role: Role
    """Of two equally authentic languages (Canada) both are originals here."""
    standing: Standing | None
    title: str
    """Headline without its folio."""
    said_on: date
    posted_on: date
    posted_at: datetime
    issuers: tuple[str, ...]
    """Who speaks on this page, by the keys of crawler.issuers."""
    folio: str | None
    """`056`, as printed without its label."""
    revision: int
    """How often its publisher has changed it; 0 as first posted."""
    withdrawn: bool
    body: tuple[str, ...]

    @property
    def key(self) -> str | None:
        """Address key by the source's definition; None if it does not know the page."""
        return source_named(self.source).address_key(self.url)


@dataclass(frozen=True, slots=True)
class TrueStatement:
    """One act of speaking, with all releases that are versions of it."""

    number: int
    family: str
    issuers: tuple[str, ...]
    said_on: date
    follows: int | None
    """The earlier statement that this one looks like and is not."""
    releases: tuple[TrueRelease, ...]

    @property
    def told_together(self) -> tuple[tuple[TrueRelease, ...], ...]:
        """The releases in groups that publishers' own evidence or equal texts tie together.

        More than one group: that they are one statement can only be told from what a translation says
        (Spanish translations of the State Department name no original).
        """
        if self.family != "state_translated":
            return (self.releases,)
        return tuple((release,) for release in self.releases)


class Truth(Sequence[TrueStatement]):
    """All statements of a world, newest first, made when asked for, in their present state."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __len__(self) -> int:
        return len(self.world.plan.family)

    @overload
    def __getitem__(self, place: int) -> TrueStatement: ...

    @overload
    def __getitem__(self, place: slice) -> list[TrueStatement]: ...

    def __getitem__(self, place: int | slice) -> TrueStatement | list[TrueStatement]:
        if isinstance(place, slice):
            return [self.statement(number) for number in range(len(self))[place]]
        return self.statement(range(len(self))[place])

    def statement(self, number: int) -> TrueStatement:
        """The statement of that number."""
        plan = self.world.plan
        family = FAMILIES[plan.family[number]]
        return TrueStatement(
            number=number,
            family=family.name,
            issuers=family.issuers,
            said_on=plan.said_on(number),
            follows=plan.base_of(number),
            releases=tuple(self.release(release) for release in plan.releases_of(number)),
        )

    def release(self, number: int) -> TrueRelease:
        """The release of that number, in its present state."""
        entry = self.world.entry(number)
        version = self.world.plan.version(number)
        role, standing = version.part
        return TrueRelease(
            number=number,
            statement=self.world.plan.statement[number],
            source=entry.source,
            url=address_of(self.world, entry),
            language=entry.language,
            kind=entry.kind,
            role=role,
            standing=standing,
            title=entry.title,
            said_on=entry.said_on,
            posted_on=entry.local.date(),
            posted_at=entry.posted_at,
            issuers=self.world.issuers(number),
            folio=f"{entry.folio:03d}" if entry.folio else None,
            revision=entry.revision,
            withdrawn=entry.withdrawn,
            body=self.world.body(number),
        )

    def releases(self) -> Iterator[TrueRelease]:
        """Every release, newest statement first."""
        return (self.release(number) for number in range(len(self.world)))

    def lines(self) -> Iterator[str]:
        """One JSON object per statement; dates ISO 8601."""
        for statement in self:
            record = asdict(statement)
            for release, true in zip(record["releases"], statement.releases, strict=True):
                release["key"] = true.key
            yield json.dumps(record, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
