"""JSON records by rule: the `Record` layout.

A record whose values have other types than its rules expect raises `WrongShape`, which says what was
expected and what was found; the reader makes it a failure of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape

from crawler.declare import Date, Record
from crawler.declare import Selector as Rule
from crawler.pages.dates import Found
from crawler.pages.doubt import doubt_of_needs
from crawler.pages.markup import parse_html
from crawler.pages.page import Page, flat_html, language_tag, legible
from crawler.pages.paragraphs import cut, paragraphs_of, saved_paragraphs
from crawler.pages.reading import Unfit
from crawler.pages.selectors import (
    Json,
    WrongShape,
    find_elements,
    pick,
    pick_all,
    search_record,
    selector_of,
)
from crawler.pages.values import (
    Known,
    Values,
    alternates_of,
    by_methods,
    date_of,
    dates_of,
    methods_of,
    put_dates,
)
from crawler.source import Source

DateFound = tuple[str | None, Found | None]

_TYPES = {
    str: "text",
    bool: "true/false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def type_name(value: Json) -> str:
    """What a JSON value is, for a person."""
    return "nothing (null)" if value is None else _TYPES.get(type(value), type(value).__name__)


def read_record(
    source: type[Source], layout: Record, record: Json, page: Page, known: Known
) -> Values | Unfit:
    """The values of all rules, or those for title, body and url that found nothing; raises WrongShape."""
    if layout.within is not None:
        record = search_record(layout.within, record)
        if record is None:
            return Unfit(("within",))
    if not isinstance(record, dict):
        raise WrongShape(f"record: expected an object, found {type_name(record)}")
    values = _further_values(source, layout, record, page, known)
    title, body = _title_and_body(source, layout, record, page)
    if layout.url is not None:
        language = values["language"] or known.language_by_index
        written = _text("url", layout.url, record, markup=False, language=language)
        values["url"] = _address(written, layout, page)
    needed = (("title", title), ("body", body), ("url", values.get("url") or layout.url is None))
    missing = tuple(name for name, value in needed if not value)
    if missing:
        return Unfit(missing)
    return {"title": title, "body": body, **values} | doubt_of_needs(layout, page, values)


def address_in_record(layout: Record, data: Json) -> str | None:
    """The absolute address that a record names for itself; None where the data is no such record."""
    try:
        record = search_record(layout.within, data) if layout.within is not None else data
        if layout.url is None or not isinstance(record, dict):
            return None
        spoken = _text("language", layout.language, record)
        written = _text("url", layout.url, record, markup=False, language=spoken)
    except WrongShape:
        return None
    return Page.join_to(layout.site, written) if written else None


def _title_and_body(
    source: type[Source], layout: Record, record: Json, page: Page
) -> tuple[str | None, tuple[str, ...]]:
    methods = methods_of(source)
    body = tuple(methods["body"](page) or ()) if "body" in methods else _body(layout, record)
    if "title" in methods:
        return methods["title"](page), body
    if layout.title is not None:
        return _text("title", layout.title, record), body
    return (body[0], body[1:]) if body else (None, ())


def _further_values(source: type[Source], layout: Record, record: Json, page: Page, known: Known) -> Values:
    values: Values = {}
    language = _text("language", layout.language, record)
    values["language"] = (language_tag(language) if language else None) or known.language
    for name in ("summary", "kind", "withdrawn"):
        text = _text(name, getattr(layout, name), record)
        if text is not None:
            values[name] = text
    for name in ("native_id", "modified"):
        text = _text(name, getattr(layout, name), record, markup=False)
        if text is not None:
            values[name] = text
    if layout.shared_ids is not None:
        values["shared_ids"] = tuple(
            dict.fromkeys(_texts("shared_ids", layout.shared_ids, record, markup=False))
        )
    if layout.issuers is not None:
        texts = _texts("issuers", selector_of(layout.issuers), record)
        values["issuers"] = pick_all(texts, layout.issuers)
    put_dates(
        values,
        *dates_of(
            layout, lambda name, rule: _texts(name, rule.selector, record), values["language"], source, known
        ),
    )
    _, withdrawn_at = _date("withdrawn_at", layout.withdrawn_at, record, values["language"], source)
    if withdrawn_at is not None:
        values["withdrawn_at"] = withdrawn_at.at
    if layout.alternates is not None:
        values["alternates"] = alternates_of(_versions(layout, record, page))
    if layout.attachments is not None:
        written = _texts("attachments", layout.attachments, record, markup=False)
        absolute = (_address(each, layout, page) for each in written)
        values["attachments"] = tuple(dict.fromkeys(each for each in absolute if each is not None))
    if layout.source is not None:
        links = (
            _address(each, layout, page) for each in _texts("source", layout.source, record, markup=False)
        )
        values["source_links"] = tuple(dict.fromkeys(each for each in links if each is not None))
    by_methods(source, page, values)
    return values


def _texts(name: str, expression: str, record: Json, *, markup: bool = True) -> list[str]:
    """What an expression finds as lines of text, blank ones left out; numbers count as text."""
    found = search_record(expression, record)
    texts = []
    for value in found if isinstance(found, list) else [found]:
        if value is None or value == {} or value == []:
            # GOV.UK writes {} for "no notice".
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise WrongShape(f"{name}: expected text at {expression!r}, found {type_name(value)}")
        text = as_text(str(value)) if markup else legible(str(value)).strip()
        if text:
            texts.append(text)
    return texts


def as_text(value: str) -> str:
    """A value that may hold markup or character references, as one line of text."""
    if "<" in value or "&" in value:
        return flat_html(value)
    return " ".join(legible(value).split())


def _text(
    name: str, rule: Rule | None, record: Json, *, markup: bool = True, language: str | None = None
) -> str | None:
    if rule is None:
        return None
    return pick(_texts(name, selector_of(rule), record, markup=markup), rule, language)


def _date(
    name: str, rule: Date | None, record: Json, language: str | None, source: type[Source]
) -> DateFound:
    if rule is None:
        return None, None
    return date_of(_texts(name, rule.selector, record), rule, language, source)


def _body(layout: Record, record: Json) -> tuple[str, ...]:
    found = search_record(layout.body, record)
    paragraphs: list[str] = []
    for part in found if isinstance(found, list) else [found]:
        if part is None:
            continue
        if not isinstance(part, str):
            raise WrongShape(f"body: expected text at {layout.body!r}, found {type_name(part)}")
        paragraphs.extend(html_paragraphs(part, layout.drop))
    return cut(tuple(paragraphs), layout.begin, layout.end)


def html_paragraphs(markup: str, drop: Sequence[str] = ()) -> tuple[str, ...]:
    """The paragraphs of HTML in a record, or of plain text whose blank lines (else line ends) separate."""
    if "<" not in markup:
        lines = legible(unescape(markup)).replace("\r\n", "\n").strip()
        return saved_paragraphs(lines if "\n\n" in lines else lines.replace("\n", "\n\n"))
    root, _ = parse_html(f"<div>{markup}</div>")
    if root is None:
        return ()
    dropped = {element for selector in drop for element in find_elements(root, selector)}
    return paragraphs_of((root,), dropped)


def _address(written: str | None, layout: Record, page: Page) -> str | None:
    if not written:
        return None
    return page.join_to(layout.site or page.url, written)


def _versions(layout: Record, record: Json, page: Page) -> list[tuple[str | None, str | None]]:
    found = search_record(layout.alternates or "", record)
    if found is None:
        return []
    if not isinstance(found, list):
        raise WrongShape(f"alternates: expected a list at {layout.alternates!r}, found {type_name(found)}")
    pairs = []
    for version in found:
        if not isinstance(version, dict) or not isinstance(version.get("url"), str | None):
            raise WrongShape(
                f"alternates: expected objects with url and language, found {type_name(version)}"
            )
        language = version.get("language")
        pairs.append(
            (_address(version.get("url"), layout, page), language if isinstance(language, str) else None)
        )
    return pairs
