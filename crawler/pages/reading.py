"""What reading gives: items, a reason to skip, or a failure. Never an exception for what a site sent."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.items import Discovered, FailureKind, ReleaseItem


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a page or an index could not be read."""

    kind: FailureKind
    detail: str
    """For a person: what was expected, what was found."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page says; exactly one of items, skipped and failure is there."""

    items: tuple[ReleaseItem, ...] = ()
    skipped: str | None = None
    """Why the page is no release ("a column"), by the definition."""
    failure: Failure | None = None
    discovered: tuple[Discovered, ...] = ()
    """Further addresses of the same source that the page names: its other languages."""

    def __post_init__(self) -> None:
        if (bool(self.items) + (self.skipped is not None) + (self.failure is not None)) != 1:
            raise ValueError("a reading is either items, or skipped, or a failure")


@dataclass(frozen=True, slots=True)
class Unfit:
    """A layout does not apply to a page: the rules that found nothing."""

    rules: tuple[str, ...]

    @property
    def note(self) -> str:
        """For the item's notes: "rules failed: title, body"."""
        return "rules failed: " + ", ".join(self.rules)
