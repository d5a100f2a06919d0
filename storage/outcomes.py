"""What becomes of an address: pure rules from its row and what happened to the next row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.items import AddressState, Outcome
from storage.absences import Absence, says_missing

NOT_MODIFIED = "not modified"
"""Reason that a spider gives, with state STORED, for a 304 answer."""

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=24)
LONGEST_ASKED = timedelta(days=7)
"""A site that asks to be left alone for longer is asked again all the same."""
GONE_AGAIN = timedelta(hours=20)
"""A page that is gone is asked for again when an index still shows it, but not sooner than this: indexes
show pages a moment before they exist. Under a day, so that a daily crawl asks daily."""
WESTERNMOST = timedelta(hours=12)
"""A local time is at most so long ago, in UTC."""


def is_due(
    state: AddressState,
    next_try_at: datetime | None,
    modified: str | None,
    fetched_modified: str | None,
    now: datetime,
) -> bool:
    """Whether a known address that an index shows, now with the stamp `modified`, should be fetched."""
    changed = modified is not None and modified != fetched_modified
    if state is AddressState.DISCOVERED:
        return True
    if state is AddressState.FAILED:
        # Whatever its stamp: one that was never fetched differs from it for ever.
        return next_try_at is None or next_try_at <= now
    if state is AddressState.GONE:
        return changed or next_try_at is None or next_try_at <= now
    if state is AddressState.SKIPPED:
        return False
    # A page that is missing, and not gone yet, waits for its next try whatever its stamp.
    return changed if next_try_at is None else next_try_at <= now


def says_nothing_new(stamp: str, fetched_at: datetime | None) -> bool:
    """Whether the first change stamp that an index shows of a page is older than what was fetched of it.

    A page that another page named (its translation) may be fetched before its own index is read. A stamp
    that is no ISO time tells nothing; one without a zone may be of any.
    """
    if fetched_at is None:
        return False
    try:
        changed_at = datetime.fromisoformat(stamp)
    except ValueError:
        return False
    if changed_at.tzinfo is None:
        changed_at = changed_at.replace(tzinfo=UTC) + WESTERNMOST
    return changed_at <= fetched_at


def retry_after(key: str, attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: five minutes, doubling up to a day.

    Spread by up to a quarter more, by the key, so that what failed together is not tried together.
    """
    spread = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest()) / 2**32
    doubled = FIRST_RETRY * (1 << min(max(attempts, 1) - 1, 12))
    return min(doubled, LONGEST_RETRY) * (1 + spread / 4)


def row_after(
    row: Mapping[str, Any],
    outcome: Outcome,
    kept_as: AddressState | None,
    now: datetime,
    absence: Absence | None = None,
) -> dict[str, Any]:
    """The row of an address after an outcome.

    `kept_as` is what the address has in the database beside its row: STORED with a release, HELD with a
    held record, None with neither; `absence`, how a page that is kept and was missing stands now. Raises
    ValueError for states that only pipelines give.
    """
    if absence is not None and says_missing(outcome):
        return {
            **row,
            "state": AddressState.STORED if absence.confirmed_at is None else AddressState.GONE,
            "reason": absence.reason,
            "failure": outcome.failure,
            "status": outcome.status,
            "attempts": 0,
            "fetched_modified": row["modified"],
            "next_try_at": absence.next_try_at,
        }
    if outcome.state is AddressState.STORED and outcome.reason == NOT_MODIFIED:
        return {**row, **_fetched(row, outcome, now), **_unmodified(row, kept_as), "next_try_at": None}
    if outcome.state is AddressState.FAILED:
        attempts = row["attempts"] + 1
        return {
            **row,
            "state": AddressState.FAILED,
            "reason": outcome.reason,
            "failure": outcome.failure,
            "status": outcome.status,
            "attempts": attempts,
            "next_try_at": now + max(retry_after(row["key"], attempts), _asked(outcome)),
        }
    if outcome.state is AddressState.GONE:
        ended: dict[str, Any] = {"state": AddressState.GONE, "next_try_at": now + GONE_AGAIN}
    elif outcome.state is AddressState.SKIPPED:
        ended = {
            "state": AddressState.SKIPPED,
            "next_try_at": None,
            "posted_on": row["posted_on"] or outcome.posted_on,
        }
    else:
        raise ValueError(
            f"{outcome.key}: a spider settles addresses as skipped, failed, gone or not modified, "
            f"not as {outcome.state.value} ({outcome.reason})"
        )
    return {
        **row,
        **_fetched(row, outcome, now),
        **ended,
        "reason": outcome.reason,
        "failure": outcome.failure,
    }


def _asked(outcome: Outcome) -> timedelta:
    """How long the site asked to be left alone, within reason."""
    seconds = min(outcome.retry_after or 0.0, LONGEST_ASKED.total_seconds())
    return timedelta(seconds=max(seconds, 0.0))


def _fetched(row: Mapping[str, Any], outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "fetched_at": now,
        "fetched_modified": row["modified"],
        "attempts": 0,
        "status": outcome.status,
        # A 304 need not repeat the validators.
        "etag": outcome.etag or row["etag"],
        "last_modified": outcome.last_modified or row["last_modified"],
    }


def _unmodified(row: Mapping[str, Any], kept_as: AddressState | None) -> dict[str, Any]:
    if row["state"] in (AddressState.STORED, AddressState.SKIPPED, AddressState.HELD):
        return {"failure": None}
    if kept_as is not None:
        return {"state": kept_as, "reason": None, "failure": None}
    # It had validators, so it was read once; it left neither release nor held record.
    return {"state": AddressState.SKIPPED, "reason": NOT_MODIFIED, "failure": None}
