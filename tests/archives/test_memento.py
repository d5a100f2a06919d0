"""A replayed page as the capture that it is."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from crawler.archives.memento import Asked, memento_of, taken_at
from crawler.items import Origin
from storage.warc import capture_of, parse
from tests.archives.members import member_content

ASKED = Asked("http://mexidata.info/id1.html", "20170301120000", "http://mexidata.info/id1.html")
TAKEN = ("Memento-Datetime", "Wed, 15 Mar 2017 08:00:00 GMT")
BODY = b"<html><body>" + b"text " * 100 + b"</body></html>"


def test_the_time_is_that_of_the_capture_and_not_the_one_that_was_asked_for() -> None:
    memento = memento_of(ASKED, 200, [TAKEN, ("Content-Type", "text/html")], BODY, 0)
    assert memento is not None
    assert memento.capture.captured_at == datetime(2017, 3, 15, 8, tzinfo=UTC)
    assert memento.capture.origin is Origin.WAYBACK
    assert memento.capture.url == "http://mexidata.info/id1.html"
    assert memento.capture.final_url is None


@pytest.mark.parametrize("headers", [[], [("Memento-Datetime", "yesterday")]])
def test_an_answer_without_a_time_is_the_archives_own(headers: list[tuple[str, str]]) -> None:
    assert memento_of(ASKED, 200, headers, BODY, 0) is None


def test_gzip_that_no_header_tells_is_unpacked_and_kept_as_it_came() -> None:
    packed = gzip.compress(BODY)
    memento = memento_of(ASKED, 200, [TAKEN, ("Content-Type", "text/html")], packed, 0)
    assert memento is not None
    assert memento.capture.body == BODY
    assert memento.raw_body == packed
    assert memento.capture.header("Content-Encoding") == "gzip"


def test_such_a_capture_is_read_again_from_the_store_as_it_was_read_first() -> None:
    memento = memento_of(ASKED, 200, [TAKEN, ("Content-Type", "text/html")], gzip.compress(BODY), 0)
    assert memento is not None
    kept = capture_of(parse(member_content(memento), "a.warc.gz", 0), "a.warc.gz", 0)
    assert kept is not None
    assert kept.body == BODY
    assert kept.captured_at == memento.capture.captured_at


@pytest.mark.parametrize("body", [gzip.compress(BODY, mtime=0)[:-20], b"\x1f\x8b\x08nothing of the kind"])
def test_damaged_gzip_stays_as_it_is(body: bytes) -> None:
    memento = memento_of(ASKED, 200, [TAKEN], body, 0)
    assert memento is not None
    assert memento.capture.body == body


def test_a_bomb_is_not_unpacked() -> None:
    memento = memento_of(ASKED, 200, [TAKEN], gzip.compress(b"x" * 1_000_000), 10_000)
    assert memento is not None
    assert len(memento.capture.body) < 10_000


def test_the_original_type_counts_and_the_archives_validators_do_not() -> None:
    headers = [TAKEN, ("Content-Type", "text/plain"), ("X-Archive-Orig-Content-Type", "text/html; charset=x"),
               ("ETag", '"archive"'), ("Last-Modified", "Wed, 15 Mar 2017 08:00:00 GMT")]  # fmt: skip
    memento = memento_of(ASKED, 200, headers, BODY, 0)
    assert memento is not None
    assert memento.capture.header("Content-Type") == "text/html; charset=x"
    assert memento.capture.header("ETag") is None
    assert memento.capture.header("Last-Modified") is None


def test_after_an_archived_redirect_the_page_has_the_address_that_it_led_to() -> None:
    asked = Asked("http://a.example/1", "20170301120000", "https://a.example/1")
    memento = memento_of(asked, 200, [TAKEN], BODY, 0)
    assert memento is not None
    assert (memento.capture.url, memento.capture.final_url) == ("http://a.example/1", "https://a.example/1")


def test_a_time_without_a_zone_is_utc() -> None:
    assert taken_at([("memento-datetime", "Wed, 15 Mar 2017 08:00:00")]) == datetime(
        2017, 3, 15, 8, tzinfo=UTC
    )
