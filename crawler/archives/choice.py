"""Which captures of an address are asked for, in which order, and how the address ends. Pure.

Captures of equal content (the archive's digest) are one text: the first is asked for, the next where the
archive has lost that. A text that differs is another state of the page, and becomes a revision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from crawler.archives.cdx import REVISIT
from crawler.items import AddressState, FailureKind

MOST_TEXTS = 12
"""Different texts of one address that are asked for; a page with a visitor counter has thousands."""
_PAGES = frozenset(
    {
        "text/html", "application/xhtml+xml", "application/json", "application/pdf", "text/plain", "text/xml",
        "application/xml", "application/ld+json", "unk", REVISIT,
    }
)  # fmt: skip


class CaptureState(StrEnum):
    """Where a capture that an index showed stands; it ends in one of the last five."""

    PENDING = "pending"
    """Not asked for yet, or asked for in vain for a reason that may pass."""
    READ = "read"
    """A release (or a record that is held back) was read from it."""
    SKIPPED = "skipped"
    """Read, and no release, or outside the window."""
    UNUSABLE = "unusable"
    """What was captured is no page: a bot check, "not found", an unknown layout."""
    MISSING = "missing"
    """The archive does not have what its index shows."""
    SPARED = "spared"
    """Not asked for; the reason says why not."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A capture that an index showed, as the database has it."""

    id: int
    stamp: str
    url: str
    digest: str | None = None
    status: int | None = None
    mimetype: str | None = None
    state: CaptureState = CaptureState.PENDING
    reason: str | None = None
    failure: str | None = None
    """Why it gave no release; of a pending one, why it was asked for in vain."""
    next_try_at: datetime | None = None
    attempts: int = 0

    @property
    def is_page(self) -> bool:
        """Whether it may be a page: a success, or a revisit, of which the index knows no status."""
        success = self.status is None or 200 <= self.status < 300
        return success and (self.mimetype or "unk").lower() in _PAGES

    @property
    def is_redirect(self) -> bool:
        """Whether the site led elsewhere when it was taken."""
        return self.status is not None and 300 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Lineup:
    """The captures of one address, sorted out."""

    texts: tuple[tuple[Shown, ...], ...] = ()
    """To be asked for, oldest first; within a text whatever is asked for when the archive lost the first."""
    reserve: tuple[tuple[Shown, ...], ...] = ()
    """To be asked for when no text of those above could be read."""
    spared: tuple[Shown, ...] = ()
    """Not to be asked for, each with its reason."""


def line_up(captures: Sequence[Shown], most: int = MOST_TEXTS) -> Lineup:
    """Sort out the captures of one address: at most `most` texts, the first and the last among them."""
    by_time = sorted(captures, key=lambda each: (each.stamp, each.url))
    texts: dict[str, list[Shown]] = {}
    redirects: list[tuple[Shown, ...]] = []
    spared: list[Shown] = []
    for each in by_time:
        if each.is_page:
            texts.setdefault(each.digest or each.stamp, []).append(each)
        elif each.is_redirect:
            redirects.append((each,))
        else:
            answered = each.status is not None and each.status >= 400
            what = f"status {each.status}" if answered else f"no page: {each.mimetype}"
            spared.append(replace(each, reason=what))
    every = [tuple(each) for each in texts.values()]
    wanted = _spread(len(every), most)
    chosen = tuple(text for place, text in enumerate(every) if place in wanted)
    left = tuple(text for place, text in enumerate(every) if place not in wanted)
    # The last redirect leads to where the page went.
    return Lineup(chosen, (*left, *reversed(redirects)), tuple(spared))


def _spread(number: int, most: int) -> frozenset[int]:
    """Places of at most `most` among `number`, evenly spread, with the first and the last."""
    if number <= most:
        return frozenset(range(number))
    if most == 1:
        return frozenset({0})
    return frozenset(round(place * (number - 1) / (most - 1)) for place in range(most))


@dataclass(frozen=True, slots=True)
class End:
    """How an address ends of which an archive is all that is known."""

    state: AddressState
    reason: str
    failure: FailureKind | None = None
    next_try_at: datetime | None = None
    """None: asking the archive again would bring the same."""


def end_of(captures: Sequence[Shown]) -> End | None:
    """How the address ends by its captures; None while one is still to be asked for, or when one was read
    (then the pipelines have said how).
    """
    if any(each.state is CaptureState.READ for each in captures):
        return None
    waiting = [each for each in captures if each.state is CaptureState.PENDING]
    if any(each.failure is None for each in waiting):
        return None
    by_time = sorted(captures, key=lambda each: (each.stamp, each.url))
    if waiting:
        last = max(waiting, key=lambda each: each.stamp)
        tries = [each.next_try_at for each in waiting if each.next_try_at is not None]
        reason = last.reason or "the archive could not be asked"
        return End(AddressState.FAILED, reason, _kind(last.failure), min(tries, default=None))
    for state, ended in (
        (CaptureState.SKIPPED, AddressState.SKIPPED),
        (CaptureState.UNUSABLE, AddressState.FAILED),
    ):
        of_state = [each for each in by_time if each.state is state]
        if of_state:
            last = of_state[-1]
            return End(ended, _said(last, len(captures)), _kind(last.failure))
    missing = [each for each in by_time if each.state is CaptureState.MISSING]
    if missing:
        return End(AddressState.FAILED, _said(missing[-1], len(captures)), FailureKind.HTTP)
    last = by_time[-1]
    if last.status in (404, 410):
        return End(AddressState.GONE, _said(last, len(captures)), FailureKind.HTTP)
    return End(AddressState.SKIPPED, f"no capture is a page: {_said(last, len(captures))}")


def _said(capture: Shown, number: int) -> str:
    when = f"{capture.stamp[:4]}-{capture.stamp[4:6]}-{capture.stamp[6:8]}"
    others = f" (of {number})" if number > 1 else ""
    return f"capture of {when}{others}: {capture.reason or capture.state.value}"


def _kind(failure: str | None) -> FailureKind | None:
    return FailureKind(failure) if failure is not None else None
