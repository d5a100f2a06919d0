"""HTML listings to the addresses that they show."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.declare import Listing, Selector
from crawler.items import FailureKind
from crawler.pages.challenge import judge_page
from crawler.pages.dates import Found
from crawler.pages.entries import Entries, IndexPage, day_of, failed, known_of_index, not_the_index
from crawler.pages.markup import parse_html
from crawler.pages.page import Page
from crawler.pages.paragraphs import Element, flat_text
from crawler.pages.script import unwrap
from crawler.pages.selectors import find, find_elements, find_texts, pick, selector_of
from crawler.pages.values import Known
from crawler.source import Source


def read_listing(source: type[Source], listing: Listing, page: Page, language: str | None) -> IndexPage:
    """What a page of a listing shows."""
    fragment = unwrap(page.text) if listing.wrapped else None
    if fragment is not None:
        # The fragment holds what is to be appended to the container, not the container itself.
        root, _ = parse_html(f"<div>{fragment}</div>")
        if root is None:
            return failed(FailureKind.EMPTY_LISTING, page, "entries", "a script fragment without any")
    else:
        root = page.tree
        if root is None:
            return not_the_index(page, f"no HTML: {page.capture.body[:60]!r}", FailureKind.UNREADABLE)
        if listing.container is not None and not find(root, listing.container):
            expected = f"the container {listing.container!r}; page titled {page.title!r}"
            return not_the_index(page, f"no match of {expected}", FailureKind.LAYOUT)
    rows = find_elements(root, listing.entry)
    entries = Entries(source, page)
    known = known_of_index(source, listing, page)
    days = _days_above(source, listing, root, rows, language, known)
    linked = sum(
        _add_row(source, listing, entries, page, row, language, known, days.get(row)) for row in rows
    )
    if not rows:
        if listing.container is None and fragment is None and (judged := judge_page(page)) is not None:
            return IndexPage(failure=judged)
        return failed(FailureKind.EMPTY_LISTING, page, f"entries {listing.entry!r}", "none")
    if not linked:
        found = f"{len(rows)} entries and no link in any"
        return failed(FailureKind.LAYOUT, page, f"links {listing.link!r} in the entries", found)
    return entries.page(next_url=_next_link(source, listing, page, root))


def _add_row(
    source: type[Source],
    listing: Listing,
    entries: Entries,
    page: Page,
    row: Element,
    language: str | None,
    known: Known,
    found: Found | None,
) -> bool:
    """Take the entry of a row; `found` is the day that stands above it. False when there is no link in it."""
    written = _links(row, listing.link, listing.word(language) or None)
    address = next((url for url in map(page.absolute, written) if url is not None), None)
    if address is None:
        return False
    if listing.posted is not None:
        found = day_of(find_texts(row, listing.posted.selector), listing.posted, language, source, known)
    entries.add(
        address,
        posted_on=found.day if found else None,
        posted_at=found.at if found else None,
        title=_first(row, listing.title),
        kind=_first(row, listing.kind),
        language=language,
    )
    return True


def _days_above(
    source: type[Source],
    listing: Listing,
    root: Element,
    rows: list[Element],
    language: str | None,
    known: Known,
) -> dict[Element, Found | None]:
    """By row, the day of the heading nearest before it; a heading that is no day gives none."""
    rule = listing.headings
    if rule is None:
        return {}
    headings, wanted = set(find_elements(root, rule.selector)), set(rows)
    days: dict[Element, Found | None] = {}
    day: Found | None = None
    for element in root.iter():
        if element in headings:
            day = day_of([flat_text(element)], rule, language, source, known)
        elif element in wanted:
            days[element] = day
    return days


def _links(row: Element, rule: Selector, language: str | None) -> Iterable[str]:
    """The addresses in a row; of a rule that makes them otherwise, the one that it makes."""
    if isinstance(rule, str):
        return _addresses(row, rule)
    made = pick(list(_addresses(row, rule.selector)), rule, language)
    return (made,) if made else ()


def _addresses(element: Element, selector: str) -> Iterable[str]:
    for each in find(element, selector):
        address = each if isinstance(each, str) else each.get("href")
        if address and address.strip():
            yield address


def _first(row: Element, rule: Selector | None) -> str | None:
    return pick(find_texts(row, selector_of(rule)), rule) if rule is not None else None


def _next_link(source: type[Source], listing: Listing, page: Page, root: Element) -> str | None:
    if listing.pages.selector is None:
        return None
    for address in _addresses(root, listing.pages.selector):
        absolute = page.absolute(address)
        if absolute is not None and urlsplit(absolute).hostname in source.hosts:
            return absolute
    return None
