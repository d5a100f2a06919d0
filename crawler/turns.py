"""Turns at a host, shared by all processes that crawl, on this machine or on many.

Eleven ministries live on www.gob.mx, each crawled by a process of its own; the host must not notice. Scrapy
paces requests within a process. Here a process asks for its turn before every request: it gets the turn when
the pause since the last one is over, whoever had that, and is told how long to wait when it is not. A turn is
taken only when it has come, so a process that dies takes none with it.

The processes of one data folder share small files. Where the setting COMMUNIQUE_TURNS names something that
more processes share (storage: the database, when it is a server), that is used instead.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: paced within each process only
    fcntl = None  # type: ignore[assignment]

SLACK = 0.1
"""Seconds by which every pause is longer than promised: what a request may take from its turn to the host.
Without it a request that came late, and the next that came on time, would be nearer than the pause."""
SHARE = 0.05
"""The same as a part of a long pause, of which nobody notices it."""


def with_slack(pause: float) -> float:
    """The pause that is kept so that the host never sees a shorter one, on a busy machine either."""
    return pause + max(SLACK, SHARE * pause)


class Turns(Protocol):
    """Gives out turns at hosts. Methods block for as long as others write the same few bytes."""

    def take(self, host: str, pause: float) -> float:
        """Take the turn at a host: 0.0 when it is taken, else the seconds after which to ask again.

        It is given when the last turn at the host, whoever took it, is `pause` seconds ago.
        """

    def late(self, host: str) -> None:
        """Say that the host hears only now of the turn that was taken: the next pause counts from here."""


class FileTurns:
    """Turns of the processes that share a folder. OSError when it cannot be written."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def take(self, host: str, pause: float) -> float:
        """See Turns."""
        with self._locked(host) as file:
            now = self._clock()
            text = os.read(file, 64).decode("ascii", "replace")
            last = float(text) if re.fullmatch(r"\d+\.\d+", text) else None
            if last is not None and last > now:
                # A clock that was wrong wrote this, or is wrong now. How long ago that was nobody knows.
                write_moment(file, now)
                return pause
            if last is not None and now < last + pause:
                return last + pause - now
            write_moment(file, now)
            return 0.0

    def late(self, host: str) -> None:
        """See Turns."""
        with self._locked(host) as file:
            write_moment(file, self._clock())

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


def write_moment(file: int, moment: float) -> None:
    """Put seconds since the epoch in place of what an open file holds."""
    os.lseek(file, 0, os.SEEK_SET)
    os.truncate(file, 0)
    os.write(file, f"{moment:.6f}".encode())


def open_turns(settings: BaseSettings) -> Turns:
    """The turns of this crawl: those that COMMUNIQUE_TURNS gives, or the files of the data folder.

    COMMUNIQUE_TURNS is the dotted path of a callable `(settings) -> Turns | None`.
    """
    from scrapy.utils.misc import load_object

    path = settings.get("COMMUNIQUE_TURNS")
    shared: Turns | None = load_object(path)(settings) if path else None
    return shared or FileTurns(Path(settings["COMMUNIQUE_DATA"]) / "turns")
