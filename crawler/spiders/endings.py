"""How an address ends, decided from what was fetched and read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crawler.asked_waits import ASKS_TO_WAIT, asked_wait
from crawler.items import (
    OUTSIDE_WINDOW,
    AddressState,
    Capture,
    Due,
    FailureKind,
    Outcome,
    ReleaseItem,
)
from crawler.pages.challenge import judge_page
from crawler.pages.page import Page
from crawler.pages.reading import Reading
from crawler.source import Source
from crawler.spiders.arguments import Window

NOT_MODIFIED = "not modified"
"""Reason of an address whose validators still hold (304): the ledger leaves it as it was."""

MISSING = "missing"
FAILED = "failed"
READ = "read"
"""How a counted address ended, for whoever counts on; what failed says why after the word."""

_GONE = (404, 410)
_BLOCKS = (FailureKind.CHALLENGE, FailureKind.LOGIN_WALL)


def is_block(kind: FailureKind, status: int | None) -> bool:
    """Whether this answer means that the host does not want to be asked right now."""
    return kind in _BLOCKS or status == 429


def refusal(capture: Capture) -> tuple[FailureKind, str]:
    """What a status other than success means: a challenge where the page is one, else the status."""
    found = judge_page(Page(capture))
    if found is not None and found.kind in _BLOCKS:
        return found.kind, f"status {capture.status}, {found.detail}"
    wait = capture.header("Retry-After")
    return FailureKind.HTTP, f"status {capture.status}" + (f", Retry-After: {wait}" if wait else "")


def failed(
    due: Due, kind: FailureKind, detail: str, status: int | None = None, retry_after: float | None = None
) -> Outcome:
    """An address that gave nothing, for a reason that may pass."""
    return Outcome(due.key, AddressState.FAILED, detail, kind, status, retry_after=retry_after)


def ending_by_status(due: Due, capture: Capture) -> Outcome | None:
    """How the address ends by the status alone; None when there is a page to read."""
    status = capture.status
    if 200 <= status < 300:
        return None
    if status == 304:
        return Outcome(due.key, AddressState.STORED, NOT_MODIFIED, status=status)
    if status in _GONE:
        return Outcome(due.key, AddressState.GONE, f"status {status}", FailureKind.HTTP, status)
    kind, detail = refusal(capture)
    wait = asked_wait(capture.header("Retry-After"), capture.captured_at) if status in ASKS_TO_WAIT else None
    return failed(due, kind, detail, status, wait)


def with_keys(
    source: type[Source], due: Due, capture: Capture, items: Sequence[ReleaseItem]
) -> tuple[ReleaseItem, ...]:
    """Items with the ledger key under which each is kept.

    A page that the site moved is kept under the address that it has now: whoever links to the old one
    and whoever links to the new one mean the same release.
    """
    moved = source.address_key(capture.final_url) if capture.final_url else None
    if moved is not None and moved != due.key:
        return tuple(replace(item, key=_moved(item.key or due.key, due.key, moved)) for item in items)
    return tuple(
        item if item.key else replace(item, key=source.address_key(item.url) or due.key) for item in items
    )


def _moved(key: str, old: str, new: str) -> str:
    """The key after a move; parts of a page move with it (`<page>#<part>`)."""
    page, mark, part = key.partition("#")
    return f"{new}{mark}{part}" if page == old.partition("#")[0] else key


def ending_by_reading(
    due: Due, capture: Capture, reading: Reading, items: Sequence[ReleaseItem]
) -> Outcome | None:
    """How the address ends by what the page says; None when the stages will tell. `items` have their keys."""
    if reading.failure is not None:
        return failed(due, reading.failure.kind, reading.failure.detail, capture.status)
    if reading.skipped is not None:
        return Outcome(due.key, AddressState.SKIPPED, reading.skipped, status=capture.status)
    keys = {item.key or "" for item in items}
    if due.key in keys:
        return None
    # The release is kept at the address that it has now, and this one is not asked for again.
    leads = f"leads to {', '.join(sorted(keys))}"
    return Outcome(due.key, AddressState.SKIPPED, leads, status=capture.status)


def ending_by_window(
    window: Window, due: Due, capture: Capture, items: Sequence[ReleaseItem]
) -> Outcome | None:
    """How the address ends that no index told the day of, when its page shows one outside the window.

    None when the page lies in the window, shows no day (it may), or is kept already.
    """
    days = [item.posted_on for item in items]
    if due.kept or due.posted_on is not None or not days or any(map(window.holds, days)):
        return None
    return Outcome(
        due.key,
        AddressState.SKIPPED,
        OUTSIDE_WINDOW,
        status=capture.status,
        posted_on=max(filter(None, days)),
    )


def as_counted(outcome: Outcome | None) -> tuple[Outcome | None, str]:
    """How a counted address ended. A soft 404 is a page that is not there, as plainly as a 404."""
    if outcome is None or outcome.state in (AddressState.SKIPPED, AddressState.STORED):
        return outcome, READ
    if outcome.failure is FailureKind.SOFT_404:
        return replace(outcome, state=AddressState.GONE), MISSING
    return outcome, MISSING if outcome.state is AddressState.GONE else f"{FAILED}: {outcome.reason}"
