"""What the pipelines write into the ledger: addresses that ended as stored or held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, or_, update

from crawler.items import AddressState, Origin
from storage.absences import note_present
from storage.inserting import insert_into
from storage.tables import AddressRow
from storage.walks import chunks

READ_ANEW: dict[str, Any] = {"state": AddressState.DISCOVERED, "etag": None, "last_modified": None}
"""What makes a kept address due once more with its whole page: asked with validators, a site would answer 304
and the page, though unchanged, would not be read with what is known of it by now.
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An address whose page was read and kept."""

    source: str
    key: str
    url: str
    state: AddressState
    reason: str | None
    taken_at: datetime
    """When what was kept was taken from the site."""
    origin: Origin = Origin.LIVE
    etag: str | None = None
    last_modified: str | None = None

    @property
    def live(self) -> bool:
        """False for saved files and archives: they do not tell how the page is now."""
        return self.origin is Origin.LIVE


class Addressed(Protocol):
    """A release or a held record."""

    @property
    def source(self) -> str:
        """Name of the source."""

    @property
    def key(self) -> str:
        """Address key within it."""


def keys_by_source(records: Iterable[Addressed]) -> dict[str, list[str]]:
    """The keys of the records, by source, each once."""
    found: dict[str, dict[str, None]] = {}
    for each in records:
        found.setdefault(each.source, {})[each.key] = None
    return {source: list(keys) for source, keys in found.items()}


def ask_again_where_dated(connection: Connection, releases: Iterable[Addressed]) -> None:
    """Make releases without a posting day due once more whose day an index has told meanwhile.

    A page that another page names (its translation) may be asked for before the index that shows it is
    read. Whether its release has a day must not depend on which of the two came first.
    """
    for source, keys in keys_by_source(releases).items():
        for chunk in chunks(keys):
            connection.execute(
                update(AddressRow)
                .where(
                    AddressRow.source == source,
                    AddressRow.key.in_(chunk),
                    AddressRow.state == AddressState.STORED,
                    AddressRow.posted_on.is_not(None),
                )
                .values(READ_ANEW)
            )


def keep_addresses(connection: Connection, run: str, kept: Sequence[Kept], now: datetime) -> None:
    """Mark addresses as stored or held; makes those that no index showed (saved files, archives).

    Where a release is stored already, what was taken from the site before it changes nothing.
    """
    for live in (True, False):
        _keep(connection, run, [each for each in kept if each.live is live], now, live=live)
    note_present(connection, [(each.source, each.key, each.taken_at) for each in kept if each.live], now)


def _keep(connection: Connection, run: str, kept: Sequence[Kept], now: datetime, *, live: bool) -> None:
    if not kept:
        return
    put = insert_into(connection, AddressRow)
    put = put.on_conflict_do_update(
        index_elements=["source", "key"],
        set_={
            "state": put.excluded.state,
            "reason": put.excluded.reason,
            "failure": None,
            "attempts": 0,
            "next_try_at": None,
            "fetched_at": put.excluded.fetched_at,
            # What was fetched is what the index last announced.
            "fetched_modified": AddressRow.modified if live else AddressRow.fetched_modified,
            "etag": put.excluded.etag,
            "last_modified": put.excluded.last_modified,
            "status": None,
        },
        where=or_(
            AddressRow.state != AddressState.STORED,
            AddressRow.fetched_at.is_(None),
            AddressRow.fetched_at <= put.excluded.fetched_at,
        ),
    )
    rows = [
        {
            "source": each.source,
            "key": each.key,
            "url": each.url,
            "found_in": "",
            "state": each.state,
            "reason": each.reason,
            "attempts": 0,
            "discovered_at": now,
            "discovered_run": run,
            "seen_at": now,
            "fetched_at": each.taken_at,
            "etag": each.etag,
            "last_modified": each.last_modified,
            "origin": each.origin,
        }
        for each in sorted(kept, key=lambda each: (each.source, each.key))
    ]
    connection.execute(put, rows)
