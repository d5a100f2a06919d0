"""Which encoding a response is in."""

from __future__ import annotations

import pytest

from crawler.pages.charset import decode
from tests.pages.definitions import capture

TEXT = "<p>Canciller Núñez: “acuerdo” – 5 €</p>"


def read(body: bytes, content_type: str = "text/html") -> tuple[str, str, str | None]:
    decoded = decode(capture(body, content_type=content_type))
    return decoded.text, decoded.charset, decoded.note


def test_the_header_is_believed() -> None:
    assert read(TEXT.encode("cp1252"), "text/html; charset=windows-1252") == (TEXT, "cp1252", None)


def test_latin1_means_windows_1252_as_in_browsers() -> None:
    assert read(TEXT.encode("cp1252"), 'text/html; charset="ISO-8859-1"')[0] == TEXT


def test_meta_is_believed_when_the_header_says_nothing() -> None:
    markup = f"<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>{'Россия'}"
    assert read(markup.encode("cp1251")) == (markup, "cp1251", None)


def test_the_byte_order_mark_outranks_all() -> None:
    assert read(TEXT.encode("utf-16"), "text/html; charset=utf-8") == (TEXT, "utf-16-le", None)
    assert read(TEXT.encode("utf-8-sig"), "text/html; charset=latin1") == (TEXT, "utf-8", None)


@pytest.mark.parametrize("declared", ["iso-8859-1", "shift_jis", "gb2312"])
def test_utf8_under_a_wrong_label_is_read_and_noted(declared: str) -> None:
    text, charset, note = read(TEXT.encode(), f"text/html; charset={declared}")
    assert (text, charset) == (TEXT, "utf-8")
    assert note is not None
    assert note.startswith("charset: declared ")


def test_windows_1252_under_the_label_utf8_is_read_and_noted() -> None:
    text, charset, note = read(TEXT.encode("cp1252"), "text/html; charset=utf-8")
    assert (text, charset, note) == (TEXT, "cp1252", "charset: declared utf-8, read as cp1252")


def test_a_few_damaged_bytes_do_not_turn_the_whole_page() -> None:
    body = (TEXT * 3).encode() + b"caf\xe9"
    text, charset, note = read(body, "text/html; charset=utf-8")
    assert charset == "utf-8"
    assert text.startswith(TEXT)
    assert note == "charset: 1 characters could not be read"


def test_no_declaration_is_utf8_then_windows_1252() -> None:
    assert read(TEXT.encode()) == (TEXT, "utf-8", None)
    assert read(TEXT.encode("cp1252"))[0] == TEXT


def test_ascii_under_any_label_needs_no_note() -> None:
    assert read(b"plain", "text/html; charset=iso-8859-15")[2] is None


def test_an_unknown_label_is_no_declaration() -> None:
    assert read(TEXT.encode(), "text/html; charset=x-nothing") == (TEXT, "utf-8", None)


def test_a_meta_that_can_be_read_is_not_utf16() -> None:
    markup = '<meta charset="utf-16">ñ'
    assert read(markup.encode()) == (markup, "utf-8", None)
