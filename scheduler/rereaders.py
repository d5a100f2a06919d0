"""Processes that read captures again, one for each core: pages in, records out, in order.

A page that crashes the parser, or takes for ever, ends its process and not the reading: what was with it is
read again one by one, and the page itself is told by name.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Protocol

from crawler.items import CapturePlace, Due, Held, Outcome, Release
from crawler.reading.messages import Broken, Process, Processed, Read, ReadIndex, ReadPage, Record, Shown
from crawler.reading.work import Work
from crawler.source import registry
from crawler.spiders.arguments import Window
from storage.captures import CaptureUnreadable, read_capture

PIECE = 16
"""Captures that a process is given at a time."""
SECONDS = 60.0
"""Longest that one capture may take."""


@dataclass(frozen=True, slots=True)
class Page:
    """A capture to read: the page of a release, or a page of an index that holds releases whole."""

    source: str
    place: CapturePlace
    due: Due | None
    """What the ledger has of the page; None: it is a page of an index."""
    discovery: int = 0
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Reread:
    """What a capture says today."""

    records: tuple[Release | Held, ...] = ()
    problem: str | None = None
    """Why it gives no record; None: it does."""


class Readers(Protocol):
    """Who reads."""

    def read(self, pages: Sequence[Page]) -> list[Reread]:
        """What the pages say, one answer for each."""


class InThisProcess:
    """Reads here: for a handful of pages."""

    def __init__(self, captures: Path) -> None:
        self._captures = captures

    def read(self, pages: Sequence[Page]) -> list[Reread]:
        """See Readers."""
        return [read_one(self._captures, page) for page in pages]


class InProcesses:
    """Reads in processes of their own. A context manager: leaving it ends them."""

    def __init__(
        self, captures: Path, jobs: int, reading: Callable[[Path, Page], Reread] | None = None
    ) -> None:
        self._captures = captures
        self._jobs = jobs
        self._reading = reading or read_one
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # Started anew rather than forked: this process has threads and open connections.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=_begin)

    def __enter__(self) -> InProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def read(self, pages: Sequence[Page]) -> list[Reread]:
        """See Readers."""
        pieces = [pages[start : start + PIECE] for start in range(0, len(pages), PIECE)]
        futures = [self._give(piece) for piece in pieces]
        answers: list[Reread] = []
        broken = False
        for piece, future in zip(pieces, futures, strict=True):
            try:
                if future is None:
                    raise BrokenProcessPool
                answers += future.result()
            except BrokenProcessPool:
                if not broken:
                    broken = True
                    self._anew()
                answers += self._one_by_one(piece)
        return answers

    def _give(self, piece: Sequence[Page]) -> Future[list[Reread]] | None:
        try:
            return self._pool.submit(_read_piece, self._reading, self._captures, tuple(piece))
        except BrokenProcessPool:
            return None

    def _one_by_one(self, piece: Sequence[Page]) -> list[Reread]:
        answers: list[Reread] = []
        for page in piece:
            future = self._give([page])
            try:
                if future is None:
                    raise BrokenProcessPool
                answers += future.result()
            except BrokenProcessPool:
                self._anew()
                answers.append(
                    Reread(problem=f"the reader crashed on it, or took longer than {SECONDS:.0f} s")
                )
        return answers

    def _anew(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._start()


def _begin() -> None:
    # Ctrl-C reaches everybody at the terminal; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _read_piece(
    reading: Callable[[Path, Page], Reread], captures: Path, pages: Sequence[Page]
) -> list[Reread]:
    answers = []
    for page in pages:
        # Its default action ends this process, whatever library it is in.
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        answers.append(reading(captures, page))
        signal.setitimer(signal.ITIMER_REAL, 0)
    return answers


@cache
def _work_of(source: str) -> Work:
    from pipelines.process import process

    def stages(item: object) -> Release | Held:
        return process(item)

    return Work(registry()[source], Window(), stages)


def read_one(captures: Path, page: Page) -> Reread:
    """One capture, read and put through the stages. Pure, but for the file."""
    try:
        capture = read_capture(captures, page.place)
    except CaptureUnreadable as error:
        return Reread(problem=f"capture unreadable: {error}")
    work = _work_of(page.source)
    if page.due is not None:
        answer = work.do(ReadPage(page.due, capture))
        if isinstance(answer, Read):
            return _told(answer.records, answer.outcome)
        return Reread(problem=f"reading failed: {getattr(answer, 'error', '')}")
    shown = work.do(ReadIndex(page.discovery, page.language, capture))
    if isinstance(shown, Broken):
        return Reread(problem=f"reading failed: {shown.error}")
    if not isinstance(shown, Shown) or shown.page.failure is not None:
        failure = shown.page.failure if isinstance(shown, Shown) else None
        return Reread(problem=f"{failure.kind.value}: {failure.detail}" if failure else "no index")
    items = tuple(replace(item, key=item.key or key) for key, item in shown.page.embedded.items())
    done = work.do(Process(items))
    return _told(done.records, None) if isinstance(done, Processed) else Reread(problem="reading failed")


def _told(records: Sequence[Record], outcome: Outcome | None) -> Reread:
    kept = tuple(each for each in records if isinstance(each, Release | Held))
    if kept:
        return Reread(kept)
    failed = [f"a stage failed: {each.error}" for each in records if hasattr(each, "error")]
    if failed:
        return Reread(problem=failed[0])
    if outcome is None:
        return Reread()
    kind = f"{outcome.failure.value}: " if outcome.failure is not None else f"{outcome.state.value}: "
    return Reread(problem=f"{kind}{outcome.reason}")
