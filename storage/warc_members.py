"""WARC records as bytes, written one gzip member each. The layout is warcio's.

A body that an earlier record of the address holds already is not written again: the record is a *revisit*
(WARC 1.1, 6.7) that says where the body is, by address and time for every reader, and by its place for ours.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from warcio.warcwriter import WARCWriter

from crawler.items import Capture, CapturePlace

LEVEL = 1
"""Compression of records: level 1 makes a 50 kB page 15 % larger than warcio's level 9, eight times as fast.
Most bodies come compressed anyway and are kept as they came."""

RUN, ORIGIN, ASKED = "Communique-Run", "Communique-Origin", "Communique-Asked-URI"
"""Header fields of our own; the standard lets readers ignore what they do not know. The last one is written
where redirects led elsewhere: the record's target is the address that answered."""
REFERS, DIGEST = "Communique-Refers-To", "Communique-Digest"
"""Of revisits: the place of the record that holds the body (`offset length file`), and `Capture.digest`."""
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "server-not-modified"
"""What the profile of a revisit ends with that stands for an answer 304."""


@dataclass(frozen=True, slots=True)
class Original:
    """The record that holds the body to which a revisit refers."""

    url: str
    captured_at: datetime
    place: CapturePlace | None = None
    """None where the two are in a file that leaves the house."""


def payload_digest(raw_body: bytes) -> str:
    """As `WARC-Payload-Digest` has it: over the body as it came."""
    return _written(hashlib.sha1(raw_body, usedforsecurity=False))


def response_member(run: str, capture: Capture, raw_body: bytes, payload: str | None = None) -> bytes:
    """A response record as one gzip member. `raw_body` is the body as it came, still encoded; `payload` its
    digest, where it is known.

    The bytes are those that warcio would write; it takes as long for its own work as for the compression.
    """
    return _http_member(run, capture, raw_body, "response", (), payload)


def revisit_member(run: str, capture: Capture, raw_body: bytes, original: Original) -> bytes:
    """A revisit record as one gzip member: the head of a response whose body `original` holds."""
    place = original.place
    further = (
        f"WARC-Profile: {IDENTICAL}",
        f"WARC-Refers-To-Target-URI: {_one_line(original.url)}",
        f"WARC-Refers-To-Date: {_warc_date(original.captured_at)}",
        f"{DIGEST}: {capture.digest}",
        *((f"{REFERS}: {place.offset} {place.length} {place.file}",) if place is not None else ()),
    )
    return _http_member(run, capture, raw_body, "revisit", further)


def _http_member(
    run: str,
    capture: Capture,
    raw_body: bytes,
    kind: str,
    further: Iterable[str],
    payload: str | None = None,
) -> bytes:
    head = _http_head(capture, raw_body)
    kept = raw_body if kind == "response" else b""
    block = hashlib.sha1(head, usedforsecurity=False)
    block.update(kept)
    lines = [
        "WARC/1.1",
        f"WARC-Date: {_warc_date(capture.captured_at)}",
        f"{RUN}: {_one_line(run)}",
        f"{ORIGIN}: {capture.origin.value}",
        *((f"{ASKED}: {_one_line(capture.url)}",) if capture.final_url else ()),
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>",
        f"WARC-Target-URI: {_one_line(capture.final_url or capture.url)}",
        f"WARC-Payload-Digest: {payload or payload_digest(raw_body)}",
        f"WARC-Block-Digest: {_written(block)}",
        *further,
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(head) + len(kept)}",
        "",
        "",
    ]
    return _member(b"".join(("\r\n".join(lines).encode("utf-8"), head, kept, b"\r\n\r\n")))


def _written(digest: hashlib._Hash) -> str:
    return f"sha1:{base64.b32encode(digest.digest()).decode('ascii')}"


def warcinfo_member(file_name: str, software: str) -> bytes:
    """The record that a WARC file begins with."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    info = {"software": software, "format": "WARC File Format 1.1"}
    writer.write_record(writer.create_warcinfo_record(file_name, info))
    return _member(out.getvalue())


def _member(content: bytes) -> bytes:
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return compressor.compress(content) + compressor.flush()


def _http_head(capture: Capture, raw_body: bytes) -> bytes:
    try:
        phrase = HTTPStatus(capture.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {capture.status} {phrase}"]
    came_decoded = raw_body == capture.body
    for name, value in capture.headers:
        known = name.lower()
        if known == "transfer-encoding":
            continue
        written = _one_line(name)
        # A head that does not fit its body would mislead every reader; what it said is kept beside.
        wrong_encoding = known == "content-encoding" and came_decoded and value.strip().lower() != "identity"
        wrong_length = known == "content-length" and value.strip() != str(len(raw_body))
        if wrong_encoding or wrong_length:
            written = f"X-Crawler-{written}"
        lines.append(f"{written}: {_one_line(value)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")


def _one_line(text: str) -> str:
    return re.sub(r"[\r\n\0]+", " ", text).strip()


def _warc_date(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
