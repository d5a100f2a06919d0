"""HTML listings: numbered pages, pages that link to their follower, or one page."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.declare import Listing
from crawler.source import Source
from crawler.spiders.walk import Index, languages_of


class ListingIndex(Index):
    """A listing in one language."""

    discovery: Listing

    def address(self, turn: int) -> str:
        """As `Index.address`; the first page may have an address of its own."""
        if turn == 0 and self.discovery.first_url is not None:
            return self.fill(self.discovery.first_url, self.discovery.pages.first)
        return super().address(turn)

    @property
    def may_be_empty(self) -> bool:
        """Never: a listing without entries is a challenge, an error or a new layout."""
        return False


def listing_indexes(source: type[Source], listing: Listing) -> Iterator[ListingIndex]:
    """The indexes of a listing, one per language."""
    for language in languages_of(listing, source.languages):
        yield ListingIndex(listing, language)
