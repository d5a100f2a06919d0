"""The values of a definition's rules, from the texts that their selectors found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from crawler.declare import Date, Fields, Pdf, Record
from crawler.items import Alternate, ReleaseItem
from crawler.pages.dates import Found, languages_to_try, parse_date
from crawler.pages.page import Page, language_tag
from crawler.pages.selectors import compile_pattern, pick
from crawler.source import Source

Values = dict[str, Any]
"""Fields of a `ReleaseItem` by name."""

_methods: WeakKeyDictionary[type[Source], dict[str, Callable[[Page], Any]]] = WeakKeyDictionary()
_ITEM_FIELDS = frozenset(each.name for each in fields(ReleaseItem))


def methods_of(source: type[Source]) -> dict[str, Callable[[Page], Any]]:
    """The `read_<field>` methods of a definition by field; they replace the rules of those fields.

    An error in such a method is a defect of the definition and is not caught.
    """
    known = _methods.get(source)
    if known is not None:
        return known
    reader = source()
    named = ((name.removeprefix("read_"), name) for name in dir(source) if name.startswith("read_"))
    _methods[source] = {field: getattr(reader, name) for field, name in named if field in _ITEM_FIELDS}
    return _methods[source]


def primary(tag: str | None) -> str | None:
    """The language of a tag without region and script ("es" of "es-MX"), in lower case."""
    return tag.partition("-")[0].lower() if tag else None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a page besides what it says itself."""

    taken_on: date
    """Day of its capture, in the source's zone."""
    language: str | None = None
    """By its address, as the layout's `path` reads it."""
    language_by_index: str | None = None
    by_index: date | None = None
    """Day that the index showed, or the last day of the month or year that an index page is of."""

    def year_of(self, rule: Date | None, posted: date | None = None) -> date | None:
        """The day that a date without a year takes it from; `posted` is the page's own posting day."""
        match rule.year if rule is not None else None:
            case "posted":
                return posted
            case "index":
                return self.by_index
            case "capture":
                return self.taken_on
            case _:
                return None


def date_of(
    texts: Sequence[str],
    rule: Date,
    language: str | None,
    source: type[Source],
    year_of: date | None = None,
) -> tuple[str | None, Found | None]:
    """The raw text that a date rule takes, and the date it is, if it fits a format of the rule.

    Names are read in the page's language first, then in the source's others: gob.mx puts Spanish dates over
    English texts.
    """
    raw = pick(texts, rule)
    if raw is None and rule.sign is not None:
        sign = compile_pattern(rule.sign)
        raw = next((text for text in texts if sign.search(text)), None)
    return raw, parsed(raw, rule, language, source, year_of) if raw is not None else None


def parsed(
    raw: str, rule: Date, language: str | None, source: type[Source], year_of: date | None = None
) -> Found | None:
    """The date that a raw text is by a rule's formats; `year_of` as in `parse_date`."""
    own = primary(language)
    for each in languages_to_try(rule.formats_for(own), own, source.languages):
        found = parse_date(raw, rule.formats_for(each), each, source.zone(), year_of)
        if found is not None:
            return found
    return None


def dates_of(
    layout: Fields | Record | Pdf,
    texts_of: Callable[[str, Date], Sequence[str]],
    language: str | None,
    source: type[Source],
    known: Known,
) -> tuple[tuple[str | None, Found | None], tuple[str | None, Found | None]]:
    """The days of posting and saying by a layout's rules; `texts_of` gives what the selector of a
    named rule finds."""
    posted: tuple[str | None, Found | None] = (None, None)
    said: tuple[str | None, Found | None] = (None, None)
    if layout.posted is not None:
        year_of = known.year_of(layout.posted)
        posted = date_of(texts_of("posted", layout.posted), layout.posted, language, source, year_of)
    if layout.said is not None:
        day = posted[1].day if posted[1] is not None else None
        year_of = known.year_of(layout.said, day if layout.posted is not None else known.by_index)
        said = date_of(texts_of("said", layout.said), layout.said, language, source, year_of)
    return posted, said


def put_dates(
    values: Values, posted: tuple[str | None, Found | None], said: tuple[str | None, Found | None]
) -> None:
    """Write both dates: raw texts as found, days and times only where they could be read."""
    raw, found = posted
    if raw is not None:
        values["posted"] = raw
    if found is not None:
        values["posted_on"], values["posted_at"] = found.day, found.at
    raw, found = said
    if raw is not None:
        values["said"] = raw
    if found is not None:
        values["said_on"] = found.day


def alternates_of(pairs: Sequence[tuple[str | None, str | None]]) -> tuple[Alternate, ...]:
    """Language versions from pairs of address and declared language; each address once."""
    found: dict[str, Alternate] = {}
    for url, language in pairs:
        if url is not None and (language or "").lower() != "x-default":
            found.setdefault(url, Alternate(url, language_tag(language) if language else None))
    return tuple(found.values())


def by_methods(source: type[Source], page: Page, values: Values) -> None:
    """Let the definition's methods replace what the rules found."""
    for field, method in methods_of(source).items():
        if field not in ("title", "body"):
            values[field] = method(page)
