"""A broken sample: what was done to it, and the capture that came of it."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, replace

from lxml import html as lxml_html

from crawler.items import Capture, Due
from crawler.pages.page import Page
from crawler.pages.paragraphs import Element
from scheduler.samples import Sample

_CHARSET = re.compile(r"charset\s*=\s*[\"']?[\w-]+", re.IGNORECASE)


@dataclass(frozen=True)
class Broken:
    """One break of one sample."""

    sample: Sample
    kind: str
    """The way in which it is broken ("date removed")."""
    where: str
    """Which rule, element or variant of it."""
    capture: Capture
    hint: Due | None = None
    lost: frozenset[str] = frozenset()
    """Fields that the broken page does not tell any more, and that may be absent: a date written without its
    time tells no time."""

    @property
    def name(self) -> str:
        """For a person and for a test."""
        return f"{self.sample.name} / {self.kind}: {self.where}"


def tree_of(sample: Sample) -> Element:
    """A sample's page as a tree of one's own, to be broken."""
    text = Page(sample.capture()).text
    text = re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text)
    return lxml_html.document_fromstring(text)


def with_tree(capture: Capture, tree: Element) -> Capture:
    """The capture with the tree as its page, in UTF-8 that is declared."""
    tree = copy.deepcopy(tree)
    for meta in tree.xpath("//meta[@charset]"):
        meta.set("charset", "utf-8")
    for meta in tree.xpath("//meta[@http-equiv and contains(@content, 'charset')]"):
        meta.set("content", "text/html; charset=utf-8")
    body = lxml_html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>")
    return with_body(capture, bytes(body), "utf-8")


def with_body(capture: Capture, body: bytes, charset: str | None = None) -> Capture:
    """The capture with other bytes, and another declared charset."""
    headers = list(capture.headers)
    if charset is not None:
        kind = (capture.header("content-type") or "text/html").partition(";")[0]
        headers = [each for each in headers if each[0].lower() != "content-type"]
        headers.append(("Content-Type", f"{kind}; charset={charset}"))
    return replace(capture, body=body, headers=tuple(headers), digest=None)


def text_of(capture: Capture) -> str:
    """The capture's body as text, as the reader decodes it."""
    return Page(capture).text


def redeclared(text: str, charset: str) -> str:
    """A page that names another charset in its head."""
    head, rest = text[:4096], text[4096:]
    return _CHARSET.sub(f"charset={charset}", head) + rest
