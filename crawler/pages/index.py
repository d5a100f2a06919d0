"""One capture of an index (listing, feed, sitemap, API answer) to the addresses that it shows."""

from __future__ import annotations

import re

from crawler.declare import Api, Feed, Listing, Sitemap
from crawler.items import Capture, FailureKind
from crawler.pages.api import read_api
from crawler.pages.entries import Entries, IndexPage, failed, not_the_index
from crawler.pages.feed import NoFeed, read_feed
from crawler.pages.listing import read_listing
from crawler.pages.page import Page
from crawler.pages.sitemap import NoSitemap, SitemapTooLarge, posting_of, read_sitemap, unpacked
from crawler.source import Source

__all__ = ["IndexPage", "read_index"]


def read_index(
    source: type[Source],
    discovery: Listing | Feed | Sitemap | Api,
    capture: Capture,
    language: str | None = None,
) -> IndexPage:
    """What one page of an index shows. Bad input never raises.

    `language` is the one that was put into the index's address; None where it names none.
    """
    page = Page(capture)
    if isinstance(discovery, Api):
        return read_api(source, discovery, page, language or discovery.language)
    if not 200 <= capture.status < 300:
        return not_the_index(page, f"status {capture.status}", FailureKind.HTTP)
    if not capture.body or capture.body.isspace():
        return not_the_index(page, "an empty body", FailureKind.UNREADABLE)
    if isinstance(discovery, Feed):
        return _read_feed(source, discovery, page, language or discovery.language)
    if isinstance(discovery, Sitemap):
        return _read_sitemap(source, discovery, page, language or discovery.language)
    return read_listing(source, discovery, page, language or discovery.language)


def _read_feed(source: type[Source], feed: Feed, page: Page, language: str | None) -> IndexPage:
    try:
        content = read_feed(source, page)
    except NoFeed as error:
        return not_the_index(page, f"no feed: {error}", FailureKind.UNREADABLE)
    entries = Entries(source, page)
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
        return failed(FailureKind.LAYOUT, page, "links in the entries", f"{content.without_link} without one")
    if not content.entries and not feed.may_be_empty:
        return failed(FailureKind.EMPTY_LISTING, page, "entries", "a feed without any (wrong parameters?)")
    return entries.page()


def _read_sitemap(source: type[Source], sitemap: Sitemap, page: Page, language: str | None) -> IndexPage:
    try:
        page = Page(unpacked(page.capture))
        content = read_sitemap(source, page)
    except NoSitemap as error:
        return not_the_index(page, f"no sitemap: {error}", FailureKind.UNREADABLE)
    except SitemapTooLarge as error:
        return failed(FailureKind.TOO_LARGE, page, "a sitemap of the protocol's size", str(error))
    entries = Entries(source, page)
    changes = sitemap.lastmod == "changed"
    for place in content.places:
        day, at = posting_of(place, sitemap.lastmod)
        entries.add(
            place.url,
            posted_on=day,
            posted_at=at,
            title=place.title,
            modified=place.modified if changes else None,
            changed_on=place.changed.day if changes and place.changed is not None else None,
            language=place.language or language,
        )
    wanted = re.compile(sitemap.maps or "")
    maps = tuple(each for each in content.maps if wanted.search(each.url))
    if content.maps and not maps:
        found = f"{len(content.maps)}, none of which matches"
        return failed(FailureKind.LAYOUT, page, f"sitemaps {sitemap.maps!r}", found)
    if not content.maps and not content.places:
        return failed(FailureKind.EMPTY_LISTING, page, "entries", "a sitemap without any")
    return entries.page(maps=maps)
