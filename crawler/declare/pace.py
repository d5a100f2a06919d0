"""How often a source is crawled, how much is expected of it, and how politely it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from crawler.declare.checks import DefinitionError


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
