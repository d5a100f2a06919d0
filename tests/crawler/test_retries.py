"""Waiting as a site asks, and no longer than a run can wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.asked_waits import asked_wait
from crawler.items import AddressState, Capture, Due
from crawler.spiders.endings import ending_by_status
from tests.crawler.crawling import Crawls
from tests.crawler.demo import definition, page, settings_for, web_of
from tests.crawler.server import Answer, Hit, Route, serving

NOW = datetime(2017, 2, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Thu, 23 Feb 2017 12:00:30 GMT", 30.0),
        ("Thu, 23 Feb 2017 11:00:00 GMT", 0.0),
        ("9" * 400, float("inf")),
        ("Thu, 23 Feb 2017 12:00:30 +99999999999999999", None),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert asked_wait(header, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "7200", 7200.0),
        (503, "Thu, 23 Feb 2017 12:00:30 GMT", 30.0),
        (503, None, None),
        (500, "60", None),
    ],
)
def test_an_address_that_fails_keeps_how_long_its_site_asked_to_be_left_alone(
    status: int, header: str | None, seconds: float | None
) -> None:
    headers = (("retry-after", header),) if header else ()
    answer = Capture("http://www.demo.example/news/n1", status, headers, b"later", NOW)
    outcome = ending_by_status(Due("news/n1", answer.url), answer)
    assert outcome is not None
    assert (outcome.state, outcome.retry_after) == (AddressState.FAILED, seconds)


def first(answer: Answer, then: Answer, times: int = 1) -> Route:
    asked: list[Hit] = []

    def route(hit: Hit) -> Answer:
        asked.append(hit)
        return answer if len(asked) <= times else then

    return route


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_wait_is_waited_for_and_the_page_is_read(crawls: Crawls, status: int) -> None:
    web = web_of([[1]])
    web.routes["/news/n1"] = first(Answer(b"later", status, {"Retry-After": "1"}), page(1))
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition()), settings=settings_for(web, RETRY_TIMES=2)
        )
    assert crawled.states() == {"news/n1": "stored"}
    times = [hit.at for hit in web.hits if hit.path == "/news/n1"]
    assert len(times) == 2
    assert times[1] - times[0] >= 0.98


def test_the_whole_host_waits_not_only_the_page_that_was_told_to(crawls: Crawls) -> None:
    web = web_of([[4, 3, 2, 1]])
    # It comes when the next request is due: that one must not slip through.
    web.routes["/news/n4"] = first(Answer(b"later", 429, {"Retry-After": "1"}, wait=0.2), page(4))
    with serving(web):
        crawls.crawl(
            definition=crawls.define(definition(delay=0.05, at_once=1)),
            settings=settings_for(web, COMMUNIQUE_CONNECT_DELAY=None, RETRY_TIMES=2),
        )
    told = next(hit.at for hit in web.hits if hit.path == "/news/n4")
    meanwhile = [hit.path for hit in web.hits if told < hit.at < told + 1.1]
    assert meanwhile == []
    assert len(web.paths()) == 7


def test_a_wait_longer_than_a_run_can_wait_fails_the_page_with_what_was_asked(crawls: Crawls) -> None:
    web = web_of([[2, 1]])
    web.routes["/news/n1"] = Answer(b"later", 503, {"Retry-After": "7200"})
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition()), settings=settings_for(web, RETRY_TIMES=2)
        )
    entry = crawled.ledger()["news/n1"]
    assert (entry["state"], entry["failure"]) == ("failed", "http status")
    assert entry["reason"] == "status 503, Retry-After: 7200"
    put_off = datetime.fromisoformat(entry["next_try_at"]) - datetime.now(UTC)
    assert timedelta(hours=1, minutes=55) < put_off <= timedelta(hours=2)
    assert web.paths().count("/news/n1") == 1


def test_too_many_requests_said_again_and_again_end_the_crawl(crawls: Crawls) -> None:
    web = web_of([list(range(20, 0, -1))])
    web.routes.update(
        {f"/news/n{number}": Answer(b"no", 429, {"Retry-After": "7200"}) for number in range(1, 21)}
    )
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition()), settings=settings_for(web, CONCURRENT_REQUESTS=1)
        )
    assert crawled.result["outcome"] == "failed"
    assert "too many requests" in crawled.result["error"]
    assert "discovered" in crawled.states().values()


def test_what_may_pass_is_tried_again(crawls: Crawls) -> None:
    web = web_of([[1]])
    web.routes["/news/n1"] = first(Answer(b"", 502), page(1), times=2)
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition()), settings=settings_for(web, RETRY_TIMES=2)
        )
    assert crawled.states() == {"news/n1": "stored"}
    assert web.paths().count("/news/n1") == 3
