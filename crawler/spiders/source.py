"""The spider of a source: leftovers first, then its indexes, and every address to a named end.

`crawler.spiders.loader` makes one class per definition. Index pages are fetched from within `start`,
so that following an index reads as a loop; releases go through Scrapy's queue, which is kept short.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.batches import Batches
from crawler.browser import BROWSER_SLOT, RENDER, missing_browser
from crawler.declare import Numbers
from crawler.frontier import RunRequest, Seen, Walk
from crawler.items import (
    AddressState,
    Capture,
    Discovered,
    Due,
    FailureKind,
    Held,
    Outcome,
    Release,
    ReleaseItem,
)
from crawler.middlewares.captures import CaptureFailed
from crawler.reading.messages import Record, StageFailed
from crawler.reading.order import order_of
from crawler.reading.reader import Reader, ReaderUnusable, ReadingFailed
from crawler.runs import VACANT, RunKeeper, keeper_of
from crawler.source import Source, definition_digest
from crawler.spiders.arguments import read_window
from crawler.spiders.corrections import correct_what_stands
from crawler.spiders.endings import (
    MISSING,
    as_counted,
    ending_by_status,
    failed,
    is_block,
    refusal,
)
from crawler.spiders.failures import IndexFailure, failure_of
from crawler.spiders.indexes import indexes_of
from crawler.spiders.look import look
from crawler.spiders.numbers import NumbersWalk
from crawler.spiders.pace import nameless_hosts, set_pace
from crawler.spiders.pending import Pending
from crawler.spiders.walk import IndexWalk, due_of

logger = logging.getLogger(__name__)

LEFTOVERS_AT_ONCE = 200
"""Addresses that are asked of the ledger together."""


class SourceSpider(scrapy.Spider):
    """Crawls the source in its class attribute `source`. Arguments: see `__init__`."""

    source: ClassVar[type[Source]]
    reader: Reader
    """Reads what was fetched, in a process of its own."""

    custom_settings = {  # noqa: RUF012 - as Scrapy declares it
        # The spider itself sees to what these do: every status is an ending, every key is asked once.
        "SPIDER_MIDDLEWARES": {
            "crawler.runs.OpenRun": 10,
            "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
            "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
        },
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.ScrapyPriorityQueue",
        "DOWNLOADER_STATS": False,
    }

    def __init__(
        self,
        since: str | None = None,
        until: str | None = None,
        limit: str | None = None,
        again: str | None = None,
        run_id: str | None = None,
        started_by: str = "person",
        **unknown: Any,  # noqa: ANN401 - refused
    ) -> None:
        """Days as 2017-02-20, `limit` a number of releases, `again` yes or no.

        `run_id` is a run that was planned before.
        """
        unknown.pop("name", None)
        if unknown:
            raise TypeError(
                f"{self.name} has no argument {', '.join(unknown)}; it has since, until, limit, again"
            )
        super().__init__()
        self.window = read_window(since, until, limit, again)
        self.run_request = RunRequest(
            source=self.source.name,
            started_by=started_by,
            since=self.window.since,
            until=self.window.until,
            limit=self.window.limit,
            run_id=run_id or None,
            definition_digest=definition_digest(self.source),
        )
        self.pending = Pending()
        self.stopping = False
        """Nothing more is to be asked for."""
        self.most_pending = 1
        """Requests that may be out before more are made."""
        self.most_blocked = 1
        """Blocks in a row from one host that end the crawl."""
        self._left = self.window.limit
        self._asked: set[str] = set()
        self._blocked: dict[str, int] = {}
        self._closing: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SourceSpider:  # noqa: ANN401
        """As Scrapy makes spiders."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.most_pending = 2 * crawler.settings.getint("CONCURRENT_REQUESTS")
        spider.most_blocked = crawler.settings.getint("COMMUNIQUE_CHALLENGES")
        spider.reader = Reader(order_of(cls.source, spider.window, crawler.settings))
        if not cls.start.__module__.startswith("scrapy.commands."):
            spider.reader.spawn()
        crawler.signals.connect(spider.reader.close, signals.spider_closed)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Pace and number of requests as the definition says, for each of its hosts."""
        super().update_settings(settings)
        set_pace(settings, cls.source)

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether the address is on one of the source's hosts."""
        return (urlsplit(request.url).hostname or "") in cls.source.hosts

    @property
    def keeper(self) -> RunKeeper:
        """The keeper of this crawl's run."""
        return keeper_of(self.crawler)

    async def start(self) -> AsyncIterator[Any]:
        """Leftovers of earlier runs, index after index, then what is to be looked at again."""
        self._page_finds = Batches(self._record_all, self.keeper.thread)
        nameless = nameless_hosts(self.settings, self.source)
        if nameless:
            self.keeper.fail(
                f"{', '.join(nameless)} could not tell who asks: "
                "set COMMUNIQUE_CONTACT to a mail address or URL"
            )
            return
        self.reader.start()
        missing = missing_browser(self.settings.get("COMMUNIQUE_BROWSER")) if self.source.browser else None
        if missing is not None:
            self.keeper.fail(missing)
            return
        async for request in self._leftovers():
            yield request
        for walk in self._walks():
            if self.stopping:
                return
            async for each in walk.outputs():
                yield each
        async for request in self._revisits():
            yield request

    def _walks(self) -> list[IndexWalk | NumbersWalk]:
        today = datetime.now(self.source.zone()).date()
        walks: list[IndexWalk | NumbersWalk] = []
        for discovery in self.source.discoveries():
            if isinstance(discovery, Numbers):
                walks.append(NumbersWalk(self, discovery))
            else:
                indexes = indexes_of(self.source, discovery, self.window, today)
                walks += [IndexWalk(self, index) for index in indexes]
        return walks

    async def _leftovers(self) -> AsyncIterator[Request]:
        now = datetime.now(UTC)
        after: str | None = None
        while not self.stopping:
            some = await self.keeper.ask(
                self.keeper.frontier.due,
                self.source.name,
                now=now,
                since=self.window.since,
                until=self.window.until,
                after=after,
                limit=LEFTOVERS_AT_ONCE,
                again=self.window.again,
            )
            if not some:
                return
            for due in some:
                if not self.may_ask(due.key):
                    continue
                if not self.take():
                    return
                await self.room_for_more()
                self.keeper.count("discovered")
                yield self.release_request(due)
            after = some[-1].key

    async def _revisits(self) -> AsyncIterator[Request]:
        """Kept pages whose turn it is, in a run that looks for what is new."""
        window = self.window
        if self.stopping or window.again or window.since is not None or window.until is not None:
            return
        budget = self.source.revisits
        if budget is None:
            budget = self.settings.getint("COMMUNIQUE_REVISITS")
        chosen = await self.keeper.ask(
            self.keeper.frontier.revisits, self.source.name, now=datetime.now(UTC), budget=budget
        )
        for due in chosen:
            if self.may_ask(due.key):
                if self.stopping or not self.take():
                    return
                await self.room_for_more()
                self.keeper.count("revisited")
                yield self.release_request(due)

    # What the walks ask of the spider.

    def take(self) -> bool:
        """Take one release off the limit; False when it is reached, which stops the crawl's search."""
        if self._left is not None:
            if self._left == 0:
                self.keeper.at_limit = True
                self.stopping = True
                return False
            self._left -= 1
        return True

    def may_ask(self, key: str) -> bool:
        """Whether this run has not asked for that address yet; from now on it has."""
        if key in self._asked:
            return False
        self._asked.add(key)
        return True

    async def room_for_more(self) -> None:
        """Wait until few enough requests are out for more to be made."""
        await self.pending.below(self.most_pending)

    async def room_for_items(self) -> None:
        """Wait until the stages have few enough items for more to be given to them."""
        slot = self.crawler.engine.scraper.slot
        while slot is not None and slot.itemproc_size > 10 * self.most_pending:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # Scrapy tells nobody when an item is done with

    async def record(self, walk: Walk, found: Sequence[Discovered]) -> tuple[list[Seen], Mapping[str, Due]]:
        """Write addresses to the ledger, and what it knows of those that are due."""
        frontier, run, name = self.keeper.frontier, self.keeper.run, self.source.name

        def both() -> tuple[list[Seen], Mapping[str, Due]]:
            seen = frontier.record(run, walk, name, found)
            due = [each.key for each in seen if each.due and each.known]
            return seen, frontier.look_up(name, due) if due else {}

        seen, known = await self.keeper.ask(both)
        self.keeper.count("discovered", sum(each.due and each.key not in self._asked for each in seen))
        return seen, known

    async def fetch_index(self, address: str) -> tuple[Response, Capture]:
        """An index page and its capture, whatever its status. Raises IndexFailure when there is no answer."""
        request = Request(address, dont_filter=True, meta=self._rendering(of_index=True))
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            kind, detail = failure_of(error)
            if kind is FailureKind.STAGE:
                logger.exception("%s: fetching %s failed", self.name, address)
            raise IndexFailure(kind, detail if address in detail else f"{address}: {detail}") from error
        return response, response.meta["capture"]

    def _rendering(self, *, of_index: bool) -> dict[str, Any]:
        """What a request says of how its page is rendered; nothing where the site needs no browser."""
        browser = self.source.browser
        if browser is None or not (browser.indexes if of_index else browser.releases):
            return {}
        return {RENDER: browser, "download_slot": BROWSER_SLOT}

    def check_status(self, capture: Capture) -> None:
        """Raises IndexFailure for an index page whose status is not one of success."""
        if 200 <= capture.status < 300:
            return
        kind, detail = refusal(capture)
        self.blocked(capture.url, kind, capture.status)
        raise IndexFailure(kind, f"{capture.url}: {detail}")

    def blocked(self, url: str, kind: FailureKind, status: int | None) -> None:
        """Take down what a host served in place of a page; too many blocks in a row end the crawl."""
        if not is_block(kind, status):
            return
        host = urlsplit(url).hostname or ""
        self._blocked[host] = self._blocked.get(host, 0) + 1
        if self._blocked[host] >= self.most_blocked and not self.stopping:
            what = "too many requests" if status == 429 else kind.value
            times = self._blocked[host]
            explanation = f"{host} answered {times} times in a row with that, not a page; try again later"
            self.stop(what, explanation, kind)

    def not_blocked(self, url: str) -> None:
        """Take down that a host answered with what was asked for."""
        self._blocked.pop(urlsplit(url).hostname or "", None)

    def _take_down_block(self, url: str, outcome: Outcome | None) -> None:
        if outcome is not None and outcome.failure is not None:
            self.blocked(url, outcome.failure, outcome.status)
        else:
            self.not_blocked(url)

    def stop(self, reason: str, explanation: str, kind: FailureKind) -> None:
        """End the crawl as failed; what was not fetched waits in the ledger."""
        self.stopping = True
        self.keeper.fail(f"{reason}: {explanation}", kind)
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def cannot_read(self, error: ReaderUnusable) -> None:
        """Without a reader there is no point in going on; what was fetched stays due."""
        if not self.stopping:
            self.stop("reader", str(error), FailureKind.STAGE)

    def release_request(self, due: Due, endings: dict[str, str] | None = None) -> Request:
        """The request for a release; it counts as pending until it has ended."""
        headers: dict[str, str] = {}
        if due.etag:
            headers["If-None-Match"] = due.etag
        if due.last_modified:
            headers["If-Modified-Since"] = due.last_modified
        self.pending.out()
        return Request(
            due.url,
            callback=self.read_release,
            errback=self.release_failed,
            headers=headers,
            dont_filter=True,
            priority=1,
            meta={"due": due, "endings": endings, **self._rendering(of_index=False)},
        )

    # How a release ends.

    async def read_release(self, response: Response) -> AsyncIterator[Any]:
        """Items of a page, and requests for what it names; any other end is written to the ledger."""
        due: Due = response.meta["due"]
        capture: Capture = response.meta["capture"]
        try:
            self.keeper.count("fetched")
            outcome = ending_by_status(due, capture)
            if outcome is None:
                try:
                    read = await self.reader.read(due, capture)
                except ReaderUnusable as error:
                    self.cannot_read(error)
                    return
                except ReadingFailed as error:
                    logger.error("%s: reading %s failed: %s\n%s", self.name, due.url, error, error.traceback)
                    detail = f"reading failed: {error}"
                    outcome = failed(due, FailureKind.STAGE, detail, capture.status)
                else:
                    outcome = read.outcome
                    self.keeper.saw(read.shape)
                    if due.kept:
                        await correct_what_stands(self, due, read.records)
                    await self._record_where_it_led(due, read.records)
                    if read.by_fallback:
                        self.keeper.count("by_fallback", read.by_fallback)
                    for item in self.without_failed(read.records):
                        yield item
                    async for request in self._follow(read.discovered):
                        yield request
            self._take_down_block(capture.url, outcome)
            self._note(due, outcome, response.meta["endings"])
        finally:
            self.pending.back()

    def release_failed(self, failure: Failure) -> None:
        """A release that did not arrive: the reason goes to the ledger."""
        request: Request = failure.request  # type: ignore[attr-defined]
        due: Due = request.meta["due"]
        try:
            if failure.check(CaptureFailed):
                # Nothing was read, so the address stays due; without captures there is no point in going on.
                if not self.stopping:
                    self.stop("captures", failure.getErrorMessage(), FailureKind.STAGE)
                return
            kind, detail = failure_of(failure.value or RuntimeError("no reason given"))
            if kind is FailureKind.STAGE:
                logger.error("%s: fetching %s failed: %s", self.name, due.url, failure.getTraceback())
            self._note(due, failed(due, kind, detail), request.meta["endings"])
        finally:
            self.pending.back()

    def _note(self, due: Due, outcome: Outcome | None, endings: dict[str, str] | None) -> None:
        counts_as = None
        if endings is not None:
            outcome, endings[due.key] = as_counted(outcome)
            counts_as = VACANT if endings[due.key] == MISSING else None
        if outcome is not None:
            self.keeper.settle(self.source.name, outcome, counts_as)

    def without_failed(self, records: Iterable[Record]) -> Iterator[ReleaseItem | Release | Held]:
        """The records for the stages that are left; items on which a stage failed are failed addresses."""
        for record in records:
            if not isinstance(record, StageFailed):
                yield record
                continue
            logger.error("%s: a stage failed on %s\n%s", self.name, record.url, record.traceback)
            reason = f"a stage failed: {record.error}"
            outcome = Outcome(record.key, AddressState.FAILED, reason, FailureKind.STAGE)
            self.keeper.settle(self.source.name, outcome)

    async def _record_where_it_led(self, due: Due, items: Sequence[Record]) -> None:
        """A page that moved gives a release of another address: that one goes into the ledger first."""
        led = tuple(
            Discovered(item.key, item.url, found_in=due.url)
            for item in items
            if item.key and item.key != due.key
        )
        if led:
            self._asked.update(each.key for each in led)
            await self._page_finds.put(led)

    async def _follow(self, found: Sequence[Discovered]) -> AsyncIterator[Request]:
        """Record what a page names (its other languages), and ask for what is due of it."""
        new = [each for each in found if each.key not in self._asked]
        if not new or self.stopping:
            return
        for entry, known in await self._page_finds.put(tuple(new)):
            if self.window.holds(entry.posted_on) and self.may_ask(entry.key):
                if not self.take():
                    return
                self.keeper.count("discovered")
                yield self.release_request(due_of(entry, known))

    def _record_all(
        self, several: Sequence[tuple[Discovered, ...]]
    ) -> list[list[tuple[Discovered, Due | None]]]:
        """Record what several pages named, in one go; what is due, page by page. In the ledger's thread."""
        frontier, run, name = self.keeper.frontier, self.keeper.run, self.source.name
        entries = {entry.key: entry for found in several for entry in found}
        seen = frontier.record(run, self.keeper.finds(name), name, list(entries.values()))
        due = {each.key for each in seen if each.due}
        known = frontier.look_up(name, sorted(due)) if due else {}
        return [[(entry, known.get(entry.key)) for entry in found if entry.key in due] for found in several]

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:  # noqa: ANN401
        """For `scrapy parse`: what a page says, without the ledger."""
        return look(self.source, response, self.parse)
