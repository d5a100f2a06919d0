"""Pages that only count up: where counting starts, and when it gives up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.crawling import Crawls
from tests.crawler.demo import NUMBERS, ROBOTS, definition, page, settings_for
from tests.crawler.server import Answer, Web, serving

SOFT_404 = Answer(b"<title>Page not found</title><h1>Page not found</h1>")


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path)


def numbered(*numbers: int) -> Web:
    return Web({f"/id/{number}.html": page(number) for number in numbers}, robots=ROBOTS)


def asked(web: Web) -> list[int]:
    return sorted(int(path.removeprefix("/id/").removesuffix(".html")) for path in web.paths())


def test_counting_gives_up_after_so_many_missing_in_a_row(crawls: Crawls) -> None:
    web = numbered(5, 6, 8, 11)
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition(NUMBERS)), settings=settings_for(web))
    assert crawled.result["outcome"] == "finished"
    assert asked(web) == list(range(5, 16))
    assert {key: state for key, state in crawled.states().items() if state == "stored"} == {
        f"id/{number}": "stored" for number in (5, 6, 8, 11)
    }
    assert crawled.states()["id/7"] == "gone"
    counts = crawled.result["runs"]["run-1"]["counts"]
    assert (counts["vacant"], counts.get("gone", 0)) == (7, 0)


def test_the_next_run_asks_for_the_numbers_above_the_highest_page_again(crawls: Crawls) -> None:
    source = crawls.define(definition(NUMBERS))
    web = numbered(5, 6)
    with serving(web):
        crawls.crawl(definition=source, settings=settings_for(web))
        web.hits.clear()
        crawls.crawl(definition=source, settings=settings_for(web))
        assert asked(web) == [7, 8, 9, 10]
        web.routes["/id/7.html"] = page(7)
        web.hits.clear()
        crawled = crawls.crawl(definition=source, settings=settings_for(web))
    assert asked(web) == [7, 8, 9, 10, 11]
    assert [item["key"] for item in crawled.items] == ["id/7"]


def test_a_soft_404_is_a_missing_number(crawls: Crawls) -> None:
    web = numbered(5)
    web.routes.update({f"/id/{number}.html": SOFT_404 for number in range(6, 500)})
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition(NUMBERS)), settings=settings_for(web))
    assert asked(web) == [5, 6, 7, 8, 9]
    assert crawled.states()["id/6"] == "gone"


def test_a_site_that_never_showed_a_page_is_no_success(crawls: Crawls) -> None:
    web = numbered()
    source = crawls.define(definition(NUMBERS))
    with serving(web):
        empty = crawls.crawl(definition=source, settings=settings_for(web))
        web.routes["/id/7.html"] = page(7)
        later = crawls.crawl(definition=source, settings=settings_for(web))
        nothing_more = crawls.crawl(definition=source, settings=settings_for(web))
    assert empty.result["outcome"] == "failed"
    assert "pages expected, none found from number 5 to 8" in empty.result["error"]
    assert set(empty.states().values()) == {"gone"}
    assert later.result["outcome"] == nothing_more.result["outcome"] == "finished"
    assert later.states()["id/7"] == "stored"


def test_a_site_that_is_down_is_not_counted_through(crawls: Crawls) -> None:
    web = Web({f"/id/{number}.html": Answer(b"", 503) for number in range(5, 500)}, robots=ROBOTS)
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition(NUMBERS)), settings=settings_for(web))
    assert asked(web) == [5, 6, 7, 8]
    assert crawled.result["outcome"] == "failed"
    assert "so counting ends (failed: status 503)" in crawled.result["error"]


def test_counting_never_goes_past_the_last_number(crawls: Crawls) -> None:
    web = numbered(*range(1, 20))
    source = crawls.define(definition(NUMBERS.replace("last=500", "last=12")))
    with serving(web):
        crawled = crawls.crawl(definition=source, settings=settings_for(web))
    assert asked(web) == list(range(5, 13))
    assert crawled.result["walks"][0]["complete"] is True


def test_a_page_of_another_day_waits_for_the_window_that_holds_it(crawls: Crawls) -> None:
    source = crawls.define(definition(NUMBERS))
    web = numbered(6)
    web.routes["/id/5.html"] = page(5, day="2017-01-31")
    with serving(web):
        crawled = crawls.crawl(definition=source, settings=settings_for(web), since="2017-02-01")
        assert [item["key"] for item in crawled.items] == ["id/6"]
        assert crawled.states()["id/5"] == "skipped"
        assert asked(web) == list(range(5, 11))
        crawled = crawls.crawl(definition=source, settings=settings_for(web), until="2017-01-31")
    assert [item["key"] for item in crawled.items] == ["id/5"]
    assert crawled.states()["id/5"] == "stored"


def test_a_limit_stops_the_counting(crawls: Crawls) -> None:
    web = numbered(*range(5, 40))
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition(NUMBERS)), settings=settings_for(web), limit="3"
        )
    assert asked(web) == [5, 6, 7]
    assert crawled.result["outcome"] == "stopped"
