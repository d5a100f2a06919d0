"""What a crawl tells its reader, from its settings."""

from __future__ import annotations

import sys
from pathlib import Path

from scrapy.settings import BaseSettings

from crawler.reading.messages import Order
from crawler.source import Source
from crawler.spiders.arguments import Window


def order_of(source: type[Source], window: Window, settings: BaseSettings) -> Order:
    """The order for a crawl of the source."""
    definition = sys.modules[source.__module__].__file__
    if definition is None:
        raise ValueError(f"{source.__module__} has no file")
    return Order(
        definition=definition,
        window=window,
        stages=_stages(settings),
        seconds=settings.getfloat("COMMUNIQUE_READING_SECONDS"),
        path=tuple(each or str(Path.cwd()) for each in sys.path),
        log_level=str(settings.get("LOG_LEVEL")),
    )


def _stages(settings: BaseSettings) -> str | None:
    """The function of COMMUNIQUE_STAGES that stands for the first of the ITEM_PIPELINES, if one does."""
    enabled = {
        each if isinstance(each, str) else f"{each.__module__}.{each.__qualname__}": order
        for each, order in settings.getdict("ITEM_PIPELINES").items()
        if order is not None
    }
    names = sorted(enabled, key=lambda name: enabled[name])
    for function, replaced in settings.getdict("COMMUNIQUE_STAGES").items():
        if names[: len(replaced)] == replaced:
            return str(function)
    return None
