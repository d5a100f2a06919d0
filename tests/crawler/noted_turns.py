"""Turns that are written down: what a crawl said of when a host heard it."""

from __future__ import annotations

from pathlib import Path

from crawler.turns import FileTurns
from storage.store import Settings


class NotedTurns(FileTurns):
    """The turns of a folder; a line in the file `late` beside them for each that left late."""

    def __init__(self, data: Path) -> None:
        super().__init__(data / "turns")
        self._late = data / "late"

    def late(self, host: str) -> None:
        """See Turns."""
        with self._late.open("a") as file:
            file.write(f"{host}\n")
        super().late(host)


def noted(settings: Settings) -> NotedTurns:
    """For the setting COMMUNIQUE_TURNS."""
    return NotedTurns(Path(str(settings.get("COMMUNIQUE_DATA"))))
