"""A stored archive made larger in bulk: what is there, again and again, earlier each time.

    python -m benchmarks.link_archive --size 1000000 --data /var/tmp/link-scale

Goes on from the 10,000 releases that `benchmarks.link_scale` has taken apart one by one. Each round adds all
of them once more, as many days earlier as they span, so that no day holds more than before; their lasting
anchors and bands become others (see `link_scale.renamed`), so that rounds share none. Rows are copied inside
the database, and indexes are made anew at the end.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

COPIED = ("statements", "releases", "release_issuers", "claims", "bands", "contents", "day_anchors")
_FIRST = "source = 'stored' AND length(id) = 21"
"""Releases that were taken apart one by one; copies have longer ids."""


def enlarge(file: Path, size: int, per_day: int) -> Iterator[str]:
    """Add rounds until so many are stored; told after each step how far it is."""
    began = time.perf_counter()
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA cache_size = -1000000")
    stored = connection.execute("SELECT count(*) FROM releases WHERE source = 'stored'").fetchone()[0]
    in_a_round: int = connection.execute(f"SELECT count(*) FROM releases WHERE {_FIRST}").fetchone()[0]  # noqa: S608
    rounds = range(stored // in_a_round, size // in_a_round)
    if not rounds:
        return
    indexes = connection.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "  # noqa: S608
        f"AND tbl_name IN ({', '.join('?' * len(COPIED))})",
        COPIED,
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute(f"CREATE TEMP TABLE first_ones AS SELECT id FROM releases WHERE {_FIRST}")  # noqa: S608
    connection.execute("CREATE UNIQUE INDEX temp.first_ones_id ON first_ones (id)")
    lasting = connection.execute(
        "SELECT release_id, lasting FROM contents WHERE release_id IN (SELECT id FROM first_ones) ORDER BY 1"
    ).fetchall()
    ids = [each for each, _ in lasting]
    keys = [np.frombuffer(data, dtype="<i8") for _, data in lasting]
    counts = [len(each) for each in keys]
    values = np.concatenate(keys)
    owners = np.repeat(np.arange(len(ids)), counts)
    ends = np.cumsum(counts)
    span = in_a_round // per_day
    anchors: list[tuple[NDArray[np.int64], int]] = []
    for number in rounds:
        mark = np.int64((number * 0x9E3779B97F4A7C15) & 0x7FFFFFFFFFFFFFFF)
        renamed = values ^ mark
        anchors.append((renamed, number))
        connection.execute("BEGIN")
        _copy(connection, number, number * span, int(mark))
        blobs = [
            (np.sort(renamed[end - count : end]).tobytes(), _named(each, number))
            for each, end, count in zip(ids, ends, counts, strict=True)
        ]
        connection.executemany("UPDATE contents SET lasting = ? WHERE release_id = ?", blobs)
        connection.execute("COMMIT")
        yield f"{(number + 1) * in_a_round:,} stored, {time.perf_counter() - began:.0f} s"
    _add_anchors(connection, anchors, owners, ids)
    yield f"anchors stored, {time.perf_counter() - began:.0f} s"
    for _, statement in indexes:
        connection.execute(statement)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    yield f"indexes made, {time.perf_counter() - began:.0f} s"


def _named(identifier: str, number: int) -> str:
    return f"{identifier[0]}{number:03d}{identifier[1:]}"


def _copy(connection: sqlite3.Connection, number: int, days: int, mark: int) -> None:
    """One round of all tables but the anchors."""
    name = f"'{number:03d}'"
    changed = {
        "id": f"substr(id, 1, 1) || {name} || substr(id, 2)",
        "release_id": f"substr(release_id, 1, 1) || {name} || substr(release_id, 2)",
        "statement_id": f"substr(statement_id, 1, 1) || {name} || substr(statement_id, 2)",
        "key": f"key || '-' || {name}",
        "said_on": f"date(said_on, '-{days} days')",
        "posted_on": f"date(posted_on, '-{days} days')",
        "day": f"date(day, '-{days} days')",
    }
    for table in COPIED:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        chosen = []
        for column in columns:
            if table == "bands" and column == "value":
                # (a | b) - (a & b) is a ^ b, which SQLite has not.
                chosen.append(f"(value | {mark}) - (value & {mark})")
            elif table == "claims" and column == "value":
                chosen.append(f"value || '-' || {name}")
            else:
                chosen.append(changed.get(column, f'"{column}"'))
        owner = {"statements": "'r' || substr(id, 2)", "releases": "id"}.get(table, "release_id")
        listed = ", ".join(f'"{each}"' for each in columns)
        connection.execute(
            f"INSERT INTO {table} ({listed}) SELECT {', '.join(chosen)} FROM {table} "  # noqa: S608
            f"WHERE {owner} IN (SELECT id FROM first_ones) ORDER BY 1"
        )


def _add_anchors(
    connection: sqlite3.Connection,
    anchors: list[tuple[NDArray[np.int64], int]],
    owners: NDArray[np.intp],
    ids: list[str],
) -> None:
    """All anchors in the order of the table, which takes them as fast as they come then."""
    values = np.concatenate([each for each, _ in anchors])
    holders = np.concatenate([owners for _ in anchors])
    rounds = np.repeat([number for _, number in anchors], len(owners))
    order = np.argsort(values, kind="stable")
    connection.execute("BEGIN")
    step = 1_000_000
    for start in range(0, len(order), step):
        some = order[start : start + step]
        rows = sorted(
            (value, _named(ids[holder], number))
            for value, holder, number in zip(
                values[some].tolist(), holders[some].tolist(), rounds[some].tolist(), strict=True
            )
        )
        connection.executemany("INSERT OR IGNORE INTO anchors (value, release_id) VALUES (?, ?)", rows)
    connection.execute("COMMIT")


def main() -> None:
    """Enlarge and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--per-day", type=int, default=5)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    for line in enlarge(options.data / "communique.db", options.size, options.per_day):
        print(line, flush=True)


if __name__ == "__main__":
    main()
