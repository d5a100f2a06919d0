"""What changed after it was first seen: texts that were edited, pages that went and came back.

An edit is a revision whose content differs from the one before it in time. A reading of the same capture by a
better reader is none, for it takes the place of the old one (`storage.corrections`); nor is a posting day or
number that is told only later. Everything here is asked of what is stored
anyway: revisions, captures, absences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from crawler.items import CapturePlace
from storage.tables import AbsenceRow, CaptureRow, ReleaseRow, RevisionRow
from storage.views import place_of
from storage.walks import CHUNK

Moment = tuple[datetime, int]
"""When an absence was borne out or ended, and its number: a place in the order of finding."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The release to which something happened, as it is now."""

    release: str
    statement: str
    source: str
    url: str
    title: str
    language: str
    role: str
    said_on: date


@dataclass(frozen=True, slots=True)
class State:
    """One state of a release."""

    number: int
    at: datetime
    """When the site showed it first, as far as we know."""
    found_at: datetime
    """When it was read."""
    title: str
    body: str
    fields: Mapping[str, Any]
    digest: str
    capture: CapturePlace | None


@dataclass(frozen=True, slots=True)
class Edit:
    """A release said one thing and then another."""

    of: Changed
    before: State
    after: State
    place: int
    """In the order in which edits were found: later ones have larger numbers."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The page of a release was gone for a time, or still is."""

    of: Changed
    first_at: datetime
    confirmed_at: datetime
    answers: int
    answer: str
    witness: str | None
    returned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """Another release of a statement, as it is now."""

    id: str
    statement: str
    source: str
    url: str
    language: str
    role: str
    title: str
    body: str
    said_on: date
    posted_on: date | None
    withdrawn: str | None
    changed_at: datetime


_RELEASE = (
    ReleaseRow.id.label("release"),
    ReleaseRow.statement_id,
    ReleaseRow.source,
    ReleaseRow.url,
    ReleaseRow.title.label("title_now"),
    ReleaseRow.language,
    ReleaseRow.role,
    ReleaseRow.said_on,
)


def edits(
    connection: Connection, since: date | None = None, until: date | None = None, source: str | None = None
) -> Iterator[Edit]:
    """Every edit that a site made from that day to that one (UTC); no order over releases."""
    several = aliased(RevisionRow)
    wanted: Select[*tuple[Any, ...]] = select(ReleaseRow.id).where(
        exists().where(several.release_id == ReleaseRow.id, several.number > 1)
    )
    if source is not None:
        wanted = wanted.where(ReleaseRow.source == source)
    ids = list(connection.scalars(wanted.order_by(ReleaseRow.id)))
    for start in range(0, len(ids), CHUNK):
        for edit in _edits_of(connection, ids[start : start + CHUNK]):
            if within(edit.after.at, since, until):
                yield edit


def edits_before(
    connection: Connection, before: int | None, limit: int, source: str | None = None
) -> list[Edit]:
    """Edits that were found before a place in the order of finding, the last found first.

    `source`: of its releases, and of those that have a version there, which may be left behind. At most
    `limit`, and what shares the place of the last one: a state that an archive gave later, between two that
    were known, makes two edits.
    """
    found: list[Edit] = []
    while len(found) < limit:
        query = (
            select(RevisionRow.id, RevisionRow.release_id)
            .where(RevisionRow.number > 1)
            .order_by(RevisionRow.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(RevisionRow.id < before)
        if source is not None:
            query = query.join(ReleaseRow, ReleaseRow.id == RevisionRow.release_id).where(
                or_(ReleaseRow.source == source, _has_version_of(source))
            )
        rows = connection.execute(query).all()
        if not rows:
            break
        # A state that says what the one before it in time says is no edit: fewer than the rows may remain.
        places = {row.id for row in rows}
        made = _edits_of(connection, sorted({row.release_id for row in rows}))
        found += sorted((each for each in made if each.place in places), key=lambda each: -each.place)
        before = rows[-1].id
    last = found[limit - 1].place if len(found) >= limit else 0
    return [each for each in found if each.place >= last]


def _has_version_of(source: str) -> ColumnElement[bool]:
    version = aliased(ReleaseRow)
    return exists().where(version.statement_id == ReleaseRow.statement_id, version.source == source)


def _edits_of(connection: Connection, releases: Sequence[str]) -> Iterator[Edit]:
    shown_at = func.coalesce(CaptureRow.captured_at, RevisionRow.seen_at)
    query = (
        select(RevisionRow.__table__, shown_at.label("at"), *_RELEASE)
        .join(ReleaseRow, ReleaseRow.id == RevisionRow.release_id)
        .outerjoin(
            CaptureRow,
            and_(
                CaptureRow.file == RevisionRow.capture_file,
                CaptureRow.record_offset == RevisionRow.capture_offset,
            ),
        )
        .where(RevisionRow.release_id.in_(releases))
        .order_by(RevisionRow.release_id, shown_at, RevisionRow.number)
    )
    for _, rows in groupby(connection.execute(query), key=lambda row: row.release_id):
        for before, after in pairwise(rows):
            if _is_edit(before, after):
                yield Edit(_changed(after), _state(before), _state(after), max(before.id, after.id))


_TOLD_OR_NOT = ("posted_on", "folio")
"""Fields of which an index, or a better look, may tell something where nothing was told before."""


def _is_edit(before: Row[*tuple[Any, ...]], after: Row[*tuple[Any, ...]]) -> bool:
    """Whether the site said something else; that a day or number is told at all is nothing else."""
    if before.content_digest == after.content_digest:
        return False
    if (before.title, before.body) != (after.title, after.body):
        return True
    names = before.fields.keys() | after.fields.keys()
    differing = [name for name in names if before.fields.get(name) != after.fields.get(name)]
    told = [name for name in _TOLD_OR_NOT if not (before.fields.get(name) and after.fields.get(name))]
    return not differing or any(name not in told for name in differing)


def missing(
    connection: Connection, since: date | None = None, until: date | None = None, source: str | None = None
) -> Iterator[Missing]:
    """Pages that were gone or came back from that day to that one (UTC)."""
    query = _missing(source)
    if since is not None:
        start = _midnight(since)
        query = query.where(or_(AbsenceRow.confirmed_at >= start, AbsenceRow.returned_at >= start))
    if until is not None:
        query = query.where(AbsenceRow.confirmed_at < _midnight(until + timedelta(days=1)))
    for row in connection.execute(query.order_by(AbsenceRow.id)):
        yield _absence(row)


def missing_before(
    connection: Connection,
    end: Literal["confirmed_at", "returned_at"],
    before: Moment | None,
    limit: int,
    source: str | None = None,
) -> list[tuple[Moment, Missing]]:
    """Pages that were found gone, or back, before a moment, with their moments, the last found first."""
    at = AbsenceRow.confirmed_at if end == "confirmed_at" else AbsenceRow.returned_at
    query = _missing(source).where(at.is_not(None))
    if before is not None:
        query = query.where(or_(at < before[0], and_(at == before[0], AbsenceRow.id < before[1])))
    rows = connection.execute(query.order_by(at.desc(), AbsenceRow.id.desc()).limit(limit))
    return [((getattr(row, end), row.id), _absence(row)) for row in rows]


def _missing(source: str | None) -> Select[*tuple[Any, ...]]:
    query = select(AbsenceRow.__table__, *_RELEASE).join(
        ReleaseRow, and_(ReleaseRow.source == AbsenceRow.source, ReleaseRow.key == AbsenceRow.key)
    )
    query = query.where(AbsenceRow.confirmed_at.is_not(None))
    return query if source is None else query.where(AbsenceRow.source == source)


def _absence(row: Row[*tuple[Any, ...]]) -> Missing:
    return Missing(
        _changed(row), row.first_at, row.confirmed_at, row.answers, row.answer, row.witness, row.returned_at
    )


def versions_beside(connection: Connection, statements: Sequence[str]) -> dict[str, list[Version]]:
    """The releases of statements, by statement."""
    found: dict[str, list[Version]] = {}
    for start in range(0, len(statements), CHUNK):
        query = select(
            ReleaseRow.id,
            ReleaseRow.statement_id.label("statement"),
            ReleaseRow.source,
            ReleaseRow.url,
            ReleaseRow.language,
            ReleaseRow.role,
            ReleaseRow.title,
            ReleaseRow.body,
            ReleaseRow.said_on,
            ReleaseRow.posted_on,
            ReleaseRow.withdrawn,
            ReleaseRow.changed_at,
        ).where(ReleaseRow.statement_id.in_(statements[start : start + CHUNK]))
        for row in connection.execute(query.order_by(ReleaseRow.id)):
            found.setdefault(row.statement, []).append(Version(**row._mapping))
    return found


def within(moment: datetime, since: date | None, until: date | None) -> bool:
    """Whether a moment lies in those days, in UTC."""
    day = moment.astimezone(UTC).date()
    return (since is None or day >= since) and (until is None or day <= until)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _changed(row: Row[*tuple[Any, ...]]) -> Changed:
    return Changed(
        row.release, row.statement_id, row.source, row.url, row.title_now, row.language, row.role, row.said_on
    )


def _state(row: Row[*tuple[Any, ...]]) -> State:
    return State(
        row.number, row.at, row.seen_at, row.title, row.body, row.fields, row.content_digest, place_of(row)
    )
