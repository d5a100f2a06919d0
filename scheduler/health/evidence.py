"""What the judgement of a source rests on. Plain values: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from storage.health import NewestGone


class Health(StrEnum):
    """The one state of a source."""

    HEALTHY = "healthy"
    QUIET = "quiet"
    """Nothing new for a while, as has happened before."""
    SILENT = "silent"
    """Nothing new for longer than the source's own gaps allow, weekends and holidays counted in."""
    BLOCKED = "blocked"
    """The site refuses, cannot be reached, or forbids what it allowed."""
    CHALLENGED = "challenged"
    """A challenge (captcha, "checking your browser") stands in front of the site."""
    LAYOUT_CHANGED = "layout changed"
    """Index or pages are not read by the source's rules any more."""
    PARTIAL = "partial"
    """Some of what the site shows does not come in."""
    ALL_HELD = "all held back"
    """Pages are fetched and read, and every one is held back."""
    FAILING_TO_STORE = "failing to store"
    """A stage or the database fails: the defect is ours."""
    PAUSED = "paused"
    """A person said so."""
    NEVER_RUN = "never run"


GOOD = frozenset({Health.HEALTHY, Health.QUIET, Health.PAUSED, Health.NEVER_RUN})
"""States that nobody needs to be told of."""


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """What one whole run (no window, no limit) tells."""

    run: str
    started_at: datetime
    state: str
    """As in the ledger; `lost` when its process is gone and nobody has closed it."""
    error: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    """As runs count: listed, listed_known, discovered, fetched, stored, revised, unchanged, held ..."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Addresses that failed, by kind (`crawler.items.FailureKind`)."""
    broken: Mapping[str, int] = field(default_factory=dict)
    """What made the run as a whole fail, by kind."""
    statuses: Mapping[str, int] = field(default_factory=dict)
    """Answers by HTTP status."""
    filled: Mapping[str, int] = field(default_factory=dict)
    """Of the releases that are new with this run: how many have each field."""
    releases: int = 0
    """How many releases `filled` rests on."""
    held: Mapping[str, int] = field(default_factory=dict)
    """Records that it held back, by reason."""
    shapes: tuple[str, ...] = ()
    """Of the markup of its first pages (`crawler.pages.shape`)."""

    def count(self, *names: str) -> int:
        """Sum of counts."""
        return sum(self.counts.get(name, 0) for name in names)

    @property
    def kept(self) -> int:
        """Pages that became, or were already, releases."""
        return self.count("stored", "revised", "unchanged", "not_modified")

    @property
    def asked(self) -> int:
        """Addresses of which this run told how they ended. A number that nobody promised is none of them."""
        return self.kept + self.count("held", "failed", "gone", "skipped")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A release with the publisher's own number."""

    number: int
    day: date
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is looked at to judge one source."""

    source: str
    now: datetime
    today: date
    """The day it is where the source is."""
    every: timedelta
    """How often it is crawled."""
    at_least: int
    """Releases in a week, by its definition."""
    at_most: int
    of_today: float = 0.0
    """Part of that day that is over."""
    paused: str | None = None
    """Who paused it and why; None: it is not paused."""
    runs: tuple[RunEvidence, ...] = ()
    """Whole runs, the latest first; runs with a window or a limit are left out."""
    posted: Mapping[date, int] = field(default_factory=dict)
    """Addresses that the site showed, by the day on which they were posted: a year or two."""
    holidays: frozenset[date] = frozenset()
    """Public holidays where the source is, over the same time."""
    filled: Mapping[str, int] = field(default_factory=dict)
    """Of earlier releases: how many have each field."""
    releases: int = 0
    """How many releases `filled` rests on."""
    newest_gone: tuple[NewestGone, ...] = ()
    """Indexes that the latest run found without the newest entries which they had."""
    numbered: tuple[Numbered, ...] = ()
    """The latest releases with the publisher's own numbers, of one series; any order."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a source stands, and why."""

    health: Health
    reason: str
    """For a person: what was expected, what was found."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What the reason rests on, in numbers."""
