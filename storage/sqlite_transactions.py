"""Connections and transactions of SQLite, where its driver's ways are not ours."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

SECONDS_TO_WAIT = 60
"""How long a transaction waits for another one to end."""
TURN = 0.003
"""Seconds between two tries to begin to write while another process does."""


_BEGIN = "BEGIN IMMEDIATE"


class DatabaseBusy(RuntimeError):
    """Another transaction writes, and who asked did not want to wait."""


def prepare(driver_connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3.Connection
    """For every new connection."""
    # The driver begins no transactions of its own; see begin (the recipe of SQLAlchemy's manual).
    driver_connection.isolation_level = None
    driver_connection.execute("PRAGMA synchronous=NORMAL")
    driver_connection.execute("PRAGMA foreign_keys=ON")
    # Bands and claims go all over their indexes. With the usual 2 MB of cache and a log of 4 MB the same
    # pages are read and written back again and again: a third more time over 20,000 releases.
    driver_connection.execute("PRAGMA cache_size=-16000")
    driver_connection.execute("PRAGMA wal_autocheckpoint=4000")


def begin(connection: Connection) -> None:
    """A transaction that reads, or one that writes where the option `communique_writes` is set.

    With `communique_hasty` it raises DatabaseBusy where it would have to wait for others.
    """
    # A transaction that reads first and then writes can fail at any moment, without waiting, when another
    # process wrote in between. So it is said at the start which of the two it is, and kept.
    # Asked of the driver itself: a crawl begins hundreds of transactions for a thousand pages, and
    # SQLAlchemy's work for a statement without a result is many times what SQLite has to do.
    driver: Any = connection.connection.driver_connection
    options = connection.get_execution_options()
    if options.get("communique_writes"):
        driver.execute("PRAGMA query_only=OFF")
        _begin_immediate(driver, hasty=options.get("communique_hasty", False))
    else:
        driver.execute("PRAGMA query_only=ON")
        driver.execute("BEGIN")


def _begin_immediate(driver: Any, *, hasty: bool) -> None:  # noqa: ANN401 - sqlite3.Connection
    """Begin to write as soon as no other process does.

    SQLite's own waiting sleeps ever longer, up to a tenth of a second, in which a crawl with a process that
    writes would stand still; and it may not get its turn at all.
    """
    deadline = time.monotonic() + SECONDS_TO_WAIT
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute(_BEGIN)
                return
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() >= deadline:
                    raise OperationalError(_BEGIN, None, error) from error
                if hasty:
                    raise DatabaseBusy from error
            time.sleep(TURN)
    finally:
        driver.execute(f"PRAGMA busy_timeout={SECONDS_TO_WAIT * 1000}")


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
