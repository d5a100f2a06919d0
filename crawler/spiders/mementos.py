"""Asks an archive for rows of its index and for pages, within the budget, and tells what it answers apart.

What the archive says of itself (429, an error, "not here") is never taken for what a site said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response

from crawler.archives.budget import Budget
from crawler.archives.cdx import Answer, CdxUnreadable, Query, Row, index_address, plain_url, read_answer
from crawler.archives.choice import CaptureState
from crawler.archives.frontier import Window
from crawler.archives.memento import ASKED, INDEX, Asked
from crawler.archives.sending import FIRST_REST, MOST_PAUSES, MOST_TRIES, asks_for_a_pause, send
from crawler.items import Capture, FailureKind
from crawler.middlewares.captures import CaptureFailed
from crawler.spiders.failures import failure_of

if TYPE_CHECKING:
    from crawler.spiders.archive import ArchiveSpider

MOST_HOPS = 5
"""Redirects that are followed within the archive for one page."""
_PASSING = (FailureKind.NETWORK, FailureKind.STAGE, FailureKind.HTTP)


class Stopped(Exception):
    """The crawl is being stopped."""


class TooMuch(Exception):
    """The index cannot give so much at once; what was asked for should be made smaller."""


class NoPage(Exception):
    """The archive gave nothing that could be read; the message says why."""

    def __init__(self, kind: FailureKind, detail: str, state: CaptureState = CaptureState.PENDING) -> None:
        super().__init__(detail)
        self.kind = kind
        self.state = state
        """How the capture ends by it."""


class LedElsewhere(Exception):
    """The site led to another address when the capture was taken."""

    def __init__(self, key: str | None, row: Row) -> None:
        what = f"leads to {key}" if key is not None else f"led to {row.url}, which is no release"
        super().__init__(what)
        self.key = key
        """Of a release of the source; None: it is none."""
        self.row = row
        """The capture that it led to."""


class Mementos:
    """Asks one archive for one source."""

    def __init__(self, spider: ArchiveSpider, budget: Budget) -> None:
        self._spider = spider
        self._budget = budget
        self._archive = spider.archive

    async def rows(self, query: Query, window: Window, limit: int | None) -> Answer:
        """One answer of the index. Raises TooMuch, NoPage, Stopped."""
        address = index_address(
            self._archive.index,
            query,
            window.since,
            window.until,
            limit=limit,
            resume_key=window.resume_key,
            fields=self._archive.names_fields,
        )
        response = await self._ask(address, INDEX)
        if response.status == 404 and b"no captures" in response.body.lower():
            return Answer()
        if response.status != 200:
            words = response.body[:200].decode("utf-8", "replace").strip()
            raise NoPage(FailureKind.HTTP, f"{address}: status {response.status}: {words}")
        try:
            return read_answer(response.body)
        except CdxUnreadable as error:
            raise NoPage(FailureKind.UNREADABLE, f"{address}: {error}") from error

    async def page(self, url: str, stamp: str) -> Capture:
        """The page that was captured. Raises NoPage, LedElsewhere, Stopped."""
        source = self._spider.source
        key = source.address_key(url)
        target = url
        for _ in range(MOST_HOPS + 1):
            address = self._archive.page(stamp, target)
            response = await self._ask(address, Asked(url, stamp, target))
            if 300 <= response.status < 400:
                stamp, target = self._led_to(address, stamp, response)
                if source.address_key(target) != key:
                    raise LedElsewhere(source.address_key(target), Row(stamp, target))
                continue
            return self._captured(address, response)
        raise NoPage(
            FailureKind.HTTP, f"{url}: more than {MOST_HOPS} redirects in the archive", CaptureState.UNUSABLE
        )

    def _led_to(self, address: str, stamp: str, response: Response) -> tuple[str, str]:
        """Time and address that an archived redirect, or the archive's way to the nearest capture, leads
        to.
        """
        location = (response.headers.get("Location") or b"").decode("latin-1").strip()
        where = urljoin(address, location)
        within = self._archive.captured_at(where)
        if within is not None:
            return within[0].ljust(14, "0"), within[1]
        # As the site wrote it: relative to the captured address, or to another site.
        original = self._archive.captured_at(address)
        left = plain_url(urljoin(original[1] if original else address, location)) if location else None
        if left is None:
            raise NoPage(
                FailureKind.HTTP,
                f"{address}: a redirect to {location or 'nowhere'!r}",
                CaptureState.UNUSABLE,
            )
        return stamp, left

    def _captured(self, address: str, response: Response) -> Capture:
        capture: Capture | None = response.meta.get("capture")
        status = response.status
        if capture is not None and 200 <= status < 300:
            return capture
        if capture is not None:
            raise NoPage(FailureKind.HTTP, f"the site answered {status} then", CaptureState.UNUSABLE)
        words = response.text[:2000].lower() if hasattr(response, "text") else ""
        if status == 200:
            detail = f"{address}: the archive does not say when it took the page (no Memento-Datetime)"
            raise NoPage(FailureKind.UNREADABLE, detail, CaptureState.UNUSABLE)
        if status == 404:
            raise NoPage(
                FailureKind.HTTP, "the archive does not have what its index shows", CaptureState.MISSING
            )
        excluded = any(each in words for each in ("robotaccesscontrol", "blockedsite", "excluded"))
        if status in (403, 451) and excluded:
            raise NoPage(FailureKind.ROBOTS, "the archive does not show this site", CaptureState.UNUSABLE)
        raise NoPage(FailureKind.HTTP, f"{address}: the archive answered {status}")

    async def _ask(self, address: str, asked: Asked | str) -> Response:
        """The archive's answer, whatever a retry cannot change. Raises NoPage, TooMuch, Stopped."""
        of_index = asked == INDEX
        tries = pauses = 0
        while True:
            turn = await (self._budget.index_turn() if of_index else self._budget.replay_turn())
            if not turn:
                raise Stopped
            meta = {ASKED: asked, "dont_redirect": True, "dont_retry": True}
            request = Request(address, dont_filter=True, meta=meta)
            try:
                response = await send(self._spider.crawler, self._budget, request)
            except CaptureFailed as error:
                self._spider.stop("captures", str(error), FailureKind.STAGE)
                raise Stopped from error
            except Exception as error:
                kind, detail = failure_of(error)
                if kind not in _PASSING:
                    raise NoPage(
                        kind, detail, CaptureState.UNUSABLE if not of_index else CaptureState.PENDING
                    ) from error
                tries += 1
                if of_index and "time" in type(error).__name__.lower() and tries > 1:
                    raise TooMuch(detail) from error
                if tries == MOST_TRIES:
                    raise NoPage(kind, detail) from error
                await self._budget.rest(FIRST_REST * 2 ** (tries - 1))
                continue
            if asks_for_a_pause(response):
                pauses += 1
                if pauses == MOST_PAUSES:
                    detail = f"{self._archive.host} asked {pauses} times in a row to be left alone"
                    self._spider.stop("too many requests", f"{detail}; try again later", FailureKind.HTTP)
                    raise Stopped
                continue
            if response.meta.get("capture") is None and response.status >= 500:
                tries += 1
                if of_index and response.status == 504:
                    raise TooMuch(f"{address}: status 504")
                if tries < MOST_TRIES:
                    await self._budget.rest(FIRST_REST * 2 ** (tries - 1))
                    continue
            self._budget.answered()
            return response
