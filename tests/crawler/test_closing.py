"""A crawl that is told to end does, whatever is still under way."""

from __future__ import annotations

import subprocess
import sys

_CRAWL = """
import asyncio
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess

class Stage:
    def __init__(self, crawler):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)

    async def process_item(self, item):
        self.stopping = asyncio.ensure_future(self.crawler.stop_async())
        await asyncio.sleep(0.1)
        print("through")
        return item

class Starting(Spider):
    name = "starting"

    async def start(self):
        yield {"of": "the start"}
        await asyncio.sleep(3600)

process = AsyncCrawlerProcess(
    {
        "ITEM_PIPELINES": {Stage: 1},
        "EXTENSIONS": {"crawler.closing.CloseWhenIdle": 1},
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
    }
)
process.crawl(Starting)
process.start()
print("ended")
"""


def test_a_crawl_ends_whose_last_item_came_from_its_start() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CRAWL], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == ["through", "ended"], done.stderr
