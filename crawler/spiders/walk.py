"""How an index is followed: newest to oldest, each page in the ledger before its releases are fetched.

A walk is complete when it came to the end of the index, to its floor, or to a page of nothing but
settled addresses. Everything else (a failure, the limit, an interrupt) leaves it incomplete, and the
next run starts over: what it meets again is known by then and costs only the index pages.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from crawler.frontier import Walk
from crawler.items import Capture, Discovered, Due, FailureKind, ReleaseItem
from crawler.pages.index import IndexPage
from crawler.reading.reader import ReaderUnusable, ReadingFailed
from crawler.spiders.failures import IndexFailure
from crawler.spiders.places import Index, Place

if TYPE_CHECKING:
    from crawler.spiders.source import SourceSpider

logger = logging.getLogger(__name__)

Made = TypeVar("Made")

MOST_AT_ONCE = 1_000
"""Entries of a page that are recorded together: a sitemap may hold 50,000."""
MOST_FOREIGN_PAGES = 5
"""In a row, without an entry of the source."""
MOST_AHEAD = 4
"""Pages of an index that are asked for before the one in front of them was read: fetching, keeping, reading
and recording take turns with all the releases, and one page at a time would leave those waiting."""
PAGES_FOR_ONE_AHEAD = 3
"""Pages that an index has had before one more is asked for ahead."""
_PAST_THE_END = (400, 404, 410)
"""So WordPress and others answer past the last page."""


class IndexWalk:
    """Follows one index and gives out requests and items, held back by what the spider has pending."""

    def __init__(self, spider: SourceSpider, index: Index) -> None:
        self._spider = spider
        self._index = index
        self._pages_seen: set[int] = set()
        self._foreign_pages = 0
        self._at_the_end = False
        self._ahead: dict[Place, asyncio.Task[tuple[Capture, IndexPage | None]]] = {}
        """Pages that were asked for before it was their turn."""

    async def outputs(self) -> AsyncIterator[Any]:
        """Requests for what is due, and items that the index holds whole. A failure fails the run only."""
        spider, keeper = self._spider, self._spider.keeper
        walk = await keeper.open_walk(spider.source.name, self._index.name, spider.window.since)
        complete = False
        whole = True
        anything = False
        place: Place | None = self._index.begin(walk.floor)
        try:
            while place is not None and not spider.stopping:
                await spider.room_for_more()
                try:
                    shown, capture = await self._page(walk, place)
                except IndexFailure as failure:
                    if self._index.newest_first or place.turn == 0:
                        raise
                    keeper.fail(f"{self._index.name}: {failure}", failure.kind)
                    whole = False
                    place = self._index.after(place, None)
                    complete = place is None
                    continue
                stop = False
                if shown is not None:
                    anything = anything or bool(shown.entries or (shown.foreign and self._index.newest_first))
                    async for each in self._releases(walk, shown, capture):
                        if each is None:
                            stop = True
                            break
                        yield each
                if stop:
                    break
                if self._at_the_end:
                    complete = True
                    break
                place = self._index.after(place, shown)
                complete = place is None
            if complete and whole and not anything and not self._index.may_be_empty:
                raise IndexFailure(
                    FailureKind.EMPTY_LISTING, "entries expected, none found on any page that was asked for"
                )
        except IndexFailure as failure:
            keeper.fail(f"{self._index.name}: {failure}", failure.kind)
            complete = False
        await asyncio.gather(*self._ahead.values(), return_exceptions=True)
        await keeper.close_walk(walk, complete=complete and whole)

    async def _page(self, walk: Walk, place: Place) -> tuple[IndexPage | None, Capture]:
        """What the page shows, and its capture; None past the last page, or for a month without entries.

        Raises IndexFailure.
        """
        spider, address = self._spider, place.address
        # Of a month there may be nothing; whether there is nothing at all is seen at the end of the walk.
        may_be_empty = place.turn > 0 or place.period is not None or self._index.may_be_empty
        asked = self._ahead.pop(place, None) or self._get(address)
        self._ask_ahead(walk, place)
        capture, shown = await asked
        if capture.status in _PAST_THE_END and (place.turn > 0 or place.period is not None):
            return None, capture
        spider.check_status(capture)
        if shown is None:
            raise IndexFailure(FailureKind.HTTP, f"{address}: status {capture.status}")
        if shown.failure is not None:
            if shown.failure.kind is FailureKind.EMPTY_LISTING and may_be_empty:
                return None, capture
            spider.blocked(capture.url, shown.failure.kind, capture.status)
            raise IndexFailure(shown.failure.kind, f"{address}: {shown.failure.detail}")
        spider.not_blocked(capture.url)
        if not shown.entries and not shown.foreign and not shown.maps:
            if may_be_empty:
                return None, capture
            raise IndexFailure(FailureKind.EMPTY_LISTING, f"{address}: entries expected, none found")
        if self._index.newest_first:
            self._count_foreign(address, shown)
        print_of_page = hash(frozenset(entry.key for entry in shown.entries))
        if shown.entries and self._index.newest_first and print_of_page in self._pages_seen:
            raise IndexFailure(
                FailureKind.FROZEN_LISTING, f"{address}: shows the entries of an earlier page again"
            )
        self._pages_seen.add(print_of_page)
        return shown, capture

    def _ask_ahead(self, walk: Walk, place: Place) -> None:
        """Ask for some of the next pages before this one has been read and recorded.

        Only deep in an index of numbered pages that nothing but its end or its floor can stop: a run that
        looks for what is new, or for so many releases, asks for no page that it may not need.
        """
        index, spider = self._index, self._spider
        if (
            index.discovery.pages.kind != "numbered"
            or walk.may_stop_at_settled
            or spider.window.limit is not None
        ):
            return
        following: Place | None = place
        for _ in range(min(MOST_AHEAD, place.turn // PAGES_FOR_ONE_AHEAD)):
            # Where pages are numbered, what a page shows does not say which is the next one.
            following = index.after(following, IndexPage()) if following is not None else None
            if following is not None and following not in self._ahead:
                task = asyncio.get_running_loop().create_task(self._get(following.address))
                task.add_done_callback(_look_at)
                self._ahead[following] = task

    async def _get(self, address: str) -> tuple[Capture, IndexPage | None]:
        """A page's capture, and what it shows when its status is one of success. Raises IndexFailure."""
        response, capture = await self._spider.fetch_index(address)
        return capture, await self._read(capture) if 200 <= response.status < 300 else None

    async def _read(self, capture: Capture) -> IndexPage:
        spider, index = self._spider, self._index
        position = spider.source.discoveries().index(index.discovery)
        return await self._answer(capture, spider.reader.read_index(position, index.language, capture))

    async def _answer(self, capture: Capture, asked: Awaitable[Made]) -> Made:
        """The reader's answer; raises its failures as those of the index."""
        try:
            return await asked
        except ReadingFailed as error:
            detail = f"{capture.url}: reading failed: {error}"
            logger.error("%s: %s\n%s", self._spider.name, detail, error.traceback)
            raise IndexFailure(FailureKind.STAGE, detail) from error
        except ReaderUnusable as error:
            self._spider.cannot_read(error)
            raise IndexFailure(FailureKind.STAGE, f"{capture.url}: {error}") from error

    def _count_foreign(self, address: str, shown: IndexPage) -> None:
        """A page may list nothing but what belongs to other sources; page after page of that is no index."""
        self._foreign_pages = 0 if shown.entries else self._foreign_pages + 1
        if self._foreign_pages > MOST_FOREIGN_PAGES:
            raise IndexFailure(
                FailureKind.LAYOUT,
                f"{address}: {self._foreign_pages} pages in a row list only addresses that do not match the "
                "source's `address`; correct it, or the index's `link`, in the definition",
            )

    async def _releases(self, walk: Walk, shown: IndexPage, capture: Capture) -> AsyncIterator[Any]:
        """What is due of one page; None when the limit is reached. Sets `_at_the_end`."""
        spider = self._spider
        everything = list({entry.key: entry for entry in shown.entries}.values())
        floor = walk.floor or spider.window.since
        # What was changed for the last time before the floor belongs to a walk that goes further back.
        entries = [entry for entry in everything if entry.posted_on is not None or not _older([entry], floor)]
        settled = bool(entries)
        for start in range(0, len(entries), MOST_AT_ONCE):
            some = entries[start : start + MOST_AT_ONCE]
            seen, known = await spider.record(walk, some)
            settled = settled and all(each.settled for each in seen)
            spider.keeper.count("listed", len(seen))
            spider.keeper.count("listed_known", sum(each.known for each in seen))
            due = {each.key for each in seen if each.due}
            wanted = [each for each in some if each.key in due]
            async for each in self._wanted(wanted, known, shown, capture):
                yield each
                if each is None:
                    return
        # A page of nothing but other sources' addresses says nothing about how far ours go.
        self._at_the_end = (
            self._index.newest_first
            and bool(everything)
            and ((walk.may_stop_at_settled and settled) or _older(everything, floor))
        )

    async def _wanted(
        self, entries: Sequence[Discovered], known: Mapping[str, Due], shown: IndexPage, capture: Capture
    ) -> AsyncIterator[Any]:
        """Requests and records for entries that are due and in the window; None when the limit is reached."""
        spider = self._spider
        stop = False
        whole: list[ReleaseItem] = []
        for entry in entries:
            if not spider.window.holds(entry.posted_on) or not spider.may_ask(entry.key):
                continue
            if not spider.take():
                stop = True
                break
            item = shown.embedded.get(entry.key)
            if item is not None:
                spider.keeper.count("fetched")
                whole.append(replace(item, key=item.key or entry.key))
            else:
                await spider.room_for_more()
                yield spider.release_request(due_of(entry, known.get(entry.key)))
        if whole:
            records = await self._answer(capture, spider.reader.process(tuple(whole)))
            for record in spider.without_failed(records):
                await spider.room_for_items()
                yield record
        if stop:
            yield None


def _look_at(task: asyncio.Task[Any]) -> None:
    """Whoever waits for the page gets its error; where nobody does, it does not matter."""
    if not task.cancelled():
        task.exception()


def due_of(entry: Discovered, known: Due | None) -> Due:
    """What to fetch: as the index shows it now, with the validators that the ledger has."""
    return Due(
        key=entry.key,
        url=entry.url,
        attempts=known.attempts if known else 0,
        etag=known.etag if known else None,
        last_modified=known.last_modified if known else None,
        title=entry.title,
        kind=entry.kind,
        posted_on=entry.posted_on,
        language=entry.language,
        # A page may be named by another page before or after an index shows it with its time.
        posted_at=entry.posted_at or (known.posted_at if known else None),
        kept=known is not None and known.kept,
    )


def _older(entries: Sequence[Discovered], floor: date | None) -> bool:
    """Whether every entry is from before the floor; never when one shows no day.

    An index that shows when a page was last changed goes by that day, so it is the one that counts.
    """
    days = [entry.changed_on or entry.posted_on for entry in entries]
    return floor is not None and all(day is not None and day < floor for day in days)
