"""HTML pages of releases, broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from lxml import etree

from benchmarks.mutations.broken import Broken, redeclared, text_of, tree_of, with_body, with_tree
from benchmarks.mutations.verdicts import told
from crawler.declare import Date, Fields, Parts, Text
from crawler.items import ReleaseItem
from crawler.pages.page import Page
from crawler.pages.paragraphs import Element
from crawler.pages.read import applies
from crawler.pages.selectors import find, find_elements, selector_of
from scheduler.samples import Sample

_NAMES = re.compile(r"[.#](-?[_a-zA-Z][\w-]*)")
_WORDS = re.compile(r"\[\s*[\w-]+\s*[~^$*|]?=\s*[\"']?([^\"'\]]+)[\"']?\s*\]")
_RULES = ("title", "body", "posted", "said", "kind", "issuers")

CHALLENGE = b"""<!DOCTYPE html><html><head><title>Challenge Validation</title></head><body>
<iframe id="sec-cpt-if" src="/_sec/cp_challenge/wait"></iframe>
<script>setTimeout(reload, 5000)</script></body></html>"""
NOT_FOUND = b"""<!DOCTYPE html><html><head><title>Page not found</title></head><body><h1>Page not found</h1>
<p>The page that you are looking for has moved.</p><p><a href="/">Start page</a></p></body></html>"""
ABOUT = """<!DOCTYPE html><html lang="{language}"><head><title>{title} | Portal</title></head><body>
<div class="top"><a href="/">Start</a> <a href="/news">News</a></div>
<div class="wide"><h1>{title}</h1>
<p>{first}</p><p>{second}</p><p>{third}</p></div>
<div class="foot"><a href="/legal">Legal notice</a></div></body></html>"""


def layouts_of(sample: Sample) -> list[Fields]:
    """The HTML rules that the sample's page is read by."""
    page = Page(sample.capture())
    found: list[Fields] = []
    for layout in sample.source.layouts():
        if not applies(layout, page) or page.tree is None:
            continue
        if isinstance(layout, Parts):
            found += layout.parts.values()
        elif isinstance(layout, Fields):
            title = layout.title is None or bool(find(page.tree, selector_of(layout.title)))
            if title and find(page.tree, layout.body):
                return [layout]
    return found


def broken_pages(sample: Sample, items: tuple[ReleaseItem, ...]) -> Iterator[Broken]:
    """Every break of a page of a release; `items` are what is read from it unbroken."""
    capture, hint = sample.capture(), told(sample)

    def broken(kind: str, where: str, change: Callable[[Element], object]) -> Iterator[Broken]:
        tree = tree_of(sample)
        before = etree.tostring(tree)
        change(tree)
        if etree.tostring(tree) != before or kind == "nothing (control)":
            lost = frozenset(("posted_at",)) if kind == "date format changed" else frozenset[str]()
            yield Broken(sample, kind, where, with_tree(capture, tree), hint, lost)

    yield from broken("nothing (control)", "serialised again", lambda tree: None)
    for number, layout in enumerate(layouts_of(sample)):
        part = f" of part {number + 1}" if number else ""
        for name in _RULES:
            rule = getattr(layout, name)
            if rule is None:
                continue
            selector = selector_of(rule)
            yield from broken("selector gone", name + part, partial(lose, selector=selector))
            if isinstance(rule, Date):
                yield from broken("date removed", name + part, partial(remove, selector=selector))
                item = items[min(number, len(items) - 1)]
                raw = item.posted if name == "posted" else item.said
                day = item.posted_on if name == "posted" else item.said_on
                if raw and day:
                    for style, written in other_formats(day, raw):
                        yield from broken(
                            "date format changed", f"{name}{part} {style}",
                            partial(rewrite, selector=selector, raw=raw, written=written),
                        )  # fmt: skip
        yield from broken("redesigned", "title, body, dates" + part, partial(redesign, layout=layout))
        yield from broken("title emptied", "title" + part, partial(empty, rule=layout.title))
        yield from broken("body emptied", "body" + part, partial(empty, rule=layout.body))
        for style, wrap in (("around its children", wrap_inside), ("around it", wrap_outside)):
            yield from broken("body wrapped", style + part, partial(wrap, selector=layout.body))
    yield from _of_bytes(sample)


def _of_bytes(sample: Sample) -> Iterator[Broken]:
    capture, hint = sample.capture(), told(sample)
    text = text_of(capture)
    for sent, declared in (("utf-8", "iso-8859-1"), ("cp1252", "utf-8"), ("utf-8", None)):
        try:
            body = (redeclared(text, declared) if declared else text).encode(sent)
        except UnicodeEncodeError:
            continue
        said = declared or "koi8-r"
        yield Broken(
            sample, "charset changed", f"{sent} sent, {said} declared", with_body(capture, body, said), hint
        )
    for share in (20, 40, 60, 80, 95):
        cut = capture.body[: len(capture.body) * share // 100]
        yield Broken(sample, "truncated", f"after {share} %", with_body(capture, cut), hint)
    title = "Sobre la institución"
    about = ABOUT.format(
        language=sample.meta["language"],
        title=title,
        first="La institución atiende al público de lunes a viernes en sus oficinas de la capital.",
        second="Las solicitudes se presentan con los formularios que se encuentran en esta misma página.",
        third="Para más información puede llamar al número gratuito o escribir a la oficina de atención.",
    )
    for where, body in (
        ("bot check", CHALLENGE),
        ("not found, status 200", NOT_FOUND),
        ("empty", b""),
        ("start of a page only", b"<!DOCTYPE html><html><head></head><body></body></html>"),
    ):
        yield Broken(sample, "other page in its place", where, with_body(capture, body, "utf-8"), hint)
    yield Broken(sample, "layout swapped", "about page", with_body(capture, about.encode(), "utf-8"), hint)


def lose(tree: Element, selector: str) -> None:
    """Rename what the selector goes by: its classes, ids and attribute values, else its elements."""
    for part in selector.split(","):
        plain = part.partition("::")[0].strip()
        names = set(_NAMES.findall(plain)) | set(_WORDS.findall(plain))
        for element in tree.iter():
            if not isinstance(element.tag, str):
                continue
            for attribute in list(element.attrib):
                words = element.get(attribute).split()
                if names & set(words) and attribute not in ("href", "src", "content", "lang", "hreflang"):
                    element.set(attribute, " ".join(f"n-{each}" if each in names else each for each in words))
        for element in find_elements(tree, plain):
            if element.tag in ("meta", "link", "time"):
                element.drop_tree()
            elif element.tag not in ("html", "body", "head"):
                element.tag = "div" if element.tag != "div" else "section"
                element.attrib.clear()


def redesign(tree: Element, layout: Fields) -> None:
    """Rename everything that the layout goes by."""
    for name in (*_RULES, "folio", "dateline", "attribution"):
        rule = getattr(layout, name)
        if rule is not None:
            lose(tree, selector_of(rule))


def remove(tree: Element, selector: str) -> None:
    """Take the elements away that the selector finds."""
    for element in find_elements(tree, selector.replace("::text", "").partition("::attr")[0]):
        if element.getparent() is not None and element.tag not in ("body", "html", "head"):
            element.drop_tree()


def empty(tree: Element, rule: str | Text | None) -> None:
    """Leave the elements that the rule finds without content."""
    if rule is None:
        return
    for element in find_elements(tree, re.sub(r"::[\w-]+(\([^)]*\))?", "", selector_of(rule))):
        if element.tag == "meta":
            element.set("content", "")
            continue
        for child in list(element):
            element.remove(child)
        element.text = None


def wrap_inside(tree: Element, selector: str) -> None:
    """Put two plain elements between the body and what is in it."""
    for element in find_elements(tree, selector):
        if element.tag in ("p", "span", "table", "tr", "ul"):
            continue
        outer = element.makeelement("div", {"class": "n-outer"})
        inner = element.makeelement("div")
        outer.append(inner)
        inner.text, element.text = element.text, None
        for child in list(element):
            inner.append(child)
        element.append(outer)


def wrap_outside(tree: Element, selector: str) -> None:
    """Put a plain element around the body."""
    for element in find_elements(tree, selector):
        parent = element.getparent()
        if parent is None or element.tag in ("body", "td", "tr", "li", "p"):
            continue
        outer = element.makeelement("div", {"class": "n-outer"})
        parent.replace(element, outer)
        outer.tail, element.tail = element.tail, None
        outer.append(element)


def other_formats(day: date, raw: str) -> Iterator[tuple[str, str]]:
    """The day as a site might write it after a redesign, with a name for the style."""
    english = f"{day:%A}, {day:%B} {day.day}, {day.year}"
    for style, written in (
        ("iso", day.isoformat()),
        ("compact", f"{day:%d%m%Y}"),
        ("day first, slashes", f"{day:%d/%m/%Y}"),
        ("month first, slashes", f"{day:%m/%d/%Y}"),
        ("two-digit year", f"{day:%d.%m.%y}"),
        ("no year", f"{day.day}. {day.month}."),
        ("english, long", english),
        ("relative", "3 days ago"),
        ("empty", ""),
    ):
        if written != raw:
            yield style, written


def rewrite(tree: Element, selector: str, raw: str, written: str) -> None:
    """Write a date otherwise in what the selector finds: in its text, or in the attribute that it names."""
    attribute = re.search(r"::attr\(([\w-]+)\)", selector)
    plain = selector.replace("::text", "").partition("::attr")[0]
    for element in find_elements(tree, plain):
        if attribute is not None and (element.get(attribute[1]) or "").strip():
            if raw.strip() in " ".join(element.get(attribute[1]).split()):
                element.set(attribute[1], written)
            continue
        text = " ".join(element.text_content().split())
        if raw in text:
            for child in list(element):
                element.remove(child)
            element.text = text.replace(raw, written)


__all__ = ["broken_pages", "layouts_of"]
