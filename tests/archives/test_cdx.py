"""What indexes of archives answer: three forms, resume keys, and rows that cannot be read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archives.cdx import FIELDS, CdxUnreadable, Query, index_address, plain_url, read_answer

KEY = "info,mexidata)/id4410.html"
DIGEST = "XQHDNVKTVRWA2MGTBFGWH5KJYTK7J6BT"


def array(*rows: tuple[str, ...], key: str | None = None) -> bytes:
    table: list[list[str]] = [list(FIELDS), *(list(row) for row in rows)]
    if key is not None:
        table += [[], [key]]
    return json.dumps(table).encode()


def row(stamp: str = "20170301120000", url: str = "http://mexidata.info/id4410.html", status: str = "200",
        mimetype: str = "text/html") -> tuple[str, ...]:  # fmt: skip
    return (KEY, stamp, url, mimetype, status, DIGEST, "4567")


def test_the_array_of_the_wayback_machine_is_read_with_its_resume_key() -> None:
    answer = read_answer(array(row(), row("20180101000000"), key="info,mexidata)/ 20180101000000"))
    assert [each.stamp for each in answer.rows] == ["20170301120000", "20180101000000"]
    assert answer.resume_key == "info,mexidata)/ 20180101000000"
    assert answer.rows[0].taken_at == datetime(2017, 3, 1, 12, tzinfo=UTC)
    assert answer.rows[0].status == 200
    assert answer.rows[0].digest == DIGEST


@pytest.mark.parametrize("body", [b"", b"\n", b"[]", b"[[]]"[:0]])
def test_an_answer_without_rows_is_an_answer(body: bytes) -> None:
    assert read_answer(body).rows == ()


def test_lines_of_objects_as_pywb_and_common_crawl_give_them() -> None:
    first = {"urlkey": KEY, "timestamp": "20170301120000", "url": "http://mexidata.info/id4410.html",
             "mime": "text/html", "status": "200", "digest": f"sha1:{DIGEST}", "length": "77", "offset": "12",
             "filename": "one.warc.gz"}  # fmt: skip
    second = {
        "url": "http://mexidata.info/id4411.html",
        "mime": "warc/revisit",
        "status": "-",
        "digest": DIGEST,
    }
    lines = [json.dumps(first), f"{KEY} 20170302000000 {json.dumps(second)}"]
    answer = read_answer("\n".join(lines).encode())
    one, two = answer.rows
    assert (one.file, one.offset, one.length, one.digest) == ("one.warc.gz", 12, 77, DIGEST)
    assert (two.stamp, two.status, two.mimetype) == ("20170302000000", None, "warc/revisit")
    assert read_answer(lines[0].encode()).rows == (one,)


def test_the_text_form_is_read_with_its_resume_key() -> None:
    text = " ".join(row()) + "\n" + " ".join(row("20180101000000", status="-")) + "\n\ninfo%2Cmexidata"
    answer = read_answer(text.encode())
    assert [each.status for each in answer.rows] == [200, None]
    assert answer.resume_key == "info%2Cmexidata"


def test_a_row_without_a_time_or_a_web_address_is_counted_and_left_out() -> None:
    rows = (
        row("2017"),
        row("20171399000000"),
        row(url="ftp://a.example/x"),
        row(url="http://[broken/"),
        row(),
    )
    answer = read_answer(array(*rows))
    assert len(answer.rows) == 1
    assert answer.damaged == 4
    assert answer.shown == 5


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>504</body></html>",
        b"[[1, 2",
        b'[{"a": 1}]',
        b"Service temporarily overloaded",
        b'{"message": "too many requests"}',
        b'[["urlkey","original"],["a","b"]]',
        b"{not json",
    ],
)
def test_what_is_no_index_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(CdxUnreadable, match=r"expected|answered"):
        read_answer(body)


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(body: bytes) -> None:
    try:
        read_answer(body)
    except CdxUnreadable:
        pass


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("http://mexidata.info:80/id1.html", "http://mexidata.info/id1.html"),
        ("https://www.gob.mx:443/sre/x?idiom=es#top", "https://www.gob.mx/sre/x?idiom=es"),
        ("http://a.example:8080/x", "http://a.example:8080/x"),
        ("http://a.example", "http://a.example/"),
        ("mailto:someone@a.example", None),
        ("http:///x", None),
    ],
)
def test_a_captured_address_is_written_without_its_default_port(url: str, plain: str | None) -> None:
    assert plain_url(url) == plain


def test_the_address_of_an_index_names_days_and_where_to_go_on() -> None:
    address = index_address(
        "https://web.archive.org/cdx/search/cdx",
        Query("gob.mx/sre/"),
        date(2010, 1, 1),
        date(2010, 12, 31),
        limit=5000,
        resume_key="mx,gob)/sre 2010",
    )
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["url"] == "gob.mx/sre/"
    assert asked["matchType"] == "prefix"
    assert (asked["from"], asked["to"]) == ("20100101000000", "20101231235959")
    assert asked["resumeKey"] == "mx,gob)/sre 2010"
    assert asked["showResumeKey"] == "true"
    assert "collapse" not in asked
    assert "filter" not in asked
