"""Listings, feeds and API answers, broken."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lxml import etree

from benchmarks.mutations.broken import Broken, tree_of, with_body, with_tree
from benchmarks.mutations.pages import ABOUT, CHALLENGE, lose
from benchmarks.mutations.records import keys_of, put, renamed
from crawler.declare import Api, Feed, Listing, Sitemap
from crawler.pages.paragraphs import Element
from crawler.pages.selectors import find_elements, selector_of
from scheduler.samples import Sample


def broken_indexes(sample: Sample) -> Iterator[Broken]:
    """Every break of a page of an index."""
    discovery = sample.source.discoveries()[sample.meta["discovery"]]
    capture = sample.capture()
    if isinstance(discovery, Listing) and capture.body.lstrip()[:1] == b"<":
        yield from _listings(sample, discovery)
    elif isinstance(discovery, Feed | Sitemap):
        yield from _feeds(sample, discovery)
    elif isinstance(discovery, Api) and discovery.script is None:
        yield from _answers(sample, discovery)
    about = ABOUT.format(
        language="es",
        title="Sobre la institución",
        first="Atiende al público.",
        second="En línea.",
        third="De lunes a viernes.",
    )
    for where, body in (("bot check", CHALLENGE), ("empty", b""), ("about page", about.encode())):
        yield Broken(sample, "index: other page in its place", where, with_body(capture, body, "utf-8"))
    yield Broken(
        sample, "index: truncated", "after 10 %", with_body(capture, capture.body[: len(capture.body) // 10])
    )


def _listings(sample: Sample, listing: Listing) -> Iterator[Broken]:
    capture = sample.capture()

    def broken(kind: str, where: str, change: Callable[[Any], object]) -> Iterator[Broken]:
        tree = tree_of(sample)
        before = etree.tostring(tree)
        change(tree)
        if etree.tostring(tree) != before or kind == "nothing (control)":
            yield Broken(sample, kind, where, with_tree(capture, tree))

    def drop_entries(tree: Element) -> None:
        for each in find_elements(tree, listing.entry):
            if each.getparent() is not None:
                each.drop_tree()

    def drop_links(tree: Element) -> None:
        for each in find_elements(tree, listing.entry):
            for link in [*each.iter("a"), *each.iter("area")]:
                link.attrib.clear()
            each.attrib.pop("href", None)
            each.attrib.pop("onclick", None)

    yield from broken("nothing (control)", "serialised again", lambda tree: None)
    yield from broken("index: emptied", listing.entry, drop_entries)
    yield from broken("index: entries renamed", listing.entry, lambda tree: lose(tree, listing.entry))
    yield from broken("index: links gone", listing.entry, drop_links)
    if listing.container is not None:
        yield from broken(
            "index: container gone", listing.container, lambda tree: lose(tree, listing.container or "")
        )
    for name, rule in (("posted", listing.posted), ("headings", listing.headings), ("title", listing.title)):
        if rule is not None:
            selector = re.sub(r"::[\w-]+(\([^)]*\))?", "", selector_of(rule))
            yield from broken("index: selector gone", name, partial(lose, selector=selector))


def _feeds(sample: Sample, feed: Feed | Sitemap) -> Iterator[Broken]:
    capture = sample.capture()
    if not capture.body.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        return
    root = etree.fromstring(capture.body)

    def broken(kind: str, where: str, path: str, change: Callable[[Any], object]) -> Iterator[Broken]:
        tree = copy.deepcopy(root)
        for element in tree.xpath(path):
            change(element)
        if etree.tostring(tree) != etree.tostring(root):
            yield Broken(sample, kind, where, with_body(capture, etree.tostring(tree, encoding="utf-8")))

    def named(*names: str) -> str:
        return "//*[" + " or ".join(f"local-name()='{each}'" for each in names) + "]"

    def drop(element: Element) -> None:
        if element.getparent() is not None:
            element.getparent().remove(element)

    def rename(element: Element) -> None:
        element.tag = element.tag + "New"

    if not (isinstance(feed, Feed) and feed.may_be_empty):
        yield from broken("index: emptied", "entries gone", named("item", "entry", "url", "sitemap"), drop)
    yield from broken("index: entries renamed", "entries", named("item", "entry", "url", "sitemap"), rename)
    yield from broken(
        "index: links gone",
        "links",
        named("item", "entry", "url")
        + "/*[local-name()='link' or local-name()='guid' or local-name()='id' or local-name()='loc']",
        drop,
    )
    yield from broken(
        "index: selector gone", "dates", named("pubDate", "date", "published", "updated"), rename
    )
    yield from broken("index: container gone", "root", "/*", rename)


def _answers(sample: Sample, api: Api) -> Iterator[Broken]:
    capture = sample.capture()

    def broken(kind: str, where: str, change: Callable[[Any], Any]) -> Iterator[Broken]:
        data = json.loads(capture.body)
        changed = change(json.loads(capture.body))
        if changed != data or kind == "nothing (control)":
            yield Broken(sample, kind, where, with_body(capture, json.dumps(changed).encode()))

    yield from broken("nothing (control)", "serialised again", lambda data: data)
    entries = keys_of(api.entries.replace("@", ""))
    for key in entries:
        yield from broken("index: container gone", key, partial(renamed, key=key))
        yield from broken("index: emptied", key, partial(put, key=key, value=[]))
    if not entries:
        yield from broken("index: emptied", "list", lambda data: [])
        yield from broken("index: container gone", "list", lambda data: {"results": data})
    for name in ("link", "id", "posted", "changed", "title"):
        rule = getattr(api, name)
        for key in keys_of(selector_of(rule)) if rule is not None else ():
            yield from broken("index: JSON key renamed", f"{name}: {key}", partial(renamed, key=key))


__all__ = ["broken_indexes"]
