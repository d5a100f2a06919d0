"""What a reader sees leads to the bytes that it was read from: real crawls into a real database."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crawler.items import Capture, CapturePlace
from crawler.replica import Replica
from scheduler.nursery import CRAWL
from storage.held import list_held
from storage.provenance import revisions_of
from storage.statements import StatementQuery, find_statements
from storage.store import SqlStore, open_store
from storage.tables import ReleaseRow, RunRow
from tests import nursery

SOURCES = ("mx_sre", "mexidata", "us_state")
"""A listing of pages, numbered pages in an editor's style, and an API whose index holds whole records."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """A database with what those sources publish on a small replica."""
    data = tmp_path_factory.mktemp("traces")
    with Replica(releases=60, seed=7) as replica:
        environment = {**os.environ, **replica.environment, "COMMUNIQUE_DATA": str(data)}
        for source in SOURCES:
            log = data / f"{source}.log"
            crawl = nursery.start([*CRAWL, source], environment, log)
            assert nursery.wait(crawl) == 0, log.read_text()[-4000:]
    opened = open_store({"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_DATABASE": ""})
    yield opened
    opened.close()


def read(store: SqlStore, place: CapturePlace | None) -> Capture:
    assert place is not None
    return store.captures.read(place)


def test_every_release_of_every_statement_is_traced_to_the_bytes_that_it_was_read_from(
    store: SqlStore,
) -> None:
    with store.database.read() as connection:
        shown = [each for view in find_statements(connection, StatementQuery()) for each in view.releases]
        rows = connection.execute(select(ReleaseRow.id, ReleaseRow.capture_digest))
        digests = {row.id: row.capture_digest for row in rows}
    assert {each.source for each in shown} == set(SOURCES)
    for each in shown:
        capture = read(store, each.capture)
        assert capture.status == 200
        assert capture.captured_at == each.captured_at
        assert f"sha256:{hashlib.sha256(capture.body).hexdigest()}" == digests[each.id]
        # An API writes letters as escapes, and mark-up stands between words: compared are words in ASCII.
        plain = capture.body.decode(errors="replace")
        words = [word for word in each.body.split() if word.isascii() and word.isalpha()]
        assert sum(word in plain for word in words) >= 0.9 * len(words), each.url


def test_every_state_of_a_release_and_every_record_held_back_is_traced_too(store: SqlStore) -> None:
    with store.database.read() as connection:
        views = list(list_held(connection))
        ids = list(connection.scalars(select(ReleaseRow.id)))
        states = [each for several in revisions_of(connection, ids).values() for each in several]
    assert len(states) >= len(ids) > 0
    places = [each.capture for each in views] + [each.capture for each in states]
    assert all(read(store, place).status == 200 for place in places)


def test_a_capture_is_dated_within_its_run_in_utc(store: SqlStore) -> None:
    with store.database.read() as connection:
        runs = connection.execute(select(RunRow.started_at, RunRow.ended_at)).all()
        times = list(connection.scalars(select(ReleaseRow.captured_at)))
    first, last = min(run.started_at for run in runs), max(run.ended_at for run in runs)
    assert times
    for each in times:
        assert each is not None
        assert each.utcoffset() == timedelta(0)
        assert first <= each <= last <= datetime.now(UTC)
