"""Statements taken out of the archive: rows of texts, streamed, whatever their number.

A statement's rows are read some hundred statements at a time, from one state of the database; nothing is
gathered, so memory does not grow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from crawler.items import KindOfSource, Role, Standing
from storage.search.filters import Filter
from storage.search.finding import find_entries
from storage.search.words import primary
from storage.statements import rank
from storage.tables import ReleaseRow, StatementRow

AT_ONCE = 200
"""Statements that are read at once."""
Type = Literal["text", "number", "score", "day", "time", "list", "yes"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export."""

    name: str
    type: Type
    about: str
    """For the data card."""


COLUMNS = (
    Column("statement_id", "text", "the act of speaking; versions of one statement share it"),
    Column("release_id", "text", "this text at this address in this language"),
    Column("said_on", "day", "the day when it was said"),
    Column("posted_on", "day", "the day when this site posted it"),
    Column("language", "text", "BCP 47 primary tag, as found in the text"),
    Column("role", "text", "in its statement: original, translation, repost, excerpt"),
    Column("standing", "text", "of a translation: official, courtesy, unofficial"),
    Column("kind", "text", "communique, statement, remarks, speech ..."),
    Column("title", "text", "as published"),
    Column("summary", "text", "as published, where there is one"),
    Column("body", "text", "plain text, paragraphs separated by an empty line"),
    Column("issuers", "list", "keys of the bodies that speak"),
    Column("source", "text", "the section of a site that showed it"),
    Column("source_kind", "text", "ministry, mission, mirror, archive"),
    Column("url", "text", "where it was published"),
    Column("folio", "text", "the publisher's own number"),
    Column("attribution", "text", "a mirror's source line"),
    Column("translator", "text", "who translated it, where the page says so"),
    Column("withdrawn", "text", "the publisher's notice of withdrawal"),
    Column("revision", "number", "number of this state, counting from 1"),
    Column("first_seen_at", "time", "when it was first stored, UTC"),
    Column("changed_at", "time", "when this state was stored, UTC"),
    Column("captured_at", "time", "when the page was taken from the site, UTC"),
    Column("origin", "text", "live, wayback, commoncrawl, file"),
    Column("capture_digest", "text", "SHA-256 of the captured bytes"),
    Column("content_digest", "text", "SHA-256 of what a reader would call the text"),
)


@dataclass(frozen=True, slots=True)
class Exported:
    """A statement with those of its versions that are taken out."""

    id: str
    title: str
    kind: str
    said_on: date
    versions: tuple[Mapping[str, Any], ...]
    """Rows with the names of COLUMNS, the original first."""


def export_statements(
    connection: Connection,
    wanted: Filter,
    *,
    only_official: bool = False,
    one_per_statement: bool = False,
) -> Generator[Exported, None, None]:
    """Statements with their versions, the latest said first; those left without a version are left out.

    `only_official`: what speaks for itself (`is_official`). `one_per_statement`: the original, or what comes
    next to it, before the others what the filter names by language, source or role.
    """
    before: int | None = None
    while True:
        entries = find_entries(connection, wanted, before, AT_ONCE)
        if not entries:
            return
        before = entries[-1][0]
        ids = [statement for _, statement in entries]
        heads = {row.id: row for row in connection.execute(_HEADS.where(StatementRow.id.in_(ids)))}
        versions: defaultdict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
        for row in connection.execute(_RELEASES.where(ReleaseRow.statement_id.in_(ids))):
            versions[row.statement_id].append(row)
        for each in ids:
            rows = sorted(versions[each], key=rank)
            if only_official:
                rows = [row for row in rows if is_official(row.source_kind, row.role, row.standing)]
            if one_per_statement:
                rows = sorted(rows, key=lambda row: not _is_named(row, wanted))[:1]
            if rows:
                head = heads[each]
                told = tuple(_told(row) for row in rows)
                yield Exported(head.id, head.title, head.kind, head.said_on, told)


def is_official(source_kind: str, role: str, standing: str | None) -> bool:
    """Whether a version is the publisher's own word on a site of its own: an original, or a translation that
    it calls official."""
    own = source_kind in (KindOfSource.MINISTRY, KindOfSource.MISSION)
    return own and (role == Role.ORIGINAL or (role == Role.TRANSLATION and standing == Standing.OFFICIAL))


_HEADS = select(StatementRow.id, StatementRow.title, StatementRow.kind, StatementRow.said_on)
_NAMES = tuple(each.name for each in COLUMNS if each.name not in ("statement_id", "release_id"))
_RELEASES = select(
    ReleaseRow.statement_id,
    ReleaseRow.id,
    ReleaseRow.id.label("release_id"),
    *(getattr(ReleaseRow, name) for name in _NAMES),
)


def _is_named(row: Any, wanted: Filter) -> bool:  # noqa: ANN401 - a row
    return (
        wanted.language in (None, primary(row.language))
        and wanted.source in (None, row.source)
        and wanted.role in (None, row.role)
    )


def _told(row: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a row
    return {each.name: getattr(row, each.name) for each in COLUMNS}
