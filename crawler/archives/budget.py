"""The budget of an archive, shared by all processes: turns at a pace, and pauses that it asked for.

The Wayback Machine allows 30 calls of its index a minute and 600 pages, and shuts out for an hour, then
longer, who goes on after it said 429 (release notes of the client `wayback`, 0.4 to 0.5). We take four
fifths of that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from crawler.archives.archive import WAYBACK, Archive
from crawler.archives.frontier import Archives
from crawler.turns import Turns

INDEX_CALLS = 24.0
"""A minute, of the index."""
REPLAYS = 8.0
"""A second, of pages."""
UNASKED_PAUSE = 60.0
"""Seconds to be silent after a 429 that does not say for how long; doubled each time in a row."""
LONGEST_PAUSE = 3600.0
"""Seconds; an archive that asks for more is asked again after this all the same."""
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


class Ask(Protocol):
    """Calls the database in its thread (`crawler.runs.RunKeeper.ask`)."""

    async def __call__(self, method: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401
        """What the method returns."""


class Budget:
    """Hands out turns at an archive."""

    def __init__(
        self,
        archive: Archive,
        archives: Archives,
        ask: Ask,
        turns: Turns,
        pace: Pace,
        stopping: Callable[[], bool],
    ) -> None:
        self._archive = archive
        self._archives = archives
        self._ask = ask
        self._turns = turns
        self._pace = pace
        self._stopping = stopping
        self._in_a_row = 0

    async def index_turn(self) -> bool:
        """Wait for a turn at the index; False when the crawl is being stopped."""
        return await self._turn(f"{self._archive.host} index", self._pace.index)

    async def replay_turn(self) -> bool:
        """Wait for a turn at the pages; False when the crawl is being stopped."""
        return await self._turn(f"{self._archive.host} pages", self._pace.replay)

    async def pause(self, seconds: float | None, reason: str) -> None:
        """The archive wants to be left alone, by all processes; None: it did not say for how long."""
        if seconds is None:
            seconds = UNASKED_PAUSE * 2**self._in_a_row
        self._in_a_row += 1
        until = datetime.now(UTC) + timedelta(seconds=min(seconds, LONGEST_PAUSE))
        await self._ask(self._archives.hold, self._archive.name, until, reason)

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
            until = await self._ask(self._archives.held_until, self._archive.name)
            wait = (until - datetime.now(UTC)).total_seconds() if until is not None else 0.0
            if wait <= 0:
                wait = await asyncio.to_thread(self._turns.take, name, pause)
                if wait <= 0:
                    # Somebody may have been told to pause while this one took the turn.
                    until = await self._ask(self._archives.held_until, self._archive.name)
                    if until is None:
                        return True
                    continue
            await self.rest(wait)
        return False
