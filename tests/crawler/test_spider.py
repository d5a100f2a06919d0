"""The spider of a source: what it asks for, when it stops, and how every address ends."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawler.spiders.walk import MOST_AHEAD
from tests.crawler.crawling import Crawls
from tests.crawler.demo import (
    LINKED_LISTING,
    LISTING,
    ROBOTS,
    SPANISH_LISTING,
    definition,
    listing,
    page,
    settings_for,
    web_of,
)
from tests.crawler.server import Answer, Hit, Web, serving
from tests.pdfs import pdf

CHALLENGE = Answer(
    b"<html><title>Challenge Validation</title>"
    b"<iframe id='sec-cpt-if'></iframe><div class='sec-container'></div></html>"
)


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path)


def test_every_release_of_every_page_is_read_once(crawls: Crawls) -> None:
    web = web_of([[9, 8, 7], [6, 5, 4], [3, 2, 1]])
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web))
    assert crawled.result["outcome"] == "finished"
    assert sorted(item["key"] for item in crawled.items) == [f"news/n{number}" for number in range(1, 10)]
    assert set(crawled.states().values()) == {"stored"}
    assert [walk["complete"] for walk in crawled.result["walks"]] == [True]
    counts = crawled.result["runs"]["run-1"]["counts"]
    assert (counts["discovered"], counts["fetched"], counts["listed"]) == (9, 9, 9)


def test_items_say_which_capture_they_were_read_from(crawls: Crawls) -> None:
    web = web_of([[1]])
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web))
    [item] = crawled.items
    assert item["capture_digest"].startswith("sha256:")
    assert item["captured_at"] is not None
    assert "http://www.demo.example/news/n1" in [url for url, *_ in crawled.result["captures"]]


def test_a_second_crawl_reads_the_first_page_of_the_index_and_nothing_else(crawls: Crawls) -> None:
    source = crawls.define(definition())
    web = web_of([[9, 8, 7], [6, 5, 4]])
    with serving(web):
        crawls.crawl(definition=source, settings=settings_for(web))
        web.hits.clear()
        crawled = crawls.crawl(definition=source, settings=settings_for(web))
    assert web.paths() == ["/list?page=1"]
    assert crawled.result["outcome"] == "finished"
    assert crawled.items == []


def test_far_down_an_index_the_next_pages_are_asked_for_ahead_and_recorded_in_order(crawls: Crawls) -> None:
    source = crawls.define(definition(at_once=8))
    web = web_of([[number] for number in range(20, 0, -1)])
    with serving(web):
        crawled = crawls.crawl(definition=source, settings=settings_for(web))
    assert crawled.result["outcome"] == "finished"
    assert set(crawled.states().values()) == {"stored"}
    assert len(crawled.states()) == 20
    lists = [path for path in web.paths() if path.startswith("/list")]
    assert sorted(lists) == sorted({f"/list?page={number}" for number in range(1, 22 + MOST_AHEAD)})


def test_a_run_for_so_many_releases_asks_for_no_page_that_it_may_not_need(crawls: Crawls) -> None:
    web = web_of([[number] for number in range(20, 0, -1)])
    with serving(web):
        crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web), limit="15")
    lists = [path for path in web.paths() if path.startswith("/list")]
    assert lists == [f"/list?page={number}" for number in range(1, len(lists) + 1)]
    assert len(lists) <= 16


def test_new_releases_are_followed_down_to_a_page_of_known_ones(crawls: Crawls) -> None:
    source = crawls.define(definition())
    web = web_of([[6, 5, 4], [3, 2, 1]])
    with serving(web):
        crawls.crawl(definition=source, settings=settings_for(web))
        web.routes.update(
            {
                "/list?page=1": listing([8, 7, 6]),
                "/list?page=2": listing([5, 4, 3]),
                "/list?page=3": listing([2, 1]),
            }
        )
        web.routes.update({f"/news/n{number}": page(number) for number in (7, 8)})
        web.hits.clear()
        crawls.crawl(definition=source, settings=settings_for(web))
    assert sorted(web.paths()) == ["/list?page=1", "/list?page=2", "/news/n7", "/news/n8"]


def test_a_walk_that_was_not_finished_does_not_let_the_next_one_stop_early(crawls: Crawls) -> None:
    source = crawls.define(definition())
    web = web_of([[6, 5, 4], [3, 2, 1]])
    web.routes["/list?page=2"] = Answer(b"broken", 500)
    with serving(web):
        first = crawls.crawl(definition=source, settings=settings_for(web))
        web.routes["/list?page=2"] = listing([3, 2, 1])
        second = crawls.crawl(definition=source, settings=settings_for(web))
    assert first.result["outcome"] == "failed"
    assert "status 500" in first.result["error"]
    assert second.result["outcome"] == "finished"
    assert sorted(item["key"] for item in second.items) == ["news/n1", "news/n2", "news/n3"]


def test_leftovers_of_an_earlier_run_are_fetched_before_the_index(crawls: Crawls) -> None:
    source = crawls.define(definition())
    web = web_of([[3, 2, 1]])
    with serving(web):
        first = crawls.crawl(definition=source, settings=settings_for(web), limit="1")
        web.hits.clear()
        second = crawls.crawl(definition=source, settings=settings_for(web))
    assert first.result["outcome"] == "stopped"
    assert len(first.items) == 1
    assert [walk["complete"] for walk in first.result["walks"]] == [False]
    assert second.result["outcome"] == "finished"
    assert len(second.items) == 2
    assert web.paths()[0].startswith("/news/")


def test_a_page_has_the_posting_time_that_its_index_showed_also_when_another_run_fetches_it(
    crawls: Crawls,
) -> None:
    days = {2: "2017-02-23 18:21:00", 1: "2017-02-22 09:05:00"}
    web = web_of([[2, 1]], days=days)
    web.routes.update({f"/news/n{number}": page(number, day=day[:10]) for number, day in days.items()})
    source = crawls.define(definition())
    with serving(web):
        first = crawls.crawl(definition=source, settings=settings_for(web), limit="1")
        second = crawls.crawl(definition=source, settings=settings_for(web))
    assert [(item["key"], item["posted_at"], item["notes"]) for item in first.items + second.items] == [
        ("news/n2", "2017-02-24 00:21:00+00:00", ["time by index"]),
        ("news/n1", "2017-02-22 15:05:00+00:00", ["time by index"]),
    ]


def test_a_limit_above_what_there_is_does_not_matter(crawls: Crawls) -> None:
    web = web_of([[2, 1]])
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web), limit="2")
    assert crawled.result["outcome"] == "finished"


DAYS = {6: "2017-03-02", 5: "2017-02-28", 4: "2017-02-23", 3: "2017-02-21", 2: "2017-02-10", 1: "2017-01-05"}


def test_only_the_window_is_fetched_and_all_that_was_seen_is_recorded(crawls: Crawls) -> None:
    web = web_of([[6, 5], [4, 3], [2, 1], [0]], days=DAYS)
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition()),
            settings=settings_for(web),
            since="2017-02-20",
            until="2017-02-28",
        )
    assert sorted(item["key"] for item in crawled.items) == ["news/n3", "news/n4", "news/n5"]
    assert crawled.states() == {
        "news/n6": "discovered",
        **{f"news/n{number}": "stored" for number in (5, 4, 3)},
        "news/n2": "discovered",
        "news/n1": "discovered",
    }
    # The third page is all older than the window: the fourth is not asked for.
    assert [path for path in web.paths() if path.startswith("/list")] == [
        f"/list?page={page}" for page in (1, 2, 3)
    ]
    assert crawled.result["walks"][0]["complete"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"since": "20 February"}, "since='20 February' is not a day; write it as 2017-02-20"),
        ({"limit": "many"}, "limit='many' is not a whole number above 0"),
        ({"limit": "0"}, "limit='0'"),
        ({"since": "2017-03-01", "until": "2017-02-01"}, "since 2017-03-01 is after until 2017-02-01"),
        ({"sinse": "2017-02-20"}, "has no argument sinse; it has since, until, limit"),
    ],
)
def test_arguments_that_cannot_be_read_are_named(
    crawls: Crawls, arguments: dict[str, str], words: str
) -> None:
    from crawler.source import load_source
    from crawler.spiders.loader import spider_for

    spider = spider_for(load_source(crawls.define(definition())))
    with pytest.raises((TypeError, ValueError), match=words):
        spider(**arguments)


def test_pages_that_link_to_their_follower_are_followed(crawls: Crawls) -> None:
    web = Web(
        {
            "/list": listing([3, 2], following="/list/older"),
            "/list/older": listing([1]),
            **{f"/news/n{number}": page(number) for number in (1, 2, 3)},
        },
        robots=ROBOTS,
    )
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition(LINKED_LISTING)), settings=settings_for(web)
        )
    assert crawled.result["outcome"] == "finished"
    assert len(crawled.items) == 3


WHOLE = page(1).body
ENDINGS: dict[str, tuple[Answer, tuple[str, str | None, str]]] = {
    "missing": (Answer(b"gone", 404), ("gone", "http status", "status 404")),
    "taken down": (Answer(b"gone", 410), ("gone", "http status", "status 410")),
    "bad request": (Answer(b"no", 400), ("failed", "http status", "status 400")),
    "forbidden": (Answer(b"no", 403), ("failed", "http status", "status 403")),
    "server error": (Answer(b"no", 500), ("failed", "http status", "status 500")),
    "bad gateway": (Answer(b"no", 502), ("failed", "http status", "status 502")),
    "challenge": (CHALLENGE, ("failed", "challenge", "bot check")),
    "challenge with status 403": (Answer(CHALLENGE.body, 403), ("failed", "challenge", "status 403")),
    "soft 404": (
        Answer(b"<title>Page not found</title><h1>Page not found</h1>"),
        ("failed", "soft 404", "not found"),
    ),
    "empty": (Answer(b""), ("failed", "unreadable", "empty body")),
    "truncated": (Answer(WHOLE[:200], announced=len(WHOLE)), ("failed", "network", "ends before the length")),
    "silent": (Answer(b"x", wait=3.0), ("failed", "network", "took longer than 1")),
    "dripping": (Answer(b"x" * 100, drip=0.1), ("failed", "network", "took longer than 1")),
    "redirects without end": (
        Answer(status=302, headers={"Location": "/loop"}),
        ("failed", "http status", "redirect"),
    ),
    "off the source's hosts": (
        Answer(status=301, headers={"Location": "http://elsewhere.example/x"}),
        (
            "failed",
            "refused address",
            "'elsewhere.example' is not one of the source's hosts (www.demo",
        ),
    ),
    "forbidden by robots.txt": (Answer(b"x"), ("failed", "robots.txt", "forbidden by")),
    "a release": (page(1), ("stored", None, "")),
}


@pytest.fixture(scope="module")
def endings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """How each of ENDINGS ended, all in one crawl."""
    crawls = Crawls(tmp_path_factory.mktemp("endings"))
    numbers = {what: number for number, what in enumerate(ENDINGS, start=1)}
    web = web_of([list(numbers.values())])
    web.routes.update({f"/news/n{numbers[what]}": answer for what, (answer, _) in ENDINGS.items()})
    web.routes["/loop"] = Answer(status=302, headers={"Location": "/loop"})
    forbidden = f"/news/n{numbers['forbidden by robots.txt']}"
    web.routes["/robots.txt"] = Answer(f"User-agent: *\nDisallow: {forbidden}".encode(), kind="text/plain")
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition(at_once=16)),
            settings=settings_for(web, DOWNLOAD_TIMEOUT=1, COMMUNIQUE_CHALLENGES=99),
        )
    assert crawled.result["outcome"] == "finished"
    assert forbidden not in web.paths()
    return {what: crawled.ledger()[f"news/n{number}"] for what, number in numbers.items()}


@pytest.mark.parametrize("what", ENDINGS)
def test_every_address_ends_in_a_named_state(endings: dict[str, dict[str, Any]], what: str) -> None:
    state, failure, words = ENDINGS[what][1]
    entry = endings[what]
    assert (entry["state"], entry["failure"]) == (state, failure)
    assert words in entry["reason"]
    assert entry["attempts"] == (1 if state == "failed" else 0)


def test_a_release_that_moved_is_kept_where_it_is_now(crawls: Crawls) -> None:
    web = web_of([[2, 1]])
    web.routes["/news/n1"] = Answer(status=301, headers={"Location": "/news/n1-corrected"})
    web.routes["/news/n1-corrected"] = page(1)
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web))
    assert crawled.states() == {"news/n2": "stored", "news/n1": "skipped", "news/n1-corrected": "stored"}
    assert crawled.ledger()["news/n1"]["reason"] == "leads to news/n1-corrected"
    assert len(crawled.items) == 2


def test_a_stage_that_fails_on_a_release_that_moved_leaves_it_failed_where_it_is_now(crawls: Crawls) -> None:
    web = web_of([[2]])
    web.routes["/news/n2"] = Answer(status=301, headers={"Location": "/news/n1"})
    web.routes["/news/n1"] = page(1)
    stages = {"tests.crawler.stages.FailsOnTheFirst": 100, "crawler.memory_store.KeepItems": 500}
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition()), settings=settings_for(web, ITEM_PIPELINES=stages)
        )
    assert crawled.states() == {"news/n2": "skipped", "news/n1": "failed"}


def test_three_challenges_in_a_row_end_the_crawl_and_what_is_left_waits(crawls: Crawls) -> None:
    web = web_of([list(range(40, 20, -1))])
    web.routes.update({f"/news/n{number}": CHALLENGE for number in range(21, 41)})
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition(at_once=1)),
            settings={**settings_for(web), "CONCURRENT_REQUESTS": 1},
        )
    assert crawled.result["outcome"] == "failed"
    assert "www.demo.example answered 3 times in a row" in crawled.result["error"]
    assert "challenge" in crawled.result["error"]
    states = list(crawled.states().values())
    assert states.count("failed") < 20
    assert states.count("discovered") >= 1


def test_an_index_that_fails_fails_the_run_and_the_others_go_on(crawls: Crawls) -> None:
    web = web_of([[2, 1]])
    web.routes["/lista?page=1"] = CHALLENGE
    source = crawls.define(definition(SPANISH_LISTING, LISTING, more_languages='"es"'))
    with serving(web):
        crawled = crawls.crawl(definition=source, settings=settings_for(web))
    assert crawled.result["outcome"] == "failed"
    assert "/lista" in crawled.result["error"]
    assert "challenge" in crawled.result["error"]
    assert len(crawled.items) == 2
    assert [walk["complete"] for walk in crawled.result["walks"]] == [False, True]


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ({"/list?page=1": listing([])}, "empty listing"),
        ({"/list?page=1": Answer(b"<html><title>Something else</title><p>text</p></html>")}, "/list?page=1"),
        ({"/list?page=2": listing([2, 1])}, "frozen listing"),
        ({"/list?page=1": Answer(b"", 503)}, "status 503"),
        ({"/list?page=1": Answer(b"", 404)}, "status 404"),
        ({"/robots.txt": Answer(b"", 500)}, "robots.txt"),
        ({"/robots.txt": Answer(b"User-agent: *\nDisallow: /list", kind="text/plain")}, "forbidden by"),
    ],
    ids=["empty", "no index", "frozen", "unavailable", "missing", "robots unavailable", "robots forbid"],
)
def test_an_index_that_cannot_be_followed_fails_the_run_by_name(
    crawls: Crawls, routes: dict[str, Answer], words: str
) -> None:
    web = web_of([[2, 1]])
    web.routes.update(routes)
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web))
    assert crawled.result["outcome"] == "failed"
    assert words in crawled.result["error"]
    assert crawled.result["walks"][0]["complete"] is False


def test_an_error_past_the_last_page_is_the_end_of_the_index(crawls: Crawls) -> None:
    web = web_of([[2, 1]])
    web.routes["/list?page=2"] = Answer(b'{"code": "rest_post_invalid_page_number"}', 400)
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web))
    assert crawled.result["outcome"] == "finished"


def test_other_languages_that_a_page_names_are_recorded_and_fetched(crawls: Crawls) -> None:
    web = web_of([[1]])
    web.routes["/news/n1"] = page(1, links=[("es", "/news/n1-es")])
    web.routes["/news/n1-es"] = page(1001)
    source = crawls.define(definition(more_languages='"es"'))
    with serving(web):
        crawled = crawls.crawl(definition=source, settings=settings_for(web))
        web.hits.clear()
        again = crawls.crawl(definition=source, settings=settings_for(web))
    assert crawled.states() == {"news/n1": "stored", "news/n1-es": "stored"}
    assert again.items == []
    assert web.paths() == ["/list?page=1"]


def test_a_stage_that_fails_leaves_the_address_failed_and_shown(crawls: Crawls) -> None:
    web = web_of([[2, 1]])
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition()),
            settings=settings_for(
                web,
                ITEM_PIPELINES={
                    "tests.crawler.stages.FailsOnTheFirst": 100,
                    "crawler.memory_store.KeepItems": 500,
                },
            ),
        )
    entry = crawled.ledger()["news/n1"]
    assert (entry["state"], entry["failure"]) == ("failed", "stage failed")
    assert "RuntimeError: this stage does not like n1" in entry["reason"]
    assert crawled.states()["news/n2"] == "stored"
    assert "word1x1" not in crawled.log


def test_what_was_read_before_and_did_not_change_is_asked_for_with_its_validators(crawls: Crawls) -> None:
    def release(hit: Hit) -> Answer:
        if hit.headers.get("If-None-Match") == '"v1"':
            return Answer(status=304)
        return Answer(page(1).body, headers={"ETag": '"v1"'})

    web = web_of([[1]])
    web.routes["/news/n1"] = release
    source = crawls.define(definition())
    with serving(web):
        crawls.crawl(definition=source, settings=settings_for(web))
        crawls.forget_stamps("xx_demo")
        again = crawls.crawl(definition=source, settings=settings_for(web))
    assert web.paths().count("/news/n1") == 2
    assert again.items == []
    assert again.ledger()["news/n1"]["reason"] == "not modified"
    assert again.states() == {"news/n1": "stored"}


def test_without_a_contact_no_site_is_asked(crawls: Crawls) -> None:
    crawled = crawls.crawl(definition=crawls.define(definition()), settings={"COMMUNIQUE_CONTACT": ""})
    assert crawled.result["outcome"] == "failed"
    assert "set COMMUNIQUE_CONTACT to a mail address or URL" in crawled.result["error"]


def test_no_host_is_asked_faster_than_its_definition_allows(crawls: Crawls) -> None:
    web = web_of([[4, 3], [2, 1]])
    with serving(web):
        crawls.crawl(
            definition=crawls.define(definition(delay=0.5, at_once=1)),
            settings={**settings_for(web), "COMMUNIQUE_CONNECT_DELAY": None},
        )
    times = [hit.at for hit in web.hits]
    assert len(times) == 8
    # Requests are sent on time; when they arrive is up to a busy machine as well.
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.3
    assert times[-1] - times[0] > 0.45 * (len(times) - 1)


def test_a_site_that_answers_only_with_its_cookie_is_read_where_the_definition_says_so(
    crawls: Crawls,
) -> None:
    def guarded(answer: Answer) -> Callable[[Hit], Answer]:
        def route(hit: Hit) -> Answer:
            if "seen=1" in hit.headers.get("Cookie", ""):
                return answer
            return Answer(b"", 307, headers={"Location": hit.path, "Set-Cookie": "seen=1; Path=/"})

        return route

    web = Web({"/list?page=1": guarded(listing([1])), "/news/n1": guarded(page(1))}, robots=ROBOTS)
    text = definition().replace("at_once=4)", "at_once=4, cookies=True)")
    with serving(web):
        done = crawls.crawl(definition=crawls.define(text), settings=settings_for(web))
    assert done.states() == {"news/n1": "stored"}
    without = Web(dict(web.routes))
    with serving(without):
        refused = Crawls(crawls.folder / "without")
        done = refused.crawl(definition=refused.define(definition()), settings=settings_for(without))
    assert done.result["outcome"] == "failed"


def test_releases_that_are_pdf_files_are_read_and_scanned_ones_are_told_apart(crawls: Crawls) -> None:
    text = definition(LISTING).replace(
        "    release = (",
        '    release = (Pdf(title="^A bridge.*", posted=Date("^Bern, (.+)", ("d MMMM y",))),',
    )
    lines = [(60, 100, 14, "A bridge is opened"), (60, 140, 11, "Bern, 23 February 2017"),
             (60, 180, 11, "The ministers opened it together.")]  # fmt: skip
    kind = "application/pdf"
    web = Web(
        {
            "/list?page=1": listing([1, 2]),
            "/news/n1": Answer(pdf([lines]), kind=kind),
            "/news/n2": Answer(pdf([None]), kind=kind),
        },
        robots=ROBOTS,
    )
    with serving(web):
        done = crawls.crawl(definition=crawls.define(text), settings=settings_for(web))
    by_key = {item["key"]: item for item in done.items}
    assert by_key["news/n1"]["title"] == "A bridge is opened"
    assert by_key["news/n1"]["posted_on"] == "2017-02-23"
    assert by_key["news/n2"]["body"] == []
    assert any("scanned" in note for note in by_key["news/n2"]["notes"])
