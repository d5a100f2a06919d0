"""What takes long to make and is looked at often: made anew beside, while the last one is shown."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")
QUICK = 0.05
"""Seconds: what is made so fast is made anew each time, and always of this moment."""
FRESH = 5.0
"""Seconds for which what takes longer is shown as it is."""
STALE = 300.0
"""Seconds after which it is not shown any more: who asks then waits for it."""

_log = logging.getLogger(__name__)


class Remembered(Generic[Made]):
    """One thing; `make` is given with each question, and may be called in another thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last: Made | None = None
        self._at = float("-inf")
        self._took = 0.0
        self._working: threading.Thread | None = None

    def get(self, make: Callable[[], Made]) -> Made:
        """The thing: of this moment when it is made quickly, else at most STALE seconds old."""
        with self._lock:
            last, age = self._last, self._clock() - self._at
            if last is not None and self._took > QUICK and age <= STALE:
                if age > FRESH and (self._working is None or not self._working.is_alive()):
                    self._working = threading.Thread(target=self._try, args=(make,), daemon=True)
                    self._working.start()
                return last
        return self._anew(make)

    def forget(self) -> None:
        """Something changed that must be seen at once."""
        with self._lock:
            self._at = float("-inf")

    def _anew(self, make: Callable[[], Made]) -> Made:
        begun = self._clock()
        made = make()
        with self._lock:
            # What another thread began to make later is newer.
            if begun >= self._at:
                self._last, self._at, self._took = made, begun, self._clock() - begun
        return made

    def _try(self, make: Callable[[], Made]) -> None:
        try:
            self._anew(make)
        except Exception:  # noqa: BLE001 - nobody waits for this thread; who asks later meets the error
            _log.exception("what is shown could not be made anew; the last one stays until it is too old")
