"""Full relinks: how far they are, and the evidence that they found, which does not count yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from storage.link_tables import RelinkLinkRow, RelinkRow, UnlinkedRow
from storage.links import Link, LinkKey, chunks, load_links
from storage.tables import ReleaseRow

READING, WEIGHING, WEIGHED, APPLIED, DROPPED = "reading", "weighing", "weighed", "applied", "dropped"

_CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Relink:
    """How far a full relink is."""

    id: int
    state: str
    judge: str
    started_at: datetime
    floor: int
    cursor: str
    done: int


def open_relink(connection: Connection) -> Relink | None:
    """The relink that is neither applied nor dropped; None when there is none."""
    row = RelinkRow
    query = select(row.id, row.state, row.judge, row.started_at, row.floor, row.cursor, row.done)
    found = connection.execute(
        query.where(row.state.in_((READING, WEIGHING, WEIGHED))).order_by(row.id)
    ).first()
    return None if found is None else Relink(*found)


def begin_relink(connection: Connection, judge: str, now: datetime) -> Relink:
    """Begin a new one."""
    made = connection.execute(
        insert(RelinkRow).values(
            state=READING, judge=judge, started_at=now, floor=0, cursor="", done=0, ended_at=None
        )
    ).inserted_primary_key
    if made is None:
        raise RuntimeError("the database gave the relink no number")
    return Relink(int(made[0]), READING, judge, now, 0, "", 0)


def advance(connection: Connection, relink: Relink, cursor: str, done: int) -> None:
    """Note that the present state is done up to that release."""
    connection.execute(update(RelinkRow).where(RelinkRow.id == relink.id).values(cursor=cursor, done=done))


def begin_weighing(connection: Connection, relink: Relink) -> None:
    """All texts are read: evidence is weighed from here on. What waits until now is answered by it."""
    floor = connection.scalar(select(func.max(UnlinkedRow.ticket))) or 0
    values = {"state": WEIGHING, "cursor": "", "done": 0, "floor": floor}
    connection.execute(update(RelinkRow).where(RelinkRow.id == relink.id).values(**values))


def end_weighing(connection: Connection, relink: Relink) -> None:
    """All evidence is found."""
    values = {"state": WEIGHED, "cursor": "", "done": 0}
    connection.execute(update(RelinkRow).where(RelinkRow.id == relink.id).values(**values))


def end_relink(connection: Connection, relink: Relink, state: str, now: datetime) -> None:
    """It is applied, or dropped: its evidence is deleted; when applied, with the tickets that it answered."""
    if state == APPLIED:
        connection.execute(delete(UnlinkedRow).where(UnlinkedRow.ticket <= relink.floor))
    connection.execute(delete(RelinkLinkRow).where(RelinkLinkRow.relink_id == relink.id))
    connection.execute(update(RelinkRow).where(RelinkRow.id == relink.id).values(state=state, ended_at=now))


def save_staged(connection: Connection, relink: Relink, links: Iterable[Link]) -> None:
    """Keep evidence that does not count yet."""
    rows = [
        {
            "relink_id": relink.id,
            "left_id": link.left,
            "right_id": link.right,
            "kind": link.kind,
            "score": link.score,
            "features": dict(link.features),
            "model": link.model,
        }
        for link in links
    ]
    if rows:
        connection.execute(insert(RelinkLinkRow), rows)


def note_linked_meanwhile(connection: Connection, releases: Collection[str]) -> None:
    """Releases that the linker has linked anew: what an open relink found about them counts no longer."""
    relink = open_relink(connection)
    if relink is None or relink.state == READING:
        return
    known = _meanwhile(connection, relink)
    rows: list[dict[str, object]] = [
        {
            "relink_id": relink.id,
            "left_id": each,
            "right_id": each,
            "kind": _CHANGED,
            "score": 0.0,
            "features": {},
            "model": None,
        }
        for each in sorted(set(releases) - known)
    ]
    if rows:
        connection.execute(insert(RelinkLinkRow), rows)


def changed_since(connection: Connection, relink: Relink) -> set[str]:
    """Releases that were linked anew since the evidence was weighed, or wait for that."""
    waiting = connection.scalars(select(UnlinkedRow.release_id).where(UnlinkedRow.ticket > relink.floor))
    return {*waiting, *_meanwhile(connection, relink)}


def _meanwhile(connection: Connection, relink: Relink) -> set[str]:
    row = RelinkLinkRow
    query = select(row.left_id).where(row.relink_id == relink.id, row.left_id == row.right_id)
    return set(connection.scalars(query))


def links_to_be(
    connection: Connection, relink: Relink, releases: Collection[str], changed: Collection[str]
) -> dict[LinkKey, Link]:
    """All links with an end among the releases as they will be: those that were found, those of persons, and,
    where a release has changed since, those that are stored."""
    found: dict[LinkKey, Link] = {}
    row = RelinkLinkRow
    query = select(row.left_id, row.right_id, row.kind, row.score, row.features, row.model).where(
        row.relink_id == relink.id, row.kind != _CHANGED
    )
    for some in chunks(set(releases)):
        for ends in (row.left_id, row.right_id):
            for left, right, kind, score, features, model in connection.execute(query.where(ends.in_(some))):
                if left not in changed and right not in changed:
                    found[left, right, kind] = Link(left, right, kind, "", score, features, model=model)
    kept = {
        key: link
        for key, link in load_links(connection, releases).items()
        if link.by_person or key[0] in changed or key[1] in changed
    }
    return found | kept


def count_releases(connection: Connection) -> int:
    """How many releases there are."""
    return connection.scalar(select(func.count()).select_from(ReleaseRow)) or 0


def ids_after(connection: Connection, cursor: str, size: int) -> list[str]:
    """Ids of the releases that follow one in order."""
    query = select(ReleaseRow.id).where(ReleaseRow.id > cursor).order_by(ReleaseRow.id).limit(size)
    return list(connection.scalars(query))
