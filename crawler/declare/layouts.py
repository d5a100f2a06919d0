"""How a page of one layout is read: where the fields of a release stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType

from crawler.declare.checks import DefinitionError, check_css, check_jmespath, check_pattern
from crawler.declare.rules import Date, Selector, Text

_MAY_BE_NEEDED = ("posted", "said", "kind", "issuers", "folio", "language", "attribution", "dateline")


def _check_needs(layout: Fields | Record) -> None:
    for name in layout.needs:
        if name not in _MAY_BE_NEEDED or getattr(layout, name, None) is None:
            ruled = [each for each in _MAY_BE_NEEDED if getattr(layout, each, None) is not None]
            raise DefinitionError(
                f"{type(layout).__name__}.needs: {name!r} has no rule here (with a rule: {', '.join(ruled)})"
            )


def _check_patterns(owner: str, path: str | None, begin: str | None, end: tuple[str, ...]) -> None:
    for name, pattern in (("path", path), ("begin", begin), *(("end", each) for each in end)):
        if pattern is not None:
            check_pattern(owner, name, pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Where the fields of a release stand on an HTML page of one layout.

    A layout applies when both `title` and `body` match; the first of a definition's layouts that
    applies is used. `body` selects elements (not text): their paragraphs are taken in reading order,
    `drop` removes elements inside them first.
    """

    title: Selector | None
    """None: the first paragraph of the body is the title."""
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
    """Foot or source line of a mirror; its links to other hosts are links to the source."""
    source: str | None = None
    """Selects the links by which a mirror names the page that it took the text from."""
    dateline: Selector | None = None
    """Place, day and office that open the text ("October 12, 2016 – Mexico City – Global Affairs Canada")."""
    withdrawn: Selector | None = None
    needs: tuple[str, ...] = ()
    """Rules besides title and body that every page fulfils ("issuers", "said"): where one finds nothing, the
    record is held back, and the definition's default does not stand for it. For labels of kinds: `Kinds`."""
    drop: tuple[str, ...] = ()
    begin: str | None = None
    """Regular expression: the body begins after the first paragraph that begins so. A page without one is
    not of this layout."""
    end: tuple[str, ...] = ()
    """Regular expressions: the body ends before the first paragraph that begins so."""
    path: str | None = None
    """Regular expression over the address: this layout is only for such addresses. A group `language` in it
    is the language that the address declares."""
    until: date | None = None
    """Last day of an old layout's life: it reads captures that were taken up to then."""

    def __post_init__(self) -> None:
        _check_patterns("Fields", self.path, self.begin, self.end)
        _check_needs(self)
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name in ("path", "begin"):
                continue
            if isinstance(value, str):
                check_css("Fields", each.name, value)
            elif isinstance(value, Text | Date):
                check_css("Fields", each.name, value.selector)
        for selector in self.drop:
            check_css("Fields", "drop", selector)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Where the fields of a release stand in a JSON record; every selector is a JMESPath expression.

    `body` and `title` may hold HTML: markup is taken out as on a page. `url` gives the address of the
    page that the record is about (a path is joined to `site`).
    A record may stand in an element of an HTML page: `script` selects that element (CSS; a pattern takes the
    JSON out of `window.data = {...};`). `within` is the record's place in the data.
    """

    title: Selector | None
    """None: the first paragraph of the body is the title."""
    body: str
    url: Selector | None = None
    """None: the page's own address."""
    site: str = ""
    script: Selector | None = None
    within: str | None = None
    native_id: Selector | None = None
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
    source: str | None = None
    """Yields addresses by which a mirror names the page that it took the text from."""
    withdrawn: Selector | None = None
    withdrawn_at: Date | None = None
    modified: str | None = None
    needs: tuple[str, ...] = ()
    """As in `Fields`."""
    drop: tuple[str, ...] = ()
    """CSS: elements removed from the HTML of the body."""
    begin: str | None = None
    """As in `Fields`."""
    end: tuple[str, ...] = ()
    """As in `Fields`."""
    path: str | None = None
    """As in `Fields`."""
    until: date | None = None
    """As in `Fields`."""

    def __post_init__(self) -> None:
        _check_patterns("Record", self.path, self.begin, self.end)
        _check_needs(self)
        if self.script is not None:
            selector = self.script if isinstance(self.script, str) else self.script.selector
            check_css("Record", "script", selector)
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name in ("site", "script", "path", "begin"):
                continue
            if isinstance(value, str):
                check_jmespath("Record", each.name, value)
            elif isinstance(value, Text | Date):
                check_jmespath("Record", each.name, value.selector)
        for selector in self.drop:
            check_css("Record", "drop", selector)


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
    not_releases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Regular expression over paragraphs before the end -> reason to skip the page."""
    path: str | None = None
    """As in `Fields`."""
    until: date | None = None
    """As in `Fields`."""

    def __post_init__(self) -> None:
        _check_patterns("Flow", self.path, None, ())
        for name in ("heading", "attribution"):
            check_pattern("Flow", name, getattr(self, name))
        check_pattern("Flow", "posted", self.posted.selector)
        for pattern in (*self.end, *self.not_releases):
            check_pattern("Flow", "end/not_releases", pattern)


@dataclass(frozen=True, slots=True)
class Parts:
    """One page that is several releases: the same text in two languages one below the other, say.

    Every part is read by its own `Fields`; a page on which one of them finds nothing is not of this layout.
    A part's name is its language where that is one of the source's. The first part keeps the page's key, the
    others get theirs behind it (`news/one#es`). All parts share an id, so that they are linked.
    """

    parts: Mapping[str, Fields] = field(hash=False)
    path: str | None = None
    """As in `Fields`."""
    until: date | None = None
    """As in `Fields`."""

    def __post_init__(self) -> None:
        _check_patterns("Parts", self.path, None, ())
        if len(self.parts) < 2:
            raise DefinitionError("Parts.parts: a page of one release needs no parts")
        for name, part in self.parts.items():
            if not re.fullmatch(r"[A-Za-z0-9-]+", name):
                raise DefinitionError(
                    f"Parts.parts: {name!r} is no name for a part (letters, digits, hyphens)"
                )
            if part.path is not None or part.until is not None:
                raise DefinitionError(f"Parts.parts[{name!r}]: path and until belong to Parts itself")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdf:
    """A PDF file that is the release itself.

    Its text is rebuilt to paragraphs, without running heads and page numbers; every rule is a regular
    expression over the paragraphs, and so is the selector of its dates. The group `value`, or else the first
    group, or else the whole match is the value; the first paragraph that fits counts. A file that holds
    pictures of pages and no text is held back as scanned. Needs the extra `pdf`.
    """

    title: str | None = None
    """None: the title that the index showed."""
    posted: Date | None = None
    said: Date | None = None
    kind: str | None = None
    issuers: str | None = None
    """Every match is one issuer as written."""
    folio: str | None = None
    dateline: str | None = None
    attribution: str | None = None
    drop: tuple[str, ...] = ()
    """Paragraphs that begin so are left out."""
    begin: str | None = None
    """As in `Fields`."""
    end: tuple[str, ...] = ()
    """As in `Fields`."""
    path: str | None = None
    """As in `Fields`."""
    until: date | None = None
    """As in `Fields`."""

    def __post_init__(self) -> None:
        _check_patterns("Pdf", self.path, self.begin, self.end)
        for name in ("title", "kind", "issuers", "folio", "dateline", "attribution"):
            if getattr(self, name) is not None:
                check_pattern("Pdf", name, getattr(self, name))
        for name, rule in (("posted", self.posted), ("said", self.said)):
            if rule is not None:
                check_pattern("Pdf", name, rule.selector)
        for pattern in self.drop:
            check_pattern("Pdf", "drop", pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unruled:
    """Pages that nobody has described, and that are wanted nevertheless: general extraction finds their
    title, text and posting day, and everything else is what the definition says of all its pages.

    Tried when no other layout fits, wherever it stands. Without it a page that no layout fits is held back
    with what was found. For old eras: `Unruled(until=date(2009, 12, 31))`.
    """

    path: str | None = None
    """As in `Fields`."""
    until: date | None = None
    """As in `Fields`."""

    def __post_init__(self) -> None:
        _check_patterns("Unruled", self.path, None, ())


Layout = Fields | Record | Flow | Pdf | Parts | Unruled
"""One way of reading a page."""
