"""Everything that is kept, opened together: database, ledger and captures of one data folder."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from crawler.frontier import WARC_MIB
from storage.archives import SqlArchives
from storage.captures import WarcStore
from storage.clock import clock_of, utc_now
from storage.corrections import SqlCorrections
from storage.database import Database, default_url
from storage.ledger import Ledger

_databases: dict[str, Database] = {}
_opening = threading.Lock()


class Settings(Protocol):
    """What open_store asks: a dictionary or Scrapy's settings."""

    def get(self, name: str, /) -> Any:  # noqa: ANN401 - settings hold anything
        """The setting of that name, or None."""


class SqlStore:
    """Implements Store and CorrectingStore of `crawler.frontier`, and
    `crawler.archives.frontier.ArchiveStore`.
    """

    def __init__(
        self,
        data: Path,
        database: Database,
        clock: Callable[[], datetime] = utc_now,
        warc_mib: float = WARC_MIB,
    ) -> None:
        self.data = data
        """The data folder."""
        self.database = database
        self.frontier = Ledger(database, clock)
        self.captures = WarcStore(data / "captures", database, full=round(warc_mib * 2**20))
        self.archives = SqlArchives(database)
        self.corrections = SqlCorrections(database, data / "captures", clock)

    def close(self) -> None:
        """See Store. The database can still be used by others of this process."""
        self.captures.close()
        self.database.close()


def database_at(url: str) -> Database:
    """The database at that URL: within a process always the same object, so that writers take turns."""
    made = Database(url)
    with _opening:
        return _databases.setdefault(made.identity, made)


def open_store(settings: Settings) -> SqlStore:
    """The store that COMMUNIQUE_DATA (a folder) and COMMUNIQUE_DATABASE (a URL, or nothing) name; its WARC
    files are full at COMMUNIQUE_WARC_MIB.

    Makes and upgrades the database where needed, and finishes the WARC files of killed processes.
    Raises DatabaseUnusable.
    """
    folder = settings.get("COMMUNIQUE_DATA")
    if not folder:
        raise ValueError("COMMUNIQUE_DATA is not set: it names the folder for database and captures")
    data = Path(str(folder)).expanduser().absolute()
    database = database_at(str(settings.get("COMMUNIQUE_DATABASE") or "") or default_url(data))
    database.upgrade()
    # What worked once is waited for when it is restarted; a wrong address was told before.
    database.patience = float(settings.get("COMMUNIQUE_PATIENCE") or 0)
    warc_mib = float(settings.get("COMMUNIQUE_WARC_MIB") or WARC_MIB)
    store = SqlStore(data, database, clock_of(settings.get("COMMUNIQUE_CLOCK")), warc_mib)
    store.captures.recover()
    return store
