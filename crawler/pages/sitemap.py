"""XML sitemaps (sitemaps.org 0.9, news and language extensions) and indexes of them; gzip or plain."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlsplit

from crawler.encodings import EndsEarly, inflated
from crawler.items import Capture
from crawler.pages.dates import ISO, Found, parse_date
from crawler.pages.page import Page, language_tag
from crawler.pages.paragraphs import Element
from crawler.pages.xml import NoXml, child_text, children, local_name, parse_xml
from crawler.source import Source

MOST_ENTRIES = 50_000
"""The protocol's limit for one file, of addresses or of sitemaps."""
MOST_BYTES = 50 * 1024 * 1024
"""The protocol's limit for one file, once decompressed."""


@dataclass(frozen=True, slots=True)
class Map:
    """A sitemap that an index of sitemaps names."""

    url: str
    changed_on: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """A page that a sitemap names."""

    url: str
    modified: str | None
    """`lastmod`, raw."""
    changed: Found | None
    """`lastmod`, read."""
    posted: Found | None
    """By the news extension."""
    title: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class SitemapContent:
    """What one file holds: sitemaps or pages."""

    maps: tuple[Map, ...]
    places: tuple[Place, ...]


class NoSitemap(ValueError):
    """The answer is no sitemap; the message says what it is."""


class SitemapTooLarge(ValueError):
    """The file is larger than the protocol allows; the message says how."""


def unpacked(capture: Capture) -> Capture:
    """The capture with its file decompressed, where that is gzip. Raises NoSitemap and SitemapTooLarge."""
    if not capture.body.startswith(b"\x1f\x8b"):
        return capture
    whole = bytearray()
    try:
        for piece in inflated(capture.body, "gzip"):
            whole += piece
            if len(whole) > MOST_BYTES:
                raise SitemapTooLarge(f"{len(capture.body)} bytes become more than {MOST_BYTES}")
    except (EndsEarly, zlib.error) as error:
        raise NoSitemap(f"broken gzip: {error}") from error
    headers = tuple((name, value) for name, value in capture.headers if name.lower() != "content-type")
    return replace(capture, body=bytes(whole), headers=(*headers, ("Content-Type", "application/xml")))


def read_sitemap(source: type[Source], page: Page) -> SitemapContent:
    """What a sitemap file names, in its order. Raises NoSitemap and SitemapTooLarge."""
    try:
        root = parse_xml(page.text)
    except NoXml as error:
        raise NoSitemap(str(error)) from error
    kind = local_name(root)
    if kind not in ("urlset", "sitemapindex"):
        raise NoSitemap(f"root element <{kind}>")
    elements = children(root, "sitemap" if kind == "sitemapindex" else "url")
    if len(elements) > MOST_ENTRIES:
        raise SitemapTooLarge(f"{len(elements)} entries, {MOST_ENTRIES} at most")
    if kind == "sitemapindex":
        maps = (_map(source, page, element) for element in elements)
        return SitemapContent(tuple(each for each in maps if each is not None), ())
    return SitemapContent((), tuple(each for element in elements for each in _places(source, page, element)))


def _map(source: type[Source], page: Page, element: Element) -> Map | None:
    url = page.join_to(page.url, child_text(element, "loc") or "")
    if url is None or urlsplit(url).hostname not in source.hosts:
        return None
    changed = _found(source, child_text(element, "lastmod"))
    return Map(url, changed.day if changed else None)


def _places(source: type[Source], page: Page, element: Element) -> list[Place]:
    """The page of an entry, and its other languages (`xhtml:link`)."""
    written = child_text(element, "loc")
    url = page.join_to(page.url, written) if written else None
    if url is None:
        return []
    modified = child_text(element, "lastmod")
    news = next(iter(children(element, "news")), None)
    publication = next(iter(children(news, "publication")), None) if news is not None else None
    spoken = child_text(publication, "language") if publication is not None else None
    own = Place(
        url=url,
        modified=modified,
        changed=_found(source, modified),
        posted=_found(source, child_text(news, "publication_date")) if news is not None else None,
        title=child_text(news, "title") if news is not None else None,
        language=language_tag(spoken) if spoken else None,
    )
    found = {url: own}
    for link in children(element, "link"):
        other = page.join_to(page.url, link.get("href") or "")
        tag = language_tag(link.get("hreflang") or "")
        if other is None or link.get("rel") != "alternate" or tag in (None, "x-default"):
            continue
        if other == url:
            found[url] = replace(own, language=own.language or tag)
        else:
            found.setdefault(other, Place(other, None, own.changed, None, None, tag))
    return list(found.values())


def _found(source: type[Source], raw: str | None) -> Found | None:
    return parse_date(raw, (ISO,), None, source.zone()) if raw is not None else None


def posting_of(place: Place, lastmod: str | None) -> tuple[date | None, datetime | None]:
    """Day and time of posting that an entry tells; `lastmod` as the definition says what it means."""
    found = place.posted or (place.changed if lastmod == "posted" else None)
    return (found.day, found.at) if found is not None else (None, None)
