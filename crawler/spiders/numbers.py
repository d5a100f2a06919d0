"""Pages that only count up: addresses are made in chunks, until too many in a row are missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from crawler.declare import Numbers
from crawler.frontier import Walk
from crawler.items import Discovered, Due, FailureKind
from crawler.spiders.endings import FAILED, MISSING, READ
from crawler.spiders.failures import IndexFailure

if TYPE_CHECKING:
    from crawler.spiders.source import SourceSpider

LARGEST_CHUNK = 50


class NumbersWalk:
    """Counts upward from the highest number that ever was a page."""

    def __init__(self, spider: SourceSpider, numbers: Numbers) -> None:
        self._spider = spider
        self._numbers = numbers

    async def outputs(self) -> AsyncIterator[Any]:
        """Requests for the next numbers. A failure fails the run, not the caller."""
        spider, numbers = self._spider, self._numbers
        walk = await spider.keeper.open_walk(spider.source.name, numbers.url, None)
        # Missing numbers above the highest page are asked for again in every run: the next issue comes there.
        first = numbers.first if walk.highest_number is None else max(numbers.first, walk.highest_number + 1)
        missing = 0
        complete = False
        found = walk.highest_number is not None
        try:
            while not spider.stopping:
                size = min(LARGEST_CHUNK, numbers.give_up_after - missing, numbers.last - first + 1)
                if size <= 0:
                    complete = True
                    break
                chunk = [self._discovered(number) for number in range(first, first + size)]
                endings: dict[str, str] = {}
                stop = False
                async for request in self._requests(walk, chunk, endings):
                    if request is None:
                        stop = True
                        break
                    yield request
                await spider.pending.below(1)
                if stop or spider.stopping:
                    break
                missing = self._in_a_row(chunk, endings, missing)
                found = found or missing < size
                first += size
            if complete and not found:
                # A site that never showed a page has moved, or answers everybody with "not found".
                complete = False
                raise IndexFailure(
                    FailureKind.EMPTY_LISTING,
                    f"pages expected, none found from number {numbers.first} to {first - 1}",
                )
        except IndexFailure as failure:
            spider.keeper.fail(f"{numbers.url}: {failure}", failure.kind)
        await spider.keeper.close_walk(walk, complete=complete)

    def _discovered(self, number: int) -> Discovered:
        url = self._numbers.url.replace("{number}", str(number))
        key = self._spider.source.address_key(url)
        if key is None:
            raise IndexFailure(FailureKind.LAYOUT, f"{url} does not match the source's own address pattern")
        return Discovered(key=key, url=url, found_in=self._numbers.url)

    async def _requests(
        self, walk: Walk, chunk: list[Discovered], endings: dict[str, str]
    ) -> AsyncIterator[Any]:
        spider = self._spider
        seen, known = await spider.record(walk, chunk)
        waiting = [each.key for each in seen if not each.due]
        before_now = await spider.keeper.ask(spider.keeper.frontier.look_up, spider.source.name, waiting)
        for entry in chunk:
            # What was missing may be there by now; a page that was read, also from a file, is not asked for.
            if entry.key in before_now and before_now[entry.key].read:
                continue
            if not spider.may_ask(entry.key):
                continue
            if not spider.take():
                yield None
                return
            before = known.get(entry.key) or before_now.get(entry.key) or Due(entry.key, entry.url)
            due = Due(entry.key, entry.url, attempts=before.attempts, kept=before.kept)
            yield spider.release_request(due, endings=endings)

    def _in_a_row(self, chunk: list[Discovered], endings: dict[str, str], missing: int) -> int:
        """How many in a row are missing at the end of the chunk; IndexFailure when all of it failed."""
        told = [endings.get(entry.key, READ) for entry in chunk]
        if all(ending.startswith(FAILED) for ending in told):
            raise IndexFailure(
                FailureKind.NETWORK,
                f"none of {chunk[0].url} to {chunk[-1].url} could be had, so counting ends ({told[0]})",
            )
        for ending in told:
            if ending == MISSING:
                missing += 1
            elif not ending.startswith(FAILED):
                missing = 0
        return missing
