"""Feeds: entries as Atom (RFC 4287) and JSON Feed 1.1. Pure: from values to text.

Whatever stands in a text, nothing of it becomes markup, and characters that XML does not know are left out.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape, quoteattr

ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was last changed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a feed."""

    id: str
    """A URN that never changes (`urn_of`)."""
    title: str
    changed_at: datetime
    link: str | None
    """Where it can be read here."""
    via: str | None = None
    """Where the site published it; left out when it is no address of the web."""
    text: str = ""
    language: str | None = None
    said_on: date | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """A feed without its entries."""

    id: str
    title: str
    changed_at: datetime
    link: str | None = None
    """The page that shows the same."""
    self_link: str | None = None
    hub: str | None = None
    """A WebSub hub that tells subscribers of news."""
    next_link: str | None = None


def urn_of(kind: str, *parts: object) -> str:
    """A name that is the same wherever the archive is served: by kind of thing and its own id."""
    told = ":".join(["communique", kind, *(str(each) for each in parts)])
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, told)}"


def atom_head(head: Head) -> str:
    """The beginning of an Atom document; `ATOM_END` ends it."""
    links: list[tuple[str, str | None, str | None]] = [("self", head.self_link, "application/atom+xml")]
    links += [("alternate", head.link, "text/html")]
    links += [("next", head.next_link, "application/atom+xml"), ("hub", head.hub, None)]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        _element("id", head.id),
        _element("title", head.title),
        _element("updated", _moment(head.changed_at)),
        "<generator>Communique</generator>",
        "<author><name>Communique</name></author>",
        *(_link(rel, href, kind) for rel, href, kind in links if href is not None),
    ]
    return "\n".join(lines) + "\n"


ATOM_END = "</feed>\n"


def atom_entry(entry: Entry) -> str:
    """One entry of an Atom document."""
    language = f" xml:lang={quoteattr(entry.language)}" if entry.language else ""
    lines = [
        f"<entry{language}>",
        _element("id", entry.id),
        _element("title", entry.title),
        _element("updated", _moment(entry.changed_at)),
    ]
    if entry.said_on is not None:
        lines.append(_element("published", _moment(_start_of(entry.said_on))))
    lines += [f"<author>{_element('name', each)}</author>" for each in entry.authors]
    if entry.link is not None:
        lines.append(_link("alternate", entry.link, "text/html"))
    if (via := web_address(entry.via)) is not None:
        lines.append(_link("via" if entry.link else "alternate", via, None))
    lines += [f"<category term={quoteattr(_clean(each))}/>" for each in entry.tags]
    # An entry without a link needs content (RFC 4287, 4.1.2); a summary alone serves readers better.
    lines.append(_element("content" if entry.link is None else "summary", entry.text))
    lines.append("</entry>")
    return "\n".join(lines) + "\n"


def atom(head: Head, entries: Iterable[Entry]) -> str:
    """A whole Atom document."""
    return atom_head(head) + "".join(map(atom_entry, entries)) + ATOM_END


def json_feed(head: Head, entries: Iterable[Entry]) -> dict[str, Any]:
    """A JSON Feed (version 1.1)."""
    told: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "title": head.title}
    links = {"home_page_url": head.link, "feed_url": head.self_link, "next_url": head.next_link}
    told.update({name: value for name, value in links.items() if value is not None})
    if head.hub is not None:
        told["hubs"] = [{"type": "WebSub", "url": head.hub}]
    told["items"] = [_json_item(each) for each in entries]
    return told


def _json_item(entry: Entry) -> Mapping[str, Any]:
    via = web_address(entry.via)
    item: dict[str, Any] = {
        "id": entry.id,
        "title": entry.title,
        "content_text": entry.text,
        "date_modified": _moment(entry.changed_at),
    }
    if entry.link is not None:
        item["url"] = entry.link
    if via is not None:
        item["external_url"] = via
    if entry.said_on is not None:
        item["date_published"] = _moment(_start_of(entry.said_on))
    if entry.language:
        item["language"] = entry.language
    if entry.authors:
        item["authors"] = [{"name": each} for each in entry.authors]
    if entry.tags:
        item["tags"] = list(entry.tags)
    return item


def web_address(url: str | None) -> str | None:
    """An address that a reader may follow: of the web, and nothing else; None for others."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]")


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_clean(text))}</{name}>"


def _link(rel: str, href: str, kind: str | None) -> str:
    told = f" type={quoteattr(kind)}" if kind else ""
    return f'<link rel="{rel}" href={quoteattr(_clean(href))}{told}/>'


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
