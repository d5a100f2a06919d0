"""What a page says to a person who looks at it with `scrapy parse`: no ledger, no run."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.declare import Numbers
from crawler.items import Capture
from crawler.pages.index import read_index
from crawler.pages.read import read_page
from crawler.source import Source
from crawler.spiders.places import languages_of

logger = logging.getLogger(__name__)


def look(source: type[Source], response: Response, callback: Any) -> Iterator[Any]:  # noqa: ANN401
    """Items of a release, or requests for the entries of an index; why there are none is logged."""
    capture: Capture = response.meta["capture"]
    if source.address_key(response.url) is not None:
        reading = read_page(source, capture)
        yield from reading.items
        if reading.skipped is not None:
            logger.warning("%s: skipped: %s", response.url, reading.skipped)
        elif reading.failure is not None:
            logger.warning("%s: %s: %s", response.url, reading.failure.kind.value, reading.failure.detail)
        return
    shown = [
        read_index(source, discovery, capture, languages_of(discovery, source.languages)[0])
        for discovery in source.discoveries()
        if not isinstance(discovery, Numbers)
    ]
    addresses = list(dict.fromkeys(entry.url for page in shown for entry in page.entries))
    yield from (Request(address, callback=callback) for address in addresses)
    # A page is one of the source's indexes and none of its others, whose failures would say nothing of it.
    for page in () if addresses else shown:
        if page.failure is not None:
            logger.warning("%s: %s: %s", response.url, page.failure.kind.value, page.failure.detail)
