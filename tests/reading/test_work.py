"""What a reader does with a task, and which stages it is told to do: pure, so in this process."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from crawler.collector import CollectLess
from crawler.cycles import THRESHOLDS
from crawler.frames import Broken
from crawler.items import OUTSIDE_WINDOW, AddressState, Held, ReadBy, Release, ReleaseItem
from crawler.reading.messages import Process, Processed, Read, ReadIndex, ReadPage, Shown, StageFailed
from crawler.reading.order import order_of
from crawler.reading.work import Work
from crawler.source import Source, load_source, source_named
from crawler.spiders.arguments import Window
from pipelines.process import process
from tests.crawler.crawling import Crawls
from tests.crawler.demo import API, LISTING, definition, listing
from tests.pipelines.made import ministry_item
from tests.reading.misbehaving import METHOD, capture, due

STAGES = "pipelines.process.process"


@pytest.fixture
def source(tmp_path: Path) -> type[Source]:
    # Under a name of its own: a definition is loaded once in a process.
    text = (definition() + METHOD).replace("XxDemo", "XxReader")
    return load_source(Crawls(tmp_path).define(text, "xx_reader"))


def stages(item: object) -> Release | Held:
    """Stages that fail, hold back or pass by what the title begins with."""
    assert isinstance(item, ReleaseItem)
    if item.title.startswith("bad"):
        raise RuntimeError("this stage does not like it")
    return process(ministry_item(kind="Poema" if item.title.startswith("odd") else "Comunicado"))


def read(source: type[Source], heading: str, since: date | None = None) -> Read:
    answer = Work(source, Window(since), stages).do(ReadPage(due("n1"), capture("n1", heading)))
    assert isinstance(answer, Read)
    return answer


def test_a_page_comes_to_a_release(source: type[Source]) -> None:
    answer = read(source, "good")
    assert answer.outcome is None
    assert [type(record) for record in answer.records] == [Release]


def test_what_cannot_be_mapped_comes_to_a_held_record(source: type[Source]) -> None:
    (held,) = read(source, "odd").records
    assert isinstance(held, Held)
    assert (held.stage, held.reason) == ("normalize", "unknown kind")


def test_a_stage_that_raises_fails_its_item_and_tells_where(source: type[Source]) -> None:
    (failed,) = read(source, "bad").records
    assert isinstance(failed, StageFailed)
    assert (failed.key, failed.error) == ("news/n1", "RuntimeError: this stage does not like it")
    assert "in stages" in failed.traceback


def test_a_method_that_raises_breaks_the_task_and_not_the_next(source: type[Source]) -> None:
    work = Work(source, Window(), None)
    broken = work.do(ReadPage(due("n1"), capture("n1", "raise")))
    assert isinstance(broken, Broken)
    assert broken.error == "ValueError: this definition is wrong"
    assert isinstance(work.do(ReadPage(due("n2"), capture("n2", "good"))), Read)


def test_a_page_outside_the_window_ends_without_a_record(source: type[Source]) -> None:
    answer = read(source, "good", since=date(2017, 2, 24))
    assert answer.records == ()
    assert answer.outcome is not None
    assert (answer.outcome.state, answer.outcome.reason) == (AddressState.SKIPPED, OUTSIDE_WINDOW)


def test_items_that_were_read_without_rules_are_counted(source: type[Source]) -> None:
    page = capture("n1", "good")
    bare = replace(page, body=page.body.replace(b'class="text"', b"class=other").replace(b"h1>", b"h2>"))
    answer = Work(source, Window(), None).do(ReadPage(due("n1"), bare))
    assert isinstance(answer, Read)
    (item,) = answer.records
    assert isinstance(item, ReleaseItem)
    assert (item.read_by, answer.by_fallback) == (ReadBy.FALLBACK, 1)


def test_items_that_an_index_held_go_through_the_stages_one_by_one(source: type[Source]) -> None:
    items = tuple(replace(ministry_item(), title=title) for title in ("good", "bad", "odd"))
    answer = Work(source, Window(), stages).do(Process(items))
    assert isinstance(answer, Processed)
    assert [type(record) for record in answer.records] == [Release, StageFailed, Held]


def test_an_index_is_found_by_its_position(tmp_path: Path) -> None:
    source = load_source(
        Crawls(tmp_path).define(definition(API, LISTING).replace("XxDemo", "XxTwo"), "xx_two")
    )
    shown = replace(capture("list", ""), body=listing([2, 1]).body)
    answer = Work(source, Window(), None).do(ReadIndex(1, None, shown))
    assert isinstance(answer, Shown)
    assert [entry.key for entry in answer.page.entries] == ["news/n2", "news/n1"]


@pytest.mark.parametrize(
    ("pipelines", "expected"),
    [
        ({}, STAGES),
        ({"tests.crawler.stages.Forget": 350}, STAGES),
        ({"tests.crawler.stages.Forget": 150}, None),
        ({"pipelines.identify.Identify": None}, None),
        ({"pipelines.normalize.Normalize": 50}, None),
    ],
)
def test_the_reader_does_the_stages_only_where_they_come_first_and_whole(
    pipelines: dict[str, int | None], expected: str | None
) -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.set("ITEM_PIPELINES", {**settings.getdict("ITEM_PIPELINES"), **pipelines})
    assert order_of(source_named("mx_sre"), Window(), settings).stages == expected


def test_the_collector_is_as_it_was_when_a_crawl_has_ended() -> None:
    before = gc.get_threshold()
    extension = CollectLess(get_crawler())
    extension._started()
    assert gc.get_threshold() == THRESHOLDS
    extension._stopped()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
