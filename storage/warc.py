"""WARC records read strictly, of our own files and of anybody's. `warc_members` writes them.

What is ours is strictness: warcio passes over damaged gzip data in silence, and whether a file is whole is
what has to be known after a kill. A revisit is given with the body that an earlier record holds.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders

from crawler.items import Capture, CapturePlace, Origin
from storage.encodings import MOST_BYTES, BodyUnreadable, decode
from storage.warc_members import ASKED, DIGEST, NOT_MODIFIED, ORIGIN, REFERS

_MAGIC = b"\x1f\x8b"
_PIECE = 2**16
_ORIGINS = {each.value: each for each in Origin}
_BLANK_LINE = b"\r\n\r\n"
_FIELD = re.compile(r"([A-Za-z0-9_-]+): ((?:\S(?:[^\r\n]*\S)?)?)")

Raw = tuple[bytes, StatusAndHeaders]
"""A body as a record holds it, and the HTTP headers that tell how it is encoded."""
Originals = Callable[[ArcWarcRecord], Raw]
"""Finds what a revisit record refers to. Raises BodyUnreadable where that is not to be had."""


class WarcBroken(ValueError):
    """A WARC file is damaged; the message names file and offset."""


@dataclass(frozen=True, slots=True)
class Member:
    """One whole gzip member of a file."""

    offset: int
    length: int
    content: bytes


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
    record = _plain(content) or _parse(io.BytesIO(content), name, offset)
    if record is None:
        raise WarcBroken(f"{name}: there is no record at offset {offset}")
    return record


def head_of(record: ArcWarcRecord, name: str, offset: int) -> Capture | None:
    """The capture in a record, without its body; None when it is no HTTP response. Raises BodyUnreadable."""
    if not _is_answer(record):
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
            origin=_ORIGINS.get(origin or "", Origin.FILE),
            final_url=target if target != url else None,
            digest=record.rec_headers.get_header(DIGEST),
        )
    except ValueError as error:
        raise BodyUnreadable(f"{name}, offset {offset}: {url}: {error}") from error


def capture_of(
    record: ArcWarcRecord,
    name: str,
    offset: int,
    limit: int = MOST_BYTES,
    originals: Originals | None = None,
) -> Capture | None:
    """The capture in a record that was just parsed; None when it is no HTTP response.

    Reads the record to its end. Raises WarcBroken when it is shorter than it says, BodyUnreadable when
    its body cannot be unpacked, or stands in another record and `originals` does not find that.
    """
    too_large = record.length is not None and record.length > limit
    raw = _read_whole(record, name, offset, keep=_is_answer(record) and not too_large)
    head = head_of(record, name, offset)
    if head is None:
        return None
    if too_large:
        raise BodyUnreadable(f"{name}, offset {offset}: {head.url} is larger than {limit} bytes")
    headers = record.http_headers
    try:
        if refers_elsewhere(record):
            if originals is None:
                raise BodyUnreadable("its body stands in another record")
            raw, headers = originals(record)
        body = _payload(raw, headers, limit)
    except BodyUnreadable as error:
        raise BodyUnreadable(f"{name}, offset {offset}: {head.url}: {error}") from error
    return replace(head, body=body, digest=digest_of(body))


def _is_answer(record: ArcWarcRecord) -> bool:
    return record.rec_type in ("response", "revisit") and record.http_headers is not None


def refers_elsewhere(record: ArcWarcRecord) -> bool:
    """Whether it is a revisit whose body an earlier record holds; an answer 304 has none at all."""
    profile = record.rec_headers.get_header("WARC-Profile") or ""
    return record.rec_type == "revisit" and not profile.endswith(NOT_MODIFIED)


def place_referred_to(record: ArcWarcRecord) -> CapturePlace | None:
    """The place of the record that holds the body, as our own revisits say it; None in other people's."""
    written = (record.rec_headers.get_header(REFERS) or "").split(" ", 2)
    if len(written) != 3 or not (written[0].isdecimal() and written[1].isdecimal()):
        return None
    return CapturePlace(written[2], int(written[0]), int(written[1]))


def raw_of(record: ArcWarcRecord, name: str, offset: int) -> Raw:
    """The body of a response that was just parsed, as it came. Raises WarcBroken, BodyUnreadable."""
    if record.rec_type != "response" or record.http_headers is None:
        raise BodyUnreadable(f"{name}, offset {offset}: this is no response")
    return _read_whole(record, name, offset, keep=True), record.http_headers


def captures_in(path: Path, limit: int = MOST_BYTES, earlier: Responses | None = None) -> Iterator[Capture]:
    """The HTTP responses in any WARC file, plain or gzip, in order; error pages are given as they are.

    Revisits are given with the body of the earlier record that they refer to, of this file or of those that
    were read with the same `earlier`. A damaged file
    gives what comes before the damage, then raises WarcBroken. Responses that cannot be unpacked, are
    larger than `limit`, or refer to what the file does not hold, are left out; BodyUnreadable names them
    at the end.
    """
    left_out: list[str] = []
    with path.open("rb") as file:
        compressed = file.read(2) == _MAGIC
        file.seek(0)
        source = _Members(file, path.name) if compressed else None
        stream = io.BufferedReader(source) if source else file
        earlier = earlier or Responses()
        while True:
            _skip_blank_lines(stream)
            offset = source.member if source else stream.tell()
            record = _parse(stream, path.name, offset)
            if record is None:
                break
            offset = source.member if source else offset
            try:
                capture = capture_of(record, path.name, offset, limit, partial(earlier.find, path))
            except BodyUnreadable as error:
                left_out.append(str(error))
                continue
            earlier.note(record, _Stands(path, compressed, offset))
            if capture is not None:
                yield capture
    if left_out:
        raise BodyUnreadable(f"{len(left_out)} responses were left out; the first: {left_out[0]}")


def digest_of(body: bytes) -> str:
    """As in `Capture.digest`."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


class _Stands(NamedTuple):
    path: Path
    compressed: bool
    offset: int


class Responses:
    """Where the responses of one or several files stand, for the revisits that come after them."""

    def __init__(self) -> None:
        self._by_digest: dict[str, _Stands] = {}
        self._by_time: dict[tuple[str, str], _Stands] = {}

    def note(self, record: ArcWarcRecord, place: _Stands) -> None:
        """Take down a record that was read."""
        if record.rec_type != "response":
            return
        said = record.rec_headers.get_header
        if digest := said("WARC-Payload-Digest"):
            self._by_digest.setdefault(digest, place)
        self._by_time[(said("WARC-Target-URI") or "", (said("WARC-Date") or "")[:19])] = place

    def find(self, path: Path, record: ArcWarcRecord) -> Raw:
        """What a record of a file refers to. Raises BodyUnreadable."""
        said = record.rec_headers.get_header
        digest = said("WARC-Payload-Digest")
        refers = (said("WARC-Refers-To-Target-URI") or "", (said("WARC-Refers-To-Date") or "")[:19])
        place = self._by_time.get(refers, self._by_digest.get(digest or ""))
        if place is None or not place.path.exists():
            raise BodyUnreadable(f"its body stands in a record that {path.name} does not hold")
        name, offset = place.path.name, place.offset
        with place.path.open("rb") as file:
            file.seek(offset)
            stream = io.BufferedReader(_Members(file, name)) if place.compressed else file
            original = _parse(stream, name, offset)
            # A member may hold several records; then the one that was meant is not the first.
            if original is None or (
                digest and original.rec_headers.get_header("WARC-Payload-Digest") != digest
            ):
                raise BodyUnreadable("the record that it refers to does not stand where a member begins")
            return raw_of(original, name, offset)


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


def _plain(content: bytes) -> ArcWarcRecord | None:
    """A whole HTTP record as we write them, taken apart at once; None for all others, which warcio reads line
    by line: a fifth of the time of reading a page again.
    """
    head, _, block = content.partition(_BLANK_LINE)
    said = _fields(head) if content.startswith(b"WARC/1.1\r\n") else None
    if said is None or not block.endswith(_BLANK_LINE):
        return None
    block = block[: -len(_BLANK_LINE)]
    kind, target = said.get_header("WARC-Type"), said.get_header("WARC-Target-URI") or ""
    if (
        kind not in ("response", "revisit")
        or said.get_header("Content-Length") != str(len(block))
        or not target.startswith(("http://", "https://"))
        or " " in target
        or not block.startswith(b"HTTP/1.1 ")
    ):
        return None
    status, there, payload = block.partition(_BLANK_LINE)
    http = _fields(status) if there else None
    if http is None:
        return None
    kind_of_content = said.get_header("Content-Type")
    stream = io.BytesIO(payload)
    return ArcWarcRecord("warc", kind, said, stream, http, kind_of_content, len(block),
                         payload_length=len(payload))  # fmt: skip


class _Fields(StatusAndHeaders):  # type: ignore[misc]  # warcio carries no types
    """A first line and the fields below it, found by their names."""

    def __init__(self, first: str, headers: list[tuple[str, str]], length: int) -> None:
        self.protocol, _, self.statusline = first.partition(" ")
        self.headers = headers
        self.total_len = length
        self.headers_buff = None
        # Of fields with one name the first counts.
        self._by_name = {name.lower(): value for name, value in reversed(headers)}

    def get_header(self, name: str, default_value: str | None = None) -> str | None:
        """The field of that name, in any case."""
        return self._by_name.get(name.lower(), default_value)


def _fields(head: bytes) -> _Fields | None:
    """A first line and the fields below it; None where a line is no field."""
    try:
        first, *lines = head.decode("utf-8").split("\r\n")
    except UnicodeDecodeError:
        return None
    found = [_FIELD.fullmatch(line) for line in lines]
    if not all(found):
        return None
    headers = [(match[1], match[2]) for match in found if match is not None]
    return _Fields(first, headers, len(head) + len(_BLANK_LINE))


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


def _captured_at(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
