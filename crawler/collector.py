"""Python's collector of reference cycles, set for a process that makes very many short-lived objects.

With its usual thresholds it looks at 700 new objects at a time, again and again at those of requests that are
still under way, and at everything that was imported: a sixth of a crawl's CPU time. Memory stays flat all
the same (`benchmarks/README.md`): what is in cycles waits for some hundred pages at most.
"""

from __future__ import annotations

import gc

from scrapy import signals
from scrapy.crawler import Crawler

THRESHOLDS = (10_000, 20, 10)
"""New objects for a first look, first looks for a second, second looks for a look at all."""


def collect_less() -> None:
    """Take what is here now for permanent, and look at new objects more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


class CollectLess:
    """Extension that does so while a crawl runs; afterwards everything is as it was."""

    def __init__(self, crawler: Crawler) -> None:
        self._before = gc.get_threshold()
        crawler.signals.connect(self._started, signals.engine_started)
        crawler.signals.connect(self._stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CollectLess:
        """As Scrapy makes extensions."""
        return cls(crawler)

    def _started(self) -> None:
        collect_less()

    def _stopped(self) -> None:
        gc.set_threshold(*self._before)
        gc.unfreeze()
