"""`python -m crawler.run`: one crawl, judged by its run and told by the exit code."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.replica import Replica
from scheduler.nursery import CRAWL, CrawlProcess
from tests import nursery
from tests.crawler.crawling import Crawls
from tests.crawler.demo import definition, page, settings_for, web_of
from tests.crawler.server import Answer, Web, serving

COLUMN = Answer(b"<html><p>Column 022717 Somebody</p><p>Monday, February 27, 2017</p></html>")
MEMORY = ("-s", "COMMUNIQUE_STORE=", "-s", "ITEM_PIPELINES={}", "-s", "RETRY_TIMES=0")


@dataclass(frozen=True)
class Started:
    process: CrawlProcess
    log: Path


Start = Callable[..., Started]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def begin(
        web: Web | Mapping[str, str], *arguments: str, source: str = "mexidata", **environment: str
    ) -> Started:
        if isinstance(web, Web):
            mapping = web.mapping("mexidata.info", "www.mexidata.info")
            web = {**os.environ, "COMMUNIQUE_CONNECT_TO": mapping, "COMMUNIQUE_CONNECT_DELAY": "0"}
        log = tmp_path / "log"
        command = [*CRAWL, source, *MEMORY, *arguments]
        return Started(nursery.start(command, {**web, **environment}, log), log)

    return begin


def end(started: Started) -> tuple[int, str]:
    code = nursery.wait(started.process, 60)
    return code, started.log.read_text()


def columns(first: int, last: int) -> Web:
    return Web({f"/id{number}.html": COLUMN for number in range(first, last + 1)}, robots="")


def test_a_crawl_that_finishes_says_nothing_and_exits_with_0(start: Start) -> None:
    with serving(columns(4403, 4405)) as web:
        assert end(start(web)) == (0, "")
    assert len(web.paths()) == 3 + 25


def test_a_crawl_that_stops_at_its_limit_exits_with_0(start: Start) -> None:
    with serving(columns(4403, 4405)) as web:
        code, _ = end(start(web, "--limit", "2"))
    assert code == 0
    assert len(web.paths()) == 2


def test_a_crawl_that_failed_exits_with_1_and_says_why(start: Start) -> None:
    with serving(Web(robots=Answer(b"", 503))) as web:
        code, told = end(start(web))
    assert code == 1
    assert "mexidata: " in told
    assert "robots.txt answered with status 503" in told


@pytest.mark.parametrize(
    ("arguments", "source", "environment", "words"),
    [
        (
            ("--since", "yesterday"),
            "mexidata",
            {},
            "since='yesterday' is not a day; write it as 2017-02-20",
        ),
        (("--limit", "-3"), "mexidata", {}, "limit='-3' is not a whole number above 0"),
        ((), "mx_sree", {}, "no spider 'mx_sree'; there are: "),
        ((), "mexidata", {"COMMUNIQUE_CONNECT_DELAY": "soon"}, "COMMUNIQUE_CONNECT_DELAY: 'soon'"),
        (("-s", "RETRY_TIMES"), "mexidata", {}, "expected NAME=VALUE"),
    ],
)
def test_what_cannot_be_used_exits_with_2_and_one_line(
    start: Start,
    arguments: tuple[str, ...],
    source: str,
    environment: dict[str, str],
    words: str,
) -> None:
    with serving(columns(4403, 4403)) as web:
        code, told = end(start(web, *arguments, source=source, **environment))
    assert code == 2
    assert words in told
    assert len(told.strip().splitlines()) == 1
    assert web.hits == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_crawl_cleanly_with_3(start: Start, how: signal.Signals) -> None:
    routes = {f"/id{number}.html": Answer(COLUMN.body, wait=0.05) for number in range(4403, 9999)}
    with serving(Web(routes, robots="")) as web:
        started = start(web)
        deadline = time.monotonic() + 30
        while len(web.paths()) < 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(started.process.pid, how)
        code, told = end(started)
    assert code == 3, told
    assert len(web.paths()) >= 20


def test_a_source_that_another_process_has_exits_with_4_and_says_so(start: Start) -> None:
    with serving(columns(4403, 4403)) as web:
        code, told = end(start(web, "-s", "COMMUNIQUE_STORE=tests.crawler.stores.busy"))
    assert code == 4
    assert "mexidata is being crawled already by run r7, since 10:15" in told
    assert web.hits == []


def test_a_run_that_was_planned_before_is_the_one_that_is_opened(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path)
    web = web_of([[1]])
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition()), settings=settings_for(web), run_id="planned-7"
        )
    assert list(crawled.result["runs"]) == ["planned-7"]


def test_a_run_that_the_ledger_gave_up_fetches_nothing_more(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path)
    web = web_of([list(range(60, 0, -1))])
    web.routes.update({f"/news/n{number}": Answer(page(number).body, wait=0.1) for number in range(1, 61)})
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition(at_once=1)),
            settings=settings_for(
                web,
                COMMUNIQUE_STORE="tests.crawler.stores.taken_over",
                COMMUNIQUE_CONNECT_DELAY=None,
            ),
        )
    assert crawled.result["outcome"] == "failed"
    assert "run run-1 was taken for dead" in crawled.result["error"]
    assert len(web.paths()) < 30


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_counts_only_when_somebody_trusted_vouches_for_it(start: Start, trusted: bool) -> None:
    with Replica(releases=30, seed=7) as replica:
        environment = {**os.environ, **replica.environment}
        if not trusted:
            del environment["SSL_CERT_FILE"]
        ended = end(start(environment, source="mx_sre"))
        paths = [entry.path for entry in replica.log]
    if trusted:
        assert ended == (0, "")
        assert len(paths) > 2
    else:
        assert ended[0] == 1
        assert "certificate verify failed" in ended[1]
        assert paths == []


def test_memory_stays_flat_however_much_an_index_holds(tmp_path: Path) -> None:
    def peak(pages: int) -> float:
        crawls = Crawls(tmp_path / str(pages))
        web = web_of([range(number * 50, number * 50 + 50) for number in range(1, pages + 1)])
        with serving(web):
            crawled = crawls.crawl(
                definition=crawls.define(definition()),
                settings=settings_for(web, ITEM_PIPELINES={"tests.crawler.stages.Forget": 100}),
            )
        assert len(crawled.states()) == pages * 50
        assert crawled.result["stats"]["item_scraped_count"] == pages * 50
        return float(crawled.result["peak_megabytes"])

    assert page(1).body
    assert peak(20) - peak(4) < 16
