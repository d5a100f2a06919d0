"""Statements as they are read: each with all its releases, streamed, a few queries per hundred."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, select

from crawler.items import CapturePlace, KindOfSource, Role
from storage.tables import AddressRow, ReleaseIssuerRow, ReleaseRow, StatementRow
from storage.views import ITS_ADDRESS, OF_THE_ADDRESS, columns_for, gone_since, view_of

CHUNK = 200
"""Statements that are read at once."""


@dataclass(frozen=True, slots=True)
class StatementQuery:
    """Which statements are wanted; None: no matter."""

    since: date | None = None
    """First day on which it was said."""
    until: date | None = None
    """Last day, included."""
    issuer: str | None = None
    """Key of an issuer, alone or among others, of any of the releases."""
    language: str | None = None
    """Language of any of the releases."""
    source: str | None = None
    """Source of any of the releases."""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A release as it is shown. Fields as in `crawler.items.Release`."""

    id: str
    source: str
    url: str
    language: str
    kind: str
    role: str
    """Within the statement."""
    standing: str | None
    title: str
    said_on: date
    posted_on: date | None
    issuers: tuple[str, ...]
    folio: str | None
    body: str
    captured_at: datetime | None
    withdrawn: str | None
    revision: int
    """Number of the state that is shown, counting from 1."""
    read_by: str
    insertions: int
    notes: tuple[str, ...]
    capture: CapturePlace | None
    attribution: str | None
    translator: str | None
    address_state: str | None = None
    """How its address stands in the ledger (`crawler.items.AddressState`): what the crawler found when it
    last asked, which is no word of the publisher as `withdrawn` is."""
    gone_since: datetime | None = None
    """When the site first said that the page no longer exists; None while it does, and when it came back."""


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement as it is shown."""

    id: str
    title: str
    kind: str
    said_on: date
    issuers: tuple[str, ...]
    """Of all releases, each once, in the releases' order."""
    languages: tuple[str, ...]
    releases: tuple[ReleaseView, ...]
    """Originals first, then translations, re-posts, excerpts; within these, who speaks for itself first."""
    changed_at: datetime | None
    """When a version was last stored with another text, or first seen; None without versions."""


def find_statements(connection: Connection, query: StatementQuery) -> Generator[StatementView, None, None]:
    """Statements that match, the latest said first. Streams: memory does not grow with their number.

    Use it while the connection's transaction lasts.
    """
    wanted = _matching(query).order_by(StatementRow.said_on.desc(), StatementRow.id)
    if query.limit is not None:
        wanted = wanted.limit(query.limit)
    with connection.execute(wanted, execution_options={"yield_per": CHUNK}) as result:
        for rows in result.partitions():
            yield from _views(connection, rows)


def find_statement(connection: Connection, id: str) -> StatementView | None:  # noqa: A002 - it is its id
    """One statement by its id, by an id that leads to it since it was joined, or by one of its releases."""
    statement = id
    if id.startswith("r"):
        statement = connection.scalar(select(ReleaseRow.statement_id).where(ReleaseRow.id == id)) or id
    rows = connection.execute(_ONE, {"statement": statement}).all()
    if rows and rows[0].merged_into is not None:
        rows = connection.execute(_ONE, {"statement": rows[0].merged_into}).all()
    return _view(connection, rows[0], [row for row in rows if row.id is not None]) if rows else None


_OF_A_STATEMENT = (
    StatementRow.id.label("of"),
    StatementRow.merged_into,
    StatementRow.title.label("its_title"),
    StatementRow.kind.label("its_kind"),
    StatementRow.said_on.label("its_day"),
)
_OF_A_RELEASE = (*columns_for(ReleaseView, "statement_id", "source_kind", "changed_at"), *OF_THE_ADDRESS)
_RELEASE_COLUMNS = (
    select(*_OF_A_RELEASE)
    .select_from(ReleaseRow)
    .outerjoin(AddressRow, ITS_ADDRESS)
    .where(ReleaseRow.statement_id.in_(bindparam("statements", expanding=True)))
)
# Asked for every page of a statement: built once, and one question for all.
_ONE = (
    select(*_OF_A_STATEMENT, *_OF_A_RELEASE)
    .outerjoin(ReleaseRow, ReleaseRow.statement_id == StatementRow.id)
    .outerjoin(AddressRow, ITS_ADDRESS)
    .where(StatementRow.id == bindparam("statement"))
)


def _matching(query: StatementQuery) -> Select[*tuple[Any, ...]]:
    wanted: Select[*tuple[Any, ...]] = select(*_OF_A_STATEMENT).where(StatementRow.merged_into.is_(None))
    if query.since is not None:
        wanted = wanted.where(StatementRow.said_on >= query.since)
    if query.until is not None:
        wanted = wanted.where(StatementRow.said_on <= query.until)
    of_statement = exists().where(ReleaseRow.statement_id == StatementRow.id)
    if query.issuer is not None:
        wanted = wanted.where(
            of_statement.where(
                ReleaseIssuerRow.release_id == ReleaseRow.id, ReleaseIssuerRow.issuer == query.issuer
            )
        )
    if query.language is not None:
        wanted = wanted.where(of_statement.where(ReleaseRow.language == query.language))
    if query.source is not None:
        wanted = wanted.where(of_statement.where(ReleaseRow.source == query.source))
    return wanted


def _views(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[StatementView]:
    releases: dict[str, list[Row[*tuple[Any, ...]]]] = {row.of: [] for row in rows}
    for release in connection.execute(_RELEASE_COLUMNS, {"statements": list(releases)}):
        releases[release.statement_id].append(release)
    for row in rows:
        yield _view(connection, row, releases[row.of])


def _view(
    connection: Connection, row: Row[*tuple[Any, ...]], releases: Sequence[Row[*tuple[Any, ...]]]
) -> StatementView:
    shown = tuple(_shown(connection, each) for each in sorted(releases, key=rank))
    return StatementView(
        id=row.of,
        title=row.its_title,
        kind=row.its_kind,
        said_on=row.its_day,
        issuers=_each_once(issuer for each in shown for issuer in each.issuers),
        languages=_each_once(each.language for each in shown),
        releases=shown,
        changed_at=max((each.changed_at for each in releases), default=None),
    )


_ROLES = {role.value: rank for rank, role in enumerate(Role)}
_KINDS = {kind.value: rank for rank, kind in enumerate(KindOfSource)}


def rank(release: Row[*tuple[Any, ...]]) -> tuple[int, int, date, str, str]:
    """The place of a version in its statement: originals first, who speaks for itself first."""
    return (
        _ROLES[release.role],
        _KINDS[release.source_kind],
        release.posted_on or release.said_on,
        release.source,
        release.id,
    )


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _shown(connection: Connection, row: Row[*tuple[Any, ...]]) -> ReleaseView:
    gone = gone_since(connection, row)
    return view_of(ReleaseView, row, address_state=row.address_state, gone_since=gone)
