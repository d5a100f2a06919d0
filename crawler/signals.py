"""Signals that nobody listens to are not sent.

Scrapy sends some fifteen for every page, most of them to nobody, and looks each time in four places for who
listens: that was a twentieth of the event loop's time.
"""

from __future__ import annotations

from typing import Any

from pydispatch import dispatcher
from scrapy.crawler import Crawler
from scrapy.signalmanager import SignalManager

_EVERYTHING = dispatcher.Any
"""Stands for all signals, and for all senders."""


class HeardSignals(SignalManager):
    """Scrapy's signals, as they are for whoever listens."""

    def send_catch_log(self, signal: Any, **kwargs: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - as Scrapy
        """As Scrapy's."""
        return super().send_catch_log(signal, **kwargs) if self._is_heard(signal, kwargs) else []

    async def send_catch_log_async(
        self,
        signal: Any,  # noqa: ANN401 - as Scrapy
        **kwargs: Any,  # noqa: ANN401 - as Scrapy
    ) -> list[tuple[Any, Any]]:
        """As Scrapy's."""
        return await super().send_catch_log_async(signal, **kwargs) if self._is_heard(signal, kwargs) else []

    def _is_heard(self, signal: object, kwargs: dict[str, Any]) -> bool:
        for sender in (kwargs.get("sender", self.sender), _EVERYTHING):
            heard = dispatcher.connections.get(id(sender))
            if heard and (signal in heard or _EVERYTHING in heard):
                return True
        return False


class SendWhatIsHeard:
    """Extension that sees to it for a crawl. Who has connected before stays connected."""

    def __init__(self, crawler: Crawler) -> None:
        crawler.signals = HeardSignals(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SendWhatIsHeard:
        """As Scrapy makes extensions."""
        return cls(crawler)
