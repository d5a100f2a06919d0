"""One crawl of one contender: prints its pages, seconds, CPU time and peak memory as a JSON line.

    python -m benchmarks.contenders bare addresses.txt OUTPUT-FOLDER
    python -m benchmarks.contenders glued addresses.txt OUTPUT-FOLDER
    python -m benchmarks.contenders communique SOURCE DATA-FOLDER

`bare`: a Scrapy spider that fetches every address and yields it, nothing else.
`glued`: what anyone would put together: Scrapy, trafilatura, htmldate, datasketch, one commit per item.
`communique`: the whole way, from listing to statement. Time counts from the opened spider to the
stopped engine, so that the last write is in it and interpreter start is not. All use the same download
handler (it leads the real host names to loopback) and the same number of requests at once.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response

STOCK: dict[str, Any] = {
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
}


class Bare(scrapy.Spider):
    """Fetches each address and yields it."""

    name = "bare"
    addresses: list[str]

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for address in self.addresses:
            yield scrapy.Request(address, dont_filter=True)

    def parse(self, response: Response) -> Iterator[dict[str, str]]:
        yield {"url": response.url}


class Glued(Bare):
    """Reads each page with the general extractors."""

    name = "glued"

    def parse(self, response: Response) -> Iterator[dict[str, str]]:
        import htmldate
        import trafilatura

        text = response.text
        yield {
            "url": response.url,
            "text": trafilatura.extract(text) or "",
            "date": htmldate.find_date(text) or "",
        }


class GluedStore:
    """MinHash by datasketch, one commit per item."""

    def __init__(self, folder: Path) -> None:
        from datasketch import MinHashLSH

        self.lsh = MinHashLSH(threshold=0.7, num_perm=128)
        self.database = sqlite3.connect(folder / "glued.db")
        self.database.execute("pragma journal_mode=wal")
        self.database.execute("create table if not exists item (url text primary key, text, date, twin)")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GluedStore:
        return cls(Path(crawler.settings["GLUED_FOLDER"]))

    def process_item(self, item: dict[str, str]) -> dict[str, str]:
        from datasketch import MinHash

        words = item["text"].split()
        signature = MinHash(num_perm=128)
        signature.update_batch([" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))])
        twins = self.lsh.query(signature)
        if item["url"] not in self.lsh:
            self.lsh.insert(item["url"], signature)
        row = (item["url"], item["text"], item["date"], ",".join(map(str, twins)))
        self.database.execute("insert or replace into item values (?, ?, ?, ?)", row)
        self.database.commit()
        return item


def peak_megabytes(process: int | str = "self") -> float:
    """Peak resident memory of a process.

    Not ru_maxrss: Linux lets that begin with what the parent held when it started the process.
    """
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise RuntimeError(f"/proc/{process}/status names no VmHWM")


def helpers() -> Iterator[tuple[str, int]]:
    """The processes that a crawl has for reading and for writing."""
    modules = {"crawler.reading": "reader", "pipelines.writing": "writer"}
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        for module in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
            if module in modules:
                yield modules[module], int(pid)


def cpu_seconds(process: int) -> float:
    """CPU time of a process until now, its start included."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(settings: dict[str, Any], spider: type[scrapy.Spider] | str) -> dict[str, Any]:
    """Run one crawl; pages are the items that went all the way."""
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider)
    clock: dict[str, float] = {}
    cpu: dict[str, float] = {}
    peaks = {"reader": 0.0, "writer": 0.0}

    def opened() -> None:
        clock["opened"], cpu["opened"] = time.perf_counter(), time.process_time()

    def idle() -> None:
        for name, pid in helpers():
            peaks[name] = peak_megabytes(pid)
            cpu[name] = cpu_seconds(pid)

    def stopped() -> None:
        clock["stopped"], cpu["stopped"] = time.perf_counter(), time.process_time()

    crawler.signals.connect(idle, signals.spider_idle)
    crawler.signals.connect(opened, signals.spider_opened)
    crawler.signals.connect(stopped, signals.engine_stopped)
    process.crawl(crawler)
    process.start()
    assert crawler.stats is not None
    stats = crawler.stats.get_stats()
    seconds = clock["stopped"] - clock["opened"]
    pages = int(stats.get("item_scraped_count", 0))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "pages": pages,
        "responses": int(stats.get("response_received_count", 0)),
        "seconds": round(seconds, 3),
        "pages_per_second": round(pages / seconds, 1),
        "peak_mb": peak_megabytes(),
        "reader_peak_mb": peaks["reader"],
        "writer_peak_mb": peaks["writer"],
        "cpu_ms_per_page": round(1000 * (cpu["stopped"] - cpu["opened"]) / pages, 2),
        "reader_cpu_ms_per_page": round(1000 * cpu.get("reader", 0.0) / pages, 2),
        "children_cpu_ms_per_page": round(1000 * (children.ru_utime + children.ru_stime) / pages, 2),
        "errors": int(stats.get("log_count/ERROR", 0)),
    }


def main() -> None:
    contender, what, folder = sys.argv[1:4]
    logging.captureWarnings(True)
    if contender == "communique":
        from scrapy.utils.project import get_project_settings

        settings = dict(get_project_settings())
        settings["COMMUNIQUE_DATA"] = folder
        result = measure(settings, what)
    else:
        settings = dict(STOCK)
        settings["COMMUNIQUE_CONNECT_TO"] = os.environ["COMMUNIQUE_CONNECT_TO"]
        settings["DOWNLOAD_HANDLERS"] = dict.fromkeys(
            ("http", "https"), "benchmarks.loopback.LoopbackDownloadHandler"
        )
        spider = {"bare": Bare, "glued": Glued}[contender]
        spider.addresses = Path(what).read_text().split()
        if contender == "glued":
            settings["ITEM_PIPELINES"] = {GluedStore: 100}
            settings["GLUED_FOLDER"] = folder
        result = measure(settings, spider)
    print(json.dumps({"contender": contender, **result}))


if __name__ == "__main__":
    main()
