"""Tries again what may pass, and waits as long as a site asks.

A `Retry-After` (429, 503) up to COMMUNIQUE_LONGEST_WAIT is waited for, by every request to that host.
A longer one ends the request with that answer: the address fails, and is not tried again sooner than that.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from time import monotonic

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.asked_waits import ASKS_TO_WAIT, asked_wait

_STEP = 0.25
"""Seconds between two looks at whether the crawl is being stopped."""


class Retries(RetryMiddleware):
    """Scrapy's retries, with waiting as told. See the module."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler
        self._longest = crawler.settings.getfloat("COMMUNIQUE_LONGEST_WAIT")
        self._resume: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Retries:
        """As Scrapy makes middlewares."""
        retries = cls(crawler)
        crawler.signals.connect(retries.downloaded, signal=signals.response_downloaded)
        return retries

    async def process_request(self, request: Request) -> None:
        """Hold the request back while its host asked for a pause."""
        if self._resume:
            await self._pause(urlparse_cached(request).hostname or "")

    def downloaded(self, request: Request, response: Response) -> None:
        """Hold the host: before Scrapy gives the freed place of its slot to the next request."""
        wait = self._wait(request, response)
        if wait is not None and wait <= self._longest:
            self._hold(urlparse_cached(request).hostname or "", monotonic() + wait)

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Another try where that may help, after the wait that was asked for."""
        if request.meta.get("dont_retry"):
            return response
        wait = self._wait(request, response)
        if wait is not None:
            if wait > self._longest:
                return response
            if not await self._pause(urlparse_cached(request).hostname or ""):
                return response
        return super().process_response(request, response)

    @staticmethod
    def _wait(request: Request, response: Response) -> float | None:
        """Seconds that the answer asks for; None where whoever asked sees to that (`dont_retry`)."""
        if response.status not in ASKS_TO_WAIT or request.meta.get("dont_retry"):
            return None
        header = response.headers.get("Retry-After")
        return asked_wait(header.decode("latin-1") if header else None, datetime.now(UTC))

    def _hold(self, host: str, until: float) -> None:
        self._resume[host] = max(until, self._resume.get(host, 0.0))
        slot = self.crawler.engine.downloader.slots.get(host)
        if slot is not None and slot.delay:
            # Requests that wait for their turn in the host's slot wait with it.
            slot.lastseen = max(slot.lastseen, until - slot.delay)

    async def _pause(self, host: str) -> bool:
        """Wait until the host may be asked again; False when the crawl is being stopped meanwhile."""
        while (left := self._resume.get(host, 0.0) - monotonic()) > 0:
            if not self.crawler.crawling or not self.crawler.engine.running:
                return False
            await asyncio.sleep(min(left, _STEP))
        self._resume.pop(host, None)
        return True
