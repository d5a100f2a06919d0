"""Where a release comes from: its revisions with their captures, and the links that joined it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from crawler.items import CapturePlace
from storage.tables import LinkRow, ReleaseRow, RevisionRow, StatementRow
from storage.views import columns_for, place_of, view_of


@dataclass(frozen=True, slots=True)
class ReleaseOrigin:
    """What lies behind one release beside what `storage.statements` shows of it."""

    id: str
    source: str
    url: str
    key: str
    native_id: str | None
    kind_raw: str | None
    said_raw: str | None
    posted_at: datetime | None
    posted_raw: str | None
    timezone: str
    issuers_raw: tuple[str, ...]
    standing: str | None
    attribution: str | None
    translator: str | None
    insertions: int
    withdrawn: str | None
    withdrawn_at: datetime | None
    read_by: str
    notes: tuple[str, ...]
    content_digest: str
    revision: int
    first_seen_at: datetime
    changed_at: datetime
    captured_at: datetime | None
    origin: str
    capture: CapturePlace | None
    capture_digest: str | None


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One state of a release over time."""

    release: str
    number: int
    seen_at: datetime
    run: str
    title: str
    body: str
    fields: Mapping[str, Any]
    content_digest: str
    capture: CapturePlace | None


@dataclass(frozen=True, slots=True)
class LinkView:
    """Why two releases belong together, or do not."""

    left: str
    right: str
    kind: str
    verdict: str
    """join, apart, ask"""
    score: float
    features: Mapping[str, Any]
    decided_by: str
    decided_at: datetime


def origins_of(connection: Connection, releases: Collection[str]) -> dict[str, ReleaseOrigin]:
    """What lies behind those releases, by id."""
    rows = connection.execute(select(*columns_for(ReleaseOrigin)).where(ReleaseRow.id.in_(releases)))
    return {row.id: view_of(ReleaseOrigin, row) for row in rows}


def revisions_of(connection: Connection, releases: Collection[str]) -> dict[str, list[RevisionView]]:
    """The revisions of those releases, by release, the first one first."""
    query = (
        select(RevisionRow)
        .where(RevisionRow.release_id.in_(releases))
        .order_by(RevisionRow.release_id, RevisionRow.number)
    )
    found: dict[str, list[RevisionView]] = {}
    for row in connection.execute(query):
        view = RevisionView(
            row.release_id, row.number, row.seen_at, row.run_id, row.title, row.body, row.fields,
            row.content_digest, place_of(row),
        )  # fmt: skip
        found.setdefault(row.release_id, []).append(view)
    return found


def links_of(connection: Connection, releases: Collection[str]) -> list[LinkView]:
    """Every link that one of those releases has, also to releases that are not among them."""
    return [
        LinkView(
            left=row.left_id,
            right=row.right_id,
            kind=row.kind,
            verdict=row.verdict,
            score=row.score,
            features=row.features,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in connection.execute(_LINKS, {"releases": list(releases)})
    ]


_SOME: BindParameter[Any] = bindparam("releases", expanding=True)
# Asked for every page of a statement: built once.
_LINKS = (
    select(LinkRow)
    .where(or_(LinkRow.left_id.in_(_SOME), LinkRow.right_id.in_(_SOME)))
    .order_by(LinkRow.left_id, LinkRow.right_id, LinkRow.kind)
)


def ids_beginning(connection: Connection, beginning: str, limit: int = 10) -> list[str]:
    """Ids of releases and statements, joined ones too, that begin so; at most `limit` of each."""
    found: list[str] = []
    for column in (StatementRow.id, ReleaseRow.id):
        query = select(column).where(column.startswith(beginning, autoescape=True))
        found += connection.scalars(query.order_by(column).limit(limit))
    return found


def ids_at(connection: Connection, url: str, keys: Collection[tuple[str, str]]) -> list[str]:
    """Ids of the releases at an address: by the address itself, or by (source, key) of it."""
    conditions = [ReleaseRow.url == url]
    conditions += [(ReleaseRow.source == source) & (ReleaseRow.key == key) for source, key in keys]
    return list(connection.scalars(select(ReleaseRow.id).where(or_(*conditions)).order_by(ReleaseRow.id)))
