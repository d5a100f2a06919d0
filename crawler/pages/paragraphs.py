"""Elements to paragraphs, in reading order, each text exactly once.

Whatever a browser would start on a new line starts a paragraph: block elements, and two line breaks
(`<br><br>`). One `<br>` is a line break within its paragraph and becomes a space, as do the newlines of
editors that break lines inside sentences. What a reader does not see (scripts, hidden elements) and what is
no text of the page's own (navigation, form controls) is left out. `aria-hidden` stays: it hides from screen
readers only, and sites put it on text that is visible.

No function recurses: a page of thousands of nested elements is walked like any other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from lxml import etree

Element = Any
"""An lxml element; lxml carries no types."""

BLOCKS = frozenset(
    """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu ol
    optgroup p plaintext pre search section summary table tbody td tfoot th thead tr ul xmp
    """.split()  # noqa: SIM905 - a word a line would be a page
)
UNSEEN = frozenset(
    """
    applet area audio base button canvas datalist embed head iframe input link map meta meter nav
    noembed noscript object option progress script select source style svg template textarea title track
    video
    """.split()  # noqa: SIM905 - a word a line would be a page
)
_PREFORMATTED = frozenset(("pre", "listing", "xmp", "plaintext"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CELLS = frozenset(("td", "th"))

_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")

# NUL cannot stand in a parsed document, so it can mark line breaks among its text.
_BREAK = "\0"
_LONGEST_CELL = 80
"""Characters: longer cells are text set in a layout table, not figures of a row."""


def _is_left_out(element: Element, tag: str) -> bool:
    if tag in UNSEEN:
        # The button of a folded section is its heading.
        return not (tag == "button" and _heading_around(element))
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() != "until-found":
        return True
    style = element.get("style")
    return style is not None and _HIDDEN_STYLE.search(style) is not None


def _heading_around(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in _HEADINGS


def _split(text: str) -> list[str]:
    """The paragraphs in a run of inline text: their lines joined by a newline each, blanks collapsed."""
    if _BREAK not in text:
        words = " ".join(text.split())
        return [words] if words else []
    paragraphs: list[str] = []
    lines: list[str] = []
    for piece in text.split(_BREAK):
        line = " ".join(piece.split())
        if line:
            lines.append(line)
        elif lines:
            paragraphs.append("\n".join(lines))
            lines = []
    if lines:
        paragraphs.append("\n".join(lines))
    return paragraphs


class _Walker:
    """Collects paragraphs while elements open and close."""

    __slots__ = ("inline", "paragraphs", "preformatted", "rows")

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self.inline: list[str] = []
        self.preformatted = 0
        # One entry per open table row: number of paragraphs when it began, and of its cells so far.
        self.rows: list[list[int]] = []

    def text(self, text: str | None) -> None:
        if text:
            self.inline.append(_BLANK_LINE.sub(_BREAK * 2, text) if self.preformatted else text)

    def end_paragraph(self) -> None:
        if self.inline:
            self.paragraphs.extend(_split("".join(self.inline)))
            self.inline.clear()

    def end_row(self) -> None:
        """Join the cells of a row of figures to one paragraph, as a reader takes them in."""
        begin, cells = self.rows.pop()
        row = self.paragraphs[begin:]
        if 1 < len(row) <= cells and all(len(cell) <= _LONGEST_CELL and "\n" not in cell for cell in row):
            self.paragraphs[begin:] = [" | ".join(row)]


def _walk(root: Element, dropped: Collection[Element], rows: bool) -> list[str]:
    walker = _Walker()
    events = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in events:
        tag = element.tag
        if event == "start":
            if element is not root and (_is_left_out(element, tag) or (dropped and element in dropped)):
                if tag in BLOCKS:
                    walker.end_paragraph()
                events.skip_subtree()
                continue
            if tag == "br":
                walker.inline.append(_BREAK)
            elif tag in BLOCKS:
                if walker.inline:
                    walker.end_paragraph()
                if rows and tag == "tr":
                    walker.rows.append([len(walker.paragraphs), 0])
                elif tag in _CELLS and walker.rows:
                    walker.rows[-1][1] += 1
                elif tag in _PREFORMATTED:
                    walker.preformatted += 1
            if element.text:
                walker.text(element.text)
        else:
            if event == "end" and tag in BLOCKS:
                if walker.inline:
                    walker.end_paragraph()
                if tag == "tr" and walker.rows:
                    walker.end_row()
                elif tag in _PREFORMATTED and walker.preformatted:
                    walker.preformatted -= 1
            if element is not root and element.tail:
                walker.text(element.tail)
    walker.end_paragraph()
    return walker.paragraphs


def _outermost(elements: Iterable[Element]) -> list[Element]:
    """The elements that are not inside another one of them: nested matches would give their text twice."""
    chosen = list(elements)
    if len(chosen) < 2:
        return chosen
    among = set(chosen)
    return [each for each in chosen if not any(ancestor in among for ancestor in each.iterancestors())]


def paragraphs_of(elements: Iterable[Element], dropped: Collection[Element] = ()) -> tuple[str, ...]:
    """The paragraphs of one or several elements, in reading order; `dropped` elements are left out.

    A table row of short cells is one paragraph, its cells separated by " | ".
    """
    found: list[str] = []
    for element in _outermost(elements):
        found.extend(_walk(element, dropped, rows=True))
    return tuple(each.replace("\n", " ") for each in found)


def flow_of(element: Element) -> tuple[str, ...]:
    """The paragraphs of a page without usable markup; single line breaks (`<br>`) stay as newlines.

    Every table cell is a paragraph of its own, because such pages are laid out with tables.
    """
    return tuple(_walk(element, (), rows=False))


def flat_text(element: Element) -> str:
    """All visible text of an element on one line."""
    if not len(element):
        return " ".join(element.text.split()) if element.text else ""
    return " ".join(_walk(element, (), rows=False)).replace("\n", " ")


def saved_flow(text: str) -> tuple[str, ...]:
    """The paragraphs of a page saved as text: blank lines separate, line breaks stay as newlines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").replace(_BREAK, "")
    return tuple(_split(lines.replace("\n", _BREAK)))


def saved_paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of saved text, hard line breaks within them joined by spaces."""
    return tuple(joined(each) for each in saved_flow(text))


def joined(paragraph: str) -> str:
    """A paragraph of a flow on one line."""
    return paragraph.replace("\n", " ")


def cut(paragraphs: tuple[str, ...], begin: str | None, end: Iterable[str]) -> tuple[str, ...]:
    """The paragraphs after the first that begins with the pattern `begin` (none: all of them), and before the
    first of those that begins with one of `end`. () where nothing begins so."""
    if begin is not None:
        opening = re.compile(begin)
        start = next((number for number, each in enumerate(paragraphs) if opening.match(each)), None)
        if start is None:
            return ()
        paragraphs = paragraphs[start + 1 :]
    for closing in map(re.compile, end):
        stop = next((number for number, each in enumerate(paragraphs) if closing.match(each)), None)
        paragraphs = paragraphs[:stop]
    return paragraphs
