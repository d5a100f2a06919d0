"""Reading without rules beside trafilatura and htmldate alone, on the sample pages.

    python -m benchmarks.fallback

The label of a page is what its source's rules read, which `tests/test_samples.py` checks field by field. Both
sides see the page's bytes only. Text is compared as bags of words (F1); title and posting day must be equal.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Annotated

import typer
from htmldate import find_date
from trafilatura import bare_extraction
from trafilatura.settings import Document

from crawler.items import Capture
from crawler.pages.fallback import read_generally
from crawler.pages.page import Page
from crawler.pages.read import read_page
from crawler.source import Source
from scheduler.samples import all_samples

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page and what is true of it."""

    name: str
    source: type[Source]
    capture: Capture
    title: str
    text: str
    posted_on: str | None


@dataclass(frozen=True, slots=True)
class Score:
    """How much of a page was found: F1 of the words, and whether title and day are right."""

    text: float
    title: bool
    day: bool


def labelled_pages() -> Iterator[Labelled]:
    """Sample pages in HTML that hold one release and are read by rules."""
    for sample in all_samples():
        if sample.is_index or sample.page.suffix != ".html":
            continue
        reading = read_page(sample.source, sample.capture())
        if len(reading.items) == 1 and reading.items[0].read_by == "rules":
            (item,) = reading.items
            day = item.posted_on.isoformat() if item.posted_on else None
            yield Labelled(
                sample.name, sample.source, sample.capture(), item.title, "\n".join(item.body), day
            )


def overlap(found: str, true: str) -> float:
    """F1 of two texts as bags of words; characters where a script has no spaces."""
    ours, theirs = (Counter(_tokens(each)) for each in (found, true))
    common = (ours & theirs).total()
    return 2 * common / (ours.total() + theirs.total()) if common else 0.0


def _tokens(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.lower()):
        if word > "\u2e80":
            yield from word
        else:
            yield word


def by_ours(page: Labelled) -> Score:
    """Our reading without rules."""
    source = page.source
    values = read_generally(source, Page(page.capture))
    if values is None:
        return Score(0.0, False, False)
    day = values.get("posted_on")
    return Score(
        overlap("\n".join(values["body"]), page.text),
        values["title"] == page.title,
        page.posted_on is None or (day is not None and day.isoformat() == page.posted_on),
    )


def by_libraries(page: Labelled) -> Score:
    """trafilatura for text and title, htmldate for the day, called as their manuals show."""
    markup = Page(page.capture).text
    document = bare_extraction(markup, url=page.capture.url, include_comments=False, with_metadata=True)
    day = find_date(markup, original_date=True, url=page.capture.url)
    if not isinstance(document, Document):
        return Score(0.0, False, page.posted_on is None or day == page.posted_on)
    return Score(
        overlap(document.text or "", page.text),
        document.title == page.title,
        page.posted_on is None or day == page.posted_on,
    )


def nested(page: Labelled, depth: int) -> Labelled:
    """The page with its body wrapped in that many elements."""
    markup = Page(page.capture).text
    wrapped = re.sub(r"(<body[^>]*>)", lambda match: match[1] + "<div>" * depth, markup, count=1)
    wrapped = wrapped.replace("</body>", "</div>" * depth + "</body>")
    headers = tuple(
        (name, value if name.lower() != "content-type" else "text/html; charset=utf-8")
        for name, value in page.capture.headers
    )
    return replace(
        page, capture=replace(page.capture, body=wrapped.encode("utf-8", "replace"), headers=headers)
    )


def measure(depth: int = 0, one_in: int = 1) -> dict[str, dict[str, float]]:
    """Means over all labelled pages, or one in so many of them, for each contender."""
    chosen = list(labelled_pages())[::one_in]
    pages = [nested(page, depth) if depth else page for page in chosen]
    table = {}
    for name, read in (("ours", by_ours), ("trafilatura and htmldate", by_libraries)):
        scores = [read(page) for page in pages]
        table[name] = {
            "pages": len(scores),
            "text": round(fmean(each.text for each in scores), 4),
            "title": round(fmean(each.title for each in scores), 4),
            "day": round(fmean(each.day for each in scores), 4),
        }
    return table


def main(json_lines: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False) -> None:
    """Measure plain pages and pages nested 2,000 levels deep."""
    for depth in (0, 2000):
        for name, row in measure(depth).items():
            if json_lines:
                print(json.dumps({"contender": name, "nested": depth, **row}))
            else:
                print(
                    f"nested {depth:5}  {name:26} {row['pages']:4.0f} pages  text {row['text']:.3f}  "
                    f"title {row['title']:.3f}  day {row['day']:.3f}"
                )


if __name__ == "__main__":
    typer.run(main)
