"""How many requests are out: the brake that keeps the queue short, whatever the index holds."""

from __future__ import annotations

import asyncio


class Pending:
    """Counts what was handed to Scrapy and has not come back."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def out(self) -> None:
        """One more is out."""
        self.count += 1

    def back(self) -> None:
        """One has come back, however it ended."""
        self.count -= 1
        for most, future in self._waiting:
            if self.count < most and not future.done():
                future.set_result(None)
        self._waiting = [pair for pair in self._waiting if not pair[1].done()]

    async def below(self, most: int) -> None:
        """Wait until fewer than `most` are out."""
        while self.count >= most:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((most, future))
            await future
