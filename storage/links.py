"""What linking reads and writes: candidates, links, statements with redirects, roles.

Every query serves a whole batch. Nothing here judges a text: candidates are releases that share a value,
and a value that very many releases share is no evidence (a *hub*: boilerplate, a faulty language switch
that names the front page on every page). Hubs are left out by looking at no more than `cap` + 1 holders,
so that the cost of a release does not grow with the size of the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from crawler.items import Claim, ClaimKind, KindOfRelease, KindOfSource, Role, Standing
from storage.search.index import touch, touch_releases
from storage.tables import ClaimRow, LinkRow, ReleaseRow, StatementRow

HUB_ABOVE = 50
"""A value shared by more releases than this is no evidence."""

MACHINE = "machine"
"""`decided_by` of every link that no person decided."""

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What linking needs to know of a release besides its text."""

    id: str
    source: str
    source_kind: KindOfSource
    language: str
    kind: KindOfRelease
    role_hint: Role
    role: Role
    standing: Standing | None
    issuers: tuple[str, ...]
    said_on: date
    posted_on: date | None
    posted_at: datetime | None
    folio: str | None
    title: str
    statement_id: str

    @property
    def seed(self) -> str:
        """The statement that this release opened."""
        return "s" + self.id[1:]

    @property
    def speaks(self) -> bool:
        """Whether it may be an original: a ministry or mission that speaks in its own voice."""
        return self.role_hint is Role.ORIGINAL and self.source_kind in (
            KindOfSource.MINISTRY,
            KindOfSource.MISSION,
        )


@dataclass(frozen=True, slots=True)
class ReleaseText:
    """The text of a release, for comparing."""

    id: str
    language: str
    title: str
    body: str
    folio: str | None
    signature: bytes


@dataclass(frozen=True, slots=True)
class TextState:
    """Which text of a release is the current one."""

    language: str
    content_digest: str
    said_on: date


LinkKey = tuple[str, str, str]
"""Smaller release id, larger release id, kind."""


@dataclass(frozen=True, slots=True)
class Link:
    """Evidence that two releases belong together or must stay apart, as it is stored.

    `score` is the strength of this evidence alone, in [0, 1]; 0 means that the two contradict each other.
    `verdict` is what was decided for the pair with all that is known of both.
    """

    left: str
    right: str
    kind: str
    verdict: str
    score: float
    features: Mapping[str, Any]
    decided_by: str = MACHINE
    decided_at: datetime | None = None
    model: str | None = None
    """Weights and encoder that gave the score; None where rules did."""

    @property
    def key(self) -> LinkKey:
        """What makes it one row."""
        return (self.left, self.right, self.kind)

    @property
    def by_person(self) -> bool:
        """Whether a person decided."""
        return self.decided_by != MACHINE


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """A row of the statements table."""

    id: str
    merged_into: str | None
    created_at: datetime
    said_on: date
    title: str
    kind: str


def chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    """Sorted values in lists that fit into one query."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def load_facts(connection: Connection, ids: Collection[str]) -> dict[str, ReleaseFacts]:
    """Facts by release id. Ids that are not stored are absent."""
    row = ReleaseRow
    query = select(
        row.id, row.source, row.source_kind, row.language, row.kind, row.role_hint, row.role, row.standing,
        row.issuers, row.said_on, row.posted_on, row.posted_at, row.folio, row.title, row.statement_id,
    )  # fmt: skip
    return {
        each.id: ReleaseFacts(
            each.id,
            each.source,
            KindOfSource(each.source_kind),
            each.language,
            KindOfRelease(each.kind),
            Role(each.role_hint),
            Role(each.role),
            Standing(each.standing) if each.standing else None,
            tuple(each.issuers),
            each.said_on,
            each.posted_on,
            each.posted_at,
            each.folio,
            each.title,
            each.statement_id,
        )
        for some in chunks(ids)
        for each in connection.execute(query.where(row.id.in_(some))).all()
    }


def load_texts(connection: Connection, ids: Collection[str]) -> dict[str, ReleaseText]:
    """Texts by release id."""
    row = ReleaseRow
    query = select(row.id, row.language, row.title, row.body, row.folio, row.signature)
    return {
        each.id: ReleaseText(each.id, each.language, each.title, each.body, each.folio, each.signature)
        for some in chunks(ids)
        for each in connection.execute(query.where(row.id.in_(some))).all()
    }


def load_states(connection: Connection, ids: Collection[str]) -> dict[str, TextState]:
    """Which texts are current, by release id."""
    row = ReleaseRow
    query = select(row.id, row.language, row.content_digest, row.said_on)
    return {
        each.id: TextState(each.language, each.content_digest, each.said_on)
        for some in chunks(ids)
        for each in connection.execute(query.where(row.id.in_(some))).all()
    }


def load_claims(connection: Connection, ids: Collection[str]) -> dict[str, tuple[Claim, ...]]:
    """Claims by release id, in a fixed order; a release without claims is absent."""
    row = ClaimRow
    query = select(row.release_id, row.kind, row.value)
    found: dict[str, list[Claim]] = {}
    for some in chunks(ids):
        for each in connection.execute(query.where(row.release_id.in_(some))).all():
            found.setdefault(each.release_id, []).append(Claim(ClaimKind(each.kind), each.value))
    return {
        each: tuple(sorted(claims, key=lambda claim: (claim.kind, claim.value)))
        for each, claims in found.items()
    }


def all_release_ids(connection: Connection, size: int) -> Iterator[list[str]]:
    """Ids of all releases in order, in lists of that size."""
    last = ""
    while True:
        query = select(ReleaseRow.id).where(ReleaseRow.id > last).order_by(ReleaseRow.id).limit(size)
        ids = list(connection.scalars(query))
        if not ids:
            return
        yield ids
        last = ids[-1]


def load_links(connection: Connection, ids: Collection[str]) -> dict[LinkKey, Link]:
    """All links with an end among these releases."""
    row = LinkRow
    query = select(
        row.left_id,
        row.right_id,
        row.kind,
        row.verdict,
        row.score,
        row.features,
        row.decided_by,
        row.decided_at,
        row.model,
    )
    found: dict[LinkKey, Link] = {}
    for some in chunks(ids):
        # Two queries, each on its own index; an OR makes SQLite read more than both.
        for ends in (row.left_id, row.right_id):
            for each in connection.execute(query.where(ends.in_(some))).all():
                link = Link(*each)
                found[link.key] = link
    return found


def write_links(
    connection: Connection,
    new: Iterable[Link],
    changed: Iterable[Link],
    gone: Iterable[LinkKey],
    now: datetime,
) -> None:
    """Insert, update and delete links of the machine. A person's link is never touched."""
    deleted = [{"a": left, "b": right, "k": kind} for left, right, kind in sorted(gone)]
    inserted = [
        {**_values(link, now), "left_id": link.left, "right_id": link.right, "kind": link.kind}
        for link in new
    ]
    updated = [{**_values(link, now), "a": link.left, "b": link.right, "k": link.kind} for link in changed]
    same = (
        (LinkRow.left_id == bindparam("a"))
        & (LinkRow.right_id == bindparam("b"))
        & (LinkRow.kind == bindparam("k"))
        & (LinkRow.decided_by == MACHINE)
    )
    if deleted:
        connection.execute(delete(LinkRow).where(same).execution_options(synchronize_session=False), deleted)
    if inserted:
        connection.execute(insert(LinkRow), inserted)
    if updated:
        connection.execute(update(LinkRow.__table__).where(same), updated)  # type: ignore[arg-type]


def _values(link: Link, now: datetime) -> dict[str, Any]:
    return {
        "verdict": link.verdict,
        "score": link.score,
        "features": dict(link.features),
        "decided_by": link.decided_by,
        "decided_at": now,
        "model": link.model,
    }


def load_statements(connection: Connection, ids: Collection[str]) -> dict[str, StatementFacts]:
    """Statement rows by id, redirects among them."""
    row = StatementRow
    query = select(row.id, row.merged_into, row.created_at, row.said_on, row.title, row.kind)
    return {
        each.id: StatementFacts(*each)
        for some in chunks(ids)
        for each in connection.execute(query.where(row.id.in_(some))).all()
    }


def load_statement_mates(connection: Connection, statements: Collection[str]) -> set[str]:
    """Ids of all releases in these statements."""
    query = select(ReleaseRow.id)
    return {
        each
        for some in chunks(statements)
        for each in connection.scalars(query.where(ReleaseRow.statement_id.in_(some)))
    }


def redirect(connection: Connection, targets: Mapping[str, str | None]) -> None:
    """Lead statement ids to living statements; None makes an id live again. One UPDATE for all of them."""
    if targets:
        touch(connection, targets)
        connection.execute(
            update(StatementRow.__table__)  # type: ignore[arg-type]
            .where(StatementRow.id == bindparam("statement"))
            .values(merged_into=bindparam("target")),
            [{"statement": each, "target": target} for each, target in sorted(targets.items())],
        )


def describe_statements(connection: Connection, heads: Mapping[str, ReleaseFacts]) -> None:
    """Give living statements the day, title and kind of the release that stands for them."""
    if heads:
        touch(connection, heads)
        connection.execute(
            update(StatementRow.__table__)  # type: ignore[arg-type]
            .where(StatementRow.id == bindparam("statement"))
            .values(said_on=bindparam("day"), title=bindparam("headline"), kind=bindparam("sort")),
            [
                {"statement": each, "day": head.said_on, "headline": head.title, "sort": head.kind.value}
                for each, head in sorted(heads.items())
            ],
        )


def assign(connection: Connection, changes: Sequence[tuple[str, str, Role, Standing | None]]) -> None:
    """Set statement, role and standing of releases: (release id, statement id, role, standing)."""
    if changes:
        releases = [each for each, *_ in changes]
        for some in chunks(releases):
            left = select(ReleaseRow.statement_id).where(ReleaseRow.id.in_(some))
            touch(connection, connection.scalars(left))
        touch_releases(connection, releases)
        connection.execute(
            update(ReleaseRow.__table__)  # type: ignore[arg-type]
            .where(ReleaseRow.id == bindparam("release"))
            .values(statement_id=bindparam("statement"), role=bindparam("part"), standing=bindparam("rank")),
            [
                {
                    "release": each,
                    "statement": statement,
                    "part": role.value,
                    "rank": standing and standing.value,
                }
                for each, statement, role, standing in changes
            ],
        )
