"""The spider of a source's history in a web archive: the index first, window by window, then the captures.

Every address that the index shows is in the ledger, with its captures, before the first is asked for. The
captures of one address are asked for one after the other, oldest first, so that its revisions come in the
order in which they were; addresses take turns. Everything that is sent goes through the archive's shared
budget.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from scrapy.settings import BaseSettings

from crawler.archives.archive import Archive, archive_at
from crawler.archives.budget import Budget, pace_of
from crawler.archives.cdx import MOST_ROWS
from crawler.archives.choice import MOST_TEXTS, CaptureState, Lineup, Shown, line_up
from crawler.archives.frontier import Archives, ArchiveStore, Chain, Ending, Found, Window
from crawler.archives.pauses import open_pauses
from crawler.archives.queries import queries_of
from crawler.frontier import store_of
from crawler.items import OUTSIDE_WINDOW, AddressState, CapturePlace, Due, FailureKind, Held, Release
from crawler.reading.messages import Record, StageFailed
from crawler.reading.reader import ReaderUnusable, ReadingFailed
from crawler.source import Source
from crawler.spiders.arguments import read_window
from crawler.spiders.corrections import correct_what_stands
from crawler.spiders.mementos import LedElsewhere, Mementos, NoPage, Stopped, TooMuch
from crawler.spiders.pace import mapped_hosts
from crawler.spiders.source import SourceSpider
from crawler.turns import open_turns

logger = logging.getLogger(__name__)

CHAINS_AT_ONCE = 100
"""Addresses that are asked of the ledger together."""
MOST_SETTLED = 50
"""Ends that are written together."""
AT_ONCE = 8
"""Addresses whose captures are asked for at the same time."""
KEPT_FROM_SITE = "kept already, from the site itself"
_END: Any = object()


class ArchiveSpider(SourceSpider):
    """Reads the history of the source in its class attribute `source` in an archive."""

    def __init__(
        self,
        captured_until: str | None = None,
        most_texts: str | None = None,
        **arguments: Any,  # noqa: ANN401
    ) -> None:
        """As `SourceSpider`; `captured_until` is the last day of captures that are looked at (today)."""
        super().__init__(**arguments)
        self.captured_until = read_window(until=captured_until).until or datetime.now(UTC).date()
        self.most_texts = int(most_texts or MOST_TEXTS)
        self._endings: list[Ending] = []
        self._ended: set[int] = set()
        """Rows whose end is written, or will be."""
        self._unwritten: dict[CapturePlace, tuple[int, int, datetime | None]] = {}
        """By the place of a capture: its row, how many records of it are not stored yet, when it was
        taken.
        """
        self._led = False

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The archive's host is paced by the shared budget, not by the slot."""
        super().update_settings(settings)
        host = archive_at(settings.get("COMMUNIQUE_ARCHIVE")).host
        slots = dict(settings.getdict("DOWNLOAD_SLOTS"))
        slots[host] = {"delay": 0.0, "concurrency": AT_ONCE + 2, "jitter": 0}
        settings.set("DOWNLOAD_SLOTS", slots, priority="spider")
        settings.set("CONCURRENT_REQUESTS", AT_ONCE + 4, priority="spider")

    @property
    def archive(self) -> Archive:
        """The archive that is asked."""
        return archive_at(self.settings.get("COMMUNIQUE_ARCHIVE"))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The only host that is asked."""
        return (self.archive.host,)

    @property
    def archives(self) -> Archives:
        """What is known of the archive; call it through the keeper."""
        store = store_of(self.crawler)
        if not isinstance(store, ArchiveStore):
            raise TypeError(f"{type(store).__name__} keeps nothing of archives (COMMUNIQUE_STORE)")
        return store.archives

    def _is_stopping(self) -> bool:
        return self.stopping or not self.crawler.crawling or not self.crawler.engine.running

    async def start(self) -> AsyncIterator[Any]:
        """Windows of the index, then the captures of every address that they showed."""
        settings, host = self.settings, self.archive.host
        mapped = host in mapped_hosts(settings)
        if not settings.get("COMMUNIQUE_CONTACT") and not mapped:
            self.keeper.fail(
                f"{host} could not tell who asks: set COMMUNIQUE_CONTACT to a mail address or URL"
            )
            return
        self.reader.start()
        self.keeper.on_written.append(self._written)
        pace = pace_of(
            self.archive,
            settings.getfloat("COMMUNIQUE_INDEX_CALLS"),
            settings.getfloat("COMMUNIQUE_REPLAYS"),
            mapped=mapped,
        )
        budget = Budget(
            self.archive,
            open_pauses(settings),
            open_turns(settings),
            pace,
            self._is_stopping,
            settings.getfloat("COMMUNIQUE_UNASKED_PAUSE"),
        )
        self._mementos = Mementos(self, budget)
        try:
            async for record in self._work():
                yield record
        finally:
            budget.close()

    async def _work(self) -> AsyncIterator[Any]:
        try:
            await self._ask_for_windows()
        except Stopped:
            return
        out: asyncio.Queue[Any] = asyncio.Queue(2 * AT_ONCE)
        following = asyncio.get_running_loop().create_task(self._follow_all(out))
        try:
            while (record := await out.get()) is not _END:
                await self.room_for_items()
                yield record
        finally:
            if not following.done():
                following.cancel()
        await following

    @property
    def _first_day(self) -> date:
        return self.window.since or self.source.archive_from

    # The index.

    async def _ask_for_windows(self) -> None:
        """Ask for every window that is open; one that cannot be had now waits for the next run."""
        failed: set[int] = set()
        while not self._is_stopping():
            window = await self.keeper.ask(
                self.archives.next_window,
                self.source.name,
                self.archive.name,
                self._first_day,
                self.captured_until,
            )
            if window is None or window.id in failed:
                return
            try:
                await self._ask_for_window(window)
            except NoPage as error:
                failed.add(window.id)
                await self.keeper.ask(self.archives.fail_window, self.keeper.run, window, str(error))
                self.keeper.fail(f"{self.archive.name}, {window.since} to {window.until}: {error}")

    async def _ask_for_window(self, window: Window) -> None:
        queries = queries_of(self.source)
        going: Window | None = window
        limit: int | None = MOST_ROWS
        while going is not None:
            query = queries[min(going.query, len(queries) - 1)]
            try:
                answer = await self._mementos.rows(query, going, limit)
            except TooMuch as error:
                if window.since == window.until:
                    raise NoPage(FailureKind.TOO_LARGE, str(error)) from error
                await self._halve(window)
                return
            if answer.resume_key is None and limit is not None and answer.shown >= limit:
                # The server cut it off and knows no resume keys.
                if window.since < window.until:
                    await self._halve(window)
                    return
                limit = None
                continue
            then: Window | None = None
            if answer.resume_key is not None:
                if answer.resume_key == going.resume_key:
                    raise NoPage(FailureKind.FROZEN_LISTING, "the index gives the same answer again")
                then = replace(going, resume_key=answer.resume_key)
            elif going.query + 1 < len(queries):
                then = replace(going, query=going.query + 1, resume_key=None)
            found = [
                Found(key, row)
                for row in answer.rows
                if (key := self.source.address_key(row.url)) is not None
            ]
            await self.keeper.ask(
                self.archives.record,
                self.keeper.run,
                self.source.name,
                self.archive.name,
                going,
                found,
                answer.shown,
                then,
            )
            self.keeper.count("index_answers")
            going = then

    async def _halve(self, window: Window) -> None:
        middle = window.since + timedelta(days=(window.until - window.since).days // 2)
        await self.keeper.ask(self.archives.split, window, middle)

    # The captures.

    async def _follow_all(self, out: asyncio.Queue[Any]) -> None:
        """Follow every address to its end, several at a time; what is read goes to `out`."""
        places = asyncio.Semaphore(AT_ONCE)
        tasks: set[asyncio.Task[None]] = set()

        async def follow(chain: Chain) -> None:
            try:
                await self._follow_chain(chain, out)
            except Stopped:
                pass  # what was not asked for is still pending
            finally:
                places.release()

        try:
            again = True
            while again and not self._is_stopping():
                again = self._led = False
                async for chain in self._chains():
                    await places.acquire()
                    if not self.take():
                        return
                    task = asyncio.get_running_loop().create_task(follow(chain))
                    tasks.add(task)
                    for done in [each for each in tasks if each.done()]:
                        tasks.discard(done)
                        done.result()
                await asyncio.gather(*tasks)
                tasks.clear()
                again = self._led
        finally:
            await asyncio.gather(*tasks, return_exceptions=True)
            self._flush()
            await out.put(_END)

    async def _chains(self) -> AsyncIterator[Chain]:
        after: str | None = None
        while not self._is_stopping():
            ask = self.keeper.ask(
                self.archives.chains,
                self.source.name,
                self.archive.name,
                since=self._first_day,
                until=self.captured_until,
                now=datetime.now(UTC),
                after=after,
                limit=CHAINS_AT_ONCE,
            )
            chains: list[Chain] = await ask
            if not chains:
                return
            for chain in chains:
                if self.may_ask(chain.due.key):
                    yield chain
            after = chains[-1].due.key

    async def _follow_chain(self, chain: Chain, out: asyncio.Queue[Any]) -> None:
        """Ask for the captures of one address until its texts are known; the others are spared."""
        self.keeper.count("discovered")
        if chain.kept_from_site and not self.window.again:
            self._spare(chain.captures, KEPT_FROM_SITE)
            return
        lined_up = line_up(chain.captures, self.most_texts)
        self._spare(lined_up.spared)
        outside = await self._follow_lineup(chain, lined_up, out)
        if self._is_stopping():
            return
        asked_for = {each.id for text in lined_up.texts for each in text[:1]}
        for text in (*lined_up.texts, *lined_up.reserve):
            left = [each for each in text if each.id not in self._ended]
            if outside:
                self._spare(left, OUTSIDE_WINDOW)
            else:
                first = text[0]
                same = f"the same text as the capture of {first.stamp}"
                self._spare([each for each in left if each.id != first.id], same)
                if first.id not in asked_for:
                    self._spare(
                        [each for each in left if each.id == first.id], "enough other captures were read"
                    )

    async def _follow_lineup(self, chain: Chain, lined_up: Lineup, out: asyncio.Queue[Any]) -> bool:
        """Whether the page turned out to lie outside of the window."""
        any_read = False
        for wanted, texts in ((True, lined_up.texts), (False, lined_up.reserve)):
            for text in texts:
                if not wanted and any_read:
                    return False
                state, outside = await self._follow_text(chain, text, out)
                if outside:
                    return True
                any_read = any_read or state in (CaptureState.READ, CaptureState.SKIPPED)
        return False

    async def _follow_text(
        self, chain: Chain, text: Sequence[Shown], out: asyncio.Queue[Any]
    ) -> tuple[CaptureState, bool]:
        """Ask for one text: for its first capture, and for the next where the archive has lost that."""
        state = CaptureState.MISSING
        for capture in text:
            if capture.state in (CaptureState.PENDING, CaptureState.SPARED):
                if self._is_stopping():
                    raise Stopped
                if capture.next_try_at is not None and capture.next_try_at > datetime.now(UTC):
                    continue
                ending = await self._ask_for(chain, capture, out)
                state = ending.state
                if ending.reason == OUTSIDE_WINDOW:
                    return state, True
            else:
                state = capture.state
                if capture.reason == OUTSIDE_WINDOW:
                    return state, True
            if state not in (CaptureState.MISSING, CaptureState.PENDING):
                break
        return state, False

    async def _ask_for(self, chain: Chain, capture: Shown, out: asyncio.Queue[Any]) -> Ending:
        """One capture, from the archive to the stages; how it ended, as far as that is known already."""
        try:
            page = await self._mementos.page(capture.url, capture.stamp)
        except NoPage as error:
            return self._end(Ending(capture.id, error.state, str(error), error.kind))
        except LedElsewhere as error:
            if error.key is not None:
                found = Found(error.key, error.row)
                led = await self.keeper.ask(
                    self.archives.lead, self.keeper.run, self.source.name, self.archive.name, found
                )
                self._led = self._led or led
                return self._end(Ending(capture.id, CaptureState.SKIPPED, str(error)))
            return self._end(Ending(capture.id, CaptureState.UNUSABLE, str(error), FailureKind.SOFT_404))
        self.keeper.count("fetched")
        taken_at = page.captured_at
        try:
            read = await self.reader.read(chain.due, page)
        except ReaderUnusable as error:
            if not self._is_stopping():
                self.cannot_read(error)
            raise Stopped from error
        except ReadingFailed as error:
            logger.error("%s: reading %s failed: %s\n%s", self.name, page.url, error, error.traceback)
            reason = f"reading failed: {error}"
            return self._end(Ending(capture.id, CaptureState.PENDING, reason, FailureKind.STAGE, taken_at))
        if read.by_fallback:
            self.keeper.count("by_fallback", read.by_fallback)
        outcome = read.outcome
        if outcome is not None and outcome.state is AddressState.SKIPPED and not read.records:
            return self._end(
                Ending(capture.id, CaptureState.SKIPPED, outcome.reason, None, taken_at, outcome.posted_on)
            )
        if outcome is not None and outcome.state is not AddressState.SKIPPED:
            return self._end(
                Ending(capture.id, CaptureState.UNUSABLE, outcome.reason, outcome.failure, taken_at)
            )
        return await self._hand_on(chain.due, capture, page.place, taken_at, read.records, out)

    async def _hand_on(
        self,
        due: Due,
        capture: Shown,
        place: CapturePlace | None,
        taken_at: datetime,
        records: Sequence[Record],
        out: asyncio.Queue[Any],
    ) -> Ending:
        """Give records to the stages; the capture has ended when they are stored."""
        broken = next((each for each in records if isinstance(each, StageFailed)), None)
        if broken is not None:
            logger.error("%s: a stage failed on %s\n%s", self.name, broken.url, broken.traceback)
            reason = f"a stage failed: {broken.error}"
            return self._end(Ending(capture.id, CaptureState.PENDING, reason, FailureKind.STAGE, taken_at))
        if place is None:
            raise LookupError(f"{capture.url}: the capture was written and has no place")
        await correct_what_stands(self, due, records)
        self._unwritten[place] = (capture.id, len(records), taken_at)
        self._ended.add(capture.id)
        for record in records:
            await out.put(record)
        return Ending(capture.id, CaptureState.READ)

    # What has ended.

    def _end(self, ending: Ending) -> Ending:
        self._ended.add(ending.id)
        self._endings.append(ending)
        if len(self._endings) >= MOST_SETTLED:
            self._flush()
        return ending

    def _spare(self, captures: Sequence[Shown], reason: str | None = None) -> None:
        for each in captures:
            if each.state is CaptureState.PENDING:
                self._end(Ending(each.id, CaptureState.SPARED, reason or each.reason))

    def _written(self, records: Sequence[object]) -> None:
        """Records are stored: the captures that they were read from have ended."""
        for record in records:
            place = record.capture if isinstance(record, Release | Held) else None
            if place is None or place not in self._unwritten:
                continue
            row, left, taken_at = self._unwritten.pop(place)
            if left > 1:
                self._unwritten[place] = (row, left - 1, taken_at)
            else:
                self._endings.append(Ending(row, CaptureState.READ, captured_at=taken_at))
        self._flush()

    def _flush(self) -> None:
        """Write the ends that are known. In the ledger's thread, after all that was asked of it before."""
        endings, self._endings = self._endings, []
        if not endings:
            return
        loop = asyncio.get_running_loop()
        settled = self.keeper.thread.submit(
            self.archives.settle, self.keeper.run, self.source.name, self.archive.name, endings
        )

        def count() -> None:
            error = settled.exception()
            if error is not None:
                self.keeper.fail(f"the ledger could not be written: {type(error).__name__}: {error}")
                return
            for state in settled.result().values():
                self.keeper.count(state.value)

        settled.add_done_callback(lambda _: loop.call_soon_threadsafe(count))


def archive_spider_for(source: type[Source]) -> type[ArchiveSpider]:
    """The spider of a source's history, under the source's name."""
    attributes = {"name": source.name, "source": source, "__module__": __name__, "__doc__": source.__doc__}
    return type(f"{source.__name__}ArchiveSpider", (ArchiveSpider,), attributes)
