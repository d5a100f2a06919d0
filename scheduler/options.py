"""Options that every command takes, before or after the verb, and the place they name.

What stands after the verb goes before what stands in front of it, then the environment
(COMMUNIQUE_DATA, COMMUNIQUE_DATABASE), then the folder that the system gives to applications.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.screen import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.database import Database
    from storage.store import SqlStore

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Folder of database and captures (or COMMUNIQUE_DATA).",
        show_default=False,
        file_okay=False,
        rich_help_panel="Everywhere",
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="Another database, as SQLAlchemy writes it (or COMMUNIQUE_DATABASE).",
        show_default=False,
        rich_help_panel="Everywhere",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="JSON lines on standard output.", rich_help_panel="Everywhere")
]


def read_day(text: str | date) -> date:
    """A day as it is typed."""
    if isinstance(text, date):
        return text
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise typer.BadParameter(f"expected a day as YYYY-MM-DD, found {text!r}") from None


SinceOption = Annotated[
    date | None,
    typer.Option(
        "--since", metavar="DAY", help="First day, YYYY-MM-DD.", parser=read_day, show_default=False
    ),
]
UntilOption = Annotated[
    date | None,
    typer.Option("--until", metavar="DAY", help="Last day, YYYY-MM-DD.", parser=read_day, show_default=False),
]


@dataclass(frozen=True, slots=True)
class Given:
    """What stood before the verb."""

    data: Path | None = None
    database: str | None = None
    json: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where database and captures are."""

    data: Path
    database: str | None
    """SQLAlchemy URL; None: the SQLite file in the data folder."""
    json: bool
    warc_mib: float
    """At which a file of captures is full."""

    @property
    def settings(self) -> dict[str, str]:
        """As `storage.store.open_store` wants it."""
        return {
            "COMMUNIQUE_DATA": str(self.data),
            "COMMUNIQUE_DATABASE": self.database or "",
            "COMMUNIQUE_WARC_MIB": str(self.warc_mib),
        }

    def options(self) -> str:
        """The options that lead a further command to this place, to be typed after its verb."""
        import shlex

        words = ["--data", str(self.data)]
        if self.database:
            words += ["--database", self.database]
        return shlex.join(words)

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database."""
        from storage.database import default_url

        return self.database or default_url(self.data)

    def open(self) -> SqlStore:
        """The store, made or brought up to date when needed; Refusal when it cannot be opened.

        The table of issuers is copied into it, so that queries need no code.
        """
        from crawler.issuers import ISSUERS
        from storage.database import DatabaseUnusable
        from storage.issuers import save_issuers
        from storage.store import open_store

        try:
            store = open_store(self.settings)
        except DatabaseUnusable as error:
            raise Refusal(str(error)) from None
        with store.database.write() as connection:
            save_issuers(connection, ISSUERS.values())
        return store

    @contextmanager
    def database_at(self) -> Iterator[Database]:
        """The database as it is, neither made nor upgraded; Refusal when it cannot be used."""
        from storage.database import Database, DatabaseUnusable

        try:
            database = Database(self.url)
            try:
                yield database
            finally:
                database.close()
        except DatabaseUnusable as error:
            raise Refusal(str(error)) from None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database; Refusal when there is none, or an old schema."""
        with self.database_at() as database:
            from storage.migrations import HEAD

            info = database.revision()
            if info is None:
                raise Refusal(
                    f"expected a database at {database.url}, found none. Crawl or ingest something "
                    "first (communique crawl, communique ingest), or name another place: --data, --database."
                )
            if info != HEAD:
                raise Refusal(
                    f"{database.url} has schema revision {info}, this version works with {HEAD}. "
                    "Bring it up to date: communique db upgrade"
                )
            with database.read() as connection:
                yield connection

    @contextmanager
    def reading_if_any(self) -> Iterator[Connection | None]:
        """As `reading`; None where no database was made yet: sources can be listed without one."""
        with self.database_at() as database:
            if database.revision() is None:
                yield None
                return
        with self.reading() as connection:
            yield connection


def place_of(context: typer.Context, data: Path | None, database: str | None, as_json: bool) -> Place:
    """The place that options and environment name together."""
    try:
        from crawler.settings import environment_now

        environment = environment_now()
    except ValueError as error:
        raise Refusal(str(error), 2) from None
    given = context.find_object(Given) or Given()
    folder = data or given.data or environment.data
    return Place(
        data=folder.expanduser().absolute(),
        database=database or given.database or environment.database or None,
        json=as_json or given.json,
        warc_mib=environment.warc_mib,
    )


def check_window(since: date | None, until: date | None) -> None:
    """Refuses a window that ends before it begins."""
    if since is not None and until is not None and since > until:
        raise typer.BadParameter(
            f"expected --since on or before --until, found {since} and {until}; exchange them"
        )
