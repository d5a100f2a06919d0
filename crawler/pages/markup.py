"""HTML to a tree, whatever it is: no nesting and no number of attributes stops the parser or holds it up."""

from __future__ import annotations

import re
import threading

from lxml import etree

from crawler.pages.paragraphs import BLOCKS, Element

_DEEPEST = 1000
_BREAK = "<br><br>"
"""What stands for a block beyond that."""
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)[^<>]*>")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)

# libxml2 walks the list of a tag's attributes for each one that it adds: 50,000 of them take 6 seconds.
_SMALL = 64 * 1024
_LARGE = 256 * 1024
_WINDOW = 16 * 1024
_START_TAG = re.compile(rb"<([A-Za-z][A-Za-z0-9:-]{0,60})(?:[^<>\"']+|\"[^\"]{0,1000}\"|'[^']{0,1000}')+")
_BETWEEN = re.compile(rb"[\s/=]+")
_LONG = 8 * 1024
_MANY_ATTRIBUTES = 2000

_parsers = threading.local()


def _parser() -> etree.HTMLParser:
    """One parser a thread, because its report of errors is read after each page.

    It asks no network, reads no external entity, and takes nesting up to libxml2's own limit of 2,048 levels.
    """
    known = getattr(_parsers, "html", None)
    if known is None:
        known = _parsers.html = etree.HTMLParser(
            encoding="utf-8",
            recover=True,
            huge_tree=True,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
        )
    return known


def parse_html(markup: str, encoded: bytes | None = None) -> tuple[Element | None, str | None]:
    """The root element, or None when there is no markup at all, and a note when the markup had to be cut.

    `encoded` is the same markup as UTF-8 without U+0000, where the caller has it already.

    Content nested deeper than libxml2 takes would be lost without a word, so such a page is parsed again with
    the tags beyond a thousand levels taken out and their text kept.
    """
    data = encoded if encoded is not None else _encoded(markup)
    if not data or data.isspace():
        return None, None
    note = None
    if len(data) > _SMALL and (disarmed := _without_many_attributes(data)) is not None:
        data, note = disarmed, "markup with thousands of attributes in one tag; cut"
    root, too_deep = _parse(data)
    if too_deep:
        note = f"markup nested deeper than the parser reads; cut at {_DEEPEST} levels"
        root, _ = _parse(_encoded(_thinned(data.decode("utf-8", "replace"))))
    return root, note


def _encoded(markup: str) -> bytes:
    # U+0000 ends a document for some readers and is no text for any.
    return markup.replace("\0", "").encode("utf-8", "replace")


def _parse(data: bytes) -> tuple[Element | None, bool]:
    """The root, and whether the parser stopped because of the nesting."""
    parser = _parser()
    try:
        root: Element | None = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, False
    # The limit is the last thing that the parser reports, because it stops there.
    last = parser.error_log.last_error
    return root, last is not None and last.type_name == "ERR_RESOURCE_LIMIT"


def _without_many_attributes(data: bytes) -> bytes | None:
    """The markup with overloaded tags emptied; None (the usual case) when there are none."""
    windows = range(0, len(data) - _WINDOW + 1, _WINDOW)
    if len(data) < _LARGE and all(data.find(b">", start, start + _WINDOW) >= 0 for start in windows):
        # Every tag is shorter than two windows: not enough attributes to matter.
        return None
    found = False

    def emptied(match: re.Match[bytes]) -> bytes:
        nonlocal found
        tag = match.group()
        if len(tag) < _LONG or len(_BETWEEN.findall(tag)) < _MANY_ATTRIBUTES:
            return tag
        found = True
        return b"<" + match.group(1)

    cut = _START_TAG.sub(emptied, data)
    return cut if found else None


def _thinned(markup: str) -> str:
    pieces: list[str] = []
    open_tags: list[str] = []
    end = 0
    # Whether nothing but space has come since a break: one for each of thousands of tags would all be walked.
    broken = False
    for match in _TAG.finditer(markup):
        between = markup[end : match.start()]
        broken = broken and not between.strip()
        pieces.append(between)
        end = match.end()
        name = match.group(2).lower()
        deep = False
        if name not in _VOID:
            if not match.group(1):
                open_tags.append(name)
            deep = len(open_tags) > _DEEPEST
            if match.group(1) and open_tags and open_tags[-1] == name:
                open_tags.pop()
        if not deep:
            pieces.append(match.group())
            broken = False
        elif name in BLOCKS and not broken:
            pieces.append(_BREAK)
            broken = True
    pieces.append(markup[end:])
    return "".join(pieces)
