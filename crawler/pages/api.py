"""JSON indexes to the addresses that they show, and to the records that they hold whole."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from crawler.declare import Api, Record, Selector, Text
from crawler.items import Due, FailureKind, ReleaseItem
from crawler.pages.entries import Entries, IndexPage, day_of, failed, known_of_index, not_the_index
from crawler.pages.item import fetch_address
from crawler.pages.page import Page, UnreadableJson, language_tag
from crawler.pages.read import applies, read_one_record
from crawler.pages.record import as_text, type_name
from crawler.pages.script import embedded_json
from crawler.pages.selectors import Json, WrongShape, pick, search_record, selector_of
from crawler.source import Source


def read_api(source: type[Source], api: Api, page: Page, language: str | None) -> IndexPage:
    """What an API's answer shows."""
    status = page.capture.status
    if page.is_json and 400 <= status < 500 and "invalid_page_number" in page.text[:2000]:
        # WordPress answers so past the last page.
        return failed(FailureKind.EMPTY_LISTING, page, "entries", "no such page of the index")
    if not 200 <= status < 300:
        return not_the_index(page, f"status {status}", FailureKind.HTTP)
    if api.script is None and not page.is_json:
        return not_the_index(page, f"no JSON: {page.capture.body[:60]!r}", FailureKind.UNREADABLE)
    try:
        data = page.json if api.script is None else embedded_json(page, api.script)
        if data is None:
            missing = f"no match of {selector_of(api.script or '')!r}; page titled {page.title!r}"
            return not_the_index(page, missing, FailureKind.LAYOUT)
        total = _total(api, data, page)
        further = _value("next", api.next, data)
        records = search_record(api.entries, data)
    except UnreadableJson as error:
        return failed(FailureKind.UNREADABLE, page, "JSON", f"broken JSON: {error}")
    except WrongShape as error:
        return failed(FailureKind.UNREADABLE, page, "JSON as declared", str(error))
    if not isinstance(records, list):
        return failed(FailureKind.UNREADABLE, page, f"a list at {api.entries!r}", type_name(records))
    if not records:
        return IndexPage(
            total=total, failure=failed(FailureKind.EMPTY_LISTING, page, "entries", "none").failure
        )
    entries = Entries(source, page)
    layouts = [each for each in source.layouts() if isinstance(each, Record) and applies(each, page)]
    embedded: dict[str, ReleaseItem] = {}
    linked = 0
    for record in records:
        try:
            shown = _shown(source, api, record, page, language)
        except WrongShape as error:
            return failed(FailureKind.UNREADABLE, page, "entries as declared", str(error))
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
        return failed(FailureKind.LAYOUT, page, f"links at {api.link!r} in the entries", found)
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
    """What an entry shows, for `Entries.add`; None when it names no address that can be fetched."""
    word = api.word(language) or None
    known = known_of_index(source, api, page)
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
        posted = day_of([raw] if raw else [], api.posted, language, source, known)
    changed = None
    if api.changed is not None:
        raw = _value("changed", api.changed.selector, record)
        changed = day_of([raw] if raw else [], api.changed, language, source, known)
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
