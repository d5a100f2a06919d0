"""The feed of changes: silent edits, withdrawals, pages that went and came back, translations left behind.

`storage.changes` knows what happened; here it is put into words, and translations are compared with what
their original says now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from heapq import merge
from itertools import groupby, islice

from sqlalchemy import Connection

from crawler.items import CapturePlace, Role
from pipelines.linking.flags import Flag
from pipelines.revisions import Difference, difference_of
from storage.changes import (
    Changed,
    Edit,
    Missing,
    Moment,
    Version,
    edits,
    edits_before,
    missing,
    missing_before,
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
    """When the release was said."""
    revision: int | None = None
    """Of edits and withdrawals: number of the state that came with it. Of an outdated translation: number of
    its original's state."""


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


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Reached:
    """How far somebody has gone through the changes, the last found first: a place in each of 3 orders."""

    edit: int | None = None
    gone: Moment | None = None
    returned: Moment | None = None

    def __str__(self) -> str:
        """In a few characters; `read_reached` reads it."""
        moments = [
            "-" if moment is None else f"{(moment[0] - _EPOCH) // _TICK}.{moment[1]}"
            for moment in (self.gone, self.returned)
        ]
        return " ".join(["-" if self.edit is None else str(self.edit), *moments])


def read_reached(text: str) -> Reached:
    """A place as `str` of it wrote it. Raises ValueError."""
    edit, *moments = text.split(" ")
    gone, returned = (
        None if each == "-" else (_EPOCH + int(each.partition(".")[0]) * _TICK, int(each.partition(".")[2]))
        for each in moments
    )
    return Reached(None if edit == "-" else int(edit), gone, returned)


@dataclass(frozen=True, slots=True)
class _Step:
    """What was found at once."""

    at: datetime
    reached: Reached
    """Of its own order, the place; of the others nothing."""
    edits: tuple[Edit, ...] = ()
    change: Change | None = None


def changes_before(
    connection: Connection, reached: Reached, limit: int, source: str | None = None
) -> tuple[list[Change], Reached | None]:
    """Changes that were found before a place, the last found first, and the place that they reach.

    At least `limit`, while there are so many: what was found at once is not parted. The place is None at the
    end. For who goes through all of them in parts.
    """
    told: list[Change] = []
    while True:
        # One more of each order, to know whether something is left.
        steps = _steps(connection, reached, limit + 1, source)
        taken: list[_Step] = []
        found = 0
        for step in steps:
            if len(told) + found >= limit:
                break
            taken.append(step)
            found += len(step.edits) or 1
        told += _told_of(connection, taken, source)
        for step in taken:
            reached = Reached(
                step.reached.edit if step.reached.edit is not None else reached.edit,
                step.reached.gone or reached.gone,
                step.reached.returned or reached.returned,
            )
        if len(taken) == len(steps):
            return told, None
        if len(told) >= limit:
            return told, reached


def _steps(connection: Connection, reached: Reached, limit: int, source: str | None) -> list[_Step]:
    """At most `limit`, the last found first."""
    made = edits_before(connection, reached.edit, limit, source)
    edited = [
        _Step(max(each.after.found_at for each in some), Reached(edit=place), tuple(some))
        for place, each_of in groupby(made, key=lambda each: each.place)
        if (some := list(each_of))
    ]
    gone = [
        _Step(at[0], Reached(gone=at), change=_gone(each))
        for at, each in missing_before(connection, "confirmed_at", reached.gone, limit, source)
    ]
    returned = [
        _Step(at[0], Reached(returned=at), change=_returned(each, at[0]))
        for at, each in missing_before(connection, "returned_at", reached.returned, limit, source)
    ]
    # Each order stays as it is: a place in it says what was told, whatever the clock did.
    merged = merge(edited, returned, gone, key=lambda step: step.at, reverse=True)
    return list(islice(merged, limit))


def _told_of(connection: Connection, steps: Sequence[_Step], source: str | None) -> Iterator[Change]:
    late: dict[tuple[int, str], list[Change]] = {}
    for edit, change in _left_behind(connection, [each for step in steps for each in step.edits]):
        late.setdefault((edit.place, edit.of.release), []).append(change)
    for step in steps:
        found = [step.change] if step.change is not None else []
        for edit in step.edits:
            found += [_edited(edit), *late.pop((edit.place, edit.of.release), ())]
        yield from (each for each in found if source in (None, each.source))


def _all(connection: Connection, query: ChangeQuery) -> Iterator[Change]:
    if query.kind is not ChangeKind.GONE and query.kind is not ChangeKind.RETURNED:
        # The edited original may be of another source than the translation that is left behind.
        outdated = query.kind in (None, ChangeKind.OUTDATED)
        source = None if outdated else query.source
        made = list(edits(connection, query.since, query.until, source))
        yield from (_edited(each) for each in made if query.source in (None, each.of.source))
        if outdated:
            late = (change for _, change in _left_behind(connection, made))
            yield from (each for each in late if query.source in (None, each.source))
    if query.kind in (None, ChangeKind.GONE, ChangeKind.RETURNED):
        for absent in missing(connection, query.since, query.until, query.source):
            yield from _absent(absent, query)


def _change(of: Changed, at: datetime, kind: ChangeKind, summary: str) -> Change:
    return Change(
        at,
        kind,
        of.release,
        of.statement,
        of.source,
        of.url,
        of.title,
        of.language,
        summary,
        found_at=at,
        said_on=of.said_on,
    )


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
    return replace(
        _change(edit.of, after.at, kind, summary),
        difference=found,
        found_at=after.found_at,
        before=before.capture,
        after=after.capture,
        revision=after.number,
    )


def _absent(absent: Missing, query: ChangeQuery) -> Iterator[Change]:
    if within(absent.confirmed_at, query.since, query.until):
        yield _gone(absent)
    if absent.returned_at is not None and within(absent.returned_at, query.since, query.until):
        yield _returned(absent, absent.returned_at)


def _gone(absent: Missing) -> Change:
    summary = (
        f"{absent.answer} {absent.answers} times since {absent.first_at:%Y-%m-%d %H:%M} UTC, "
        f"while {absent.witness} answered"
    )
    return _change(absent.of, absent.confirmed_at, ChangeKind.GONE, summary)


def _returned(absent: Missing, at: datetime) -> Change:
    summary = f"it was gone since {absent.first_at:%Y-%m-%d %H:%M} UTC"
    return _change(absent.of, at, ChangeKind.RETURNED, summary)


def _left_behind(connection: Connection, made: Sequence[Edit]) -> Iterator[tuple[Edit, Change]]:
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
                for change in _outdated(edit, original, version):
                    yield edit, change


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
        said_on=version.said_on,
        revision=edit.after.number,
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
