"""Scrapy's own download handler, led to loopback, otherwise untouched: for contenders that are not ours."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler

from crawler.download import GuardedPool, guard_for


class LoopbackDownloadHandler(HTTP11DownloadHandler):
    """Connects real host names to the replica; nothing is added to a request."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        plain = self._pool
        self._pool = GuardedPool(reactor, guard_for(crawler), self._contextFactory, {})
        self._pool.maxPersistentPerHost = plain.maxPersistentPerHost
        self._pool._factory = plain._factory
