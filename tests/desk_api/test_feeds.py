"""Feeds are valid, open in feedparser, and are not sent again to who has them."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import feedparser
import httpx
import pytest

from tests.desk_api.conftest import HOSTILE
from tests.desk_api.serving import HUB

FEEDS = ["/feeds/statements", "/feeds/changes", "/feeds/health"]
NS = {"a": "http://www.w3.org/2005/Atom"}


@pytest.mark.parametrize("path", FEEDS)
def test_an_atom_feed_has_what_rfc_4287_requires(client: httpx.Client, path: str) -> None:
    answer = client.get(f"{path}.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    for name in ("id", "title", "updated"):
        assert len(feed.findall(f"a:{name}", NS)) == 1
    entries = feed.findall("a:entry", NS)
    assert entries
    ids = [each.findtext("a:id", namespaces=NS) for each in entries]
    assert len(set(ids)) == len(ids)
    for each in entries:
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"a:{name}", NS)) == 1
        assert each.find("a:link[@rel='alternate']", NS) is not None
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert read.version == "atom10"
    assert len(read.entries) == len(entries)
    assert {link.rel: link.href for link in read.feed.links}["hub"] == HUB


@pytest.mark.parametrize("path", FEEDS)
def test_a_json_feed_has_what_its_version_requires(client: httpx.Client, path: str) -> None:
    answer = client.get(f"{path}.json")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == str(answer.url)
    assert feed["hubs"] == [{"type": "WebSub", "url": HUB}]
    for each in feed["items"]:
        assert each["id"].startswith("urn:uuid:")
        assert "content_text" in each


def test_a_feed_of_a_search_holds_what_the_search_finds(client: httpx.Client) -> None:
    wanted = {"q": "capital", "language": "es"}
    found = client.get("/api/v1/statements", params={**wanted, "limit": 30}).json()["items"]
    read = feedparser.parse(client.get("/feeds/statements.atom", params=wanted).content)
    assert [each.title for each in read.entries] == [each["title"] for each in found]
    assert read.entries[0].link.endswith(f"/statements/{found[0]['id']}")
    empty = client.get("/feeds/statements.atom", params={"q": "nosuchword"})
    assert feedparser.parse(empty.content).entries == []
    assert not feedparser.parse(empty.content).bozo


def test_a_hostile_release_is_text_in_a_feed(client: httpx.Client) -> None:
    answer = client.get("/feeds/statements.atom", params={"q": "alert"})
    assert b"<script" not in answer.content
    (entry,) = ElementTree.fromstring(answer.content).findall("a:entry", NS)  # noqa: S314
    assert entry.findtext("a:title", namespaces=NS) == HOSTILE
    (item,) = client.get("/feeds/statements.json", params={"q": "alert"}).json()["items"]
    assert item["title"] == HOSTILE
    json.dumps(item)


def test_a_reader_that_has_everything_gets_nothing(client: httpx.Client) -> None:
    for path in FEEDS:
        for form in ("atom", "json"):
            first = client.get(f"{path}.{form}")
            assert f'<{first.url}>; rel="self"' in first.headers["link"]
            assert f'<{HUB}>; rel="hub"' in first.headers["link"]
            again = client.get(f"{path}.{form}", headers={"If-None-Match": first.headers["etag"]})
            assert again.status_code == 304
            since = {"If-Modified-Since": first.headers["last-modified"]}
            assert client.get(f"{path}.{form}", headers=since).status_code == 304
            assert client.head(f"{path}.{form}").headers["etag"] == first.headers["etag"]


def test_a_feed_in_another_form_is_not_there(client: httpx.Client) -> None:
    assert client.get("/feeds/statements.rss").status_code == 422
