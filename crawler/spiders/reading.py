"""Reading in a thread of its own: parsing and selecting leave Python's lock free for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from crawler.batches import Batches
from crawler.items import Capture, Due
from crawler.pages.read import read_page
from crawler.pages.reading import Reading
from crawler.source import Source


class Reader:
    """Reads the captures of one source; pages that arrive together are read in one hop to the thread."""

    def __init__(self, source: type[Source]) -> None:
        self._source = source
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._batches: Batches[tuple[Due, Capture], Reading | Exception] = Batches(
            self._read_all, self._thread
        )

    async def read(self, due: Due, capture: Capture) -> Reading:
        """What the page says; raises what a `read_<field>` method of the definition raised."""
        result = await self._batches.put((due, capture))
        if isinstance(result, Exception):
            raise result
        return result

    def _read_all(self, several: Sequence[tuple[Due, Capture]]) -> list[Reading | Exception]:
        return [self._read(due, capture) for due, capture in several]

    def _read(self, due: Due, capture: Capture) -> Reading | Exception:
        try:
            return read_page(self._source, capture, due)
        except Exception as error:  # noqa: BLE001 - goes to the one who waits for this page
            return error

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=True)
