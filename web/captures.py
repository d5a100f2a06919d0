"""Captures as text: what came from strangers is shown as plain text, whatever it says that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.exceptions import HTTPException
from fastapi.responses import PlainTextResponse, Response

from crawler.pages.charset import decode
from storage.captures import CaptureUnreadable, WarcStore
from web.marks import readable

if TYPE_CHECKING:
    from crawler.items import Capture, CapturePlace
    from web.desk import Desk

MOST_CHARACTERS = 1_000_000
"""Of a capture that are shown."""
_TEXT = ("text/", "application/json", "application/xml", "application/xhtml", "application/rss",
         "application/atom", "application/javascript")  # fmt: skip


def text_of(desk: Desk, place: CapturePlace) -> Response:
    """The capture at that place: where it came from, then its body, cut where it is long."""
    store = WarcStore(desk.settings.data / "captures", desk.database)
    try:
        capture = store.read(place)
    except CaptureUnreadable as error:
        raise HTTPException(404, f"This capture cannot be read: {error}") from None
    return PlainTextResponse(
        f"{_head(capture, place)}\n{_body(capture)}",
        200,
        {"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'"},
    )


def _head(capture: Capture, place: CapturePlace) -> str:
    told = [
        ("address", capture.url),
        ("answered by", capture.final_url),
        ("captured", f"{capture.captured_at:%Y-%m-%d %H:%M:%S} UTC, {capture.origin.value}"),
        ("status", str(capture.status)),
        ("content type", capture.header("Content-Type")),
        ("digest", capture.digest),
        ("kept in", f"{place.file}, offset {place.offset}, {place.length} bytes"),
    ]
    return "".join(f"{name}: {readable(value)}\n" for name, value in told if value)


def _body(capture: Capture) -> str:
    kind = (capture.header("Content-Type") or "text/html").lower().strip()
    if not kind.startswith(_TEXT):
        return f"({len(capture.body):,} bytes that are no text)\n"
    text = readable(decode(capture).text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > MOST_CHARACTERS:
        return f"{text[:MOST_CHARACTERS]}\n({len(text) - MOST_CHARACTERS:,} more characters are not shown)\n"
    return text
