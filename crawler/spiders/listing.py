"""HTML listings: the first page may have an address of its own."""

from __future__ import annotations

from crawler.declare import Listing
from crawler.spiders.places import Index


class ListingIndex(Index):
    """A listing in one language."""

    discovery: Listing

    @property
    def may_be_empty(self) -> bool:
        """As `Index.may_be_empty`, where the listing can tell: without its container it is another page."""
        return super().may_be_empty and self.discovery.container is not None

    def _pattern(self, turn: int) -> str:
        if turn == 0 and self.discovery.first_url is not None:
            return self.discovery.first_url
        return super()._pattern(turn)
