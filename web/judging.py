"""How sources stand where no service has judged them lately: judged beside, one after the other.

To judge a source takes the longer, the more of it is kept: seconds, with tens of thousands of addresses. So
no page waits for all of them: what was judged before is shown with its age until a newer judgement is there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.health.standing import Verdict, standings

if TYPE_CHECKING:
    from storage.database import Database
    from storage.health import HealthView

YOUNG = timedelta(hours=2)
"""Age of a judgement that is told as it is; the service makes them anew every hour, and after every run."""
PATIENCE = 1.0
"""Seconds for which a page waits for judgements."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and when it was made."""

    verdict: Verdict
    at: datetime

    def is_young(self, now: datetime) -> bool:
        """Whether it is told as it is."""
        return timedelta(0) <= now - self.at <= YOUNG


class Judging:
    """The judgements of a desk."""

    def __init__(self, database: Database, clock: Callable[[], datetime], patience: float = PATIENCE) -> None:
        self._database = database
        self._clock = clock
        self._patience = patience
        self._lock = threading.Lock()
        self._made: dict[str, Judged] = {}
        self._working: threading.Thread | None = None

    def of(self, kept: Mapping[str, HealthView], names: Collection[str], now: datetime) -> dict[str, Judged]:
        """The latest judgement of each of these sources, the service's (`kept`) or one of our own; none of
        those that nobody has judged yet. Whatever is missing or old is being judged from then on."""
        judged = self._latest(kept, names)
        due = [name for name in sorted(names) if name not in judged or not judged[name].is_young(now)]
        if due:
            self._begin(due).join(self._patience)
            judged = self._latest(kept, names)
        return judged

    def _latest(self, kept: Mapping[str, HealthView], names: Collection[str]) -> dict[str, Judged]:
        with self._lock:
            made = {name: each for name, each in self._made.items() if name in names}
        for name in kept.keys() & set(names):
            each = kept[name]
            if name not in made or made[name].at <= each.judged_at:
                made[name] = Judged(Verdict(each.state, each.reason), each.judged_at)
        return made

    def _begin(self, names: Collection[str]) -> threading.Thread:
        with self._lock:
            if self._working is None or not self._working.is_alive():
                self._working = threading.Thread(target=self._judge, args=(names,), daemon=True)
                self._working.start()
            return self._working

    def _judge(self, names: Collection[str]) -> None:
        for name in names:
            try:
                now = self._clock()
                with self._database.read() as connection:
                    found = standings(connection, now, {name})
            except Exception:  # noqa: BLE001 - nobody waits for this thread; the page says that it is not judged
                _log.exception("the source %s could not be judged", name)
                continue
            with self._lock:
                for each in found.values():
                    self._made[each.source] = Judged(Verdict(each.health, each.reason), now)
