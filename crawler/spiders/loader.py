"""Finds spiders: one for each source definition, and the ordinary ones in SPIDER_MODULES."""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.source import Source, crawled_sources
from crawler.spiders.source import SourceSpider


def spider_for(source: type[Source]) -> type[SourceSpider]:
    """The spider of a source: `SourceSpider` with its name."""
    attributes = {"name": source.name, "source": source, "__module__": __name__, "__doc__": source.__doc__}
    return type(f"{source.__name__}Spider", (SourceSpider,), attributes)


class SourceSpiderLoader(SpiderLoader):
    """Scrapy's loader, and a spider made for each definition in crawler/sources."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        for name, source in crawled_sources().items():
            if name in self._spiders:
                raise ValueError(
                    f"spider {name!r} in {settings.getlist('SPIDER_MODULES')} has the name of a source"
                )
            self._spiders[name] = spider_for(source)

    def find_by_request(self, request: Request) -> list[str]:
        """Names of the spiders whose source the address belongs to; else as Scrapy finds them."""
        owners = [
            name
            for name, spider in self._spiders.items()
            if issubclass(spider, SourceSpider) and spider.owns(request.url)
        ]
        return owners or super().find_by_request(request)

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of that name; KeyError lists the names that exist."""
        try:
            return self._spiders[spider_name]
        except KeyError:
            raise KeyError(
                f"no spider {spider_name!r}; there are: {', '.join(sorted(self._spiders))}"
            ) from None
