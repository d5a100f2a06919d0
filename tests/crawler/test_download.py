"""Connections go where the guard said, at every hop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawler.download import knowing_its_peer
from tests.crawler.crawling import Crawls
from tests.crawler.server import Answer, Web, serving

PLAIN = "tests.crawler.spiders.Plain"
ALLOWED = "User-agent: *\nDisallow:"


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path)


def settings(web: Web, **more: object) -> dict[str, Any]:
    return {
        "COMMUNIQUE_CONNECT_TO": web.mapping("a.example"),
        "COMMUNIQUE_CONNECT_DELAY": 0,
        "DOWNLOAD_DELAY": 0,
        **more,
    }


def redirecting_to(target: str) -> Web:
    return Web({"/start": Answer(status=302, headers={"Location": target})}, robots=ALLOWED)


def test_a_redirect_to_loopback_reaches_nobody(crawls: Crawls) -> None:
    inside = Web({"/secret": Answer(b"secret")})
    with serving(inside):
        web = redirecting_to(f"http://127.0.0.1:{inside.port}/secret")
        with serving(web):
            crawled = crawls.crawl(
                spider=PLAIN,
                urls="http://a.example/start",
                settings=settings(web, COMMUNIQUE_PORTS=[inside.port]),
            )
    assert inside.hits == []
    [[_, what, message]] = crawled.result["notes"]
    assert what == "ForbiddenByRobots"
    assert "127.0.0.1 refused: it leads to 127.0.0.1, a loopback address" in message


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("http://169.254.169.254/latest/meta-data/", "a cloud metadata address"),
        ("http://metadata.example/latest/", "metadata.example refused: it leads to 169.254.169.254"),
        ("http://2130706433/", "plain dotted quad"),
        ("http://[::ffff:127.0.0.1]/", "a loopback address"),
        ("http://inside.example/", "inside.example refused: it leads to 127.0.0.1"),
        ("http://a.example:22/", "port 22"),
    ],
)
def test_a_redirect_inside_is_refused_with_what_it_leads_to(crawls: Crawls, target: str, words: str) -> None:
    web = redirecting_to(target)
    with serving(web):
        crawled = crawls.crawl(
            spider=PLAIN,
            urls="http://a.example/start",
            settings=settings(
                web, COMMUNIQUE_RESOLVER="tests.crawler.resolvers.leading_inside", RETRY_TIMES=0
            ),
        )
    assert web.paths() == ["/start"]
    assert words in crawled.result["notes"][0][2]


def test_without_robots_txt_the_page_itself_is_refused_too(crawls: Crawls) -> None:
    web = Web()
    with serving(web):
        crawled = crawls.crawl(
            spider=PLAIN,
            urls=f"http://127.0.0.1:{web.port}/page",
            settings={"ROBOTSTXT_OBEY": False, "COMMUNIQUE_PORTS": [web.port]},
        )
    assert web.hits == []
    assert crawled.result["notes"][0][1] == "RefusedAddress"


def test_a_name_that_is_rebound_after_the_check_leads_nowhere_else(
    crawls: Crawls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_LOOKUPS", str(tmp_path / "lookups"))
    web = Web({"/page": Answer(b"secret")})
    with serving(web):
        crawled = crawls.crawl(
            spider="tests.crawler.spiders.Rebound",
            settings={
                "COMMUNIQUE_RESOLVER": "tests.crawler.resolvers.rebinding",
                "COMMUNIQUE_PORTS": [web.port],
                "ROBOTSTXT_OBEY": False,
                "RETRY_TIMES": 0,
            },
            url=f"http://rebound.example:{web.port}/page",
        )
    # First look-up: public, and the connection is made to that address (nobody there). Second: refused.
    assert web.hits == []
    assert crawled.result["notes"][0] == ["connects to", "192.31.196.1", web.port]
    assert crawled.result["notes"][-1][1] == "RefusedAddress"
    assert (tmp_path / "lookups").read_text().split() == ["rebound.example"] * 2


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "file:///etc/hostname", "data:text/plain,x", "s3://bucket/x"]
)
def test_only_http_and_https_are_crawled(crawls: Crawls, url: str) -> None:
    crawled = crawls.crawl(spider=PLAIN, urls=url)
    [[_, what, message]] = crawled.result["notes"]
    assert what == "RefusedAddress"
    assert "only http and https are crawled" in message


def test_a_proxy_from_the_environment_is_not_used(crawls: Crawls, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Web({"http://a.example/page": Answer(b"from the proxy")})
    web = Web({"/page": Answer(b"from the site")}, robots=ALLOWED)
    with serving(proxy), serving(web):
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        crawled = crawls.crawl(spider=PLAIN, urls="http://a.example/page", settings=settings(web))
    assert proxy.hits == []
    assert crawled.result["notes"] == [["http://a.example/page", 200, len(b"from the site")]]


def test_the_crawler_says_who_it_is_and_how_to_reach_its_operator(
    crawls: Crawls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_CONTACT", "press-archive@example.org")
    web = Web({"/page": Answer(b"x")}, robots=ALLOWED)
    with serving(web):
        crawls.crawl(spider=PLAIN, urls="http://a.example/page", settings=settings(web))
    assert {hit.headers["User-Agent"] for hit in web.hits} == {
        "Communique/0.1.0 (+press-archive@example.org)"
    }


def test_hosts_outside_allowed_domains_are_refused_also_after_a_redirect(crawls: Crawls) -> None:
    elsewhere = Web({"/page": Answer(b"x")}, robots=ALLOWED)
    web = redirecting_to("http://b.example/page")
    with serving(web), serving(elsewhere):
        mapping = f"{web.mapping('a.example')},{elsewhere.mapping('b.example')}"
        crawled = crawls.crawl(
            spider="tests.crawler.spiders.OnlyA",
            urls="http://a.example/start",
            settings=settings(web, COMMUNIQUE_CONNECT_TO=mapping),
        )
    assert elsewhere.hits == []
    assert "redirected from http://a.example/start" in crawled.result["notes"][0][2]


def test_a_page_allowed_off_site_still_obeys_its_hosts_robots_txt(crawls: Crawls) -> None:
    elsewhere = Web({"/page": Answer(b"x"), "/open": Answer(b"x")}, robots="User-agent: *\nDisallow: /page")
    with serving(elsewhere):
        crawled = crawls.crawl(
            spider="tests.crawler.spiders.OffSite",
            urls="http://b.example/page http://b.example/open",
            settings={"COMMUNIQUE_CONNECT_TO": elsewhere.mapping("b.example"), "DOWNLOAD_DELAY": 0},
        )
    assert elsewhere.paths() == ["/open"]
    assert crawled.result["notes"][0][1] == "ForbiddenByRobots"


def test_a_connection_takes_the_certificate_of_its_host_apart_once() -> None:
    class Transport:
        asked = 0

        def getPeerCertificate(self) -> object:  # noqa: N802 - Twisted's name
            self.asked += 1
            return object()

    class Connection:
        def __init__(self, transport: object) -> None:
            self.transport = transport

    transport = Transport()
    connection: Any = knowing_its_peer(Connection(transport))  # type: ignore[arg-type]
    assert connection.transport.getPeerCertificate() is connection.transport.getPeerCertificate()
    assert transport.asked == 1
    # Without TLS there is none.
    assert knowing_its_peer(Connection(object()))  # type: ignore[arg-type]
