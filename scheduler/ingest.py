"""Saved pages and WARC files on the same way that crawled pages take: ledger, capture, reading, pipelines.

Nothing is asked of any site. A page is written into the WARC store, read from there, and kept in batches;
what was taken in before is found again by address, time and digest, so that an interrupted intake is
simply begun again and a file taken in twice adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.frontier import RunRequest, Walk
from crawler.items import (
    AddressState,
    Capture,
    CapturePlace,
    Discovered,
    Due,
    FailureKind,
    Held,
    Origin,
    Outcome,
    Release,
    ReleaseItem,
)
from crawler.pages.index import read_index
from crawler.pages.read import Failure, read_page
from crawler.source import Source, crawled_sources, source_for, source_named
from pipelines.batch import keep
from pipelines.process import process
from scheduler.indexes import FoundIndex, index_at
from scheduler.saved import Form, SavedFile, address_in, page_in
from storage.captures import captures_in
from storage.encodings import BodyUnreadable
from storage.wacz import WaczBroken, warcs_in
from storage.warc import Responses, WarcBroken

if TYPE_CHECKING:
    from storage.store import SqlStore

BATCH = 50
"""Pages that are kept in one transaction, and held in memory at a time ..."""
BATCH_BYTES = 32 * 1024 * 1024
"""... unless they are large: then fewer."""

FILES = "(files)"
"""Name of the index that stands for saved files."""
SAVED = "saved"
"""Name of the source for pages of sites that no definition knows."""
PAGE_TYPES = frozenset(
    {"text/html", "application/xhtml+xml", "application/json", "text/plain", "application/ld+json"}
)
UNKNOWN_ADDRESS = "no source knows this address"
NO_ADDRESS = (
    "expected an address: the page names none itself (canonical link, og:url, address in a record); "
    "name it with --url"
)


class Fate(StrEnum):
    """What became of a page."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    HELD = "held"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one page of one file."""

    file: Path
    url: str | None
    source: str | None
    fate: Fate
    reason: str | None = None
    release: str | None = None
    """Id of the release."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person said about the files; None: find out."""

    source: type[Source] | None = None
    url: str | None = None
    origin: Origin | None = None
    """Where the captures of WARC files are from, where not as they say."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page on its way."""

    file: Path
    source: type[Source]
    url: str
    key: str
    capture: Capture
    index: FoundIndex | None = None
    """A page of this index instead; `key` is empty then."""


Tell = Callable[[Result], None]

_COUNTED = {Fate.NEW: "stored"}
"""Where a run counts a page under another name (as spiders do)."""


class Intake:
    """Takes saved pages in. A context manager: leaving it keeps what is pending and closes the runs."""

    def __init__(self, store: SqlStore, wish: Wish, tell: Tell) -> None:
        self._store = store
        self._wish = wish
        self._tell = tell
        self._runs: dict[str, tuple[str, Walk]] = {}
        self._pending: list[_Page] = []
        self._pending_bytes = 0
        self._by_source: dict[str, Counter[str]] = {}
        self._responses = Responses()
        self.counts: Counter[Fate] = Counter()
        """Pages by what became of them."""

    def __enter__(self) -> Intake:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        outcome, words = "finished", None
        if error is not None:
            outcome = "stopped" if isinstance(error, KeyboardInterrupt) else "failed"
            words = f"{type(error).__name__}: {error}".removesuffix(": ")
        try:
            if error is None:
                self._keep_pending()
        except BaseException as failed:
            outcome, words = "failed", f"{type(failed).__name__}: {failed}"
            raise
        finally:
            for source, (run, walk) in self._runs.items():
                self._store.frontier.close_walk(walk, complete=outcome == "finished")
                self._store.frontier.close_run(run, outcome, dict(self._by_source.get(source, {})), words)

    def take(self, file: SavedFile) -> None:
        """Take in one file: a page, or every page of a WARC or WACZ."""
        if file.form is Form.UNKNOWN:
            self._end(Result(file.path, None, None, Fate.SKIPPED, file.reason))
        elif file.form is Form.WARC:
            self._take_warc(file.path, file.path)
        elif file.form is Form.WACZ:
            self._take_wacz(file.path)
        else:
            self._take_page(file)

    def _take_wacz(self, path: Path) -> None:
        try:
            with warcs_in(path) as found:
                for warc in found:
                    self._take_warc(warc, path)
        except WaczBroken as error:
            self._end(Result(path, None, None, Fate.FAILED, str(error)))

    def _take_warc(self, warc: Path, path: Path) -> None:
        """`path` is the file that the person named."""
        try:
            for capture in captures_in(warc, earlier=self._responses):
                origin = self._wish.origin
                self._take_capture(path, replace(capture, origin=origin) if origin else capture)
        except (WarcBroken, BodyUnreadable) as error:
            # What came before the damage, or beside it, is in.
            self._end(Result(path, None, None, Fate.FAILED, str(error)))
        self._keep_pending()

    def _take_capture(self, path: Path, capture: Capture) -> None:
        if capture.status != 200:
            self._end(Result(path, capture.url, None, Fate.SKIPPED, f"answer {capture.status}, no page"))
            return
        wanted = crawled_sources().values() if self._wish.source is None else (self._wish.source,)
        index = index_at(capture.url, wanted)
        if index is not None:
            self._line_up(_Page(path, index.source, capture.url, "", capture, index))
            return
        content_type = (capture.header("Content-Type") or "").partition(";")[0].strip().lower()
        if content_type and content_type not in PAGE_TYPES:
            self._end(Result(path, capture.url, None, Fate.SKIPPED, f"no page: {content_type}"))
            return
        source = self._wish.source or source_for(capture.url)
        key = source.address_key(capture.url) if source is not None else None
        if source is None or key is None:
            reason = UNKNOWN_ADDRESS if source is None else f"no release of {source.name} by its address"
            self._end(Result(path, capture.url, None, Fate.SKIPPED, reason))
            return
        self._line_up(_Page(path, source, capture.url, key, capture))

    def _take_page(self, file: SavedFile) -> None:
        url = self._wish.url or address_in(file, self._wish.source)
        if url is None:
            self._end(Result(file.path, None, None, Fate.FAILED, NO_ADDRESS))
            return
        source = self._wish.source or source_for(url) or source_named(SAVED)
        key = source.address_key(url)
        if key is None:
            forms = " or ".join(each.pattern for each in source.addresses())
            reason = (
                f"expected an address of a release of {source.name} ({forms}), found {url}; "
                "name the right address with --url, or leave --source away"
            )
            self._end(Result(file.path, url, source.name, Fate.FAILED, reason))
            return
        self._line_up(_Page(file.path, source, url, key, page_in(file, url)))

    def _line_up(self, page: _Page) -> None:
        self._pending.append(page)
        self._pending_bytes += len(page.capture.body)
        if len(self._pending) >= BATCH or self._pending_bytes >= BATCH_BYTES:
            self._keep_pending()

    def _keep_pending(self) -> None:
        pages, self._pending, self._pending_bytes = self._pending, [], 0
        for source in dict.fromkeys(page.source for page in pages):
            ours = [page for page in pages if page.source is source]
            # In the order of the captures: what an index shows is known before its pages are read, and a
            # later page of it does not tell of changes that an earlier copy has not.
            for _, some in groupby(ours, key=lambda page: page.index is None):
                self._keep(list(some), source)

    def _keep(self, pages: list[_Page], source: type[Source]) -> None:
        """One batch of one source: into the ledger, into the WARC store, read from there, kept."""
        run, walk = self._run(source)
        found = [
            Discovered(page.key, page.url, found_in=f"file:{page.file.name}")
            for page in pages
            if page.index is None
        ]
        seen = self._store.frontier.record(run, walk, source.name, found)
        # What is kept already stays as it is, whatever an old copy of its page says.
        due = {each.key for each in seen if each.due}
        known = self._store.frontier.look_up(source.name, [each.key for each in found])
        places = [self._place(run, page) for page in pages]
        self._store.captures.flush()
        batch: list[tuple[_Page, Release | Held]] = []
        outcomes: list[Outcome] = []
        named: list[Discovered] = []
        for page, place in zip(pages, places, strict=True):
            capture = self._store.captures.read(place)
            said = (
                _said(page, capture, known[page.key]) if page.index is None else _shown(page.index, capture)
            )
            if said.listed is not None:
                self._end(Result(page.file, page.url, None, Fate.SKIPPED, said.listed))
            batch += [(page, record) for record in said.records]
            outcomes += said.outcomes
            named += said.named
            for outcome in said.outcomes:
                fate = Fate.SKIPPED if outcome.state is AddressState.SKIPPED else Fate.FAILED
                self._end(Result(page.file, page.url, source.name, fate, outcome.reason))
        if named and source.discoveries():
            # Other languages that pages name, and what indexes list: for the next crawl, unless they
            # come out of a file first.
            self._store.frontier.record(run, walk, source.name, named)
        self._store_batch(run, batch)
        self._store.frontier.settle(run, source.name, [each for each in outcomes if each.key in due])
        self._store.frontier.beat(run, self._by_source[source.name])

    def _run(self, source: type[Source]) -> tuple[str, Walk]:
        """The run of a source, claimed when its first page comes. Raises RunInProgress."""
        if source.name not in self._runs:
            run = self._store.frontier.open_run(RunRequest(source.name, started_by="ingest"))
            self._by_source[source.name] = Counter()
            self._runs[source.name] = (run, self._store.frontier.open_walk(run, source.name, FILES, None))
        return self._runs[source.name]

    def _place(self, run: str, page: _Page) -> CapturePlace:
        """Where the page's capture lies: where it was put before, or now is written."""
        store = self._store.captures
        place = store.find(page.capture) or store.write(run, page.capture, page.capture.body).place
        if place is None:
            raise LookupError(f"{page.url}: the capture was written and has no place")
        return place

    def _store_batch(self, run: str, batch: list[tuple[_Page, Release | Held]]) -> None:
        # Two captures of one address are two states of it, so they are kept one after the other.
        for some in _rounds(batch):
            result = keep(self._store.database, run, [record for _, record in some], datetime.now(UTC))
            saved = iter(result.saved)
            for page, record in some:
                if isinstance(record, Held):
                    reason = f"{record.reason}: {record.detail}"
                    self._end(Result(page.file, record.url, record.source, Fate.HELD, reason))
                else:
                    done = next(saved)
                    fate = Fate(done.change.value)
                    self._end(Result(page.file, record.url, record.source, fate, None, done.release_id))

    def _end(self, result: Result) -> None:
        self.counts[result.fate] += 1
        if result.source in self._by_source:
            self._by_source[result.source][_COUNTED.get(result.fate, result.fate.value)] += 1
        self._tell(result)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a capture says, cleaned."""

    records: tuple[Release | Held, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    """How addresses ended that gave no release."""
    named: tuple[Discovered, ...] = ()
    """Further addresses of the source."""
    listed: str | None = None
    """Of an index without releases in it: what it showed."""


def _shown(index: FoundIndex, capture: Capture) -> _Said:
    shown = read_index(index.source, index.discovery, capture, index.language)
    if index.holds_releases:
        if shown.failure is not None:
            return _Said(outcomes=(_failed("", shown.failure, capture),))
        items = [replace(item, key=item.key or key) for key, item in shown.embedded.items()]
        return _cleaned(items, shown.entries)
    if shown.failure is not None:
        # No release is lost by it, and past the last page of an index that is its end.
        return _Said(listed=f"an index: {shown.failure.kind.value}: {shown.failure.detail}")
    return _Said(
        named=shown.entries, listed=f"an index: {len(shown.entries)} addresses of {index.source.name}"
    )


def _said(page: _Page, capture: Capture, hint: Due) -> _Said:
    """`hint` is what the ledger has of the page, as for one that is crawled."""
    reading = read_page(page.source, capture, hint)
    if reading.skipped is not None:
        return _Said(
            outcomes=(Outcome(page.key, AddressState.SKIPPED, reading.skipped, None, capture.status),)
        )
    if reading.failure is not None:
        return _Said(outcomes=(_failed(page.key, reading.failure, capture),))
    return _cleaned(reading.items, reading.discovered)


def _failed(key: str, failure: Failure, capture: Capture) -> Outcome:
    reason = f"{failure.kind.value}: {failure.detail}"
    return Outcome(key, AddressState.FAILED, reason, failure.kind, capture.status)


def _cleaned(items: Sequence[ReleaseItem], named: Sequence[Discovered]) -> _Said:
    records: list[Release | Held] = []
    outcomes: list[Outcome] = []
    for item in items:
        try:
            records.append(process(item))
        except Exception as error:  # noqa: BLE001 - a defect of a stage: shown, and the other pages go on
            reason = f"a stage failed: {type(error).__name__}: {error}"
            outcomes.append(Outcome(item.key or "", AddressState.FAILED, reason, FailureKind.STAGE))
    return _Said(tuple(records), tuple(outcomes), tuple(named))


def _rounds(records: list[tuple[_Page, Release | Held]]) -> Iterator[list[tuple[_Page, Release | Held]]]:
    """The records in pieces in which no address comes twice, in order."""
    some: list[tuple[_Page, Release | Held]] = []
    keys: set[tuple[str, str]] = set()
    for page, record in records:
        if (record.source, record.key) in keys:
            yield some
            some, keys = [], set()
        some.append((page, record))
        keys.add((record.source, record.key))
    if some:
        yield some
