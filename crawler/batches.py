"""Work that waits for a thread, done together by those who wait at the same moment.

A hop to a thread and back costs more than most of what is done there. While one call is under way,
whatever else arrives is collected and becomes the next call. Where calls are dear, each is put off for a
moment, so that more come together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

MOST_AT_ONCE = 64
ENOUGH = 8


class Batches(Generic[Given, Made]):
    """Calls `work` in the executor with what was put meanwhile; one call at a time, in order.

    `work` returns one result per input. When it raises, every waiter of that call gets the error.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Given]], Sequence[Made]],
        executor: Executor,
        *,
        put_off: float = 0.0,
    ) -> None:
        """`put_off`: seconds for which a call waits for more, unless `ENOUGH` are there."""
        self._work = work
        self._put_off = put_off
        self._executor = executor
        self._waiting: list[tuple[Given, asyncio.Future[Made]]] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self, given: Given) -> Made:
        """Wait for the result of one input."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Made] = loop.create_future()
        self._waiting.append((given, future))
        if self._task is None:
            self._task = loop.create_task(self._run())
        return await future

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                if self._put_off and len(self._waiting) < ENOUGH:
                    await asyncio.sleep(self._put_off)
                batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                try:
                    made = await loop.run_in_executor(
                        self._executor, self._work, [given for given, _ in batch]
                    )
                except Exception as error:  # noqa: BLE001 - handed to those who wait for it
                    for _, future in batch:
                        if not future.done():
                            future.set_exception(error)
                    continue
                for (_, future), result in zip(batch, made, strict=True):
                    if not future.done():
                        future.set_result(result)
        finally:
            self._task = None
