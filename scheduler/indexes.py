"""Which captures are pages of an index, told by their address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.declare import Api, Feed, Listing, Numbers, Sitemap
from crawler.pages.addresses import is_page_of
from crawler.source import Source
from crawler.spiders.places import languages_of


@dataclass(frozen=True, slots=True)
class FoundIndex:
    """An index of a source, in one language where it has several."""

    source: type[Source]
    discovery: Listing | Feed | Sitemap | Api
    language: str | None = None

    @property
    def holds_releases(self) -> bool:
        """Whether its entries are whole releases."""
        return isinstance(self.discovery, Api) and self.discovery.embedded


def index_at(url: str, sources: Iterable[type[Source]]) -> FoundIndex | None:
    """The index that has a page at this address; None when no source's has.

    An API whose answers are whole releases is known by its path alone: whatever was asked of it, they are
    releases. Any other index is itself only with every parameter that its definition names.
    """
    for source in sources:
        for found in _indexes(source):
            for each in _addresses(found):
                if is_page_of(each, url, by_path_alone=found.holds_releases) is not None:
                    return found
            if _is_named_sitemap(found, url):
                return found
    return None


def _is_named_sitemap(found: FoundIndex, url: str) -> bool:
    """Whether an index of sitemaps names this one, as far as its definition tells."""
    discovery = found.discovery
    if not isinstance(discovery, Sitemap) or discovery.maps is None:
        return False
    return urlsplit(url).hostname in found.source.hosts and re.search(discovery.maps, url) is not None


def _indexes(source: type[Source]) -> Iterator[FoundIndex]:
    for discovery in source.discoveries():
        if not isinstance(discovery, Numbers):
            for language in languages_of(discovery, source.languages):
                yield FoundIndex(source, discovery, language)


def _addresses(found: FoundIndex) -> Iterator[str]:
    for pattern in (found.discovery.url, getattr(found.discovery, "first_url", None)):
        if pattern is not None:
            yield pattern.replace("{language}", found.discovery.word(found.language))
