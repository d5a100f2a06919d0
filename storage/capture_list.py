"""The captures that are kept, as lists: by source, address, time, or what they belong to."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, select, tuple_

from crawler.items import CapturePlace
from storage.tables import CaptureRow, HeldRow, ReleaseRow, RevisionRow, RunRow
from storage.views import place_of
from storage.walks import CHUNK


@dataclass(frozen=True, slots=True)
class CaptureView:
    """A capture as it is shown."""

    id: int
    source: str | None
    """Of the run that took it."""
    run: str
    url: str
    captured_at: datetime
    origin: str
    status: int
    content_type: str | None
    digest: str
    record_type: str
    """response, or revisit: its body stands in an earlier record of the same address."""
    file: str
    offset: int
    length: int

    @property
    def place(self) -> CapturePlace:
        """Where it lies."""
        return CapturePlace(self.file, self.offset, self.length)


@dataclass(frozen=True, slots=True)
class CaptureQuery:
    """Which captures are wanted; what is None does not matter."""

    source: str | None = None
    url: str | None = None
    since: date | None = None
    """First day of capture, in UTC."""
    until: date | None = None
    status: int | None = None
    limit: int | None = None


def list_captures(connection: Connection, query: CaptureQuery) -> Generator[CaptureView, None, None]:
    """Captures that match, the earliest first. Streams; use it while the transaction lasts."""
    wanted = _all()
    if query.source is not None:
        wanted = wanted.where(RunRow.source == query.source)
    if query.url is not None:
        wanted = wanted.where(CaptureRow.url == query.url)
    if query.status is not None:
        wanted = wanted.where(CaptureRow.status == query.status)
    if query.since is not None:
        wanted = wanted.where(CaptureRow.captured_at >= _midnight(query.since))
    if query.until is not None:
        wanted = wanted.where(CaptureRow.captured_at < _midnight(query.until + timedelta(days=1)))
    wanted = wanted.order_by(CaptureRow.captured_at, CaptureRow.id)
    if query.limit is not None:
        wanted = wanted.limit(query.limit)
    with connection.execute(wanted, execution_options={"yield_per": 500}) as rows:
        for row in rows:
            yield _view(row)


def find_capture(connection: Connection, number: int) -> CaptureView | None:
    """The capture of that id."""
    row = connection.execute(_all().where(CaptureRow.id == number)).first()
    return None if row is None else _view(row)


def captures_at(connection: Connection, places: Collection[CapturePlace]) -> list[CaptureView]:
    """The captures at those places, the earliest first; places that the index does not know are left out."""
    found: list[CaptureView] = []
    wanted = [(each.file, each.offset) for each in places]
    at = tuple_(CaptureRow.file, CaptureRow.record_offset)
    for start in range(0, len(wanted), CHUNK):
        query = _all().where(at.in_(wanted[start : start + CHUNK]))
        found += [_view(row) for row in connection.execute(query)]
    return sorted(found, key=lambda each: (each.captured_at, each.id))


def places_of_releases(connection: Connection, releases: Iterable[str]) -> list[CapturePlace]:
    """Every capture that a state of those releases was read from."""
    wanted = list(releases)
    found: dict[CapturePlace, None] = {}
    for table, own in ((ReleaseRow, ReleaseRow.id), (RevisionRow, RevisionRow.release_id)):
        query = select(table.capture_file, table.capture_offset, table.capture_length)
        query = query.where(own.in_(wanted), table.capture_file.is_not(None))
        places = (place_of(row) for row in connection.execute(query))
        found.update((place, None) for place in places if place is not None)
    return list(found)


def places_read_from(connection: Connection, source: str) -> set[tuple[str, int]]:
    """File and offset of every capture that a release, a revision or a held record of a source stands on."""
    queries = (
        select(ReleaseRow.capture_file, ReleaseRow.capture_offset).where(ReleaseRow.source == source),
        select(RevisionRow.capture_file, RevisionRow.capture_offset)
        .join(ReleaseRow, ReleaseRow.id == RevisionRow.release_id)
        .where(ReleaseRow.source == source),
        select(HeldRow.capture_file, HeldRow.capture_offset).where(HeldRow.source == source),
    )
    return {
        (file, offset)
        for query in queries
        for file, offset in connection.execute(query)
        if file is not None and offset is not None
    }


def _all() -> Select[*tuple[Any, ...]]:
    return select(CaptureRow.__table__, RunRow.source).outerjoin(RunRow, RunRow.id == CaptureRow.run_id)


def _view(row: Row[*tuple[Any, ...]]) -> CaptureView:
    return CaptureView(
        id=row.id,
        source=row.source,
        run=row.run_id,
        url=row.url,
        captured_at=row.captured_at,
        origin=row.origin,
        status=row.status,
        content_type=row.content_type,
        digest=row.digest,
        record_type=row.record_type,
        file=row.file,
        offset=row.record_offset,
        length=row.record_length,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
