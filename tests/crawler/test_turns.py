"""No host is asked faster than its definition allows, whatever the number of processes."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from crawler.turns import Turns
from tests.crawler.crawling import ROOT, Crawls
from tests.crawler.demo import definition, settings_for, web_of
from tests.crawler.server import serving


def test_moments_are_a_delay_apart_whoever_takes_them(tmp_path: Path) -> None:
    one = Turns(tmp_path / "turns", clock=lambda: 1000.0)
    other = Turns(tmp_path / "turns", clock=lambda: 1001.5)
    assert one.take("www.gob.mx", 2.0) == 0.0
    assert other.take("www.gob.mx", 2.0) == 0.5
    assert one.take("www.gob.mx", 2.0) == 4.0
    assert one.take("www.state.gov", 5.0) == 0.0


def test_a_moment_written_by_a_wrong_clock_is_ignored(tmp_path: Path) -> None:
    assert Turns(tmp_path, clock=lambda: 900_000.0).take("a.example", 2.0) == 0.0
    assert Turns(tmp_path, clock=lambda: 1000.0).take("a.example", 2.0) == 0.0
    assert Turns(tmp_path, clock=lambda: 1000.0).take("a.example", 2.0) == 2.0


def test_a_file_that_was_cut_off_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "a.example").write_text("17")
    turns = Turns(tmp_path, clock=lambda: 1000.0)
    assert [turns.take("a.example", 2.0) for _ in range(2)] == [0.0, 2.0]


def test_a_host_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    Turns(tmp_path / "turns").take("../../outside", 1.0)
    assert [path.name for path in (tmp_path / "turns").iterdir()] == [".._.._outside"]


def test_three_processes_ask_one_host_at_the_pace_of_one(tmp_path: Path) -> None:
    web = web_of([[2, 1]])
    source = Crawls(tmp_path).define(definition(delay=0.4, at_once=1))
    orders = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        settings = settings_for(web, COMMUNIQUE_CONNECT_DELAY=None, COMMUNIQUE_DATA=str(tmp_path / "data"))
        order = {
            "store": str(folder / "store"),
            "result": str(folder / "result.json"),
            "settings": settings,
            "arguments": {},
            "definition": str(source),
        }
        orders.append(folder / "order.json")
        orders[-1].write_text(json.dumps(order))
    with serving(web):
        crawls = [
            subprocess.Popen([sys.executable, "-m", "tests.crawler.child", str(order)], cwd=ROOT)
            for order in orders
        ]
        assert [crawl.wait(60) for crawl in crawls] == [0, 0, 0]
    times = sorted(hit.at for hit in web.hits)
    assert len(times) == 3 * 5
    # Requests are sent on time and arrive a little later; on average none of the pace is lost.
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.2
    assert times[-1] - times[0] > 0.38 * (len(times) - 1)
