"""Ordinary Scrapy spiders, as a user might write them, for tests of what is around every spider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import attrs
import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import IProtocol, IProtocolFactory
from twisted.python.failure import Failure


class Plain(scrapy.Spider):
    """Asks for the addresses in `urls` and notes how each ended."""

    name = "plain"

    def __init__(self, urls: str = "", **kwargs: str) -> None:
        super().__init__(**kwargs)
        self.urls = urls.split()
        self.notes: list[list[Any]] = []

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield Request(url, callback=self.note, errback=self.note_failure, dont_filter=True)

    def note(self, response: Response) -> None:
        self.notes.append(
            [response.request.url if response.request else "", response.status, len(response.body)]
        )

    def note_failure(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        response = getattr(failure.value, "response", None)
        what = response.status if response is not None else type(failure.value).__name__
        self.notes.append([request.url, what, failure.getErrorMessage()])


class Items(Plain):
    """Yields a dict for every page."""

    name = "items"

    def note(self, response: Response) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        yield {
            "source": "items",
            "url": response.url,
            "title": response.css("h1::text").get(),
            "body": response.css("p::text").getall(),
        }


@attrs.frozen
class Said:
    """An item with no more fields than its spider fills."""

    source: str
    url: str
    title: str
    body: tuple[str, ...]


class FrozenItems(Plain):
    """Yields an attrs item for every page, and one that names a capture of its own."""

    name = "frozen_items"

    def note(self, response: Response) -> Iterator[Any]:  # type: ignore[override]
        yield Said("frozen_items", response.url, "Title", ("One.",))
        yield {"source": "frozen_items", "url": f"{response.url}/2", "capture": {"file": "other"}}


class OnlyA(Plain):
    """Keeps to one domain."""

    name = "only_a"
    allowed_domains = ("a.example",)


class OffSite(OnlyA):
    """Asks for pages of another domain on purpose."""

    name = "off_site"

    async def start(self) -> AsyncIterator[Any]:
        async for request in super().start():
            request.meta["allow_offsite"] = True
            yield request


class Rebound(Plain):
    """Asks twice for one address, and notes where the first connection would go, instead of making it."""

    name = "rebound"

    def __init__(self, url: str, **kwargs: str) -> None:
        super().__init__(urls=f"{url} {url}", **kwargs)

    async def start(self) -> AsyncIterator[Any]:
        from crawler import download

        spider = self

        class Nowhere(TCP4ClientEndpoint):
            """Would leave this machine: notes its target and fails."""

            def connect(self, protocol_factory: IProtocolFactory) -> Deferred[IProtocol]:
                spider.notes.append(["connects to", self._host, self._port])
                return fail(ConnectError(string="not from a test"))

        vars(download)["TCP4ClientEndpoint"] = Nowhere
        async for request in super().start():
            yield request
