"""Indexes by month and year, and by days: which pages are asked for, and when nothing is an answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crawler.declare import Api, Feed, Listing, Pages
from crawler.pages.index import IndexPage
from crawler.spiders.arguments import Window
from crawler.spiders.indexes import indexes_of
from crawler.spiders.places import Index
from tests.crawler.crawling import Crawled, Crawls
from tests.crawler.demo import ROBOTS, definition, listing, page, settings_for
from tests.crawler.server import Answer, Web, serving
from tests.pages.definitions import define

TODAY = date(2017, 3, 5)
SOURCE = define(archive_from=date(2016, 11, 20))
MORE = IndexPage()


def index(discovery: Listing | Feed | Api, window: Window | None = None) -> Index:
    (only,) = indexes_of(SOURCE, discovery, window or Window(), TODAY)
    return only


def addresses(asked: Index, floor: date | None = None, *, shown: IndexPage | None = None) -> list[str]:
    """Everything after `?` that would be asked for while each page shows this (None: nothing)."""
    found: list[str] = []
    place: object = asked.begin(floor)
    while place is not None and len(found) < 50:
        found.append(place.address.partition("?")[2])  # type: ignore[attr-defined]
        place = asked.after(place, shown)  # type: ignore[arg-type]
    return found


def feed(query: str, pages: Pages, **more: str) -> Feed:
    return Feed(url=f"https://www.example.org/feed?{query}", pages=pages, **more)  # type: ignore[arg-type]


BY_MONTH = feed("{year}{month}", Pages.months())


def test_months_are_asked_for_from_the_newest_to_the_first_day_of_the_archive() -> None:
    assert addresses(index(BY_MONTH)) == ["201703", "201702", "201701", "201612", "201611"]


def test_a_window_bounds_the_months() -> None:
    window = Window(since=date(2016, 12, 31), until=date(2017, 1, 1))
    assert addresses(index(BY_MONTH, window)) == ["201701", "201612"]


def test_a_walk_that_goes_further_back_goes_through_its_months_too() -> None:
    assert addresses(index(BY_MONTH), date(2016, 10, 31))[-1] == "201610"


def test_no_month_is_asked_for_before_it_began() -> None:
    assert addresses(index(BY_MONTH, Window(until=date(2030, 1, 1))))[0] == "201703"


def test_months_may_be_named() -> None:
    named = index(feed("{month_name}-{year}", Pages.months()), Window(since=date(2017, 1, 9)))
    assert addresses(named) == ["march-2017", "february-2017", "january-2017"]


def test_years() -> None:
    assert addresses(index(feed("{year}", Pages.years()))) == ["2017", "2016"]


def test_a_month_of_several_pages_is_followed_before_the_next_month() -> None:
    paged = index(feed("{year}{month}&p={page}", Pages.months(within=Pages.numbered(first=0))))
    first = paged.begin(None)
    second = paged.after(first, MORE)
    assert second is not None
    third = paged.after(second, None)
    assert third is not None
    assert [each.address[-10:] for each in (first, second, third)] == [
        "201703&p=0",
        "201703&p=1",
        "201702&p=0",
    ]


def test_a_months_days_can_be_what_is_asked_for() -> None:
    days = feed("from={since}&to={until}", Pages.months(), day_format="ddMMyyyy")
    assert addresses(index(days))[:2] == ["from=01032017&to=31032017", "from=01022017&to=28022017"]


def test_days_in_the_address_are_the_window_or_else_the_archive_and_today() -> None:
    asked = feed("from={since}&to={until}", Pages.single(), day_format="dd/MM/yyyy")
    assert addresses(index(asked)) == ["from=20/11/2016&to=05/03/2017"]
    window = Window(since=date(2017, 1, 2), until=date(2017, 1, 9))
    assert addresses(index(asked, window)) == ["from=02/01/2017&to=09/01/2017"]


def test_named_days_are_added_only_when_a_window_is_asked_for() -> None:
    named = feed("kind=news", Pages.single(), since="from", until="to", day_format="yyyyMMdd")
    assert addresses(index(named)) == ["kind=news"]
    assert addresses(index(named, Window(since=date(2017, 1, 2)))) == ["kind=news&from=20170102"]


def test_every_language_has_an_index_with_the_word_of_the_address() -> None:
    spoken = Feed(url="https://www.example.org/{language}/feed", languages={"en": "eng", "es": "es-419"})
    found = list(indexes_of(SOURCE, spoken, Window(), TODAY))
    assert [(each.language, each.name) for each in found] == [
        ("en", "https://www.example.org/eng/feed"),
        ("es", "https://www.example.org/es-419/feed"),
    ]


@pytest.mark.parametrize("container", [None, "ul"])
def test_a_listing_without_entries_is_an_answer_only_for_a_window_and_with_its_container(
    container: str | None,
) -> None:
    asked = Listing(
        url="https://www.example.org/list", entry="li", link="a", since="from", container=container
    )
    assert not index(asked).may_be_empty
    assert index(asked, Window(since=date(2017, 1, 1))).may_be_empty is (container is not None)


MONTHLY = """Listing(
        url="http://www.demo.example/{year}/{month}/",
        container="ul.releases",
        entry="ul.releases li",
        link="a::attr(href)",
        posted=Date("time::attr(datetime)"),
        pages=Pages.months(),
    )"""
WINDOW = {"since": "2017-01-01", "until": "2017-04-02"}


def crawled(tmp_path: Path, web: Web) -> dict[str, object]:
    crawls = Crawls(tmp_path)
    with serving(web):
        done = crawls.crawl(
            definition=crawls.define(definition(MONTHLY)), settings=settings_for(web), **WINDOW
        )
    return {"outcome": done.result["outcome"], "error": done.result["error"], "keys": sorted(done.ledger())}


def test_a_month_without_entries_is_an_answer_and_a_missing_page_too(tmp_path: Path) -> None:
    web = Web(
        {
            "/2017/03/": listing([]),
            "/2017/02/": listing([2], days={2: "2017-02-03"}),
            "/2017/01/": listing([1], days={1: "2017-01-03"}),
            "/news/n1": page(1),
            "/news/n2": page(2),
        },
        robots=ROBOTS,
    )
    found = crawled(tmp_path, web)
    assert found == {"outcome": "finished", "error": None, "keys": ["news/n1", "news/n2"]}
    assert [each for each in web.paths() if each.endswith("/")] == [
        "/2017/04/",
        "/2017/03/",
        "/2017/02/",
        "/2017/01/",
    ]


def test_months_that_all_show_nothing_are_a_failure(tmp_path: Path) -> None:
    web = Web({f"/2017/0{month}/": listing([]) for month in range(1, 5)}, robots=ROBOTS)
    found = crawled(tmp_path, web)
    assert found["outcome"] == "failed"
    assert "empty listing" in str(found["error"])


def test_a_site_that_does_not_look_at_the_month_is_a_frozen_listing(tmp_path: Path) -> None:
    same = listing([1], days={1: "2017-04-01"})
    web = Web({f"/2017/0{month}/": same for month in range(1, 5)} | {"/news/n1": page(1)}, robots=ROBOTS)
    found = crawled(tmp_path, web)
    assert found["outcome"] == "failed"
    assert "frozen listing" in str(found["error"])


# Sitemaps

SITEMAP = 'Sitemap(url="http://www.demo.example/sitemap.xml", maps="/map-")'


def sitemap(*places: str, of: str = "url", **changed: str) -> Answer:
    """`changed` is the day of the last change by place (`news_n1` for /news/n1)."""
    entries = ""
    for place in places:
        day = changed.get(place.strip("/").replace("/", "_").replace("-", "_"), "2017-02-23")
        entries += f"<{of}><loc>http://www.demo.example{place}</loc><lastmod>{day}</lastmod></{of}>"
    root = "urlset" if of == "url" else "sitemapindex"
    text = f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'
    return Answer(text.encode(), kind="application/xml")


def by_sitemap(tmp_path: Path, web: Web, times: int = 1, **arguments: str) -> Crawled:
    crawls = Crawls(tmp_path)
    with serving(web):
        for _ in range(times):
            done = crawls.crawl(
                definition=crawls.define(definition(SITEMAP)), settings=settings_for(web), **arguments
            )
    return done


def two_maps() -> dict[str, Answer]:
    return {
        "/sitemap.xml": sitemap("/map-1", "/other", "/map-2", of="sitemap", map_1="2017-01-15"),
        "/map-1": sitemap("/news/n1", news_n1="2017-01-15"),
        "/map-2": sitemap("/news/n2", "/about", "/news/n3"),
        "/other": sitemap("/news/n9"),
        **{f"/news/n{number}": page(number) for number in (1, 2, 3, 9)},
    }


def test_an_index_of_sitemaps_is_followed_the_newest_first(tmp_path: Path) -> None:
    web = Web(two_maps(), robots=ROBOTS)
    done = by_sitemap(tmp_path, web)
    assert done.result["outcome"] == "finished"
    assert set(done.states().values()) == {"stored"}
    assert sorted(done.states()) == ["news/n1", "news/n2", "news/n3"]
    assert [each for each in web.paths() if "map" in each] == ["/sitemap.xml", "/map-2", "/map-1"]


def test_sitemaps_that_changed_before_the_window_are_not_asked_for(tmp_path: Path) -> None:
    web = Web(two_maps(), robots=ROBOTS)
    assert sorted(by_sitemap(tmp_path, web, since="2017-02-01").states()) == ["news/n2", "news/n3"]
    assert "/map-1" not in web.paths()


def test_nothing_is_fetched_twice_although_every_sitemap_is_looked_at_again(tmp_path: Path) -> None:
    web = Web(two_maps(), robots=ROBOTS)
    by_sitemap(tmp_path, web, times=2)
    asked = web.paths()
    assert asked.count("/map-1") == asked.count("/map-2") == 2
    assert all(asked.count(f"/news/n{number}") == 1 for number in (1, 2, 3))


def test_a_sitemap_that_cannot_be_had_fails_the_run_and_hides_no_other(tmp_path: Path) -> None:
    routes = two_maps()
    routes["/map-2"] = Answer(b"<html><title>Just a moment...</title></html>")
    done = by_sitemap(tmp_path, Web(routes, robots=ROBOTS))
    assert done.result["outcome"] == "failed"
    assert "challenge" in done.result["error"]
    assert done.states() == {"news/n1": "stored"}


def test_sitemaps_without_one_page_of_ours_are_a_failure(tmp_path: Path) -> None:
    routes = {"/sitemap.xml": sitemap("/map-1", of="sitemap"), "/map-1": sitemap("/about")}
    done = by_sitemap(tmp_path, Web(routes, robots=ROBOTS))
    assert done.result["outcome"] == "failed"
    assert "empty listing" in done.result["error"]
