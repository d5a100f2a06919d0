"""Where an index goes on: the addresses of its pages, in the order in which they are asked for. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from babel.dates import format_date

from crawler.declare import Api, Feed, Listing, Sitemap
from crawler.pages.addresses import MONTH_NAMES
from crawler.pages.dates import ISO
from crawler.pages.index import IndexPage
from crawler.source import Source
from crawler.spiders.arguments import Window

LONGEST_NAME = 200
"""Characters of an index's name in the ledger."""


@dataclass(frozen=True, slots=True)
class Place:
    """One page of an index."""

    address: str
    turn: int = 0
    """Counting from 0, within its month or year where the index has them."""
    period: date | None = None
    """First day of the month or year that the page is for."""


def languages_of(
    discovery: Listing | Feed | Sitemap | Api, languages: Sequence[str]
) -> tuple[str | None, ...]:
    """The languages in which an index is walked; (None,) where its address names none."""
    if "{language}" in discovery.url:
        return tuple(discovery.languages or languages)
    return (discovery.language,)


class Index:
    """One index of a source, in one language where it has several, as one run goes through it.

    `today` is the day in the source's zone: what is newer has no month yet.
    """

    newest_first = True
    """Whether what comes later is older: then a page of settled or old entries ends a walk, and a page that
    cannot be had ends it too. Else every page stands for itself."""

    def __init__(
        self,
        source: type[Source],
        discovery: Listing | Feed | Sitemap | Api,
        language: str | None,
        window: Window,
        today: date,
    ) -> None:
        self.discovery = discovery
        self.language = language
        self._first_day = window.since or source.archive_from
        self._last_day = min(window.until or today, today)
        self._narrowed = "".join(
            f"&{name}={quote(self._written(day))}"
            for name, day in ((discovery.since, window.since), (discovery.until, window.until))
            if name is not None and day is not None
        )
        asks_for_days = "{since}" in discovery.url or "{until}" in discovery.url
        windowed = window.since is not None or window.until is not None
        self._is_narrowed = bool(self._narrowed) or (asks_for_days and windowed)
        self.name = discovery.url.replace("{language}", discovery.word(language))[:LONGEST_NAME]
        """Names the index within the source, for as long as its definition says the same address."""

    @property
    def may_be_empty(self) -> bool:
        """Whether an index without any entry is an answer: only when it was asked for a window."""
        return self._is_narrowed

    def begin(self, floor: date | None) -> Place:
        """The first page. `floor` is how far back the walk goes, where it is further than the window."""
        if floor is not None:
            self._first_day = min(self._first_day, floor)
        period = self._period(self._last_day)
        return Place(self._address(0, period), 0, period)

    def after(self, place: Place, shown: IndexPage | None) -> Place | None:
        """The page after one that showed this (None: nothing); None after the last one."""
        follower = self._follower(place, shown) if shown is not None else None
        if follower is not None or place.period is None:
            return follower
        before = self._period(place.period - timedelta(days=1))
        if before is None or _last_day(before, self.discovery.pages.kind) < self._first_day:
            return None
        return Place(self._address(0, before), 0, before)

    def _follower(self, place: Place, shown: IndexPage) -> Place | None:
        """The next page of the same month or year, or of an index that has none."""
        pages = self.discovery.pages if place.period is None else self.discovery.pages.within
        match pages.kind if pages is not None else "single":
            case "numbered":
                return Place(self._address(place.turn + 1, place.period), place.turn + 1, place.period)
            case "next_link" if shown.next_url is not None:
                return Place(shown.next_url, place.turn + 1, place.period)
            case _:
                return None

    def _period(self, day: date) -> date | None:
        """First day of the month or year of a day."""
        match self.discovery.pages.kind:
            case "months":
                return day.replace(day=1)
            case "years":
                return day.replace(month=1, day=1)
            case _:
                return None

    def _pattern(self, turn: int) -> str:
        return self.discovery.url

    def _address(self, turn: int, period: date | None) -> str:
        pages = (
            self.discovery.pages if period is None else self.discovery.pages.within or self.discovery.pages
        )
        since, until = self._first_day, self._last_day
        if period is not None:
            since, until = period, _last_day(period, self.discovery.pages.kind)
        values = {
            "language": self.discovery.word(self.language),
            "page": str(pages.first + turn * pages.step),
            "year": f"{since.year:04}",
            "month": f"{since.month:02}",
            "month_name": MONTH_NAMES[since.month],
            "since": self._written(since),
            "until": self._written(until),
        }
        address = self._pattern(turn)
        for name, value in values.items():
            address = address.replace(f"{{{name}}}", value)
        if not self._narrowed:
            return address
        return address + (self._narrowed if "?" in address else "?" + self._narrowed[1:])

    def _written(self, day: date) -> str:
        form = self.discovery.day_format
        return day.isoformat() if form == ISO else format_date(day, form, locale="en")


def _last_day(period: date, kind: str) -> date:
    if kind == "years":
        return period.replace(month=12, day=31)
    return period.replace(day=monthrange(period.year, period.month)[1])
