"""Pauses of archives that processes on many machines share, and their requests under way.

Implements `crawler.archives.pauses.Pauses`; named by the setting COMMUNIQUE_PAUSES. Requests are noted under
the session with which they are noted: when a process dies, the server ends its session, and all others see
that what it noted was never struck out. A server that is restarted ends the sessions of the living too: they
note anew what they have under way, and whoever looked before that presumes a pause. Times are those of the
server's clock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from crawler.archives.pauses import LONGEST_PAUSE, UNASKED_PAUSE
from storage.database import LOST, Database
from storage.store import Settings, database_at

_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('archive ' || :name, 0))")
_STRIKE_OUT_THE_DEAD = text("""
    DELETE FROM archive_requests AS noted
    WHERE noted.name = :name AND NOT EXISTS (
        SELECT 1 FROM pg_stat_activity AS session
        WHERE session.pid = noted.session AND session.backend_start = noted.session_since
    )
""")
_HOLD = text("""
    INSERT INTO archive_holds AS held (name, until, reason)
    VALUES (:name, clock_timestamp() + make_interval(secs => :seconds), :reason)
    ON CONFLICT (name) DO UPDATE SET until = excluded.until, reason = excluded.reason
    WHERE held.until < excluded.until OR held.until > clock_timestamp() + make_interval(secs => :longest)
""")
_WAIT = text("""
    SELECT EXTRACT(EPOCH FROM until - clock_timestamp()) FROM archive_holds WHERE name = :name
""")
_NOTE = text("""
    INSERT INTO archive_requests (name, session, session_since)
    SELECT :name, pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()
""")
_KNOWN_AS = text("""
    SELECT pid AS session, backend_start AS since FROM pg_stat_activity WHERE pid = pg_backend_pid()
""")
_STRIKE_OUT_FORMER = text("""
    DELETE FROM archive_requests WHERE session = :session AND session_since = :since
""")
_STRIKE_OUT = text("DELETE FROM archive_requests WHERE name = :name AND session = pg_backend_pid()")
_DIED = "a process ended with a request under way: what was answered is not known"


Made = TypeVar("Made")


class DatabasePauses:
    """Pauses of all processes that work with one database on a PostgreSQL server."""

    def __init__(self, database: Database, unasked: float = UNASKED_PAUSE) -> None:
        self._database = database
        self._unasked = unasked
        self._own = threading.Lock()
        self._under_way: dict[str, int] = {}
        self._session: Connection | None = None
        """Kept for as long as this process may ask: it is what shows the others that it lives."""
        self._known_as: dict[str, Any] | None = None
        """Number and beginning of the last session, under which requests may still be noted."""

    def begin(self, archive: str) -> float:
        """See Pauses."""
        with self._own:
            wait = self._persevere(partial(self._begin, archive=archive))
            if wait <= 0:
                self._under_way[archive] = self._under_way.get(archive, 0) + 1
            return wait

    def end(self, archive: str) -> None:
        """See Pauses."""
        with self._own:
            if not self._under_way.get(archive):
                return  # all was closed meanwhile
            self._under_way[archive] -= 1
            if not self._under_way[archive]:
                self._persevere(partial(self._strike_out, archive=archive))

    def hold(self, archive: str, seconds: float, reason: str) -> None:
        """See Pauses."""
        with self._own:
            self._persevere(partial(self._hold, archive=archive, seconds=seconds, reason=reason))

    def close(self) -> None:
        """See Pauses."""
        with self._own:
            if self._session is None:
                return
            for archive in [name for name, number in self._under_way.items() if number]:
                self._persevere(partial(self._strike_out, archive=archive))
            self._under_way.clear()
            if self._session is not None:
                self._session.close()
                self._session = None

    def _begin(self, connection: Connection, archive: str) -> float:
        connection.execute(_ALONE, {"name": archive})
        if connection.execute(_STRIKE_OUT_THE_DEAD, {"name": archive}).rowcount:
            self._hold(connection, archive, self._unasked, _DIED)
        wait = float(connection.scalar(_WAIT, {"name": archive}) or 0.0)
        if wait > 0:
            return min(wait, LONGEST_PAUSE)
        if not self._under_way.get(archive):
            connection.execute(_NOTE, {"name": archive})
        return 0.0

    @staticmethod
    def _strike_out(connection: Connection, archive: str) -> None:
        connection.execute(_STRIKE_OUT, {"name": archive})

    def _persevere(self, work: Callable[[Connection], Made]) -> Made:
        """Do it in a transaction; in a new session when the server ended this one, being restarted."""

        def once() -> Made:
            session = self._session_now()
            try:
                with session.begin():
                    return work(session)
            except LOST:
                self._let_go()
                raise

        return self._database.persevere(once)

    def _session_now(self) -> Connection:
        """The session, with the requests noted that are under way."""
        if self._session is None:
            session = self._database.engine.connect()
            try:
                with session.begin():
                    if self._known_as is not None:
                        session.execute(_STRIKE_OUT_FORMER, self._known_as)
                    for archive in [name for name, number in self._under_way.items() if number]:
                        session.execute(_NOTE, {"name": archive})
                    known_as = dict(session.execute(_KNOWN_AS).mappings().one())
            except BaseException:
                session.close()
                raise
            self._session, self._known_as = session, known_as
        return self._session

    def _let_go(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.invalidate()
            session.close()

    @staticmethod
    def _hold(connection: Connection, archive: str, seconds: float, reason: str) -> None:
        values = {"name": archive, "seconds": min(seconds, LONGEST_PAUSE), "longest": LONGEST_PAUSE}
        connection.execute(_HOLD, {**values, "reason": reason})


def shared_pauses(settings: Settings) -> DatabasePauses | None:
    """The pauses that the crawl shares through its database; None where that is a file on this machine."""
    url = settings.get("COMMUNIQUE_DATABASE")
    if not url:
        return None
    database = database_at(str(url))
    unasked = float(settings.get("COMMUNIQUE_UNASKED_PAUSE") or UNASKED_PAUSE)
    return None if database.is_sqlite else DatabasePauses(database, unasked)
