"""Records of captures as bytes: written by hand for speed, and the very bytes that warcio writes."""

from __future__ import annotations

import io
import re
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.items import Capture, Origin
from storage.warc_members import response_member

MOMENT = datetime(2017, 2, 3, 4, 5, 6, 7, tzinfo=UTC)


def by_warcio(run: str, capture: Capture, body: bytes, status: str) -> bytes:
    fields = {
        "WARC-Date": "2017-02-03T04:05:06.000007Z",
        "Communique-Run": run,
        "Communique-Origin": capture.origin.value,
    }
    if capture.final_url:
        fields["Communique-Asked-URI"] = capture.url
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    head = StatusAndHeaders(status, list(capture.headers), protocol="HTTP/1.1")
    record = writer.create_warc_record(
        capture.final_url or capture.url,
        "response",
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=head,
        warc_headers_dict=fields,
    )
    writer.write_record(record)
    return out.getvalue()


def without_id(record: bytes) -> bytes:
    """A record without its id, which is another one each time."""
    found, count = re.subn(rb"urn:uuid:[0-9a-f-]{36}", b"urn:uuid:", record, count=1)
    assert count == 1
    return found


@pytest.mark.parametrize(
    ("changes", "body", "status"),
    [
        (
            {"headers": (("Content-Type", "text/html"), ("Content-Length", "14"))},
            b"<p>a</p>\r\n\r\n\r\n",
            "200 OK",
        ),
        ({"final_url": "https://www.demo.example/moved", "body": b"x"}, b"x", "200 OK"),
        ({"url": "https://www.demo.example/nota/ñandú?q=日本", "body": b"x"}, b"x", "200 OK"),
        ({"status": 404, "origin": Origin.WAYBACK}, b"", "404 Not Found"),
    ],
)
def test_a_record_is_what_warcio_writes(changes: dict[str, Any], body: bytes, status: str) -> None:
    known: dict[str, Any] = {"url": "https://www.demo.example/n1", "status": 200, "headers": (), "body": body}
    capture = Capture(captured_at=MOMENT, **{**known, **changes})
    record = zlib.decompress(response_member("run-1", capture, body), zlib.MAX_WBITS | 16)
    assert without_id(record) == without_id(by_warcio("run-1", capture, body, status))
