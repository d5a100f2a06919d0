"""How releases are found: indexes, and how an index goes on after its first page.

The address of an index is a pattern. Beside `{page}` it may hold `{language}` (then every language has an
index of its own), `{year}`, `{month}` and `{month_name}` (`Pages.months`, `Pages.years`), and `{since}` and
`{until}` (the days asked for).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from crawler.declare.checks import DefinitionError, check_css, check_jmespath, check_pattern
from crawler.declare.rules import Date, Selector
from crawler.pages.dates import ISO, UnknownPattern, compile_format

_PLACEHOLDERS = frozenset(("page", "language", "year", "month", "month_name", "since", "until"))


@dataclass(frozen=True, slots=True)
class Pages:
    """How an index goes on after its first page."""

    kind: str
    first: int = 1
    step: int = 1
    selector: str | None = None
    within: Pages | None = None

    @classmethod
    def numbered(cls, first: int = 1, step: int = 1) -> Pages:
        """`{page}` in the address counts up from `first` by `step` (an offset when step is a page's size)."""
        return cls("numbered", first, step)

    @classmethod
    def next_link(cls, selector: str | None = None) -> Pages:
        """The page links to its follower; an `Api` names it by its `next` instead of a selector."""
        if selector is not None:
            check_css("Pages", "next_link", selector)
        return cls("next_link", selector=selector)

    @classmethod
    def months(cls, within: Pages | None = None) -> Pages:
        """A page for each month, newest first, down to the first day asked for or `archive_from`.

        The address holds `{year}` and `{month}` (two digits) or `{month_name}` (English, lower case), or else
        `{since}` and `{until}`: the month's first and last day. `within`: how a month with several pages goes
        on. A month without entries is an answer; an index without any in all its months is not.
        """
        return cls("months", first=within.first if within else 1, within=within)

    @classmethod
    def years(cls, within: Pages | None = None) -> Pages:
        """As `months`, by year."""
        return cls("years", first=within.first if within else 1, within=within)

    @classmethod
    def single(cls) -> Pages:
        """There is one page only."""
        return cls("single")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What all indexes have in common: address, languages, pages, and how they are narrowed to a window.

    `since` and `until` name query parameters that are added when a window is asked for. `{since}` and
    `{until}` in the address are always filled: with the window, or else with `archive_from` and today.
    `day_format` writes all of them: "iso", or a CLDR pattern ("ddMMyyyy").
    """

    url: str
    pages: Pages = field(default_factory=Pages.single)
    languages: tuple[str, ...] | Mapping[str, str] = field(default=(), hash=False)
    """Languages that have an index; a mapping says how the address writes each (`{"pt": "pt-br"}`)."""
    language: str | None = None
    """Language of the entries, where an index holds one only and the address does not say it."""
    since: str | None = None
    until: str | None = None
    day_format: str = ISO

    def __post_init__(self) -> None:
        owner = type(self).__name__
        unknown = set(re.findall(r"\{(\w*)\}", self.url)) - _PLACEHOLDERS
        if unknown:
            raise DefinitionError(f"{owner}.url: {{{min(unknown)}}} in {self.url!r} stands for nothing")
        if self.day_format != ISO:
            try:
                compile_format(self.day_format, None)
            except UnknownPattern as error:
                raise DefinitionError(f"{owner}.day_format: {error}") from error
        self._check_pages(owner)

    def _check_pages(self, owner: str) -> None:
        pages = self.pages
        if "numbered" in (pages.kind, pages.within.kind if pages.within else "") and "{page}" not in self.url:
            raise DefinitionError(f"{owner}.url: numbered pages need {{page}} in {self.url!r}")
        needed = {
            "months": ("{month}", "{month_name}", "{since}", "{until}"),
            "years": ("{year}", "{since}", "{until}"),
        }.get(pages.kind, ())
        if needed and not any(each in self.url for each in needed):
            raise DefinitionError(
                f"{owner}.url: pages by {pages.kind} need one of {', '.join(needed)} in {self.url!r}"
            )
        if not needed and any(each in self.url for each in ("{year}", "{month}", "{month_name}")):
            raise DefinitionError(f"{owner}.url: {self.url!r} needs Pages.months() or Pages.years()")

    def word(self, language: str | None) -> str:
        """What `{language}` in the address stands for; "" for none."""
        if language is None:
            return ""
        return self.languages.get(language, language) if isinstance(self.languages, Mapping) else language


def _check_rule(owner: str, name: str, rule: Selector | Date | None, *, jmespath: bool) -> None:
    if rule is not None:
        selector = rule if isinstance(rule, str) else rule.selector
        (check_jmespath if jmespath else check_css)(owner, name, selector)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Indexed):
    """An HTML index, newest entries first.

    `entry` selects one element per release; the other selectors are relative to it. `wrapped` tells that
    the site may answer with a script fragment that appends the entries (gob.mx); both shapes are read.
    `container` must be on the page even when nothing is listed: without it the page is not the index at all
    (a challenge, an error, a new layout). `link` finds the address; as a `Text` with a template it makes it
    from whatever the entry holds (`f_view('322958')`).
    """

    entry: str
    link: Selector
    title: Selector | None = None
    posted: Date | None = None
    headings: Date | None = None
    """Where days stand above the entries they are for: the heading nearest before an entry gives its day.
    Its selector is not relative to the entry."""
    kind: Selector | None = None
    container: str | None = None
    wrapped: bool = False
    first_url: str | None = None
    """Address of the first page, where it differs from the pattern."""

    def __post_init__(self) -> None:
        Indexed.__post_init__(self)
        if self.posted is not None and self.headings is not None:
            raise DefinitionError("Listing.headings: a day stands in the entry (`posted`) or above it")
        for name in ("entry", "link", "title", "kind", "container", "posted", "headings"):
            _check_rule("Listing", name, getattr(self, name), jmespath=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed(Indexed):
    """An RSS or Atom feed (or API that answers with one).

    `may_be_empty` is False for APIs that answer wrong parameters with an empty feed: then no entries is
    a failure, never "no news".
    """

    may_be_empty: bool = False
    kinds: bool = True
    """Whether an entry's first category is its kind. On many sites categories are topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap(Indexed):
    """An XML sitemap (sitemaps.org), or an index of sitemaps, which are followed; both may be gzip files.

    `maps` is a regular expression over the addresses of sitemaps: which ones of an index to follow. Entries
    are the addresses that are the source's own. A news sitemap tells their day, title and language. `lastmod`
    is "changed" (the last change, which makes a known page due again), "posted" where the site writes the
    posting day there, or None where it means nothing.
    """

    maps: str | None = None
    lastmod: Literal["changed", "posted"] | None = "changed"

    def __post_init__(self) -> None:
        Indexed.__post_init__(self)
        if self.maps is not None:
            check_pattern("Sitemap", "maps", self.maps)
        if self.lastmod not in ("changed", "posted", None):
            raise DefinitionError(f"Sitemap.lastmod: {self.lastmod!r} is not 'changed', 'posted' or None")
        if self.pages.kind != "single":
            raise DefinitionError("Sitemap.pages: sitemaps are followed, not counted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Api(Indexed):
    """A JSON index. Expressions are JMESPath; `link`, `title`, `posted` are relative to one entry.

    `fetch` makes the address to fetch from an entry's link (`{link}` is its path, `{id}` what `id`
    finds, `{language}` the index's); None: the link itself. `embedded` tells that an entry is already the
    whole record: it is read from the index's capture, and `fetch` is used only for what an interrupted run
    left over. `script` selects the element of an HTML page that holds the JSON (see `Record`).
    `changed` is the day of the last change, where an index goes by that and shows no day of posting: it
    ends walks (nothing is posted after it was changed), and the page tells whether it lies in a window.
    """

    entries: str
    link: Selector
    id: Selector | None = None
    title: str | None = None
    posted: Date | None = None
    changed: Date | None = None
    modified: str | None = None
    kind: str | None = None
    total: str | None = None
    """Expression for the number of entries in all pages, or `header:NAME`."""
    next: str | None = None
    """Expression for the next page's address, with `Pages.next_link()`."""
    fetch: str | None = None
    embedded: bool = False
    page_size: int = 0
    script: Selector | None = None

    def __post_init__(self) -> None:
        Indexed.__post_init__(self)
        for name in (
            "entries",
            "link",
            "id",
            "title",
            "modified",
            "kind",
            "total",
            "next",
            "posted",
            "changed",
        ):
            rule = getattr(self, name)
            if not (name == "total" and isinstance(rule, str) and rule.startswith("header:")):
                _check_rule("Api", name, rule, jmespath=True)
        _check_rule("Api", "script", self.script, jmespath=False)
        if (self.pages.kind == "next_link") != (self.next is not None):
            raise DefinitionError("Api.next: goes with pages=Pages.next_link(), and that with it")


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


Discovery = Listing | Feed | Sitemap | Api | Numbers
"""One way of finding releases."""
