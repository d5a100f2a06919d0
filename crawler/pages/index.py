"""One capture of an index (listing, feed, API answer) to the addresses that it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from crawler.declare import Api, Date, Feed, Listing, Record, Selector, Text
from crawler.declare.discovery import Indexed
from crawler.items import Capture, Discovered, Due, FailureKind, ReleaseItem
from crawler.pages.addresses import last_day_of_page
from crawler.pages.challenge import judge_page
from crawler.pages.dates import Found
from crawler.pages.feed import NoFeed, read_feed
from crawler.pages.item import fetch_address
from crawler.pages.markup import parse_html
from crawler.pages.page import Page, UnreadableJson, language_tag
from crawler.pages.paragraphs import Element, flat_text
from crawler.pages.read import applies, read_one_record
from crawler.pages.reading import Failure
from crawler.pages.record import as_text, type_name
from crawler.pages.script import embedded_json, unwrap
from crawler.pages.selectors import (
    Json,
    WrongShape,
    find,
    find_elements,
    find_texts,
    pick,
    search_record,
    selector_of,
)
from crawler.pages.values import Known, date_of
from crawler.source import Source

__all__ = ["IndexPage", "read_index"]


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One page of an index."""

    entries: tuple[Discovered, ...] = ()
    """In the order of the index, each address key once."""
    embedded: Mapping[str, ReleaseItem] = field(default_factory=lambda: MappingProxyType({}))
    """By key: entries that are whole records already."""
    next_url: str | None = None
    """For indexes whose pages link to their follower."""
    total: int | None = None
    """How many entries all pages have, where the index says so."""
    failure: Failure | None = None
    """EMPTY_LISTING: this is the index, and it lists nothing (past the last page of a numbered index that is
    its end). Any other kind: this is not the index, or not as declared."""
    foreign: int = 0
    """Entries left out because their address does not belong to the source."""


class _Entries:
    """Collects what an index shows, each key once."""

    def __init__(self, source: type[Source], page: Page) -> None:
        self._source = source
        self._page = page
        self.found: dict[str, Discovered] = {}
        self.foreign = 0

    def add(self, link: str, *, url: str | None = None, **shown: Json) -> str | None:
        """Take an entry by its address; gives its key, or None when it is foreign or cannot be fetched."""
        key = self._source.address_key(link)
        if key is None:
            self.foreign += 1
            return None
        self.found.setdefault(
            key, Discovered(key=key, url=url or link, found_in=self._page.capture.url, **shown)
        )
        return key

    def page(self, **rest: Json) -> IndexPage:
        return IndexPage(entries=tuple(self.found.values()), foreign=self.foreign, **rest)


def read_index(
    source: type[Source], discovery: Listing | Feed | Api, capture: Capture, language: str | None = None
) -> IndexPage:
    """What one page of an index shows. Bad input never raises.

    `language` is the one that was put into the index's address; None where it names none.
    """
    page = Page(capture)
    if isinstance(discovery, Api):
        return _read_api(source, discovery, page, language or discovery.language)
    if not 200 <= capture.status < 300:
        return _not_the_index(page, f"status {capture.status}", FailureKind.HTTP)
    if not capture.body or capture.body.isspace():
        return _not_the_index(page, "an empty body", FailureKind.UNREADABLE)
    if isinstance(discovery, Feed):
        return _read_feed(source, discovery, page, language)
    return _read_listing(source, discovery, page, language or discovery.language)


def _failed(kind: FailureKind, page: Page, expected: str, found: str) -> IndexPage:
    return IndexPage(failure=Failure(kind, f"expected {expected} at {page.capture.url}, found {found}"))


def _not_the_index(page: Page, found: str, kind: FailureKind) -> IndexPage:
    """A failure for something else in the index's place: a bot check or an error page, where it is one."""
    judged = judge_page(page)
    if judged is not None and (kind is not FailureKind.HTTP or judged.kind is FailureKind.CHALLENGE):
        return IndexPage(failure=judged)
    return _failed(kind, page, "an index", found)


# Listings


def _read_listing(source: type[Source], listing: Listing, page: Page, language: str | None) -> IndexPage:
    fragment = unwrap(page.text) if listing.wrapped else None
    if fragment is not None:
        # The fragment holds what is to be appended to the container, not the container itself.
        root, _ = parse_html(f"<div>{fragment}</div>")
        if root is None:
            return _failed(FailureKind.EMPTY_LISTING, page, "entries", "a script fragment without any")
    else:
        root = page.tree
        if root is None:
            return _not_the_index(page, f"no HTML: {page.capture.body[:60]!r}", FailureKind.UNREADABLE)
        if listing.container is not None and not find(root, listing.container):
            expected = f"the container {listing.container!r}; page titled {page.title!r}"
            return _not_the_index(page, f"no match of {expected}", FailureKind.LAYOUT)
    rows = find_elements(root, listing.entry)
    entries = _Entries(source, page)
    known = _known(source, listing, page)
    days = _days_above(source, listing, root, rows, language, known)
    linked = sum(
        _add_row(source, listing, entries, page, row, language, known, days.get(row)) for row in rows
    )
    if not rows:
        if listing.container is None and fragment is None and (judged := judge_page(page)) is not None:
            return IndexPage(failure=judged)
        return _failed(FailureKind.EMPTY_LISTING, page, f"entries {listing.entry!r}", "none")
    if not linked:
        found = f"{len(rows)} entries and no link in any"
        return _failed(FailureKind.LAYOUT, page, f"links {listing.link!r} in the entries", found)
    return entries.page(next_url=_next_link(source, listing, page, root))


def _add_row(
    source: type[Source],
    listing: Listing,
    entries: _Entries,
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
        found = _day(find_texts(row, listing.posted.selector), listing.posted, language, source, known)
    entries.add(
        address,
        posted_on=found.day if found else None,
        posted_at=found.at if found else None,
        title=_first(row, listing.title),
        kind=_first(row, listing.kind),
        language=language,
    )
    return True


def _known(source: type[Source], index: Indexed, page: Page) -> Known:
    taken_on = page.capture.captured_at.astimezone(source.zone()).date()
    return Known(taken_on, by_index=last_day_of_page(index, page.capture.url))


def _day(
    texts: list[str], rule: Date, language: str | None, source: type[Source], known: Known
) -> Found | None:
    return date_of(texts, rule, language, source, known.year_of(rule))[1]


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
            day = _day([flat_text(element)], rule, language, source, known)
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


# Feeds


def _read_feed(source: type[Source], feed: Feed, page: Page, language: str | None) -> IndexPage:
    try:
        content = read_feed(source, page)
    except NoFeed as error:
        return _not_the_index(page, f"no feed: {error}", FailureKind.UNREADABLE)
    entries = _Entries(source, page)
    for entry in content.entries:
        entries.add(
            entry.link,
            posted_on=entry.posted_on,
            posted_at=entry.posted_at,
            title=entry.title,
            kind=entry.kind if feed.kinds else None,
            modified=entry.modified,
            language=language or entry.language,
        )
    if content.without_link and not content.entries:
        return _failed(
            FailureKind.LAYOUT, page, "links in the entries", f"{content.without_link} without one"
        )
    if not content.entries and not feed.may_be_empty:
        return _failed(FailureKind.EMPTY_LISTING, page, "entries", "a feed without any (wrong parameters?)")
    return entries.page()


# APIs


def _read_api(source: type[Source], api: Api, page: Page, language: str | None) -> IndexPage:
    status = page.capture.status
    if page.is_json and 400 <= status < 500 and "invalid_page_number" in page.text[:2000]:
        # WordPress answers so past the last page.
        return _failed(FailureKind.EMPTY_LISTING, page, "entries", "no such page of the index")
    if not 200 <= status < 300:
        return _not_the_index(page, f"status {status}", FailureKind.HTTP)
    if api.script is None and not page.is_json:
        return _not_the_index(page, f"no JSON: {page.capture.body[:60]!r}", FailureKind.UNREADABLE)
    try:
        data = page.json if api.script is None else embedded_json(page, api.script)
        if data is None:
            missing = f"no match of {selector_of(api.script or '')!r}; page titled {page.title!r}"
            return _not_the_index(page, missing, FailureKind.LAYOUT)
        total = _total(api, data, page)
        further = _value("next", api.next, data)
        records = search_record(api.entries, data)
    except UnreadableJson as error:
        return _failed(FailureKind.UNREADABLE, page, "JSON", f"broken JSON: {error}")
    except WrongShape as error:
        return _failed(FailureKind.UNREADABLE, page, "JSON as declared", str(error))
    if not isinstance(records, list):
        return _failed(FailureKind.UNREADABLE, page, f"a list at {api.entries!r}", type_name(records))
    if not records:
        return IndexPage(
            total=total, failure=_failed(FailureKind.EMPTY_LISTING, page, "entries", "none").failure
        )
    entries = _Entries(source, page)
    layouts = [each for each in source.layouts() if isinstance(each, Record) and applies(each, page)]
    embedded: dict[str, ReleaseItem] = {}
    linked = 0
    for record in records:
        try:
            shown = _shown(source, api, record, page, language)
        except WrongShape as error:
            return _failed(FailureKind.UNREADABLE, page, "entries as declared", str(error))
        if shown is None:
            continue
        linked += 1
        key = entries.add(**shown)
        if key is not None and api.embedded:
            hint = Due(
                key,
                shown["url"],
                kind=shown["kind"],
                language=shown["language"],
                posted_on=shown["posted_on"],
            )
            item = read_one_record(source, layouts, record, page, hint, embedded=True)
            # What cannot be read here is fetched by itself, and fails there with its reason.
            if isinstance(item, ReleaseItem):
                embedded.setdefault(key, item)
    if not linked:
        found = f"{len(records)} entries and no link in any"
        return _failed(FailureKind.LAYOUT, page, f"links at {api.link!r} in the entries", found)
    next_url = page.absolute(further) if further else None
    if next_url is not None and urlsplit(next_url).hostname not in source.hosts:
        next_url = None
    return entries.page(total=total, embedded=MappingProxyType(embedded), next_url=next_url)


def _total(api: Api, data: Json, page: Page) -> int | None:
    if api.total is None:
        return None
    if api.total.startswith("header:"):
        written: Any = page.capture.header(api.total.removeprefix("header:").strip())
    else:
        written = search_record(api.total, data)
    try:
        return int(written) if written is not None and not isinstance(written, bool) else None
    except (TypeError, ValueError):
        raise WrongShape(f"total: expected a number at {api.total!r}, found {written!r}") from None


def _shown(
    source: type[Source], api: Api, record: Json, page: Page, language: str | None
) -> dict[str, Any] | None:
    """What an entry shows, for `_Entries.add`; None when it names no address that can be fetched."""
    word = api.word(language) or None
    known = _known(source, api, page)
    link = _value("link", api.link, record, word)
    site = next((each.site for each in source.layouts() if isinstance(each, Record) and each.site), page.url)
    absolute = page.join_to(site, link) if link else None
    if absolute is None:
        return None
    identifier = _value("id", api.id, record, word)
    url = fetch_address(api, absolute, identifier, word)
    posted = None
    if api.posted is not None:
        raw = _value("posted", api.posted.selector, record)
        posted = _day([raw] if raw else [], api.posted, language, source, known)
    changed = None
    if api.changed is not None:
        raw = _value("changed", api.changed.selector, record)
        changed = _day([raw] if raw else [], api.changed, language, source, known)
    title, kind = _value("title", api.title, record), _value("kind", api.kind, record)
    return {
        "link": absolute,
        "url": url or absolute,
        "posted_on": posted.day if posted else None,
        "posted_at": posted.at if posted else None,
        "changed_on": changed.day if changed else None,
        "title": as_text(title) if title else None,
        "kind": as_text(kind) if kind else None,
        "modified": _value("modified", api.modified, record),
        "language": language_tag(language) if language else None,
    }


def _value(name: str, rule: Selector | None, record: Json, language: str | None = None) -> str | None:
    if rule is None:
        return None
    expression = selector_of(rule)
    found = search_record(expression, record)
    if isinstance(found, list):
        found = next((each for each in found if each is not None), None)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise WrongShape(f"{name}: expected text at {expression!r}, found {type_name(found)}")
    written = str(found).strip()
    if isinstance(rule, Text):
        return pick([written], rule, language) if written else None
    return written or None
