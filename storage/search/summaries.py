"""Statements as lists show them: their versions without texts, and where a question was found in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from crawler.items import AddressState
from storage.search.snippets import Snippet, find_snippet
from storage.search.texts import Sought
from storage.search_tables import EntryRow
from storage.statements import rank
from storage.tables import AddressRow, ReleaseRow, StatementRow
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
    EntryRow.number, StatementRow.title.label("statement_title"), StatementRow.kind.label("statement_kind"),
    StatementRow.said_on.label("statement_said_on"),
    ReleaseRow.id, ReleaseRow.statement_id, ReleaseRow.source, ReleaseRow.source_kind, ReleaseRow.url,
    ReleaseRow.language, ReleaseRow.role, ReleaseRow.standing, ReleaseRow.title, ReleaseRow.said_on,
    ReleaseRow.posted_on, ReleaseRow.issuers, ReleaseRow.withdrawn, ReleaseRow.changed_at,
    AddressRow.state.label("address_state"),
    (ReleaseRow.revision > 1).label("edited"),
)  # fmt: skip


def _versions_with(*others: Any) -> Select[Any]:  # noqa: ANN401 - columns of releases
    return (
        select(*_COLUMNS, *others)
        .join(StatementRow, StatementRow.id == EntryRow.statement_id)
        .join(ReleaseRow, ReleaseRow.statement_id == StatementRow.id)
        .outerjoin(AddressRow, ITS_ADDRESS)
        .where(EntryRow.number.in_(bindparam("numbers", expanding=True)))
    )


# Asked by every page of every list: built once, and one question for all, since on a server every question
# costs two changes of processes.
_VERSIONS = _versions_with()
_VERSIONS_WITH_TEXTS = _versions_with(ReleaseRow.body)


def summaries(connection: Connection, numbers: Sequence[int], sought: Sought) -> tuple[StatementSummary, ...]:
    """What lists show of these entries, in their order."""
    if not numbers:
        return ()
    versions: defaultdict[int, list[Any]] = defaultdict(list)
    query = _VERSIONS_WITH_TEXTS if sought.groups else _VERSIONS
    for row in connection.execute(query, {"numbers": list(numbers)}):
        versions[row.number].append(row)
    return tuple(
        _summary(sorted(versions[number], key=rank), sought) for number in numbers if number in versions
    )


def _summary(rows: Sequence[Any], sought: Sought) -> StatementSummary:
    versions = tuple(
        VersionSummary(
            row.id, row.source, row.source_kind, row.url, row.language, row.role, row.standing, row.title,
            row.said_on, row.posted_on, row.edited, row.withdrawn is not None,
            row.address_state == AddressState.GONE,
        )
        for row in rows
    )  # fmt: skip
    languages = tuple(dict.fromkeys(each.language for each in versions))
    first = rows[0]
    return StatementSummary(
        id=first.statement_id,
        title=first.statement_title,
        kind=first.statement_kind,
        said_on=first.statement_said_on,
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
