"""Copies of made-up statements, made by the database itself: a million releases in minutes.

A copy has ids, keys, addresses and days of its own (13 days before those of the copy before it) and the texts
of the first one. Words, traits and versions are as frequent among ten copies as among ten times as many drawn
statements, since all draw from the same vocabulary; what differs is that no word is rarer than the number of
copies. `tests/search/test_made_up.py` holds the index of copies against one that is made anew.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from math import inf

from sqlalchemy import Connection, func, select

from storage.database import Database
from storage.search import texts
from storage.search.index import SHIFT, recount
from storage.tables import ReleaseRow, Table

MADE_UP = "https://source.example/"
"""Addresses of made-up releases begin so."""
DAYS_BACK = 13
_WITHIN_A_DAY = 1 << 16
"""Numbers of entries of a day that are left to each copy."""
MOST = 254
"""Copies for which there are numbers."""


def fill_with_copies(
    database: Database, releases: int, tell: Callable[[str], object], until: float = inf
) -> None:
    """Copy what is there, whole copies only, until there are so many releases; the index follows.

    `until`: no copy is begun after that time (`time.monotonic`).
    """
    with database.read() as connection:
        have = connection.scalar(select(func.count()).select_from(ReleaseRow)) or 0
        made = select(func.count()).where(ReleaseRow.url.startswith(MADE_UP))
        others = have - (connection.scalar(made) or 0)
        first = connection.scalar(made.where(~ReleaseRow.key.like("%/copy%"))) or 0
    if have >= releases:
        return
    if others:
        raise SystemExit(f"expected made-up releases only, found {others:,} others: take a new database")
    if releases > first * (MOST + 1):
        raise SystemExit(f"expected at most {first * (MOST + 1):,} releases, found {releases:,}")
    with database.write() as connection:
        texts.expect_many(connection)
    for copy in range(have // first, -(-releases // first)):
        if time.monotonic() > until:
            break
        with database.write() as connection:
            _copy_rows(connection, copy)
            tell("rows")
            _copy_words(connection, copy)
        tell(f"{first * (copy + 1):,} releases")
    with database.write() as connection:
        recount(connection)
        tell("counted")
        texts.settle(connection)
    tell("indexed")


def _copy_rows(connection: Connection, copy: int) -> None:
    """All tables but the words; `%s` of a change is the column."""
    sqlite = connection.dialect.name == "sqlite"
    identity = f"substr(%s, 1, 17) || '{copy:02x}' || substr(%s, 20)"
    key = f"%s || '/copy{copy}'"
    days = DAYS_BACK * copy
    day = f"date(%s, '-{days} days')" if sqlite else f"(%s - {days})"
    entry = f"%s - {days << SHIFT} + {copy * _WITHIN_A_DAY}"
    for table, changed, condition in (
        ("statements", {"id": identity, "said_on": day}, "substr(id, 18, 2) = '00'"),
        (
            "releases",
            {
                "id": identity,
                "statement_id": identity,
                "key": key,
                "url": key,
                "said_on": day,
                "posted_on": day,
            },
            "substr(id, 18, 2) = '00'",
        ),
        ("revisions", {"release_id": identity}, "substr(release_id, 18, 2) = '00'"),
        ("release_issuers", {"release_id": identity}, "substr(release_id, 18, 2) = '00'"),
        ("addresses", {"key": key, "url": key}, "key NOT LIKE '%/copy%'"),
        (
            "statement_entries",
            {"number": entry, "statement_id": identity},
            "substr(statement_id, 18, 2) = '00'",
        ),
        (
            "entry_traits",
            {"entry": entry},
            f"entry & {(1 << SHIFT) - 1} < {_WITHIN_A_DAY}",
        ),
    ):
        columns = [each.name for each in Table.metadata.tables[table].columns]
        # Ids of rows that nothing refers to are the database's.
        names = [each for each in columns if each != "id" or table in ("statements", "releases")]
        values = [changed[each].replace("%s", each) if each in changed else each for each in names]
        statement = (
            f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - our own names
            f"SELECT {', '.join(values)} FROM {table} WHERE {condition}"
        )
        connection.exec_driver_sql(statement if sqlite else statement.replace("%", "%%"))


def _copy_words(connection: Connection, copy: int) -> None:
    moved = copy * _WITHIN_A_DAY - (DAYS_BACK * copy << SHIFT)
    first = f"entry & {(1 << SHIFT) - 1} < {_WITHIN_A_DAY}"
    name = texts.NAME
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(
            f"INSERT INTO {name} SELECT entry + {moved}, words FROM {name} WHERE {first}"  # noqa: S608
        )
        return
    rows = connection.exec_driver_sql(
        f"SELECT entry, words FROM {name}_kept WHERE {first} ORDER BY entry"  # noqa: S608
    ).all()
    connection.exec_driver_sql(
        f"INSERT INTO {name} (rowid, title, body, traits) VALUES (?, ?, ?, ?)",  # noqa: S608
        [(entry + moved, *zlib.decompress(words).decode().split("\n")) for entry, words in rows],
    )
    connection.exec_driver_sql(
        f"INSERT INTO {name}_kept (entry, words) VALUES (?, ?)",  # noqa: S608
        [(entry + moved, words) for entry, words in rows],
    )
