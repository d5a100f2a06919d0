"""No host is asked faster than its definition allows, whatever the number of processes."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.turns import FileTurns
from storage.database import Database
from storage.turns import DatabaseTurns, shared_turns
from tests import nursery
from tests.crawler.crawling import Crawls
from tests.crawler.demo import definition, settings_for, web_of
from tests.crawler.server import Answer, Web, serving

LATE = 0.1
"""Seconds by which the server, on a machine that has much to do, may note one request later than the next."""


class Moment:
    """A clock that stands still until it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_turns_are_a_pause_apart_whoever_takes_them(tmp_path: Path) -> None:
    clock = Moment(1000.0)
    one, other = FileTurns(tmp_path / "turns", clock), FileTurns(tmp_path / "turns", clock)
    assert one.take("www.gob.mx", 2.0) == 0.0
    clock.now = 1001.5
    assert other.take("www.gob.mx", 2.0) == 0.5
    assert one.take("www.gob.mx", 2.0) == 0.5
    assert one.take("www.state.gov", 5.0) == 0.0
    clock.now = 1002.0
    assert one.take("www.gob.mx", 2.0) == 0.0
    assert other.take("www.gob.mx", 2.0) == 2.0


def test_a_turn_that_left_late_lets_the_next_one_wait(tmp_path: Path) -> None:
    clock = Moment(1000.0)
    turns = FileTurns(tmp_path, clock)
    assert turns.take("a.example", 2.0) == 0.0
    clock.now = 1001.0
    turns.late("a.example")
    clock.now = 1002.0
    assert turns.take("a.example", 2.0) == 1.0


def test_a_moment_written_by_a_wrong_clock_is_ignored_and_the_pause_begins_anew(tmp_path: Path) -> None:
    assert FileTurns(tmp_path, lambda: 900_000.0).take("a.example", 2.0) == 0.0
    clock = Moment(1000.0)
    turns = FileTurns(tmp_path, clock)
    assert turns.take("a.example", 2.0) == 2.0
    clock.now = 1002.0
    assert turns.take("a.example", 2.0) == 0.0


def test_a_file_that_was_cut_off_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "a.example").write_text("17")
    turns = FileTurns(tmp_path, clock=lambda: 1000.0)
    assert [turns.take("a.example", 2.0) for _ in range(2)] == [0.0, 2.0]


def test_a_host_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    FileTurns(tmp_path / "turns").take("../../outside", 1.0)
    assert [path.name for path in (tmp_path / "turns").iterdir()] == [".._.._outside"]


def test_a_database_that_is_a_file_shares_no_turns(tmp_path: Path) -> None:
    assert shared_turns({}) is None
    assert shared_turns({"COMMUNIQUE_DATABASE": f"sqlite:///{tmp_path}/communique.db"}) is None


@pytest.mark.parametrize("backend", ["postgresql"])
class TestOnAServer:
    """Turns in the database, where processes of several machines take them."""

    def set_back(self, database: Database, seconds: float) -> None:
        """As if the last turn at every host had been so many seconds ago."""
        with database.beside() as connection:
            earlier = "UPDATE turns SET asked_at = clock_timestamp() - make_interval(secs => :seconds)"
            connection.execute(text(earlier), {"seconds": seconds})

    def test_turns_are_a_pause_apart_whoever_takes_them(self, database: Database) -> None:
        one, other = DatabaseTurns(database), DatabaseTurns(Database(database.address))
        assert one.take("www.gob.mx", 60.0) == 0.0
        assert 58.0 < other.take("www.gob.mx", 60.0) <= 60.0
        assert one.take("www.state.gov", 60.0) == 0.0
        self.set_back(database, 59.0)
        assert 0.0 < one.take("www.gob.mx", 60.0) <= 1.0
        self.set_back(database, 60.0)
        assert other.take("www.gob.mx", 60.0) == 0.0
        assert one.take("www.gob.mx", 60.0) > 59.0
        other._database.close()

    def test_a_turn_that_left_late_lets_the_next_one_wait(self, database: Database) -> None:
        turns = DatabaseTurns(database)
        assert turns.take("a.example", 60.0) == 0.0
        self.set_back(database, 50.0)
        turns.late("a.example")
        assert turns.take("a.example", 60.0) > 59.0

    def test_a_clock_that_was_set_back_begins_the_pause_anew(self, database: Database) -> None:
        turns = DatabaseTurns(database)
        assert turns.take("a.example", 2.0) == 0.0
        self.set_back(database, -3600.0)
        assert turns.take("a.example", 2.0) == 2.0
        assert turns.take("a.example", 2.0) <= 2.0

    def test_a_turn_waits_for_no_writer(self, database: Database) -> None:
        with database.write():
            assert DatabaseTurns(database).take("a.example", 1.0) == 0.0


def crawl_at_once(tmp_path: Path, web: Web, folders: list[Path], **settings: object) -> list[float]:
    """One crawl for each data folder, all at the same time; when the host was asked, in its own log."""
    source = Crawls(tmp_path).define(definition(delay=0.4, at_once=1))
    orders = []
    for number, data in enumerate(folders):
        folder = tmp_path / f"crawl-{number}"
        folder.mkdir()
        order = {
            "store": str(folder / "store"),
            "result": str(folder / "result.json"),
            "settings": settings_for(
                web, COMMUNIQUE_CONNECT_DELAY=None, COMMUNIQUE_DATA=str(data), **settings
            ),
            "arguments": {},
            "definition": str(source),
        }
        orders.append(folder / "order.json")
        orders[-1].write_text(json.dumps(order))
    with serving(web):
        crawls = [
            nursery.start(
                [sys.executable, "-m", nursery.CHILD, str(order)], dict(os.environ), order.with_name("log")
            )
            for order in orders
        ]
        assert [nursery.wait(crawl) for crawl in crawls] == [0] * len(crawls)
    return sorted(hit.at for hit in web.hits)


def test_three_processes_ask_one_host_at_the_pace_of_one(tmp_path: Path) -> None:
    times = crawl_at_once(tmp_path, web_of([[2, 1]]), [tmp_path / "data"] * 3)
    assert len(times) == 3 * 5
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.4 - LATE


def test_a_host_that_closes_its_connections_is_given_the_pause_after_each_new_one(tmp_path: Path) -> None:
    web = web_of([[2, 1]])
    for path, answer in web.routes.items():
        assert isinstance(answer, Answer)
        web.routes[path] = replace(answer, headers={**answer.headers, "Connection": "close"})
    turns = {"COMMUNIQUE_TURNS": "tests.crawler.noted_turns.noted"}
    times = crawl_at_once(tmp_path, web, [tmp_path / "data"], **turns)
    late = (tmp_path / "data" / "late").read_text().splitlines()
    assert len(late) >= len(times) == 5


@pytest.mark.parametrize("backend", ["postgresql"])
def test_processes_without_a_folder_in_common_ask_one_host_at_the_pace_of_one(
    tmp_path: Path, database_url: str
) -> None:
    folders = [tmp_path / name for name in ("here", "there")]
    times = crawl_at_once(tmp_path, web_of([[2, 1]]), folders, COMMUNIQUE_DATABASE=database_url)
    assert len(times) == 2 * 5
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.4 - LATE
