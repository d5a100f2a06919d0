"""A crawl in a child process: `python -m tests.crawler.child ORDER.json` writes what came of it to a file.

A Twisted reactor runs once in a process, so every crawl of the tests has one of its own. The ledger is
a MemoryStore, kept in a file between the crawls of one test.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from itemadapter import ItemAdapter
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from crawler.frontier import store_of
from crawler.memory_store import MemoryStore
from crawler.runs import RunKeeper


def peak_megabytes() -> float:
    """Most memory that this process ever had; what getrusage says is inherited from the parent."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def open_store(settings: Settings) -> MemoryStore:
    """The store that an earlier crawl of the test left, or a new one."""
    path = Path(settings["TEST_STORE"])
    store: MemoryStore = pickle.loads(path.read_bytes()) if path.exists() else MemoryStore()  # noqa: S301
    store.captures.written.clear()
    store.items.clear()
    return store


def spider_class(order: dict[str, Any]) -> type[Spider]:
    """An ordinary spider by dotted path, or the spider of a definition file."""
    if "spider" in order:
        return load_object(order["spider"])  # type: ignore[no-any-return]
    from crawler.source import load_source
    from crawler.spiders.loader import spider_for

    return spider_for(load_source(Path(order["definition"])))


def main(arguments: Sequence[str]) -> int:
    """Crawl as the file says that the argument names; the result goes to the file that the order names."""
    (path,) = arguments
    order = json.loads(Path(path).read_text())
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(
        {
            "COMMUNIQUE_STORE": "tests.crawler.child.open_store",
            "TEST_STORE": order["store"],
            "SPIDER_LOADER_CLASS": "scrapy.spiderloader.DummySpiderLoader",
            "ITEM_PIPELINES": {"crawler.memory_store.KeepItems": 500},
            "COMMUNIQUE_CONTACT": "tests@example.org",
            "COMMUNIQUE_DATA": str(Path(order["store"]).parent),
            **order["settings"],
        },
        priority="cmdline",
    )
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider_class(order))
    process.crawl(crawler, **order["arguments"])
    process.start()
    keeper = crawler.get_extension(RunKeeper)
    assert keeper is not None
    store = store_of(crawler)
    assert isinstance(store, MemoryStore)
    frontier = store.frontier
    Path(order["result"]).write_text(
        json.dumps(
            {
                "outcome": keeper.outcome,
                "error": keeper.error,
                "refused": keeper.refused,
                "items": [ItemAdapter(item).asdict() for item in store.items],
                "captures": store.captures.written,
                "ledger": {
                    source: {
                        key: {
                            "state": entry.state,
                            "reason": entry.reason,
                            "failure": entry.failure,
                            "attempts": entry.attempts,
                            "next_try_at": entry.next_try_at,
                        }
                        for key, entry in entries.items()
                    }
                    for source, entries in frontier.addresses.items()
                },
                "walks": [
                    {"index": walk.index, "complete": walk.complete, "floor": walk.floor}
                    for walk in frontier.walks
                ],
                "runs": {
                    name: {"state": run.state, "counts": run.counts, "error": run.error}
                    for name, run in frontier.runs.items()
                },
                "stats": crawler.stats.get_stats(),
                "notes": getattr(crawler.spider, "notes", None),
                "peak_megabytes": peak_megabytes(),
            },
            default=str,
        )
    )
    Path(order["store"]).write_bytes(pickle.dumps(store))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
