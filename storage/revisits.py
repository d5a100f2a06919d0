"""The pages of a source that may be asked for again; `crawler.revisits` chooses among them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from crawler.items import AddressState, Origin
from crawler.revisits import SHORTEST, Visited
from storage.tables import AddressRow, ReleaseRow
from storage.views import ITS_ADDRESS


def pages_to_revisit(connection: Connection, source: str, now: datetime) -> Iterator[Visited]:
    """Kept pages that were not asked for just now, and missing ones whose next try has come.

    Only what was taken from the site itself: an archive's pages may never have been where they are asked for.
    """
    due = AddressRow.next_try_at <= now
    query = (
        select(
            AddressRow.key,
            AddressRow.fetched_at,
            AddressRow.modified,
            AddressRow.next_try_at,
            ReleaseRow.posted_on,
            ReleaseRow.first_seen_at,
            ReleaseRow.revision,
            ReleaseRow.kind,
        )
        .join(ReleaseRow, ITS_ADDRESS)
        .where(
            AddressRow.source == source,
            ReleaseRow.origin == Origin.LIVE,
            or_(
                and_(
                    AddressRow.state == AddressState.STORED,
                    or_(due, and_(AddressRow.next_try_at.is_(None), AddressRow.fetched_at <= now - SHORTEST)),
                ),
                and_(AddressRow.state == AddressState.GONE, due),
            ),
        )
    )
    for row in connection.execute(query):
        yield Visited(
            key=row.key,
            visited_at=row.fetched_at or row.first_seen_at,
            posted_on=row.posted_on,
            first_seen_at=row.first_seen_at,
            edits=row.revision - 1,
            kind=row.kind,
            stamped=row.modified is not None,
            asked_for_at=row.next_try_at,
        )
