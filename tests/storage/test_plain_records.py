"""Records that are taken apart at once say what warcio reads in them; all others are left to it."""

from __future__ import annotations

import io
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from crawler.items import Capture, CapturePlace, Origin
from storage.warc import WarcBroken, capture_of, parse
from storage.warc_members import Original, response_member, revisit_member

AT = datetime(2017, 2, 27, 12, tzinfo=UTC)
URL = "https://a.example/comunicado/1"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
HEADERS = st.lists(st.tuples(st.sampled_from(["Content-Type", "ETag", "X-Ä", "x-y"]), TEXT), max_size=4)


def by_warcio(content: bytes) -> ArcWarcRecord:
    loader = ArcWarcRecordLoader(verify_http=False)
    return loader.parse_record_stream(io.BytesIO(content), known_format="warc")


def told(record: ArcWarcRecord) -> tuple[object, ...]:
    said, http = record.rec_headers, record.http_headers
    return (
        record.rec_type, record.content_type, record.length, said.headers, said.protocol, http.headers,
        http.protocol, http.statusline, said.get_header("warc-target-uri"), http.get_header("content-type"),
        record.raw_stream.read(),
    )  # fmt: skip


@given(HEADERS, st.binary(max_size=60), st.booleans(), st.sampled_from([200, 404, 299]))
def test_our_records_say_the_same_either_way(
    headers: list[tuple[str, str]], body: bytes, again: bool, status: int
) -> None:
    capture = Capture(URL, status, tuple(headers), body, AT, Origin.WAYBACK, digest="sha256:0")
    original = Original(URL, AT, CapturePlace("2017-02/a.warc.gz", 7, 8))
    member = (
        revisit_member("run", capture, body, original) if again else response_member("run", capture, body)
    )
    content = zlib.decompress(member, zlib.MAX_WBITS | 16)
    assert told(parse(content, "a.warc.gz", 0)) == told(by_warcio(content))


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        (b"WARC/1.1", b"WARC/1.0"),
        (b"HTTP/1.1 200", b"HTTP/1.0 200"),
        (b"Content-Type: text/html", b"Content-Type:text/html"),
        (b"Content-Type: text/html", b"Content-Type: text/html\r\n  ; charset=x"),
        (b"Content-Type: text/html", b"no field at all"),
        (URL.encode(), b"<" + URL.encode() + b">"),
    ],
)
def test_records_of_others_are_read_as_warcio_reads_them(part: bytes, instead: bytes) -> None:
    capture = Capture(URL, 200, (("Content-Type", "text/html"),), b"<p>text", AT)
    content = zlib.decompress(response_member("run", capture, b"<p>text"), zlib.MAX_WBITS | 16)
    head, _, block = content.replace(part, instead).partition(b"\r\n\r\n")
    lines = [
        b"Content-Length: %d" % (len(block) - 4) if line.startswith(b"Content-Length") else line
        for line in head.split(b"\r\n")
    ]
    foreign = b"\r\n\r\n".join((b"\r\n".join(lines), block))
    assert told(parse(foreign, "a.warc.gz", 0)) == told(by_warcio(foreign))


def test_a_record_that_is_shorter_than_it_says_is_broken() -> None:
    capture = Capture(URL, 200, (("Content-Type", "text/html"),), b"<p>text", AT)
    content = zlib.decompress(response_member("run", capture, b"<p>text"), zlib.MAX_WBITS | 16)
    with pytest.raises(WarcBroken, match="shorter than it says"):
        capture_of(parse(content[:-8], "a.warc.gz", 0), "a.warc.gz", 0)
