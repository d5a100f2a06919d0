"""Fourth stage, Scrapy's adapter: collects records while the crawl goes on, and has them written in batches.

A few records are written in a thread; a crawl that has many gets a process that stores and links them
(`pipelines.writing`). `pipelines.batch` is the pure order of things. Nothing is lost silently: an address
stays in the frontier until the transaction that stores its record has ended, and a record that cannot be
stored marks its address as failed.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import replace
from pathlib import Path
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
from pipelines.batch import BatchResult, Failed, Record, keep, keep_what_can_be, sum_of_counts
from pipelines.hold import HoldBack, held_record, raw_values
from pipelines.writing.messages import WriterOrder
from pipelines.writing.writer import NothingStored, Writer, WriterLost
from storage.clock import clock_of

if TYPE_CHECKING:
    from storage.database import Database

logger = logging.getLogger(__name__)

BATCH = 200
"""Records that make a batch. Measured on SQLite: 0.85 ms a record by 50, 0.67 by 100, 0.58 by 200."""
MOST_WAITING = 4
"""Batches that may wait for the writing thread; then the crawl waits."""
SOON = 2.0
"""Seconds after which a batch that is not full goes to the writer all the same."""


class NotStored(DropItem):
    """The database takes nothing any more: the item goes, its address stays in the frontier."""


class Persist:
    """Collects releases and held records, and has them written in batches.

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
        self._child: Writer | None = None
        """The process that writes for this crawl, once it has many records."""
        self._taken = 0
        self._child_from = crawler.settings.getint("COMMUNIQUE_WRITER_FROM")
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
        why = exception.__cause__
        if isinstance(why, HoldBack):
            held = held_record(item, why)
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
        self._taken += 1
        if self._taken == self._child_from:
            self._start_child()
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
                words = str(error) if isinstance(error, NothingStored) else f"{type(error).__name__}: {error}"
                told = f"nothing can be stored: {words}"
                self._keeper.fail(told, FailureKind.STAGE)
                closing = self._crawler.engine.close_spider_async(reason="database failed")
                self._closing = asyncio.get_running_loop().create_task(closing)
            finally:
                self._batches.task_done()

    async def _write_batch(self, batch: list[Record]) -> None:
        counts, failed = await run_in_thread(self._write_in_thread, batch)
        keeper = self._keeper
        for name, count in counts.items():
            keeper.count(name, count)
        lost = {id(each.record) for each in failed}
        keeper.written([record for record in batch if id(record) not in lost])
        for each in failed:
            record = each.record
            keeper.fail(f"{record.url}: {each.reason}")
            if record.key in await keeper.ask(keeper.frontier.look_up, record.source, [record.key]):
                keeper.settle(record.source, each.outcome)
            else:
                await run_in_thread(self._keep, [_held(each)])
                keeper.count("held")

    def _write_in_thread(self, batch: list[Record]) -> tuple[dict[str, int], list[Failed]]:
        if self._child is not None:
            try:
                if self._child.is_ready():
                    return self._child.store(batch)
            except WriterLost as error:
                logger.warning("The process that writes %s; the crawl writes by itself", error)
                self._child = None
        kept, failed = keep_what_can_be(self._database, run_of(self._crawler), batch, self._clock())
        return sum_of_counts(kept), failed

    def _start_child(self) -> None:
        settings = self._crawler.settings
        order = WriterOrder(
            database=self._database.secret_url,
            patience=self._database.patience,
            run=run_of(self._crawler),
            clock=settings.get("COMMUNIQUE_CLOCK"),
            path=tuple(each or str(Path.cwd()) for each in sys.path),
            log_level=str(settings.get("LOG_LEVEL")),
        )
        try:
            self._child = Writer.start(order)
        except OSError as error:
            logger.warning("No process that writes could be started (%s); the crawl writes by itself", error)

    def _keep(self, batch: list[Record]) -> BatchResult:
        return keep(self._database, run_of(self._crawler), batch, self._clock())

    async def close_spider(self) -> None:
        """Write everything that is left."""
        await self._hand_over()
        await asyncio.gather(*self._handing)
        await self._batches.join()
        if self._writer is not None:
            self._writer.cancel()
        if self._child is not None:
            await run_in_thread(self._child.close)
            self._child = None


def _held(failed: Failed) -> Held:
    """What is kept of a record whose address no index showed: nobody would try it again."""
    record = failed.record
    return Held(
        source=record.source,
        url=record.url,
        key=record.key,
        stage="persist",
        reason="could not be stored",
        detail=failed.reason,
        item=raw_values(record) if isinstance(record, Release) else record.item,
        capture=record.capture,
    )
