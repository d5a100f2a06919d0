"""RSS and Atom."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawler.declare import Feed
from crawler.items import FailureKind
from crawler.pages.index import IndexPage, read_index
from tests.pages.definitions import capture, define

FEED = Feed(url="https://api.example.org/{language}/feed", languages=("en", "es"))
SOURCE = define(discover=FEED, hosts=("api.example.org", "www.example.org"))

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>News</title>
<link rel="self" href="https://api.example.org/en/feed"/>
<entry><title type="html">Bridge &amp;amp; river</title><link rel="alternate" href="/news/one"/>
<link rel="edit" href="/edit/1"/><id>urn:1</id><published>2024-05-03T20:15:00-04:00</published>
<updated>2024-05-04T00:00:00Z</updated><category term="statement"/></entry>
<entry><title>Road</title><link href="https://www.example.org/news/two"/><updated>2024-05-01T12:00:00Z</updated></entry>
<entry><title>Elsewhere</title><link href="https://elsewhere.example/x"/></entry>
</feed>"""

RSS = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title>
<link>https://www.example.org/</link><language>es-mx</language>
<item><title><![CDATA[Puente & río]]></title><link>
 https://www.example.org/news/one </link><pubDate>Fri, 03 May 2024 20:15:00 -0600</pubDate>
<category>Nota</category></item>
<item><title>Camino</title><guid isPermaLink="true">https://www.example.org/news/two</guid><dc:date>2024-05-01</dc:date></item>
<item><title>Sin enlace</title><guid isPermaLink="false">77</guid></item>
</channel></rss>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://www.example.org/"><title>News</title></channel>
<item rdf:about="https://www.example.org/news/one"><title>Bridge</title><link>https://www.example.org/news/one</link>
<dc:date>2024-05-03T20:15:00+00:00</dc:date></item></rdf:RDF>"""


def read(body: str | bytes, feed: Feed = FEED, language: str | None = None) -> IndexPage:
    taken = capture(body, "https://api.example.org/en/feed", content_type="application/xml")
    return read_index(SOURCE, feed, taken, language)


def kind_of(body: str | bytes) -> FailureKind | None:
    failure = read(body).failure
    return failure.kind if failure is not None else None


def test_atom_entries_with_links_relative_to_the_other_host() -> None:
    page = read(ATOM)
    assert page.failure is None
    assert page.foreign == 1
    first, second = page.entries
    assert (first.key, first.url) == ("news/one", "https://www.example.org/news/one")
    assert (first.title, first.kind, first.language) == ("Bridge & river", "statement", "en")
    assert (first.posted_on, first.posted_at) == (date(2024, 5, 3), datetime(2024, 5, 4, 0, 15, tzinfo=UTC))
    assert first.modified == "2024-05-04T00:00:00Z"
    assert (second.key, second.posted_on) == ("news/two", date(2024, 5, 1))


def test_rss_entries() -> None:
    first, second = read(RSS).entries
    assert (first.url, first.title, first.kind, first.language) == (
        "https://www.example.org/news/one",
        "Puente & río",
        "Nota",
        "es-mx",
    )
    assert (first.posted_on, first.posted_at) == (date(2024, 5, 3), datetime(2024, 5, 4, 2, 15, tzinfo=UTC))
    assert (second.key, second.posted_on, second.posted_at) == ("news/two", date(2024, 5, 1), None)


def test_rss_1_entries_stand_beside_their_channel() -> None:
    assert [(each.key, each.posted_on) for each in read(RDF).entries] == [("news/one", date(2024, 5, 3))]


def test_the_language_of_the_index_s_address_outranks_the_feed_s() -> None:
    assert {each.language for each in read(RSS, language="en").entries} == {"en"}


def test_a_feed_without_entries_is_a_failure_unless_it_may_be_empty() -> None:
    empty = '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title></feed>'
    assert kind_of(empty) is FailureKind.EMPTY_LISTING
    assert read(empty, Feed(url=FEED.url, may_be_empty=True)).failure is None


@pytest.mark.parametrize(
    "body", ["", "plain words", "<html><body>Hello</body></html>", '{"a": 1}', "<opml/>"]
)
def test_what_is_no_feed_is_unreadable(body: str) -> None:
    assert kind_of(body) is FailureKind.UNREADABLE


def test_a_bot_check_in_place_of_a_feed_is_a_challenge() -> None:
    assert (
        kind_of("<html><script>window['bobcmn']='1'</script>Data processing...</html>")
        is FailureKind.CHALLENGE
    )


def test_external_entities_are_not_read() -> None:
    body = f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>{ATOM.split("?>")[1]}'.replace(
        "Road", "&f;"
    )
    titles = [each.title for each in read(body).entries]
    assert titles[0] == "Bridge & river"
    assert len(titles) == 2
    assert titles[1] in (None, "&f;")


def test_entities_that_multiply_are_not_expanded() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]>{ATOM.split("?>")[1]}'.replace("Road", "&e11;")
    assert all(len(each.title or "") < 100 for each in read(body).entries)


def test_a_broken_feed_gives_the_entries_before_the_break() -> None:
    assert [
        each.key for each in read(ATOM.partition("<entry><title>Road")[0] + "<entry><title>cut").entries
    ] == ["news/one"]
