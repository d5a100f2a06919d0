"""Keeps every response as it came, and hands on its body decoded.

Pages are read from captures, so a capture is written (in a thread, several at once) before anybody
sees the response: `response.meta["capture"]` is a `crawler.items.Capture` with its place in the store.
Decoding stops at DOWNLOAD_MAXSIZE: 200 kB that become 200 MB cost no more memory than the limit.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from crawler.archives.memento import ASKED, Asked, memento_of
from crawler.batches import Batches
from crawler.browser import PART_OF_PAGE
from crawler.encodings import ZLIB_ENCODINGS, EndsEarly, inflated
from crawler.frontier import opened_run, store_of
from crawler.items import Capture
from crawler.middlewares.robots import IS_ROBOTS

ACCEPTED = b"gzip, deflate"
"""Encodings that are asked for: those whose decoders stop where they are told, in the standard library."""


PUT_OFF = 0.01
"""Seconds for which a capture waits for others. Handing one to a thread, and asking whether its body is kept
already, takes longer than writing it."""


class TooLarge(IgnoreRequest):
    """The body is larger than DOWNLOAD_MAXSIZE once decoded."""


class Truncated(IgnoreRequest):
    """The body ends before its encoding does."""


class Undecodable(IgnoreRequest):
    """The body is not what its Content-Encoding claims, or in an encoding that was not asked for."""


class CaptureFailed(IgnoreRequest):
    """The capture could not be written; nothing may be read without one."""


def decode(body: bytes, encodings: Sequence[str], limit: int) -> bytes:
    """The body with its Content-Encodings undone, the last one first; at most `limit` bytes (0: no limit).

    Raises TooLarge, Truncated or Undecodable.
    """
    for encoding in reversed(encodings):
        if encoding == "identity":
            continue
        if encoding not in ZLIB_ENCODINGS:
            raise Undecodable(f"the body is encoded as {encoding!r}; asked for was {ACCEPTED.decode()}")
        body = _inflate(body, encoding, limit)
    return body


def _inflate(body: bytes, encoding: str, limit: int) -> bytes:
    whole = bytearray()
    try:
        for piece in inflated(body, encoding):
            whole += piece
            if limit and len(whole) > limit:
                raise TooLarge(f"{len(body)} bytes become more than {limit} when decoded")
    except EndsEarly as error:
        raise Truncated(f"the encoded body {error}") from error
    except zlib.error as error:
        raise Undecodable(f"the body is not in its encoding: {error}") from error
    return bytes(whole)


class Captures:
    """Writes captures and decodes bodies. See the module."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="captures")
        self._batches: Batches[tuple[Capture, bytes], Capture] = Batches(
            self._write_all, self._thread, put_off=PUT_OFF
        )
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Captures:
        """As Scrapy makes middlewares."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Ask for encodings that can be undone safely."""
        request.headers[b"Accept-Encoding"] = ACCEPTED

    async def process_response(self, request: Request, response: Response) -> Response:
        """The response with its body decoded, after its capture was written."""
        if not request.url.startswith("http"):
            return response
        encodings = [
            part.strip().lower()
            for value in response.headers.getlist(b"Content-Encoding")
            for part in value.decode("latin-1").split(",")
            if part.strip()
        ]
        raw = response.body
        try:
            body = decode(raw, encodings, self._limit) if encodings and request.method != "HEAD" else raw
        except IgnoreRequest as error:
            error.args = (f"{request.url}: {error}",)
            raise
        if ASKED in request.meta:
            request.meta["capture"] = await self._memento(request, response, body)
        elif not (request.meta.get(IS_ROBOTS) or request.meta.get(PART_OF_PAGE)):
            request.meta["capture"] = await self._capture(request, response, body)
        return _decoded(response, body) if encodings else response

    async def _capture(self, request: Request, response: Response, body: bytes) -> Capture:
        asked = request.meta.get("redirect_urls", (request.url,))[0]
        capture = Capture(
            url=asked,
            status=response.status,
            headers=_headers_of(response),
            body=body,
            captured_at=datetime.now(UTC),
            final_url=request.url if request.url != asked else None,
        )
        return await self._keep(request, capture, response.body)

    async def _memento(self, request: Request, response: Response, body: bytes) -> Capture | None:
        """The page that an archive replays, kept as what it is; None for what the archive itself has to
        say.
        """
        asked = request.meta[ASKED]
        if not isinstance(asked, Asked):
            return None
        memento = memento_of(asked, response.status, _headers_of(response), body, self._limit)
        if memento is None or not 200 <= response.status < 300:
            return None if memento is None else memento.capture
        return await self._keep(request, memento.capture, memento.raw_body)

    async def _keep(self, request: Request, capture: Capture, raw_body: bytes) -> Capture:
        if opened_run(self._crawler) is None:
            return capture  # scrapy shell, scrapy parse: looking at a page keeps nothing
        try:
            return await self._batches.put((capture, raw_body))
        except Exception as error:
            raise CaptureFailed(f"{request.url}: its capture could not be written: {error}") from error

    def _write_all(self, several: Sequence[tuple[Capture, bytes]]) -> list[Capture]:
        run = opened_run(self._crawler)
        if run is None:
            raise RuntimeError("the run was closed")
        return store_of(self._crawler).captures.write_all(run, several)

    def _closed(self) -> None:
        self._thread.shutdown(wait=True)


def _headers_of(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )


def _decoded(response: Response, body: bytes) -> Response:
    headers = response.headers.copy()
    del headers[b"Content-Encoding"]
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    options = {"encoding": None} if issubclass(kind, TextResponse) else {}
    return response.replace(cls=kind, body=body, headers=headers, **options)
