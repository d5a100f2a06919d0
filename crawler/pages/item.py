"""From the values that a layout found to the item: address, key, capture, and the page's other languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from urllib.parse import quote, urlsplit

from crawler.declare import Api, Fields, Flow, Pdf, Record
from crawler.items import Alternate, Discovered, Due, ReadBy, ReleaseItem
from crawler.pages.page import Page
from crawler.pages.values import Values, methods_of
from crawler.source import Source


def page_address(source: type[Source], page: Page) -> str:
    """The address of a page as a reader would open it: its `rel=canonical`, where that is of the same key."""
    canonical = page.in_head("link[@rel='canonical']/@href")
    absolute = page.absolute(canonical) if canonical else None
    if absolute is not None and absolute != page.url:
        key = source.address_key(absolute)
        if key is not None and key == source.address_key(page.url):
            return absolute
    return page.url


def make_item(
    source: type[Source],
    page: Page,
    values: Values,
    hint: Due | None,
    *,
    read_by: ReadBy = ReadBy.RULES,
    notes: tuple[str, ...] = (),
    embedded: bool = False,
) -> ReleaseItem:
    """The item of one release; what the index said fills what the page does not say (language, kind,
    the clock time of its posting day).

    `embedded` items stand in an index, whose validators (ETag) are not theirs.
    """
    capture = page.capture
    url = values.pop("url", None) or page_address(source, page)
    if hint is not None:
        values["language"] = values.get("language") or hint.language
        values["kind"] = values.get("kind") or hint.kind
        notes = (*notes, *_time_by_index(source, values, hint))
    shared = dict.fromkeys((*values.pop("shared_ids", ()), *(each for each, _ in source.shared_ids(url))))
    key = hint.key if hint is not None else source.address_key(url) or source.address_key(capture.url)
    item = ReleaseItem(
        source=source.name,
        url=url,
        key=key,
        read_by=read_by,
        captured_at=capture.captured_at,
        origin=capture.origin,
        capture=capture.place,
        capture_digest=capture.digest,
        etag=None if embedded else capture.header("etag"),
        last_modified=None if embedded else capture.header("last-modified"),
        shared_ids=tuple(shared),
        **values,
    )
    others = tuple(each for each in item.alternates if not _same_page(source, item, each))
    every_note = tuple(dict.fromkeys((*item.notes, *page.notes, *notes)))
    return replace(item, alternates=others, notes=every_note)


def _same_page(source: type[Source], item: ReleaseItem, alternate: Alternate) -> bool:
    if alternate.url == item.url:
        return True
    key = source.address_key(alternate.url)
    return key is not None and key in (item.key, source.address_key(item.url))


def day_by_index(
    source: type[Source], layout: Fields | Record | Flow | Pdf, values: Values, hint: Due | None
) -> tuple[str, ...]:
    """Take the index's day where the definition has no rule for a posting date, and note it.

    A rule that finds nothing is another matter: then the day stays open.
    """
    ruled = layout.posted is not None or "posted" in methods_of(source) or "posted_on" in methods_of(source)
    if ruled or hint is None or hint.posted_on is None:
        return ()
    values["posted_on"] = hint.posted_on
    return ("date by index",)


def _time_by_index(source: type[Source], values: Values, hint: Due) -> tuple[str, ...]:
    """Take the index's clock time where the page gives only its posting day, and note it.

    Not when the index means another day (it may show when the page was changed), and not midnight: so
    sites write a day where a time is asked for.
    """
    if hint.posted_at is None or values.get("posted_on") is None or values.get("posted_at") is not None:
        return ()
    local = hint.posted_at.astimezone(source.zone())
    if local.date() != values["posted_on"] or local.time() == time.min:
        return ()
    values["posted_at"] = hint.posted_at
    return ("time by index",)


def versions_of(source: type[Source], item: ReleaseItem, page: Page) -> tuple[Discovered, ...]:
    """The item's other languages that are addresses of this source, as an index would have shown them."""
    apis = [each for each in source.discoveries() if isinstance(each, Api) and each.fetch is not None]
    # A record's other languages are records too; a page's are pages.
    api = apis[0] if apis and page.is_json else None
    found: dict[str, Discovered] = {}
    for alternate in item.alternates:
        key = source.address_key(alternate.url)
        url = (
            fetch_address(api, alternate.url, None, alternate.language) if api is not None else alternate.url
        )
        if key is not None and url is not None:
            found.setdefault(
                key, Discovered(key=key, url=url, found_in=page.url, language=alternate.language)
            )
    for _, addresses in source.shared_ids(item.url):
        for tag, address in addresses.items():
            key = source.address_key(address)
            if key is not None and key not in (item.key, source.address_key(item.url)):
                found.setdefault(key, Discovered(key=key, url=address, found_in=page.url, language=tag))
    return tuple(found.values())


def fetch_address(api: Api, link: str, identifier: str | None, language: str | None = None) -> str | None:
    """What to fetch for an entry of an API; None when that needs an id or a language and there is none."""
    if api.fetch is None:
        return link
    if ("{id}" in api.fetch and not identifier) or ("{language}" in api.fetch and not language):
        return None
    parts = urlsplit(link)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    filled = api.fetch.replace("{language}", language or "").replace("{link}", path)
    return filled.replace("{id}", quote(identifier or "", safe=""))
