"""Bodies are decoded alike when they are crawled and when they are read from captures again."""

from __future__ import annotations

import gzip
import random
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.exceptions import IgnoreRequest

from crawler.encodings import inflated
from crawler.middlewares import captures
from storage import encodings

LIMIT = 1_000_000
PIECE = 65_536
TEXT = b"what a ministry said, word by word. " * 200
NOISE = random.Random(7).randbytes(300_000)
STEADY = settings(derandomize=True, deadline=None, max_examples=100)


class Refused(Exception):
    """Either reader's way of saying no."""


def while_crawling(body: bytes, encoding: str = "gzip", limit: int = LIMIT) -> bytes:
    try:
        return captures.decode(body, [encoding], limit)
    except IgnoreRequest as error:
        raise Refused(str(error)) from error


def from_captures(body: bytes, encoding: str = "gzip", limit: int = LIMIT) -> bytes:
    try:
        return encodings.decode(body, encoding, limit)
    except encodings.BodyUnreadable as error:
        raise Refused(str(error)) from error


Reader = Callable[..., bytes]
both = pytest.mark.parametrize("read", [while_crawling, from_captures])


def outcome(read: Reader, body: bytes, encoding: str) -> bytes | None:
    try:
        return read(body, encoding)
    except Refused:
        return None


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without header": ("deflate", raw_deflate),
}
MEMBERS = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.sampled_from([PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 200_000]).map(bytes),
        st.integers(1, 150_000).map(lambda size: NOISE[:size]),
    ),
    min_size=1,
    max_size=5,
)


@both
@given(members=MEMBERS, padding=st.sampled_from([b"", b"\0" * 512, b"\x1f", b"--boundary"]))
@STEADY
def test_members_follow_each_other_and_what_follows_the_last_is_padding(
    read: Reader, members: list[bytes], padding: bytes
) -> None:
    body = b"".join(map(gzip.compress, members)) + padding
    assert read(body) == b"".join(members)


@pytest.mark.parametrize("packer", PACKERS)
@both
@given(data=st.one_of(st.binary(), st.integers(0, 300_000).map(bytes), st.just(NOISE)))
@STEADY
def test_what_was_packed_comes_back(read: Reader, packer: str, data: bytes) -> None:
    encoding, pack = PACKERS[packer]
    assert read(pack(data), encoding) == data


@given(body=st.one_of(st.binary(), st.binary().map(lambda end: gzip.compress(b"text") + b"\x1f\x8b" + end)))
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@STEADY
def test_both_refuse_the_same_bodies(body: bytes, encoding: str) -> None:
    assert outcome(while_crawling, body, encoding) == outcome(from_captures, body, encoding)


@both
def test_what_follows_a_large_member_is_read_once(read: Reader) -> None:
    large = NOISE + bytes(600_000)
    assert read(gzip.compress(large) + gzip.compress(b"the end")) == large + b"the end"


@both
def test_a_body_may_fill_the_limit_and_no_member_may_follow_then(read: Reader) -> None:
    full = gzip.compress(bytes(LIMIT))
    assert len(read(full)) == LIMIT
    assert len(read(full + gzip.compress(b""))) == LIMIT
    for more in (b"x", bytes(50_000_000)):
        with pytest.raises(Refused, match="more than 1000000"):
            read(full + gzip.compress(more))


@both
def test_a_damaged_member_is_refused_not_left_out(read: Reader) -> None:
    second = bytearray(gzip.compress(NOISE))
    second[1000:1004] = b"\xff" * 4
    with pytest.raises(Refused):
        read(gzip.compress(TEXT) + bytes(second))


@pytest.mark.parametrize("packer", PACKERS)
@both
def test_a_body_that_ends_early_is_refused_wherever_it_ends(read: Reader, packer: str) -> None:
    encoding, pack = PACKERS[packer]
    packed = pack(TEXT)
    for end in range(1, len(packed)):
        with pytest.raises(Refused):
            read(packed[:end], encoding)


@pytest.mark.parametrize("member", [b"", b"x"])
@both
def test_very_many_members_take_no_time_to_speak_of(read: Reader, member: bytes) -> None:
    body = gzip.compress(member) * 100_000
    started = time.process_time()
    assert read(body) == member * 100_000
    assert time.process_time() - started < 5


def test_very_many_frames_of_zstd_take_no_time_to_speak_of() -> None:
    zstd = pytest.importorskip("backports.zstd")
    body = zstd.compress(b"x") * 100_000 + zstd.compress(NOISE)
    started = time.process_time()
    assert from_captures(body, "zstd") == b"x" * 100_000 + NOISE
    assert time.process_time() - started < 5


@pytest.mark.parametrize("data", [bytes(50_000_000), NOISE], ids=["zeros", "noise"])
def test_pieces_are_small_whatever_they_are_made_of(data: bytes) -> None:
    pieces = list(inflated(gzip.compress(data, 1), "gzip"))
    assert b"".join(pieces) == data
    assert all(0 < len(piece) <= PIECE for piece in pieces)


@both
def test_an_empty_body_is_a_body(read: Reader) -> None:
    assert read(b"") == read(gzip.compress(b"")) == b""
