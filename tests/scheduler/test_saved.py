"""Saved files: what they are, and which address they say they have."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.items import Origin
from crawler.source import source_named
from scheduler.saved import Form, SavedFile, address_in, files_under, form_of, is_web_address, page_in

WARC = b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.warc", WARC, Form.WARC),
        ("a.warc.gz", gzip.compress(WARC, mtime=0), Form.WARC),
        ("renamed.bin", gzip.compress(WARC, mtime=0), Form.WARC),
        ("a.html", b"<p>no more than a piece", Form.HTML),
        ("page", b"\n<!DOCTYPE html><title>t</title>", Form.HTML),
        ("a.json", b'{"title": "t"}', Form.JSON),
        ("a.json.txt", b'\xef\xbb\xbf {"title": "t"}', Form.JSON),
        ("a.txt", b"Media 022717 SRE", Form.TEXT),
        ("a.txt", b"[Photo] Media 022717 SRE", Form.TEXT),
    ],
)
def test_a_file_is_told_by_its_first_bytes_then_by_its_name(
    tmp_path: Path, name: str, content: bytes, form: Form
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert form_of(path).form is form


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.html", b"  \n", "empty"),
        ("a.html.gz", gzip.compress(b"<html>", mtime=0), "unpack it first"),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00", "neither HTML"),
        ("a.txt", b"\x00\x01\x02", "neither HTML"),
    ],
)
def test_what_is_no_page_says_why(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = form_of(path)
    assert found.form is Form.UNKNOWN
    assert reason in found.reason


def test_a_folder_is_walked_in_order_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a.txt", "b/1.html", ".git/config", "b/.hidden.html"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("text")
    assert [file.path.relative_to(tmp_path).as_posix() for file in files_under([tmp_path])] == [
        "a.txt",
        "b/1.html",
        "b/2.txt",
    ]


def test_a_saved_page_was_captured_when_its_file_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p>Text")
    os.utime(path, (1488196800, 1488196800))
    capture = page_in(SavedFile(path, Form.HTML), "https://example.org/a")
    assert capture.captured_at == datetime(2017, 2, 27, 12, tzinfo=UTC)
    assert capture.origin is Origin.FILE
    assert capture.header("content-type") == "text/html"


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ('<link rel="canonical" href="https://example.org/a">', "https://example.org/a"),
        ('<meta property="og:url" content="https://example.org/b">', "https://example.org/b"),
        (
            '<meta property="og:url" content="https://example.org/b"><link rel=canonical href="https://example.org/a">',
            "https://example.org/a",
        ),
        ('<link rel="canonical" href="/a">', None),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ("", None),
    ],
)
def test_a_page_may_name_its_own_address(tmp_path: Path, head: str, address: str | None) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<html><head>{head}</head><body><p>Text")
    assert address_in(SavedFile(path, Form.HTML)) == address


def test_a_record_names_its_address_by_the_layout_of_the_source_that_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"base_path": "/government/news/an-example", "title": "An example"}')
    file = SavedFile(path, Form.JSON)
    address = "https://www.gov.uk/government/news/an-example"
    assert address_in(file) == address
    assert address_in(file, source_named("uk_fcdo")) == address
    assert address_in(file, source_named("us_state")) is None


def test_broken_json_has_no_address(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"base_path": ')
    assert address_in(SavedFile(path, Form.JSON)) is None


@pytest.mark.parametrize(
    "url", ["ftp://example.org/a", "/a", "file:///etc/passwd", "https://", "http://[::1", ""]
)
def test_only_http_addresses_with_a_host_are_addresses_of_pages(url: str) -> None:
    assert not is_web_address(url)
