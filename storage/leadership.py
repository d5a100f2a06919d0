"""At most one service at work on a database. The lock belongs to a connection or an open file, never to a
row: whatever happens to its holder, the system takes it back, and nothing stale is left."""

from __future__ import annotations

import fcntl
import logging
import os
from pathlib import Path

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database

_log = logging.getLogger(__name__)

_SERVICE_LOCK = 0x636F6D73
"""Number of the advisory lock of services on PostgreSQL ("coms")."""

_LOCK = text("SELECT pg_try_advisory_lock(:number)")
_UNLOCK = text("SELECT pg_advisory_unlock(:number)")


class Leadership:
    """The right to start crawls on a database. Whoever has it keeps it until `release` or its own end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._file: int | None = None

    def take(self) -> bool:
        """Become the one service at work, if there is none; does not wait. Raises what the database does."""
        if self.is_held():
            return True
        if self._database.is_sqlite:
            return self._take_file()
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            taken = connection.scalar(_LOCK, {"number": _SERVICE_LOCK})
            if taken:
                # A machine that vanishes must not hold the lock for the two hours of TCP's default.
                for name, value in (("idle", 30), ("interval", 10), ("count", 3)):
                    connection.execute(text(f"SET tcp_keepalives_{name} = {value}"))
                self._connection, connection = connection, None  # type: ignore[assignment]
        finally:
            if connection is not None:
                connection.close()
        return bool(taken)

    def is_held(self) -> bool:
        """Whether this process still has it; asks the server. False when its connection is lost."""
        if self._connection is None:
            return self._file is not None
        try:
            self._connection.execute(text("SELECT 1"))
        except Exception:  # noqa: BLE001 - however the connection was lost, the lock is lost with it
            self._drop()
            return False
        return True

    def release(self) -> None:
        """Let the next one work, from now on: what was only closed, the server sees some time later."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            try:
                self._connection.execute(_UNLOCK, {"number": _SERVICE_LOCK})
            except SQLAlchemyError as error:
                _log.info("the lock of services went with its connection: %s", error)
        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            # Not back into the pool: the lock goes with the session.
            connection.invalidate()
            connection.close()

    def _take_file(self) -> bool:
        path = Path(make_url(self._database.url).database or "")
        file = os.open(path.with_name(path.name + ".service"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True
