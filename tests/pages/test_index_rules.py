"""What a definition may say of an index: made addresses, days above entries, data in elements."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawler.declare import Address, Api, Date, DefinitionError, Feed, Listing, Pages, Text
from crawler.items import FailureKind
from crawler.pages.addresses import is_page_of, last_day_of_page
from crawler.pages.index import IndexPage, read_index
from crawler.source import Source
from tests.pages.definitions import capture, define

INDEX = "https://www.example.org/list"
BOARD = Address(r"example\.org/view\.do$", "{seq}", query=("seq",))


def shown(
    discovery: Listing | Api,
    body: str,
    url: str = INDEX,
    language: str | None = "en",
    **more: Any,  # noqa: ANN401
) -> IndexPage:
    source: type[Source] = define(
        discover=discovery, **({"address": BOARD} if "seq" in str(discovery) else {})
    )
    kind = "application/json" if body[:1] in "{[" else "text/html"
    return read_index(source, discovery, capture(body, url, content_type=kind, **more), language)


# Addresses that are made

CLICKS = Listing(
    url=INDEX,
    entry="tbody tr",
    link=Text("a::attr(onclick)", r"f_view\('(\d+)'\)", template="/view.do?seq={value}"),
    title=Text("a", r"^(.*?)\s*\[new\]$"),
)
ROWS = (
    "<table><tbody><tr><td><a href='#' onclick=\"f_view('322958'); return false\">Ministers meet [new]</a>"
    "<tr><td><a href='#' onclick=\"other('1')\">No release</a></tr></tbody></table>"
)


def test_an_address_is_made_of_the_number_that_a_script_would_open() -> None:
    found = shown(CLICKS, ROWS)
    assert [(entry.url, entry.key, entry.title) for entry in found.entries] == [
        ("https://www.example.org/view.do?seq=322958", "322958", "Ministers meet")
    ]


def test_an_index_whose_links_all_changed_shape_is_a_changed_layout() -> None:
    failure = shown(CLICKS, ROWS.replace("f_view", "open_view")).failure
    assert failure is not None
    assert failure.kind is FailureKind.LAYOUT


def test_an_api_makes_address_and_record_of_a_reference() -> None:
    api = Api(
        url="https://www.example.org/api?language={language}",
        entries="items",
        link=Text(
            "ref", lower=True, replace={"/": "_"}, template="https://www.example.org/{language}/news/{value}"
        ),
        id="ref",
        fetch="https://www.example.org/api/documents?reference={id}&language={language}",
        languages={"en": "en", "es": "es-419"},
    )
    source = define(
        discover=api,
        address=Address(r"example\.org/(?P<language>[\w-]+)/news/(?P<ref>\w+)$", "{language}/{ref}"),
    )
    body = capture(json.dumps({"items": [{"ref": "IP/26/17"}]}), INDEX, content_type="application/json")
    (entry,) = read_index(source, api, body, "es").entries
    assert entry.key == "es-419/ip_26_17"
    assert entry.url == "https://www.example.org/api/documents?reference=IP%2F26%2F17&language=es-419"
    assert entry.language == "es"


# Days above the entries

UNDER_DAYS = Listing(
    url=INDEX,
    entry="dd",
    link="a::attr(href)",
    headings=Date("dt.list-title", ("MMMM d, y", "MMMM d"), year="capture"),
)


def days(body: str, listing: Listing = UNDER_DAYS, **more: Any) -> dict[str, date | None]:  # noqa: ANN401
    return {entry.key: entry.posted_on for entry in shown(listing, body, **more).entries}


def test_an_entry_is_of_the_day_that_stands_above_it() -> None:
    body = (
        "<dl><dd><a href=/news/top>Top</a></dd><dt class=list-title>May 3</dt><dd><a href=/news/a>A</a></dd>"
        "<dd><a href=/news/b>B</a></dd><dt class=list-title>April 30, 2024</dt><dd><a href=/news/c>C</a></dd>"
        "<dt class=list-title>Older</dt><dd><a href=/news/d>D</a></dd></dl>"
    )
    assert days(body) == {
        "news/top": None,
        "news/a": date(2024, 5, 3),
        "news/b": date(2024, 5, 3),
        "news/c": date(2024, 4, 30),
        "news/d": None,
    }


def test_a_day_that_would_lie_after_the_capture_is_left_open() -> None:
    body = "<dl><dt class=list-title>December 28</dt><dd><a href=/news/a>A</a></dd></dl>"
    assert days(body, taken=datetime(2026, 1, 5, tzinfo=UTC)) == {"news/a": None}


def test_a_page_of_a_month_gives_its_year() -> None:
    listing = Listing(
        url="https://www.example.org/release/{year}{month}_index.html",
        pages=Pages.months(),
        entry="dd",
        link="a::attr(href)",
        headings=Date("dt", ("MMMM d",), year="index"),
    )
    body = "<dl><dt>April 14</dt><dd><a href=/news/a>A</a></dd></dl>"
    url = "https://www.example.org/release/201904_index.html"
    assert days(body, listing, url=url) == {"news/a": date(2019, 4, 14)}


def test_a_day_stands_in_the_entry_or_above_it_not_both() -> None:
    with pytest.raises(DefinitionError, match="headings"):
        Listing(url=INDEX, entry="li", link="a", posted=Date("time"), headings=Date("h2"))


# Data in an element of the page

IN_SCRIPT = Api(
    url=INDEX, script="script#__NEXT_DATA__", entries="props.items", link="path", next="props.more",
    pages=Pages.next_link(),
)  # fmt: skip


def next_page(data: str) -> str:
    return (
        f"<html><head><title>News</title></head><body><script id=__NEXT_DATA__>{data}</script></body></html>"
    )


def test_an_index_in_a_script_element_is_read_as_data() -> None:
    data = {"props": {"items": [{"path": "/news/a"}], "more": "?cursor=7"}}
    found = shown(IN_SCRIPT, next_page(json.dumps(data)))
    assert [entry.key for entry in found.entries] == ["news/a"]
    assert found.next_url == "https://www.example.org/list?cursor=7"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html><title>News</title><p>Nothing here</html>", FailureKind.LAYOUT),
        ("<html><title>Just a moment...</title></html>", FailureKind.CHALLENGE),
        (next_page("{broken"), FailureKind.UNREADABLE),
        (next_page('{"props": {"items": null}}'), FailureKind.UNREADABLE),
        (next_page('{"props": {"items": []}}'), FailureKind.EMPTY_LISTING),
        (next_page('{"props": {"items": [{"path": {}}]}}'), FailureKind.UNREADABLE),
    ],
)
def test_data_that_is_not_as_declared_is_a_named_failure(body: str, kind: FailureKind) -> None:
    failure = shown(IN_SCRIPT, body).failure
    assert failure is not None
    assert failure.kind is kind


def test_a_follower_on_another_host_is_not_followed() -> None:
    data = {"props": {"items": [{"path": "/news/a"}], "more": "https://elsewhere.example/list?cursor=7"}}
    assert shown(IN_SCRIPT, next_page(json.dumps(data))).next_url is None


# What the address of an index may hold


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"url": "https://www.example.org/{number}"}, "stands for nothing"),
        ({"url": INDEX, "pages": Pages.numbered()}, "numbered pages need"),
        ({"url": INDEX, "pages": Pages.months()}, "pages by months need"),
        ({"url": "https://www.example.org/{year}", "pages": Pages.months()}, "pages by months need"),
        ({"url": "https://www.example.org/{month}", "pages": Pages.years()}, "pages by years need"),
        ({"url": "https://www.example.org/{year}"}, "needs Pages.months"),
        (
            {"url": "https://www.example.org/{year}", "pages": Pages.years(within=Pages.numbered())},
            "numbered pages",
        ),
        ({"url": INDEX, "since": "from", "day_format": "QQQ"}, "day_format"),
    ],
)
def test_addresses_that_contradict_their_pages_are_refused(declared: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Feed(**declared)


def test_next_of_an_api_goes_with_next_links() -> None:
    with pytest.raises(DefinitionError, match=r"Api\.next"):
        Api(url=INDEX, entries="@", link="link", pages=Pages.next_link())


def test_pages_of_an_index_are_told_by_their_address() -> None:
    pattern = "https://www.example.org/{language}/list?year={year}&month={month_name}&page={page}"
    page = "https://www.example.org/en/list?page=3&month=july&year=2019&utm=x"
    assert is_page_of(pattern, page) == {"language": "en", "year": "2019", "month_name": "july", "page": "3"}
    assert is_page_of(pattern, "https://www.example.org/en/list?page=3&year=2019") is None
    assert is_page_of(pattern, page.replace("www.", "api.")) is None
    months = Feed(url=pattern, pages=Pages.months(within=Pages.numbered()))
    assert last_day_of_page(months, page) == date(2019, 7, 31)
    years = Feed(url="https://www.example.org/{year}/", pages=Pages.years())
    assert last_day_of_page(years, "https://www.example.org/2020/") == date(2020, 12, 31)
    assert last_day_of_page(Feed(url=INDEX), INDEX) is None
