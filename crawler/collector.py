"""Python's collector of cycles set for the length of a crawl: see `crawler.cycles`."""

from __future__ import annotations

from contextlib import AbstractContextManager

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.cycles import collecting_less


class CollectLess:
    """Extension that does so while a crawl runs; afterwards everything is as it was."""

    def __init__(self, crawler: Crawler) -> None:
        self._time: AbstractContextManager[None] = collecting_less()
        crawler.signals.connect(self._started, signals.engine_started)
        crawler.signals.connect(self._stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CollectLess:
        """As Scrapy makes extensions."""
        return cls(crawler)

    def _started(self) -> None:
        self._time.__enter__()

    def _stopped(self) -> None:
        self._time.__exit__(None, None, None)
