"""Listings and API answers to the addresses that they show."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawler.declare import Api, Date, Listing, Pages, Record
from crawler.items import Discovered, FailureKind
from crawler.pages.index import IndexPage, read_index
from crawler.pages.script import unescape, unwrap
from crawler.source import Source
from tests.pages.definitions import SENTENCE, capture, define

LISTING = Listing(
    url="https://www.example.org/{language}/archive?page={page}",
    entry="article",
    link="a.more",
    title="h2",
    posted=Date("time::attr(datetime), time::attr(date)"),
    kind="span.tag",
    container="#list",
    pages=Pages.numbered(),
    wrapped=True,
)
SOURCE = define(discover=LISTING)
INDEX = "https://www.example.org/es/archive?page=2"


def card(slug: str, attribute: str = "datetime", day: str = "2025-11-25 18:21:00") -> str:
    return (
        f'<article><time {attribute}="{day}">25 de noviembre</time><span class="tag">Comunicado</span>'
        f"<h2>Puente “{slug}” &amp; más</h2>"
        f'<a class="more" href="/es/noticias/{slug}?idiom=es">Leer</a></article>'
    )


def listing(*cards: str) -> str:
    recent = '<div class="recent"><a href="/x">x</a></div>'
    return f'<html><body>{recent}<div id="list">{"".join(cards)}</div></body></html>'


def wrapped(*cards: str, quote: str = "'") -> str:
    """As a site's script answers: entries as escaped string literals."""
    literal = "".join(cards).replace("\\", "\\\\").replace(quote, "\\" + quote)
    literal = literal.replace('"', '\\"') if quote == "'" else literal
    literal = literal.replace("</", "<\\/").replace("“", "\\u201c").replace("><", ">\\n<")
    return f"$('#list').append({quote}{literal}{quote});\n$('.more').show();"


def read(body: str, discovery: Listing = LISTING, source: type[Source] = SOURCE, **more: Any) -> IndexPage:  # noqa: ANN401
    return read_index(source, discovery, capture(body, INDEX, **more), "es")


def kind_of(page: IndexPage) -> FailureKind | None:
    return page.failure.kind if page.failure is not None else None


def test_a_listing_gives_its_entries_in_order() -> None:
    page = read(listing(card("uno"), card("dos", "date", "2025-11-24")))
    assert page.failure is None
    assert page.entries == (
        Discovered(
            key="noticias/uno",
            url="https://www.example.org/es/noticias/uno?idiom=es",
            found_in=INDEX,
            posted_on=date(2025, 11, 25),
            title="Puente “uno” & más",
            language="es",
            kind="Comunicado",
            posted_at=datetime(2025, 11, 26, 0, 21, tzinfo=UTC),
        ),
        Discovered(
            key="noticias/dos",
            url="https://www.example.org/es/noticias/dos?idiom=es",
            found_in=INDEX,
            posted_on=date(2025, 11, 24),
            title="Puente “dos” & más",
            language="es",
            kind="Comunicado",
        ),
    )


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_listing_wrapped_in_a_script_reads_like_the_page(quote: str) -> None:
    cards = card("uno"), card("dos", "date")
    answer = read(wrapped(*cards, quote=quote), content_type="text/javascript; charset=utf-8")
    assert answer.failure is None
    assert answer.entries == read(listing(*cards)).entries


def test_the_same_entry_twice_counts_once() -> None:
    assert [each.key for each in read(listing(card("uno"), card("uno"))).entries] == ["noticias/uno"]


def test_entries_of_other_sections_are_left_out_and_counted() -> None:
    other = '<article><h2>Video</h2><a class="more" href="https://video.example/v/1">Ver</a></article>'
    page = read(listing(other, card("uno"), other))
    assert ([each.key for each in page.entries], page.foreign, page.failure) == (["noticias/uno"], 2, None)


def test_a_listing_without_entries_is_empty_not_broken() -> None:
    assert kind_of(read(listing())) is FailureKind.EMPTY_LISTING
    assert kind_of(read("$('#list').append('');")) is FailureKind.EMPTY_LISTING


def test_a_page_without_the_container_is_not_the_index() -> None:
    failure = read(f"<html><title>New site</title><body>{card('uno')}</body></html>").failure
    assert failure is not None
    assert failure.kind is FailureKind.LAYOUT
    assert "'#list'" in failure.detail
    assert "New site" in failure.detail


def test_entries_without_links_are_another_layout() -> None:
    page = read(listing("<article><h2>Puente</h2><a href='/es/noticias/uno'>Leer</a></article>"))
    assert kind_of(page) is FailureKind.LAYOUT


def test_a_bot_check_in_place_of_a_listing_is_a_challenge() -> None:
    check = "<html><title>Challenge Validation</title><body><iframe id='sec-cpt-if'></iframe></body></html>"
    assert kind_of(read(check)) is FailureKind.CHALLENGE
    assert kind_of(read(check, status=403)) is FailureKind.CHALLENGE


def test_an_error_status_is_a_failure_with_its_number() -> None:
    failure = read(listing(card("uno")), status=502).failure
    assert failure is not None
    assert failure.kind is FailureKind.HTTP
    assert "502" in failure.detail


@pytest.mark.parametrize("body", ["", "   ", "\x00"])
def test_nothing_is_unreadable(body: str) -> None:
    assert kind_of(read(body)) is FailureKind.UNREADABLE


def test_the_next_page_is_on_the_sources_hosts_only() -> None:
    linked = Listing(
        url=LISTING.url.replace("{page}", "1"),
        entry="article",
        link="a.more",
        pages=Pages.next_link("a[rel=next]"),
    )
    ours = listing(card("uno"), "<a rel=next href='?page=3&amp;order=DESC'>»</a>")
    assert read(ours, linked).next_url == "https://www.example.org/es/archive?page=3&order=DESC"
    assert (
        read(listing(card("uno"), "<a rel=next href='https://evil.example/2'>»</a>"), linked).next_url is None
    )
    assert read(listing(card("uno")), linked).next_url is None


def test_an_unreadable_day_leaves_the_entry_without_one() -> None:
    entry = read(listing(card("uno", day="ayer"))).entries[0]
    assert (entry.key, entry.posted_on, entry.posted_at) == ("noticias/uno", None, None)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r"a\/b\"c\'d", "a/b\"c'd"),
        (r"\u00e1\u{1F600}\x41\n\t\\", "á😀A\n\t\\"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d", "\ufffd"),
        ("a\\\nb", "ab"),
        (r"\q", "q"),
    ],
)
def test_escapes_of_scripts_are_undone(literal: str, value: str) -> None:
    assert unescape(literal) == value


def test_joined_literals_are_one_text_and_an_open_literal_is_none() -> None:
    assert unwrap("x.append('a' + \"b\"); y.html(`c`)") == "a\nb\nc"
    assert unwrap("$('#x').append('cut off") is None
    assert unwrap("var a = 1;") is None
    assert unwrap("<p>x.append('a')</p>") is None


# APIs

API = Api(
    url="https://www.example.org/api/list?start={page}",
    entries="results",
    link="link",
    id="id",
    title="title",
    posted=Date("at"),
    modified="changed",
    kind="type",
    total="total",
    fetch="https://www.example.org/api/content{link}?id={id}",
    pages=Pages.numbered(first=0, step=10),
    language="en",
)
RECORD = Record(title="title", body="text", url="link", site="https://www.example.org", native_id="id")
API_SOURCE = define(discover=API, release=RECORD)


def entry(slug: str = "one", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    at = "2024-05-03T20:15:00Z"
    return {
        "id": f"n/{slug}",
        "link": f"/news/{slug}",
        "title": "A &amp; B",
        "at": at,
        "changed": 5,
        "type": "speech",
        **changes,
    }


def ask(data: object, api: Api = API, source: type[Source] = API_SOURCE, **more: Any) -> IndexPage:  # noqa: ANN401
    body = data if isinstance(data, str) else json.dumps(data)
    taken = capture(body, "https://www.example.org/api/list?start=0", content_type="application/json", **more)
    return read_index(source, api, taken, None)


def test_an_api_gives_its_entries_and_their_number() -> None:
    page = ask({"total": 73, "results": [entry()]})
    assert (page.total, page.failure) == (73, None)
    assert page.entries == (
        Discovered(
            key="news/one",
            url="https://www.example.org/api/content/news/one?id=n%2Fone",
            found_in="https://www.example.org/api/list?start=0",
            posted_on=date(2024, 5, 3),
            title="A & B",
            language="en",
            kind="speech",
            modified="5",
            posted_at=datetime(2024, 5, 3, 20, 15, tzinfo=UTC),
        ),
    )


def test_a_day_of_change_is_not_taken_for_one_of_posting() -> None:
    api = Api(url=API.url, entries="results", link="link", changed=Date("at"), pages=API.pages)
    (shown,) = ask({"results": [entry()]}, api).entries
    assert (shown.changed_on, shown.posted_on, shown.posted_at) == (date(2024, 5, 3), None, None)


def test_the_number_may_stand_in_a_header() -> None:
    api = Api(url=API.url, entries="@", link="link", total="header:X-WP-Total", pages=API.pages)
    assert ask([entry()], api, headers=(("x-wp-total", "4711"),)).total == 4711
    assert ask([entry()], api).total is None
    assert kind_of(ask([entry()], api, headers=(("X-WP-Total", "many"),))) is FailureKind.UNREADABLE


def test_embedded_records_are_read_from_the_index() -> None:
    api = Api(
        url=API.url, entries="results", link="link", id="id", fetch=API.fetch, embedded=True, pages=API.pages
    )
    page = ask({"results": [entry(text=f"<p>{SENTENCE}</p>"), entry("two", text=None)]}, api)
    assert [each.key for each in page.entries] == ["news/one", "news/two"]
    assert list(page.embedded) == ["news/one"]
    item = page.embedded["news/one"]
    assert (item.key, item.url, item.body, item.native_id) == (
        "news/one",
        "https://www.example.org/news/one",
        (SENTENCE,),
        "n/one",
    )
    assert item.etag is None


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"results": []}, FailureKind.EMPTY_LISTING),
        ({"results": None}, FailureKind.UNREADABLE),
        ({"results": {"a": 1}}, FailureKind.UNREADABLE),
        ({"message": "no"}, FailureKind.UNREADABLE),
        ([1, 2], FailureKind.UNREADABLE),
        ({"results": [{"link": {"x": 1}}]}, FailureKind.UNREADABLE),
        ({"results": [{"title": "x"}, 7]}, FailureKind.LAYOUT),
        ('{"results": [', FailureKind.UNREADABLE),
        ({"results": [entry()], "total": "many"}, FailureKind.UNREADABLE),
    ],
)
def test_what_is_not_the_declared_answer_fails(data: object, kind: FailureKind) -> None:
    assert kind_of(ask(data)) is kind


def test_a_page_past_the_last_one_is_empty() -> None:
    said = {"code": "rest_post_invalid_page_number", "message": "too large", "data": {"status": 400}}
    assert kind_of(ask(said, status=400)) is FailureKind.EMPTY_LISTING


def test_a_bot_check_in_place_of_an_api_is_a_challenge() -> None:
    check = "<html><title>Just a moment...</title></html>"
    taken = capture(check, "https://www.example.org/api/list?start=0")
    assert kind_of(read_index(API_SOURCE, API, taken, None)) is FailureKind.CHALLENGE
