"""An archive is left alone for as long as it asked for, by all processes, whatever kills one of them; and all
of them together keep to one budget.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.archives.pauses import LONGEST_PAUSE, FilePauses, Pauses
from storage.database import Database
from storage.pauses import DatabasePauses, shared_pauses
from tests.crawler.server import Answer, Hit, Web, serving
from tests.whole.archived import ROOT, most_in

ARCHIVE = "web.archive.org"
UNASKED = 40.0
PATIENCE = 60


class Shared:
    """What the processes of one machine, or of many, share."""

    def __init__(self, order: Mapping[str, str]) -> None:
        self.order = order
        self._databases: list[Database] = []

    def open(self) -> Pauses:
        if "database" in self.order:
            self._databases.append(Database(self.order["database"]))
            return DatabasePauses(self._databases[-1], UNASKED)
        return FilePauses(Path(self.order["data"]) / "pauses", UNASKED)

    def close(self) -> None:
        for each in self._databases:
            each.close()


@pytest.fixture
def shared(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shared]:
    """Files of one folder, and a database on a server."""
    on_file = backend == "sqlite"
    made = Shared(
        {"data": str(tmp_path)} if on_file else {"database": request.getfixturevalue("database_url")}
    )
    yield made
    made.close()


@pytest.fixture
def two(shared: Shared) -> Iterator[tuple[Pauses, Pauses]]:
    """Two processes, as far as they know."""
    one, other = shared.open(), shared.open()
    yield one, other
    one.close()
    other.close()


def test_a_pause_holds_for_everybody_and_the_longer_of_two_counts(two: tuple[Pauses, Pauses]) -> None:
    one, other = two
    assert one.begin(ARCHIVE) == 0.0
    one.hold(ARCHIVE, 60.0, "status 429")
    one.hold(ARCHIVE, 30.0, "status 429")
    one.end(ARCHIVE)
    assert 50.0 < other.begin(ARCHIVE) <= 60.0
    assert 50.0 < one.begin(ARCHIVE) <= 60.0
    assert other.begin("another.example") == 0.0


def test_an_archive_that_asks_for_days_is_left_alone_for_an_hour(two: tuple[Pauses, Pauses]) -> None:
    one, other = two
    one.hold(ARCHIVE, 86_400.0, "status 429")
    assert LONGEST_PAUSE - 20 < other.begin(ARCHIVE) <= LONGEST_PAUSE


def test_requests_under_way_hinder_nobody_and_leave_nothing_when_they_have_ended(
    two: tuple[Pauses, Pauses], shared: Shared
) -> None:
    one, other = two
    assert [one.begin(ARCHIVE), other.begin(ARCHIVE), one.begin(ARCHIVE)] == [0.0, 0.0, 0.0]
    one.end(ARCHIVE)
    assert other.begin(ARCHIVE) == 0.0
    one.close()
    other.end(ARCHIVE)
    third = shared.open()
    assert third.begin(ARCHIVE) == 0.0
    third.close()


def test_what_ends_after_all_was_closed_is_no_error_and_was_struck_out(
    two: tuple[Pauses, Pauses],
) -> None:
    one, other = two
    assert [one.begin(ARCHIVE), one.begin(ARCHIVE)] == [0.0, 0.0]
    one.end(ARCHIVE)
    one.close()
    one.end(ARCHIVE)
    assert other.begin(ARCHIVE) == 0.0


@pytest.mark.parametrize("backend", ["postgresql"])
class TestRestart:
    """PostgreSQL is restarted: it ends all sessions, whatever is under way in them."""

    @pytest.fixture
    def pair(
        self, two: tuple[Pauses, Pauses], monkeypatch: pytest.MonkeyPatch
    ) -> tuple[DatabasePauses, DatabasePauses]:
        one, other = two
        assert isinstance(one, DatabasePauses)
        assert isinstance(other, DatabasePauses)
        monkeypatch.setattr("storage.database.AWAY", 0.0)
        one._database.patience = other._database.patience = PATIENCE
        return one, other

    @staticmethod
    def end_session_of(pauses: DatabasePauses, by: DatabasePauses) -> None:
        assert pauses._known_as is not None
        with by._database.beside() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:session)"), pauses._known_as)
            asked = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :session")
            while connection.scalar(asked, pauses._known_as):
                connection.execute(text("SELECT pg_stat_clear_snapshot()"))

    def test_a_living_process_notes_anew_what_it_has_under_way(
        self, pair: tuple[DatabasePauses, DatabasePauses]
    ) -> None:
        one, other = pair
        assert one.begin(ARCHIVE) == 0.0
        self.end_session_of(one, other)
        assert one.begin("another.example") == 0.0
        assert other.begin(ARCHIVE) == 0.0, "it lives, and has said so"
        one.end(ARCHIVE)
        one.end("another.example")
        other.end(ARCHIVE)
        self.end_session_of(one, other)
        assert other.begin(ARCHIVE) == 0.0, "nothing was left noted"

    def test_a_pause_is_kept_and_the_answer_that_asks_for_one_is_told(
        self, pair: tuple[DatabasePauses, DatabasePauses]
    ) -> None:
        one, other = pair
        assert one.begin(ARCHIVE) == 0.0
        self.end_session_of(one, other)
        one.hold(ARCHIVE, 50.0, "status 429")
        one.end(ARCHIVE)
        assert 30.0 < other.begin(ARCHIVE) <= 50.0
        self.end_session_of(one, other)
        one.close()

    def test_who_looks_before_the_living_come_back_presumes_a_pause(
        self, pair: tuple[DatabasePauses, DatabasePauses]
    ) -> None:
        one, other = pair
        assert one.begin(ARCHIVE) == 0.0
        self.end_session_of(one, other)
        assert UNASKED - 10 < other.begin(ARCHIVE) <= UNASKED
        one.end(ARCHIVE)
        assert one.begin(ARCHIVE) > 0.0


def asking(shared: Shared, web: Web, **given: object) -> subprocess.Popen[str]:
    order = {**shared.order, "port": web.port, "index": 0, "pages": 0, "index_calls": 1200, "replays": 40}
    words = json.dumps({**order, "unasked": UNASKED, **given})
    command = [sys.executable, "-m", "tests.archives.asking", words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_process_killed_between_an_answer_and_the_note_of_it_leaves_a_pause_to_the_others(
    shared: Shared, two: tuple[Pauses, Pauses]
) -> None:
    with serving(Web({"/page": Answer(status=429, headers={"Retry-After": "30"})})) as web:
        child = asking(shared, web, pages=1, stuck=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "429\n"
        one, other = two
        assert one.begin(ARCHIVE) == 0.0, "it lives, and may still tell"
        one.end(ARCHIVE)
        child.kill()
        child.communicate()
    wait = 0.0
    while not wait:  # a server takes a moment to see that a session is gone
        wait = one.begin(ARCHIVE)
        if not wait:
            one.end(ARCHIVE)
    assert UNASKED - 10 < wait <= UNASKED
    assert 0.0 < other.begin(ARCHIVE) <= wait, "the note was struck out, and the pause does not begin anew"


def test_two_processes_never_exceed_the_budget_of_one_nor_disregard_a_pause(shared: Shared) -> None:
    index_calls, replays, seconds = 20, 40, 1
    turned = threading.Event()

    def answer(hit: Hit) -> Answer:
        if len(web.hits) >= 30 and not turned.is_set():
            turned.set()
            return Answer(status=429, headers={"Retry-After": str(seconds)})
        return Answer(b"a page")

    web = Web({"/index": answer, "/page": answer})
    with serving(web):
        children = [asking(shared, web, index=12, pages=12) for _ in range(2)]
        told = [child.communicate(timeout=PATIENCE)[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert all(each.count("200") == 12 + 3 * 12 for each in told)
    of_index, of_pages = ([hit.at for hit in web.hits if hit.path == path] for path in ("/index", "/page"))
    assert most_in(of_index, 1.0) <= index_calls
    assert most_in(of_pages, 1.0) <= replays
    asked_at = web.hits[29].at
    within = [hit.at for hit in web.hits if asked_at < hit.at < asked_at + seconds]
    # What had left before the answer came, and nothing after.
    assert len(within) <= 7
    assert all(at < asked_at + seconds / 2 for at in within)


def test_a_file_that_was_cut_off_or_written_by_a_wrong_clock_holds_nobody_for_long(tmp_path: Path) -> None:
    (tmp_path / ARCHIVE).write_text("17")
    assert FilePauses(tmp_path).begin(ARCHIVE) == 0.0
    FilePauses(tmp_path, clock=lambda: 900_000.0).hold(ARCHIVE, 60.0, "status 429")
    assert FilePauses(tmp_path, clock=lambda: 1000.0).begin(ARCHIVE) == LONGEST_PAUSE


def test_a_database_that_is_a_file_shares_no_pauses(tmp_path: Path) -> None:
    assert shared_pauses({}) is None
    assert shared_pauses({"COMMUNIQUE_DATABASE": f"sqlite:///{tmp_path}/communique.db"}) is None
