"""Sitemaps: what they name, and what strangers may send in their place."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawler.declare import Address, DefinitionError, Pages, Sitemap
from crawler.items import FailureKind
from crawler.pages.index import IndexPage, read_index
from tests.pages.definitions import capture, define

URL = "https://www.example.org/sitemap.xml"
PLAIN = Sitemap(url=URL)
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
BY_LANGUAGE = Address(r"example\.org/(?P<language>en|es)?/?news/(?P<slug>[^/]+)$", "{language}/{slug}")


def urlset(*entries: str) -> str:
    return f"<?xml version='1.0' encoding='UTF-8'?><urlset {SPACES}>{''.join(entries)}</urlset>"


def entry(slug: str, more: str = "", lastmod: str = "2024-05-03T10:00:00-06:00") -> str:
    changed = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<url>\n <loc>\n https://www.example.org/{slug} </loc>{changed}{more}</url>"


def read(body: str | bytes, sitemap: Sitemap = PLAIN, **more: Any) -> IndexPage:  # noqa: ANN401
    attributes = {"address": more.pop("address")} if "address" in more else {}
    source = define(discover=sitemap, **attributes)
    return read_index(source, sitemap, capture(body, URL, content_type="application/xml", **more))


def kind_of(page: IndexPage) -> FailureKind | None:
    return page.failure.kind if page.failure is not None else None


def test_pages_of_the_source_are_entries_and_others_are_not() -> None:
    found = read(urlset(entry("news/a"), entry("about"), entry("news/b", lastmod="")))
    assert [(each.key, each.posted_on, each.changed_on, each.modified) for each in found.entries] == [
        ("news/a", None, date(2024, 5, 3), "2024-05-03T10:00:00-06:00"),
        ("news/b", None, None, None),
    ]
    assert found.foreign == 1


def test_a_last_change_is_a_posting_day_only_where_the_definition_says_so() -> None:
    found = read(urlset(entry("news/a")), Sitemap(url=URL, lastmod="posted")).entries[0]
    assert (found.posted_on, found.changed_on, found.modified) == (date(2024, 5, 3), None, None)


def test_a_change_that_means_nothing_is_left_out() -> None:
    found = read(urlset(entry("news/a")), Sitemap(url=URL, lastmod=None)).entries[0]
    assert (found.posted_on, found.changed_on, found.modified) == (None, None, None)


def test_a_news_sitemap_tells_day_title_and_language() -> None:
    news = (
        "<news:news><news:publication><news:name>Ministry</news:name><news:language>es</news:language>"
        "</news:publication><news:publication_date>2024-05-02T23:30:00-06:00</news:publication_date>"
        "<news:title>Abren un puente &amp; m\u00e1s</news:title></news:news>"
    )
    found = read(urlset(entry("news/a", news))).entries[0]
    assert (found.posted_on, found.posted_at) == (date(2024, 5, 2), datetime(2024, 5, 3, 5, 30, tzinfo=UTC))
    assert (found.title, found.language) == ("Abren un puente & m\u00e1s", "es")


def test_language_versions_are_entries_of_their_language() -> None:
    links = (
        "<xhtml:link rel='alternate' hreflang='en' href='https://www.example.org/en/news/a'/>"
        "<xhtml:link rel='alternate' hreflang='es' href='https://www.example.org/es/news/a'/>"
        "<xhtml:link rel='alternate' hreflang='x-default' href='https://www.example.org/news/a'/>"
    )
    found = read(urlset(entry("en/news/a", links)), address=BY_LANGUAGE)
    assert [(each.key, each.language) for each in found.entries] == [("en/a", "en"), ("es/a", "es")]


def index(*places: str) -> str:
    maps = "".join(
        f"<sitemap><loc>{loc}</loc><lastmod>2024-05-0{n + 1}</lastmod></sitemap>"
        for n, loc in enumerate(places)
    )
    return f"<sitemapindex {SPACES}>{maps}</sitemapindex>"


def test_an_index_names_the_sitemaps_that_are_wanted_and_ours() -> None:
    found = read(
        index("/news-1.xml", "/pages-1.xml", "https://elsewhere.example/news-2.xml"),
        Sitemap(url=URL, maps=r"/news-\d+\.xml"),
    )
    assert [(each.url, each.changed_on) for each in found.maps] == [
        ("https://www.example.org/news-1.xml", date(2024, 5, 1))
    ]


def test_an_index_that_no_longer_names_them_is_a_changed_layout() -> None:
    assert kind_of(read(index("/other.xml"), Sitemap(url=URL, maps="/news-"))) is FailureKind.LAYOUT


def test_gzip_files_are_read_whatever_they_are_called() -> None:
    assert [each.key for each in read(gzip.compress(urlset(entry("news/a")).encode())).entries] == ["news/a"]


BOMB = (
    "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + f"]><urlset {SPACES}><url><loc>https://www.example.org/news/&j;</loc></url></urlset>"
)
STRANGER = (
    "<?xml version='1.0'?><!DOCTYPE u [<!ENTITY x SYSTEM 'file:///etc/passwd'>"
    f"<!ENTITY % p SYSTEM 'http://127.0.0.1:9/evil.dtd'>]><urlset {SPACES}><url><loc>"
    "https://www.example.org/news/a&x;</loc></url></urlset>"
)


def test_entities_are_not_resolved() -> None:
    for body in (BOMB, STRANGER):
        found = read(body)
        assert all(len(each.url) < 100 and "root:" not in each.url for each in found.entries)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", FailureKind.UNREADABLE),
        ("not xml at all", FailureKind.UNREADABLE),
        ("<rss><channel/></rss>", FailureKind.UNREADABLE),
        ("<html><title>Just a moment...</title><body></body></html>", FailureKind.CHALLENGE),
        (urlset(), FailureKind.EMPTY_LISTING),
        (index(), FailureKind.EMPTY_LISTING),
        (gzip.compress(b"<urlset/>", mtime=0)[:-6], FailureKind.UNREADABLE),
        (gzip.compress(b" " * (51 * 1024 * 1024), 9, mtime=0), FailureKind.TOO_LARGE),
        (urlset(*(["<url/>"] * 50_001)), FailureKind.TOO_LARGE),
        ("<a>" * 100_000, FailureKind.UNREADABLE),
    ],
    ids=["empty", "text", "feed", "challenge", "no page", "no map", "cut", "bomb", "too many", "deep"],
)
def test_what_is_no_sitemap_is_a_named_failure(body: str | bytes, kind: FailureKind) -> None:
    assert kind_of(read(body)) is kind


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"maps": "("}, "maps"),
        ({"lastmod": "yes"}, "lastmod"),
        ({"url": URL + "?{page}", "pages": Pages.numbered()}, "followed, not counted"),
    ],
)
def test_a_sitemap_that_contradicts_itself_is_refused(declared: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Sitemap(**{"url": URL, **declared})
