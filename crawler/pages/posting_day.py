"""The day on which a page without rules was posted, by what stands around its headline or in its head.

Two places tell: the byline over or under the headline, and what the page says to machines (`meta`, JSON-LD).
Both say when *this page* was posted, unlike the first date anywhere on the page, which may belong to a box of
recent posts, to an event, or to what is told in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from crawler.pages.date_lines import is_label, labelled_day, read_date_line
from crawler.pages.dates import fold, parse_date
from crawler.pages.page import Page
from crawler.pages.paragraphs import paragraphs_of
from crawler.source import Source

_BEFORE = 4
"""Lines over the headline that may be its byline."""
_AFTER = 6
_TEXT = 160
"""Characters: a longer paragraph under the headline is the text, where its byline ends."""
_SENTENCE = 60
"""Characters from which a line that ends like a sentence is text."""
_PARTS = 4
_NUMBER_AT_END = re.compile(r"(?<=:\d\d)\s[\d/№#-]{4,}$")
"""The number of a release after the time of day."""

_PUBLISHED = (
    "meta[property='article:published_time']",
    "meta[itemprop='datePublished']",
    "meta[name='dcterms.issued']",
    "meta[name='dcterms.created']",
    "meta[name='DC.date.issued']",
    "meta[name='DC.Date']",
    "meta[name='dc.date']",
    "meta[name='publish-date']",
    "meta[name='pubdate']",
    "meta[name='date']",
)
_JSON_LD = re.compile(r'"datePublished"\s*:\s*"(?P<value>\d{4}-\d{2}-\d{2}[^"]{0,30})"')

Told = tuple[str, date]
"""As written, and the day."""


def told_by_byline(source: type[Source], page: Page, headline: str | None) -> Told | None:
    """The day on a line near the headline (the nearest under it, else over it), or the only labelled day."""
    if page.tree is None:
        return None
    latest = page.capture.captured_at.astimezone(source.zone()).date()
    lines = paragraphs_of((page.tree,))
    labelled = {day: line for line, day in _labelled(source, page, lines) if day <= latest}
    if len(labelled) == 1:
        ((day, line),) = labelled.items()
        return line, day
    wanted = fold(headline or "").strip(" .:")
    places = [at for at, line in enumerate(lines) if wanted and fold(line).strip(" .:") == wanted]
    for place in reversed(places):
        for line in _near(lines, place):
            told = _told(source, page, line)
            if told is not None and told <= latest:
                return line, told
    return None


def _labelled(source: type[Source], page: Page, lines: Sequence[str]) -> Iterator[Told]:
    """Days after a label on the same line, or on the line after a label."""
    above = ""
    for line in lines:
        day: date | None = labelled_day(line, source, page.language)
        read = read_date_line(line, source, page.language) if day is None and is_label(above) else None
        if read is not None and len(read.days) == 1:
            day = next(iter(read.days))
        if day is not None:
            yield line, day
        above = line


def _near(lines: Sequence[str], place: int) -> Iterator[str]:
    for line in lines[place + 1 : place + 1 + _AFTER]:
        if len(line) > _TEXT or (len(line) > _SENTENCE and line.endswith((".", "。", "।", "۔"))):
            break
        yield line
    yield from reversed(lines[max(0, place - _BEFORE) : place])


def _told(source: type[Source], page: Page, line: str) -> date | None:
    """The day of a byline: alone, or between bars. A place beside it tells when it was said, not posted."""
    parts = [each.strip() for each in line.split("|")]
    if len(parts) > _PARTS:
        return None
    for part in parts:
        read = read_date_line(_NUMBER_AT_END.sub("", part), source, page.language)
        if read is not None and len(read.days) == 1 and (read.labelled or not read.placed):
            return next(iter(read.days))
    return None


def told_by_head(source: type[Source], page: Page) -> Told | None:
    """The day of publication that the page tells machines."""
    latest = page.capture.captured_at.astimezone(source.zone()).date()
    for selector in _PUBLISHED:
        raw = page.first(f"{selector}::attr(content)")
        if raw and (day := _plain_day(source, raw)) is not None and day <= latest:
            return raw, day
    match = _JSON_LD.search(page.text)
    if match is not None and (day := _plain_day(source, match["value"])) is not None and day <= latest:
        return match["value"], day
    return None


def _plain_day(source: type[Source], raw: str) -> date | None:
    found = parse_date(raw, ("iso",), None, source.zone())
    return found.day if found is not None else None
