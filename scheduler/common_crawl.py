"""Captures of a source out of Common Crawl, into a WARC file: `python -m scheduler.common_crawl ORDER.json`.

Records come as they lie there, a range of bytes each, and stand one after another in the file, which is then
taken in as any WARC is. The order names source, days and files; what was got is written beside it after every
record, so that a killed fetch goes on. robots.txt, guard and name are those of every crawl; pace and
pauses are shared by all processes, as at the Wayback Machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.archives.archive import Archive
from crawler.archives.budget import Budget, Pace
from crawler.archives.common_crawl import (
    INDEX_CALLS,
    RANGES,
    CommonCrawlUnreadable,
    Crawl,
    Record,
    crawls_in,
    data_address,
    each_text_once,
    index_address,
    member_of,
    pages_in,
    prefixes_of,
    records_in,
    wanted,
)
from crawler.archives.memento import ASKED, INDEX
from crawler.archives.pauses import open_pauses
from crawler.archives.sending import FIRST_REST, MOST_PAUSES, MOST_TRIES, asks_for_a_pause, send
from crawler.items import FailureKind
from crawler.source import source_named
from crawler.spiders.failures import failure_of
from crawler.spiders.pace import mapped_hosts
from crawler.turns import open_turns

MOST_FAILURES = 10
"""So many failures in a row end the fetch: it is not the records."""


class _LeftAlone(CommonCrawlUnreadable):
    """It wants to be left alone for longer than this fetch waits, or the fetch is being stopped."""


class CommonCrawl(Spider):
    """Asks indexes, then for the records that they name."""

    name = "common_crawl"
    # It is no run of a source: nothing is kept of it but the file.
    custom_settings = {  # noqa: RUF012 - as Scrapy declares it
        "SPIDER_MIDDLEWARES": {},
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
        },
    }

    def __init__(self, order: Mapping[str, Any], folder: Path, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._order = order
        self._source = source_named(str(order["source"]))
        self._since, self._until = (
            date.fromisoformat(order[name]) if order.get(name) else None for name in ("since", "until")
        )
        self._index, self._data = str(order["index"]).rstrip("/"), str(order["data"]).rstrip("/")
        self.allowed_domains = hosts_of(order)
        self._warc, self._state = folder / "found.warc.gz", folder / "state.json"
        kept = json.loads(self._state.read_text("utf-8")) if self._state.exists() else {}
        self._got: dict[str, int] = kept.get("got", {})
        """Records that are in the file, and where each ends."""
        self._told: dict[str, Any] = {"crawls": [], "shown": 0, "wanted": 0, "failed": []}

    async def start(self) -> AsyncIterator[Any]:
        """All of it, one request after another."""
        self._budget = self._open_budget()
        try:
            await self._all()
            self._told["ended"] = "finished"
        except CommonCrawlUnreadable as error:
            self._told |= {"ended": "failed", "error": str(error)}
        finally:
            self._budget.close()
        self._keep()
        none: tuple[Request, ...] = ()
        for request in none:  # nothing is left to the queue
            yield request

    def _open_budget(self) -> Budget:
        archive = Archive(self.allowed_domains[0], self._index, self._data)
        settings = self.crawler.settings
        delay = settings.get("COMMUNIQUE_CONNECT_DELAY")
        pace = Pace(60.0 / INDEX_CALLS, 1.0 / RANGES)
        if delay is not None and set(self.allowed_domains) <= mapped_hosts(settings):
            pace = Pace(float(delay), float(delay))
        unasked = settings.getfloat("COMMUNIQUE_UNASKED_PAUSE")
        pauses, turns = open_pauses(settings), open_turns(settings)
        return Budget(archive, pauses, turns, pace, self._is_stopping, unasked)

    def _is_stopping(self) -> bool:
        return not self.crawler.crawling or not self.crawler.engine.running

    async def _all(self) -> None:
        status, body = await self._ask(f"{self._index}/collinfo.json")
        if status != 200:
            raise CommonCrawlUnreadable(f"expected {self._index}/collinfo.json, found status {status}")
        crawls = wanted(crawls_in(body), self._since, self._until)
        names = self._order.get("crawls") or []
        found: list[Record] = []
        for crawl in crawls:
            if not names or crawl.id in names:
                self._told["crawls"].append(crawl.id)
                found += await self._records(crawl)
        chosen = each_text_once(found)
        limit = self._order.get("limit")
        self._told["shown"], self._told["wanted"] = len(found), len(chosen)
        await self._fetch(chosen if limit is None else chosen[: int(limit)])

    async def _records(self, crawl: Crawl) -> list[Record]:
        # The list names the public addresses; a mirror of the index is asked at its own.
        api = f"{self._index}{urlsplit(crawl.api).path}"
        found: list[Record] = []
        for prefix in prefixes_of(self._source):
            status, body = await self._ask(index_address(api, prefix, self._since, self._until, None))
            if status == 404:
                continue  # that is how it says that it has none
            for page in range(pages_in(body)):
                status, body = await self._ask(index_address(api, prefix, self._since, self._until, page))
                if status == 404:
                    break
                if status != 200:
                    raise CommonCrawlUnreadable(f"{api}: expected page {page}, found status {status}")
                found += records_in(body, self._source)
        return found

    async def _fetch(self, records: list[Record]) -> None:
        in_a_row = 0
        with self._warc.open("ab") as file:
            # What was written after the last word of the state is got again.
            file.truncate(max(self._got.values(), default=0))
            file.seek(0, 2)
            for record in records:
                name = f"{record.file}:{record.offset}"
                if name in self._got:
                    continue
                address, bytes_range = data_address(self._data, record)
                try:
                    status, body = await self._ask(address, {"Range": bytes_range})
                    member = member_of(record, status, body)
                except _LeftAlone:
                    raise
                except CommonCrawlUnreadable as error:
                    in_a_row += 1
                    self._told["failed"].append(f"{record.url}: {error}")
                    if in_a_row == MOST_FAILURES:
                        raise
                    continue
                in_a_row = 0
                file.write(member)
                file.flush()
                self._got[name] = file.tell()
                self._keep()

    async def _ask(self, address: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """An answer within the budget; `headers` are those of a range of a file."""
        tries = pauses = 0
        while True:
            turn = self._budget.index_turn() if headers is None else self._budget.replay_turn()
            if not await turn:
                raise _LeftAlone("the fetch was stopped")
            # What the archive answers is never what a site said, so nothing is kept of it here.
            meta = {ASKED: INDEX, "dont_retry": True}
            request = Request(address, headers=dict(headers or {}), dont_filter=True, meta=meta)
            try:
                response = await send(self.crawler, self._budget, request)
            except Exception as error:
                kind, detail = failure_of(error)
                tries += 1
                if kind is not FailureKind.NETWORK or tries == MOST_TRIES:
                    raise CommonCrawlUnreadable(f"{address}: {kind.value}: {detail}") from error
            else:
                if asks_for_a_pause(response):
                    pauses += 1
                    if pauses == MOST_PAUSES:
                        detail = f"asked {pauses} times in a row to be left alone; try again another day"
                        raise _LeftAlone(f"{address}: {detail}")
                    continue
                tries += 1
                if response.status < 500 or tries == MOST_TRIES:
                    self._budget.answered()
                    return response.status, response.body
            await self._budget.rest(FIRST_REST * 2 ** (tries - 1))

    def _keep(self) -> None:
        unfinished = self._state.with_suffix(".new")
        unfinished.write_text(json.dumps({"got": self._got, **self._told}), "utf-8")
        unfinished.replace(self._state)


def hosts_of(order: Mapping[str, Any]) -> list[str]:
    """Whom an order asks: the index first, then the files."""
    return [urlsplit(str(order[name])).hostname or "" for name in ("index", "data")]


def main() -> None:
    """Fetch as the order says."""
    order_file = Path(sys.argv[1])
    order = json.loads(order_file.read_text("utf-8"))
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    # The budget paces, for all processes together.
    unpaced = {"delay": 0.0, "concurrency": 1, "jitter": 0}
    settings.set("DOWNLOAD_SLOTS", dict.fromkeys(hosts_of(order), unpaced))
    process = AsyncCrawlerProcess(settings)
    process.crawl(CommonCrawl, order=order, folder=order_file.parent)
    process.start()


if __name__ == "__main__":
    main()
