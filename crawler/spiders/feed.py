"""RSS and Atom feeds, and APIs that answer with one."""

from __future__ import annotations

from crawler.declare import Feed
from crawler.spiders.places import Index


class FeedIndex(Index):
    """A feed in one language."""

    discovery: Feed

    @property
    def may_be_empty(self) -> bool:
        """As the definition says: some answer wrong parameters with an empty feed, window or not."""
        return self.discovery.may_be_empty
