"""Turns at a host, shared by all processes that crawl into one data folder.

Three ministries live on www.gob.mx, each crawled by a process of its own; the host must not notice.
Scrapy paces requests within a process. Here a process takes the next free moment for a host from a
small file that all share, and waits for it. A process that dies leaves at most one moment unused.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: paced within each process only
    fcntl = None  # type: ignore[assignment]

LONGEST = 3600.0
"""Seconds; a moment further ahead than this was written by a clock that was wrong, and is ignored."""


class Turns:
    """Gives out moments at which hosts may be asked."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def take(self, host: str, delay: float) -> float:
        """Take the next free moment for a host, `delay` seconds after the last; returns the seconds until it.

        Blocks for as long as another process writes the same few bytes. OSError when the folder cannot
        be written.
        """
        with self._locked(host) as file:
            now = self._clock()
            text = os.read(file, 64).decode("ascii", "replace")
            last = float(text) if re.fullmatch(r"\d+\.\d+", text) else 0.0
            moment = max(now, last + delay) if last - now < LONGEST else now
            os.lseek(file, 0, os.SEEK_SET)
            os.truncate(file, 0)
            os.write(file, f"{moment:.3f}".encode())
        return moment - now

    @contextmanager
    def _locked(self, host: str) -> Iterator[int]:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9.-]", "_", host) or "_"
        file = os.open(self._folder / name[:200], os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)
