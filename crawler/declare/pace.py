"""How often a source is crawled, how much is expected of it, and how politely it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.declare.checks import DefinitionError, check_css

if TYPE_CHECKING:
    from crawler.declare.cron import Cron


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """How often the source is crawled: after so much time, or by the clock of its own country."""

    minutes: int = 0
    hours: int = 0
    days: int = 0
    cron: str = ""
    """Instead of an interval: five fields of cron, in the source's zone ("30 6 * * 1-5"). A time
    that a change of clocks leaves out is made up for at the first that there is, one that comes twice is
    taken once."""

    def __post_init__(self) -> None:
        if self.cron:
            if (self.minutes, self.hours, self.days) != (0, 0, 0):
                raise DefinitionError("Every: an interval or cron, not both")
            try:
                self.calendar()
            except ValueError as error:
                raise DefinitionError(f"Every: {error}") from None
        elif self.interval <= timedelta(0):
            raise DefinitionError("Every: the interval must be longer than nothing")

    @property
    def interval(self) -> timedelta:
        """The time between two starts; of a cron the longest one."""
        if self.cron:
            return self.calendar().longest_gap()
        return timedelta(minutes=self.minutes, hours=self.hours, days=self.days)

    def calendar(self) -> Cron:
        """What `cron` says. Raises ValueError."""
        # Imported late: few sources are crawled by cron, and a crawl itself never asks.
        from crawler.declare.cron import read_cron

        return read_cron(self.cron)


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
    cookies: bool = False
    """The site answers only who sends its cookies back (a redirect to the same address sets them). They are
    kept for the length of one run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Pages that are empty until their scripts have run: a browser renders them, what it shows is captured.

    Everything that such a page asks for is asked for by the crawler itself, at its pace and under its rules,
    and only from the definition's hosts; so a page costs several requests. It is the last resort: look for
    the API behind the page first. Needs the extra `browser` and Chromium.
    """

    wait_for: str
    """CSS of what must be on the page before it is read."""
    releases: bool = True
    indexes: bool = True
    seconds: float = 60.0
    """Longest wait for `wait_for`; afterwards the page is read as it is, and judged by what it shows."""

    def __post_init__(self) -> None:
        check_css("Browser", "wait_for", self.wait_for)
        if not self.releases and not self.indexes:
            raise DefinitionError("Browser: neither releases nor indexes are to be rendered")
        if self.seconds <= 0:
            raise DefinitionError(f"Browser.seconds: {self.seconds} is no time to wait")
