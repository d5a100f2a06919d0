"""PDF files by rule: lines to paragraphs, without running heads, and the `Pdf` layout over them.

The file is opened by a child process (`crawler.pages.pdf_text`). What comes back are lines with their places;
a paragraph ends where the distance to the next line grows, the letters change their size, a line is indented,
or a sentence ends well before the right edge. Across pages a sentence goes on.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from crawler.declare import Date, Pdf
from crawler.extras import how_to_install
from crawler.items import SCANNED, Due, FailureKind
from crawler.pages.page import Page, legible
from crawler.pages.paragraphs import cut
from crawler.pages.reading import Failure, Unfit
from crawler.pages.selectors import compile_pattern, taken_by
from crawler.pages.values import Known, Values, by_methods, dates_of, methods_of, put_dates
from crawler.source import Source

SECONDS = 25.0
"""Longest that a file may take, the child's start included."""
_MOST_ANSWER = 64 * 1024 * 1024

_GAP = 1.45
"""Times the usual distance of lines: the next line begins a paragraph."""
_WIDEST = 2.6
"""Times the height of letters (which is some 0.7 of the font's size): lines set in double distance."""
_OTHER_SIZE = 1.22
"""Times as high: a headline and its text."""
_ENOUGH_LETTERS = 12
"""Characters of a line whose tallest letters tell the size of its font."""
_SHORT = 0.85
"""Part of the column's width: a sentence that ends before it ends its paragraph."""
_INDENT = 0.8
"""Times the height of letters."""
_SENTENCE_END = re.compile(r"[.!?:;…。！？」”\"»)]\s*$")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|página|pág\.|seite|pagina|страница)\s*)?\d{1,4}(?:\s*(?:/|of|de|von|sur|di|из)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
_EDGE_LINES = 3
"""Lines at the top and the bottom of a page that may be running heads."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page; measures in points from the page's upper left corner."""

    text: str
    left: float
    top: float
    right: float
    size: float


@dataclass(frozen=True, slots=True)
class PdfText:
    """A file as text."""

    paragraphs: tuple[str, ...]
    begins: tuple[int, ...]
    """For each page, the number of the first paragraph that begins on it, or after it (counting from 0)."""
    scanned: bool
    """Nothing but pictures of pages: there is no text to read."""


class UnreadablePdf(ValueError):
    """The file gives no text; kind and message say why."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


@lru_cache(maxsize=4)
def text_of(body: bytes) -> PdfText:
    """The text of a PDF file. Raises UnreadablePdf."""
    pages = _opened(body)
    lines = _without_running_heads([[Line(*line) for line in page["lines"]] for page in pages])
    paragraphs, begins = _paragraphs(lines)
    empty = not any(any(character.isalpha() for character in each) for each in paragraphs)
    if empty and not any(page["images"] for page in pages):
        raise UnreadablePdf(FailureKind.UNREADABLE, f"{len(pages)} pages without text and without pictures")
    return PdfText(paragraphs, begins, scanned=empty)


def _opened(body: bytes) -> list[dict[str, Any]]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crawler.pages.pdf_text"],
            input=body,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadablePdf(
            FailureKind.UNREADABLE, f"it took longer than {SECONDS:g} s to open and was given up"
        ) from None
    if done.returncode == 3:
        raise UnreadablePdf(FailureKind.UNREADABLE, f"PDF files cannot be read here: {how_to_install('pdf')}")
    if done.returncode != 0 or len(done.stdout) > _MOST_ANSWER:
        raise UnreadablePdf(
            FailureKind.UNREADABLE, f"opening it ended the program that did so (status {done.returncode})"
        )
    answer = json.loads(done.stdout)
    if "error" in answer:
        large = answer["error"] == "too large"
        kind = FailureKind.TOO_LARGE if large else FailureKind.UNREADABLE
        raise UnreadablePdf(kind, f"{answer['error']}: {answer['detail']}")
    pages: list[dict[str, Any]] = answer["pages"]
    return pages


def _without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages without page numbers, and without what stands at the edge of most of them again and again."""

    def edges(lines: list[Line]) -> list[Line]:
        by_place = sorted(lines, key=lambda line: line.top)
        return [*by_place[:_EDGE_LINES], *by_place[-_EDGE_LINES:]]

    def form(line: Line) -> tuple[str, int]:
        return re.sub(r"\d+", "#", line.text), round(line.top / 12)

    seen = Counter(each for lines in pages for each in {form(line) for line in edges(lines)})
    often = max(2, (len(pages) + 1) // 2)
    kept = []
    for lines in pages:
        at_edge = edges(lines)
        outermost = (
            [min(lines, key=lambda line: line.top), max(lines, key=lambda line: line.top)] if lines else []
        )
        dropped = {line for line in at_edge if len(pages) > 1 and seen[form(line)] >= often}
        dropped |= {line for line in outermost if _PAGE_NUMBER.fullmatch(line.text)}
        kept.append([line for line in lines if line not in dropped])
    return kept


def _paragraphs(pages: list[list[Line]]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    steps = [after.top - before.top for lines in pages for before, after in pairwise(lines)]
    # Most steps of a short release are those between its paragraphs; the small ones are within them.
    within = sorted(step for step in steps if step > 0) or [1.0]
    sizes = sorted(line.size for lines in pages for line in lines) or [1.0]
    usual = min(within[len(within) // 5], _WIDEST * sizes[len(sizes) // 2])
    paragraphs: list[str] = []
    begins: list[int] = []
    before: Line | None = None
    for lines in pages:
        begins.append(len(paragraphs))
        edge = max((line.right for line in lines), default=0.0)
        margin = min((line.left for line in lines), default=0.0)
        first = True
        for line in lines:
            goes_on = before is not None and (
                _goes_on_overleaf(before, line) if first else _goes_on(before, line, usual, margin, edge)
            )
            if goes_on and paragraphs:
                paragraphs[-1] = _joined(paragraphs[-1], line.text)
            else:
                paragraphs.append(line.text)
            before, first = line, False
        if begins[-1] > 0 and not lines:
            begins[-1] = len(paragraphs)
    clean = (legible(re.sub("\u00ad$", "-", each).replace("\u00ad", "")).strip() for each in paragraphs)
    return tuple(" ".join(each.split()) for each in clean), tuple(begins)


def _goes_on(before: Line, line: Line, usual: float, margin: float, edge: float) -> bool:
    step = line.top - before.top
    if step < 0 or step > _GAP * usual:
        return False
    low, high = sorted((before.size, line.size))
    telling = min(len(before.text), len(line.text)) >= _ENOUGH_LETTERS
    if telling and high > _OTHER_SIZE * low:
        return False
    ends = _SENTENCE_END.search(before.text) is not None
    width = max(edge - margin, 1.0)
    if ends and before.right - margin < _SHORT * width:
        return False
    return not (line.left - before.left > _INDENT * line.size and ends)


def _goes_on_overleaf(before: Line, line: Line) -> bool:
    if before.text.endswith("\u00ad"):
        return True
    if _SENTENCE_END.search(before.text):
        return False
    begin = line.text[:1]
    return begin.islower() or (_UNSPACED.match(begin) is not None and bool(_UNSPACED.match(before.text[-1])))


def _joined(before: str, after: str) -> str:
    """Two lines of a paragraph as one text; a hyphen that only breaks a word goes."""
    if before.endswith("\u00ad"):
        whole = before[-2:-1].islower() and after[:1].islower()
        return before[:-1] + ("" if whole else "-") + after
    if _UNSPACED.match(before[-1:]) and _UNSPACED.match(after[:1]):
        return before + after
    return f"{before} {after}"


def read_pdf(
    source: type[Source], layout: Pdf, page: Page, hint: Due | None, known: Known
) -> Values | Unfit | Failure:
    """The values of all rules over the paragraphs; a scanned file has no body, and a note says why."""
    try:
        text = text_of(page.capture.body)
    except UnreadablePdf as error:
        return Failure(error.kind, f"expected a PDF file at {page.capture.url}, found none to read: {error}")
    values: Values = {"language": known.language}
    by_index = hint.title if hint is not None else None
    if text.scanned:
        page.notes.append(SCANNED)
        name = unquote(PurePosixPath(urlsplit(page.url).path).name)
        return {**values, "title": by_index or name or page.url, "body": ()}
    if len(text.begins) > 1:
        places = ", ".join(f"{number + 2} at {begin + 1}" for number, begin in enumerate(text.begins[1:30]))
        page.notes.append(f"text of a PDF file; its pages begin at paragraphs: 1 at 1, {places}")
    else:
        page.notes.append("text of a PDF file")
    found = text.paragraphs
    methods = methods_of(source)
    title = _first(found, layout.title) if layout.title is not None else by_index
    body = tuple(each for each in cut(found, layout.begin, layout.end) if not _is_dropped(each, layout.drop))
    values["title"] = methods["title"](page) if "title" in methods else title
    values["body"] = tuple(methods["body"](page) or ()) if "body" in methods else _without(body, title)
    missing = tuple(name for name in ("title", "body") if not values[name])
    if missing:
        return Unfit(missing)
    for name in ("kind", "folio", "dateline", "attribution"):
        value = _first(found, getattr(layout, name))
        if value is not None:
            values[name] = value
    if layout.issuers is not None:
        issuers = [value for each in found if (value := _taken(each, layout.issuers)) is not None]
        values["issuers"] = tuple(dict.fromkeys(issuers))
    put_dates(values, *dates_of(layout, lambda _, rule: _texts(found, rule), known.language, source, known))
    by_methods(source, page, values)
    return values


def _texts(paragraphs: Sequence[str], rule: Date) -> list[str]:
    return [value for each in paragraphs if (value := _taken(each, rule.selector)) is not None]


def _taken(paragraph: str, pattern: str) -> str | None:
    match = compile_pattern(pattern).search(paragraph)
    return (taken_by(match).strip() or None) if match is not None else None


def _first(paragraphs: Sequence[str], pattern: str | None) -> str | None:
    if pattern is None:
        return None
    return next((value for each in paragraphs if (value := _taken(each, pattern)) is not None), None)


def _is_dropped(paragraph: str, patterns: Sequence[str]) -> bool:
    return any(compile_pattern(each).match(paragraph) for each in patterns)


def _without(paragraphs: tuple[str, ...], title: str | None) -> tuple[str, ...]:
    """The paragraphs without the title, where that is one of the first."""
    if title in paragraphs[:6]:
        at = paragraphs.index(title or "")
        return (*paragraphs[:at], *paragraphs[at + 1 :])
    return paragraphs
