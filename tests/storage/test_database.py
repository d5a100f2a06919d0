"""Connections and transactions, and what a person reads when a database cannot be used."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from storage import migrations
from storage.database import Database, DatabaseUnusable, default_url
from storage.search.limits import SECONDS, TooLong
from storage.sqlite_transactions import DatabaseBusy
from storage.tables import IssuerRow


def _add(database: Database, key: str) -> None:
    with database.write() as connection:
        connection.execute(insert(IssuerRow).values(key=key, country="mx", names={"es": [key]}))


def _count(database: Database) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(IssuerRow)) or 0


def test_what_is_written_is_there_for_readers(database: Database) -> None:
    _add(database, "mx.sre")
    assert _count(database) == 1


def test_an_error_takes_the_whole_transaction_back(database: Database) -> None:
    row = {"key": "mx.sre", "country": "mx", "names": {}}

    def write_twice() -> None:
        with database.write() as connection:
            connection.execute(insert(IssuerRow).values(row))
            connection.execute(insert(IssuerRow).values(row))

    with pytest.raises(IntegrityError):
        write_twice()
    assert _count(database) == 0
    _add(database, "mx.sre")
    assert _count(database) == 1


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), database.read() as connection:
        connection.execute(insert(IssuerRow).values(key="mx.sre", country="mx", names={}))
    assert _count(database) == 0


def test_a_reader_sees_one_state_from_first_to_last_row(database: Database) -> None:
    _add(database, "mx.sre")
    count = select(func.count()).select_from(IssuerRow)
    with database.read() as connection:
        before = connection.scalar(count)
        _add(database, "mx.segob")
        assert connection.scalar(count) == before == 1
    assert _count(database) == 2


def test_a_transaction_within_a_transaction_is_a_mistake_not_a_deadlock(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="pass the connection on"), database.write():
        pass
    _add(database, "mx.sre")


def test_many_threads_write_one_after_another_and_lose_nothing(database: Database) -> None:
    def increase() -> None:
        for _ in range(20):
            with database.write() as connection:
                names = dict(connection.scalar(select(IssuerRow.names)) or {})
                names["n"] = names.get("n", 0) + 1
                connection.execute(text("SELECT 1"))
                connection.execute(IssuerRow.__table__.update().values(names=names))  # type: ignore[attr-defined]

    _add(database, "mx.sre")
    with database.write() as connection:
        connection.execute(IssuerRow.__table__.update().values(names={"n": 0}))  # type: ignore[attr-defined]
    threads = [threading.Thread(target=increase) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.scalar(select(IssuerRow.names)) == {"n": 100}


COUNTER = """
import sys
from sqlalchemy import select, update
from storage.database import Database
from storage.search.limits import SECONDS, TooLong
from storage.tables import IssuerRow
database = Database(sys.argv[1])
for _ in range(25):
    with database.write() as connection:
        names = connection.scalar(select(IssuerRow.names))
        connection.execute(update(IssuerRow).values(names={"n": names["n"] + 1}))
"""


def test_several_processes_write_one_after_another_and_lose_nothing(
    database: Database, database_url: str
) -> None:
    with database.write() as connection:
        connection.execute(insert(IssuerRow).values(key="mx.sre", country="mx", names={"n": 0}))
    command = [sys.executable, "-W", "error", "-c", COUNTER, database_url]
    children = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    errors = [child.communicate()[1] for child in children]
    assert [child.returncode for child in children] == [0] * 3, errors
    with database.read() as connection:
        assert connection.scalar(select(IssuerRow.names)) == {"n": 75}


def test_several_processes_may_make_the_database_at_once(empty_url: str) -> None:
    code = "import sys; from storage.database import Database; Database(sys.argv[1]).upgrade()"
    command = [sys.executable, "-W", "error", "-c", code, empty_url]
    children = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    errors = [child.communicate()[1] for child in children]
    assert [child.returncode for child in children] == [0] * 4, errors
    database = Database(empty_url)
    assert database.revision() == migrations.HEAD
    database.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusable, match=r"'9999'.*newer version.*upgrade Communique"):
        database.upgrade()
    assert database.revision() == "9999"


def test_info_tells_revision_and_counts_without_the_password(database: Database) -> None:
    _add(database, "mx.sre")
    info = database.info()
    assert (info.revision, info.head) == (migrations.HEAD, migrations.HEAD)
    assert info.counts["issuers"] == 1
    assert info.counts["releases"] == 0
    secret = Database("postgresql://reader:hush@db.example/communique")
    assert "hush" not in secret.url
    assert secret.url.startswith("postgresql+psycopg://reader:***@db.example/")


def test_info_of_a_database_that_is_not_there_makes_none(tmp_path: Path) -> None:
    database = Database(default_url(tmp_path / "nowhere"))
    assert database.info().revision is None
    assert not (tmp_path / "nowhere").exists()


def test_sqlite_works_with_a_write_ahead_log_and_checks_references(tmp_path: Path) -> None:
    database = Database(default_url(tmp_path / "new folder"))
    database.upgrade()
    with database.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 60_000}
    database.close()


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatabaseUnusable, match=r"file/data cannot be made: .*--data"):
        Database(default_url(tmp_path / "file" / "data")).upgrade()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "communique.db").write_text("not a database, " * 100)
    with pytest.raises(DatabaseUnusable, match=r"communique\.db cannot be used: file is not a database"):
        Database(default_url(tmp_path)).upgrade()


def test_a_server_that_does_not_answer_is_named_without_the_password(tmp_path: Path) -> None:
    database = Database(f"postgresql://reader:hush@/communique?host={tmp_path}")
    with pytest.raises(DatabaseUnusable, match="Is the server running") as caught:
        database.upgrade()
    assert "hush" not in str(caught.value)


def test_a_missing_driver_says_which_extra_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # None in sys.modules makes the import fail as if the module were not installed.
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseUnusable, match=r"'\.\[postgresql\]'"):
        Database("postgresql://db.example/communique")


@pytest.mark.parametrize("url", ["mysql://db.example/x", "sqlite://", "not a url"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(DatabaseUnusable):
        Database(url)


class TestServer:
    """What a server is told."""

    @pytest.fixture
    def backend(self) -> str:
        return "postgresql"

    def test_who_reads_sees_one_state_and_cannot_write(self, database: Database) -> None:
        with database.read() as connection:
            assert connection.scalar(text("SHOW transaction_isolation")) == "repeatable read"
            assert connection.scalar(text("SHOW transaction_read_only")) == "on"
            assert connection.scalar(text("SHOW statement_timeout")) == "0"

    def test_who_answers_anybody_is_limited(self, database: Database) -> None:
        with database.answer() as connection:
            assert connection.scalar(text("SHOW statement_timeout")) == f"{SECONDS:.0f}s"
            assert connection.scalar(text("SHOW transaction_read_only")) == "on"

        def sleep() -> None:
            with database.answer() as connection:
                connection.execute(text("SET LOCAL statement_timeout = 1"))
                connection.execute(text("SELECT pg_sleep(5)"))

        with pytest.raises(TooLong):
            sleep()

    @pytest.mark.parametrize("idle", [0.0, 3600.0])
    def test_a_connection_whose_server_went_is_replaced(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, idle: float
    ) -> None:
        """Whether it lay idle for long, and is tried, or was used a moment ago."""
        monkeypatch.setattr("storage.database.IDLE", idle)
        with database.read() as connection:
            number = connection.scalar(text("SELECT pg_backend_pid()"))
        other = Database(database.address)
        with other.write() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        other.close()
        with database.read() as connection:
            assert connection.scalar(text("SELECT pg_backend_pid()")) != number


class TestPatience:
    """Of a crawl, with a server that is being restarted."""

    @pytest.fixture
    def backend(self) -> str:
        return "postgresql"

    @pytest.fixture
    def away(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The server is away as often as this list is long."""
        left: list[str] = ["starting up", "starting up"]
        connect = database._reader.connect

        def failing() -> Connection:
            if left:
                raise OperationalError("connect", None, ConnectionError(left.pop()))
            return connect()

        monkeypatch.setattr(database._reader, "connect", failing)
        monkeypatch.setattr("storage.database.AWAY", 0.0)
        return left

    def test_a_transaction_begins_when_the_server_is_back(self, database: Database, away: list[str]) -> None:
        database.patience = 60
        with database.read() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
        assert away == []

    def test_without_patience_the_error_is_told_at_once(self, database: Database, away: list[str]) -> None:
        with pytest.raises(OperationalError), database.read():
            pass
        assert len(away) == 1

    def test_what_may_be_done_twice_is_done_again_when_the_server_goes_in_the_middle(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database.patience = 60
        monkeypatch.setattr("storage.database.AWAY", 0.0)
        done: list[int] = []

        def ask() -> int:
            with database.read() as connection:
                done.append(1)
                if len(done) < 3:
                    raise OperationalError("query", None, ConnectionError("shutting down"))
                return connection.scalar(text("SELECT 1")) or 0

        assert database.persevere(ask) == 1
        assert len(done) == 3

    def test_what_fails_later_is_not_done_again(self, database: Database) -> None:
        database.patience = 60
        done = []

        def ask() -> None:
            with database.read():
                done.append(1)
                raise OperationalError("query", None, ConnectionError("shutting down"))

        with pytest.raises(OperationalError):
            ask()
        assert done == [1]


def test_who_does_not_want_to_wait_is_told_that_another_one_writes(
    database: Database, database_url: str
) -> None:
    other = Database(database_url)
    with other.write(), pytest.raises(DatabaseBusy), database.write(patient=False):
        pass
    other.close()
    with database.write(patient=False) as connection:
        assert connection.scalar(text("SELECT 1")) == 1
