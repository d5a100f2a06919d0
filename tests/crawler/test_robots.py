"""robots.txt is obeyed before every request, however many wait for it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.crawler.crawling import Crawls
from tests.crawler.server import Answer, Hit, Web, serving

PLAIN = "tests.crawler.spiders.Plain"
FORBIDDING = "User-agent: *\nDisallow: /private"
STOCK = {
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.middlewares.robots.Robots": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": 100,
        "crawler.middlewares.hosts.Hosts": 50,
        "crawler.middlewares.captures.Captures": 700,
    }
}


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path)


def settings(web: Web, **more: object) -> dict[str, object]:
    return {"COMMUNIQUE_CONNECT_TO": web.mapping("a.example", "b.example"), "DOWNLOAD_DELAY": 0, **more}


def eight_private() -> tuple[Web, str]:
    routes = {f"/private/{number}": Answer(b"<p>secret</p>") for number in range(8)}
    # Slow enough that every request waits for robots.txt.
    web = Web({**routes, "/robots.txt": Answer(FORBIDDING.encode(), kind="text/plain", wait=0.3)})
    return web, " ".join(f"http://a.example/private/{number}" for number in range(8))


@pytest.mark.parametrize("at_once", [1, 8])
def test_no_request_slips_past_while_robots_txt_is_on_its_way(crawls: Crawls, at_once: int) -> None:
    web, urls = eight_private()
    with serving(web):
        crawled = crawls.crawl(
            spider=PLAIN,
            urls=urls,
            settings=settings(web, CONCURRENT_REQUESTS_PER_DOMAIN=at_once, CONCURRENT_REQUESTS=16),
        )
    assert web.paths() == []
    assert [hit.path for hit in web.hits] == ["/robots.txt"]
    assert [note[1] for note in crawled.result["notes"]] == ["ForbiddenByRobots"] * 8


def test_scrapys_own_middleware_lets_them_slip_past(crawls: Crawls) -> None:
    """Why ours exists. When this fails, Scrapy was cured and the lock may go."""
    web, urls = eight_private()
    with serving(web):
        crawls.crawl(spider=PLAIN, urls=urls, settings=settings(web, CONCURRENT_REQUESTS=16, **STOCK))
    assert len(web.paths()) > 0


def test_what_is_not_forbidden_is_fetched(crawls: Crawls) -> None:
    web = Web({"/public": Answer(b"<p>text</p>")}, robots=FORBIDDING)
    with serving(web):
        crawls.crawl(spider=PLAIN, urls="http://a.example/public", settings=settings(web))
    assert web.paths() == ["/public"]


def test_our_own_name_in_robots_txt_counts(crawls: Crawls) -> None:
    web = Web(
        {"/public": Answer(b"x")}, robots="User-agent: *\nDisallow:\n\nUser-agent: Communique\nDisallow: /"
    )
    with serving(web):
        crawls.crawl(spider=PLAIN, urls="http://a.example/public", settings=settings(web))
    assert web.paths() == []


def test_without_a_robots_txt_everything_is_allowed(crawls: Crawls) -> None:
    web = Web({"/public": Answer(b"x")})
    with serving(web):
        crawls.crawl(spider=PLAIN, urls="http://a.example/public", settings=settings(web))
    assert web.paths() == ["/public"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_cannot_be_had_forbids_everything_for_now(crawls: Crawls, status: int) -> None:
    web = Web({"/public": Answer(b"x")}, robots=Answer(b"", status))
    with serving(web):
        crawled = crawls.crawl(
            spider=PLAIN,
            urls="http://a.example/public http://a.example/more",
            settings=settings(web, RETRY_TIMES=0),
        )
    assert web.paths() == []
    assert len(web.hits) == 1
    assert f"answered with status {status}" in crawled.result["notes"][0][2]


def test_only_the_first_500_kib_of_a_robots_txt_are_read(crawls: Crawls) -> None:
    padding = "#" + "x" * 1023 + "\n"
    web = Web({"/public": Answer(b"x")}, robots="User-agent: *\n" + padding * 501 + "Disallow: /public\n")
    with serving(web):
        crawls.crawl(spider=PLAIN, urls="http://a.example/public", settings=settings(web))
    assert web.paths() == ["/public"]


def test_each_host_has_its_own_rules(crawls: Crawls) -> None:
    def robots(hit: Hit) -> Answer:
        return Answer(b"User-agent: *\nDisallow: /" if hit.host == "a.example" else b"", kind="text/plain")

    web = Web({"/page": Answer(b"x"), "/robots.txt": robots})
    with serving(web):
        crawls.crawl(spider=PLAIN, urls="http://a.example/page http://b.example/page", settings=settings(web))
    assert [hit.host for hit in web.hits if hit.path == "/page"] == ["b.example"]


def test_a_longer_crawl_delay_is_kept_to(crawls: Crawls) -> None:
    routes = {f"/{number}": Answer(b"x") for number in range(4)}
    web = Web(routes, robots="User-agent: *\nCrawl-delay: 0.4")
    with serving(web):
        urls = " ".join(f"http://a.example/{number}" for number in range(4))
        crawls.crawl(spider=PLAIN, urls=urls, settings=settings(web, CONCURRENT_REQUESTS_PER_DOMAIN=4))
    gaps = [later - earlier for earlier, later in pairwise(web.times())]
    assert len(gaps) == 3
    assert min(gaps) > 0.35


def test_mapped_hosts_with_a_delay_of_their_own_do_not_wait_for_crawl_delay(crawls: Crawls) -> None:
    web = Web({f"/{number}": Answer(b"x") for number in range(3)}, robots="User-agent: *\nCrawl-delay: 30")
    with serving(web):
        urls = " ".join(f"http://a.example/{number}" for number in range(3))
        crawls.crawl(spider=PLAIN, urls=urls, settings=settings(web, COMMUNIQUE_CONNECT_DELAY=0))
    assert web.times()[-1] - web.times()[0] < 10
