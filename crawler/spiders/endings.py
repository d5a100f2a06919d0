"""How an address ends, decided from what was fetched and read. Pure."""

from __future__ import annotations

from dataclasses import replace

from crawler.items import AddressState, Capture, Due, FailureKind, Outcome, ReleaseItem
from crawler.pages.challenge import judge_page
from crawler.pages.page import Page
from crawler.pages.reading import Reading
from crawler.source import Source

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


def failed(due: Due, kind: FailureKind, detail: str, status: int | None = None) -> Outcome:
    """An address that gave nothing, for a reason that may pass."""
    return Outcome(due.key, AddressState.FAILED, detail, kind, status)


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
    return failed(due, kind, detail, status)


def key_of(source: type[Source], item: ReleaseItem, due: Due) -> str:
    """The ledger key of an item: its own, else by its address, else that under which it was fetched."""
    return item.key or source.address_key(item.url) or due.key


def ending_by_reading(source: type[Source], due: Due, capture: Capture, reading: Reading) -> Outcome | None:
    """How the address ends by what the page says; None when the stages will tell."""
    if reading.failure is not None:
        return failed(due, reading.failure.kind, reading.failure.detail, capture.status)
    if reading.skipped is not None:
        return Outcome(due.key, AddressState.SKIPPED, reading.skipped, status=capture.status)
    keys = {key_of(source, item, due) for item in reading.items}
    if due.key in keys:
        return None
    # The site led to another address: the release is kept there, and this one is not asked again.
    leads = f"leads to {', '.join(sorted(keys))}"
    return Outcome(due.key, AddressState.SKIPPED, leads, status=capture.status)


def as_counted(outcome: Outcome | None) -> tuple[Outcome | None, str]:
    """How a counted address ended. A soft 404 is a page that is not there, as plainly as a 404."""
    if outcome is None or outcome.state in (AddressState.SKIPPED, AddressState.STORED):
        return outcome, READ
    if outcome.failure is FailureKind.SOFT_404:
        return replace(outcome, state=AddressState.GONE), MISSING
    return outcome, MISSING if outcome.state is AddressState.GONE else f"{FAILED}: {outcome.reason}"
