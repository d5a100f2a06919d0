"""Says of every item from which capture it was read, so that what is kept can be traced.

Spiders of definitions read from the capture and say so themselves. An ordinary spider reads the response;
its items get the capture of that response, whatever type they have.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from itemadapter import ItemAdapter
from scrapy.http import Response

from crawler.items import Capture


class Origins:
    """Spider middleware. See the module."""

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """What the spider yields, its items with their capture."""
        capture = response.meta.get("capture")
        async for each in result:
            if isinstance(capture, Capture) and capture.digest is not None and ItemAdapter.is_item(each):
                yield with_capture(each, capture)
            else:
                yield each


def with_capture(item: Any, capture: Capture) -> Any:  # noqa: ANN401 - items are of any type
    """The item, as it is when it names a capture; else with this one.

    An item whose type has no room for that (attrs, pydantic, frozen dataclasses) becomes a dict.
    """
    view = ItemAdapter(item)
    if view.get("capture") is not None or view.get("capture_digest") is not None:
        return item
    missing = {
        name: value
        for name, value in (
            ("capture", capture.place),
            ("capture_digest", capture.digest),
            ("captured_at", capture.captured_at),
            ("origin", capture.origin),
        )
        if value is not None and view.get(name) is None
    }
    if isinstance(item, dict):
        return {**item, **missing}
    return {**{name: view[name] for name in view}, **missing}
