"""Which releases said around the same day share enough anchors to be looked at together.

Anchors are handed over by day and kept for the days last asked for: those who link a batch of neighbouring
days read each day once. How many anchors two releases share is counted with sorted arrays, some microseconds
for each day of the window, however many releases there are on other days.
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


@dataclass(frozen=True, slots=True)
class _Day:
    """All anchors of one day, sorted, with their holders."""

    releases: tuple[str, ...]
    counts: NDArray[np.int64]
    """Anchors of each release."""
    values: NDArray[np.int64]
    holders: NDArray[np.int64]
    """For each value, the place of its release in `releases`."""


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
        self._days: OrderedDict[date, _Day] = OrderedDict()

    def forget(self, days: Iterable[date]) -> None:
        """Read these days anew when they are asked for again: what is stored of them has changed."""
        for day in set(days):
            self._days.pop(day, None)

    def candidates(self, release: str, day: date) -> list[str]:
        """Releases said at most `reach` days before or after that share enough; `release` is stored on `day`.

        None when the release has no anchors there.
        """
        around = [day + timedelta(days=offset) for offset in range(-self._reach, self._reach + 1)]
        self._read(around)
        own = self._own(release, day)
        found: list[str] = []
        if not len(own):
            return found
        for each in around:
            at = self._days[each]
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
            for index in np.flatnonzero(shared >= self._fewest).tolist():
                other = at.releases[index]
                if other != release and self._worth(len(own), int(at.counts[index]), int(shared[index])):
                    found.append(other)
        return found

    def _own(self, release: str, day: date) -> NDArray[np.int64]:
        at = self._days[day]
        if release not in at.releases:
            return np.empty(0, np.int64)
        own: NDArray[np.int64] = at.values[at.holders == at.releases.index(release)]
        return own

    def _read(self, days: Sequence[date]) -> None:
        missing = [day for day in days if day not in self._days]
        if missing:
            # One stretch: days between two missing ones are few.
            loaded = self._load(missing[0], missing[-1])
            for day in missing:
                self._days[day] = _sorted(loaded.get(day, ()))
        for day in days:
            self._days.move_to_end(day)
        while len(self._days) > max(self._most_days, len(days)):
            self._days.popitem(last=False)


def _sorted(rows: Sequence[tuple[str, bytes]]) -> _Day:
    arrays = [np.frombuffer(keys, dtype="<i8") for _, keys in rows]
    counts = np.array([len(each) for each in arrays], dtype=np.int64)
    values = np.concatenate(arrays) if arrays else np.empty(0, np.int64)
    holders = np.repeat(np.arange(len(rows)), counts)
    order = np.argsort(values, kind="stable")
    return _Day(tuple(release for release, _ in rows), counts, values[order], holders[order])
