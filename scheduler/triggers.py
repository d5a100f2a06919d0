"""When crawls fire: once for each local period, whatever the clocks of its zone do.

APScheduler 3.11 computes the next time from the one before it, by adding to clock readings: at changes of
clocks it skips days and fires twice (docs/decisions.md, `benchmarks/triggers.py`). Here a time is looked
up in the calendar of its period, so that no firing depends on another one:

* a time on the wall that does not exist is moved to the first moment that does, within its period (hour,
  day, week or month, see `crawler.declare.cron.Period`); where nothing of the period is left after it, to
  the period's last minute; a period that does not exist at all (the hour that spring takes, Samoa's
  30 December 2011) has no firing;
* a time that comes twice fires the first time;
* jitter delays a firing within its period (a day at most) and never past the next one. It is computed from
  name and slot: the same in every process, now and in ten years.

Intervals are elapsed time: a change of clocks moves them on the wall and changes nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from crawler.declare import Every
from crawler.declare.cron import Cron, Period

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_LONGEST_WAIT = timedelta(days=366 * 9)
"""29 February may be eight years away."""


@dataclass(frozen=True, slots=True)
class Firing:
    """One time at which something is done."""

    fires_at: datetime
    """UTC, jitter included."""
    local: datetime
    """The same moment in the trigger's zone."""
    period: str
    """What it is the one firing of: an hour (2026-03-29T02), a day (2026-03-29), an ISO week (2026-W13), a
    month (2026-03); where several fall into one of these, the time on the wall (2026-03-29T02:30); of an
    interval its beginning in UTC (2026-03-29T01:00:00Z)."""
    slot: str
    """The moment without jitter in UTC: names the firing in the ledger."""


class Trigger(Protocol):
    """Says when something is to be done."""

    def firings(self, since: datetime, until: datetime) -> Iterator[Firing]:
        """Firings with since <= fires_at < until (both aware), in order."""

    def last(self, now: datetime) -> Firing | None:
        """The latest firing at or before `now`."""

    def next(self, now: datetime) -> Firing | None:
        """The first firing after `now`."""


def jitter_of(name: str, slot: str, longest: timedelta) -> timedelta:
    """A delay of whole seconds from nothing to `longest`, the same wherever it is computed."""
    seconds = int(longest.total_seconds())
    if seconds <= 0:
        return timedelta(0)
    digest = hashlib.blake2b(f"{name}\n{slot}".encode(), digest_size=8).digest()
    return timedelta(seconds=int.from_bytes(digest) * (seconds + 1) >> 64)


@dataclass(frozen=True, slots=True)
class IntervalTrigger:
    """Fires every so often, counted from `anchor`, in elapsed time."""

    interval: timedelta
    zone: ZoneInfo
    name: str = ""
    """Of the source; for the jitter."""
    jitter: timedelta = timedelta(0)
    """Longest delay; shortened where it would reach the next firing."""
    anchor: datetime = EPOCH

    def firings(self, since: datetime, until: datetime) -> Iterator[Firing]:
        """See Trigger."""
        number = (since - self.anchor) // self.interval - 1
        while True:
            firing = self._firing(self.anchor.astimezone(UTC) + number * self.interval)
            if firing.fires_at >= until:
                return
            if firing.fires_at >= since:
                yield firing
            number += 1

    def last(self, now: datetime) -> Firing | None:
        """See Trigger."""
        return _last(self.firings(now - 2 * self.interval, now + timedelta(microseconds=1)))

    def next(self, now: datetime) -> Firing | None:
        """See Trigger."""
        after = now + timedelta(microseconds=1)
        return next(self.firings(after, after + 3 * self.interval), None)

    def _firing(self, moment: datetime) -> Firing:
        slot = _slot(moment)
        longest = min(self.jitter, self.interval - timedelta(seconds=1))
        fires = moment + jitter_of(self.name, slot, longest)
        return Firing(fires, fires.astimezone(self.zone), slot, slot)


@dataclass(frozen=True, slots=True)
class CronTrigger:
    """Fires by the clock on a wall in `zone`."""

    cron: Cron
    zone: ZoneInfo
    name: str = ""
    jitter: timedelta = timedelta(0)

    def firings(self, since: datetime, until: datetime) -> Iterator[Firing]:
        """See Trigger."""
        day = since.astimezone(self.zone).date() - 2 * _DAY
        end = until.astimezone(self.zone).date() + 2 * _DAY
        while day <= end:
            for firing in self._firings_of(day):
                if firing.fires_at >= until:
                    return
                if firing.fires_at >= since:
                    yield firing
            day += _DAY

    def last(self, now: datetime) -> Firing | None:
        """See Trigger."""
        after = now + timedelta(microseconds=1)
        reach = 3 * _DAY
        while reach < 2 * _LONGEST_WAIT:
            found = _last(self.firings(now - reach, after))
            if found is not None:
                return found
            reach *= 4
        return None

    def next(self, now: datetime) -> Firing | None:
        """See Trigger."""
        after = now + timedelta(microseconds=1)
        return next(self.firings(after, after + _LONGEST_WAIT), None)

    def _firings_of(self, day: date) -> list[Firing]:
        if not self.cron.falls_on(day):
            return []
        nominals = [datetime.combine(day, each) for each in self.cron.times]
        offset = self._steady_offset(day)
        moments: dict[datetime, datetime] = {}
        for nominal in nominals:
            if offset is not None:
                moments[(nominal - offset).replace(tzinfo=UTC)] = nominal
                continue
            moment, exists = self._moment(nominal)
            # What does not exist gives way to what is at that moment by itself.
            if moment is not None and (exists or moment not in moments):
                moments[moment] = nominal
        ordered = sorted(moments)
        following: list[datetime | None] = [*ordered[1:], None] if ordered else []
        return [
            self._firing(moment, moments[moment], after, offset)
            for moment, after in zip(ordered, following, strict=True)
        ]

    def _firing(
        self, moment: datetime, nominal: datetime, following: datetime | None, offset: timedelta | None
    ) -> Firing:
        slot = _slot(moment)
        fires = moment
        if self.jitter:
            end = self._end(moment, offset)
            if following is not None:
                end = min(end, following)
            fires += jitter_of(self.name, slot, min(self.jitter, end - moment - timedelta(seconds=1)))
        return Firing(fires, fires.astimezone(self.zone), self._label(nominal), slot)

    def _steady_offset(self, day: date) -> timedelta | None:
        """The zone's offset, where it is the same all around that day; else None."""
        offsets = {
            datetime(near.year, near.month, near.day, tzinfo=self.zone).utcoffset()
            for near in (day + each * _DAY for each in (-1, 0, 1, 2))
        }
        return offsets.pop() if len(offsets) == 1 else None

    def _moment(self, nominal: datetime) -> tuple[datetime | None, bool]:
        """The moment of a time on the wall, and whether the wall shows that time then; None: no period."""
        moment = nominal.replace(tzinfo=self.zone).astimezone(UTC)
        if _wall(moment, self.zone) == nominal:
            return moment, True
        first = _gap_end(nominal, self.zone)
        if self._same_period(_wall(first, self.zone), nominal):
            return first, False
        last = first - _MINUTE
        return (last if self._same_period(_wall(last, self.zone), nominal) else None), False

    def _same_period(self, wall: datetime, nominal: datetime) -> bool:
        match self.cron.period:
            case Period.HOUR:
                return (wall.date(), wall.hour) == (nominal.date(), nominal.hour)
            case Period.DAY:
                return wall.date() == nominal.date()
            case Period.WEEK:
                return wall.isocalendar()[:2] == nominal.isocalendar()[:2]
            case Period.MONTH:
                return (wall.year, wall.month) == (nominal.year, nominal.month)

    def _end(self, moment: datetime, offset: timedelta | None) -> datetime:
        """When the local hour (of hourly crons) or the local day that begins or goes on at a moment ends."""
        by_hour = self.cron.period is Period.HOUR
        if offset is not None:
            wall = (moment + offset).replace(tzinfo=None)
            end = wall.replace(minute=0) + timedelta(hours=1) if by_hour else _midnight(wall) + _DAY
            return (end - offset).replace(tzinfo=UTC)
        start = _wall(moment, self.zone)
        end = moment
        while True:
            end += _MINUTE
            wall = _wall(end, self.zone)
            if wall.date() != start.date() or (by_hour and wall.hour != start.hour):
                return end

    def _label(self, nominal: datetime) -> str:
        if not self.cron.in_one:
            return nominal.isoformat()[:16]
        match self.cron.period:
            case Period.HOUR:
                return nominal.isoformat()[:13]
            case Period.DAY:
                return nominal.date().isoformat()
            case Period.WEEK:
                year, week, _ = nominal.isocalendar()
                return f"{year}-W{week:02d}"
            case Period.MONTH:
                return nominal.isoformat()[:7]


def trigger_for(every: Every, zone: ZoneInfo, name: str, jitter: timedelta) -> Trigger:
    """The trigger of a source."""
    if every.cron:
        return CronTrigger(every.calendar(), zone, name, jitter)
    return IntervalTrigger(every.interval, zone, name, jitter)


_INTERVAL = re.compile(
    r"(?:(\d+)\s*d(?:ays?)?)?\s*(?:(\d+)\s*h(?:ours?)?)?\s*(?:(\d+)\s*m(?:in(?:utes?)?)?)?", re.IGNORECASE
)


def read_every(text: str) -> Every:
    """An interval ("6h", "1d 12h", "30min") or five fields of cron, as persons type it. Raises ValueError."""
    stripped = text.strip()
    if stripped.startswith("@") or len(stripped.split()) == 5:
        return Every(cron=stripped)
    match = _INTERVAL.fullmatch(stripped)
    if match is None or not any(int(each or 0) for each in match.groups()):
        raise ValueError(
            f"expected an interval such as 6h, 1d12h or 30min, or five fields of cron; found {text!r}"
        )
    days, hours, minutes = (int(each or 0) for each in match.groups())
    return Every(days=days, hours=hours, minutes=minutes)


def every_in_words(every: Every) -> str:
    """As a person says it: "30 min", "6 h", "1 d 12 h", or the fields of cron."""
    if every.cron:
        return every.cron
    minutes = int(every.interval.total_seconds() // 60)
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _slot(moment: datetime) -> str:
    return f"{moment.isoformat()[:19]}Z"


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _midnight(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0, microsecond=0)


def _gap_end(nominal: datetime, zone: ZoneInfo) -> datetime:
    """The first moment after the gap in which a time on the wall falls: when the clocks were changed."""
    # PEP 495: with fold=1 a time in a gap is read by the new offset, which puts it before the change.
    before = nominal.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = nominal.replace(tzinfo=zone, fold=0).astimezone(UTC)
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _last(firings: Iterator[Firing]) -> Firing | None:
    latest = deque(firings, maxlen=1)
    return latest[0] if latest else None
