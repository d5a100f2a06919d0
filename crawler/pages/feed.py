"""RSS 2.0, RSS 1.0 and Atom, read with a parser that resolves no entity and asks no network.

Formats: RSS 2.0 (rssboard.org), RSS 1.0 (RDF), RFC 4287 (Atom). Elements are told apart by local name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from crawler.pages.dates import ISO, parse_date
from crawler.pages.page import Page, flat_html, language_tag
from crawler.pages.paragraphs import Element
from crawler.pages.xml import NoXml, child_text, children, local_name, parse_xml
from crawler.source import Source


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed."""

    link: str
    """Absolute address."""
    title: str | None
    posted_at: datetime | None
    posted_on: date | None
    modified: str | None
    kind: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class FeedContent:
    """A feed as read; `entries` may be empty."""

    entries: tuple[Entry, ...]
    without_link: int
    """Entries that name no address."""


class NoFeed(ValueError):
    """The answer is no RSS or Atom; the message says what it is."""


_XML = "{http://www.w3.org/XML/1998/namespace}"


def _root(page: Page) -> Element:
    try:
        root = parse_xml(page.text)
    except NoXml as error:
        raise NoFeed(str(error)) from error
    if local_name(root) not in ("rss", "RDF", "feed"):
        raise NoFeed(f"root element <{local_name(root)}>")
    return root


def read_feed(source: type[Source], page: Page) -> FeedContent:
    """The entries of a feed in its own order; raises NoFeed."""
    root = _root(page)
    channel = next(iter(children(root, "channel")), root)
    base = _base(source, page, channel)
    language = language_tag(root.get(f"{_XML}lang") or child_text(channel, "language") or "")
    elements = [
        *children(channel, "item", "entry"),
        *(children(root, "item") if channel is not root else []),
    ]
    entries = [_entry(source, element, base, language) for element in elements]
    found = tuple(entry for entry in entries if entry is not None)
    return FeedContent(found, len(entries) - len(found))


def _base(source: type[Source], page: Page, channel: Element) -> str:
    """What relative links are joined to: `xml:base`, the feed's own page, or a host that is no API."""
    feed_host = urlsplit(page.url).hostname
    alternate = next(
        (
            link.get("href") or link.text
            for link in children(channel, "link")
            if link.get("rel") in (None, "alternate")
        ),
        None,
    )
    for declared in (channel.get(f"{_XML}base"), alternate):
        absolute = Page.join_to(page.url, declared) if declared else None
        host = urlsplit(absolute).hostname if absolute is not None else None
        if absolute is not None and host in source.hosts and host != feed_host:
            return absolute
    other = next((host for host in source.hosts if host != feed_host), None)
    # The Canadian news API answers with links relative to canada.ca, not to its own host.
    return (
        f"{urlsplit(page.url).scheme}://{other}/"
        if other and (feed_host or "").startswith("api.")
        else page.url
    )


def _link(element: Element, base: str) -> str | None:
    own_base = element.get(f"{_XML}base")
    base = (Page.join_to(base, own_base) or base) if own_base else base
    links = children(element, "link")
    for link in links:
        if link.get("href") and link.get("rel") in (None, "alternate"):
            return Page.join_to(base, link.get("href"))
    written = next((link.text.strip() for link in links if link.text and link.text.strip()), None)
    if written is None:
        guid = next(iter(children(element, "guid")), None)
        if guid is not None and (guid.get("isPermaLink") or "true").lower() == "true":
            written = (guid.text or "").strip()
    written = written or element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    return Page.join_to(base, written) if written else None


def _entry(source: type[Source], element: Element, base: str, language: str | None) -> Entry | None:
    link = _link(element, base)
    if link is None:
        return None
    title = child_text(element, "title")
    at, day = _moment(
        child_text(element, "published", "pubDate", "issued", "date", "updated", "modified"), source
    )
    category = next(iter(children(element, "category")), None)
    return Entry(
        link=link,
        title=flat_html(title) if title and ("&" in title or "<" in title) else title,
        posted_at=at,
        posted_on=day,
        modified=child_text(element, "updated", "modified"),
        kind=(category.get("term") or (category.text or "").strip() or None)
        if category is not None
        else None,
        language=language_tag(element.get(f"{_XML}lang") or child_text(element, "language") or "")
        or language,
    )


def _moment(raw: str | None, source: type[Source]) -> tuple[datetime | None, date | None]:
    if raw is None:
        return None, None
    found = parse_date(raw, (ISO,), None, source.zone())
    if found is not None:
        return found.at, found.day
    try:
        at = parsedate_to_datetime(raw)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return at, at.astimezone(source.zone()).date()
    except (ValueError, IndexError, TypeError, OverflowError):
        return None, None
