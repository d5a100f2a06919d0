"""The arguments of a spider, which Scrapy hands over as text: `-a since=2017-02-20 -a limit=10`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


class ArgumentError(ValueError):
    """An argument cannot be read; the message names it, what was given and what it may be."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which releases are wanted, by the day on which the source posted them (in its zone)."""

    since: date | None = None
    until: date | None = None
    limit: int | None = None
    """Most releases to fetch."""
    again: bool = False
    """Also what is kept already: whether it was edited or withdrawn, which few indexes tell."""

    def holds(self, posted_on: date | None) -> bool:
        """Whether that day is wanted; an unknown day may be, so it is."""
        if posted_on is None:
            return True
        return not (
            (self.since is not None and posted_on < self.since)
            or (self.until is not None and posted_on > self.until)
        )


def read_window(
    since: str | date | None = None,
    until: str | date | None = None,
    limit: str | int | None = None,
    again: str | bool | None = None,
) -> Window:
    """The window that the arguments name; empty text is as good as none. Raises ArgumentError."""
    first, last = _day("since", since), _day("until", until)
    if first is not None and last is not None and first > last:
        raise ArgumentError(f"since {first} is after until {last}")
    return Window(first, last, _number("limit", limit), _yes("again", again))


def _day(name: str, value: str | date | None) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ArgumentError(f"{name}={value!r} is not a day; write it as 2017-02-20") from None


def _number(name: str, value: str | int | None) -> int | None:
    if value is None or value == "":
        return None
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentError(f"{name}={value!r} is not a whole number above 0")
    return number


def _yes(name: str, value: str | bool | None) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    if value.strip().lower() not in ("", "0", "no", "1", "yes"):
        raise ArgumentError(f"{name}={value!r} is neither yes nor no")
    return value.strip().lower() in ("1", "yes")
