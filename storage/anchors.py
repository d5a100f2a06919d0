"""What texts say, ready to be compared, and the anchors by which they find each other.

Releases said within a few weeks of each other are found by the anchors of those days: `load_days` reads them,
and how many two releases share is counted in memory (`pipelines.linking.windows`). Whether they are
candidates follows from the two alone.

What is posted again much later is found by *lasting* anchors: two releases are candidates when they share one
that is no *hub*, held by more than `cap` releases. How many hold it is looked up through its index, up to
`cap` + 1 entries, so the cost of a release does not grow with the database. That too follows from what is
stored, not from the order in which it came: when an anchor becomes a hub, linked pairs among its earlier
holders are queued again, and when it stops being one, all of its holders are. Both in the transaction
that changes the anchors, so that no kill comes between.
"""

from __future__ import annotations

import json
import struct
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    TableValuedAlias,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    select,
)

from storage.inserting import Rows, insert_many
from storage.link_tables import AnchorRow, ContentRow, DayAnchorsRow, LinkRow
from storage.links import MACHINE, chunks
from storage.unlinked import queue

ANCHOR_HUB_ABOVE = 50
"""A lasting anchor that more releases hold than this says too little. One database must always be linked with
the same number."""


@dataclass(frozen=True, slots=True)
class StoredContent:
    """What a text says, as it is stored."""

    made_of: str
    """Versions of the code, content digest and language."""
    day: date
    """On which it was said."""
    lasting: tuple[int, ...]
    """Its lasting anchors: signed 64-bit integers, ascending."""
    prepared: bytes


def load_contents(connection: Connection, releases: Collection[str]) -> dict[str, StoredContent]:
    """What is stored of the releases' texts, by id; outdated ones too."""
    row = ContentRow
    query = select(row.release_id, row.made_of, row.day, row.lasting, row.prepared)
    return {
        each.release_id: StoredContent(each.made_of, each.day, unpack_keys(each.lasting), each.prepared)
        for some in chunks(releases)
        for each in connection.execute(query.where(row.release_id.in_(some))).all()
    }


def load_made_of(connection: Connection, releases: Collection[str]) -> dict[str, tuple[str, date]]:
    """What the stored contents of the releases were made of, and their days."""
    query = select(ContentRow.release_id, ContentRow.made_of, ContentRow.day)
    return {
        row[0]: (row[1], row[2])
        for some in chunks(releases)
        for row in connection.execute(query.where(ContentRow.release_id.in_(some))).all()
    }


def load_days(connection: Connection, since: date, until: date) -> dict[date, list[tuple[str, bytes]]]:
    """Release and packed anchors of everything said on these days, by day."""
    row = DayAnchorsRow
    found: dict[date, list[tuple[str, bytes]]] = {}
    query = select(row.day, row.release_id, row.keys).where(row.day.between(since, until))
    for day, release, keys in connection.execute(query.order_by(row.day, row.release_id)).all():
        found.setdefault(day, []).append((release, keys))
    return found


def save_contents(
    connection: Connection,
    contents: Mapping[str, StoredContent],
    day_keys: Mapping[str, Collection[int]],
    now: datetime,
    cap: int = ANCHOR_HUB_ABOVE,
) -> set[str]:
    """Store what texts say and replace their anchors; releases queued again because of it come back."""
    before = load_contents(connection, contents)
    _delete(connection, before)
    if contents:
        connection.execute(
            insert(ContentRow),
            [
                {
                    "release_id": each,
                    "made_of": it.made_of,
                    "day": it.day,
                    "lasting": pack_keys(it.lasting),
                    "prepared": it.prepared,
                }
                for each, it in sorted(contents.items())
            ],
        )
        connection.execute(
            insert(DayAnchorsRow),
            [
                {"day": it.day, "release_id": each, "keys": pack_keys(day_keys[each])}
                for each, it in sorted(contents.items())
            ],
        )
    gone = {each: set(it.lasting) - set(contents[each].lasting) for each, it in before.items()}
    come = {
        each: set(it.lasting) - (set(before[each].lasting) if each in before else set())
        for each, it in contents.items()
    }
    return _change_anchors(connection, come, gone, now, cap)


def forget_contents(
    connection: Connection, releases: Collection[str], now: datetime, cap: int = ANCHOR_HUB_ABOVE
) -> set[str]:
    """Drop what is known of the texts of releases that are to be deleted."""
    before = load_contents(connection, releases)
    _delete(connection, before)
    gone = {each: set(it.lasting) for each, it in before.items()}
    return _change_anchors(connection, {}, gone, now, cap)


def _delete(connection: Connection, contents: Mapping[str, StoredContent]) -> None:
    for some in chunks(contents):
        connection.execute(delete(ContentRow).where(ContentRow.release_id.in_(some)))
    rows = [{"on": it.day, "holder": each} for each, it in sorted(contents.items())]
    if rows:
        same = (DayAnchorsRow.day == bindparam("on")) & (DayAnchorsRow.release_id == bindparam("holder"))
        connection.execute(
            delete(DayAnchorsRow).where(same).execution_options(synchronize_session=False), rows
        )


def find_sharing(
    connection: Connection, lasting: Mapping[str, Collection[int]], cap: int = ANCHOR_HUB_ABOVE
) -> set[tuple[str, str]]:
    """Pairs of these releases with each other and with all others that share a lasting anchor.

    `lasting` are their anchors, as stored. The smaller id is first.
    """
    holders: dict[int, set[str]] = defaultdict(set)
    for release, values in lasting.items():
        for value in values:
            holders[value].add(release)
    found: set[tuple[str, str]] = set()
    for value, other in _holders(connection, holders.keys() - _hubs(connection, holders, cap)):
        for release in holders[value]:
            if release != other:
                found.add((release, other) if release < other else (other, release))
    return found


def count_shared(
    connection: Connection, left: str, right: str, cap: int = ANCHOR_HUB_ABOVE
) -> tuple[int, int]:
    """How many lasting anchors two releases share that are no hubs, and how many that are."""
    stored = load_contents(connection, {left, right})
    if len(stored) < 2:
        return 0, 0
    both = set(stored[left].lasting) & set(stored[right].lasting)
    hubs = _hubs(connection, both, cap)
    return len(both) - len(hubs), len(hubs)


def _change_anchors(
    connection: Connection,
    come: Mapping[str, Collection[int]],
    gone: Mapping[str, Collection[int]],
    now: datetime,
    cap: int,
) -> set[str]:
    removed = Counter(value for values in gone.values() for value in values)
    added = Counter(value for values in come.values() for value in values)
    _delete_anchors(connection, ((value, each) for each, values in gone.items() for value in values))
    rows: Rows = sorted((value, each) for each, values in come.items() for value in values)
    insert_many(connection, AnchorRow, ("value", "release_id"), rows)
    change = {value: added[value] - removed[value] for value in added.keys() | removed.keys()}
    crossed = _hubs(connection, added, cap) - _were_hubs(connection, added, change, cap)
    freed = _were_hubs(connection, removed, change, cap) - _hubs(connection, removed, cap)
    again = _linked_over(connection, crossed, {each for each, values in come.items() if values})
    queue(connection, again, "hub", now)
    holders = {each for _, each in _holders(connection, freed)}
    queue(connection, holders, "freed", now)
    return again | holders


def _were_hubs(
    connection: Connection, values: Collection[int], change: Mapping[int, int], cap: int
) -> set[int]:
    """Those of the values that were hubs before the numbers of their holders changed."""
    by_change: dict[int, set[int]] = defaultdict(set)
    for value in values:
        by_change[change[value]].add(value)
    found: set[int] = set()
    for more, some in by_change.items():
        found |= _hubs(connection, some, cap + more) if cap + more >= 0 else some
    return found


def _linked_over(connection: Connection, values: Collection[int], fresh: Collection[str]) -> set[str]:
    """One end of each link between holders of a value that has just become a hub, fresh holders aside."""
    holders: dict[int, set[str]] = defaultdict(set)
    for value, release in _holders(connection, values):
        holders[value].add(release)
    found: set[str] = set()
    for _, of_value in sorted(holders.items()):
        earlier = sorted(of_value - set(fresh))
        query = select(LinkRow.left_id).where(
            LinkRow.left_id.in_(earlier), LinkRow.right_id.in_(earlier), LinkRow.decided_by == MACHINE
        )
        found |= set(connection.scalars(query))
    return found


def _hubs(connection: Connection, values: Collection[int], cap: int) -> set[int]:
    """Those of the values that more than `cap` releases hold."""
    found: set[int] = set()
    for given in _given(connection, values):
        many = select(literal(1)).where(AnchorRow.value == given.c.value).limit(1).offset(cap)
        found |= set(connection.scalars(select(given.c.value).where(many.scalar_subquery().is_not(None))))
    return found


def _holders(connection: Connection, values: Collection[int]) -> Iterator[tuple[int, str]]:
    """(value, release) of all that hold one of the values, which must be no hubs."""
    for given in _given(connection, values):
        query = select(AnchorRow.value, AnchorRow.release_id).join(given, AnchorRow.value == given.c.value)
        yield from ((row[0], row[1]) for row in connection.execute(query))


_GIVEN = 5000


def _given(connection: Connection, values: Iterable[int]) -> Iterator[TableValuedAlias]:
    """Numbers as something to select from, handed over in one parameter: the statement stays the same."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _GIVEN):
        some = ordered[start : start + _GIVEN]
        if connection.dialect.name == "sqlite":
            yield func.json_each(json.dumps(some)).table_valued(column("value", BigInteger), name="given")
        else:
            listed = func.unnest(cast(some, ARRAY(BigInteger)))
            yield listed.table_valued(column("value", BigInteger), name="given").render_derived()


def _delete_anchors(connection: Connection, rows: Iterable[tuple[int, str]]) -> None:
    # One by one: for a list of pairs neither database would use the index.
    pairs = [{"anchor": value, "holder": release} for value, release in sorted(rows)]
    if pairs:
        same = (AnchorRow.value == bindparam("anchor")) & (AnchorRow.release_id == bindparam("holder"))
        connection.execute(delete(AnchorRow).where(same).execution_options(synchronize_session=False), pairs)


def pack_keys(keys: Collection[int]) -> bytes:
    """As they are stored."""
    ordered = sorted(set(keys))
    return struct.pack(f"<{len(ordered)}q", *ordered)


def unpack_keys(data: bytes) -> tuple[int, ...]:
    """From how they are stored, ascending."""
    return struct.unpack(f"<{len(data) // 8}q", data)
