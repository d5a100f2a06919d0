"""How releases are found: indexes, and how an index goes on after its first page."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.declare.checks import DefinitionError, check_css, check_jmespath
from crawler.declare.rules import Date


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
        check_css("Pages", "next_link", selector)
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
                check_css("Listing", name, value)
        if self.posted is not None:
            check_css("Listing", "posted", self.posted.selector)
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
    `changed` is the day of the last change, where an index goes by that and shows no day of posting: it
    ends walks (nothing is posted after it was changed), and the page itself tells whether a window holds it.
    """

    url: str
    entries: str
    link: str
    id: str | None = None
    title: str | None = None
    posted: Date | None = None
    changed: Date | None = None
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
                check_jmespath("Api", name, value)
        for name, rule in (("posted", self.posted), ("changed", self.changed)):
            if rule is not None:
                check_jmespath("Api", name, rule.selector)


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
