"""A process that writes: it stores what the crawl would, and a crawl loses nothing with it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.items import AddressState
from pipelines.writing.messages import WriterOrder
from pipelines.writing.writer import NothingStored, Writer, WriterLost
from storage.database import Database
from storage.store import SqlStore
from storage.tables import ReleaseRow
from tests.pipelines.test_persist import RUN, count, crawl, item, record, states, store

__all__ = ["store"]

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds that a process may take to start on a busy machine."""


def order_for(database: Database) -> WriterOrder:
    return WriterOrder(database.secret_url, 0.0, RUN, None, tuple(sys.path), "CRITICAL")


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    writer = Writer.start(order_for(database))
    assert writer.is_ready(PATIENCE)
    yield writer
    writer.close()


def test_it_stores_and_links_as_the_crawl_does_and_ends_when_it_is_let_go(database: Database) -> None:
    writer = Writer.start(order_for(database))
    assert writer.is_ready(PATIENCE)
    counts, failed = writer.store([record(1), record(2, kind="Poema"), record(3)])
    assert (counts, failed) == ({"stored": 2, "held": 1}, [])
    assert states(database)["prensa/visita-2"] is AddressState.HELD
    assert writer.store([record(1)]) == ({"unchanged": 1}, [])
    assert writer.close() == 0


def test_what_the_database_does_not_take_is_told_with_its_reason(database: Database, writer: Writer) -> None:
    with database.write() as connection:
        connection.execute(text("DROP TABLE release_issuers"))
    with pytest.raises(NothingStored, match="release_issuers"):
        writer.store([record(number) for number in range(6)])


def test_a_writer_that_was_killed_is_lost_and_says_how(writer: Writer) -> None:
    os.kill(writer.pid, signal.SIGKILL)
    with pytest.raises(WriterLost, match="killed by signal 9"):
        writer.store([record(1)])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends when it next looks at its stream")
def test_it_ends_with_a_crawl_that_is_killed(store: SqlStore) -> None:
    script = (
        "import sys; from pipelines.writing.messages import WriterOrder;"
        "from pipelines.writing.writer import Writer;"
        f"order = WriterOrder({store.database.secret_url!r}, 0.0, 'run', None, tuple(sys.path), 'ERROR');"
        "writer = Writer.start(order);"
        f"writer.is_ready({PATIENCE}); print(writer.pid, flush=True); sys.stdin.read()"
    )
    crawl = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert crawl.stdout is not None
    ended = os.pidfd_open(int(crawl.stdout.readline()))
    crawl.kill()
    crawl.communicate()
    try:
        assert select.select([ended], [], [], PATIENCE)[0]
    finally:
        os.close(ended)


def test_a_crawl_of_many_records_has_them_written_for_it(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    plain = Writer.store

    def counted(self: Writer, batch: list) -> object:  # type: ignore[type-arg]
        given.append(len(batch))
        return plain(self, batch)

    monkeypatch.setattr(Writer, "store", counted)
    monkeypatch.setattr(Writer, "is_ready", lambda self, ready=Writer.is_ready: ready(self, PATIENCE))
    done = crawl(store, [item(number) for number in range(1, 261)], settings={"COMMUNIQUE_WRITER_FROM": 1})
    assert (done.outcome, done.counts("stored")) == ("finished", {"stored": 260})
    assert sum(given) == 260


def test_a_crawl_whose_writer_is_killed_goes_on_by_itself(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Writer.store

    def killed(self: Writer, batch: list) -> object:  # type: ignore[type-arg]
        plain(self, batch)
        os.kill(self.pid, signal.SIGKILL)
        return plain(self, batch)

    monkeypatch.setattr(Writer, "store", killed)
    monkeypatch.setattr(Writer, "is_ready", lambda self, ready=Writer.is_ready: ready(self, PATIENCE))
    done = crawl(store, [item(number) for number in range(1, 21)], settings={"COMMUNIQUE_WRITER_FROM": 1})
    assert done.outcome == "finished"
    assert count(store.database, ReleaseRow) == 20
    assert set(states(store.database).values()) == {AddressState.STORED}
