"""HTML pages by rule: the `Fields` layout."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.declare import Fields
from crawler.declare import Selector as Rule
from crawler.pages.doubt import doubt_of_needs
from crawler.pages.page import Page, language_tag
from crawler.pages.paragraphs import Element, cut, paragraphs_of
from crawler.pages.reading import Unfit
from crawler.pages.selectors import (
    find,
    find_elements,
    find_texts,
    pick,
    pick_all,
    selector_of,
)
from crawler.pages.values import (
    Known,
    Values,
    alternates_of,
    by_methods,
    dates_of,
    methods_of,
    put_dates,
)
from crawler.source import Source


def read_fields(source: type[Source], layout: Fields, page: Page, known: Known) -> Values | Unfit:
    """The values of all rules, or the rules for title and body that found nothing."""
    if page.tree is None:
        return Unfit(("no HTML",))
    title, body = title_and_body(source, layout, page)
    missing = tuple(name for name, value in (("title", title), ("body", body)) if not value)
    if missing:
        return Unfit(missing)
    values = {"title": title, "body": body, **further_values(source, layout, page, known)}
    return values | doubt_of_needs(layout, page, values)


def title_and_body(source: type[Source], layout: Fields, page: Page) -> tuple[str | None, tuple[str, ...]]:
    """The title and the paragraphs of the body, by method or rule; None and () where there are none."""
    methods = methods_of(source)
    if "body" in methods:
        body = tuple(methods["body"](page) or ())
    else:
        dropped = {element for selector in layout.drop for element in find_elements(page.tree, selector)}
        body = cut(paragraphs_of(find_elements(page.tree, layout.body), dropped), layout.begin, layout.end)
    if "title" in methods:
        return methods["title"](page), body
    if layout.title is not None:
        return _text(page.tree, layout.title), body
    return (body[0], body[1:]) if body else (None, ())


def further_values(source: type[Source], layout: Fields, page: Page, known: Known) -> Values:
    """The values of all rules but title and body; what a rule does not find is not in the answer."""
    tree = page.tree
    values: Values = {}
    language = _text(tree, layout.language)
    values["language"] = (language_tag(language) if language else None) or known.language or page.language
    for name in ("summary", "kind", "folio", "attribution", "dateline", "withdrawn"):
        text = _text(tree, getattr(layout, name))
        if text is not None:
            values[name] = text
    if layout.issuers is not None:
        texts = find_texts(tree, selector_of(layout.issuers))
        values["issuers"] = pick_all(texts, layout.issuers)
    put_dates(
        values,
        *dates_of(layout, lambda _, rule: find_texts(tree, rule.selector), values["language"], source, known),
    )
    if layout.alternates is not None:
        values["alternates"] = alternates_of([_version(page, each) for each in find(tree, layout.alternates)])
    if layout.attachments is not None:
        values["attachments"] = _addresses(page, find(tree, layout.attachments))
    links = _addresses(page, find(tree, layout.source)) if layout.source is not None else ()
    if layout.attribution is not None:
        links = (*links, *_links_elsewhere(source, page, selector_of(layout.attribution)))
    values["source_links"] = tuple(dict.fromkeys(links))
    by_methods(source, page, values)
    return values


def _text(tree: Element, rule: Rule | None) -> str | None:
    return pick(find_texts(tree, selector_of(rule)), rule) if rule is not None else None


def _version(page: Page, match: str | Element) -> tuple[str | None, str | None]:
    if isinstance(match, str):
        return page.absolute(match), None
    return page.absolute(match.get("href") or ""), match.get("hreflang") or match.get("lang")


def _addresses(page: Page, matches: Iterable[str | Element]) -> tuple[str, ...]:
    written = (each if isinstance(each, str) else each.get("href") or each.get("src") for each in matches)
    absolute = (page.absolute(each) for each in written if each)
    return tuple(dict.fromkeys(each for each in absolute if each is not None))


def _links_elsewhere(source: type[Source], page: Page, selector: str) -> tuple[str, ...]:
    """Addresses on other hosts that the foot or source line links to."""
    links = [
        link for element in find_elements(page.tree, selector) for link in find_elements(element, "a[href]")
    ]
    return tuple(url for url in _addresses(page, links) if urlsplit(url).hostname not in source.hosts)
