"""Requests and responses as the sites of the replica see them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import parse_qsl, unquote, urlsplit
from zlib import crc32

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, parsed."""

    method: str
    host: str
    path: str
    """Percent-decoded."""
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    """Names in lower case."""
    secure: bool
    target: str
    """Path and query as sent."""

    @classmethod
    def parse(cls, head: bytes, secure: bool) -> Request:
        """Read a request head (without its empty line); raises ValueError on what is no HTTP."""
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        parts = urlsplit(target)
        host = headers.get("host", "").partition(":")[0].lower()
        query = tuple(parse_qsl(parts.query, keep_blank_values=True)) if parts.query else ()
        path = unquote(parts.path) if "%" in parts.path else parts.path
        return cls(method, host, path, query, headers, secure, target)

    def parameter(self, name: str, default: str = "") -> str:
        """The first query parameter of that name."""
        return next((value for key, value in self.query if key == name), default)

    def number(self, name: str, default: int) -> int:
        """A query parameter as a whole number; the default when it is missing or is none."""
        value = self.parameter(name)
        return int(value) if value.isdecimal() and value.isascii() else default


@dataclass(slots=True)
class Response:
    """One response, before it is written out."""

    status: int = 200
    body: bytes = b""
    content_type: str = HTML
    headers: list[tuple[str, str]] = field(default_factory=list)

    def header(self, name: str, value: str) -> Response:
        """Add a header; returns the response."""
        self.headers.append((name, value))
        return self


def page(text: str, status: int = 200) -> Response:
    """An HTML page."""
    return Response(status, text.encode(), HTML)


def document(value: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), JSON)


def redirect(target: str, status: int = 301) -> Response:
    """A redirect."""
    return Response(status, b"", HTML, [("Location", target)])


def validated(response: Response, request: Request, changed_at: datetime | None = None) -> Response:
    """Give a response its ETag (and Last-Modified), and make it a 304 when the client has it already."""
    if response.status != 200:
        return response
    tag = f'"{crc32(response.body):08x}-{len(response.body):x}"'
    headers = [("ETag", tag)]
    if changed_at is not None:
        headers.append(("Last-Modified", format_datetime(changed_at.astimezone(UTC), usegmt=True)))
    asked = request.headers.get("if-none-match")
    known = (
        tag in asked if asked else _not_changed_since(request.headers.get("if-modified-since"), changed_at)
    )
    if known:
        return Response(304, b"", response.content_type, headers)
    response.headers.extend(headers)
    return response


def _not_changed_since(since: str | None, changed_at: datetime | None) -> bool:
    if since is None or changed_at is None:
        return False
    try:
        return changed_at.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        # A date that cannot be read is ignored, as RFC 9110 says.
        return False
