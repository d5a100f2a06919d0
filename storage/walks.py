"""Walks through indexes, and which addresses they settle.

**What settles an address.** A spider may stop walking an index at a page of nothing but settled addresses.
That is right only if everything older is known too, so an address is settled, for one index and down to
one day, when a walk of that index saw it that was finished and went back at least to that day. A walk that
was killed vouches for nothing: what it saw is known, but the next walk goes on past it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, insert, select, update
from sqlalchemy.orm import aliased

from crawler.frontier import Walk
from crawler.items import AddressState
from storage.tables import AddressRow, SightingRow, WalkRow

CHUNK = 500
"""Most keys in one statement."""


def chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """The keys in pieces of at most CHUNK."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


@dataclass(frozen=True, slots=True)
class WalkView:
    """One passage of a run through one index."""

    index: str
    floor: date | None
    """First day that it went back to; None: to the end."""
    complete: bool
    started_at: datetime
    ended_at: datetime | None


def walks_of(connection: Connection, source: str, run: str) -> list[WalkView]:
    """The walks of a run, in order."""
    query = select(WalkRow).where(WalkRow.source == source, WalkRow.run_id == run).order_by(WalkRow.id)
    return [
        WalkView(row.index_name, row.floor, row.complete, row.started_at, row.ended_at)
        for row in connection.execute(query)
    ]


def open_walk(
    connection: Connection, run: str, source: str, index: str, floor: date | None, now: datetime
) -> Walk:
    """See `crawler.frontier.Frontier.open_walk`."""
    earlier = connection.execute(
        select(WalkRow.index_id, WalkRow.floor, WalkRow.complete).where(
            WalkRow.source == source, WalkRow.index_name == index
        )
    ).all()
    finished = [walk.floor for walk in earlier if walk.complete]
    if floor is None and finished and None not in finished:
        floor = min(finished)
    walk_id = connection.execute(
        insert(WalkRow)
        .values(
            run_id=run,
            source=source,
            index_name=index,
            index_id=earlier[0].index_id if earlier else 0,
            floor=floor,
            complete=False,
            started_at=now,
        )
        .returning(WalkRow.id)
    ).scalar_one()
    if earlier:
        highest = _highest_number(connection, earlier[0].index_id)
    else:
        highest = None
        connection.execute(update(WalkRow).where(WalkRow.id == walk_id).values(index_id=walk_id))
    return Walk(
        id=walk_id,
        may_stop_at_settled=any(_reaches(each, floor) for each in finished),
        highest_number=highest,
        floor=floor,
    )


def close_walk(connection: Connection, walk: Walk, *, complete: bool, now: datetime) -> None:
    """See `crawler.frontier.Frontier.close_walk`. A walk that was closed stays as it is."""
    # One flag settles all: a sighting counts when the walk that it names is complete.
    connection.execute(
        update(WalkRow)
        .where(WalkRow.id == walk.id, WalkRow.ended_at.is_(None))
        .values(complete=complete, ended_at=now)
    )


def index_of(connection: Connection, walk: Walk) -> int:
    """The short name of the walk's index."""
    return connection.execute(select(WalkRow.index_id).where(WalkRow.id == walk.id)).scalar_one()


_BEFORE = aliased(WalkRow)
# Asked for with every page of an index: built once.
_KNOWN = (
    select(
        AddressRow.id,
        AddressRow.key,
        AddressRow.state,
        AddressRow.next_try_at,
        AddressRow.title,
        AddressRow.posted_on,
        AddressRow.posted_at,
        AddressRow.modified,
        AddressRow.fetched_modified,
        AddressRow.fetched_at,
        SightingRow.walk_id,
        SightingRow.before_id,
        WalkRow.complete,
        WalkRow.floor,
        _BEFORE.complete.label("before_complete"),
        _BEFORE.floor.label("before_floor"),
    )
    .outerjoin(
        SightingRow,
        and_(SightingRow.address_id == AddressRow.id, SightingRow.index_id == bindparam("of_index")),
    )
    .outerjoin(WalkRow, WalkRow.id == SightingRow.walk_id)
    .outerjoin(_BEFORE, _BEFORE.id == SightingRow.before_id)
    .where(AddressRow.source == bindparam("of_source"), AddressRow.key.in_(bindparam("keys", expanding=True)))
)


def known_addresses(
    connection: Connection, source: str, index_id: int, keys: Sequence[str]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Those of the keys that the ledger has, each with the walks that vouch for it in that index."""
    for chunk in chunks(keys):
        asked = {"of_source": source, "of_index": index_id, "keys": chunk}
        yield from connection.execute(_KNOWN, asked)


def is_vouched_for(row: Row[*tuple[Any, ...]], walk: Walk) -> bool:
    """Whether everything older than this known address is known, as far back as this walk goes."""
    return _vouches(row.complete, row.floor, walk) or _vouches(row.before_complete, row.before_floor, walk)


_MOVE = (
    update(SightingRow)
    .where(SightingRow.index_id == bindparam("of_index"), SightingRow.address_id == bindparam("of_address"))
    .values(walk_id=bindparam("new_walk_id"), before_id=bindparam("new_before_id"))
)


_NOTE = insert(SightingRow)


def note_sightings(
    connection: Connection,
    index_id: int,
    walk: int,
    unseen: Sequence[int],
    moved: Sequence[tuple[int, int | None]],
) -> None:
    """Note that a walk saw addresses: `unseen` were new to the index; of `moved` an earlier walk's word did
    not suffice (address id, and the complete walk that vouched before).
    """
    if unseen:
        rows = [{"index_id": index_id, "address_id": each, "walk_id": walk} for each in unseen]
        connection.execute(_NOTE, rows)
    if moved:
        changes = [
            {"of_index": index_id, "of_address": address, "new_walk_id": walk, "new_before_id": before}
            for address, before in moved
        ]
        connection.execute(_MOVE, changes)


def _reaches(covered: date | None, wanted: date | None) -> bool:
    """Whether a walk down to `covered` went back as far as one down to `wanted` (None: the end)."""
    return covered is None or (wanted is not None and covered <= wanted)


def _vouches(complete: bool | None, floor: date | None, walk: Walk) -> bool:
    return complete is True and _reaches(floor, walk.floor)


def _highest_number(connection: Connection, index_id: int) -> int | None:
    # A number that is gone does not count: it may have been asked for before it was given out.
    return connection.scalar(
        select(func.max(AddressRow.number))
        .join(SightingRow, SightingRow.address_id == AddressRow.id)
        .where(SightingRow.index_id == index_id, AddressRow.state != AddressState.GONE)
    )
