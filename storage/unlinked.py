"""The queue of the linker: releases whose content links are still to be made.

Whoever stores a release puts it in, in the same transaction; so nothing is forgotten when a process ends in
between. The linker takes a ticket out only in the transaction that stores what it found.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from storage.link_tables import UnlinkedRow
from storage.links import chunks


@dataclass(frozen=True, slots=True)
class Ticket:
    """A release that waits."""

    number: int
    release: str
    reason: str
    """new, changed, hub, freed, decision, relink"""


def queue(connection: Connection, releases: Collection[str], reason: str, now: datetime) -> None:
    """Let releases wait; one that waits already gets a new ticket, behind the others."""
    for some in chunks(set(releases)):
        connection.execute(delete(UnlinkedRow).where(UnlinkedRow.release_id.in_(some)))
        connection.execute(
            insert(UnlinkedRow),
            [{"release_id": each, "reason": reason, "queued_at": now} for each in some],
        )


def next_tickets(connection: Connection, size: int) -> list[Ticket]:
    """Those that have waited longest, at most `size`."""
    query = select(UnlinkedRow.ticket, UnlinkedRow.release_id, UnlinkedRow.reason)
    return [Ticket(*row) for row in connection.execute(query.order_by(UnlinkedRow.ticket).limit(size))]


def settle_tickets(connection: Connection, tickets: Sequence[Ticket]) -> None:
    """Take tickets out. A release that was queued again in the meantime has another one, and stays."""
    for some in chunks([each.number for each in tickets]):
        connection.execute(delete(UnlinkedRow).where(UnlinkedRow.ticket.in_(some)))


def count_unlinked(connection: Connection) -> int:
    """How many wait."""
    return connection.scalar(select(func.count()).select_from(UnlinkedRow)) or 0
