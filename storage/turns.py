"""Turns at hosts that processes on many machines share: a row for each host, by the database's own clock.

Implements `crawler.turns.Turns`; named by the setting COMMUNIQUE_TURNS. A turn is one statement in a
transaction of its own, which waits for no other writer: nothing else is decided by these rows.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import text

from storage.database import Database
from storage.store import Settings, database_at

_TAKE = text("""
    INSERT INTO turns (host, asked_at) VALUES (:host, clock_timestamp())
    ON CONFLICT (host) DO UPDATE SET asked_at = clock_timestamp()
    WHERE turns.asked_at + make_interval(secs => :pause) <= clock_timestamp()
    RETURNING 1
""")
# Behind the server's clock by a turn that it gave itself: the clock was set back, and the pause begins anew.
_SET_BACK = text("""
    UPDATE turns SET asked_at = clock_timestamp() WHERE host = :host AND asked_at > clock_timestamp()
""")
_WAIT = text("""
    SELECT EXTRACT(EPOCH FROM asked_at + make_interval(secs => :pause) - clock_timestamp())
    FROM turns WHERE host = :host
""")
_LATE = text("UPDATE turns SET asked_at = clock_timestamp() WHERE host = :host")


class DatabaseTurns:
    """Turns of all processes that work with one database on a PostgreSQL server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, host: str, pause: float) -> float:
        """See Turns."""
        return self._database.persevere(partial(self._take, host, pause))

    def _take(self, host: str, pause: float) -> float:
        values = {"host": host, "pause": pause}
        with self._database.beside() as connection:
            if connection.scalar(_TAKE, values):
                return 0.0
            if connection.execute(_SET_BACK, {"host": host}).rowcount:
                return pause
            return max(float(connection.scalar(_WAIT, values) or 0.0), 0.001)

    def late(self, host: str) -> None:
        """See Turns."""
        self._database.persevere(partial(self._late, host))

    def _late(self, host: str) -> None:
        with self._database.beside() as connection:
            connection.execute(_LATE, {"host": host})


def shared_turns(settings: Settings) -> DatabaseTurns | None:
    """The turns that the crawl shares through its database; None where that is a file on this machine."""
    url = settings.get("COMMUNIQUE_DATABASE")
    if not url:
        return None
    database = database_at(str(url))
    return None if database.is_sqlite else DatabaseTurns(database)
