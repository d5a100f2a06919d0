"""Time that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Call it for the time. Starts on Wednesday 1 March 2017, 12:00 UTC."""

    def __init__(self, now: datetime = datetime(2017, 3, 1, 12, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """Move on, as in `clock.advance(hours=2)`."""
        self.now += timedelta(**by)
