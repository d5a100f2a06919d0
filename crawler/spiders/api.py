"""JSON indexes, which may tell how much they hold."""

from __future__ import annotations

from crawler.declare import Api
from crawler.pages.index import IndexPage
from crawler.spiders.places import Index, Place


class ApiIndex(Index):
    """An API's index in one language."""

    discovery: Api

    def _follower(self, place: Place, shown: IndexPage) -> Place | None:
        """As for any index; one that tells how much it holds is not asked for a page past the end."""
        size = self.discovery.page_size
        if shown.total is not None and size and (place.turn + 1) * size >= shown.total:
            return None
        return super()._follower(place, shown)
