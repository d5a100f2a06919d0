"""Pages without usable markup, and pages saved as text, by the order of their paragraphs: the `Flow` layout.

Its patterns: a heading, and what is no release, must begin a paragraph; the date stands anywhere in its
line, the marks of the end anywhere in a paragraph; a foot line is a whole paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crawler.declare import Flow
from crawler.pages.dates import Found
from crawler.pages.page import Page
from crawler.pages.paragraphs import joined
from crawler.pages.reading import Unfit
from crawler.pages.selectors import compile_pattern, taken_by
from crawler.pages.values import Values, by_methods, methods_of, parsed, put_dates
from crawler.source import Source

_FOOT_WITHIN = 6
"""Paragraphs at the end of the text among which the foot line is looked for: further up, a paragraph that
happens to fit is the text's own."""
_LONGEST_LINE = 400
"""Characters: an office line or a foot line is no longer; a paragraph of text is not taken for one."""


def skip_reason(layout: Flow, page: Page) -> str | None:
    """Why the page is no release by `not_releases`; None when its opening paragraph is a release's."""
    opening = _opening(layout, page.flow)
    if opening is None:
        return None
    paragraph = joined(page.flow[opening])
    return next((why for each, why in layout.not_releases.items() if _begins((each,), paragraph)), None)


def _opening(layout: Flow, paragraphs: Sequence[str]) -> int | None:
    """Where a release opens, or (before the end) what is known not to be one."""
    ended = False
    for number, paragraph in enumerate(map(joined, paragraphs)):
        if _begins((layout.heading,), paragraph):
            return number
        if not ended and _begins(layout.not_releases, paragraph):
            return number
        ended = ended or _ends(layout, paragraph)
    return None


def _begins(patterns: Iterable[str], paragraph: str) -> bool:
    return any(compile_pattern(each).match(paragraph) for each in patterns)


def _ends(layout: Flow, paragraph: str) -> bool:
    return any(compile_pattern(each).search(paragraph) for each in layout.end)


def _before_end(layout: Flow, paragraphs: Sequence[str]) -> Sequence[str]:
    for number, paragraph in enumerate(paragraphs):
        if _ends(layout, joined(paragraph)):
            return paragraphs[:number]
    return paragraphs


def read_flow(source: type[Source], layout: Flow, page: Page) -> Values | Unfit:
    """The fields by the order of the paragraphs, or the parts of that order that are not there."""
    start = _opening(layout, page.flow)
    if start is None or not _begins((layout.heading,), joined(page.flow[start])):
        return Unfit(("heading",))
    # Furniture before the heading may look like the end; what follows the heading counts.
    heading, *rest = _before_end(layout, page.flow[start:]) or ("",)
    head = [*heading.split("\n")[1:], *rest]
    notes: list[str] = []
    values: Values = {"language": page.language}
    posted, head = _take_date(source, layout, values["language"], head)
    if posted[0] is None:
        notes.append("rules failed: posted")
    put_dates(values, posted, (None, None))
    paragraphs = [joined(each) for each in head]
    title, paragraphs = (paragraphs[0], paragraphs[1:]) if paragraphs else ("", [])
    offices, paragraphs = _take_offices(layout, paragraphs)
    if len(offices) < layout.offices:
        notes.append("rules failed: offices")
    body, foot, after = _split_at_foot(layout, paragraphs)
    if foot is None:
        notes.append("rules failed: attribution")
    if after:
        notes.append(f"paragraphs after the foot line left out: {after}")
    values.update(issuers=tuple(offices), attribution=foot)
    methods = methods_of(source)
    values["title"] = methods["title"](page) if "title" in methods else title
    values["body"] = tuple(methods["body"](page) or ()) if "body" in methods else tuple(body)
    missing = tuple(name for name in ("title", "body") if not values[name])
    if missing:
        return Unfit(missing)
    by_methods(source, page, values)
    page.notes.extend(notes)
    return values


def _take_date(
    source: type[Source], layout: Flow, language: str | None, paragraphs: list[str]
) -> tuple[tuple[str | None, Found | None], list[str]]:
    """The date on the next line, and what follows it."""
    if not paragraphs:
        return (None, None), []
    line, *more = paragraphs[0].split("\n")
    match = compile_pattern(layout.posted.selector).search(line)
    if match is None:
        return (None, None), paragraphs
    raw = taken_by(match).strip()
    after = ["\n".join(more)] if more else []
    return (raw, parsed(raw, layout.posted, language or source.languages[0], source)), [
        *after,
        *paragraphs[1:],
    ]


def _take_offices(layout: Flow, paragraphs: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < min(layout.offices, len(paragraphs) - 1) and len(paragraphs[count]) <= _LONGEST_LINE:
        count += 1
    return paragraphs[:count], paragraphs[count:]


def _split_at_foot(layout: Flow, paragraphs: list[str]) -> tuple[list[str], str | None, int]:
    """Body, foot line, and how many paragraphs stand after it."""
    pattern = compile_pattern(layout.attribution)
    for number in range(len(paragraphs) - 1, max(0, len(paragraphs) - _FOOT_WITHIN) - 1, -1):
        if len(paragraphs[number]) <= _LONGEST_LINE and pattern.fullmatch(paragraphs[number]):
            return paragraphs[:number], paragraphs[number], len(paragraphs) - number - 1
    return paragraphs, None, 0
