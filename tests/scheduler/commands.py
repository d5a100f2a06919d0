"""How tests type commands and read what they print."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from scheduler.cli import app

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
SAMPLES = ROOT / "tests" / "samples"

PASSING = frozenset({"runs", "walks", "captures"})
"""Tables to which every run adds rows of its own."""


@dataclass(frozen=True)
class Typed:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def type_command(*words: object) -> Typed:
    """Type `communique` and these words, in this process."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Typed(result.exit_code, result.stdout, result.stderr)


def contents(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a data folder, but for the runs' own and when addresses were asked for.

    (A mirror's next numbers, which are not given out yet, are asked for in every run.)
    """
    connection = sqlite3.connect(data / "communique.db")
    try:
        tables = "select name from sqlite_master where type = 'table' and sql not like 'create virtual%'"
        names = [name for (name,) in connection.execute(tables)]
        found = {}
        for name in sorted(set(names) - PASSING):
            columns = [row[1] for row in connection.execute(f"pragma table_info({name})")]
            kept = [each for each in columns if each not in _LAST_SEEN.get(name, ())]
            query = f"select {', '.join(kept)} from {name}"  # noqa: S608 - names by SQLite itself
            found[name] = sorted(connection.execute(query), key=repr)
        return found
    finally:
        connection.close()


_LAST_SEEN = {
    "addresses": ("seen_at", "fetched_at", "next_try_at"),
    "sources": ("last_run_at",),
}


def numbers(data: Path, table: str) -> int:
    """How many rows a table has."""
    connection = sqlite3.connect(data / "communique.db")
    try:
        (number,) = connection.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
        return int(number)
    finally:
        connection.close()
