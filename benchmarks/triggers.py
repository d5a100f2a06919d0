"""Do triggers fire exactly once in every local period? A brute-force oracle, ours, and bare APScheduler.

    python -m benchmarks.triggers [--zones 100] [--from 2007] [--years 20] [--whole]

The oracle knows nothing of triggers: it asks zoneinfo what the wall shows in every minute and says in which
minute of each local hour, day or week a firing belongs: the first in which the wall shows its time or a later
one, else the period's last. Triggers are looked at around every change of clocks: hourly ones for two days
before and after it, the others for sixteen; with --whole the others in all of the time. Zones are those with
the most changes, of each set of equal ones one. Around one change many zones show the same on the wall; what
was found there is counted for each of them and looked up once.
"""

from __future__ import annotations

import argparse
import hashlib
import time
import zoneinfo
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from apscheduler.triggers.cron import CronTrigger as BareTrigger
from numpy.typing import NDArray
from rich.progress import track

from crawler.declare.cron import read_cron
from scheduler.triggers import CronTrigger

Minutes = NDArray[np.int64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PADDING = timedelta(days=9)
WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6, "0": 6, "5": 4}
TRIGGERS = ("0 0 * * *", "30 2 * * *", "45 23 * * *", "30 0 * * sun", "0 * * * *", "30 * * * *")
"""Daily at three times, weekly, hourly at two."""


def _minute(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(minutes=1)


@lru_cache(maxsize=256)
def wall_minutes(zone: str, first: int, last: int) -> Minutes:
    """What the wall shows in each minute of UTC, as minutes since 1970 on the wall.

    zoneinfo is asked for each minute of the hours in which the offset changes, else once an hour.
    """
    place = ZoneInfo(zone)

    def offset(minute: int) -> int:
        shown = (EPOCH + timedelta(minutes=minute)).astimezone(place).utcoffset()
        assert shown is not None
        return int(shown.total_seconds()) // 60

    hours = np.arange(first, last + 60, 60, dtype=np.int64)
    known = np.array([offset(int(each)) for each in hours], dtype=np.int64)
    offsets = np.repeat(known, 60)[: last - first]
    for number in np.flatnonzero(known[1:] != known[:-1]):
        for minute in range(60):
            at = int(hours[number]) + minute
            if at < last:
                offsets[at - first] = offset(at)
    return np.arange(first, last, dtype=np.int64) + offsets


def _periods(cron: str, wall: Minutes) -> tuple[Minutes, Minutes]:
    """In which local period each minute lies, and how far into it."""
    _, hour, _, _, weekday = cron.split()
    if hour == "*":
        return wall // 60, wall % 60
    if weekday == "*":
        return wall // 1440, wall % 1440
    monday = wall + 3 * 1440  # 1 January 1970 was a Thursday
    return monday // 10080, monday % 10080


def _wanted(cron: str) -> int:
    minute, hour, _, _, weekday = cron.split()
    days = 0 if weekday == "*" else WEEKDAYS[weekday]
    return days * 1440 + (0 if hour == "*" else int(hour)) * 60 + int(minute)


def expected_firings(zone: str, cron: str, since: datetime, until: datetime) -> list[tuple[datetime, int]]:
    """When the trigger should fire without jitter (since <= moment < until), each with its period."""
    first, last = _minute(since - PADDING), _minute(until + PADDING)
    periods, into = _periods(cron, wall_minutes(zone, first, last))
    in_time = np.flatnonzero(into >= _wanted(cron))
    fired, at = np.unique(periods[in_time], return_index=True)
    moments = dict(zip(fired.tolist(), in_time[at].tolist(), strict=True))
    reverse = periods[::-1]
    for period, behind in zip(
        *(each.tolist() for each in np.unique(reverse, return_index=True)), strict=True
    ):
        moments.setdefault(period, len(periods) - 1 - behind)
    found = [(EPOCH + timedelta(minutes=first + at), period) for period, at in moments.items()]
    return sorted(each for each in found if since <= each[0] < until)


def periods_of(zone: str, cron: str, moments: Sequence[datetime]) -> list[int]:
    """In which local periods these moments lie, asking zoneinfo for each."""
    place = ZoneInfo(zone)
    walls = [
        (each.astimezone(place).replace(tzinfo=None) - EPOCH.replace(tzinfo=None)) // timedelta(minutes=1)
        for each in moments
    ]
    return [int(each) for each in _periods(cron, np.array(walls, dtype=np.int64))[0]]


def ours(zone: str, cron: str, jitter: int, since: datetime, until: datetime) -> list[datetime]:
    trigger = CronTrigger(read_cron(cron), ZoneInfo(zone), "mx_sre", timedelta(seconds=jitter))
    return [each.fires_at for each in trigger.firings(since, until)]


def bare(zone: str, cron: str, jitter: int, since: datetime, until: datetime) -> list[datetime]:
    """As APScheduler's own scheduler asks its trigger: each time from the one before."""
    trigger = BareTrigger.from_crontab(cron, timezone=ZoneInfo(zone))
    trigger.jitter = jitter or None
    fired: list[datetime] = []
    before: datetime | None = None
    now = since
    while True:
        moment = trigger.get_next_fire_time(before, now)
        if (
            moment is None
            or moment.astimezone(UTC) >= until
            or (fired and moment.astimezone(UTC) <= fired[-1])
        ):
            return fired  # a time that is not later than the one before comes again for ever
        fired.append(moment.astimezone(UTC))
        before, now = moment, max(now, moment)


def most_changing(number: int, since: datetime, years: int) -> list[str]:
    """Zones with the most changes of clocks, of zones that are alike in all of the time one."""
    days = [since + timedelta(days=each) for each in range(366 * years)]
    seen: dict[tuple[timedelta | None, ...], str] = {}
    for name in sorted(zoneinfo.available_timezones()):
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/", "US/")):
            place = ZoneInfo(name)
            seen.setdefault(tuple(day.astimezone(place).utcoffset() for day in days), name)

    def changes(offsets: tuple[timedelta | None, ...]) -> int:
        return sum(before != after for before, after in pairwise(offsets))

    return [seen[each] for each in sorted(seen, key=lambda each: (-changes(each), seen[each]))[:number]]


def windows(
    zone: str, cron: str, since: datetime, until: datetime, *, whole: bool
) -> Iterator[tuple[datetime, datetime]]:
    """The time that is looked at: the days around every change, or for daily and weekly triggers all."""
    hourly = cron.split()[1] == "*"
    if whole and not hourly:
        yield since, until
        return
    around = timedelta(days=2 if hourly else 16)
    place = ZoneInfo(zone)
    found: list[tuple[datetime, datetime]] = []
    for number in range((until - since).days):
        day = since + timedelta(days=number)
        if day.astimezone(place).utcoffset() != (day + timedelta(days=1)).astimezone(place).utcoffset():
            begin, end = day - around, day + around
            if found and begin <= found[-1][1]:
                begin = found.pop()[0]
            found.append((begin, end))
    yield from found


def wrong(zone: str, cron: str, wanted: Sequence[int], fired: Sequence[datetime]) -> tuple[int, int]:
    """In how many of the periods nothing fires, and in how many more than once."""
    found = Counter(periods_of(zone, cron, fired))
    counts = [found[period] for period in wanted]
    return sum(each == 0 for each in counts), sum(each > 1 for each in counts)


@dataclass(frozen=True)
class Found:
    """What one trigger did in one stretch of time."""

    periods: int
    """That begin and end within it."""
    moved: bool
    """Whether ours without jitter differs from the oracle in any minute."""
    faults: Mapping[tuple[int, str], tuple[int, int]]
    """By jitter and contender: periods missed, and doubled."""


def examine(zone: str, cron: str, begin: datetime, end: datetime) -> Found:
    """Ask the oracle and both contenders."""
    expected = expected_firings(zone, cron, begin, end)
    # A period is whole where it begins and ends within the time: not the first, not the last.
    wanted = [period for _, period in expected[1:-1]]
    return Found(
        len(wanted),
        [moment for moment, _ in expected] != ours(zone, cron, 0, begin, end),
        {
            (jitter, name): wrong(zone, cron, wanted, fires(zone, cron, jitter, begin, end))
            for jitter in (0, 600)
            for name, fires in (("ours", ours), ("APScheduler", bare))
        },
    )


def same_wall(zone: str, begin: datetime, end: datetime) -> bytes:
    """Equal for zones whose walls show the same in every minute that matters between two moments."""
    wall = wall_minutes(zone, _minute(begin - PADDING), _minute(end + PADDING))
    return hashlib.sha256(wall.tobytes()).digest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zones", type=int, default=100)
    parser.add_argument("--from", dest="year", type=int, default=2007)
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--whole", action="store_true", help="all days, not only those around changes")
    options = parser.parse_args()
    since = datetime(options.year, 1, 1, tzinfo=UTC)
    until = datetime(options.year + options.years, 1, 1, tzinfo=UTC)
    zones = most_changing(options.zones, since, options.years)
    started = time.monotonic()
    periods: Counter[str] = Counter()
    totals: Counter[tuple[str, int, str, str]] = Counter()
    moved = stretches = 0
    known: dict[tuple[str, datetime, datetime, bytes], Found] = {}
    for zone in track(zones, "zones"):
        for cron in TRIGGERS:
            for begin, end in windows(zone, cron, since, until, whole=options.whole):
                key = (cron, begin, end, same_wall(zone, begin, end))
                if key not in known:
                    known[key] = examine(zone, cron, begin, end)
                found = known[key]
                stretches += 1
                moved += found.moved
                periods[cron] += found.periods
                for (jitter, name), (missed, doubled) in found.faults.items():
                    totals[cron, jitter, name, "missed"] += missed
                    totals[cron, jitter, name, "doubled"] += doubled
        wall_minutes.cache_clear()
    print(f"{len(zones)} zones, {options.years} years, {time.monotonic() - started:.0f} s")
    print(f"{stretches:,} stretches of time, {len(known):,} of them different")
    print("| trigger | jitter | whole periods | ours: missed, doubled | APScheduler: missed, doubled |")
    print("|---|---|---|---|---|")
    for cron in TRIGGERS:
        for jitter in (0, 600):
            counts = [
                f"{totals[cron, jitter, name, 'missed']:,}, {totals[cron, jitter, name, 'doubled']:,}"
                for name in ("ours", "APScheduler")
            ]
            print(f"| `{cron}` | {jitter} s | {periods[cron]:,} | {counts[0]} | {counts[1]} |")
    print(f"without jitter ours differ from the oracle, to the minute, in {moved} stretches of time")


if __name__ == "__main__":
    main()
