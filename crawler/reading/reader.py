"""The crawl's side of a reader: hands out tasks, and starts another process when one is lost.

Answers come in the order of the tasks, so when a process ends before its time the first task without an
answer is the one that it was at. That one is tried once more, since the system may have chosen this process
to be killed for no fault of the page; it fails when it ends the next process too, or when its time ran out.
All others are simply given to the next process.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import deque
from dataclasses import dataclass
from typing import TypeVar

from crawler.children import ChildProcess, Spawned, how_it_ended, spawn, wait_for
from crawler.frames import Broken, Messages, Ready, Unreadable, pack
from crawler.items import Capture, Due, ReleaseItem
from crawler.pages.index import IndexPage
from crawler.reading import spare
from crawler.reading.messages import (
    TYPES,
    Answer,
    Order,
    Process,
    Processed,
    Read,
    ReadIndex,
    ReadPage,
    Record,
    Shown,
    Task,
)

logger = logging.getLogger(__name__)

MOST_HANDED_OUT = 8
"""Tasks that a process is given before it has answered the first: enough that it never waits for the crawl,
few enough that an index page, which goes before the others, is read soon."""
MOST_FALSE_STARTS = 3
"""So many processes in a row that end before they are ready: there will be no reader."""
CHILD = "crawler.reading"
"""The module that a reader's process runs."""

_A = TypeVar("_A", bound=Answer)


class ReadingFailed(Exception):
    """A page could not be read, for a reason that lies in it or in our own code; `traceback` may be empty."""

    def __init__(self, reason: str, traceback: str = "") -> None:
        super().__init__(reason)
        self.traceback = traceback


class ReaderUnusable(RuntimeError):
    """No reader can be started, or it was closed: nothing can be read at all."""


@dataclass(slots=True)
class _Asked:
    frame: bytes
    answer: asyncio.Future[Answer]
    crashes: int = 0


class _Connection(asyncio.Protocol):
    """One process, and the stream to it."""

    def __init__(self, reader: Reader, process: ChildProcess) -> None:
        self.process = process
        self.ready = False
        self.broken = ""
        """Why its answers cannot be taken; empty: they can."""
        self.transport: asyncio.Transport | None = None
        self._reader = reader
        self._messages = Messages(TYPES)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream socket has one
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.broken:
            return
        try:
            for message in self._messages.take(data):
                self._reader.answered(self, message)
        except Unreadable as error:
            self.broken = str(error)
            self.process.kill()

    def connection_lost(self, exc: Exception | None) -> None:
        self._reader.lost(self)


class Reader:
    """Reads for one crawl. All methods are to be called in the event loop's thread."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._waiting: deque[_Asked] = deque()
        self._out: deque[_Asked] = deque()
        self._connection: _Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._spawned: Spawned | None = None
        """A process that nobody has talked to yet."""
        self._false_starts = 0
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process that reads now, if there is one."""
        return self._connection.process.pid if self._connection else None

    def spawn(self) -> None:
        """Start the process, which takes a second, so that it is there when the first page is.

        To be called in the thread that lasts as long as the crawl: when that ends, so does the process.
        Needs no event loop. What goes wrong is told to whoever asks for something.
        """
        try:
            self._spawned = spare.take() or spawn(CHILD)
        except OSError as error:
            logger.debug("The process that reads pages could not be started: %s", error)

    def start(self) -> None:
        """Connect to the process, or start one."""
        if self._connection is None and self._task is None and not self._closed:
            self._task = asyncio.get_running_loop().create_task(self._start())

    async def read(self, due: Due, capture: Capture) -> Read:
        """What a release's page comes to. Raises ReadingFailed, ReaderUnusable."""
        return await self._ask(ReadPage(due, capture), Read)

    async def read_index(self, discovery: int, language: str | None, capture: Capture) -> IndexPage:
        """What a page of an index shows; goes before all releases. Raises as `read` does."""
        return (await self._ask(ReadIndex(discovery, language, capture), Shown, first=True)).page

    async def process(self, items: tuple[ReleaseItem, ...]) -> tuple[Record, ...]:
        """What items come to, one record for each. Raises as `read` does."""
        return (await self._ask(Process(items), Processed)).records

    async def close(self) -> None:
        """End the process; whoever still waits for an answer gets ReaderUnusable."""
        self._closed = True
        if self._task is not None:
            await self._task
        connection, self._connection = self._connection, None
        self._give_up("the reader was closed")
        process: ChildProcess | None = None
        if connection is not None and connection.transport is not None:
            connection.transport.close()
            process = connection.process
        elif self._spawned is not None:
            process, stream = self._spawned
            stream.close()
        if process is not None:
            await asyncio.get_running_loop().run_in_executor(None, wait_for, process)

    async def _ask(self, task: Task, kind: type[_A], *, first: bool = False) -> _A:
        if self._closed:
            raise ReaderUnusable("the reader was closed")
        asked = _Asked(pack(task), asyncio.get_running_loop().create_future())
        if first:
            self._waiting.appendleft(asked)
        else:
            self._waiting.append(asked)
        self.start()
        self._hand_out()
        answer = await asked.answer
        if isinstance(answer, Broken):
            raise ReadingFailed(answer.error, answer.traceback)
        if not isinstance(answer, kind):
            raise ReadingFailed(f"the reader answered with {type(answer).__name__}, not {kind.__name__}")
        return answer

    def _hand_out(self) -> None:
        connection = self._connection
        if connection is None or connection.transport is None or not connection.ready:
            return
        while self._waiting and len(self._out) < MOST_HANDED_OUT:
            asked = self._waiting.popleft()
            self._out.append(asked)
            connection.transport.write(asked.frame)

    async def _start(self) -> None:
        try:
            connection = await self._open()
        except OSError as error:
            self._unusable(f"the process that reads pages could not be started: {error}")
        else:
            self._connection, self._task = connection, None

    async def _open(self) -> _Connection:
        spawned, self._spawned = self._spawned, None
        process, ours = spawned or spawn(CHILD)
        connection = _Connection(self, process)
        await asyncio.get_running_loop().create_unix_connection(lambda: connection, sock=ours)
        assert connection.transport is not None  # noqa: S101 - set by the call
        connection.transport.write(pack(self._order))
        return connection

    # What a connection tells.

    def answered(self, connection: _Connection, message: Answer) -> None:
        """Take an answer. Raises Unreadable for one that nobody waits for."""
        if isinstance(message, Ready):
            connection.ready = True
            self._false_starts = 0
        elif not self._out:
            raise Unreadable("an answer that nobody asked for")
        else:
            asked = self._out.popleft()
            if not asked.answer.done():
                asked.answer.set_result(message)
        self._hand_out()

    def lost(self, connection: _Connection) -> None:
        """A process has ended, or is about to."""
        if not self._closed:
            self._connection = None
            self._task = asyncio.get_running_loop().create_task(self._follow(connection))

    async def _follow(self, connection: _Connection) -> None:
        """Say what became of the task that a process ended at, and start another process."""
        code = await asyncio.get_running_loop().run_in_executor(None, wait_for, connection.process)
        how = _ending(code, connection.broken)
        if not connection.ready:
            self._false_starts += 1
        if self._out:
            first = self._out[0]
            first.crashes += 1
            if code == -signal.SIGALRM:
                self._fail(f"reading took longer than {self._order.seconds:g} seconds and was given up")
            elif first.crashes > 1:
                self._fail(f"reading ended its process twice: it {how}")
            self._waiting.extendleft(reversed(self._out))
            self._out.clear()
        if self._false_starts >= MOST_FALSE_STARTS:
            self._unusable(
                f"the process that reads pages {how}, {self._false_starts} times before it was ready"
            )
        elif not self._closed:
            logger.warning("The process that reads pages %s; starting another", how)
            await self._start()

    def _unusable(self, reason: str) -> None:
        self._closed, self._task = True, None
        self._give_up(reason)

    def _fail(self, reason: str) -> None:
        asked = self._out.popleft()
        if not asked.answer.done():
            asked.answer.set_exception(ReadingFailed(reason))

    def _give_up(self, reason: str) -> None:
        for asked in (*self._out, *self._waiting):
            if not asked.answer.done():
                asked.answer.set_exception(ReaderUnusable(reason))
        self._out.clear()
        self._waiting.clear()


def _ending(code: int, broken: str) -> str:
    """How a process ended, for a person."""
    if broken:
        return f"was ended because of its answer ({broken})"
    return how_it_ended(code)
