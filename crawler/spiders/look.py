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
    for discovery in source.discoveries():
        if isinstance(discovery, Numbers):
            continue
        shown = read_index(source, discovery, capture, languages_of(discovery, source.languages)[0])
        if shown.failure is not None:
            logger.warning("%s: %s: %s", response.url, shown.failure.kind.value, shown.failure.detail)
        for entry in shown.entries:
            yield Request(entry.url, callback=callback)
