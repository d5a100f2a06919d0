"""How things stand: addresses by state, last runs, next tries, oldest failures, totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from crawler.items import AddressState
from storage.runs import RunView, find_runs, latest_runs
from storage.tables import (
    AddressRow,
    CaptureRow,
    HeldRow,
    LinkRow,
    ReleaseRow,
    RevisionRow,
    StatementRow,
)


@dataclass(frozen=True, slots=True)
class FailedAddress:
    """An address that could not be fetched or read, and when it is tried again."""

    url: str
    failure: str | None
    """Kind of failure (`crawler.items.FailureKind`)."""
    reason: str | None
    attempts: int
    discovered_at: datetime
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceOverview:
    """How one source stands."""

    source: str
    last_run: RunView | None = None
    addresses: Mapping[str, int] = field(default_factory=dict)
    """Number by state (`crawler.items.AddressState`)."""
    next_try_at: datetime | None = None
    """The earliest next try of a failed address."""
    oldest_failure: FailedAddress | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is, over all sources."""

    statements: int
    """Living ones: those that were joined to another are not counted."""
    releases: int
    revisions: int
    links: int
    held: int
    captures: int


def count_addresses(connection: Connection, source: str) -> dict[str, int]:
    """Addresses of a source by state."""
    query = (
        select(AddressRow.state, func.count()).where(AddressRow.source == source).group_by(AddressRow.state)
    )
    return dict(connection.execute(query).all())


def overviews(connection: Connection) -> dict[str, SourceOverview]:
    """Every source of which there is a run or an address, by name."""
    counts: dict[str, dict[str, int]] = {}
    counted = select(AddressRow.source, AddressRow.state, func.count()).group_by(
        AddressRow.source, AddressRow.state
    )
    for source, state, number in connection.execute(counted):
        counts.setdefault(source, {})[state] = number
    tries = dict(
        connection.execute(
            select(AddressRow.source, func.min(AddressRow.next_try_at))
            .where(AddressRow.state == AddressState.FAILED)
            .group_by(AddressRow.source)
        ).all()
    )
    last = latest_runs(connection)
    return {
        source: SourceOverview(
            source,
            last.get(source),
            counts.get(source, {}),
            tries.get(source),
            _oldest_failure(connection, source) if AddressState.FAILED in counts.get(source, {}) else None,
        )
        for source in sorted({*counts, *last})
    }


def totals(connection: Connection) -> Totals:
    """How much there is."""

    def number(query: object) -> int:
        return int(connection.scalar(query) or 0)  # type: ignore[call-overload]

    living = StatementRow.merged_into.is_(None)
    return Totals(
        statements=number(select(func.count()).select_from(StatementRow).where(living)),
        releases=number(select(func.count()).select_from(ReleaseRow)),
        revisions=number(select(func.count()).select_from(RevisionRow)),
        links=number(select(func.count()).select_from(LinkRow)),
        held=number(select(func.count()).select_from(HeldRow)),
        captures=number(select(func.count()).select_from(CaptureRow)),
    )


def overview_of(connection: Connection, source: str) -> SourceOverview:
    """One source, also one of which nothing is known."""
    counts = count_addresses(connection, source)
    tries = select(func.min(AddressRow.next_try_at)).where(
        AddressRow.source == source, AddressRow.state == AddressState.FAILED
    )
    return SourceOverview(
        source,
        next(find_runs(connection, source, 1), None),
        counts,
        connection.scalar(tries),
        _oldest_failure(connection, source) if AddressState.FAILED in counts else None,
    )


def _oldest_failure(connection: Connection, source: str) -> FailedAddress | None:
    row = connection.execute(
        select(AddressRow)
        .where(AddressRow.source == source, AddressRow.state == AddressState.FAILED)
        .order_by(AddressRow.discovered_at, AddressRow.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    return FailedAddress(row.url, row.failure, row.reason, row.attempts, row.discovered_at, row.next_try_at)
