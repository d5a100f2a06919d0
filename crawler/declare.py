"""The vocabulary of a source definition: plain values, checked when they are made.

A definition says how releases are found (`Listing`, `Feed`, `Api`, `Numbers`), how a page is read
(`Fields` for HTML, `Record` for JSON, `Flow` for running text) and what to expect (`Every`, `PerWeek`).
Selectors are CSS with parsel's `::text` and `::attr(name)`; in `Record` they are JMESPath.
A selector that does not compile is refused here, with its text, when the definition is imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from types import MappingProxyType

import jmespath
from parsel.csstranslator import HTMLTranslator

from crawler.items import KindOfRelease, Role, Standing


class DefinitionError(ValueError):
    """A definition contradicts itself or the vocabulary; the message names file and attribute."""


def _check_css(owner: str, name: str, selector: str) -> None:
    try:
        HTMLTranslator().css_to_xpath(selector)
    except Exception as error:
        raise DefinitionError(f"{owner}.{name}: selector {selector!r} does not compile: {error}") from error


def _check_jmespath(owner: str, name: str, expression: str) -> None:
    try:
        jmespath.compile(expression)
    except Exception as error:
        raise DefinitionError(
            f"{owner}.{name}: expression {expression!r} does not compile: {error}"
        ) from error


def _check_pattern(owner: str, name: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise DefinitionError(f"{owner}.{name}: pattern {pattern!r} does not compile: {error}") from error


@dataclass(frozen=True, slots=True)
class Text:
    """A text found by a selector, optionally the part of it that a pattern takes.

    `pattern` is a regular expression; its group `value`, or else its first group, or else the whole
    match is the text. `index` picks one of several matches of the selector (0 the first, -1 the last);
    with a pattern, only the matches that it fits count, so that one selector may serve several layouts.
    A selector without `::text` or `::attr()` stands for the whole text of the element.
    """

    selector: str
    pattern: str | None = None
    index: int = 0

    def __post_init__(self) -> None:
        if self.pattern is not None:
            _check_pattern("Text", "pattern", self.pattern)


@dataclass(frozen=True, slots=True)
class Date:
    """A date or time found by a selector, with the formats it may have.

    `formats` are CLDR patterns ("d MMMM y", "dd/MM/y", "MMMM d, y h:mm a") tried in order, or the
    word "iso" for ISO 8601; a mapping gives them per language. Month and day names are read in the
    page's language, and where a page is not in the language of its date (gob.mx puts a Spanish byline over
    English texts) in any in which they read. What fits no format is not guessed: the release is held back
    with the raw text. `pattern` and `index` as in `Text`.
    """

    selector: str
    formats: tuple[str, ...] | Mapping[str, tuple[str, ...]] = ("iso",)
    pattern: str | None = None
    index: int = 0

    def __post_init__(self) -> None:
        if self.pattern is not None:
            _check_pattern("Date", "pattern", self.pattern)

    def formats_for(self, language: str | None) -> tuple[str, ...]:
        """The formats to try for a page in that language, its own first, then those of the others."""
        if not isinstance(self.formats, Mapping):
            return self.formats
        own = self.formats.get(language, ()) if language is not None else ()
        return tuple(dict.fromkeys((*own, *(each for some in self.formats.values() for each in some))))


Selector = str | Text
"""What a text field may be: a bare selector, or one with a pattern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Where the fields of a release stand on an HTML page of one layout.

    A layout applies when both `title` and `body` match; the first of a definition's layouts that
    applies is used. `body` selects elements (not text): their paragraphs are taken in reading order,
    `drop` removes elements inside them first. `until` is the last day of an old layout's life.
    """

    title: Selector
    body: str
    posted: Date | None = None
    said: Date | None = None
    summary: Selector | None = None
    kind: Selector | None = None
    issuers: Selector | None = None
    """Every match is one issuer as written."""
    folio: Selector | None = None
    """Looked for in what the selector finds; the folio in title and first lines is found without it."""
    language: Selector | None = None
    alternates: str | None = None
    """Selects `a` or `link` elements; hreflang or lang names the language."""
    attachments: str | None = None
    attribution: Selector | None = None
    dateline: Selector | None = None
    """Place, day and office that open the text ("October 12, 2016 – Mexico City – Global Affairs Canada")."""
    withdrawn: Selector | None = None
    drop: tuple[str, ...] = ()
    path: str | None = None
    """Regular expression over the address: this layout is only for such addresses."""
    until: date | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "path" and value is not None:
                _check_pattern("Fields", "path", value)
            elif isinstance(value, str):
                _check_css("Fields", each.name, value)
            elif isinstance(value, Text | Date):
                _check_css("Fields", each.name, value.selector)
        for selector in self.drop:
            _check_css("Fields", "drop", selector)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Where the fields of a release stand in a JSON record; every selector is a JMESPath expression.

    `body` and `title` may hold HTML: markup is taken out as on a page. `url` gives the address of the
    page that the record is about (a path is joined to `site`).
    """

    title: Selector
    body: str
    url: str
    site: str = ""
    native_id: str | None = None
    shared_ids: str | None = None
    posted: Date | None = None
    said: Date | None = None
    summary: Selector | None = None
    kind: Selector | None = None
    issuers: Selector | None = None
    language: Selector | None = None
    alternates: str | None = None
    """Yields objects with `url` and `language`."""
    attachments: str | None = None
    withdrawn: Selector | None = None
    withdrawn_at: Date | None = None
    modified: str | None = None
    drop: tuple[str, ...] = ()
    """CSS: elements removed from the HTML of the body."""
    path: str | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "site":
                continue
            if each.name == "path":
                if value is not None:
                    _check_pattern("Record", "path", value)
            elif isinstance(value, str):
                _check_jmespath("Record", each.name, value)
            elif isinstance(value, Text | Date):
                _check_jmespath("Record", each.name, value.selector)
        for selector in self.drop:
            _check_css("Record", "drop", selector)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A page without usable markup (old editors, saved text), read as a run of paragraphs in fixed order.

    Order: anything, `heading`, `posted` on the next paragraph, title, `offices` paragraphs naming who
    issued it, body, foot line (`attribution`), anything from `end` on. A heading that matches one of
    `not_releases` makes the page a skip with that reason.
    """

    heading: str
    """Regular expression for the paragraph that opens a release."""
    posted: Date
    """`selector` is a regular expression here, matched against the paragraph."""
    offices: int
    attribution: str
    """Regular expression for the foot line, matched against whole paragraphs from the body's end upwards."""
    end: tuple[str, ...]
    """Regular expressions; the first paragraph that matches one, and all after it, are furniture."""
    not_releases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Regular expression over paragraphs before the end -> reason to skip the page."""
    path: str | None = None

    def __post_init__(self) -> None:
        for name in ("heading", "attribution"):
            _check_pattern("Flow", name, getattr(self, name))
        _check_pattern("Flow", "posted", self.posted.selector)
        for pattern in (*self.end, *self.not_releases):
            _check_pattern("Flow", "end/not_releases", pattern)


Layout = Fields | Record | Flow
"""One way of reading a page."""


@dataclass(frozen=True, slots=True)
class Pages:
    """How an index goes on after its first page."""

    kind: str
    first: int = 1
    step: int = 1
    selector: str | None = None

    @classmethod
    def numbered(cls, first: int = 1, step: int = 1) -> Pages:
        """`{page}` in the address counts up from `first` by `step` (an offset when step is a page's size)."""
        return cls("numbered", first, step)

    @classmethod
    def next_link(cls, selector: str) -> Pages:
        """The page links to its follower."""
        _check_css("Pages", "next_link", selector)
        return cls("next_link", selector=selector)

    @classmethod
    def single(cls) -> Pages:
        """There is one page only."""
        return cls("single")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An HTML index, newest entries first.

    The address may hold `{page}` and `{language}` (then every declared language, or those of
    `languages`, has an index of its own). `entry` selects one element per release; the other selectors
    are relative to it. `wrapped` tells that the site may answer with a script fragment that appends the
    entries (gob.mx); both shapes are read. `container` must be on the page even when nothing is listed:
    without it the page is not the index at all (a challenge, an error, a new layout).
    """

    url: str
    entry: str
    link: str
    title: str | None = None
    posted: Date | None = None
    kind: str | None = None
    container: str | None = None
    pages: Pages = field(default_factory=Pages.single)
    languages: tuple[str, ...] = ()
    language: str | None = None
    """Language of the entries, where an index holds one only and the address does not say it."""
    wrapped: bool = False
    first_url: str | None = None
    """Address of the first page, where it differs from the pattern."""

    def __post_init__(self) -> None:
        for name in ("entry", "link", "title", "kind", "container"):
            value = getattr(self, name)
            if value is not None:
                _check_css("Listing", name, value)
        if self.posted is not None:
            _check_css("Listing", "posted", self.posted.selector)
        if self.pages.kind == "numbered" and "{page}" not in self.url:
            raise DefinitionError(f"Listing.url: numbered pages need {{page}} in {self.url!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An RSS or Atom feed (or API that answers with one).

    `may_be_empty` is False for APIs that answer wrong parameters with an empty feed: then no entries is
    a failure, never "no news".
    """

    url: str
    languages: tuple[str, ...] = ()
    may_be_empty: bool = False
    pages: Pages = field(default_factory=Pages.single)


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """A JSON index. Expressions are JMESPath; `link`, `title`, `posted` are relative to one entry.

    `fetch` makes the address to fetch from an entry's link (`{link}` is its path, `{id}` what `id`
    finds); None: the link itself. `embedded` tells that an entry is already the whole record: it is
    read from the index's capture, and `fetch` is used only for what an interrupted run left over.
    `since` and `until` name query parameters that narrow the answer to a window (ISO dates).
    """

    url: str
    entries: str
    link: str
    id: str | None = None
    title: str | None = None
    posted: Date | None = None
    modified: str | None = None
    kind: str | None = None
    total: str | None = None
    """Expression for the number of entries in all pages, or `header:NAME`."""
    fetch: str | None = None
    embedded: bool = False
    pages: Pages = field(default_factory=Pages.single)
    page_size: int = 0
    languages: tuple[str, ...] = ()
    language: str | None = None
    since: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        for name in ("entries", "link", "id", "title", "modified", "kind", "total"):
            value = getattr(self, name)
            if value is not None and not value.startswith("header:"):
                _check_jmespath("Api", name, value)
        if self.posted is not None:
            _check_jmespath("Api", "posted", self.posted.selector)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Pages that only count up (`id4410.html`): addresses are made, not listed.

    Counting starts after the highest number known to the ledger, or at `first`, and gives up after
    `give_up_after` missing pages in a row; it never goes past `last`.
    """

    url: str
    """Holds `{number}`."""
    first: int
    last: int
    give_up_after: int = 25

    def __post_init__(self) -> None:
        if "{number}" not in self.url:
            raise DefinitionError(f"Numbers.url: {{number}} is missing in {self.url!r}")
        if self.first > self.last:
            raise DefinitionError(f"Numbers: first {self.first} is above last {self.last}")


Discovery = Listing | Feed | Api | Numbers
"""One way of finding releases."""


@dataclass(frozen=True, slots=True)
class Address:
    """What makes two addresses of this source one: the named groups of `pattern`, put into `key`.

    `pattern` is matched from the start of the address without scheme, `www.`, fragment and query (unless
    `query` names parameters to keep). An address that does not match belongs to another source or section.
    Example: `Address(r"gob\\.mx/sre/(?P<section>prensa)/(?P<slug>[^/]+)$", "{section}/{slug}")`.
    `query=("*",)` keeps every parameter, in order of name: `{query}` in `key` stands for them and their "?".
    """

    pattern: str
    key: str
    query: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_pattern("Address", "pattern", self.pattern)
        groups = set(re.compile(self.pattern).groupindex) | set(self.query)
        if self.query == ("*",):
            groups.add("query")
        wanted = set(re.findall(r"\{(\w+)\}", self.key))
        if wanted - groups:
            raise DefinitionError(
                f"Address.key: {sorted(wanted - groups)} are not groups of {self.pattern!r}"
            )


@dataclass(frozen=True, slots=True)
class Kinds:
    """The site's own labels for kinds of release; case and surrounding space do not matter.

    A label that is not listed holds the release back; `default` is for pages that carry no label at all.
    """

    default: KindOfRelease
    labels: Mapping[str, KindOfRelease] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class MirrorOf:
    """What this source re-posts or translates: names of sources, or issuers where no source is crawled."""

    sources: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """What the texts of a language (or under a path) are: original, or translation of which standing."""

    role: Role
    standing: Standing | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """How often the source is crawled."""

    minutes: int = 0
    hours: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if self.interval <= timedelta(0):
            raise DefinitionError("Every: the interval must be longer than nothing")

    @property
    def interval(self) -> timedelta:
        """The time between two starts."""
        return timedelta(minutes=self.minutes, hours=self.hours, days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerWeek:
    """How many releases a week are expected: below the floor is suspicious, above the ceiling too."""

    at_least: int
    at_most: int

    def __post_init__(self) -> None:
        if not 0 <= self.at_least <= self.at_most:
            raise DefinitionError(
                f"PerWeek: floor {self.at_least} is above ceiling {self.at_most}, or below 0"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Polite:
    """How this host is asked: seconds between requests and how many at once. The reason stands beside it."""

    delay: float = 2.0
    at_once: int = 1
