"""Readings put right: what a better reader finds in the same capture takes the place of what was found.

A correction is no revision, for the site changed nothing: the state that was read from a capture is rewritten
where it stands, under the same release, number and time. Ids, statements and decisions stay as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from crawler.frontier import ReadFrom
from crawler.items import CapturePlace, Release
from storage.captures import CaptureUnreadable, read_capture
from storage.database import Database
from storage.release_rows import COLUMNS, detail_digest, revision_row
from storage.releases import UPDATE, follow_in_statements, replace_parts, update_values
from storage.search.index import touch_releases
from storage.tables import ReleaseRow, RevisionRow
from storage.unlinked import queue
from storage.walks import CHUNK

logger = logging.getLogger(__name__)

_NOT_READ = frozenset(
    {"captured_at", "origin", "capture_file", "capture_offset", "capture_length", "capture_digest"}
    | {"signature", "content_digest", "detail_digest", "source", "source_kind", "key"}
)
READ = tuple(name for name in COLUMNS if name not in _NOT_READ)
"""Fields of a release that its page tells."""


@dataclass(frozen=True, slots=True)
class Stands:
    """A state of a release, as it is stored."""

    release: str
    source: str
    key: str
    number: int
    """Of the revision."""
    current: bool
    place: CapturePlace
    content_digest: str
    detail_digest: str | None
    """None of states that are not current: only their content is kept."""
    fields: Mapping[str, Any]
    """Names and values of `READ` of the current state; of others title, body and further content."""


def states_at(connection: Connection, places: Sequence[CapturePlace]) -> dict[CapturePlace, list[Stands]]:
    """The states that were read from captures, by their place.

    The current state is the one of the release's own capture, which may be later than its revision's.
    """
    found: dict[CapturePlace, list[Stands]] = {}
    wanted = set(places)
    files = sorted({each.file for each in places})
    offsets = sorted({each.offset for each in places})
    for start in range(0, len(offsets), CHUNK):
        some = offsets[start : start + CHUNK]
        rows = select(ReleaseRow.__table__).where(
            ReleaseRow.capture_file.in_(files), ReleaseRow.capture_offset.in_(some)
        )
        for row in connection.execute(rows):
            place = CapturePlace(row.capture_file, row.capture_offset, row.capture_length)
            values = {name: getattr(row, name) for name in READ}
            if place in wanted:
                found.setdefault(place, []).append(
                    Stands(
                        row.id, row.source, row.key, row.revision, True, place, row.content_digest,
                        row.detail_digest, values,
                    )
                )  # fmt: skip
        older = (
            select(RevisionRow.__table__, ReleaseRow.source, ReleaseRow.key)
            .join(ReleaseRow, ReleaseRow.id == RevisionRow.release_id)
            .where(
                RevisionRow.number != ReleaseRow.revision,
                RevisionRow.capture_file.in_(files),
                RevisionRow.capture_offset.in_(some),
            )
        )
        for row in connection.execute(older):
            place = CapturePlace(row.capture_file, row.capture_offset, row.capture_length)
            values = {"title": row.title, "body": row.body, **row.fields}
            if place in wanted:
                found.setdefault(place, []).append(
                    Stands(
                        row.release_id, row.source, row.key, row.number, False, place, row.content_digest,
                        None, values,
                    )
                )  # fmt: skip
    return found


def digests_of(connection: Connection, source: str, keys: Sequence[str]) -> dict[str, set[str]]:
    """Digests of all states of the releases at those addresses, by key."""
    found: dict[str, set[str]] = {}
    for start in range(0, len(keys), CHUNK):
        query = (
            select(ReleaseRow.key, RevisionRow.content_digest)
            .join(RevisionRow, RevisionRow.release_id == ReleaseRow.id)
            .where(ReleaseRow.source == source, ReleaseRow.key.in_(keys[start : start + CHUNK]))
        )
        for key, digest in connection.execute(query):
            found.setdefault(key, set()).add(digest)
    return found


def current_places(connection: Connection, source: str, keys: Sequence[str]) -> dict[str, CapturePlace]:
    """The capture that each release at those addresses was read from, by key."""
    found: dict[str, CapturePlace] = {}
    for start in range(0, len(keys), CHUNK):
        query = select(
            ReleaseRow.key, ReleaseRow.capture_file, ReleaseRow.capture_offset, ReleaseRow.capture_length
        ).where(
            ReleaseRow.source == source,
            ReleaseRow.key.in_(keys[start : start + CHUNK]),
            ReleaseRow.capture_file.is_not(None),
        )
        for row in connection.execute(query):
            found[row.key] = CapturePlace(row.capture_file, row.capture_offset, row.capture_length)
    return found


def correct(
    connection: Connection, corrections: Sequence[tuple[Stands, Release]], now: datetime
) -> list[str]:
    """Rewrite states as they are read now; the ids of the releases that linking has to look at again.

    Each release comes under the id and key that it is stored with.
    """
    current: list[tuple[Release, str]] = []
    for state, release in corrections:
        row = revision_row(release, state.number, "", now)
        connection.execute(
            _REVISION,
            {
                "of_release": state.release,
                "of_number": state.number,
                **{f"new_{name}": row[name] for name in _CONTENT},
            },
        )
        if state.current:
            current.append((release, detail_digest(release)))
    if not current:
        return []
    connection.execute(UPDATE, [update_values(release, detail) for release, detail in current])
    releases = [release for release, _ in current]
    replace_parts(connection, releases)
    follow_in_statements(connection, releases)
    ids = [each.id for each in releases]
    queue(connection, ids, "changed", now)
    touch_releases(connection, ids)
    return ids


class SqlCorrections:
    """Implements `crawler.frontier.Corrections`."""

    def __init__(self, database: Database, captures: Path, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._captures = captures
        self._clock = clock

    def other(self, source: str, key: str, digest: str) -> ReadFrom | None:
        """See Corrections."""
        row = ReleaseRow
        query = select(row.capture_file, row.capture_offset, row.capture_length, row.posted_on).where(
            row.source == source,
            row.key == key,
            row.content_digest != digest,
            row.capture_file.is_not(None),
        )
        with self._database.read() as connection:
            found = connection.execute(query).first()
        if found is None:
            return None
        place = CapturePlace(found.capture_file, found.capture_offset, found.capture_length)
        try:
            return ReadFrom(read_capture(self._captures, place), found.posted_on)
        except CaptureUnreadable as error:
            logger.warning("%s %s cannot be compared with what it was: %s", source, key, error)
            return None

    def correct(self, release: Release) -> int:
        """See Corrections."""
        if release.capture is None:
            return 0
        with self._database.write() as connection:
            states = states_at(connection, [release.capture]).get(release.capture, [])
            wrong = [
                (each, replace(release, id=each.release, key=each.key))
                for each in states
                if each.source == release.source
                and each.key == release.key
                and each.content_digest != release.content_digest
            ]
            correct(connection, wrong, self._clock())
        return len(wrong)


_CONTENT = ("title", "body", "fields", "content_digest")
_REVISION = (
    update(RevisionRow)
    .where(RevisionRow.release_id == bindparam("of_release"), RevisionRow.number == bindparam("of_number"))
    .values({name: bindparam(f"new_{name}") for name in _CONTENT})
)
