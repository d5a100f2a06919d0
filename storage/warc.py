"""WARC records as bytes: written one gzip member each, read strictly, of our own files and of anybody's.

The layout is warcio's. What is ours is strictness: warcio passes over damaged gzip data in silence, and
whether a file is whole is what has to be known after a kill.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.items import Capture, Origin
from storage.encodings import MOST_BYTES, BodyUnreadable, decode

LEVEL = 1
"""Compression of records: level 1 makes a 50 kB page 15 % larger than warcio's level 9, eight times as fast.
Most bodies come compressed anyway and are kept as they came."""

RUN, ORIGIN, ASKED = "Communique-Run", "Communique-Origin", "Communique-Asked-URI"
"""Header fields of our own; the standard lets readers ignore what they do not know. The last one is written
where redirects led elsewhere: the record's target is the address that answered."""

_MAGIC = b"\x1f\x8b"
_PIECE = 2**16


class WarcBroken(ValueError):
    """A WARC file is damaged; the message names file and offset."""


@dataclass(frozen=True, slots=True)
class Member:
    """One whole gzip member of a file."""

    offset: int
    length: int
    content: bytes


def response_member(run: str, capture: Capture, raw_body: bytes) -> bytes:
    """A response record as one gzip member. `raw_body` is the body as it came, still encoded.

    The bytes are those that warcio would write; it takes as long for its own work as for the compression.
    """
    head = _http_head(capture, raw_body)
    payload = hashlib.sha1(raw_body, usedforsecurity=False)
    block = hashlib.sha1(head, usedforsecurity=False)
    block.update(raw_body)
    lines = [
        "WARC/1.1",
        f"WARC-Date: {_warc_date(capture.captured_at)}",
        f"{RUN}: {_one_line(run)}",
        f"{ORIGIN}: {capture.origin.value}",
        *((f"{ASKED}: {_one_line(capture.url)}",) if capture.final_url else ()),
        "WARC-Type: response",
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>",
        f"WARC-Target-URI: {_one_line(capture.final_url or capture.url)}",
        f"WARC-Payload-Digest: {_written(payload)}",
        f"WARC-Block-Digest: {_written(block)}",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(head) + len(raw_body)}",
        "",
        "",
    ]
    return _member(b"".join(("\r\n".join(lines).encode("utf-8"), head, raw_body, b"\r\n\r\n")))


def _written(digest: hashlib._Hash) -> str:
    return f"sha1:{base64.b32encode(digest.digest()).decode('ascii')}"


def warcinfo_member(file_name: str, software: str) -> bytes:
    """The record that a WARC file begins with."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    info = {"software": software, "format": "WARC File Format 1.1"}
    writer.write_record(writer.create_warcinfo_record(file_name, info))
    return _member(out.getvalue())


def members(file: BinaryIO, name: str, start: int = 0) -> Iterator[Member]:
    """Whole gzip members from offset `start` on. Raises WarcBroken where one is torn or damaged.

    For our own files, whose members are one record each; a member over twice MOST_BYTES counts as damaged.
    """
    file.seek(start)
    offset, rest = start, b""
    while True:
        rest = rest or file.read(_PIECE)
        if not rest:
            return
        decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
        content: list[bytes] = []
        size = length = 0
        while not decoder.eof:
            rest = rest or file.read(_PIECE)
            if not rest:
                raise WarcBroken(f"{name}: the record at offset {offset} is cut off")
            try:
                content.append(decoder.decompress(rest, max(2 * MOST_BYTES - size, 1)))
            except zlib.error as error:
                raise WarcBroken(f"{name}: the record at offset {offset} is damaged: {error}") from error
            size += len(content[-1])
            if decoder.unconsumed_tail:
                raise WarcBroken(f"{name}: the record at offset {offset} is too large")
            length += len(rest) - len(decoder.unused_data)
            rest = decoder.unused_data
        yield Member(offset, length, b"".join(content))
        offset += length


def parse(content: bytes, name: str, offset: int) -> ArcWarcRecord:
    """The record in the content of a member. Raises WarcBroken."""
    record = _parse(io.BytesIO(content), name, offset)
    if record is None:
        raise WarcBroken(f"{name}: there is no record at offset {offset}")
    return record


def head_of(record: ArcWarcRecord, name: str, offset: int) -> Capture | None:
    """The capture in a record, without its body; None when it is no HTTP response. Raises BodyUnreadable."""
    if record.rec_type != "response" or record.http_headers is None:
        return None
    target = str(record.rec_headers.get_header("WARC-Target-URI"))
    url = record.rec_headers.get_header(ASKED) or target
    origin = record.rec_headers.get_header(ORIGIN)
    try:
        return Capture(
            url=url,
            status=int(record.http_headers.get_statuscode()),
            headers=tuple((str(key), str(value)) for key, value in record.http_headers.headers),
            body=b"",
            captured_at=_captured_at(str(record.rec_headers.get_header("WARC-Date"))),
            origin=Origin(origin) if origin in set(Origin) else Origin.FILE,
            final_url=target if target != url else None,
        )
    except ValueError as error:
        raise BodyUnreadable(f"{name}, offset {offset}: {url}: {error}") from error


def capture_of(record: ArcWarcRecord, name: str, offset: int, limit: int = MOST_BYTES) -> Capture | None:
    """The capture in a record that was just parsed; None when it is no HTTP response.

    Reads the record to its end. Raises WarcBroken when it is shorter than it says, BodyUnreadable when
    its body cannot be unpacked.
    """
    too_large = record.length is not None and record.length > limit
    is_response = record.rec_type == "response" and record.http_headers is not None
    raw = _read_whole(record, name, offset, keep=is_response and not too_large)
    head = head_of(record, name, offset)
    if head is None:
        return None
    if too_large:
        raise BodyUnreadable(f"{name}, offset {offset}: {head.url} is larger than {limit} bytes")
    try:
        body = _payload(raw, record.http_headers, limit)
    except BodyUnreadable as error:
        raise BodyUnreadable(f"{name}, offset {offset}: {head.url}: {error}") from error
    return replace(head, body=body, digest=digest_of(body))


def captures_in(path: Path, limit: int = MOST_BYTES) -> Iterator[Capture]:
    """The HTTP responses in any WARC file, plain or gzip, in order; error pages are given as they are.

    A damaged file gives what comes before the damage, then raises WarcBroken. Responses that cannot be
    unpacked, or are larger than `limit`, are left out; BodyUnreadable names them at the end.
    """
    left_out: list[str] = []
    with path.open("rb") as file:
        compressed = file.read(2) == _MAGIC
        file.seek(0)
        source = _Members(file, path.name) if compressed else None
        stream = io.BufferedReader(source) if source else file
        while True:
            _skip_blank_lines(stream)
            offset = source.member if source else stream.tell()
            record = _parse(stream, path.name, offset)
            if record is None:
                break
            offset = source.member if source else offset
            try:
                capture = capture_of(record, path.name, offset, limit)
            except BodyUnreadable as error:
                left_out.append(str(error))
                continue
            if capture is not None:
                yield capture
    if left_out:
        raise BodyUnreadable(f"{len(left_out)} responses were left out; the first: {left_out[0]}")


def digest_of(body: bytes) -> str:
    """As in `Capture.digest`."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


class _Members(io.RawIOBase):
    """The contents of all gzip members of a file, one after another. Damage is an error, not an end."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        super().__init__()
        self.member = 0
        """Offset of the member that is being read."""
        self._file = file
        self._name = name
        self._next = 0
        self._rest = b""
        self._decoder: zlib._Decompress | None = None

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer from one member; 0 at the end of the file."""
        while True:
            self._rest = self._rest or self._file.read(_PIECE)
            if self._decoder is None:
                if not self._rest:
                    return 0
                self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
                self.member = self._next
            if not self._rest:
                raise WarcBroken(f"{self._name}: the record at offset {self.member} is cut off")
            before = len(self._rest)
            try:
                piece = self._decoder.decompress(self._rest, len(buffer))
            except zlib.error as error:
                raise WarcBroken(
                    f"{self._name}: the record at offset {self.member} is damaged: {error}"
                ) from error
            if self._decoder.eof:
                self._rest = self._decoder.unused_data
                self._decoder = None
            else:
                self._rest = self._decoder.unconsumed_tail
            self._next += before - len(self._rest)
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)


def _parse(stream: BinaryIO | io.BufferedReader, name: str, offset: int) -> ArcWarcRecord | None:
    try:
        return ArcWarcRecordLoader(verify_http=False).parse_record_stream(stream, known_format="warc")
    except EOFError:
        return None
    except (ArchiveLoadFailed, AttributeError, TypeError, ValueError) as error:
        if isinstance(error, WarcBroken):
            raise
        # warcio meets headers that are missing or no numbers with whatever Python raises.
        raise WarcBroken(f"{name}: there is no WARC record at offset {offset}: {error}") from error


def _skip_blank_lines(stream: BinaryIO | io.BufferedReader) -> None:
    assert isinstance(stream, io.BufferedReader)  # noqa: S101 - open("rb") gives one, and so do we
    while stream.peek(1)[:1] in (b"\r", b"\n"):
        stream.read(1)


def _read_whole(record: ArcWarcRecord, name: str, offset: int, *, keep: bool) -> bytes:
    pieces: list[bytes] = []
    while piece := record.raw_stream.read(_PIECE):
        if keep:
            pieces.append(piece)
    if getattr(record.raw_stream, "limit", 0):
        raise WarcBroken(f"{name}: the record at offset {offset} is shorter than it says")
    return b"".join(pieces)


def _payload(raw: bytes, headers: StatusAndHeaders, limit: int) -> bytes:
    encoding = headers.get_header("Content-Encoding")
    if (headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        # Many archives keep the header and drop the chunks; warcio's reader tells which it is.
        raw = ChunkedDataReader(io.BytesIO(raw), decomp_type=None).read()
    if encoding and "gzip" in encoding.lower() and not raw.startswith(_MAGIC):
        encoding = None  # so do some with this one
    return decode(raw, encoding, limit)


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


def _captured_at(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
