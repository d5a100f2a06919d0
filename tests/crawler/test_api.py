"""APIs: records that an index holds whole, windows as query parameters, ends that are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.crawler.crawling import Crawls
from tests.crawler.demo import API, ROBOTS, definition, settings_for
from tests.crawler.server import Answer, Web, serving


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path)


def record(number: int, day: str = "2017-02-23", modified: str = "1") -> dict[str, object]:
    text = " ".join(f"word{number}x{count}" for count in range(60))
    return {
        "link": f"/news/n{number}",
        "title": f"Release number {number} of the ministry",
        "date": f"{day}T10:00:00Z",
        "modified": modified,
        "body": f"<p>The ministry said {text}.</p><p>And a second paragraph about {text}.</p>",
    }


def answer(numbers: list[int], total: int, **kwargs: str) -> Answer:
    body = {"total": total, "items": [record(number, **kwargs) for number in numbers]}
    return Answer(json.dumps(body).encode(), kind="application/json")


def api(**routes: Answer) -> Web:
    return Web(
        {
            "/api/list?page=1": answer([5, 4, 3], 5),
            "/api/list?page=2": answer([2, 1], 5),
            **{
                f"/api/news/n{number}": Answer(json.dumps(record(number)).encode(), kind="application/json")
                for number in range(1, 6)
            },
        },
        robots=ROBOTS,
    )


def test_records_that_the_index_holds_whole_are_not_fetched_again(crawls: Crawls) -> None:
    web = api()
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition(API)), settings=settings_for(web))
    assert crawled.result["outcome"] == "finished"
    assert len(crawled.items) == 5
    # Five records of three a page are two pages: a third is not asked for.
    assert web.paths() == ["/api/list?page=1", "/api/list?page=2"]
    assert set(crawled.states().values()) == {"stored"}


def test_what_an_interrupted_run_left_of_them_is_fetched_singly(crawls: Crawls) -> None:
    source = crawls.define(definition(API))
    web = api()
    with serving(web):
        crawls.crawl(definition=source, settings=settings_for(web), limit="1")
        web.hits.clear()
        crawled = crawls.crawl(definition=source, settings=settings_for(web))
    assert len(crawled.items) == 4
    assert "/api/news/n4" in web.paths()
    assert "/api/news/n5" not in web.paths()


def test_a_changed_stamp_makes_a_known_release_due_again(crawls: Crawls) -> None:
    source = crawls.define(definition(API))
    web = api()
    with serving(web):
        crawls.crawl(definition=source, settings=settings_for(web))
        web.routes["/api/list?page=1"] = answer([5, 4, 3], 5, modified="2")
        crawled = crawls.crawl(definition=source, settings=settings_for(web))
    assert sorted(item["key"] for item in crawled.items) == ["news/n3", "news/n4", "news/n5"]


def test_a_window_is_asked_of_the_api_where_it_takes_one(crawls: Crawls) -> None:
    web = api()
    window = "&after=2017-02-20&before=2017-02-25"
    web.routes[f"/api/list?page=1{window}"] = answer([5], 1)
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition(API)),
            settings=settings_for(web),
            since="2017-02-20",
            until="2017-02-25",
        )
    assert web.paths() == [f"/api/list?page=1{window}"]
    assert [item["key"] for item in crawled.items] == ["news/n5"]


BY_CHANGE = (
    API.replace('posted=Date("date")', 'changed=Date("modified")')
    .replace("        embedded=True,\n", "")
    .replace('        since="after",\n        until="before",\n', "")
)


def test_an_index_that_goes_by_changes_is_followed_to_the_last_change_within_the_window(
    crawls: Crawls,
) -> None:
    # Posted on the 20th and changed on the 24th; posted and changed on the 22nd; on the 10th; on the 9th.
    days = {
        4: ("2017-02-20", "2017-02-24"),
        3: ("2017-02-22",) * 2,
        2: ("2017-02-10",) * 2,
        1: ("2017-02-09",) * 2,
    }
    entries = {number: record(number, day, changed) for number, (day, changed) in days.items()}

    def listed(*numbers: int) -> Answer:
        body = {"total": 4, "items": [entries[number] for number in numbers]}
        return Answer(json.dumps(body).encode(), kind="application/json")

    pages = {
        f"/api/news/n{number}": Answer(json.dumps(entry).encode(), kind="application/json")
        for number, entry in entries.items()
    }
    web = Web({"/api/list?page=1": listed(4, 3, 2), "/api/list?page=2": listed(1), **pages}, robots=ROBOTS)
    source = crawls.define(definition(BY_CHANGE.replace("page_size=3", "page_size=1")))
    with serving(web):
        crawled = crawls.crawl(
            definition=source, settings=settings_for(web), since="2017-02-18", until="2017-02-21"
        )
    assert crawled.result["outcome"] == "finished"
    assert [item["key"] for item in crawled.items] == ["news/n4"]
    # A page of nothing but older changes is the last one, and what it names is left to walks that go further.
    assert sorted(web.paths()) == ["/api/list?page=1", "/api/list?page=2", "/api/news/n3", "/api/news/n4"]
    assert crawled.states() == {"news/n4": "stored", "news/n3": "skipped"}


def test_a_window_with_nothing_in_it_is_no_failure(crawls: Crawls) -> None:
    web = api()
    web.routes["/api/list?page=1&after=2019-01-01"] = answer([], 0)
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition(API)), settings=settings_for(web), since="2019-01-01"
        )
    assert crawled.result["outcome"] == "finished"


def test_an_api_that_holds_nothing_at_all_fails_the_run(crawls: Crawls) -> None:
    web = api()
    web.routes["/api/list?page=1"] = answer([], 0)
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition(API)), settings=settings_for(web))
    assert crawled.result["outcome"] == "failed"
    assert "empty listing" in crawled.result["error"]
