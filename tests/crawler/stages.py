"""Item pipelines that misbehave."""

from __future__ import annotations

from itemadapter import ItemAdapter
from scrapy.crawler import Crawler

from crawler.frontier import store_of
from crawler.memory_store import MemoryStore


class FailsOnTheFirst:
    """Raises an error for the release n1."""

    def process_item(self, item: object) -> object:
        if str(ItemAdapter(item)["url"]).endswith("/n1"):
            raise RuntimeError("this stage does not like n1")
        return item


class Forget:
    """Marks addresses as stored without keeping anything."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Forget:
        return cls(crawler)

    def process_item(self, item: object) -> object:
        store = store_of(self._crawler)
        assert isinstance(store, MemoryStore)
        view = ItemAdapter(item)
        store.frontier.keep_stored(view["source"], view["key"], view["url"])
        return item
