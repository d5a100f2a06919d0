"""Crawls that somebody starts at the desk: the command itself, in a process that outlives the desk.

What is started is `communique crawl` as a person would type it, so that everything holds that holds there:
one run of a source at a time, its log, the linker afterwards. The desk keeps only who started what.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web.desk import DeskSettings

MOST_AT_ONCE = 4
"""Commands of the desk that run at the same time."""
KEPT = 20
"""Commands that are remembered."""


class TooMany(RuntimeError):
    """As many commands run as the desk may run at once."""


@dataclass(slots=True)
class Started:
    """A command that somebody started."""

    words: str
    """As a person would type it."""
    source: str
    by: str
    at: datetime
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self.process.poll()

    @property
    def last_words(self) -> str:
        """The end of what it said."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - 2000))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return "\n".join([line for line in lines if line.strip()][-3:])


class Starter:
    """Starts commands and remembers them while the desk runs."""

    def __init__(self, settings: DeskSettings) -> None:
        self._settings = settings
        self._started: deque[Started] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def start(self, verb: Sequence[str], source: str, by: str, now: datetime) -> Started:
        """Start a command. `verb` is what stands behind `communique`, each word checked. Raises TooMany."""
        with self._lock:
            if sum(each.code is None for each in self._started) >= MOST_AT_ONCE:
                raise TooMany(f"{MOST_AT_ONCE} commands run already: wait until one has ended.")
            place = ["--data", str(self._settings.data)]
            if self._settings.database_url:
                place += ["--database", self._settings.database_url]
            log = self._settings.data / "logs" / f"desk-{now:%Y%m%dT%H%M%S%f}-{source}.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("wb") as output:
                process = subprocess.Popen(  # noqa: S603 - our own command; its words are checked
                    [sys.executable, "-m", "scheduler", *verb, *place],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            made = Started(f"communique {shlex.join(verb)}", source, by, now, log, process)
            self._started.appendleft(made)
            return made

    def recent(self) -> list[Started]:
        """What was started, the latest first."""
        with self._lock:
            return list(self._started)
