"""The reader's process: what a page does to it harms that page alone, and it never outlives its crawl."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.children import SECONDS_TO_END
from crawler.items import AddressState, FailureKind, ReleaseItem
from crawler.pages.index import IndexPage
from crawler.reading.messages import Order, Read
from crawler.reading.reader import MOST_HANDED_OUT, Reader, ReaderUnusable, ReadingFailed
from crawler.spiders.arguments import Window
from tests.crawler.crawling import ROOT, Crawls
from tests.crawler.demo import definition, listing, settings_for, web_of
from tests.crawler.server import Answer, Web, serving
from tests.reading.misbehaving import METHOD, capture, due

PATIENCE = 30.0


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Crawls(tmp_path).define(definition() + METHOD)


def with_reader(source: Path, work: Callable[[Reader], Awaitable[Any]], seconds: float = 60.0) -> Any:  # noqa: ANN401
    """What comes of the work; the reader is closed after it."""

    async def run() -> Any:  # noqa: ANN401
        reader = Reader(Order(str(source), Window(), None, seconds, tuple(sys.path), "WARNING"))
        try:
            return await work(reader)
        finally:
            await reader.close()

    return asyncio.run(asyncio.wait_for(run(), PATIENCE))


def read_all(source: Path, headings: list[str], seconds: float = 60.0) -> list[Read | BaseException]:
    """What comes of pages with these headings, given to one reader at once."""

    async def work(reader: Reader) -> list[Read | BaseException]:
        asked = [
            reader.read(due(f"n{number}"), capture(f"n{number}", heading))
            for number, heading in enumerate(headings)
        ]
        return await asyncio.gather(*asked, return_exceptions=True)

    found: list[Read | BaseException] = with_reader(source, work, seconds)
    return found


def title_of(read: Read | BaseException) -> str:
    assert isinstance(read, Read), read
    (item,) = read.records
    assert isinstance(item, ReleaseItem)
    return item.title


def process_of(read: Read | BaseException) -> str:
    return title_of(read).rpartition("(")[2].rstrip(")")


def test_all_pages_are_read_by_one_process_that_is_not_the_crawls(source: Path) -> None:
    reads = read_all(source, ["one", "two", "three"] * 10)
    assert [title_of(each).split()[0] for each in reads] == ["one", "two", "three"] * 10
    processes = {process_of(each) for each in reads}
    assert len(processes) == 1
    assert str(os.getpid()) not in processes


def test_an_error_of_a_definitions_method_is_told_with_its_words_and_its_place(source: Path) -> None:
    failed, fine = read_all(source, ["raise", "fine"])
    assert isinstance(failed, ReadingFailed)
    assert str(failed) == "ValueError: this definition is wrong"
    assert "in read_title" in failed.traceback
    assert title_of(fine).startswith("fine")


@pytest.mark.parametrize("how", ["crash", "leave", "lie"])
def test_a_page_that_ends_its_reader_twice_fails_and_all_others_are_read(source: Path, how: str) -> None:
    before, failed, *after = read_all(source, ["before", how, *["after"] * (2 * MOST_HANDED_OUT)])
    assert isinstance(failed, ReadingFailed)
    assert "reading ended its process twice" in str(failed)
    words = {"crash": "SIGSEGV", "leave": "exit code 0", "lie": "no message|is announced"}[how]
    assert any(word in str(failed) for word in words.split("|")), failed
    assert title_of(before).startswith("before")
    assert {process_of(each) for each in after}.isdisjoint({process_of(before)})


def test_a_page_at_which_the_system_killed_the_reader_is_read_by_the_next_one(
    source: Path, tmp_path: Path
) -> None:
    reads = read_all(source, ["before", f"killed-once {tmp_path / 'mark'}", "after"])
    assert [title_of(each).split()[0] for each in reads] == ["before", "killed-once", "after"]
    assert process_of(reads[0]) != process_of(reads[1]) == process_of(reads[2])


def test_a_page_that_takes_too_long_is_given_up_at_once_and_all_others_are_read(source: Path) -> None:
    before, failed, after = read_all(source, ["before", "forever", "after"], seconds=1.0)
    assert str(failed) == "reading took longer than 1 seconds and was given up"
    assert title_of(before).startswith("before")
    assert title_of(after).startswith("after")


def test_an_index_page_goes_before_the_releases_that_wait(source: Path) -> None:
    async def work(reader: Reader) -> list[str]:
        order: list[str] = []

        async def note(name: str, asked: Awaitable[Any]) -> None:
            await asked
            order.append(name)

        pages = [note(f"n{number}", reader.read(due("n"), capture("n", "one"))) for number in range(50)]
        shown = capture("list", "list")
        index = note("index", reader.read_index(0, None, shown))
        await asyncio.gather(*pages, index)
        return order

    order = with_reader(source, work)
    assert order.index("index") < 10


def test_an_index_page_is_read_too(source: Path) -> None:
    from dataclasses import replace

    answer = listing([3, 2, 1])
    shown = replace(capture("list", ""), url="http://www.demo.example/list?page=1", body=answer.body)

    async def work(reader: Reader) -> IndexPage:
        return await reader.read_index(0, None, shown)

    page: IndexPage = with_reader(source, work)
    assert [entry.key for entry in page.entries] == ["news/n3", "news/n2", "news/n1"]


def test_a_reader_that_cannot_be_started_is_unusable_and_says_how_it_ended(tmp_path: Path) -> None:
    broken = Crawls(tmp_path).define("raise SystemExit(7)")

    async def work(reader: Reader) -> BaseException | None:
        answers = [reader.read(due("n1"), capture("n1", "one")), reader.read(due("n2"), capture("n2", "two"))]
        first, second = await asyncio.gather(*answers, return_exceptions=True)
        assert isinstance(first, ReaderUnusable)
        assert isinstance(second, ReaderUnusable)
        return first

    assert "ended with exit code 7, 3 times before it was ready" in str(with_reader(broken, work))


def test_whoever_waits_when_a_reader_is_closed_is_told(source: Path) -> None:
    async def work(reader: Reader) -> list[BaseException | Read]:
        await reader.read(due("n0"), capture("n0", "one"))
        asked = [asyncio.ensure_future(reader.read(due("n"), capture("n", "forever"))) for _ in range(3)]
        await asyncio.sleep(0)
        await reader.close()
        return await asyncio.gather(*asked, return_exceptions=True)

    started = time.monotonic()
    for each in with_reader(source, work):
        assert isinstance(each, ReaderUnusable)
    assert time.monotonic() - started < SECONDS_TO_END + PATIENCE / 2


def test_an_interrupt_from_the_terminal_is_for_the_crawl_not_for_its_reader(source: Path) -> None:
    async def work(reader: Reader) -> tuple[Read, Read]:
        first = await reader.read(due("n1"), capture("n1", "one"))
        assert reader.pid is not None
        assert os.getpgid(reader.pid) != os.getpgid(0)
        os.kill(reader.pid, signal.SIGINT)
        os.kill(reader.pid, signal.SIGTERM)
        return first, await reader.read(due("n2"), capture("n2", "two"))

    first, second = with_reader(source, work)
    assert process_of(first) == process_of(second)


def test_a_reader_gets_nothing_of_the_crawls_but_one_stream(source: Path, tmp_path: Path) -> None:
    """No lock of a run or a WARC file, no connection: whoever waits for those need not wait for it."""

    async def work(reader: Reader) -> list[str]:
        with (tmp_path / "locked").open("wb") as locked:
            os.set_inheritable(locked.fileno(), True)
            await reader.read(due("n1"), capture("n1", "one"))
            folder = f"/proc/{reader.pid}/fd"
            return [os.readlink(f"{folder}/{each}") for each in os.listdir(folder)]

    held = with_reader(source, work)
    assert not [each for each in held if "locked" in each]
    assert len([each for each in held if each.startswith("socket:")]) == 1


def gone(pid: int) -> bool:
    """Whether a process ends within the time that we are willing to wait."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True  # ended; nobody has asked yet how
        time.sleep(0.02)
    return False


def children_of(parent: int) -> list[int]:
    """The processes that a process started and that live."""
    found = []
    for each in filter(str.isdigit, os.listdir("/proc")):
        try:
            state, of = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of) == parent and state != "Z":
            found.append(int(each))
    return found


def test_ctrl_c_lets_the_pages_under_way_be_read_and_ends_crawl_and_reader() -> None:
    column = b"<html><p>Column 022717 Somebody</p><p>Monday, February 27, 2017</p></html>"
    routes = {f"/id{number}.html": Answer(column, wait=0.05) for number in range(4403, 9999)}
    settings = ("COMMUNIQUE_STORE=", "ITEM_PIPELINES={}", "RETRY_TIMES=0")
    command = [sys.executable, "-m", "crawler.run", "mexidata"]
    with serving(Web(routes, robots="")) as web:
        mapping = web.mapping("mexidata.info", "www.mexidata.info")
        crawl = subprocess.Popen(
            [*command, *(word for each in settings for word in ("-s", each))],
            cwd=ROOT,
            env={**os.environ, "COMMUNIQUE_CONNECT_TO": mapping, "COMMUNIQUE_CONNECT_DELAY": "0"},
            stderr=subprocess.PIPE,
            process_group=0,
        )
        deadline = time.monotonic() + PATIENCE
        while len(web.paths()) < 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        (reader,) = children_of(crawl.pid)
        os.killpg(crawl.pid, signal.SIGINT)
        _, told = crawl.communicate(timeout=PATIENCE)
    assert crawl.returncode == 3, told
    assert b"Traceback" not in told
    assert gone(reader)


@pytest.mark.parametrize("heading", ["idle", "forever"])
def test_a_crawl_that_is_killed_leaves_no_reader_behind(source: Path, heading: str) -> None:
    command = [sys.executable, "-m", "tests.reading.parent", str(source), heading]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        reader = int(parent.stdout.readline())
        assert Path(f"/proc/{reader}").exists()
        parent.kill()
        assert gone(reader)


def test_a_crawl_goes_on_after_pages_that_kill_its_reader(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path)
    web = web_of([[5, 4, 3, 2, 1]])
    for number, heading in ((4, "crash"), (2, "forever")):
        body = capture(f"n{number}", heading).body
        web.routes[f"/news/n{number}"] = Answer(body)
    with serving(web):
        crawled = crawls.crawl(
            definition=crawls.define(definition() + METHOD),
            settings=settings_for(web, COMMUNIQUE_READING_SECONDS=1.0),
        )
    assert crawled.result["outcome"] == "finished"
    assert crawled.states() == {
        "news/n1": "stored",
        "news/n2": "failed",
        "news/n3": "stored",
        "news/n4": "failed",
        "news/n5": "stored",
    }
    ledger = crawled.ledger()
    assert "ended its process twice: it was killed by signal 11" in ledger["news/n4"]["reason"]
    assert "took longer than 1 seconds" in ledger["news/n2"]["reason"]
    assert {ledger[key]["failure"] for key in ("news/n2", "news/n4")} == {FailureKind.STAGE}
    assert all(ledger[key]["next_try_at"] for key in ("news/n2", "news/n4"))


def test_a_crawl_without_a_reader_fails_and_loses_no_address(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path)
    web = web_of([[2, 1]])
    # The crawl leads its session, its readers do not.
    text = definition() + "\nimport os\n\nif os.getsid(0) != os.getpid():\n    raise SystemExit(7)\n"
    with serving(web):
        crawled = crawls.crawl(definition=crawls.define(text), settings=settings_for(web))
        again = crawls.crawl(definition=crawls.define(definition()), settings=settings_for(web))
    assert crawled.result["outcome"] == "failed"
    assert "ended with exit code 7, 3 times before it was ready" in crawled.result["error"]
    assert set(crawled.states().values()) <= {AddressState.DISCOVERED}
    assert set(again.states().values()) == {AddressState.STORED}
