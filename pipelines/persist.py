"""Fourth stage: batches of records into the database, linked in the same transaction.

`keep` is the pure order of things; `Persist` is Scrapy's adapter, which collects records while the crawl goes
on and writes them in a thread. Nothing here is lost silently: an address stays in the frontier until the
transaction that stores its record has ended, and a record that cannot be stored marks its address as failed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.utils.asyncio import run_in_thread

from crawler.frontier import run_of, store_of
from crawler.items import AddressState, FailureKind, Held, Outcome, Release
from crawler.runs import keeper_of
from crawler.source import registry
from pipelines.hold import HoldBack, held_record, keepable, raw_values
from pipelines.link import link_releases
from pipelines.partition import LinkResult
from storage.addresses import ask_again_where_dated
from storage.clock import clock_of
from storage.held import save_held
from storage.releases import Change, Saved, save_releases

if TYPE_CHECKING:
    from storage.database import Database

logger = logging.getLogger(__name__)

Record = Release | Held

BATCH = 200
"""Records that make a batch. Measured on SQLite: 0.85 ms a record by 50, 0.67 by 100, 0.58 by 200."""
MOST_WAITING = 4
"""Batches that may wait for the writing thread; then the crawl waits."""
SOON = 2.0
"""Seconds after which a batch that is not full goes to the writer all the same."""

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
    error: Exception

    @property
    def reason(self) -> str:
        """For a person."""
        return keepable(f"persist failed: {type(self.error).__name__}: {self.error}")[:2000]

    @property
    def outcome(self) -> Outcome:
        """What the ledger is told of an address that it knows: a defect of ours, to be tried again."""
        return Outcome(self.record.key, AddressState.FAILED, self.reason, FailureKind.STAGE)

    @property
    def held(self) -> Held:
        """What is kept of a record whose address no index showed: nobody would try it again."""
        record = self.record
        return Held(
            source=record.source,
            url=record.url,
            key=record.key,
            stage="persist",
            reason="could not be stored",
            detail=self.reason,
            item=raw_values(record) if isinstance(record, Release) else record.item,
            capture=record.capture,
        )


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
                failed.append(Failed(record, alone))
                if not kept and len(failed) == _HOPELESS:
                    raise error from alone
        return kept, failed


class NotStored(DropItem):
    """The database takes nothing any more: the item goes, its address stays in the frontier."""


class Persist:
    """Scrapy's adapter: collects releases and held records, writes them in batches in a thread.

    One batch is written at a time. While `MOST_WAITING` more wait, items wait too, and with them the
    crawl. When the spider closes, everything is written before the run is judged.
    """

    def __init__(self, crawler: Crawler) -> None:
        store = store_of(crawler)
        database = getattr(store, "database", None)
        if database is None:
            raise NotConfigured(f"{type(store).__name__} has no database: nothing is stored")
        self._crawler = crawler
        self._keeper = keeper_of(crawler)
        self._clock = clock_of(crawler.settings.get("COMMUNIQUE_CLOCK"))
        self._database: Database = database
        self._pending: list[Record] = []
        self._batches: asyncio.Queue[list[Record]] = asyncio.Queue(MOST_WAITING)
        self._room = asyncio.Event()
        """Set while the queue is not full."""
        self._room.set()
        self._handing: set[asyncio.Task[None]] = set()
        """Timers' batches that wait for room in the queue."""
        self._closing: asyncio.Task[None] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._error: Exception | None = None
        """What stopped the writing for good."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Persist:
        """As Scrapy makes pipelines. Raises NotConfigured where the store keeps no database."""
        persist = cls(crawler)
        crawler.signals.connect(persist._item_dropped, signals.item_dropped)
        return persist

    async def process_item(self, item: Release) -> Release:
        """Take a release in; waits while too many batches wait. It is stored soon after."""
        await self._take(item)
        return item

    async def _item_dropped(self, item: object, exception: BaseException) -> None:
        if isinstance(exception, HoldBack):
            held = held_record(item, exception)
            spider = self._crawler.spider
            if held.source not in registry() and spider is not None:
                # The address is in the ledger of the source that is crawled, whatever the item says.
                held = replace(held, source=spider.name)
            try:
                await self._take(held)
            except NotStored:
                # The run has been told why; the address is tried again.
                return
        elif ItemAdapter.is_item(item) and not isinstance(exception, NotStored):
            # A pipeline of the user's own dropped it: that is an end too, with the reason that it gave.
            view = ItemAdapter(item)
            source, url = str(view.get("source") or ""), str(view.get("url") or "")
            if source in registry() and url:
                key = str(view.get("key") or registry()[source].address_key(url) or url)
                keeper = self._keeper
                if key in await keeper.ask(keeper.frontier.look_up, source, [key]):
                    keeper.settle(source, Outcome(key, AddressState.SKIPPED, f"dropped: {exception}"))

    async def _take(self, record: Record) -> None:
        await self._room.wait()
        if self._error is not None:
            raise NotStored("the crawl is ending: nothing can be stored", log_level="DEBUG")
        self._pending.append(record)
        if len(self._pending) >= BATCH:
            await self._hand_over()
        elif self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(SOON, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        task = asyncio.get_running_loop().create_task(self._hand_over())
        self._handing.add(task)
        task.add_done_callback(self._handing.discard)

    async def _hand_over(self) -> None:
        """Queue what is pending for the writer; waits while the queue is full."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        batch, self._pending = self._pending, []
        if not batch:
            return
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write())
        await self._batches.put(batch)
        if self._batches.full():
            self._room.clear()

    async def _write(self) -> None:
        while True:
            batch = await self._batches.get()
            self._room.set()
            try:
                # After an error batches are only taken off, so that nobody waits for room for ever;
                # their addresses are still in the frontier.
                if self._error is None:
                    await self._write_batch(batch)
            except Exception as error:  # noqa: BLE001 - ends the crawl, and the run with it
                self._error = error
                told = f"nothing can be stored: {type(error).__name__}: {error}"
                self._keeper.fail(told, FailureKind.STAGE)
                closing = self._crawler.engine.close_spider_async(reason="database failed")
                self._closing = asyncio.get_running_loop().create_task(closing)
            finally:
                self._batches.task_done()

    async def _write_batch(self, batch: list[Record]) -> None:
        kept, failed = await run_in_thread(self._write_in_thread, batch)
        keeper = self._keeper
        for result in kept:
            for name, count in result.counts.items():
                keeper.count(name, count)
        lost = {id(each.record) for each in failed}
        keeper.written([record for record in batch if id(record) not in lost])
        for each in failed:
            record = each.record
            keeper.fail(f"{record.url}: {each.reason}")
            if record.key in await keeper.ask(keeper.frontier.look_up, record.source, [record.key]):
                keeper.settle(record.source, each.outcome)
            else:
                await run_in_thread(self._keep, [each.held])
                keeper.count("held")

    def _write_in_thread(self, batch: list[Record]) -> tuple[list[BatchResult], list[Failed]]:
        return keep_what_can_be(self._database, run_of(self._crawler), batch, self._clock())

    def _keep(self, batch: list[Record]) -> BatchResult:
        return keep(self._database, run_of(self._crawler), batch, self._clock())

    async def close_spider(self) -> None:
        """Write everything that is left."""
        await self._hand_over()
        await asyncio.gather(*self._handing)
        await self._batches.join()
        if self._writer is not None:
            self._writer.cancel()
