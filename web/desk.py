"""What the desk is given: where the data lies, who may come in, under which address it is reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from storage.access import secret_named
from web.access import Attempts
from web.judging import Judging
from web.remembered import Remembered
from web.starting import Starter

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.database import Database
    from web.pages.sources import Stands

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """How the desk is run. All values are given; nothing is read from the environment."""

    data: Path
    """Folder of captures and logs."""
    database_url: str | None
    """As commands get it with --database; None: SQLite in the data folder."""
    root_path: str = ""
    """Prefix under which a proxy shows the desk ("/communique"); without a slash at its end."""
    read_only: bool = False
    """Nothing can be changed, whoever asks."""
    login_to_read: bool = False
    """Reading needs a login or a token too."""
    names: frozenset[str] = LOOPBACK_NAMES
    """Host names under which the desk answers; empty: any. A page of another name that leads to this machine
    (DNS rebinding) gets nothing."""
    session_hours: float = 12.0
    hub: str | None = None
    """Address of the WebSub hub that feeds name."""


class Desk:
    """The settings with the database opened: one for an application."""

    def __init__(
        self, settings: DeskSettings, database: Database, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock
        self.attempts = Attempts()
        self.starter = Starter(settings)
        self.pairs: Remembered[tuple[tuple[str, str], ...]] = Remembered()
        """Releases about which a person is asked, the most valuable question first."""
        self.judging = Judging(database, clock)
        self.standing: Remembered[Stands] = Remembered()
        """How all sources stand."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """See `Database.answer`."""
        with self.database.answer() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """See `Database.write`."""
        with self.database.write() as connection:
            yield connection

    @cached_property
    def key(self) -> bytes:
        """What cookies and forms are signed with."""
        with self.write() as connection:
            return secret_named(connection, "desk")

    def path(self, local: str) -> str:
        """An address of the desk as a browser must ask for it."""
        return self.settings.root_path + local
