"""A request to an archive that has its turn, and what an answer asks of everybody."""

from __future__ import annotations

from datetime import UTC, datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.archives.budget import Budget
from crawler.asked_waits import ASKS_TO_WAIT, asked_wait

MOST_TRIES = 4
"""Of one request that fails for a reason that may pass."""
MOST_PAUSES = 20
"""In a row that an archive may ask for with one request; then it is left alone until another day."""
FIRST_REST = 1.0
"""Seconds before the second try, doubled for each one more."""


async def send(crawler: Crawler, budget: Budget, request: Request) -> Response:
    """The answer to a request that has its turn. A pause that it asks for holds for all processes before
    anything else is done with it.
    """
    try:
        response: Response = await crawler.engine.download_async(request)
        if asks_for_a_pause(response):
            header = response.headers.get("Retry-After")
            wait = asked_wait(header.decode("latin-1") if header else None, datetime.now(UTC))
            await budget.pause(wait, f"status {response.status}")
        return response
    finally:
        await budget.end()


def asks_for_a_pause(response: Response) -> bool:
    """Whether the archive itself wants to be left alone, and not the site of old."""
    return response.meta.get("capture") is None and response.status in ASKS_TO_WAIT
