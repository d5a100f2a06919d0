"""The linker as a child of the service: after crawls, one at a time, its memory gone with its process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from crawler.settings import environment_with
from scheduler.crawl import Crew
from storage.unlinked import count_unlinked

PAUSE = 60.0
"""Seconds after a linker that did not link everything before the next one is started."""


class LinkerChild:
    """Runs `communique link run` whenever releases wait for it. It may be killed at any moment."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted = True
        self._not_before = 0.0

    def want(self) -> None:
        """A crawl has ended: something may wait."""
        self._wanted = True

    @property
    def is_working(self) -> bool:
        """Whether the process works."""
        return self._process is not None and self._process.poll() is None

    def look(self) -> int | None:
        """Start it where something waits; the exit code of one that has just ended."""
        code = None
        if self._process is not None and not self.is_working:
            code, self._process = self._process.returncode, None
            if code:
                self._not_before = time.monotonic() + PAUSE
                self._wanted = True
        if self._wanted and self._process is None and time.monotonic() >= self._not_before:
            with self._crew.database.read() as connection:
                waiting = count_unlinked(connection)
            self._wanted = False
            if waiting:
                self._process = self._start()
        return code

    def wait(self, seconds: float) -> int | None:
        """Wait for the one at work; its exit code, None: there was none, or it works still."""
        if self._process is None:
            return None
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is not None and self.is_working:
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End it."""
        if self._process is not None and self.is_working:
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        log: Path = self._crew.data / "logs" / "linker.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        changes: Mapping[str, str] = {
            "COMMUNIQUE_DATA": str(self._crew.data),
            "COMMUNIQUE_DATABASE": self._crew.database_url or "",
            **self._crew.environment,
        }
        with log.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "scheduler", "link", "run"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment_with(changes),
                start_new_session=True,
            )
