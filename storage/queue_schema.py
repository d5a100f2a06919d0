"""The schema of the queue: Procrastinate's tables, in a namespace of their own of our PostgreSQL database.

Procrastinate ships one script that makes its tables, and one for each change since; it records nowhere which
were applied. We do, in the namespace, and so know whether a database is older or newer than the library.
Which scripts there are the caller says: nothing here imports Procrastinate.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

from storage.database import Database, DatabaseUnusable

NAMESPACE = "communique_queue"
"""PostgreSQL schema that holds the queue's tables, types and functions."""


def queue_version(database: Database) -> str | None:
    """Name of the newest script that was applied; None where there is no queue."""
    with database.read() as connection:
        return _version(connection)


def bring_up(database: Database, whole: str, changes: Mapping[str, str]) -> bool:
    """Make the queue's tables, or apply the changes that are missing; whether anything was to be done.

    `whole` makes the tables as they are after all `changes`, whose names are in order. Each change is a
    transaction of its own. Raises DatabaseUnusable where a newer Procrastinate was at work.
    """
    names = sorted(changes)
    # One newest version for both looks: the lock of writers lets only one process do the work.
    if queue_version(database) == names[-1]:
        return False
    with database.write() as connection:
        version = _version(connection)
        if version is None:
            connection.execute(text(f"CREATE SCHEMA {NAMESPACE}"))
            connection.execute(text(f"CREATE TABLE {NAMESPACE}.version (newest text NOT NULL)"))
            _run(connection, whole)
            _note(connection, names[-1])
            return True
    if version not in names:
        raise DatabaseUnusable(
            f"{database.url} holds a queue of a newer Procrastinate (its last change is {version!r}, the "
            f"newest known here is {names[-1]!r}). Upgrade Communique and Procrastinate on this machine."
        )
    missing = names[names.index(version) + 1 :]
    for name in missing:
        with database.write() as connection:
            if (_version(connection) or "") < name:
                _run(connection, changes[name])
                _note(connection, name)
    return bool(missing)


def _version(connection: Connection) -> str | None:
    # Not to_regclass: it remembers that a namespace was not there, also of one that was made while we waited.
    there = connection.scalar(
        text("SELECT 1 FROM pg_tables WHERE schemaname = :name AND tablename = 'version'"),
        {"name": NAMESPACE},
    )
    if there is None:
        return None
    newest: str | None = connection.scalar(text(f"SELECT newest FROM {NAMESPACE}.version"))  # noqa: S608
    return newest


def _run(connection: Connection, script: str) -> None:
    connection.execute(text(f"SET LOCAL search_path TO {NAMESPACE}"))
    # As it stands: several statements, and percent signs that are no parameters.
    connection.execution_options(no_parameters=True).exec_driver_sql(script)
    connection.execution_options(no_parameters=False)


def _note(connection: Connection, name: str) -> None:
    connection.execute(text(f"DELETE FROM {NAMESPACE}.version"))  # noqa: S608 - our own name
    connection.execute(text(f"INSERT INTO {NAMESPACE}.version VALUES (:name)"), {"name": name})  # noqa: S608
