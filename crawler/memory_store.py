"""A store that keeps everything in memory, for the length of one process, and captures nothing to disk.

It is what spiders work with when no storage is named, and what they are tested with: the rules of
the ledger (`crawler.frontier.Frontier`) in their shortest form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from itemadapter import ItemAdapter
from scrapy.crawler import Crawler

from crawler.frontier import RunInProgress, RunRequest, Seen, Walk, store_of
from crawler.items import OUTSIDE_WINDOW, AddressState, Capture, Discovered, Due, FailureKind, Outcome

FIRST_RETRY = timedelta(minutes=10)
"""Wait before a failed address is tried again; doubles with each attempt."""
LONGEST_ASKED = timedelta(days=7)
"""Longest that a site's Retry-After puts off the next try."""


@dataclass(slots=True)
class Entry:
    """One row of the ledger."""

    found: Discovered
    state: AddressState = AddressState.DISCOVERED
    reason: str = ""
    failure: FailureKind | None = None
    attempts: int = 0
    next_try_at: datetime | None = None
    fetched_modified: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    posted_on: date | None = None
    """Day by the page itself, where it was skipped for that."""
    settled_in: set[str] = field(default_factory=set)


@dataclass(slots=True)
class KeptRun:
    """How a run went."""

    request: RunRequest
    state: str = "running"
    counts: dict[str, int] = field(default_factory=dict)
    stats: dict[str, object] = field(default_factory=dict)
    error: str | None = None


@dataclass(slots=True)
class KeptWalk:
    """One walk, with the keys that it saw."""

    source: str
    index: str
    floor: date | None
    seen: set[str] = field(default_factory=set)
    complete: bool | None = None


class MemoryFrontier:
    """The ledger in dictionaries. Implements `crawler.frontier.Frontier`."""

    def __init__(self) -> None:
        self.runs: dict[str, KeptRun] = {}
        self.walks: list[KeptWalk] = []
        self.addresses: dict[str, dict[str, Entry]] = {}

    def open_run(self, request: RunRequest) -> str:
        """See Frontier."""
        for name, kept in self.runs.items():
            if kept.state == "running" and kept.request.source == request.source:
                raise RunInProgress(f"{request.source} is being crawled already by run {name}")
        name = request.run_id or f"run-{len(self.runs) + 1}"
        self.runs[name] = KeptRun(request)
        return name

    def close_run(
        self, run: str, outcome: str, stats: Mapping[str, object], error: str | None = None
    ) -> None:
        """See Frontier."""
        kept = self.runs[run]
        kept.state, kept.stats, kept.error = outcome, dict(stats), error

    def beat(self, run: str, counts: Mapping[str, int]) -> None:
        """See Frontier."""
        self.runs[run].counts = dict(counts)

    def open_walk(self, run: str, source: str, index: str, floor: date | None) -> Walk:
        """See Frontier."""
        finished = [
            kept for kept in self.walks if kept.complete and (kept.source, kept.index) == (source, index)
        ]
        if floor is None and finished:
            floors = [kept.floor for kept in finished if kept.floor is not None]
            floor = min(floors) if len(floors) == len(finished) else None
        deep_enough = any(
            kept.floor is None or (floor is not None and kept.floor <= floor) for kept in finished
        )
        numbers = [
            int(found[-1])
            for key, entry in self.addresses.get(source, {}).items()
            if entry.state is not AddressState.GONE and (found := re.findall(r"\d+", key))
        ]
        self.walks.append(KeptWalk(source, index, floor))
        return Walk(
            id=len(self.walks) - 1,
            may_stop_at_settled=deep_enough,
            highest_number=max(numbers, default=None),
            floor=floor,
        )

    def record(self, run: str, walk: Walk, source: str, found: Sequence[Discovered]) -> list[Seen]:
        """See Frontier."""
        known = self.addresses.setdefault(source, {})
        kept = self.walks[walk.id]
        seen = []
        for each in found:
            entry = known.get(each.key)
            if entry is None:
                entry = known[each.key] = Entry(each)
            else:
                entry.found = each
            kept.seen.add(each.key)
            due = _is_due(entry, datetime.now(UTC))
            seen.append(Seen(each.key, due=due, settled=kept.index in entry.settled_in and not due))
        return seen

    def close_walk(self, walk: Walk, *, complete: bool) -> None:
        """See Frontier."""
        kept = self.walks[walk.id]
        kept.complete = complete
        if complete:
            for key in kept.seen:
                self.addresses[kept.source][key].settled_in.add(kept.index)
        kept.seen = set()

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
        """See Frontier."""
        found = []
        for key in sorted(self.addresses.get(source, {})):
            entry = self.addresses[source][key]
            posted = entry.posted_on or entry.found.posted_on
            outside = posted is not None and (
                (since is not None and posted < since) or (until is not None and posted > until)
            )
            if (
                (after is None or key > after)
                and not outside
                and (
                    _is_due(entry, now)
                    or entry.reason == OUTSIDE_WINDOW
                    or (again and entry.state in (AddressState.STORED, AddressState.HELD))
                )
            ):
                found.append(_due(entry))
        return found[:limit]

    def revisits(self, source: str, *, now: datetime, budget: int) -> list[Due]:
        """See Frontier; what is kept for the length of one process is never old enough."""
        return []

    def look_up(self, source: str, keys: Sequence[str]) -> dict[str, Due]:
        """See Frontier."""
        known = self.addresses.get(source, {})
        return {key: _due(known[key]) for key in keys if key in known}

    def settle(self, run: str, source: str, outcomes: Iterable[Outcome]) -> None:
        """See Frontier."""
        known = self.addresses.setdefault(source, {})
        for outcome in outcomes:
            if outcome.key not in known:
                known[outcome.key] = Entry(Discovered(outcome.key, outcome.key, "settled"))
            entry = known[outcome.key]
            entry.state, entry.reason, entry.failure = outcome.state, outcome.reason, outcome.failure
            entry.fetched_modified, entry.posted_on = entry.found.modified, outcome.posted_on
            if outcome.state is AddressState.FAILED:
                entry.attempts += 1
                asked = timedelta(seconds=min(outcome.retry_after or 0.0, LONGEST_ASKED.total_seconds()))
                back_off = FIRST_RETRY * 2 ** min(entry.attempts - 1, 10)
                entry.next_try_at = datetime.now(UTC) + max(back_off, asked)
            else:
                entry.attempts, entry.next_try_at = 0, None

    def keep_stored(
        self, source: str, key: str, url: str, etag: str | None = None, last_modified: str | None = None
    ) -> None:
        """Mark an address as stored, as the persist stage does, with the validators of its response."""
        known = self.addresses.setdefault(source, {})
        entry = known.setdefault(key, Entry(Discovered(key, url, "item")))
        entry.state, entry.reason, entry.attempts, entry.next_try_at = AddressState.STORED, "", 0, None
        entry.fetched_modified = entry.found.modified
        entry.etag, entry.last_modified = etag, last_modified


def _is_due(entry: Entry, now: datetime) -> bool:
    if entry.state is AddressState.DISCOVERED:
        return True
    if entry.state is AddressState.FAILED:
        return entry.next_try_at is None or entry.next_try_at <= now
    return entry.found.modified is not None and entry.found.modified != entry.fetched_modified


def _due(entry: Entry) -> Due:
    found = entry.found
    return Due(
        found.key,
        found.url,
        attempts=entry.attempts,
        etag=entry.etag,
        last_modified=entry.last_modified,
        title=found.title,
        kind=found.kind,
        posted_on=entry.posted_on or found.posted_on,
        language=found.language,
        posted_at=found.posted_at,
        kept=entry.state in (AddressState.STORED, AddressState.HELD),
        read=entry.state in (AddressState.STORED, AddressState.HELD, AddressState.SKIPPED),
    )


class MemoryCaptures:
    """Counts captures and gives each its digest. Implements `crawler.frontier.CaptureStore`."""

    def __init__(self) -> None:
        self.written: list[tuple[str, int, int]] = []
        """Address, status, and length of the body as it came."""

    def write(self, run: str, capture: Capture, raw_body: bytes) -> Capture:
        """See CaptureStore; the capture gets no place."""
        self.written.append((capture.url, capture.status, len(raw_body)))
        return replace(capture, digest="sha256:" + hashlib.sha256(capture.body).hexdigest())

    def write_all(self, run: str, several: Sequence[tuple[Capture, bytes]]) -> list[Capture]:
        """See CaptureStore."""
        return [self.write(run, *each) for each in several]

    def close(self) -> None:
        """Nothing to close."""


class MemoryStore:
    """Implements `crawler.frontier.Store`."""

    def __init__(self) -> None:
        self.frontier = MemoryFrontier()
        self.captures = MemoryCaptures()
        self.items: list[Any] = []
        """What `KeepItems` was given."""

    def close(self) -> None:
        """Nothing to close."""


def open_store(settings: object) -> MemoryStore:
    """A new, empty store."""
    return MemoryStore()


class KeepItems:
    """An item pipeline for work without storage: keeps the items and marks their addresses as stored."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KeepItems:
        """As Scrapy makes pipelines."""
        return cls(crawler)

    def process_item(self, item: object) -> object:
        """Keep one item."""
        store = store_of(self._crawler)
        if not isinstance(store, MemoryStore):
            raise TypeError(f"KeepItems works with MemoryStore only, not with {type(store).__name__}")
        view = ItemAdapter(item)
        store.items.append(item)
        store.frontier.keep_stored(
            str(view["source"]),
            str(view.get("key") or view["url"]),
            str(view["url"]),
            view.get("etag"),
            view.get("last_modified"),
        )
        return item
