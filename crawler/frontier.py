"""Where a spider asks and tells: Protocols whose implementation the settings name.

`COMMUNIQUE_STORE` is the dotted path of a callable `(settings) -> Store`. Without it spiders work with
`MemoryStore`, which keeps the ledger for the length of one process and captures nothing.
All methods are synchronous and may block; spiders call them in a thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import RLock
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from weakref import WeakKeyDictionary

from crawler.items import Capture, Discovered, Due, Outcome, Release

if TYPE_CHECKING:
    # Storage imports this module too, and should not wait for Scrapy.
    from scrapy.crawler import Crawler


LEDGER_UNREACHABLE = "the ledger cannot be reached"
LEDGER_UNWRITABLE = "the ledger could not be written"
"""How the error of a run begins that failed for want of its database, not of its site: it is tried again."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is asked to do."""

    source: str
    started_by: str = "person"
    """`person`, `schedule`, `demo`, `ingest`."""
    since: date | None = None
    """First day wanted, in the source's zone; None: whatever is new."""
    until: date | None = None
    limit: int | None = None
    """Most releases to fetch; a run that stops there is complete in itself but its walks are not."""
    run_id: str | None = None
    """A run row that was made before (by the scheduler); None: make one."""
    definition_digest: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through one index, newest to oldest. See `Frontier.open_walk`."""

    id: int
    may_stop_at_settled: bool
    """True when an earlier walk of this index was finished and went back at least as far as this one is
    asked to: then a page of nothing but settled addresses ends the walk."""
    highest_number: int | None = None
    """For `Numbers`: the highest number ever recorded for this index."""
    floor: date | None = None
    """How far back the walk really goes: the floor asked for; asked for none, the earliest floor to which
    a walk of this index was ever finished (None when one went to the end, or none was finished)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the ledger knows of an address that an index just showed."""

    key: str
    due: bool
    """It should be fetched in this run (new, changed by its stamp, or its next try has come)."""
    settled: bool
    """It was shown by a walk that was finished, and needs nothing now."""
    known: bool = True
    """The ledger had it before: `Frontier.look_up` may have more to say of it."""


class Frontier(Protocol):
    """The ledger, seen from the spider."""

    def open_run(self, request: RunRequest) -> str:
        """Claim the run; returns its id. Raises RunInProgress when another process crawls this source."""

    def close_run(
        self, run: str, outcome: str, stats: Mapping[str, object], error: str | None = None
    ) -> None:
        """Record how the run ended: `finished`, `stopped` (limit, interrupt) or `failed`."""

    def beat(self, run: str, counts: Mapping[str, int]) -> None:
        """Say that the run is alive and how far it is."""

    def open_walk(self, run: str, source: str, index: str, floor: date | None) -> Walk:
        """Start walking an index down to `floor` (None: to its end). `index` names it within the source."""

    def record(self, run: str, walk: Walk, source: str, found: Sequence[Discovered]) -> list[Seen]:
        """Write addresses before they are fetched; says for each whether to fetch it. One transaction."""

    def close_walk(self, walk: Walk, *, complete: bool) -> None:
        """End a walk; only a complete one settles the addresses that it saw."""

    def due(
        self,
        source: str,
        *,
        now: datetime,
        since: date | None,
        until: date | None,
        after: str | None,
        limit: int,
        again: bool = False,
    ) -> list[Due]:
        """Addresses left over from earlier runs that are due, in key order after `after`, at most `limit`.

        So are those that were skipped as outside the window and lie in this one; asked for no first day,
        it reaches as far back as the walks of the source that were finished.
        With `again` those that are kept, stored or held, are due as well, changed or not, and those of which
        a release is kept and whose page was gone.
        """

    def revisits(self, source: str, *, now: datetime, budget: int) -> list[Due]:
        """Kept pages whose turn it is to be looked at again, the most urgent first (`crawler.revisits`)."""

    def look_up(self, source: str, keys: Sequence[str]) -> dict[str, Due]:
        """Validators (ETag, Last-Modified) and attempts of known addresses."""

    def settle(self, run: str, source: str, outcomes: Iterable[Outcome]) -> None:
        """Write how addresses ended that gave no release, and 304 answers.

        A 304 comes as state STORED with the reason "not modified".
        """


WARC_MIB = 1024
"""MiB at which a file of captures is full, where nobody says otherwise."""


class CaptureStore(Protocol):
    """The WARC store, seen from the crawler."""

    def write(self, run: str, capture: Capture, raw_body: bytes) -> Capture:
        """Append the response (body as it came, still encoded); returns the capture with place and digest."""

    def write_all(self, run: str, several: Sequence[tuple[Capture, bytes]]) -> list[Capture]:
        """`write` for each, at once."""

    def close(self) -> None:
        """Finish the open file; afterwards the store writes to a new one."""


class Store(Protocol):
    """Everything that the crawler needs kept."""

    @property
    def frontier(self) -> Frontier:
        """The ledger."""

    @property
    def captures(self) -> CaptureStore:
        """The WARC files."""

    def close(self) -> None:
        """Write what is buffered and let go of files and connections."""


@dataclass(frozen=True, slots=True)
class ReadFrom:
    """The capture that the kept state of a release was read from."""

    capture: Capture
    posted_on: date | None
    """As it is kept: the page may not say it."""


class Corrections(Protocol):
    """What is kept of releases, seen from whoever reads their pages again."""

    def other(self, source: str, key: str, digest: str) -> ReadFrom | None:
        """What a kept release was read from, when its content has another digest; None: it has that one, or
        nothing is kept of the release, or its capture cannot be read.
        """

    def correct(self, release: Release) -> int:
        """Keep what a capture says by today's reader in place of what is kept of it; how many states that
        changed. It is no revision: the site changed nothing.
        """


@runtime_checkable
class CorrectingStore(Store, Protocol):
    """A store whose releases can be put right."""

    @property
    def corrections(self) -> Corrections:
        """What is kept of releases."""


class RunInProgress(RuntimeError):
    """Another process is crawling this source; the message says which and since when."""


_stores: WeakKeyDictionary[Crawler, Store] = WeakKeyDictionary()
_runs: WeakKeyDictionary[Crawler, str] = WeakKeyDictionary()
_opening = RLock()


def store_of(crawler: Crawler) -> Store:
    """The store of this crawl, made at the first call from the setting COMMUNIQUE_STORE."""
    from scrapy.utils.misc import load_object

    with _opening:
        if crawler not in _stores:
            path = crawler.settings.get("COMMUNIQUE_STORE") or "crawler.memory_store.open_store"
            _stores[crawler] = load_object(path)(crawler.settings)
        return _stores[crawler]


def opened_store(crawler: Crawler) -> Store | None:
    """The store of this crawl, or None while nobody needed one."""
    return _stores.get(crawler)


def run_of(crawler: Crawler) -> str:
    """Id of the run of this crawl.

    Every crawl opens its run before its first request; where no crawl is started (`scrapy parse
    --pipelines`) the run is opened by the first call, which blocks and may raise RunInProgress.
    """
    with _opening:
        if crawler not in _runs:
            if crawler.spider is None:
                raise RuntimeError("no run: this crawler has no spider yet")
            request = RunRequest(source=crawler.spider.name)
            _runs[crawler] = store_of(crawler).frontier.open_run(request)
        return _runs[crawler]


def opened_run(crawler: Crawler) -> str | None:
    """Id of the run of this crawl, or None while none is open (`scrapy shell`)."""
    return _runs.get(crawler)


def open_run(crawler: Crawler, request: RunRequest) -> str:
    """Open the run of this crawl as asked for; blocks. Raises RunInProgress."""
    with _opening:
        if crawler in _runs:
            raise RuntimeError(f"run {_runs[crawler]} is open already")
        _runs[crawler] = store_of(crawler).frontier.open_run(request)
        return _runs[crawler]
