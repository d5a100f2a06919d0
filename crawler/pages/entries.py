"""What an index shows, collected: each address once, and why there may be nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from crawler.declare import Date
from crawler.declare.discovery import Indexed
from crawler.items import Discovered, FailureKind, ReleaseItem
from crawler.pages.addresses import last_day_of_page
from crawler.pages.challenge import judge_page
from crawler.pages.dates import Found
from crawler.pages.page import Page
from crawler.pages.reading import Failure
from crawler.pages.selectors import Json
from crawler.pages.sitemap import Map
from crawler.pages.values import Known, date_of
from crawler.source import Source


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One page of an index."""

    entries: tuple[Discovered, ...] = ()
    """In the order of the index, each address key once."""
    embedded: Mapping[str, ReleaseItem] = field(default_factory=lambda: MappingProxyType({}))
    """By key: entries that are whole records already."""
    next_url: str | None = None
    """For indexes whose pages link to their follower."""
    total: int | None = None
    """How many entries all pages have, where the index says so."""
    failure: Failure | None = None
    """EMPTY_LISTING: this is the index, and it lists nothing (past the last page of a numbered index that is
    its end). Any other kind: this is not the index, or not as declared."""
    maps: tuple[Map, ...] = ()
    """Sitemaps to read next, of an index of sitemaps."""
    foreign: int = 0
    """Entries left out because their address does not belong to the source."""


class Entries:
    """Collects what an index shows, each key once."""

    def __init__(self, source: type[Source], page: Page) -> None:
        self._source = source
        self._page = page
        self.found: dict[str, Discovered] = {}
        self.foreign = 0

    def add(self, link: str, *, url: str | None = None, **shown: Json) -> str | None:
        """Take an entry by its address; gives its key, or None when it is foreign or cannot be fetched."""
        key = self._source.address_key(link)
        if key is None:
            self.foreign += 1
            return None
        self.found.setdefault(
            key, Discovered(key=key, url=url or link, found_in=self._page.capture.url, **shown)
        )
        return key

    def page(self, **rest: Json) -> IndexPage:
        """What was collected, as a page of the index."""
        return IndexPage(entries=tuple(self.found.values()), foreign=self.foreign, **rest)


def failed(kind: FailureKind, page: Page, expected: str, found: str) -> IndexPage:
    """A page that is not what it must be."""
    return IndexPage(failure=Failure(kind, f"expected {expected} at {page.capture.url}, found {found}"))


def not_the_index(page: Page, found: str, kind: FailureKind) -> IndexPage:
    """A failure for something else in the index's place: a bot check or an error page, where it is one."""
    judged = judge_page(page)
    if judged is not None and (kind is not FailureKind.HTTP or judged.kind is FailureKind.CHALLENGE):
        return IndexPage(failure=judged)
    return failed(kind, page, "an index", found)


def known_of_index(source: type[Source], index: Indexed, page: Page) -> Known:
    """What address and capture tell of a page of an index."""
    taken_on = page.capture.captured_at.astimezone(source.zone()).date()
    return Known(taken_on, by_index=last_day_of_page(index, page.capture.url))


def day_of(
    texts: list[str], rule: Date, language: str | None, source: type[Source], known: Known
) -> Found | None:
    """The day that a rule reads from the texts of an entry."""
    return date_of(texts, rule, language, source, known.year_of(rule))[1]
