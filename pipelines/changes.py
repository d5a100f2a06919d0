"""The feed of changes: silent edits, withdrawals, pages that went and came back, translations left behind.

`storage.changes` knows what happened; here it is put into words, and translations are compared with what
their original says now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from crawler.items import CapturePlace, Role
from pipelines.linking.flags import Flag
from pipelines.revisions import Difference, difference_of
from storage.changes import (
    Changed,
    Edit,
    Missing,
    Version,
    edits,
    edits_before,
    missing,
    versions_beside,
    within,
)


class ChangeKind(StrEnum):
    """What happened."""

    EDITED = "edited"
    """The text says something else, and nothing on the page may say so."""
    WITHDRAWN = "withdrawn"
    """The publisher says that it is."""
    REINSTATED = "reinstated"
    """The publisher no longer says so."""
    GONE = "gone"
    """The page is not there any more: missing often and long enough, while the site was up."""
    RETURNED = "returned"
    """A page that was gone is back."""
    OUTDATED = "outdated"
    """A translation still says what its original no longer says."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change."""

    at: datetime
    """When the site did it, as far as we know: the first capture that shows it."""
    kind: ChangeKind
    release: str
    statement: str
    source: str
    url: str
    title: str
    language: str
    summary: str
    """In a line, for a person."""
    difference: Difference | None = None
    """Of edits and withdrawals."""
    found_at: datetime | None = None
    """When we found out."""
    before: CapturePlace | None = None
    after: CapturePlace | None = None
    """The captures of both states."""
    original: str | None = None
    """Of an outdated translation: the release that was edited."""
    flags: tuple[Flag, ...] = ()
    """Of an outdated translation: what it still says, or does not say yet."""
    said_on: date | None = None
    """Of edits and withdrawals: when the release was said."""
    revision: int | None = None
    """Of edits and withdrawals: number of the state that came with it."""


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """Which changes are wanted; what is None does not matter."""

    since: date | None = None
    """First day (UTC) of `Change.at`."""
    until: date | None = None
    source: str | None = None
    kind: ChangeKind | None = None
    limit: int | None = None


def changes(connection: Connection, query: ChangeQuery) -> list[Change]:
    """Changes that match, the latest first."""
    found = [each for each in _all(connection, query) if query.kind in (None, each.kind)]
    found.sort(key=lambda each: (each.at, each.release, each.kind), reverse=True)
    return found if query.limit is None else found[: query.limit]


def changes_before(
    connection: Connection, before: int | None, limit: int, source: str | None = None
) -> list[tuple[int, Change]]:
    """Edits and withdrawals with their places in the order of finding, the last found first.

    For who goes through all of them in parts (`storage.changes.edits_before`).
    """
    return [(each.place, _edited(each)) for each in edits_before(connection, before, limit, source)]


def _all(connection: Connection, query: ChangeQuery) -> Iterator[Change]:
    if query.kind is not ChangeKind.GONE and query.kind is not ChangeKind.RETURNED:
        # The edited original may be of another source than the translation that is left behind.
        outdated = query.kind in (None, ChangeKind.OUTDATED)
        source = None if outdated else query.source
        made = list(edits(connection, query.since, query.until, source))
        yield from (_edited(each) for each in made if query.source in (None, each.of.source))
        if outdated:
            late = _left_behind(connection, made)
            yield from (each for each in late if query.source in (None, each.source))
    if query.kind in (None, ChangeKind.GONE, ChangeKind.RETURNED):
        for absent in missing(connection, query.since, query.until, query.source):
            yield from _absent(absent, query)


def _change(of: Changed, at: datetime, kind: ChangeKind, summary: str) -> Change:
    return Change(at, kind, of.release, of.statement, of.source, of.url, of.title, of.language, summary)


def _edited(edit: Edit) -> Change:
    before, after = edit.before, edit.after
    found = difference_of((before.title, before.body, before.fields), (after.title, after.body, after.fields))
    was, now = before.fields.get("withdrawn"), after.fields.get("withdrawn")
    kind = ChangeKind.EDITED
    summary = found.summary
    if now and not was:
        kind, summary = ChangeKind.WITHDRAWN, f"the publisher says: {now}"
    elif was and not now:
        kind, summary = ChangeKind.REINSTATED, "the publisher no longer says that it is withdrawn"
    of = edit.of
    return Change(
        after.at,
        kind,
        of.release,
        of.statement,
        of.source,
        of.url,
        of.title,
        of.language,
        summary,
        found,
        after.found_at,
        before.capture,
        after.capture,
        said_on=of.said_on,
        revision=after.number,
    )


def _absent(absent: Missing, query: ChangeQuery) -> Iterator[Change]:
    if within(absent.confirmed_at, query.since, query.until):
        summary = (
            f"{absent.answer} {absent.answers} times since {absent.first_at:%Y-%m-%d %H:%M} UTC, "
            f"while {absent.witness} answered"
        )
        yield _change(absent.of, absent.confirmed_at, ChangeKind.GONE, summary)
    if absent.returned_at is not None and within(absent.returned_at, query.since, query.until):
        summary = f"it was gone since {absent.first_at:%Y-%m-%d %H:%M} UTC"
        yield _change(absent.of, absent.returned_at, ChangeKind.RETURNED, summary)


def _left_behind(connection: Connection, made: Sequence[Edit]) -> Iterator[Change]:
    """Translations that agree with an original as it was, where it now says something else."""
    originals = [each for each in made if each.of.role == Role.ORIGINAL]
    beside = versions_beside(connection, sorted({each.of.statement for each in originals}))
    for edit in originals:
        versions = beside.get(edit.of.statement, [])
        original = next((each for each in versions if each.id == edit.of.release), None)
        # What a later edit took back is nobody's fault.
        if original is None or original.body != edit.after.body:
            continue
        for version in versions:
            if version.role == Role.TRANSLATION and version.language != edit.of.language:
                yield from _outdated(edit, original, version)


def _outdated(edit: Edit, original: Version, version: Version) -> Iterator[Change]:
    flags = _new_flags(edit, original, version)
    withdrawn = bool(original.withdrawn) and not version.withdrawn
    withdrawn = withdrawn and not edit.before.fields.get("withdrawn")
    still = [flag for flag in flags if flag.right is not None]
    if not still and not withdrawn:
        return
    said = [f"it still says {_short(flag.right)}" for flag in still[:3]]
    if withdrawn:
        said.insert(0, "its original is withdrawn")
    of = edit.of
    yield Change(
        at=edit.after.at,
        kind=ChangeKind.OUTDATED,
        release=version.id,
        statement=of.statement,
        source=version.source,
        url=version.url,
        title=version.title,
        language=version.language,
        summary="; ".join(said) + (f"; and {len(still) - 3} more" if len(still) > 3 else ""),
        found_at=edit.after.found_at,
        original=of.release,
        flags=tuple(flags),
    )


def _new_flags(edit: Edit, original: Version, version: Version) -> list[Flag]:
    """What sets the translation apart from its original since the edit, and did not before."""
    from pipelines.linking.differences import find_differences
    from pipelines.linking.rows import Text

    days = {day for each in (original, version) for day in (each.said_on, each.posted_on) if day is not None}
    translation = Text(version.language.split("-")[0], version.body)
    before, after = (
        find_differences(Text(edit.of.language.split("-")[0], body), translation, None, days)
        for body in (edit.before.body, edit.after.body)
    )
    known = {_what(flag) for flag in before.flags}
    return [flag for flag in after.flags if _what(flag) not in known]


def _what(flag: Flag) -> tuple[str, str | None]:
    """What a flag points at, whatever stands against it."""
    return flag.kind, flag.right if flag.right is not None else flag.left


_LONGEST = 80


def _short(text: str | None) -> str:
    words = " ".join((text or "").split())
    return repr(words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()} …")
