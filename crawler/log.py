"""What a crawl writes into the log: nothing for what went well, one line for what did not."""

from __future__ import annotations

import logging

from itemadapter import ItemAdapter
from scrapy import Spider
from scrapy.http import Request, Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure


def name_of(item: object) -> str:
    """The item's address, or its type: never its text, which may be long and may be anything."""
    if ItemAdapter.is_item(item):
        view = ItemAdapter(item)
        for field in ("url", "key"):
            if view.get(field):
                return f"{type(item).__name__} {view[field]}"
    return type(item).__name__


class ShortMessages(LogFormatter):
    """Scrapy's messages without the items' texts; pages and items that went well are not logged at all."""

    def crawled(  # type: ignore[override]
        self, request: Request, response: Response, spider: Spider
    ) -> LogFormatterResult | None:
        """Nothing: the ledger knows."""
        return None

    def scraped(  # type: ignore[override]
        self, item: object, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        """Nothing: the ledger knows."""
        return None

    def dropped(
        self, item: object, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """A record that was held back: shown by `communique held`, so only for the curious here."""
        return {
            "level": logging.INFO,
            "msg": "Held back %(name)s: %(exception)s",
            "args": {"name": name_of(item), "exception": exception},
        }

    def item_error(
        self, item: object, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """A stage that raised an error: a defect of ours."""
        return {
            "level": logging.ERROR,
            "msg": "A stage failed on %(name)s; its address is kept for another try",
            "args": {"name": name_of(item)},
        }
