"""HTML pages by rule: the `Fields` layout."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.declare import Fields
from crawler.declare import Selector as Rule
from crawler.pages.page import Page, language_tag
from crawler.pages.paragraphs import Element, paragraphs_of
from crawler.pages.reading import Unfit
from crawler.pages.selectors import (
    find,
    find_elements,
    find_texts,
    pattern_of,
    pick,
    selector_of,
    take,
)
from crawler.pages.values import Values, alternates_of, by_methods, date_of, methods_of, put_dates
from crawler.source import Source


def read_fields(source: type[Source], layout: Fields, page: Page) -> Values | Unfit:
    """The values of all rules, or the rules for title and body that found nothing."""
    if page.tree is None:
        return Unfit(("no HTML",))
    title, body = title_of(source, layout, page), body_of(source, layout, page)
    missing = tuple(name for name, value in (("title", title), ("body", body)) if not value)
    if missing:
        return Unfit(missing)
    return {"title": title, "body": body, **further_values(source, layout, page)}


def title_of(source: type[Source], layout: Fields, page: Page) -> str | None:
    """The title by method or rule; None when there is none."""
    method = methods_of(source).get("title")
    return method(page) if method is not None else _text(page.tree, layout.title)


def body_of(source: type[Source], layout: Fields, page: Page) -> tuple[str, ...]:
    """The paragraphs of the body by method or rule; empty when there are none."""
    method = methods_of(source).get("body")
    if method is not None:
        return tuple(method(page) or ())
    dropped = {element for selector in layout.drop for element in find_elements(page.tree, selector)}
    return paragraphs_of(find_elements(page.tree, layout.body), dropped)


def further_values(source: type[Source], layout: Fields, page: Page) -> Values:
    """The values of all rules but title and body; what a rule does not find is not in the answer."""
    tree = page.tree
    values: Values = {}
    language = _text(tree, layout.language)
    values["language"] = (language_tag(language) if language else None) or page.language
    for name in ("summary", "kind", "folio", "attribution", "dateline", "withdrawn"):
        text = _text(tree, getattr(layout, name))
        if text is not None:
            values[name] = text
    if layout.issuers is not None:
        texts = find_texts(tree, selector_of(layout.issuers))
        values["issuers"] = tuple(dict.fromkeys(take(texts, pattern_of(layout.issuers))))
    dates = [
        date_of(find_texts(tree, rule.selector), rule, values["language"], source)
        if rule is not None
        else (None, None)
        for rule in (layout.posted, layout.said)
    ]
    put_dates(values, dates[0], dates[1])
    if layout.alternates is not None:
        values["alternates"] = alternates_of([_version(page, each) for each in find(tree, layout.alternates)])
    if layout.attachments is not None:
        values["attachments"] = _addresses(page, find(tree, layout.attachments))
    if layout.attribution is not None:
        values["source_links"] = _links_elsewhere(source, page, selector_of(layout.attribution))
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
