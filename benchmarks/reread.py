"""Reading stored pages again, beside news-please and Fundus on the same pages: documents a second and core.

    python -m benchmarks.reread --pages 10000 --news-please PEER/bin/python --fundus PEER/bin/python

The pages are the replica's, of DHS (English) and gob.mx (Spanish), with navigation around them as real pages
have it. Peers run in environments of their own (`pip install news-please`; `pip install fundus
"curl_cffi<0.12"`), get pages that are decoded and in memory, and are timed by CPU time. Ours is timed twice,
in a fresh process as well: reading alone, as the peers do it, and the whole of `communique reread` (out of
the WARC, read, all stages of the pipeline). Fundus has no reading without rules: it gets parsers for the two
sites, written as its own are. All take turns, a round of pages each, so that a busy machine slows everybody
down alike; what counts is the ratio. news-please, which is slow, gets the first pages only (`--slow`).
A title is right when it ends with the true one: numbers and names of bodies before it are on the page.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from benchmarks.fallback import overlap
from crawler.cycles import collect_less
from crawler.items import Capture, CapturePlace, Due
from crawler.pages.read import read_page
from crawler.replica import Replica
from crawler.replica.exchange import Request
from crawler.replica.sites import all_sites
from crawler.source import registry
from scheduler.rereaders import PIECE, Page, read_some
from storage.captures import WarcStore
from storage.database import Database, default_url

SOURCES = ("us_dhs", "mx_sre", "mx_segob", "mx_shcp")


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored page and what is true of it."""

    source: str
    capture: Capture
    title: str
    day: str
    text: str
    place: CapturePlace | None = None


def pages(number: int, navigation: int) -> list[Stored]:
    """Pages of the replica, each with so many bytes of navigation before and after the article."""
    menu = "".join(
        f"<li class='item'><a href='/section/{each}'>Section {each} of this site</a></li>"
        for each in range(navigation // 150)
    )
    before, after = (f"<nav class='{each}'><ul>{menu}</ul></nav>" for each in ("top", "foot"))
    found: list[Stored] = []
    releases = number * 3 // 2
    while len(found) < number:
        releases += number
        replica = Replica(releases=releases, seed=11)
        sites = all_sites(replica.world, 6_000)
        found = []
        for release in (each for one in replica.truth for each in one.releases if each.source in SOURCES):
            parts = urlsplit(release.url)
            head = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.hostname}".encode()
            answer = sites[parts.hostname or ""].answer(Request.parse(head, False), None)
            if answer.status != 200 or b"</body>" not in answer.body:
                continue
            start = answer.body.index(b">", answer.body.index(b"<body")) + 1
            body = answer.body[:start] + before.encode() + answer.body[start:]
            body = body.replace(b"</body>", after.encode() + b"</body>")
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            capture = Capture(release.url, 200, headers, body, datetime(2026, 11, 20, tzinfo=UTC))
            text = "\n".join(release.body)
            found.append(Stored(release.source, capture, release.title, release.posted_on.isoformat(), text))
            if len(found) == number:
                break
    return found


def scores(told: Sequence[dict[str, Any]], stored: Sequence[Stored]) -> dict[str, float]:
    """How much of the pages was read right: share of titles and days, F1 of the words of the text."""
    return {
        "title": fmean(
            (each["title"] or "").strip().endswith(one.title) for each, one in zip(told, stored, strict=True)
        ),
        "day": fmean(each["day"] == one.day for each, one in zip(told, stored, strict=True)),
        "text": fmean(overlap(each["text"] or "", one.text) for each, one in zip(told, stored, strict=True)),
    }


def ours(stored: Sequence[Stored]) -> tuple[float, list[dict[str, Any]]]:
    """Reading alone, of pages in memory."""
    hints = [
        Due(registry()[each.source].address_key(each.capture.url) or "", each.capture.url) for each in stored
    ]
    read_page(registry()[stored[0].source], stored[0].capture, hints[0])
    started = time.process_time()
    readings = [
        read_page(registry()[each.source], each.capture, hint)
        for each, hint in zip(stored, hints, strict=True)
    ]
    seconds = time.process_time() - started
    items = [reading.items[0] if reading.items else None for reading in readings]
    return seconds, [
        {
            "title": item.title if item else None,
            "day": item.posted_on.isoformat() if item and item.posted_on else None,
            "text": "\n".join(item.body) if item else None,
        }
        for item in items
    ]


def whole(stored: Sequence[Stored], folder: Path) -> float:
    """Seconds for everything that `communique reread` does to a capture: WARC, reading, stages."""
    database = Database(default_url(folder))
    database.upgrade()
    warcs = WarcStore(folder / "captures", database)
    places = [warcs.write("run", each.capture, each.capture.body).place for each in stored]
    warcs.close()
    asked = [
        Page(
            each.source,
            place,
            Due(registry()[each.source].address_key(each.capture.url) or "", each.capture.url),
        )
        for each, place in zip(stored, places, strict=True)
        if place is not None
    ]
    read_some(folder / "captures", asked[:1])
    started = time.process_time()
    for start in range(0, len(asked), PIECE):
        for answer in read_some(folder / "captures", asked[start : start + PIECE]):
            if not answer.records:
                raise RuntimeError(f"nothing was read: {answer.problem}")
    seconds = time.process_time() - started
    database.close()
    return seconds


def peer(name: str, python: str, stored: Sequence[Stored]) -> tuple[float, list[dict[str, Any]]]:
    """The same pages by a peer."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for each in stored:
                page = {"url": each.capture.url, "html": each.capture.body.decode()}
                file.write(json.dumps(page) + "\n")
        script = Path(__file__).with_name("reread_peers.py")
        done = subprocess.run(
            [python, script, name, path], capture_output=True, text=True, check=True, cwd=folder
        )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return float(lines[-1]["seconds"]), lines[:-1]


@dataclass(slots=True)
class Result:
    """What one reader did in all rounds."""

    pages: int = 0
    seconds: float = 0.0
    sums: dict[str, float] = field(default_factory=dict)

    def add(self, seconds: float, told: Sequence[dict[str, Any]], stored: Sequence[Stored]) -> None:
        """Take one round in."""
        self.pages += len(stored)
        self.seconds += seconds
        for what, value in scores(told, stored).items():
            self.sums[what] = self.sums.get(what, 0.0) + value * len(stored)

    def in_words(self, ours: float) -> str:
        """Pages, rate, rate as a share of ours, quality."""
        rate = self.pages / self.seconds
        quality = ", ".join(f"{what} {value / self.pages:.3f}" for what, value in self.sums.items())
        return f"{self.pages:6} pages, {rate:8.1f} a second and core ({rate / ours:.3f} of ours); {quality}"


def show(results: Mapping[str, Result]) -> None:
    """Print a line for each reader, of all rounds so far."""
    best = results["ours, reading"]
    for name, result in results.items():
        print(f"{name:15} {result.in_words(best.pages / best.seconds)}", flush=True)


def main(
    number: Annotated[int, typer.Option("--pages", help="How many pages.")] = 600,
    navigation: Annotated[int, typer.Option(help="Bytes of navigation before and after.")] = 20_000,
    news_please: Annotated[
        str | None, typer.Option(help="Python of an environment with news-please.")
    ] = None,
    fundus: Annotated[str | None, typer.Option(help="Python of an environment with Fundus.")] = None,
    at_once: Annotated[int, typer.Option("--round", help="Pages of a round.")] = 500,
    slow: Annotated[int, typer.Option(help="Pages for news-please.")] = 200,
) -> None:
    """Measure, and print a line for each after every round."""
    stored = pages(number, navigation)
    size = fmean(len(each.capture.body) for each in stored)
    print(f"{len(stored)} pages, {size / 1000:.0f} kB each", flush=True)
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(stored), at_once):
            some = stored[start : start + at_once]
            with ProcessPoolExecutor(1, get_context("spawn"), initializer=collect_less) as alone:
                seconds, told = alone.submit(ours, some).result()
                reread = alone.submit(whole, some, Path(folder) / str(start)).result()
            results.setdefault("ours, reading", Result()).add(seconds, told, some)
            results.setdefault("ours, reread", Result()).add(reread, told, some)
            if fundus is not None:
                results.setdefault("fundus", Result()).add(*peer("fundus", fundus, some), some)
            few = some[: max(0, slow - start)]
            if news_please is not None and few:
                results.setdefault("news-please", Result()).add(*peer("news-please", news_please, few), few)
            show(results)


if __name__ == "__main__":
    typer.run(main)
