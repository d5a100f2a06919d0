"""Stores that misbehave."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from datetime import datetime

from scrapy.settings import Settings

from crawler.frontier import RunInProgress, RunRequest
from crawler.items import AddressState, Capture, Due
from crawler.memory_store import MemoryCaptures, MemoryFrontier, MemoryStore
from tests.crawler import child


class _Full(MemoryCaptures):
    def write(self, run: str, capture: Capture, raw_body: bytes) -> Capture:
        if len(self.written) >= 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(run, capture, raw_body)


def full_after_twenty(settings: Settings) -> MemoryStore:
    """A disk that is full after twenty captures, more than are written together here."""
    store = child.open_store(settings)
    store.captures = _Full()
    return store


class _Busy(MemoryFrontier):
    def open_run(self, request: RunRequest) -> str:
        raise RunInProgress(f"{request.source} is being crawled already by run r7, since 10:15")


def busy(settings: Settings) -> MemoryStore:
    """Another process has the source."""
    store = MemoryStore()
    store.frontier = _Busy()
    return store


class _TakenOver(MemoryFrontier):
    beats = 0

    def beat(self, run: str, counts: Mapping[str, int]) -> None:
        self.beats += 1
        if self.beats > 1:
            raise RuntimeError(f"run {run} was taken for dead")
        super().beat(run, counts)


def taken_over(settings: Settings) -> MemoryStore:
    """A ledger that takes the run for dead after its first sign of life."""
    store = child.open_store(settings)
    store.frontier = _TakenOver()
    return store


class _Old(MemoryFrontier):
    def revisits(self, source: str, *, now: datetime, budget: int) -> list[Due]:
        kept = [key for key, entry in self.addresses[source].items() if entry.state is AddressState.STORED]
        return list(self.look_up(source, sorted(kept)[:budget]).values())


def old(settings: Settings) -> MemoryStore:
    """A ledger for which the turn of every kept page has come."""
    store = child.open_store(settings)
    store.frontier.__class__ = _Old
    return store
