"""Lets a crawl end that is told to while items of its start are still in the stages.

Scrapy 2.19 waits for such items (its issue 7029) but looks whether they are done with only when a response
is: where the last thing under way is an item that `start` yielded, as an API's entries are, it would wait
for ever. So somebody looks now and then.
"""

from __future__ import annotations

import asyncio

from scrapy import signals
from scrapy.crawler import Crawler

LOOK = 0.25
"""Seconds between two looks."""


class CloseWhenIdle:
    """Extension. See the module."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._task: asyncio.Task[None] | None = None
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CloseWhenIdle:
        """As Scrapy makes extensions."""
        return cls(crawler)

    def _opened(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._look())

    def _closed(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            engine, spider = self._crawler.engine, self._crawler.spider
            slot = engine.scraper.slot if engine is not None else None
            if slot is None or spider is None or slot.closing is None:
                continue
            if slot.is_idle() and not slot.closing.called:
                slot.closing.callback(spider)
                return
