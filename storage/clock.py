"""The time that the ledger writes down: the system's, or in a rehearsal the one that a file tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def clock_of(file: str | None) -> Callable[[], datetime]:
    """The clock to go by. `file` (COMMUNIQUE_CLOCK) holds a time in ISO 8601 with its zone, and is read
    whenever the time is asked for: so a month passes in a minute, or goes backwards, for services, crawls
    and their ledger alike. None, or nothing: the system's clock.
    """
    if not file:
        return utc_now
    path = Path(file)

    def told() -> datetime:
        moment = datetime.fromisoformat(path.read_text(encoding="ascii").strip())
        if moment.tzinfo is None:
            raise ValueError(f"{path}: expected a time with its zone, found {moment.isoformat()}")
        return moment.astimezone(UTC)

    return told
