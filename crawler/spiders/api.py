"""JSON indexes, narrowed to the window where the API can do that."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from crawler.declare import Api
from crawler.pages.index import IndexPage
from crawler.source import Source
from crawler.spiders.arguments import Window
from crawler.spiders.walk import Index, languages_of


class ApiIndex(Index):
    """An API's index in one language, for one window."""

    discovery: Api

    def __init__(self, discovery: Api, language: str | None, window: Window) -> None:
        super().__init__(discovery, language)
        self._narrowed = "".join(
            f"&{name}={quote(day.isoformat())}"
            for name, day in ((discovery.since, window.since), (discovery.until, window.until))
            if name is not None and day is not None
        )

    def address(self, turn: int) -> str:
        """As `Index.address`, with the window as query parameters where the API takes them."""
        address = super().address(turn)
        if not self._narrowed:
            return address
        return address + (self._narrowed if "?" in address else "?" + self._narrowed[1:])

    def after(self, turn: int, shown: IndexPage) -> str | None:
        """As `Index.after`; an API that tells how much it holds is not asked for a page past the end."""
        size = self.discovery.page_size
        if shown.total is not None and size and (turn + 1) * size >= shown.total:
            return None
        return super().after(turn, shown)

    @property
    def may_be_empty(self) -> bool:
        """Only when asked for a window: there may have been nothing in it."""
        return bool(self._narrowed)


def api_indexes(source: type[Source], api: Api, window: Window) -> Iterator[ApiIndex]:
    """The indexes of an API, one per language."""
    for language in languages_of(api, source.languages):
        yield ApiIndex(api, language, window)
