"""Scrapy's counts without its look for outdated arguments at every use, some thirty times a page."""

from __future__ import annotations

from typing import Any

from scrapy.statscollectors import MemoryStatsCollector


class Stats(MemoryStatsCollector):
    """Scrapy's own collector; its methods take no spider any more."""

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - as Scrapy
        """The attribute itself."""
        return object.__getattribute__(self, name)
