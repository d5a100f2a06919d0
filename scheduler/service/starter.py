"""How a crawl that is due is begun, and how its end is learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DueCrawl:
    """A crawl whose time has come."""

    source: str
    slot: str
    """The scheduled time that it serves, as the ledger keeps it (`runs.slot`): at most one run serves it."""
    due_at: datetime
    """When it should have begun, UTC."""


@dataclass(frozen=True, slots=True)
class EndedCrawl:
    """A crawl that has ended. Its row in the ledger is closed."""

    source: str
    run: str
    state: str
    """One of `storage.runs.ENDED`."""
    error: str | None = None
    """What a person should know, when it did not end well."""


class Starter(Protocol):
    """Begins crawls. The service calls it from one thread; nothing here waits for a crawl.

    Each run is planned in the ledger, with its slot, before anything is begun, so that none is unaccounted
    for. What a call raises is logged; the service asks again later.
    """

    def room(self) -> int:
        """How many crawls more may be begun now."""

    def at_work(self) -> Mapping[str, str]:
        """Crawls that were begun or taken over and have not been told as ended: run by source."""

    def take_over(self, now: datetime) -> None:
        """Take up what an earlier service left: recognise what still works, close what died.

        Called whenever this service becomes the one at work.
        """

    def start(self, crawl: DueCrawl, now: datetime) -> str:
        """Plan a run (`storage.runs.plan` with the slot) and begin it; returns its id. Raises SlotTaken."""

    def ended(self, now: datetime) -> list[EndedCrawl]:
        """What ended since this was last asked."""

    def stop(self) -> None:
        """Ask what is at work to end or to checkpoint soon; what does not end with this service stays."""

    def kill(self) -> None:
        """End what did not listen, at once."""

    def close(self) -> None:
        """The service ends and asks nothing more; what is still at work goes on."""
