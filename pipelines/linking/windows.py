"""Which releases said around the same day share enough anchors to be looked at together.

Anchors are handed over by day and kept by weeks, for those last asked for: those who link a batch of
neighbouring days read each once. How many anchors two releases share is counted with sorted arrays, some
microseconds for each week that the window touches, however many releases there are on other days.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Days = Mapping[date, Sequence[tuple[str, bytes]]]
"""Day -> (release, its anchors as packed signed 64-bit little-endian integers)."""


WEEK = 7
"""Days that are kept together: few enough to be read anew for one that changed, so many that a window
touches four at most."""


@dataclass(frozen=True, slots=True)
class _Week:
    """All anchors of some days, sorted, with their holders."""

    places: Mapping[str, int]
    """Release -> its place, in order of days and ids."""
    releases: tuple[str, ...]
    days: NDArray[np.int64]
    """The day of each release, as an ordinal."""
    counts: NDArray[np.int64]
    """Anchors of each release."""
    values: NDArray[np.int64]
    holders: NDArray[np.int64]
    """For each value, the place of its release."""


class Windows:
    """Anchors by day, read when they are needed.

    `load` gives the anchors of all days from the first to the last. `worth` says whether that many shared
    anchors make two releases candidates, from how many each has; below `fewest` it is not asked.
    """

    def __init__(
        self,
        load: Callable[[date, date], Days],
        reach: int,
        worth: Callable[[int, int, int], bool],
        fewest: int = 2,
        most_days: int = 500,
    ) -> None:
        self._load = load
        self._reach = reach
        self._worth = worth
        self._fewest = fewest
        self._most_days = most_days
        self._weeks: OrderedDict[int, _Week] = OrderedDict()

    def forget(self, days: Iterable[date]) -> None:
        """Read these days anew when they are asked for again: what is stored of them has changed."""
        for week in {day.toordinal() // WEEK for day in days}:
            self._weeks.pop(week, None)

    def candidates(self, release: str, day: date) -> list[str]:
        """Releases said at most `reach` days before or after that share enough; `release` is stored on `day`.

        None when the release has no anchors there.
        """
        said = day.toordinal()
        around = range((said - self._reach) // WEEK, (said + self._reach) // WEEK + 1)
        self._read(around)
        own = self._own(release, said)
        found: list[str] = []
        if not len(own):
            return found
        for each in around:
            at = self._weeks[each]
            if not at.releases:
                continue
            first = np.searchsorted(at.values, own, "left")
            lengths = np.searchsorted(at.values, own, "right") - first
            total = int(lengths.sum())
            if not total:
                continue
            ends = np.cumsum(lengths)
            places = np.arange(total) + np.repeat(first - (ends - lengths), lengths)
            shared = np.bincount(at.holders[places], minlength=len(at.releases))
            near = (shared >= self._fewest) & (np.abs(at.days - said) <= self._reach)
            for index in np.flatnonzero(near).tolist():
                other = at.releases[index]
                if other != release and self._worth(len(own), int(at.counts[index]), int(shared[index])):
                    found.append(other)
        return found

    def _own(self, release: str, said: int) -> NDArray[np.int64]:
        at = self._weeks[said // WEEK]
        place = at.places.get(release)
        if place is None or at.days[place] != said:
            return np.empty(0, np.int64)
        own: NDArray[np.int64] = at.values[at.holders == place]
        return own

    def _read(self, weeks: Sequence[int]) -> None:
        missing = [week for week in weeks if week not in self._weeks]
        if missing:
            # One stretch: weeks between two missing ones are few.
            loaded = self._load(_first_day(missing[0]), _first_day(missing[-1] + 1) - timedelta(days=1))
            by_week: dict[int, list[tuple[int, str, bytes]]] = {}
            for day, rows in loaded.items():
                said = day.toordinal()
                by_week.setdefault(said // WEEK, []).extend((said, *row) for row in rows)
            for week in missing:
                self._weeks[week] = _sorted(by_week.get(week, ()))
        for week in weeks:
            self._weeks.move_to_end(week)
        while len(self._weeks) > max(self._most_days // WEEK, len(weeks)):
            self._weeks.popitem(last=False)


def _first_day(week: int) -> date:
    return date.fromordinal(min(max(week * WEEK, 1), date.max.toordinal()))


def _sorted(rows: Sequence[tuple[int, str, bytes]]) -> _Week:
    counts = np.array([len(keys) // 8 for _, _, keys in rows], dtype=np.int64)
    values = np.frombuffer(b"".join(keys for _, _, keys in rows), dtype="<i8")
    holders = np.repeat(np.arange(len(rows)), counts)
    order = np.argsort(values, kind="stable")
    releases = tuple(release for _, release, _ in rows)
    return _Week(
        {release: place for place, release in enumerate(releases)},
        releases,
        np.array([day for day, _, _ in rows], dtype=np.int64),
        counts,
        values[order],
        holders[order],
    )
