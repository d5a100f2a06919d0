"""The indexes of a way of finding releases: one for each of its languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from crawler.declare import Api, Feed, Listing, Sitemap
from crawler.source import Source
from crawler.spiders.api import ApiIndex
from crawler.spiders.arguments import Window
from crawler.spiders.feed import FeedIndex
from crawler.spiders.listing import ListingIndex
from crawler.spiders.places import Index, languages_of
from crawler.spiders.sitemap import SitemapIndex

_KINDS: dict[type[Listing | Feed | Sitemap | Api], type[Index]] = {
    Listing: ListingIndex,
    Feed: FeedIndex,
    Sitemap: SitemapIndex,
    Api: ApiIndex,
}


def indexes_of(
    source: type[Source], discovery: Listing | Feed | Sitemap | Api, window: Window, today: date
) -> Iterator[Index]:
    """The indexes of `discovery`; `today` is the day in the source's zone."""
    for language in languages_of(discovery, source.languages):
        yield _KINDS[type(discovery)](source, discovery, language, window, today)
