"""Sitemaps: an index of them is followed, the newest first; none of them is in any order itself."""

from __future__ import annotations

from datetime import date

from crawler.declare import Sitemap
from crawler.items import FailureKind
from crawler.pages.index import IndexPage
from crawler.spiders.failures import IndexFailure
from crawler.spiders.places import Index, Place

MOST_MAPS = 2_000
"""Sitemaps that one walk asks for: more is no sitemap of a newsroom, or a trap."""


class SitemapIndex(Index):
    """A sitemap, or an index of sitemaps, in one language."""

    discovery: Sitemap
    newest_first = False

    def begin(self, floor: date | None) -> Place:
        """The declared address; what it names comes after it."""
        first = super().begin(floor)
        self._waiting: list[str] = []
        self._known = {first.address}
        return first

    def after(self, place: Place, shown: IndexPage | None) -> Place | None:
        """The next sitemap that was named and may hold something of the days asked for."""
        if shown is not None:
            # A sitemap is changed at the latest with its entries, and those after they were posted.
            maps = [
                each for each in shown.maps if each.changed_on is None or each.changed_on >= self._first_day
            ]
            maps.sort(key=lambda each: each.changed_on or date.max, reverse=True)
            new = [each.url for each in maps if each.url not in self._known]
            self._known.update(new)
            self._waiting = [*new, *self._waiting]
            if len(self._known) > MOST_MAPS:
                raise IndexFailure(
                    FailureKind.TOO_LARGE,
                    f"{place.address} and what it names: {len(self._known)} sitemaps, {MOST_MAPS} at most; "
                    "narrow `maps` in the definition",
                )
        return Place(self._waiting.pop(0), place.turn + 1) if self._waiting else None
