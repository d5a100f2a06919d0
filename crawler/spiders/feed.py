"""RSS and Atom feeds, and APIs that answer with one."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.declare import Feed
from crawler.source import Source
from crawler.spiders.walk import Index, languages_of


class FeedIndex(Index):
    """A feed in one language."""

    discovery: Feed

    @property
    def may_be_empty(self) -> bool:
        """As the definition says: some answer wrong parameters with an empty feed."""
        return self.discovery.may_be_empty


def feed_indexes(source: type[Source], feed: Feed) -> Iterator[FeedIndex]:
    """The indexes of a feed, one per language."""
    for language in languages_of(feed, source.languages):
        yield FeedIndex(feed, language)
