"""Batches into the database: all of a batch or nothing, one bad record never takes the others down."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import scrapy
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.settings import Settings
from sqlalchemy import func, select

from crawler.frontier import run_of, store_of
from crawler.items import AddressState, Discovered, FailureKind, Held, Release
from crawler.runs import RunKeeper
from pipelines import batch as batches
from pipelines.batch import keep, keep_what_can_be
from pipelines.persist import BATCH, MOST_WAITING, Persist
from pipelines.process import process
from storage.database import Database
from storage.releases import save_releases
from storage.store import SqlStore, open_store
from storage.tables import AddressRow, HeldRow, ReleaseRow, RevisionRow, RunRow, StatementRow
from tests.clock import Clock
from tests.pipelines.made import ENGLISH, SPANISH, ministry_item, mirror_item

RUN = "run-1"


WORDS = sorted({word.strip(".,") for paragraph in SPANISH for word in paragraph.split()})


def item(number: int, **changes: object) -> Any:  # noqa: ANN401
    """One of many communiques, each with words in an order of its own: no two resemble each other."""
    order = random.Random(number)
    body = tuple(" ".join(order.choices(WORDS, k=30)) for _ in range(3))
    url = f"https://www.gob.mx/sre/prensa/visita-{number}"
    return ministry_item(**{"url": url, "title": f"Visita número {number}", "body": body, **changes})


def record(number: int, **changes: object) -> Release | Held:
    return process(item(number, **changes))


def states(database: Database) -> dict[str, AddressState]:
    with database.read() as connection:
        return {
            row.key: AddressState(row.state)
            for row in connection.execute(select(AddressRow.key, AddressRow.state))
        }


def count(database: Database, table: type) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


# keep


def test_a_batch_is_stored_linked_and_settled(database: Database, clock: Clock) -> None:
    result = keep(database, RUN, [record(1), record(2, kind="Poema"), record(3)], clock())
    assert result.counts == {"stored": 2, "held": 1}
    assert states(database) == {
        "prensa/visita-1": AddressState.STORED,
        "prensa/visita-2": AddressState.HELD,
        "prensa/visita-3": AddressState.STORED,
    }
    assert count(database, StatementRow) == 2


def test_the_same_batch_again_changes_nothing(database: Database, clock: Clock) -> None:
    batch = [record(1), record(2)]
    keep(database, RUN, batch, clock())
    clock.advance(hours=1)
    assert keep(database, RUN, batch, clock()).counts == {"unchanged": 2}
    assert (count(database, ReleaseRow), count(database, RevisionRow)) == (2, 2)


def test_a_changed_text_is_a_revision(database: Database, clock: Clock) -> None:
    keep(database, RUN, [record(1)], clock())
    assert keep(database, RUN, [record(1, title="Otro título")], clock()).counts == {"revised": 1}
    assert (count(database, ReleaseRow), count(database, RevisionRow)) == (1, 2)


def test_a_release_ends_the_holding_back_of_its_address(database: Database, clock: Clock) -> None:
    keep(database, RUN, [record(1, kind="Poema")], clock())
    keep(database, RUN, [record(1)], clock())
    assert count(database, HeldRow) == 0
    assert states(database) == {"prensa/visita-1": AddressState.STORED}


def test_within_a_batch_the_last_record_of_an_address_counts(database: Database, clock: Clock) -> None:
    keep(database, RUN, [record(1, kind="Poema"), record(1)], clock())
    assert count(database, HeldRow) == 0
    keep(database, RUN, [record(2), record(2, kind="Poema")], clock())
    assert states(database)["prensa/visita-2"] is AddressState.HELD


def test_a_mirrors_translation_joins_its_original_in_the_same_transaction(
    database: Database, clock: Clock
) -> None:
    original = process(ministry_item(body=("Comunicado No. 056", *SPANISH)))
    translation = process(mirror_item(body=("Press Release No. 056", *ENGLISH)))
    assert isinstance(original, Release)
    assert isinstance(translation, Release)
    result = keep(database, RUN, [original, translation], clock())
    with database.read() as connection:
        found = {row.id: row.statement_id for row in connection.execute(select(ReleaseRow))}
    assert found[original.id] == found[translation.id]
    assert result.counts["linked"] == 2


def test_a_batch_that_fails_leaves_nothing_behind(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("cannot link")

    monkeypatch.setattr(batches, "link_releases", broken)
    with pytest.raises(RuntimeError, match="cannot link"):
        keep(database, RUN, [record(1)], clock())
    assert states(database) == {}
    assert count(database, ReleaseRow) == 0


@pytest.fixture
def second_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever batch holds the second release cannot be saved."""
    save = save_releases

    def save_all_but_one(connection: Any, run: str, releases: Sequence[Release], now: datetime) -> Any:  # noqa: ANN401
        if any(each.key == "prensa/visita-2" for each in releases):
            raise ValueError("a value that no column takes")
        return save(connection, run, releases, now)

    monkeypatch.setattr(batches, "save_releases", save_all_but_one)


@pytest.mark.usefixtures("second_is_bad")
def test_one_bad_record_does_not_take_the_batch_down(database: Database, clock: Clock) -> None:
    kept, failed = keep_what_can_be(database, RUN, [record(number) for number in range(1, 5)], clock())
    assert sum(result.counts["stored"] for result in kept) == 3
    assert [each.record.key for each in failed] == ["prensa/visita-2"]
    outcome = failed[0].outcome
    assert (outcome.state, outcome.failure) == (AddressState.FAILED, FailureKind.STAGE)
    assert outcome.reason == "persist failed: ValueError: a value that no column takes"


def test_when_nothing_can_be_stored_it_is_not_the_records(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def broken(*arguments: Any) -> None:  # noqa: ANN401
        tried.append(len(arguments[2]))
        raise OSError("disk full")

    monkeypatch.setattr(batches, "save_releases", broken)
    with pytest.raises(OSError, match="disk full"):
        keep_what_can_be(database, RUN, [record(number) for number in range(50)], clock())
    assert tried == [50, 1, 1, 1, 1, 1]


# The adapter, in real crawls that ask no network


class Yielding(scrapy.Spider):
    """Yields items from a page that is in its own address."""

    name = "mx_sre"
    given: Sequence[Any] = ()
    before: Callable[[], Any] | None = None
    recorded = True
    """Whether an index showed the addresses before, as it does for the project's own spiders."""

    async def start(self) -> AsyncIterator[Any]:
        if self.recorded:
            ledger, run = store_of(self.crawler).frontier, run_of(self.crawler)
            found = [
                Discovered(f"prensa/visita-{number}", item(number).url, "index") for number in range(1, 61)
            ]
            ledger.record(run, ledger.open_walk(run, self.name, "test", None), self.name, found)
        yield scrapy.Request("data:,page")

    async def parse(self, response: Any) -> AsyncIterator[Any]:  # noqa: ANN401
        if self.before is not None:
            await self.before()
        for each in self.given:
            yield each


class Crawled:
    """What came of a crawl."""

    def __init__(self, crawler: Crawler, database: Database) -> None:
        self.stats: dict[str, Any] = crawler.stats.get_stats()
        keeper = crawler.get_extension(RunKeeper)
        assert keeper is not None
        self.outcome, self.error = keeper.outcome, keeper.error
        self.database = database

    def counts(self, *names: str) -> dict[str, int]:
        return {name: self.stats.get(f"communique/{name}", 0) for name in names}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store({"COMMUNIQUE_DATA": str(tmp_path)})
    yield store
    store.close()


def crawl(
    store: SqlStore,
    given: Sequence[Any],
    *,
    before: Callable[[], Any] | None = None,
    settings: dict[str, Any] | None = None,
    recorded: bool = False,
) -> Crawled:
    """A crawl of the project's settings that yields these items."""
    project = Settings()
    project.setmodule("crawler.settings", priority="project")
    pipelines = {**project.getdict("ITEM_PIPELINES"), **(settings or {}).pop("ITEM_PIPELINES", {})}
    project.setdict(
        {
            "TWISTED_REACTOR_ENABLED": False,
            "DOWNLOAD_HANDLERS": {
                **dict.fromkeys(("http", "https", "file", "ftp", "s3")),
                "data": "scrapy.core.downloader.handlers.datauri.DataURIDownloadHandler",
            },
            "DOWNLOADER_MIDDLEWARES": {},
            "DOWNLOADER_MIDDLEWARES_BASE": {},
            "SPIDER_LOADER_CLASS": "scrapy.spiderloader.DummySpiderLoader",
            "COMMUNIQUE_DATA": str(store.data),
            "COMMUNIQUE_DATABASE": "",
            "COMMUNIQUE_WRITER_FROM": 0,
            "LOG_LEVEL": "CRITICAL",
            "ITEM_PIPELINES": pipelines,
            **(settings or {}),
        },
        priority="cmdline",
    )

    class Spider(Yielding):
        pass

    Spider.given = given
    Spider.before = staticmethod(before) if before else None
    Spider.recorded = recorded

    async def run() -> Crawler:
        runner = AsyncCrawlerRunner(project)
        crawler = runner.create_crawler(Spider)
        await runner.crawl(crawler)
        return crawler

    return Crawled(asyncio.run(run()), store.database)


def test_everything_is_stored_when_the_crawl_ends(store: SqlStore) -> None:
    done = crawl(
        store, [item(number, kind="Poema" if number % 10 == 0 else "Comunicado") for number in range(1, 131)]
    )
    assert done.outcome == "finished"
    assert done.counts("stored", "held", "failed") == {"stored": 117, "held": 13, "failed": 0}
    found = states(store.database)
    assert len(found) == 130
    assert found["prensa/visita-10"] is AddressState.HELD
    assert found["prensa/visita-130"] is AddressState.HELD
    assert found["prensa/visita-129"] is AddressState.STORED
    again = crawl(store, [item(number) for number in (1, 2, 3)])
    assert again.counts("stored", "unchanged") == {"stored": 0, "unchanged": 3}
    with store.database.read() as connection:
        runs = {row.id: row for row in connection.execute(select(RunRow))}
    assert sorted(row.counts.get("stored", 0) for row in runs.values()) == [0, 117]


def test_items_of_a_users_own_spider_may_be_dicts(store: SqlStore) -> None:
    raw = item(1)
    done = crawl(
        store,
        [
            {
                "source": raw.source,
                "url": raw.url,
                "title": raw.title,
                "body": "\n\n".join(raw.body),
                "posted": raw.posted,
            }
        ],
    )
    assert done.counts("stored", "held") == {"stored": 1, "held": 0}


def test_what_the_reader_put_through_the_stages_already_is_only_stored(store: SqlStore) -> None:
    done = crawl(store, [record(1), record(2, kind="Poema"), record(3)])
    assert done.counts("stored", "held") == {"stored": 2, "held": 1}
    assert done.stats["item_dropped_count"] == 1
    with store.database.read() as connection:
        row = connection.execute(select(HeldRow)).one()
    assert (row.source, row.key, row.stage, row.reason) == (
        "mx_sre",
        "prensa/visita-2",
        "normalize",
        "unknown kind",
    )


def test_in_a_rehearsal_releases_are_dated_by_its_clock(store: SqlStore, tmp_path: Path) -> None:
    told = tmp_path / "clock"
    told.write_text("2026-11-14T08:00:00+00:00", encoding="ascii")
    crawl(store, [item(1)], settings={"COMMUNIQUE_CLOCK": str(told)})
    with store.database.read() as connection:
        assert connection.scalar(select(ReleaseRow.first_seen_at)) == datetime(2026, 11, 14, 8, tzinfo=UTC)


def test_an_item_that_tells_no_source_is_held_under_the_spiders(store: SqlStore) -> None:
    crawl(store, [{"url": "https://www.gob.mx/sre/prensa/visita-1"}])
    with store.database.read() as connection:
        row = connection.execute(select(HeldRow)).one()
    assert (row.source, row.key, row.stage) == (
        "mx_sre",
        "https://www.gob.mx/sre/prensa/visita-1",
        "validate",
    )


@pytest.mark.usefixtures("second_is_bad")
def test_a_record_that_cannot_be_stored_fails_its_address_and_the_run(store: SqlStore) -> None:
    done = crawl(store, [item(number) for number in range(1, 61)], recorded=True)
    found = states(store.database)
    assert found.pop("prensa/visita-2") is AddressState.FAILED
    assert set(found.values()) == {AddressState.STORED}
    assert len(found) == 59
    assert done.outcome == "failed"
    assert done.error is not None
    assert "visita-2: persist failed: ValueError: a value that no column takes" in done.error
    assert done.counts("stored", "failed") == {"stored": 59, "failed": 1}


@pytest.mark.usefixtures("second_is_bad")
def test_a_record_that_cannot_be_stored_and_that_no_index_showed_is_held(store: SqlStore) -> None:
    """Nobody would fetch its address again."""
    done = crawl(store, [item(1), item(2)])
    assert done.outcome == "failed"
    assert done.counts("stored", "held") == {"stored": 1, "held": 1}
    with store.database.read() as connection:
        row = connection.execute(select(HeldRow)).one()
    assert (row.key, row.stage, row.reason) == ("prensa/visita-2", "persist", "could not be stored")
    assert row.item["title"] == "Visita número 2"


def test_a_database_that_takes_nothing_ends_the_crawl_and_settles_nothing(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(batches, "save_releases", broken)
    done = crawl(store, [item(number) for number in range(1, 500)])
    assert done.outcome == "failed"
    assert done.error is not None
    assert "nothing can be stored: OSError: disk full" in done.error
    assert AddressState.STORED not in states(store.database).values()
    assert done.counts("stored") == {"stored": 0}


def test_items_wait_while_too_many_batches_wait(store: SqlStore) -> None:
    """Another process writes for long: the crawl must not pile up everything in memory."""
    locked, release = threading.Event(), threading.Event()
    taken: list[int] = []

    def hold_the_lock() -> None:
        with store.database.write():
            locked.set()
            release.wait(20)

    writer = threading.Thread(target=hold_the_lock)

    async def look() -> None:
        """When no item has come through for many turns of the loop, all wait."""
        quiet = 0
        while quiet < 500:
            before = Scraped.count
            await asyncio.sleep(0)
            quiet = quiet + 1 if before and Scraped.count == before else 0
        taken.append(Scraped.count)
        release.set()

    looking: list[asyncio.Task[None]] = []

    async def lock() -> None:
        writer.start()
        await asyncio.to_thread(locked.wait, 60)
        looking.append(asyncio.get_running_loop().create_task(look()))

    Scraped.count = 0
    extensions = {"crawler.runs.RunKeeper": 0, "tests.pipelines.test_persist.Scraped": 1}
    try:
        items = [item(number) for number in range(1, 601)]
        done = crawl(store, items, before=lock, settings={"EXTENSIONS": extensions})
    finally:
        release.set()
        writer.join()
    # One batch with the writer, the full queue, and what was just on its way.
    assert 0 < taken[0] <= BATCH * (MOST_WAITING + 2)
    assert done.counts("stored") == {"stored": 600}


class Scraped:
    """Extension that counts the items that every stage has let go."""

    count = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Scraped:
        extension = cls()
        crawler.signals.connect(extension.add, scrapy.signals.item_scraped)
        return extension

    def add(self) -> None:
        Scraped.count += 1


class DropsOdd:
    """A pipeline of the user's own."""

    def process_item(self, each: Any) -> Any:  # noqa: ANN401
        if each.title.endswith("1"):
            raise DropItem("odd ones are not wanted")
        return each


def test_what_a_users_pipeline_drops_is_skipped_with_its_reason(store: SqlStore) -> None:
    extra = {"ITEM_PIPELINES": {"tests.pipelines.test_persist.DropsOdd": 150}}
    crawl(store, [item(1), item(2), item(71)], settings=extra, recorded=True)
    found = states(store.database)
    assert found["prensa/visita-1"] is AddressState.SKIPPED
    assert found["prensa/visita-2"] is AddressState.STORED
    assert "prensa/visita-71" not in found
    query = select(AddressRow.reason).where(AddressRow.key == "prensa/visita-1")
    with store.database.read() as connection:
        assert connection.execute(query).scalar_one() == "dropped: odd ones are not wanted"


def test_a_stage_that_raises_fails_its_address(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("pipelines.normalize.find_folio", broken)
    crawl(store, [item(1)], recorded=True)
    assert states(store.database)["prensa/visita-1"] is AddressState.FAILED


def test_without_a_database_nothing_is_promised() -> None:
    crawler = Crawler(Yielding, Settings({"COMMUNIQUE_STORE": "crawler.memory_store.open_store"}))
    with pytest.raises(NotConfigured, match="MemoryStore has no database"):
        Persist.from_crawler(crawler)
