"""Finds spiders: one for each source definition, and the ordinary ones in SPIDER_MODULES."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.source import Source, crawled_sources, registry
from crawler.spiders.source import SourceSpider


def spider_for(source: type[Source]) -> type[SourceSpider]:
    """The spider of a source: `SourceSpider` with its name."""
    attributes = {"name": source.name, "source": source, "__module__": __name__, "__doc__": source.__doc__}
    return type(f"{source.__name__}Spider", (SourceSpider,), attributes)


def belongs(source: type[Source], url: str) -> bool:
    """Whether an address is a release of the source, or a page of one of its indexes."""
    address = urlsplit(url)
    if address.hostname not in source.hosts:
        return False
    if source.address_key(url) is not None:
        return True
    for discovery in source.discoveries():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(urlsplit(discovery.url).path))
        if re.fullmatch(pattern, address.path):
            return True
    return False


class SourceSpiderLoader(SpiderLoader):
    """Scrapy's loader, and a spider made for each definition in crawler/sources."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        for name in registry():
            if name in self._spiders:
                raise ValueError(
                    f"spider {name!r} in {settings.getlist('SPIDER_MODULES')} has the name of a source"
                )

    def find_by_request(self, request: Request) -> list[str]:
        """Names of the spiders to whose source the address belongs; else as Scrapy finds them."""
        owners = [name for name, source in crawled_sources().items() if belongs(source, request.url)]
        return owners or super().find_by_request(request)

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of that name; KeyError lists the names that exist."""
        source = crawled_sources().get(spider_name)
        if source is not None:
            return spider_for(source)
        try:
            return self._spiders[spider_name]
        except KeyError:
            known = ", ".join(sorted(self.list()))
            raise KeyError(f"no spider {spider_name!r}; there are: {known}") from None

    def list(self) -> list[str]:
        """Names of all spiders."""
        return [*self._spiders, *crawled_sources()]
