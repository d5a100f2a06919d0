"""Whatever a site sends: exactly one of items, a reason to skip, or a failure, and never an exception."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.declare import Api, Date, Feed, Fields, Flow, Listing, Record
from crawler.items import FailureKind
from crawler.pages.index import read_index
from crawler.pages.read import Reading, read_page
from crawler.pages.reading import Failure
from tests.pages.definitions import SENTENCE, STEADY, capture, define, html

FLOW = Flow(
    heading="^Media",
    posted=Date("^.*day, (.+)$", ("MMMM d, y",)),
    offices=1,
    attribution=".*;.*",
    end=("^Share",),
)
RECORD = Record(
    title="title", body="body", url="url", posted=Date("at"), alternates="versions", issuers="by[].name"
)
FIELDS = Fields(
    title="h1", body="div.text", posted=Date("time", ("d MMMM y",)), alternates="a[hreflang]", attachments="a"
)
SOURCE = define(release=(FIELDS, RECORD, FLOW), hosts=("www.example.org", "api.example.org"))
INDEXES = (
    Listing(
        url="https://www.example.org/list",
        entry="article",
        link="a",
        title="h2",
        container="#list",
        wrapped=True,
    ),
    Feed(url="https://www.example.org/feed"),
    Api(
        url="https://www.example.org/api",
        entries="results",
        link="link",
        title="title",
        posted=Date("at"),
        total="total",
    ),
)
TYPES = (
    "text/html",
    "text/plain",
    "application/json",
    "application/xml",
    "text/html; charset=utf-16",
    "",
    "image/png",
)


def check(body: bytes, content_type: str) -> Reading:
    reading = read_page(SOURCE, capture(body, content_type=content_type))
    assert bool(reading.items) + (reading.skipped is not None) + (reading.failure is not None) == 1
    for item in reading.items:
        assert item.title.strip()
        assert any(paragraph.strip() for paragraph in item.body)
        for text in (item.title, *item.body, item.url):
            text.encode()
            assert "\0" not in text
    for index in INDEXES:
        read_index(SOURCE, index, capture(body, content_type=content_type), "en")
    return reading


@given(body=st.binary(max_size=400), content_type=st.sampled_from(TYPES))
@STEADY
def test_any_bytes(body: bytes, content_type: str) -> None:
    check(body, content_type)


PIECES = st.sampled_from(
    ["<h1>", "</h1>", "<div class='text'>", "<p>", "</p>", "<br>", "<table>", "<tr>", "<td>", "<!--", "-->",
     "<![CDATA[", "]]>", "<script>", "</script>", "<base href='//['>", "<a href='http://[::1'>", "<article>",
     "<a hreflang=x href='\u202e'>", "<html lang='%'>", "<time>3 May 2020</time>", "&#0;", "&#xD800;",
     "&nbsp;", "\0", "\x1e", "\ufeff", "\u202e", SENTENCE, "<feed>", "<entry>", "<item>", "<link href='x'>",
     '{"results": [', '{"title": "a",', '"url": "b", "body": "c"}', "$('#x').append('", "');"]
)  # fmt: skip


@given(pieces=st.lists(PIECES, max_size=40), content_type=st.sampled_from(TYPES))
@STEADY
def test_any_arrangement_of_markup(pieces: list[str], content_type: str) -> None:
    check("".join(pieces).encode(), content_type)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["title", "body", "url", "at", "versions", "by", "name", "results", "link"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(data=JSON)
@STEADY
def test_any_json(data: object) -> None:
    import json

    check(json.dumps(data).encode(), "application/json")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        b"\0" * 1000,
        b"\xff\xfe",
        b"\xff\xfe<\x00h\x00",
        b"%PDF-1.7 binary",
        b"PK\x03\x04" + bytes(range(256)),
        b"\x1f\x8b\x08" + bytes(200),
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"<" * 10_000,
        b"&" * 10_000,
        b"<!doctype html>",
        b"<html><body></body></html>",
    ],
)
def test_what_is_no_page_is_a_failure(body: bytes) -> None:
    failure = check(body, "text/html").failure
    assert isinstance(failure, Failure)
    assert failure.detail


def test_a_file_is_named_for_what_it_is() -> None:
    failure = check(b"%PDF-1.4 ...", "text/html").failure
    assert failure is not None
    assert failure.kind is FailureKind.UNREADABLE
    assert "PDF" in failure.detail


@pytest.mark.parametrize(
    "body",
    [
        html(text="<div>" * 100_000 + f"<p>{SENTENCE}</p>"),
        html(text=f"<p {'a' * 100_000}='{'b' * 500_000}'>{SENTENCE}</p>"),
        html(text="<p>" + "".join(f"<b a{n}=1>" for n in range(20_000)) + SENTENCE + "</p>"),
        html(text=f"<p {' '.join(f'a{n}=1' for n in range(50_000))}>{SENTENCE}</p>"),
        html(text=f"<p>{SENTENCE}</p>" + "<br>" * 200_000),
        html(text=f"<p>{SENTENCE}</p><pre>" + "\n \n" * 100_000 + "</pre>"),
        html(text=f"<p>{SENTENCE}</p>" + "<table><tr><td>" * 5_000),
        html(text=f"<p>{SENTENCE}</p>" + " " * 1_000_000),
        html(text=f"<p>{SENTENCE}</p>", around="<a hreflang=es href='//['>x</a>" * 5_000),
        html(text=f"<p>{SENTENCE}</p>", around="<time>" + "1 " * 200_000 + "</time>"),
        html(text=f"<p>\u202e{SENTENCE}\u2066</p>"),
    ],
    ids=[
        "depth",
        "long attribute",
        "inline depth",
        "attributes",
        "breaks",
        "pre",
        "tables",
        "spaces",
        "links",
        "time",
        "bidi",
    ],
)
def test_a_bomb_is_read_in_little_time(body: str) -> None:
    started = time.process_time()
    reading = check(body.encode(), "text/html")
    assert reading.items, reading
    assert SENTENCE in " ".join(reading.items[0].body)
    # Far above what is needed, far below what anything quadratic would take.
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "unit", ["$('#x').append('", "<meta ", "<!--", "<a ", "\\u", "x.html(`", "&#", "<![CDATA[", "{", "["]
)
def test_time_grows_with_size_not_with_its_square(unit: str) -> None:
    def seconds(times: int) -> float:
        started = time.process_time()
        check((unit * times).encode(), "text/html")
        return time.process_time() - started

    seconds(10)
    assert seconds(100_000) < 4


def test_random_damage_to_a_page_never_raises() -> None:
    rng = random.Random(11)
    whole = html(around="<time>3 May 2020</time><a hreflang=es href=/es/noticias/uno>es</a>").encode()
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(rng.randrange(1, 12)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        check(bytes(damaged[: rng.randrange(1, len(damaged))]), rng.choice(TYPES))
