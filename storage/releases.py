"""Keeping releases: idempotent, in batches, with a revision for every change of content.

The same release saved twice writes nothing but the ledger's bookkeeping of its address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from crawler.items import AddressState, Release
from storage.addresses import Kept, keep_addresses, keys_by_source
from storage.inserting import insert_into, insert_many
from storage.release_rows import (
    COLUMNS,
    PARTS,
    columns_of,
    detail_digest,
    own_statement,
    parts_of,
    revision_row,
)
from storage.search.index import touch_releases
from storage.tables import (
    HeldRow,
    ReleaseRow,
    RevisionRow,
    SourceRow,
    StatementRow,
)
from storage.unlinked import queue
from storage.walks import CHUNK


class Change(StrEnum):
    """What saving a release changed."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Saved:
    """One release that was saved."""

    release_id: str
    """Usually the one given; an address that is known keeps the id that it has."""
    change: Change
    relink: bool
    """Something that linking looks at is new: the text, its issuers or days, or what publishers claim.
    May be so without a revision, as when a page now names its translation."""


def save_releases(
    connection: Connection, run: str, releases: Sequence[Release], now: datetime
) -> list[Saved]:
    """Keep releases with their revisions, issuers, claims and bands; mark their addresses as stored.

    What is new or changed waits for the linker from now on.

    A new release opens a statement of its own. A release held back before is held back no longer. One
    answer per release, in order; within the batch later ones follow upon earlier ones of the same address.
    """
    saved: list[Saved] = []
    for batch in _rounds(releases):
        saved += _save_round(connection, run, batch, now)
    keep_addresses(connection, run, [_kept(each, now) for each in releases], now)
    _release_held(connection, releases)
    queue(connection, [each.release_id for each in saved if each.relink], "changed", now)
    touch_releases(
        connection, [each.release_id for each in saved if each.relink or each.change is not Change.UNCHANGED]
    )
    new_in = {each.source for each, done in zip(releases, saved, strict=True) if done.change is Change.NEW}
    if new_in:
        connection.execute(update(SourceRow).where(SourceRow.name.in_(new_in)).values(last_new_at=now))
    return saved


def _kept(release: Release, now: datetime) -> Kept:
    return Kept(
        release.source,
        release.key,
        release.url,
        AddressState.STORED,
        None,
        taken_at=release.captured_at or now,
        origin=release.origin,
        etag=release.etag,
        last_modified=release.last_modified,
    )


def _rounds(releases: Sequence[Release]) -> Iterator[list[Release]]:
    """The batch in pieces in which no release and no address comes twice, order kept."""
    batch: list[Release] = []
    names: set[tuple[str, ...]] = set()
    for each in releases:
        mine: set[tuple[str, ...]] = {(each.id,), (each.source, each.key)}
        if names & mine or len(batch) == CHUNK:
            yield batch
            batch, names = [], set()
        batch.append(each)
        names |= mine
    if batch:
        yield batch


def _save_round(connection: Connection, run: str, batch: Sequence[Release], now: datetime) -> list[Saved]:
    known = _find_known(connection, batch)
    saved: list[Saved] = []
    new: list[Release] = []
    revised: list[tuple[Release, str]] = []
    older: list[Release] = []
    touched: list[tuple[Release, str]] = []
    for given in batch:
        row = known.get((given.id,)) or known.get((given.source, given.key))
        if row is None:
            new.append(given)
            saved.append(Saved(given.id, Change.NEW, relink=True))
            continue
        # An address keeps the id under which it first came, though its page may name another one now;
        # a release that moved takes its new address, unless another release has it.
        holder = known.get((given.source, given.key))
        key = given.key if holder is None or holder.id == row.id else row.key
        release = replace(given, id=row.id, key=key)
        detail = detail_digest(release)
        if _is_older(release, row):
            older.append(release)
            saved.append(Saved(row.id, Change.UNCHANGED, relink=False))
        elif release.content_digest == row.content_digest:
            if detail != row.detail_digest:
                touched.append((release, detail))
            saved.append(Saved(row.id, Change.UNCHANGED, relink=detail != row.detail_digest))
        else:
            revised.append((release, detail))
            saved.append(Saved(row.id, Change.REVISED, relink=True))
    if new:
        _insert_new(connection, run, new, now)
    if touched:
        connection.execute(UPDATE, [update_values(each, detail) for each, detail in touched])
    if revised:
        _revise(connection, run, revised, now)
    if older:
        _add_older(connection, run, older)
    changed = [each for each, _ in (*touched, *revised)]
    if changed:
        replace_parts(connection, changed)
        follow_in_statements(connection, changed)
    return saved


def _is_older(release: Release, row: Row[*tuple[Any, ...]]) -> bool:
    """Whether the text was taken from the site before the one that is kept (an archive's capture)."""
    return (
        release.captured_at is not None
        and row.captured_at is not None
        and release.captured_at < row.captured_at
    )


def _find_known(
    connection: Connection, batch: Sequence[Release]
) -> dict[tuple[str, ...], Row[*tuple[Any, ...]]]:
    columns = select(
        ReleaseRow.id,
        ReleaseRow.source,
        ReleaseRow.key,
        ReleaseRow.content_digest,
        ReleaseRow.detail_digest,
        ReleaseRow.captured_at,
    )
    # Two questions: put into one with "or", neither database would use an index.
    queries = [columns.where(ReleaseRow.id.in_([each.id for each in batch]))]
    for source, keys in keys_by_source(batch).items():
        queries.append(columns.where(ReleaseRow.source == source, ReleaseRow.key.in_(keys)))
    known: dict[tuple[str, ...], Row[*tuple[Any, ...]]] = {}
    for query in queries:
        for row in connection.execute(query):
            known[(row.id,)] = known[(row.source, row.key)] = row
    return known


UPDATE = (
    update(ReleaseRow)
    .where(ReleaseRow.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in COLUMNS})
)


def update_values(release: Release, detail: str) -> dict[str, Any]:
    """Parameters of `UPDATE` for a release under the id that it is stored with."""
    return {
        "row_id": release.id,
        **{f"new_{name}": value for name, value in columns_of(release, detail).items()},
    }


def _insert_new(connection: Connection, run: str, new: Sequence[Release], now: datetime) -> None:
    # A release that was deleted and comes back finds its statement, to which others may lead.
    connection.execute(
        insert_into(connection, StatementRow).on_conflict_do_nothing(index_elements=["id"]),
        [
            {
                "id": own_statement(each),
                "created_at": now,
                "said_on": each.said_on,
                "title": each.title,
                "kind": each.kind,
            }
            for each in new
        ],
    )
    connection.execute(
        insert(ReleaseRow),
        [
            {
                **columns_of(each, detail_digest(each)),
                "id": each.id,
                "role": each.role_hint,
                "revision": 1,
                "statement_id": own_statement(each),
                "first_seen_at": now,
                "changed_at": now,
            }
            for each in new
        ],
    )
    connection.execute(insert(RevisionRow), [revision_row(each, 1, run, now) for each in new])
    _insert_parts(connection, new)


def _last_numbers(connection: Connection, releases: Sequence[Release]) -> dict[str, int]:
    query = (
        select(RevisionRow.release_id, func.max(RevisionRow.number))
        .where(RevisionRow.release_id.in_([each.id for each in releases]))
        .group_by(RevisionRow.release_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _revise(connection: Connection, run: str, revised: Sequence[tuple[Release, str]], now: datetime) -> None:
    last = _last_numbers(connection, [each for each, _ in revised])
    connection.execute(UPDATE, [update_values(each, detail) for each, detail in revised])
    connection.execute(
        update(ReleaseRow)
        .where(ReleaseRow.id == bindparam("row_id"))
        .values(revision=bindparam("number"), changed_at=bindparam("seen_at")),
        [{"row_id": each.id, "number": last[each.id] + 1, "seen_at": now} for each, _ in revised],
    )
    connection.execute(
        insert(RevisionRow), [revision_row(each, last[each.id] + 1, run, now) for each, _ in revised]
    )


def _add_older(connection: Connection, run: str, older: Sequence[Release]) -> None:
    """Keep states from before the current one, unless they are known; the current one stays current."""
    query = select(RevisionRow.release_id, RevisionRow.content_digest).where(
        RevisionRow.release_id.in_([each.id for each in older])
    )
    known = {(release, digest) for release, digest in connection.execute(query)}
    missing = [each for each in older if (each.id, each.content_digest) not in known]
    if missing:
        last = _last_numbers(connection, missing)
        rows = [
            revision_row(each, last[each.id] + 1, run, each.captured_at)
            for each in missing
            if each.captured_at is not None
        ]
        connection.execute(insert(RevisionRow), rows)
        touch_releases(connection, [each.id for each in missing])


def _insert_parts(connection: Connection, releases: Iterable[Release]) -> None:
    for table, rows in parts_of(releases).items():
        insert_many(connection, table, PARTS[table], rows)


def replace_parts(connection: Connection, changed: Sequence[Release]) -> None:
    """Write issuers, claims and bands of releases anew."""
    ids = [each.id for each in changed]
    for table in PARTS:
        connection.execute(delete(table).where(table.release_id.in_(ids)))
    _insert_parts(connection, changed)


def follow_in_statements(connection: Connection, changed: Sequence[Release]) -> None:
    """A statement of one release shows that release; where there are several, linking says which leads."""
    lone = (
        select(ReleaseRow.statement_id)
        .where(
            ReleaseRow.statement_id.in_(
                select(ReleaseRow.statement_id).where(ReleaseRow.id.in_([each.id for each in changed]))
            )
        )
        .group_by(ReleaseRow.statement_id)
        .having(func.count() == 1)
    )
    alone = set(connection.execute(lone).scalars())
    query = select(ReleaseRow.id, ReleaseRow.statement_id).where(
        ReleaseRow.id.in_([each.id for each in changed])
    )
    statement_of = {row.id: row.statement_id for row in connection.execute(query)}
    rows = [
        {
            "row_id": statement_of[each.id],
            "new_title": each.title,
            "new_kind": each.kind,
            "new_said_on": each.said_on,
        }
        for each in changed
        if statement_of[each.id] in alone
    ]
    if rows:
        connection.execute(
            update(StatementRow)
            .where(StatementRow.id == bindparam("row_id"))
            .values(
                title=bindparam("new_title"), kind=bindparam("new_kind"), said_on=bindparam("new_said_on")
            ),
            rows,
        )
        alone_now = [each for each in changed if statement_of[each.id] in alone]
        roles = [{"row_id": each.id, "new_role": each.role_hint} for each in alone_now]
        connection.execute(
            update(ReleaseRow).where(ReleaseRow.id == bindparam("row_id")).values(role=bindparam("new_role")),
            roles,
        )


def _release_held(connection: Connection, releases: Sequence[Release]) -> None:
    for start in range(0, len(releases), CHUNK):
        for source, keys in keys_by_source(releases[start : start + CHUNK]).items():
            connection.execute(delete(HeldRow).where(HeldRow.source == source, HeldRow.key.in_(keys)))
