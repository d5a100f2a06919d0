"""Many rows at once, in each database's own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import Table

Rows = list[tuple[str | int, ...]]
"""Values as the driver takes them."""


def insert_into(connection: Connection, table: type[Table]) -> sqlite.Insert:
    """An INSERT that can say what to do on conflict, which each database has in its own words."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    # The two are alike in everything that is used of them.
    return cast("sqlite.Insert", postgresql.insert(table))


def insert_many(
    connection: Connection, table: type[Table], names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert many rows: values in the order of `names`, as the driver takes them.

    Columns' defaults and types do not apply. Saves SQLAlchemy's work on every value, which for bands is as
    much as SQLite's own, and PostgreSQL's on every statement.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        copy_rows(connection, table.__tablename__, names, rows)
        return
    marks = ", ".join("?" * len(names))
    # Names of our own tables and columns.
    statement = f"INSERT INTO {table.__tablename__} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    connection.exec_driver_sql(statement, list(rows))


def copy_rows(
    connection: Connection, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert many rows into a table of PostgreSQL, in one go; values as the driver takes them."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - it is in a transaction
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
