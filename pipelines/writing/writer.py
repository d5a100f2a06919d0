"""The crawl's side of a writer. Its methods block: they are called in the thread that writes.

A crawl needs no writer: where none can be started, or it is lost, the crawl writes by itself. A batch at
which a writer was lost is simply written again, since storing twice changes nothing.
"""

from __future__ import annotations

import select
from collections.abc import Sequence

from crawler.children import ChildProcess, Spawned, how_it_ended, spawn, wait_for
from crawler.frames import Broken, Ready, Unreadable, pack, read_message
from pipelines.batch import Failed, Record
from pipelines.writing.messages import TYPES, Batch, Stored, WriterOrder

CHILD = "pipelines.writing"
"""The module that the process runs."""


class WriterLost(RuntimeError):
    """The process has ended; the message says how. What it was at may be stored or not, never in part."""


class NothingStored(RuntimeError):
    """The database takes nothing; the message begins with the type of the error."""


class Writer:
    """A process that stores and links the batches of one crawl."""

    def __init__(self, spawned: Spawned, order: WriterOrder) -> None:
        self._process: ChildProcess
        self._process, self._socket = spawned
        self._stream = self._socket.makefile("rb", 2**16)
        self._ready = False
        self._socket.sendall(pack(order))

    @classmethod
    def start(cls, order: WriterOrder) -> Writer:
        """A new process. To be called in the thread that lasts as long as the crawl. Raises OSError."""
        return cls(spawn(CHILD), order)

    @property
    def pid(self) -> int:
        """The process' number."""
        return self._process.pid

    def is_ready(self, seconds: float = 0.0) -> bool:
        """Whether it can be given a batch, now or within so many seconds; it takes a second to start.

        Raises WriterLost.
        """
        if not self._ready and select.select([self._socket], [], [], seconds)[0]:
            self._ready = isinstance(self._answer(), Ready)
        return self._ready

    def store(self, batch: Sequence[Record]) -> tuple[dict[str, int], list[Failed]]:
        """Counts of what the batch changed, and the records that could not be stored.

        Raises NothingStored, and WriterLost when the process has ended.
        """
        try:
            self._socket.sendall(pack(Batch(tuple(batch))))
        except OSError as error:
            raise self._lost() from error
        answer = self._answer()
        if isinstance(answer, Broken):
            raise NothingStored(answer.error)
        if not isinstance(answer, Stored):
            raise self._lost()
        return dict(answer.counts), [Failed(batch[position], why) for position, why in answer.failed]

    def close(self) -> int:
        """End the process; its exit code."""
        self._stream.close()
        self._socket.close()
        return wait_for(self._process)

    def _answer(self) -> object:
        try:
            answer: object = read_message(self._stream.read, TYPES)
        except (OSError, Unreadable) as error:
            raise self._lost() from error
        if answer is None:
            raise self._lost()
        return answer

    def _lost(self) -> WriterLost:
        """Once the process has ended, and with it whatever transaction it was in."""
        return WriterLost(how_it_ended(self.close()))
