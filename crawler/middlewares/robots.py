"""robots.txt: obeyed before every request, also with many waiting for one file.

Scrapy 2.19 sends requests unchecked while a host's robots.txt is on its way: several waiters await
one Deferred and all but the first get nothing. Here each host has a lock. What an answer means is
RFC 9309: no file (4xx) allows everything; a file that cannot be had (5xx, no connection, 429)
forbids everything for now.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from crawler.mappings import read_mappings

MOST_BYTES = 500 * 1024
"""Of a robots.txt that are read; RFC 9309 asks for at least as much."""
FRESH = 24 * 3600.0
"""Seconds for which an answer holds."""
FRESH_FAILURE = 300.0
"""Seconds after which a robots.txt that could not be had is asked for again."""
IS_ROBOTS = "communique_robots"
"""Key in `Request.meta` of requests for robots.txt: they are neither captured nor counted as pages."""


class ForbiddenByRobots(IgnoreRequest):
    """robots.txt forbids the address, or could not be had; the message says which."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says, or why it is not known."""

    parser: RobotParser | None
    """None: everything is allowed, unless `unknown` says why nothing is."""
    unknown: str | None
    read_at: float
    """By the monotonic clock."""

    def fresh(self, now: float) -> bool:
        """Whether it still holds."""
        return now - self.read_at < (FRESH_FAILURE if self.unknown else FRESH)


class Robots(RobotsTxtMiddleware):
    """Scrapy's middleware with one lock per host, the policy above, and Crawl-delay applied."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, Rules] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._unpaced = frozenset(
            host
            for host, _ in read_mappings(crawler.settings.get("COMMUNIQUE_CONNECT_TO") or "")
            if crawler.settings.get("COMMUNIQUE_CONNECT_DELAY") is not None
        )

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Raises ForbiddenByRobots for what may not be fetched."""
        if request.meta.get(IS_ROBOTS) or request.meta.get("dont_obey_robotstxt"):
            return
        address = urlparse_cached(request)
        if address.scheme not in ("http", "https"):
            return
        rules = self._rules.get(address.netloc)
        if rules is None or not rules.fresh(monotonic()):
            rules = await self._rules_for(address.scheme, address.netloc, request)
        if rules.unknown is not None:
            self._stats.inc_value("robotstxt/forbidden")
            raise ForbiddenByRobots(
                f"{request.url}: {rules.unknown}; nothing is fetched until it can be read"
            )
        agent = self._robotstxt_useragent or self._default_useragent
        if rules.parser is not None and not rules.parser.allowed(request.url, agent):
            self._stats.inc_value("robotstxt/forbidden")
            raise ForbiddenByRobots(
                f"{request.url}: forbidden by {address.scheme}://{address.netloc}/robots.txt"
            )

    async def _rules_for(self, scheme: str, netloc: str, request: Request) -> Rules:
        lock = self._locks.setdefault(netloc, asyncio.Lock())
        async with lock:
            rules = self._rules.get(netloc)
            if rules is None or not rules.fresh(monotonic()):
                rules = await self._fetch(f"{scheme}://{netloc}/robots.txt", request)
                self._rules[netloc] = rules
                if rules.parser is not None:
                    self._apply_delay(urlparse_cached(request).hostname or "", rules.parser)
            return rules

    async def _fetch(self, url: str, request: Request) -> Rules:
        self._stats.inc_value("robotstxt/request_count")
        asked = Request(
            url,
            priority=self.DOWNLOAD_PRIORITY,
            meta={
                IS_ROBOTS: True,
                "dont_obey_robotstxt": True,
                # A page that may be fetched off site needs its host's rules too.
                "allow_offsite": request.meta.get("allow_offsite", False),
            },
            callback=NO_CALLBACK,
        )
        try:
            response = await self.crawler.engine.download_async(asked)
        except Exception as error:  # noqa: BLE001 - whatever kept the file from us, the answer is the same
            self._stats.inc_value(f"robotstxt/exception_count/{type(error).__name__}")
            return Rules(None, f"{url} could not be read ({error or type(error).__name__})", monotonic())
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        return self._rules_from(url, response)

    def _rules_from(self, url: str, response: Response) -> Rules:
        status = response.status
        if status == 429 or status >= 500 or 300 <= status < 400:
            return Rules(None, f"{url} answered with status {status}", monotonic())
        if status >= 400:
            return Rules(None, None, monotonic())
        parser = build_from_crawler(self._parserimpl, self.crawler, response.body[:MOST_BYTES])
        return Rules(parser, None, monotonic())

    def _apply_delay(self, host: str, parser: RobotParser) -> None:
        agent = self._robotstxt_useragent or self._default_useragent
        wanted = parser.crawl_delay(agent)
        if wanted is None or host in self._unpaced:
            return
        downloader = self.crawler.engine.downloader
        # Kept with the settings too: Scrapy drops a slot that was idle for a minute and makes a new one.
        kept = downloader.per_slot_settings.setdefault(host, {})
        declared = kept.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        if wanted > declared:
            kept["delay"] = wanted
            kept["concurrency"] = 1
            if host in downloader.slots:
                downloader.slots[host].delay = wanted
                downloader.slots[host].concurrency = 1
