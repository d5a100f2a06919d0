"""What a spider of an archive asks and tells of the ledger: windows of its index, and captures of addresses.

Protocols; `storage` implements them. All methods are synchronous and may block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from crawler.archives.cdx import Row
from crawler.archives.choice import CaptureState, Shown
from crawler.frontier import Store
from crawler.items import AddressState, Due, FailureKind


@dataclass(frozen=True, slots=True)
class Window:
    """Some days of an archive's index that are asked for together, and how far that has come."""

    id: int
    since: date
    until: date
    """Both days are of captures, UTC, and included."""
    query: int = 0
    """Which of the source's queries is under way."""
    resume_key: str | None = None
    """Where its next answer begins; None: at the beginning."""
    attempts: int = 0
    """How often it was asked for in vain since it last went on."""


@dataclass(frozen=True, slots=True)
class Found:
    """A capture of one of the source's addresses, as the index shows it."""

    key: str
    """`Source.address_key` of its address."""
    row: Row


@dataclass(frozen=True, slots=True)
class Chain:
    """An address with all captures of it that the index showed."""

    due: Due
    captures: tuple[Shown, ...]
    kept_from_site: bool = False
    """A release is kept that was taken from the site itself."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a capture ended."""

    id: int
    state: CaptureState
    """PENDING: it was asked for in vain, and may be asked for again."""
    reason: str | None = None
    failure: FailureKind | None = None
    captured_at: datetime | None = None
    """When what the archive gave was really taken."""
    posted_on: date | None = None
    """Day that the page shows, where it was skipped because of it."""


class Archives(Protocol):
    """Windows and captures, seen from the spider of an archive."""

    def next_window(self, source: str, archive: str, since: date, until: date) -> Window | None:
        """The next window within these days whose index was not asked for to its end; None: there is none."""

    def record(
        self,
        run: str,
        source: str,
        archive: str,
        window: Window,
        found: Sequence[Found],
        shown: int,
        then: Window | None,
    ) -> int:
        """Write one answer of the index: its addresses to the ledger with their captures, and how the window
        goes on (None: it is done), in one transaction; returns how many addresses are new. `shown` is the
        number of rows in the answer, of whomever.
        """

    def split(self, window: Window, first_until: date) -> None:
        """Make two windows of one: it asked for more than the index gives at once."""

    def fail_window(self, run: str, window: Window, reason: str) -> None:
        """Say why a window could not be asked for; it stays open for the next run."""

    def chains(
        self,
        source: str,
        archive: str,
        *,
        since: date,
        until: date,
        now: datetime,
        after: str | None,
        limit: int,
    ) -> list[Chain]:
        """Addresses with captures on these days that are to be asked for, in key order after `after`."""

    def lead(self, run: str, source: str, archive: str, found: Found) -> bool:
        """An archived redirect led to another address of the source: note that capture, unless the index
        showed captures of it anyway; whether it is new.
        """

    def settle(
        self, run: str, source: str, archive: str, endings: Sequence[Ending]
    ) -> dict[str, AddressState]:
        """Write how captures ended, and how the addresses ended thereby, in one transaction; their new states
        by key."""


@runtime_checkable
class ArchiveStore(Store, Protocol):
    """A store that keeps what archives showed."""

    @property
    def archives(self) -> Archives:
        """Windows and captures."""
