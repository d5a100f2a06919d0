"""The budget of an archive, shared by all processes: turns at a pace, and pauses that it asked for.

The Wayback Machine allows 30 calls of its index a minute and 600 pages, and shuts out for an hour, then
longer, who goes on after it said 429 (release notes of the client `wayback`, 0.4 to 0.5). We take four
fifths of that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from crawler.archives.archive import WAYBACK, Archive
from crawler.archives.pauses import LONGEST_PAUSE, UNASKED_PAUSE, Pauses
from crawler.turns import Turns

logger = logging.getLogger(__name__)

INDEX_CALLS = 24.0
"""A minute, of the index."""
REPLAYS = 8.0
"""A second, of pages."""
_WORTH_TELLING = 5.0
"""Seconds of a pause that the log says."""
_STEP = 0.25
"""Seconds between two looks at whether the crawl is being stopped."""
# Pauses are a little longer than the budget demands: a request that left late must not be too near to the
# next.
_INDEX_MARGIN, _REPLAY_MARGIN = 1.05, 1.2


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two requests, whoever makes them."""

    index: float
    replay: float


def pace_of(archive: Archive, index_calls: float, replays: float, *, mapped: bool) -> Pace:
    """The pace for so many index calls a minute and replays a second. Nobody asks the Wayback Machine itself
    faster than it allows; what `mapped` leads elsewhere is not it.
    """
    if archive == WAYBACK and not mapped:
        index_calls, replays = min(index_calls, INDEX_CALLS), min(replays, REPLAYS)
    return Pace(_INDEX_MARGIN * 60.0 / index_calls, _REPLAY_MARGIN / replays)


class Budget:
    """Hands out turns at an archive."""

    def __init__(
        self,
        archive: Archive,
        pauses: Pauses,
        turns: Turns,
        pace: Pace,
        stopping: Callable[[], bool],
        unasked: float = UNASKED_PAUSE,
    ) -> None:
        self._archive = archive
        self._pauses = pauses
        self._turns = turns
        self._pace = pace
        self._stopping = stopping
        self._unasked = unasked
        """Seconds to be silent after a 429 that does not say for how long; doubled each time in a row."""
        self._in_a_row = 0
        self._silent_until = 0.0
        """By the monotonic clock: a pause of which this process knows, and all others as soon as they can."""

    async def index_turn(self) -> bool:
        """Wait for a turn at the index; False when the crawl is being stopped. A turn that was given is
        followed by `end`.
        """
        return await self._turn(f"{self._archive.host} index", self._pace.index)

    async def replay_turn(self) -> bool:
        """As `index_turn`, at the pages."""
        return await self._turn(f"{self._archive.host} pages", self._pace.replay)

    async def pause(self, seconds: float | None, reason: str) -> None:
        """The archive wants to be left alone, by all processes; None: it did not say for how long. To be
        called before `end`.
        """
        if seconds is None:
            seconds = self._unasked * 2**self._in_a_row
        self._in_a_row += 1
        self._silent_until = max(self._silent_until, monotonic() + min(seconds, LONGEST_PAUSE))
        await asyncio.to_thread(self._pauses.hold, self._archive.name, seconds, reason)

    async def end(self) -> None:
        """What was asked with a turn is answered and dealt with, or given up."""
        await asyncio.to_thread(self._pauses.end, self._archive.name)

    def close(self) -> None:
        """Nothing more will be asked."""
        self._pauses.close()

    def answered(self) -> None:
        """The archive answered as it should."""
        self._in_a_row = 0

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until the crawl is being stopped."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not self._stopping() and (left := end - loop.time()) > 0:  # noqa: ASYNC110 - as Retries waits
            await asyncio.sleep(min(left, _STEP))

    async def _turn(self, name: str, pause: float) -> bool:
        while not self._stopping():
            wait = self._silent_until - monotonic()
            if wait <= 0:
                wait = await asyncio.to_thread(self._turns.take, name, pause)
            if wait <= 0:
                # Only now: a pause that was asked for while this one waited for its turn holds as well.
                wait = await asyncio.to_thread(self._pauses.begin, self._archive.name)
                if wait > _WORTH_TELLING:
                    logger.info("%s is to be left alone for %.0f s more", self._archive.name, wait)
            if wait <= 0:
                if self._silent_until <= monotonic():
                    return True
                await self.end()
            await self.rest(wait)
        return False
