"""The run of a crawl: opened before its first request, kept alive, told what happens, and judged at its end.

Scrapy counts a crawl that failed to start as finished and leaves with exit code 0. So success is
judged here, from what the spider and the stages reported, for every spider of the project.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any, TypeVar

from itemadapter import ItemAdapter
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.frontier import (
    LEDGER_UNREACHABLE,
    LEDGER_UNWRITABLE,
    Frontier,
    RunInProgress,
    RunRequest,
    Walk,
    open_run,
    opened_run,
    opened_store,
    store_of,
)
from crawler.items import AddressState, Discovered, FailureKind, Outcome
from crawler.source import registry

logger = logging.getLogger(__name__)

Made = TypeVar("Made")

COUNTS = "communique/"
"""Prefix of the counts of a run among Scrapy's stats (stored, revised, unchanged, held ...)."""
FROM_PAGES = "(pages)"
"""Name of the index that stands for what no index showed."""
MOST_UNSETTLED = 100
"""Outcomes that are written together."""
SETTLE_EVERY = 1.0
"""Seconds after which outcomes are written at the latest."""

FAILED = "failed/"
"""Prefix of the counts of addresses that failed, by kind."""
BROKEN = "broken/"
"""Prefix of the counts of what made the whole run fail (an index, the host, the database), by kind."""
VACANT = "vacant"
"""Count of numbers that were asked for, that no index promised, and at which there is no page (yet)."""
SHAPES = "shapes"
"""Name, among a run's stats, of the shapes of its first pages, with blanks between them."""
ANSWERED = "status/"
"""Prefix of the counts of answers, by HTTP status."""

_COUNTED = {
    AddressState.SKIPPED: "skipped",
    AddressState.FAILED: "failed",
    AddressState.GONE: "gone",
    AddressState.STORED: "not_modified",
}


def keeper_of(crawler: Crawler) -> RunKeeper:
    """The keeper of this crawl's run."""
    keeper = crawler.get_extension(RunKeeper)
    if keeper is None:
        raise RuntimeError("crawler.runs.RunKeeper must be among the EXTENSIONS")
    return keeper


class RunKeeper:
    """Extension that stands between a crawl and its row in the ledger."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        """Where the ledger is called: one call after the other."""
        self._unsettled: list[tuple[str, Outcome]] = []
        self._unrecorded: list[tuple[str, Discovered]] = []
        self._walks: dict[int, Walk] = {}
        self._finds: Walk | None = None
        self._beats: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._failures: list[str] = []
        self._errors: list[str] = []
        """The first and the last thing that went wrong, of an address or of the run."""
        self._shapes: list[str] = []
        self._increase: Callable[[str, int], None] | None = None
        """Of the crawl's stats, looked up once: some ten counts are made for every page."""
        self.at_limit = False
        """The spider stopped because it had fetched as many releases as it was asked to."""
        self.refused: str | None = None
        """Why the run was not opened: another process crawls this source."""
        self.outcome: str | None = None
        """`finished`, `stopped` or `failed` once the crawl has ended; None before, and without a run."""
        self.interrupted = False
        self.on_written: list[Callable[[Sequence[object]], None]] = []
        """Told of records once the transaction that stores them has ended."""
        crawler.signals.connect(self._item_failed, signals.item_error)
        crawler.signals.connect(self._spider_failed, signals.spider_error)
        crawler.signals.connect(self._close, signals.spider_closed)
        crawler.signals.connect(self._requested, signals.request_reached_downloader)
        crawler.signals.connect(self._answered, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunKeeper:
        """As Scrapy makes extensions."""
        return cls(crawler)

    @property
    def run(self) -> str:
        """Id of the open run."""
        run = opened_run(self._crawler)
        if run is None:
            raise RuntimeError("no run is open")
        return run

    @property
    def is_open(self) -> bool:
        """Whether there is a run."""
        return opened_run(self._crawler) is not None

    @property
    def error(self) -> str | None:
        """What made the run fail, for a person; None when nothing did."""
        if not self._failures:
            return None
        more = len(self._failures) - 5
        return "; ".join(self._failures[:5]) + (f"; and {more} more" if more > 0 else "")

    @property
    def frontier(self) -> Frontier:
        """The ledger; call it through `ask`."""
        return store_of(self._crawler).frontier

    async def ask(self, method: Callable[..., Made], *arguments: Any, **named: Any) -> Made:  # noqa: ANN401
        """Call the ledger in its thread, after everything that was asked before."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, lambda: method(*arguments, **named))

    async def open(self, request: RunRequest) -> None:
        """Open the run. Raises CloseSpider where another process has the source."""
        try:
            await self.ask(open_run, self._crawler, request)
        except RunInProgress as error:
            self.refused = str(error)
            logger.error("%s", error)
            raise CloseSpider("run in progress") from error
        self._beats = asyncio.get_running_loop().create_task(self._keep_alive())

    async def open_walk(self, source: str, index: str, floor: date | None) -> Walk:
        """Open a walk; whatever is still open when the crawl ends counts as incomplete."""
        walk = await self.ask(self.frontier.open_walk, self.run, source, index, floor)
        self._walks[walk.id] = walk
        return walk

    async def close_walk(self, walk: Walk, *, complete: bool) -> None:
        """Close a walk."""
        del self._walks[walk.id]
        await self.ask(self.frontier.close_walk, walk, complete=complete)

    def finds(self, source: str) -> Walk:
        """The walk for what no index showed: addresses named on pages, items of ordinary spiders.

        To be called in the ledger's thread. It is complete when the run ends well.
        """
        if self._finds is None:
            self._finds = self.frontier.open_walk(self.run, source, FROM_PAGES, None)
        return self._finds

    def count(self, name: str, by: int = 1) -> None:
        """Add to one of the run's counts."""
        if self._increase is None:
            self._increase = self._crawler.stats.inc_value
        self._increase(COUNTS + name, by)

    def saw(self, shape: str) -> None:
        """A page of that shape was read (`crawler.pages.shape`); the run keeps it to be compared with."""
        if shape and shape not in self._shapes:
            self._shapes.append(shape)

    def written(self, records: Sequence[object]) -> None:
        """Records were stored for good."""
        for listener in self.on_written:
            listener(records)

    def fail(self, reason: str, kind: FailureKind | None = None) -> None:
        """The run has failed; it may go on, but it will not be called a success."""
        self._failures.append(reason)
        self._note_error(reason)
        if kind is not None:
            self.count(BROKEN + kind.value)
        logger.error("%s: %s", self._crawler.spider.name if self._crawler.spider else "?", reason)

    def _requested(self) -> None:
        self.count("requests")

    def _answered(self, response: Response) -> None:
        self.count(f"{ANSWERED}{response.status}")

    def _note_error(self, error: str) -> None:
        self._errors = [*self._errors[:1], error]

    def settle(self, source: str, outcome: Outcome, counts_as: str | None = None) -> None:
        """Take down how an address ended; written soon, together with others. `counts_as` names the count of
        the run when it is another than that of the state."""
        self.count(counts_as or _COUNTED.get(outcome.state, outcome.state.value))
        if outcome.state is AddressState.FAILED:
            self.count(FAILED + (outcome.failure or FailureKind.STAGE).value)
            self._note_error(f"{outcome.key}: {outcome.reason}")
        self._unsettled.append((source, outcome))
        if len(self._unsettled) >= MOST_UNSETTLED:
            asyncio.get_running_loop().create_task(self._write_outcomes())

    async def _write_outcomes(self) -> None:
        # Everything goes through one thread in order, so a write that is under way when the crawl
        # ends is awaited by whatever `_close` asks for after it.
        unsettled, self._unsettled = self._unsettled, []
        unrecorded, self._unrecorded = self._unrecorded, []
        if not unsettled or not self.is_open:
            return
        by_source: dict[str, list[Outcome]] = {}
        for source, outcome in unsettled:
            by_source.setdefault(source, []).append(outcome)
        try:
            for source, found in unrecorded:
                walk = await self.ask(self.finds, source)
                await self.ask(self.frontier.record, self.run, walk, source, [found])
            for source, outcomes in by_source.items():
                await self.ask(self.frontier.settle, self.run, source, outcomes)
        except LookupError as error:
            # The others were written; this one has no row to be written into.
            self.fail(str(error))
        except Exception as error:
            told = f"{LEDGER_UNWRITABLE}: {type(error).__name__}: {error}"
            self.fail(told, FailureKind.STAGE)
            raise

    async def _keep_alive(self) -> None:
        wanted = self._crawler.settings.getfloat("COMMUNIQUE_BEAT")
        since = wanted
        try:
            while True:
                if since >= wanted:
                    since = 0.0
                    await self.ask(self.frontier.beat, self.run, self._counts())
                await asyncio.sleep(min(SETTLE_EVERY, wanted))
                since += min(SETTLE_EVERY, wanted)
                await self._write_outcomes()
        except Exception as error:  # noqa: BLE001 - without a ledger nothing may be fetched
            self.fail(f"{LEDGER_UNREACHABLE}: {type(error).__name__}: {error}", FailureKind.STAGE)
            # In a task of its own: closing ends this one.
            closing = self._crawler.engine.close_spider_async(reason="ledger failed")
            self._closing = asyncio.get_running_loop().create_task(closing)

    def _counts(self) -> dict[str, int]:
        stats = self._crawler.stats.get_stats()
        return {
            key.removeprefix(COUNTS): value
            for key, value in stats.items()
            if key.startswith(COUNTS) and isinstance(value, int)
        }

    def _item_failed(self, item: object, failure: Failure) -> None:
        if not ItemAdapter.is_item(item) or not self.is_open:
            return
        view = ItemAdapter(item)
        source, url = str(view.get("source") or ""), str(view.get("url") or "")
        if not source or not url:
            return
        definition = registry().get(source)
        key = view.get("key") or (definition.address_key(url) if definition else None) or url
        if getattr(self._crawler.spider, "source", None) is None:
            # An ordinary spider finds its addresses itself; the ledger must know them before they can fail.
            self._unrecorded.append((source, Discovered(str(key), url, found_in=url)))
        reason = f"a stage failed: {type(failure.value).__name__}: {failure.getErrorMessage()}"
        self.settle(source, Outcome(str(key), AddressState.FAILED, reason, FailureKind.STAGE))

    def _spider_failed(self, failure: Failure, response: object) -> None:
        if response is None:
            self.fail(
                f"the spider ended with an error: {type(failure.value).__name__}: {failure.getErrorMessage()}"
            )
        else:
            self.count("errors")

    async def _close(self, spider: Spider, reason: str) -> None:
        self.interrupted = reason == "shutdown"
        if self._beats is not None:
            self._beats.cancel()
        if reason not in ("finished", "shutdown") and not self._failures and not self.refused:
            self._failures.append(f"the crawl ended early: {reason}")
        if self.is_open:
            try:
                await self._close_run()
            except Exception as error:
                self.outcome = "failed"
                self._failures.append(f"the run could not be closed: {type(error).__name__}: {error}")
                raise
        store = opened_store(self._crawler)
        if store is not None:
            await self.ask(store.close)
        self.thread.shutdown(wait=True)

    async def _close_run(self) -> None:
        await self._write_outcomes()
        counts = self._counts()
        if counts.get("failed") and counts.get("failed") == counts.get("discovered"):
            self._failures.append(f"none of the {counts['failed']} releases could be fetched and read")
        if self._failures:
            self.outcome = "failed"
        elif self.at_limit or self.interrupted:
            self.outcome = "stopped"
        else:
            self.outcome = "finished"
        for walk in list(self._walks.values()):
            await self.close_walk(walk, complete=False)
        if self._finds is not None:
            await self.ask(self.frontier.close_walk, self._finds, complete=self.outcome == "finished")
        await self.ask(self.frontier.beat, self.run, counts)
        await self.ask(
            self.frontier.close_run,
            self.run,
            self.outcome,
            {**_plain(self._crawler.stats.get_stats()), **self._first_and_last_error(), **self._seen()},
            self.error or ("interrupted" if self.interrupted else None),
        )

    def _seen(self) -> dict[str, object]:
        return {SHAPES: " ".join(self._shapes)} if self._shapes else {}

    def _first_and_last_error(self) -> dict[str, object]:
        if not self._errors:
            return {}
        return {"first_error": self._errors[0], "last_error": self._errors[-1]}


def _plain(stats: dict[str, Any]) -> dict[str, object]:
    """Scrapy's stats as JSON can hold them, without the counts, which the run has already."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in stats.items()
        if not key.startswith(COUNTS) and (isinstance(value, int | float | str | datetime) or value is None)
    }


class OpenRun:
    """Spider middleware that opens the run before the spider's first request."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OpenRun:
        """As Scrapy makes middlewares."""
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The spider's start, after the run is open. `scrapy shell` does not come here."""
        spider = self._crawler.spider
        # `scrapy parse` and `scrapy fetch` put a start of their own into the class: a look is no crawl.
        if spider is not None and not type(spider).start.__module__.startswith("scrapy.commands."):
            request = getattr(spider, "run_request", None)
            await keeper_of(self._crawler).open(request or RunRequest(source=spider.name))
        async for each in start:
            yield each
