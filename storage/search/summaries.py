"""Statements as lists show them: their versions without texts, and where a question was found in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, select

from crawler.items import AddressState
from storage.search.snippets import Snippet, find_snippet
from storage.search.texts import Sought
from storage.search_tables import EntryRow
from storage.statements import rank
from storage.tables import AddressRow, ReleaseRow, RevisionRow, StatementRow
from storage.views import ITS_ADDRESS


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """One version of a statement, without its text."""

    id: str
    source: str
    source_kind: str
    url: str
    language: str
    role: str
    standing: str | None
    title: str
    said_on: date
    posted_on: date | None
    edited: bool
    """Whether it has had more than one state."""
    withdrawn: bool
    """Whether the publisher has withdrawn it."""
    gone: bool
    """Whether the site said, when it was last asked, that the page no longer exists."""


@dataclass(frozen=True, slots=True)
class StatementSummary:
    """A statement in a list."""

    id: str
    title: str
    kind: str
    said_on: date
    issuers: tuple[str, ...]
    """Of all versions, each once."""
    languages: tuple[str, ...]
    sources: tuple[str, ...]
    roles: tuple[str, ...]
    has_translation: bool
    edited: bool
    withdrawn: bool
    gone: bool
    """Whether a version is gone."""
    changed_at: datetime
    """When a version was last stored with another text, or first seen."""
    versions: tuple[VersionSummary, ...]
    """Originals first, then translations, re-posts, excerpts."""
    snippet: Snippet | None
    """Where the question was found; None without one, and when it was found across versions only."""


_COLUMNS = (
    ReleaseRow.id, ReleaseRow.statement_id, ReleaseRow.source, ReleaseRow.source_kind, ReleaseRow.url,
    ReleaseRow.language, ReleaseRow.role, ReleaseRow.standing, ReleaseRow.title, ReleaseRow.said_on,
    ReleaseRow.posted_on, ReleaseRow.issuers, ReleaseRow.withdrawn, ReleaseRow.changed_at,
    AddressRow.state.label("address_state"),
    exists().where(RevisionRow.release_id == ReleaseRow.id, RevisionRow.number > 1).label("edited"),
)  # fmt: skip


def _of_statements(*columns: Any) -> Select[Any]:  # noqa: ANN401 - columns of releases
    return (
        select(*columns)
        .select_from(ReleaseRow)
        .outerjoin(AddressRow, ITS_ADDRESS)
        .where(ReleaseRow.statement_id.in_(bindparam("statements", expanding=True)))
    )


# Asked by every page of every list: built once.
_ENTRIES = (
    select(EntryRow.number, StatementRow.id, StatementRow.title, StatementRow.kind, StatementRow.said_on)
    .join(StatementRow, StatementRow.id == EntryRow.statement_id)
    .where(EntryRow.number.in_(bindparam("numbers", expanding=True)))
)
_VERSIONS = _of_statements(*_COLUMNS)
_VERSIONS_WITH_TEXTS = _of_statements(*_COLUMNS, ReleaseRow.body)


def summaries(connection: Connection, numbers: Sequence[int], sought: Sought) -> tuple[StatementSummary, ...]:
    """What lists show of these entries, in their order."""
    if not numbers:
        return ()
    statements = {row.number: row for row in connection.execute(_ENTRIES, {"numbers": list(numbers)})}
    ids = [row.id for row in statements.values()]
    versions: defaultdict[str, list[Any]] = defaultdict(list)
    query = _VERSIONS_WITH_TEXTS if sought.groups else _VERSIONS
    for row in connection.execute(query, {"statements": ids}).all():
        versions[row.statement_id].append(row)
    return tuple(
        _summary(statements[number], sorted(versions[statements[number].id], key=rank), sought)
        for number in numbers
        if number in statements and versions[statements[number].id]
    )


def _summary(statement: Any, rows: Sequence[Any], sought: Sought) -> StatementSummary:  # noqa: ANN401
    versions = tuple(
        VersionSummary(
            row.id, row.source, row.source_kind, row.url, row.language, row.role, row.standing, row.title,
            row.said_on, row.posted_on, row.edited, row.withdrawn is not None,
            row.address_state == AddressState.GONE,
        )
        for row in rows
    )  # fmt: skip
    languages = tuple(dict.fromkeys(each.language for each in versions))
    return StatementSummary(
        id=statement.id,
        title=statement.title,
        kind=statement.kind,
        said_on=statement.said_on,
        issuers=tuple(dict.fromkeys(issuer for row in rows for issuer in row.issuers)),
        languages=languages,
        sources=tuple(dict.fromkeys(each.source for each in versions)),
        roles=tuple(dict.fromkeys(each.role for each in versions)),
        has_translation=len(languages) > 1 or any(each.role == "translation" for each in versions),
        edited=any(each.edited for each in versions),
        withdrawn=any(each.withdrawn for each in versions),
        gone=any(each.gone for each in versions),
        changed_at=max(row.changed_at for row in rows),
        versions=versions,
        snippet=find_snippet(rows, sought) if sought.groups else None,
    )


def excerpts(connection: Connection, releases: Sequence[str], length: int = 600) -> dict[str, str]:
    """The beginnings of texts, by release."""
    query = select(ReleaseRow.id, func.substr(ReleaseRow.body, 1, length)).where(ReleaseRow.id.in_(releases))
    return dict(connection.execute(query).all())
