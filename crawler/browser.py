"""Renders pages whose text is put there by scripts: Chromium runs them, the crawler asks for everything.

The browser gets no network at all: names do not resolve for it, its proxy leads nowhere, and every request
that a page makes is caught and made by the crawler instead. So what holds for the crawler holds for the
page: only the definition's hosts, only public addresses, robots.txt, the promised pace, no larger bodies than
allowed. Images, fonts, style and media are not asked for; scripts are, once a run.

The rendered page is what is captured: its response has the header `RENDERED_BY`, and no validators (ETag),
because those are of the empty page.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response

from crawler.declare import Browser
from crawler.extras import how_to_install
from crawler.items import RENDERED_BY

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import Page, Playwright, Route

logger = logging.getLogger(__name__)

BROWSER_SLOT = "browser"
"""Download slot in which pages are rendered, one at a time."""
RENDER = "render"
"""Key of a request's meta: the `Browser` that says how its page is rendered."""
PART_OF_PAGE = "part_of_page"
"""Key of a request's meta: it is made for a page that is being rendered, and is no capture of its own."""
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_TYPES = frozenset(("document", "script", "xhr", "fetch"))
_MOST_PARTS = 200
"""Requests of one page: what asks for more does not come to an end."""
_MOST_KEPT = 64 * 1024 * 1024
"""Bytes of scripts that are kept for the next pages."""
_LONGEST_STEP = 20.0
"""Seconds for anything but waiting: a page that keeps its thread busy is given up."""
_OPTIONS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # Addresses need no resolving; nothing listens on the discard port.
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--no-first-run",
    "--no-pings",
    "--js-flags=--max-old-space-size=512",
)


class RenderingFailed(IgnoreRequest):
    """The browser could not render the page; the message says why."""


def missing_browser(program: str | None = None) -> str | None:
    """What is missing for rendering, and how to get it; None when everything is there."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return f"pages need a browser, and playwright is not installed: {how_to_install('browser')}"
    if program_of(program) is None:
        return (
            "pages need a browser, and there is none: install Chromium (Debian: apt-get install chromium) "
            "or name one with COMMUNIQUE_BROWSER"
        )
    return None


def program_of(program: str | None = None) -> str | None:
    """The browser's program: the one named, or else the first that is installed."""
    return next(filter(None, map(shutil.which, (program,) if program else _PROGRAMS)), None)


class Renderer:
    """One browser for the length of a crawl, started when the first page needs it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self._starting = asyncio.Lock()
        self._scripts: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self._kept = 0

    async def render(self, request: Request, how: Browser) -> Response:
        """The page as it is once its scripts have run; what is no page of success comes as it is.

        Raises RenderingFailed, and what asking for the page raises.
        """
        document = await self._ask(request.url)
        kind = document.headers.get("Content-Type", b"") or b""
        if document.status != 200 or b"html" not in kind.lower():
            return document.replace(request=request)
        try:
            return await self._rendered(request.url, document, how)
        except IgnoreRequest:
            raise
        except Exception as error:
            await self.close()
            first_line = str(error).strip().partition("\n")[0]
            raise RenderingFailed(f"{request.url}: {type(error).__name__}: {first_line}") from error

    async def _rendered(self, url: str, document: Response, how: Browser) -> Response:
        chromium = await self._started()
        context = await chromium.new_context(
            service_workers="block", accept_downloads=False, ignore_https_errors=False
        )
        try:
            page = await context.new_page()
            page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
            parts = _Parts(self, url, document)
            await context.route("**/*", parts.answer)
            await context.route_web_socket("**/*", lambda socket: socket.close())
            async with asyncio.timeout(_LONGEST_STEP):
                await page.goto(url, wait_until="commit")
            found = await self._wait(page, how)
            async with asyncio.timeout(_LONGEST_STEP):
                markup = await page.content()
        finally:
            await _quietly(context.close())
        body = markup.encode("utf-8", "replace")
        if self._limit and len(body) > self._limit:
            raise RenderingFailed(f"{url}: the rendered page has {len(body)} bytes, {self._limit} at most")
        waited = "" if found else f"; {how.wait_for!r} did not appear in {how.seconds:g} s"
        headers = document.headers.copy()
        for name in ("Content-Encoding", "Content-Length", "ETag", "Last-Modified", "Transfer-Encoding"):
            headers.pop(name, None)
        headers["Content-Type"] = "text/html; charset=utf-8"
        headers[RENDERED_BY] = f"Chromium {chromium.version}{waited}"
        return HtmlResponse(url, status=document.status, headers=headers, body=body, encoding="utf-8")

    @staticmethod
    async def _wait(page: Page, how: Browser) -> bool:
        from playwright.async_api import TimeoutError as TimedOut

        try:
            await page.wait_for_selector(how.wait_for, state="attached", timeout=how.seconds * 1000)
        except TimedOut:
            return False
        return True

    async def _started(self) -> Chromium:
        async with self._starting:
            if self._chromium is None or not self._chromium.is_connected():
                from playwright.async_api import async_playwright

                await self._stop()
                self._playwright = await async_playwright().start()
                root = hasattr(os, "geteuid") and os.geteuid() == 0
                self._chromium = await self._playwright.chromium.launch(
                    executable_path=program_of(self._crawler.settings.get("COMMUNIQUE_BROWSER")),
                    # Chromium refuses to run as root with its sandbox.
                    args=[*_OPTIONS, *(["--no-sandbox"] if root else [])],
                    timeout=_LONGEST_STEP * 1000,
                )
            return self._chromium

    async def _ask(
        self, url: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        """What the crawler's own way of asking gives, redirects as they are."""
        engine = self._crawler.engine
        if engine is None:
            raise RenderingFailed(f"{url}: the crawl is over")
        meta: dict[str, Any] = {PART_OF_PAGE: True, "dont_redirect": True, "handle_httpstatus_all": True}
        request = Request(
            url, method=method, body=body or b"", headers=headers, meta=meta, dont_filter=True, priority=10
        )
        return await engine.download_async(request)

    async def part(
        self, url: str, method: str, body: bytes | None, headers: dict[str, str], kind: str
    ) -> Response:
        """Something that a page asks for; scripts are asked for once."""
        from_before = self._scripts.get(url) if kind == "script" and method == "GET" else None
        if from_before is not None:
            status, known, content = from_before
            return Response(url, status=status, headers=known, body=content)
        response = await self._ask(url, method, body, headers)
        if kind == "script" and response.status == 200 and self._kept + len(response.body) <= _MOST_KEPT:
            self._kept += len(response.body)
            self._scripts[url] = (response.status, _plain_headers(response), response.body)
        return response

    async def close(self) -> None:
        """End the browser; the next page starts another."""
        async with self._starting:
            await self._stop()

    async def _stop(self) -> None:
        chromium, playwright = self._chromium, self._playwright
        self._chromium = self._playwright = None
        if chromium is not None:
            await _quietly(chromium.close())
        if playwright is not None:
            await _quietly(playwright.stop())


class _Parts:
    """Answers the requests of one page."""

    def __init__(self, renderer: Renderer, url: str, document: Response) -> None:
        self._renderer, self._url, self._document = renderer, urldefrag(url).url, document
        self._asked = 0
        self._shown = False

    async def answer(self, route: Route) -> None:
        request = route.request
        if (
            request.resource_type == "document"
            and not self._shown
            and urldefrag(request.url).url == self._url
        ):
            self._shown = True
            await self._fulfil(route, self._document)
            return
        self._asked += 1
        # A page that leads elsewhere by script (a check, mostly), and frames: nothing of what was asked for.
        if request.resource_type not in _TYPES - {"document"} or self._asked > _MOST_PARTS:
            await _quietly(route.abort())
            return
        try:
            response = await self._renderer.part(
                request.url,
                request.method,
                request.post_data_buffer,
                _asking(request.headers),
                request.resource_type,
            )
        except Exception as error:  # noqa: BLE001 - what a page cannot have is its own affair
            logger.debug("%s: %s is not given: %s", self._url, request.url, error)
            await _quietly(route.abort())
            return
        await self._fulfil(route, response)

    async def _fulfil(self, route: Route, response: Response) -> None:
        if 300 <= response.status < 400:
            await _quietly(route.abort())
            return
        await _quietly(
            route.fulfill(status=response.status, headers=_plain_headers(response), body=response.body)
        )


def _asking(headers: dict[str, str]) -> dict[str, str]:
    """What scripts say about what they ask for; who asks is the crawler's to say."""
    wanted = ("accept", "content-type", "x-requested-with")
    return {name: value for name, value in headers.items() if name.lower() in wanted}


def _plain_headers(response: Response) -> dict[str, str]:
    """The response's headers without those that are about its transport, which is over."""
    over = ("content-encoding", "content-length", "transfer-encoding", "set-cookie", "connection")
    found = {}
    for name, values in response.headers.items():
        text = name.decode("latin-1")
        if text.lower() not in over and values:
            found[text] = values[-1].decode("latin-1")
    return found


async def _quietly(step: Any) -> None:  # noqa: ANN401 - anything that can be awaited
    """Do it, and do not mind where a page or browser that is going away cannot have it done."""
    try:
        async with asyncio.timeout(_LONGEST_STEP):
            await step
    except Exception as error:  # noqa: BLE001
        logger.debug("browser: %s", error)
