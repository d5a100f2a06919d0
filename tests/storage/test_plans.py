"""What is done for every page must not take longer the more there is: no statement walks through a table."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from crawler.frontier import RunRequest
from crawler.items import AddressState, Discovered, FailureKind, Outcome
from storage.database import Database, default_url
from storage.held import save_held
from storage.ledger import Ledger
from storage.releases import save_releases
from storage.statements import StatementQuery, find_statement, find_statements
from tests.clock import Clock
from tests.storage.records import NOON, held, release

LARGE = "addresses|bands|captures|claims|held|links|release_issuers|releases|revisions|sightings|statements"


@pytest.fixture
def database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    shutil.copyfile(sqlite_template, tmp_path / "communique.db")
    database = Database(default_url(tmp_path))
    yield database
    database.close()


@pytest.fixture
def scans(database: Database) -> list[str]:
    """Statements that walk through a large table, as SQLite plans them."""
    found: list[str] = []

    def explain(
        connection: Connection,
        _cursor: object,
        statement: str,
        parameters: list[tuple[Any, ...]] | tuple[Any, ...],
        _context: object,
        _many: bool,
    ) -> None:
        if not statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        values = parameters[0] if isinstance(parameters, list) else parameters
        plan = driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        found.extend(f"{step[3]}: {statement}" for step in plan if re.match(rf"SCAN ({LARGE})\b", step[3]))

    event.listen(database.engine, "before_cursor_execute", explain)
    return found


def test_saving_looks_only_at_what_it_saves(database: Database, scans: list[str]) -> None:
    for body in ("Uno.", "Dos.", "Dos."):
        with database.write() as connection:
            save_releases(connection, "run1", [release(body=body), release("otra", body=body)], NOON)
    older = replace(release(body="Antes."), captured_at=NOON.replace(year=2016))
    with database.write() as connection:
        save_releases(connection, "run1", [older], NOON)
        save_held(connection, "run1", [held(), held("otra", "unreadable date")], NOON)
        save_held(connection, "run1", [held()], NOON)
    assert scans == []


def test_the_ledger_looks_only_at_what_it_is_asked(
    database: Database, scans: list[str], clock: Clock
) -> None:
    ledger = Ledger(database, clock)
    run = ledger.open_run(RunRequest("mx_sre"))
    shown = [Discovered(f"k{number}", "u", "f", modified="1") for number in range(3)]
    for _ in range(3):
        walk = ledger.open_walk(run, "mx_sre", "prensa", None)
        ledger.record(run, walk, "mx_sre", shown)
        ledger.close_walk(walk, complete=True)
    ledger.settle(run, "mx_sre", [Outcome("k0", AddressState.FAILED, "x", FailureKind.NETWORK)])
    ledger.settle(run, "mx_sre", [Outcome("k1", AddressState.STORED, "not modified", status=304)])
    ledger.look_up("mx_sre", ["k0", "k1"])
    for after, again in ((None, False), ("k0", False), ("k0", True)):
        ledger.due(
            "mx_sre", now=clock(), since=NOON.date(), until=NOON.date(), after=after, limit=10, again=again
        )
    ledger.beat(run, {})
    ledger.close_run(run, "finished", {})
    assert scans == []


def test_one_statement_is_found_without_the_others(database: Database, scans: list[str]) -> None:
    with database.write() as connection:
        save_releases(connection, "run1", [release()], NOON)
    with database.read() as connection:
        assert find_statement(connection, release().id) is not None
        assert list(find_statements(connection, StatementQuery(since=NOON.date()))) == []
    assert scans == []


def test_the_test_would_notice(database: Database, scans: list[str]) -> None:
    with database.read() as connection:
        connection.exec_driver_sql("SELECT id FROM releases WHERE title = 'x'")
    assert len(scans) == 1
