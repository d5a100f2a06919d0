"""Captures: every response as it came, and bodies decoded no further than the limit."""

from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.middlewares.captures import TooLarge, Truncated, Undecodable, decode
from tests.crawler.crawling import Crawls
from tests.crawler.demo import definition, page, settings_for, web_of
from tests.crawler.server import Answer, Web, serving

LIMIT = 1_000_000
TEXT = b"what a ministry said, word by word. " * 2000


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw": raw_deflate,
}


@given(st.binary(max_size=300_000), st.sampled_from(sorted(PACKERS)))
def test_what_was_encoded_is_decoded(data: bytes, encoding: str) -> None:
    packed = PACKERS[encoding](data)
    assert decode(packed, ["deflate" if encoding == "raw" else encoding], LIMIT) == data


def test_encodings_are_undone_from_the_last_to_the_first() -> None:
    assert decode(gzip.compress(zlib.compress(TEXT)), ["deflate", "gzip"], LIMIT) == TEXT


def test_gzip_in_several_members_is_one_body() -> None:
    assert decode(gzip.compress(TEXT) + gzip.compress(b"the end"), ["gzip"], LIMIT) == TEXT + b"the end"


def test_padding_after_a_gzip_body_is_left_out() -> None:
    assert decode(gzip.compress(TEXT) + b"\0" * 100, ["gzip"], LIMIT) == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_may_be_as_large_as_the_limit_and_no_larger(encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    assert len(decode(pack(b"x" * LIMIT), [encoding], LIMIT)) == LIMIT
    with pytest.raises(TooLarge):
        decode(pack(b"x" * (LIMIT + 1)), [encoding], LIMIT)


def test_a_first_member_as_large_as_the_limit_leaves_no_room_for_another() -> None:
    with pytest.raises(TooLarge):
        decode(gzip.compress(b"x" * LIMIT) + gzip.compress(b"\0" * 50_000_000), ["gzip"], LIMIT)


def test_a_hundred_thousand_empty_members_take_no_time_to_speak_of() -> None:
    members = gzip.compress(b"") * 100_000
    started = time.process_time()
    assert decode(members, ["gzip"], LIMIT) == b""
    assert time.process_time() - started < 5


def test_a_bomb_within_a_bomb_is_stopped_at_the_first() -> None:
    with pytest.raises(TooLarge):
        decode(gzip.compress(gzip.compress(b"\0" * 50_000_000)), ["gzip", "gzip"], LIMIT)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_an_encoded_body_that_ends_early_is_noticed(kept: float) -> None:
    packed = gzip.compress(TEXT)
    with pytest.raises(Truncated):
        decode(packed[: int(len(packed) * kept)], ["gzip"], LIMIT)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"<html>plain</html>", "gzip"), (b"<html>plain</html>", "deflate"), (TEXT, "br"), (TEXT, "zstd")],
)
def test_what_is_not_in_its_encoding_is_unreadable(body: bytes, encoding: str) -> None:
    with pytest.raises(Undecodable):
        decode(body, [encoding], LIMIT)


def test_an_empty_body_needs_no_decoding() -> None:
    assert decode(b"", ["gzip"], LIMIT) == b""


def one_page(crawls: Crawls, answer: Answer) -> tuple[dict[str, object], float]:
    web = web_of([[2, 1]])
    web.routes["/news/n1"] = answer
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web))
    assert crawled.states()["news/n2"] == "stored"
    return crawled.ledger()["news/n1"], crawled.result["peak_megabytes"]


def test_200_kb_that_become_200_mb_cost_a_failure_and_no_memory(crawls: Crawls, tmp_path: Path) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000)
    assert len(bomb) < 200_000
    _, usual = one_page(crawls, page(1))
    entry, peak = one_page(Crawls(tmp_path / "xx"), Answer(bomb, headers={"Content-Encoding": "gzip"}))
    assert (entry["state"], entry["failure"]) == ("failed", "too large")
    assert "http://www.demo.example/news/n1" in str(entry["reason"])
    assert peak - usual < 64


@pytest.mark.parametrize(
    "answer",
    [Answer(endless=b"x" * 65536), Answer(b"x", announced=30_000_000)],
    ids=["endless chunks", "announced length"],
)
def test_a_body_without_end_is_cut_off(crawls: Crawls, answer: Answer) -> None:
    entry, peak = one_page(crawls, answer)
    assert (entry["state"], entry["failure"]) == ("failed", "too large")
    assert peak < 200


def test_a_truncated_encoded_body_is_a_network_failure(crawls: Crawls) -> None:
    packed = gzip.compress(page(1).body)
    entry, _ = one_page(crawls, Answer(packed[:-20], headers={"Content-Encoding": "gzip"}))
    assert (entry["state"], entry["failure"]) == ("failed", "network")


def test_an_encoding_that_was_not_asked_for_is_unreadable(crawls: Crawls) -> None:
    entry, _ = one_page(crawls, Answer(b"xx", headers={"Content-Encoding": "br"}))
    assert (entry["state"], entry["failure"]) == ("failed", "unreadable")


def test_captures_hold_raw_bodies_and_pages_are_read_decoded(crawls: Crawls) -> None:
    packed = gzip.compress(page(1).body)
    web = web_of([[1]])
    web.routes["/news/n1"] = Answer(packed, headers={"Content-Encoding": "gzip"})
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web))
    assert ["http://www.demo.example/news/n1", 200, len(packed)] in crawled.result["captures"]
    assert crawled.items[0]["title"] == "Release number 1 of the ministry"
    assert {hit.headers["Accept-Encoding"] for hit in web.hits} == {"gzip, deflate"}


def test_every_response_is_captured_but_robots_txt(crawls: Crawls) -> None:
    web = web_of([[2, 1]])
    web.routes["/news/n1"] = Answer(b"gone", 410)
    web.routes["/news/n2"] = Answer(status=302, headers={"Location": "/news/n2b"})
    web.routes["/news/n2b"] = page(2)
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web))
    assert sorted(status for _, status, _ in crawled.result["captures"]) == [200, 200, 200, 302, 410]


def test_a_store_that_cannot_write_ends_the_crawl_and_loses_no_address(crawls: Crawls) -> None:
    web = web_of([list(range(30, 0, -1))])
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition()),
            settings=settings_for(web, COMMUNIQUE_STORE="tests.crawler.stores.full_after_twenty"),
        )
    assert crawled.result["outcome"] == "failed"
    assert "No space left on device" in crawled.result["error"]
    states = list(crawled.states().values())
    assert set(states) == {"stored", "discovered"}
    assert len(states) == 30


PAGE = b"<h1>Title</h1><p>One.</p><p>Two.</p>"
DIGEST = "sha256:" + hashlib.sha256(PAGE).hexdigest()


def test_an_ordinary_spider_has_its_run_its_captures_and_the_stages(crawls: Crawls) -> None:
    web = Web({"/page": Answer(PAGE)}, robots="")
    with serving(web):
        crawled = crawls.crawl(
            spider="tests.crawler.spiders.Items",
            urls="http://a.example/page",
            settings={"COMMUNIQUE_CONNECT_TO": web.mapping("a.example")},
        )
    [item] = crawled.items
    assert (item["title"], item["body"]) == ("Title", ["One.", "Two."])
    assert crawled.result["runs"]["run-1"]["state"] == "finished"
    assert len(crawled.result["captures"]) == 1
    assert item["capture_digest"] == DIGEST
    assert item["captured_at"] is not None


def test_an_item_without_room_for_its_capture_gets_it_and_one_that_names_its_own_keeps_it(
    crawls: Crawls,
) -> None:
    web = Web({"/page": Answer(PAGE)}, robots="")
    with serving(web):
        crawled = crawls.crawl(
            spider="tests.crawler.spiders.FrozenItems",
            urls="http://a.example/page",
            settings={"COMMUNIQUE_CONNECT_TO": web.mapping("a.example")},
        )
    frozen, named = crawled.items
    assert (frozen["title"], frozen["capture_digest"]) == ("Title", DIGEST)
    assert named == {**named, "capture": {"file": "other"}}
    assert "capture_digest" not in named
