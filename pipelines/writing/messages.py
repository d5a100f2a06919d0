"""What travels between a crawl and the process that writes for it (`crawler.frames` says how)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crawler.frames import travelling
from crawler.items import Held, Release


@dataclass(frozen=True, slots=True)
class WriterOrder:
    """What a writer is for; the first message that it gets."""

    database: str
    """URL, with its password."""
    patience: float
    """Seconds for which a transaction waits to begin while the server is away."""
    run: str
    """Id of the run that finds the records."""
    clock: str | None
    """File that tells the time, in rehearsals; None: the system's clock."""
    path: tuple[str, ...]
    """Where modules are imported from, as in the crawl's process."""
    log_level: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to be stored and linked together."""

    records: tuple[Release | Held, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch."""

    counts: Mapping[str, int]
    """As runs count (`pipelines.batch.BatchResult`)."""
    failed: tuple[tuple[int, str], ...]
    """Records that could not be stored, by their position, and why."""


TYPES = travelling(WriterOrder, Batch, Stored)
