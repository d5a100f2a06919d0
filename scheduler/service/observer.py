"""Who is told what the service does: judgement of health, alerts, heartbeat, metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Observer(Protocol):
    """Told by the service, in its own loop and one after the other: answer soon.

    What an observer raises is logged and never stops the service. `now` is the service's clock, UTC.
    """

    def started(self, now: datetime) -> None:
        """The service is the one at work on its database (again, after the database was away)."""

    def run_ended(self, source: str, run: str, now: datetime) -> None:
        """A run ended, however it did; its row in the ledger is closed and says how."""

    def tick(self, now: datetime) -> None:
        """About a second has passed; also while the service stands by, or waits for its database."""

    def stopped(self, now: datetime) -> None:
        """The service ends; no more calls come."""
