"""What travels between a crawl and its reader (`crawler.frames` says how).

The reader handles what strangers wrote, so whatever it answers is taken apart with suspicion.
"""

from __future__ import annotations

from dataclasses import dataclass

from crawler.frames import Broken, Ready, travelling
from crawler.items import Capture, Discovered, Due, Held, Outcome, Release, ReleaseItem
from crawler.pages.index import IndexPage
from crawler.pages.reading import Failure
from crawler.pages.sitemap import Map
from crawler.spiders.arguments import Window


@dataclass(frozen=True, slots=True)
class Order:
    """What a reader is for; the first message that it gets."""

    definition: str
    """File of the source's definition."""
    window: Window
    stages: str | None
    """Dotted path of the function that makes records of items; None: items are given as they were read."""
    seconds: float
    """Longest that one task may take; then the process is ended."""
    path: tuple[str, ...]
    """Where modules are imported from, as in the crawl's process."""
    log_level: str


@dataclass(frozen=True, slots=True)
class ReadPage:
    """Read a release's page, and put what it says through the stages."""

    due: Due
    capture: Capture


@dataclass(frozen=True, slots=True)
class ReadIndex:
    """Read a page of an index."""

    discovery: int
    """Position among the source's ways of finding releases."""
    language: str | None
    capture: Capture


@dataclass(frozen=True, slots=True)
class Process:
    """Put items that an index held whole through the stages."""

    items: tuple[ReleaseItem, ...]


@dataclass(frozen=True, slots=True)
class StageFailed:
    """A stage raised an error on an item: a defect of ours."""

    key: str
    url: str
    error: str
    traceback: str


Record = ReleaseItem | Release | Held | StageFailed


@dataclass(frozen=True, slots=True)
class Read:
    """What a page came to."""

    outcome: Outcome | None
    """How its address ended; None: as the records tell."""
    records: tuple[Record, ...]
    discovered: tuple[Discovered, ...]
    by_fallback: int = 0
    """Items that were read without rules."""
    shape: str = ""
    """Of the page's markup (`crawler.pages.shape`); of a crawl's first HTML pages only."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of an index shows."""

    page: IndexPage


@dataclass(frozen=True, slots=True)
class Processed:
    """What items came to, one record for each."""

    records: tuple[Record, ...]


Task = ReadPage | ReadIndex | Process
Answer = Read | Shown | Processed | Broken | Ready

TYPES = travelling(
    *(Order, ReadPage, ReadIndex, Process, StageFailed, Read, Shown, Processed),
    *(IndexPage, Map, Failure, Window),
)
"""What travels between a crawl and its reader."""
