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

from crawler.cycles import collect_less
from crawler.frames import Broken
from crawler.items import Capture, CapturePlace, Due, Held, Outcome, Release, ReleaseItem
from crawler.reading.messages import Read, ReadIndex, ReadPage, Shown, StageFailed
from crawler.reading.work import Work, through_stages
from crawler.source import registry
from crawler.spiders.arguments import Window
from storage.captures import CaptureUnreadable, read_capture

PIECE = 16
"""Captures that a process is given at a time."""
MOST_TOGETHER = 8 * 2**20
"""Bytes of bodies that are held at once."""
SECONDS = 60.0
"""Longest that a piece may take; then its captures are read one by one, and each may take so long."""


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


Reading = Callable[[Path, Sequence[Page]], list[Reread]]
_Opened = tuple[Page, Capture | Reread]
_Said = tuple[Sequence[ReleaseItem], Outcome | None]


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
        return read_some(self._captures, pages)


class InProcesses:
    """Reads in processes of their own. A context manager: leaving it ends them."""

    def __init__(self, captures: Path, jobs: int, reading: Reading | None = None) -> None:
        self._captures = captures
        self._jobs = jobs
        self._reading = reading or read_some
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
    collect_less()


def _read_piece(reading: Reading, captures: Path, pages: Sequence[Page]) -> list[Reread]:
    # Its default action ends this process, whatever library it is in.
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return reading(captures, pages)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@cache
def _work_of(source: str) -> Work:
    return Work(registry()[source], Window(), None)


def read_some(captures: Path, pages: Sequence[Page]) -> list[Reread]:
    """Captures, read and put through the stages; one answer for each. Pure, but for the files.

    All are unpacked, then all are read, then all go through the stages: a processor that does one thing at a
    time has at hand what that needs, and takes a third less time.
    """
    answers: list[Reread] = []
    opened: list[_Opened] = []
    size = 0
    for page in pages:
        try:
            capture = read_capture(captures, page.place)
        except CaptureUnreadable as error:
            opened.append((page, Reread(problem=f"capture unreadable: {error}")))
            continue
        opened.append((page, capture))
        size += len(capture.body)
        if size >= MOST_TOGETHER:
            answers += _read_opened(opened)
            opened, size = [], 0
    return answers + _read_opened(opened)


def _read_opened(opened: Sequence[_Opened]) -> list[Reread]:
    read = [_read(page, capture) if isinstance(capture, Capture) else capture for page, capture in opened]
    return [each if isinstance(each, Reread) else _through_stages(*each) for each in read]


def _read(page: Page, capture: Capture) -> Reread | _Said:
    """What a capture says, before the stages."""
    work = _work_of(page.source)
    if page.due is not None:
        answer = work.do(ReadPage(page.due, capture))
        if isinstance(answer, Read):
            # Without stages of its own the work gives items as they were read.
            return [each for each in answer.records if isinstance(each, ReleaseItem)], answer.outcome
        return Reread(problem=f"reading failed: {getattr(answer, 'error', '')}")
    shown = work.do(ReadIndex(page.discovery, page.language, capture))
    if isinstance(shown, Broken):
        return Reread(problem=f"reading failed: {shown.error}")
    if not isinstance(shown, Shown) or shown.page.failure is not None:
        failure = shown.page.failure if isinstance(shown, Shown) else None
        return Reread(problem=f"{failure.kind.value}: {failure.detail}" if failure else "no index")
    return tuple(replace(item, key=item.key or key) for key, item in shown.page.embedded.items()), None


def _through_stages(items: Sequence[ReleaseItem], outcome: Outcome | None) -> Reread:
    from pipelines.process import process

    kept: list[Release | Held] = []
    failed: str | None = None
    for item in items:
        record = through_stages(process, item)
        if isinstance(record, StageFailed):
            failed = failed or f"a stage failed: {record.error}"
        else:
            kept.append(record)
    if kept:
        return Reread(tuple(kept))
    if failed is not None:
        return Reread(problem=failed)
    if outcome is None:
        return Reread()
    kind = f"{outcome.failure.value}: " if outcome.failure is not None else f"{outcome.state.value}: "
    return Reread(problem=f"{kind}{outcome.reason}")
