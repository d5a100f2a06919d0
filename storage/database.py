"""One database, SQLite or PostgreSQL: connections, transactions, schema.

On both, one transaction writes at a time. SQLite can do no other; on PostgreSQL an advisory lock does
the same, because linking decides by looking at what is there: two transactions that each store one half
of a statement must not pass each other unseen. Batches are large, so little is lost.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)

from crawler.extras import how_to_install
from storage import migrations
from storage import sqlite_transactions as transactions
from storage.search.limits import LIMITED, SECONDS, limits, told_as_too_long
from storage.sqlite_transactions import SECONDS_TO_WAIT, DatabaseBusy
from storage.tables import Table

Made = TypeVar("Made")

AWAY = 0.25
"""Seconds between two tries to reach a server that is away."""

IDLE = 1.0
"""Seconds after which a connection of the pool is tried before it is used."""
_RETURNED = "communique_returned"
_WRITERS_LOCK = 0x636F6D6D
"""Number of the advisory lock of writers on PostgreSQL ("comm")."""


_TRY = text("SELECT pg_try_advisory_xact_lock(:number)")

LOST = (OperationalError, InterfaceError)
"""What a query raises when the server went away, or the file cannot be had now: worth another try."""


class DatabaseUnusable(RuntimeError):
    """The database cannot be used as it is; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class DatabaseInfo:
    """What `communique db info` shows."""

    url: str
    """Without its password."""
    revision: str | None
    """Revision of the schema; None: no tables yet."""
    head: str
    """Revision that this code works with."""
    counts: Mapping[str, int]
    """Rows by table; empty when there are no tables."""


def default_url(data: Path) -> str:
    """URL of the SQLite database in the data folder."""
    return URL.create(
        "sqlite", database=str(data.expanduser().absolute() / "communique.db")
    ).render_as_string()


class Database:
    """A database by its SQLAlchemy URL. Nothing is opened or made before it is used."""

    def __init__(self, url: str) -> None:
        self._url = _parse(url)
        self.patience = 0.0
        """Seconds for which a transaction waits to begin while the server is away, being restarted."""
        self._write_lock = threading.Lock()
        self._writing = threading.local()
        self.engine = _make_engine(self._url)
        self._reader: Engine = self.engine
        self._writer: Engine = self.engine
        self._hasty: Engine = self.engine
        """For writers that do not wait."""
        if self.is_sqlite:
            self._writer = self.engine.execution_options(communique_writes=True)
            self._hasty = self.engine.execution_options(communique_writes=True, communique_hasty=True)
        else:
            # The driver begins nothing by itself: `_begin_reading` says all that is to be said at once.
            self._reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._answering = self._reader.execution_options(**{LIMITED: SECONDS})

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def url(self) -> str:
        """The URL, its password hidden."""
        return self._url.render_as_string(hide_password=True)

    @property
    def secret_url(self) -> str:
        """The URL with its password, for a process that works with the same database."""
        return self._url.render_as_string(hide_password=False)

    @property
    def address(self) -> str:
        """Of a PostgreSQL database, as the server's own tools and drivers take it; with its password."""
        return self._url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def identity(self) -> str:
        """Equal for two spellings of the same database."""
        if self.is_sqlite:
            return f"sqlite:{_sqlite_path(self._url).resolve()}"
        return self._url.render_as_string(hide_password=False)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a transaction that sees one state and cannot write."""
        with self._begun(self._reader, self._begin_reading) as connection:
            yield connection

    @contextmanager
    def answer(self) -> Iterator[Connection]:
        """`read` for who answers whoever asks: no query may take a server more than SECONDS of
        `storage.search.limits`. Raises TooLong.
        """
        with told_as_too_long(SECONDS), self._begun(self._answering, self._begin_reading) as connection:
            yield connection

    @contextmanager
    def write(self, *, patient: bool = True) -> Iterator[Connection]:
        """A connection in the one writing transaction; committed at the end, rolled back on an error.

        Waits for other writers, up to SECONDS_TO_WAIT for those in other processes; or, not being patient,
        raises DatabaseBusy at once. Not to be nested: pass the connection on instead.
        """
        if getattr(self._writing, "now", False):
            raise RuntimeError("Database.write() inside Database.write(): pass the connection on")
        # Within the process a lock hands over at once, where SQLite would poll.
        if not self._write_lock.acquire(blocking=patient):
            raise DatabaseBusy
        try:
            self._writing.now = True
            begun = (
                self._begun(self._writer, self._take_turn)
                if patient
                else self._begun(self._hasty, self._try_turn)
            )
            with begun as connection, _indexed(connection):
                yield connection
        finally:
            self._writing.now = False
            self._write_lock.release()

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """A connection in a short transaction that neither waits for writers nor lets them wait.

        For rows about which nothing else is decided (turns, the queue), on a server; SQLite has one writer.
        """
        if self.is_sqlite:
            raise RuntimeError("Database.beside() is for servers: SQLite has one writer, Database.write()")
        with self._begun(self.engine) as connection:
            yield connection

    @contextmanager
    def _begun(
        self, engine: Engine, prepare: Callable[[Connection], None] = lambda connection: None
    ) -> Iterator[Connection]:
        """A transaction; only its beginning is tried again, before anything was done in it."""
        deadline = time.monotonic() + self.patience
        is_first = True
        while True:
            has_begun = False
            try:
                with engine.connect() as connection, connection.begin():
                    prepare(connection)
                    has_begun = True
                    yield connection
                    return
            except LOST as error:
                if has_begun or self.is_sqlite:
                    raise
                # A connection of the pool may be of a server that has gone; all are let go of then.
                if is_first and error.connection_invalidated:
                    is_first = False
                    continue
                if time.monotonic() >= deadline:
                    raise
            time.sleep(AWAY)

    def persevere(self, work: Callable[[], Made]) -> Made:
        """Do what may be done twice; and again, where the server went away in the middle of it.

        For `patience` seconds; transactions that have not begun wait by themselves.
        """
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return work()
            except LOST:
                if self.is_sqlite or time.monotonic() >= deadline:
                    raise
            time.sleep(AWAY)

    def _begin_reading(self, connection: Connection) -> None:
        """On a server: one state from the first to the last row, as on SQLite. Said in one message, with what
        limits its queries: every message and its answer cost two changes of processes."""
        if self.is_sqlite:
            return
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        seconds = connection.get_execution_options().get(LIMITED)
        if seconds is not None:
            begin = f"{begin}; {limits(seconds)}"
        connection.exec_driver_sql(begin, execution_options={"no_parameters": True})

    def _take_turn(self, connection: Connection) -> None:
        if not self.is_sqlite:
            _wait_for_other_writers(connection)

    def _try_turn(self, connection: Connection) -> None:
        if not self.is_sqlite and not connection.scalar(_TRY, {"number": _WRITERS_LOCK}):
            raise DatabaseBusy

    def revision(self) -> str | None:
        """Revision of the schema in the database; None when it has none. Raises DatabaseUnusable."""
        with self._explained():
            if self.is_sqlite and not _sqlite_path(self._url).exists():
                return None
            with self.engine.connect() as connection:
                return _revision(connection)

    def upgrade(self) -> None:
        """Bring the schema to this code's revision; makes the database when there is none.

        Safe to be called by several processes at once. Raises DatabaseUnusable.
        """
        with self._explained():
            if self.is_sqlite:
                folder = _sqlite_path(self._url).parent
                _make_folder(folder)
                if self.revision() == migrations.HEAD:
                    return
                with _locked(folder):
                    self._upgrade_sqlite()
            elif self.revision() != migrations.HEAD:
                with self.write() as connection:
                    self._migrate(connection)

    def info(self) -> DatabaseInfo:
        """Where it is, its revision, and how much is in it."""
        revision = self.revision()
        counts: dict[str, int] = {}
        if revision == migrations.HEAD:
            with self.read() as connection:
                for table in Table.metadata.sorted_tables:
                    counts[table.name] = connection.scalar(select(func.count()).select_from(table)) or 0
        return DatabaseInfo(self.url, revision, migrations.HEAD, dict(sorted(counts.items())))

    def close(self) -> None:
        """Let go of idle connections; the database stays usable."""
        self.engine.dispose()

    def _upgrade_sqlite(self) -> None:
        with self._writer.connect() as connection:
            # Both only work outside a transaction. Write-ahead logging is a lasting property of the file.
            # Foreign keys must rest while batch migrations put a copy in the place of a table.
            driver = connection.connection.driver_connection
            assert driver is not None  # noqa: S101 - a pooled connection that was just opened has one
            driver.execute("PRAGMA journal_mode=WAL")
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    self._migrate(connection)
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise DatabaseUnusable(
                            f"{self.url}: upgrade would leave broken references: {broken[:5]}"
                        )
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    def _migrate(self, connection: Connection) -> None:
        found = _revision(connection)
        if found == migrations.HEAD:
            return
        if found is not None and found not in migrations.known_revisions():
            raise DatabaseUnusable(
                f"{self.url} has schema revision {found!r}, but this version of Communique knows only up to "
                f"{migrations.HEAD!r}. A newer version wrote it: upgrade Communique, or name another "
                f"database with --database or another folder with --data."
            )
        migrations.upgrade(connection)
        from storage.search.index import fill_when_empty

        fill_when_empty(connection)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            if self.is_sqlite:
                advice = "Is it a SQLite file that you may write, on a disk with room?"
            else:
                advice = "Is the server running, and are host, port, user, password and database name right?"
            raise DatabaseUnusable(f"{self.url} cannot be opened: {error.orig}. {advice}") from error
        except DBAPIError as error:
            raise DatabaseUnusable(f"{self.url} cannot be used: {error.orig}") from error


@contextmanager
def _indexed(connection: Connection) -> Iterator[None]:
    """What is touched meanwhile is in the index at the end (`storage.search.index`)."""
    from storage.search.index import forget, settle

    forget(connection)
    try:
        yield
        settle(connection)
    finally:
        forget(connection)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnusable(
            "The database URL cannot be read. Expected is sqlite:////folder/communique.db or "
            "postgresql://user:password@host/name."
        ) from error
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnusable(
            f"{parsed.render_as_string(hide_password=True)}: Communique works with SQLite and PostgreSQL, "
            f"not with {parsed.get_backend_name()}."
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise DatabaseUnusable(
            "A SQLite database in memory is lost with its process: name a file, sqlite:////folder/communique.db."
        )
    return parsed


def _sqlite_path(url: URL) -> Path:
    return Path(url.database or "")


def _make_engine(url: URL) -> Engine:
    options: dict[str, Any] = {"json_serializer": _to_json}
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": SECONDS_TO_WAIT}, **options)
        event.listen(engine, "connect", transactions.prepare)
        event.listen(engine, "begin", transactions.begin)
        return engine
    try:
        engine = create_engine(url, pool_use_lifo=True, **options)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise DatabaseUnusable(
            f"{url.render_as_string(hide_password=True)} needs a driver that is not installed ({error}). "
            f"Install Communique with its extra: {how_to_install('postgresql')}"
        ) from error
    event.listen(engine, "checkin", _on_return)
    event.listen(engine, "checkout", partial(_on_taking, engine.dialect))
    return engine


def _on_return(_driver_connection: object, record: Any) -> None:  # noqa: ANN401 - ConnectionPoolEntry
    record.info[_RETURNED] = time.monotonic()


def _on_taking(dialect: Dialect, driver_connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401
    """A connection that lay idle is tried; not one that was used a moment ago (`Database._begun`)."""
    if time.monotonic() - record.info.get(_RETURNED, float("inf")) < IDLE:
        return
    try:
        alive = dialect.do_ping(driver_connection)
    except dialect.loaded_dbapi.Error:
        alive = False
    if not alive:
        raise DisconnectionError


_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _wait_for_other_writers(connection: Connection) -> None:
    connection.execute(
        text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{SECONDS_TO_WAIT}s"}
    )
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _WRITERS_LOCK})


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(
            f"The data folder {folder} cannot be made: {error.strerror}. "
            f"Name another with --data or COMMUNIQUE_DATA."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DatabaseUnusable(
            f"The data folder {folder} cannot be written. "
            f"Change its permissions, or name another with --data or COMMUNIQUE_DATA."
        )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's advisory lock: one process makes or migrates the database in it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
