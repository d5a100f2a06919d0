"""Keeps a crawl to the hosts of its source, at every hop.

A downloader middleware sees redirects and robots.txt as well, unlike a filter where requests are
scheduled. The addresses behind the names are the guard's business (`crawler.guard`).
"""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.spider import DefaultSpider

from crawler.guard import RefusedAddress


class Hosts:
    """Refuses addresses that are not http(s), and hosts that the spider may not ask.

    A spider made from a definition may ask exactly the definition's hosts, one that reads its history in an
    archive exactly the archive's. An ordinary spider with
    `allowed_domains` may ask these and their subdomains, and what it marks with `allow_offsite`.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Hosts:
        """As Scrapy makes middlewares."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises RefusedAddress for what the spider may not ask."""
        spider = self._crawler.spider
        address = urlparse_cached(request)
        host = address.hostname or ""
        name = spider.name if spider else "?"
        if address.scheme not in ("http", "https"):
            if address.scheme == "file" and isinstance(spider, DefaultSpider):
                return  # scrapy shell ./page.html
            raise RefusedAddress(f"{name}: {request.url} refused: only http and https are crawled")
        source = getattr(spider, "source", None)
        if source is not None:
            hosts = getattr(spider, "hosts", source.hosts)
            if host not in hosts:
                raise RefusedAddress(
                    f"{name}: {request.url}{_came_from(request)} refused: {host!r} is not one of the "
                    f"source's hosts ({', '.join(hosts)})"
                )
            return
        domains = [domain for domain in getattr(spider, "allowed_domains", None) or () if domain]
        if not domains or request.meta.get("allow_offsite"):
            return
        if not any(host == domain or host.endswith(f".{domain}") for domain in domains):
            raise RefusedAddress(
                f"{name}: {request.url}{_came_from(request)} refused: {host!r} is not within "
                f"allowed_domains ({', '.join(domains)})"
            )


def _came_from(request: Request) -> str:
    before = request.meta.get("redirect_urls")
    return f" (redirected from {before[-1]})" if before else ""
