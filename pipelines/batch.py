"""A batch of records into the database, linked in the same transaction: the pure order of things.

Nothing here knows Scrapy: the process that writes for a large crawl (`pipelines.writing`) starts with this.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.items import AddressState, FailureKind, Held, Outcome, Release
from pipelines.keepable import keepable
from pipelines.link import link_releases
from pipelines.partition import LinkResult
from storage.addresses import ask_again_where_dated
from storage.held import save_held
from storage.releases import Change, Saved, save_releases

if TYPE_CHECKING:
    from storage.database import Database

logger = logging.getLogger(__name__)

Record = Release | Held

_HOPELESS = 5
"""So many records of a batch that fail before any is stored: the database is at fault, not they."""

_COUNTED = {Change.NEW: "stored", Change.REVISED: "revised", Change.UNCHANGED: "unchanged"}


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch changed."""

    saved: tuple[Saved, ...] = ()
    held: int = 0
    links: LinkResult = field(default_factory=LinkResult)

    @property
    def counts(self) -> Mapping[str, int]:
        """As runs count: stored (new releases), revised, unchanged, held, linked (joined another)."""
        counts = Counter(_COUNTED[each.change] for each in self.saved)
        counts["held"] += self.held
        counts["linked"] += len(self.links.joined)
        return {name: count for name, count in counts.items() if count}


def sum_of_counts(results: Iterable[BatchResult]) -> dict[str, int]:
    """What several batches changed."""
    counts: Counter[str] = Counter()
    for each in results:
        counts.update(each.counts)
    return dict(counts)


def keep(database: Database, run: str, batch: Sequence[Record], now: datetime) -> BatchResult:
    """Store and link a batch in one transaction, all of it or nothing.

    Records of one address count in their order: one that was held back and then read is held no longer.
    """
    last = {(record.source, record.key): record for record in batch}
    releases = [record for record in batch if isinstance(record, Release)]
    held = [record for record in last.values() if isinstance(record, Held)]
    with database.write() as connection:
        saved = save_releases(connection, run, releases, now) if releases else []
        ask_again_where_dated(
            connection,
            # Once only: what the index tells is in the hint of the next reading.
            [
                release
                for release, each in zip(releases, saved, strict=True)
                if release.posted_on is None and each.change is Change.NEW
            ],
        )
        if held:
            save_held(connection, run, held, now)
        changed = list(dict.fromkeys(each.release_id for each in saved if each.relink))
        links = link_releases(connection, changed, now) if changed else LinkResult()
    return BatchResult(tuple(saved), len(held), links)


@dataclass(frozen=True, slots=True)
class Failed:
    """A record that could not be stored, although it was tried alone."""

    record: Record
    reason: str
    """For a person."""

    @classmethod
    def by(cls, record: Record, error: Exception) -> Failed:
        """The error at which storing it ended."""
        return cls(record, keepable(f"persist failed: {type(error).__name__}: {error}")[:2000])

    @property
    def outcome(self) -> Outcome:
        """What the ledger is told of an address that it knows: a defect of ours, to be tried again."""
        return Outcome(self.record.key, AddressState.FAILED, self.reason, FailureKind.STAGE)


def keep_what_can_be(
    database: Database, run: str, batch: Sequence[Record], now: datetime
) -> tuple[list[BatchResult], list[Failed]]:
    """Store a batch; when that fails, each of its records alone, so that one bad one does not take all down.

    Raises the error of the batch when the first five fail alone too: then it is not the records.
    """
    try:
        return [keep(database, run, batch, now)], []
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not take the other records down
        logger.warning("A batch of %d could not be stored (%s); trying one by one", len(batch), error)
        kept: list[BatchResult] = []
        failed: list[Failed] = []
        for record in batch:
            try:
                kept.append(keep(database, run, [record], now))
            except Exception as alone:
                failed.append(Failed.by(record, alone))
                if not kept and len(failed) == _HOPELESS:
                    raise error from alone
        return kept, failed
