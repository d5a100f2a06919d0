"""What must not be filled in by general extraction, and what it finds that nobody vouches for.

A page in a layout that nobody has declared is read generally and held back with everything that was
found, until a definition describes it or says that such pages are wanted as they are. A page that its
declared layout fits in part is another matter: the site has moved or emptied one thing, and whatever general
extraction puts in its place (a menu, a share line, the site's slogan) would be kept as if it were the
release. Such a page is a failure that says what is gone, until the definition is corrected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.declare import Fields, Layout, Parts, Record, Text
from crawler.items import Due, FailureKind
from crawler.pages.dates import fold
from crawler.pages.page import Page
from crawler.pages.paragraphs import Element, paragraphs_of
from crawler.pages.reading import Failure
from crawler.pages.selectors import find, find_elements, find_texts, selector_of
from crawler.pages.values import Values, methods_of
from crawler.source import Source

_END_TAG = re.compile(r"</(?:html|body|frameset)\b", re.IGNORECASE)
_START_TAG = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_MAY_STAY_OPEN = frozenset(
    ("html", "body", "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot")
)
_CONTAINERS = ("div", "article", "section", "main", "header", "nav", "ul", "table", "head", "title", "p")
_EDGES = 5_000
"""Characters at a page's beginning and end in which it opens and closes."""
_TRIMMED = " .:…'\"«»“”"


def is_unfinished(page: Page, tag: str = "div") -> bool:
    """Whether a page opens as a whole document and never closes, nor closes every element of that tag.

    HTML lets the end tags of page, paragraphs, items and cells be left out, but not those of `div` and its
    like. A page that ends with one that may be left out is taken for whole when its last tag is.
    """
    text = page.text
    if _START_TAG.search(text, 0, _EDGES) is None or _END_TAG.search(text[-_EDGES:]):
        return False
    if tag in _MAY_STAY_OPEN:
        return not text.rstrip().endswith(">")
    opened = len(re.findall(rf"<{tag}\b", text, re.IGNORECASE))
    closed = len(re.findall(rf"</{tag}\s*>", text, re.IGNORECASE))
    return opened > closed


def cut_inside(page: Page, layout: Fields) -> Failure | None:
    """A failure for a page that ends within the body that the layout reads: part of the text is missing."""
    if page.tree is None or _END_TAG.search(page.text[-_EDGES:]):
        return None
    last: Element = page.tree
    open_at_end = {last}
    while len(last) and not (last[-1].tail or "").strip():
        last = last[-1]
        open_at_end.add(last)
    bodies = [each for each in find_elements(page.tree, layout.body) if each in open_at_end]
    return _cut(page) if any(is_unfinished(page, each.tag) for each in bodies) else None


def _cut(page: Page) -> Failure:
    return Failure(
        FailureKind.NETWORK,
        f"expected the whole of {page.url}, found a page that ends within its text: "
        f"...{page.text[-60:]!r}. The answer was cut off; the page is asked for again.",
    )


def doubt_of(source: type[Source], layouts: Sequence[Layout], page: Page, *, wanted: bool) -> Failure | None:
    """Why a page that no declared layout fits must not be read generally; None where it may.

    Where pages without rules are `wanted`, one that a layout fits in part is another layout's.
    """
    if page.tree is None:
        return None
    declared = [each for each in _fields_of(layouts) if "body" not in methods_of(source)]
    if declared and any(is_unfinished(page, tag) for tag in _CONTAINERS):
        return _cut(page)
    for layout in () if wanted else declared:
        title = layout.title is None or bool(find_texts(page.tree, selector_of(layout.title)))
        elements = find_elements(page.tree, layout.body)
        if elements and not paragraphs_of(elements):
            return _changed(page, f"a text in {layout.body!r}", "that element empty")
        if layout.title is not None and title and not elements and not _has_other(declared, layout, page):
            return _changed(page, f"a text in {layout.body!r} under its title", "no such element")
        if elements and not title and layout.title is not None and find(page.tree, selector_of(layout.title)):
            return _changed(page, f"a title in {selector_of(layout.title)!r}", "that element empty")
    return None


def _has_other(declared: Sequence[Fields], layout: Fields, page: Page) -> bool:
    """Whether the body of another layout stands on the page, so that this layout is not meant."""
    return any(find_elements(page.tree, each.body) for each in declared if each is not layout)


def _fields_of(layouts: Sequence[Layout]) -> list[Fields]:
    found: list[Fields] = []
    for layout in layouts:
        if isinstance(layout, Fields):
            found.append(layout)
        elif isinstance(layout, Parts):
            found += layout.parts.values()
    return found


def doubt_of_title(
    source: type[Source], layout: Fields, page: Page, hint: Due | None, title: str, values: Values
) -> Failure | None:
    """A failure where the body is read by rule and the title, found generally, has no witness.

    Witnesses are the index, or a heading that the head of the page repeats; nothing witnesses the part of a
    heading that a pattern takes. Fields that were read from where the title stood are lost with it.
    """
    takes_a_part = isinstance(layout.title, Text) and layout.title.pattern is not None
    if takes_a_part or not _is_witnessed(page, hint, title):
        return _changed(
            page,
            f"a title at {selector_of(layout.title or '')!r}",
            f"none there, and {title!r}, which neither index nor head and heading confirm",
        )
    methods = methods_of(source)
    lost = [
        name
        for name in ("kind", "issuers", "folio")
        if (getattr(layout, name) is not None or name in methods) and not values.get(name)
    ]
    return _changed(page, f"a title and {', '.join(lost)}", "neither") if lost else None


def doubt_of_needs(layout: Fields | Record, page: Page, values: Values) -> Values:
    """The doubt about a page on which rules find nothing that its layout needs; empty where there is none."""
    missed = [name for name in layout.needs if not values.get(name)]
    if not missed:
        return {}
    rules = ", ".join(f"{name} at {selector_of(getattr(layout, name))!r}" for name in missed)
    return {
        "doubt": f"expected {rules}, which every page of this layout has by its definition, found none at "
        f"{page.url}. Save the page as a sample (communique source capture), correct the rule or add a "
        "layout, and read it again (communique reread)."
    }


def doubt_of_text(page: Page, missed: str) -> str:
    """Why a record whose text was found generally, where rules ought to find it, is held back."""
    return (
        f"expected a page of a declared layout at {page.url}, found none ({missed}); what is here was "
        "found by general extraction, without label, number and whatever else the definition reads. Save the "
        "page as a sample (communique source capture), add its layout to the definition, or Unruled for an "
        "era that is to be read so, and read it again (communique reread)."
    )


def doubt_of_page(page: Page, hint: Due | None, title: str) -> Failure | None:
    """A failure where a page that was read generally is not the one that the index announced."""
    if hint is None or not hint.title or _agree(title, hint.title):
        return None
    return _changed(page, f"the release that the index calls {hint.title!r}", f"one titled {title!r}")


def _is_witnessed(page: Page, hint: Due | None, title: str) -> bool:
    if hint is not None and hint.title and _same(title, hint.title):
        return True
    heads = (page.first("meta[property='og:title']::attr(content)") or "", page.title)
    headed = any(_same(title, heading) for heading in page.all("h1"))
    return headed and any(fold(title).strip(_TRIMMED) in fold(head) for head in heads)


def _same(one: str, other: str) -> bool:
    return fold(one).strip(_TRIMMED) == fold(other).strip(_TRIMMED)


def _agree(title: str, announced: str) -> bool:
    """Whether one holds the other: indexes cut titles off, pages put numbers before them."""
    one, other = fold(title).strip(_TRIMMED), fold(announced).strip(_TRIMMED)
    return bool(one) and bool(other) and (one in other or other in one)


def _changed(page: Page, expected: str, found: str) -> Failure:
    return Failure(
        FailureKind.LAYOUT,
        f"expected {expected} at {page.url}, found {found}; title {page.title!r}. The layout has changed: "
        "save the page as a sample (communique source capture) and correct the definition.",
    )
