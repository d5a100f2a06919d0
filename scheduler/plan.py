"""When a source is due: every interval of its definition, counted from the start of its last run.

APScheduler's triggers do the arithmetic. They are built anew from definitions and ledger whenever they
are asked (its own persistent store lets two processes fire twice). Everything is computed in UTC, so that
a change of clocks neither skips nor doubles a run; a zone is only for showing.
"""

from __future__ import annotations

from datetime import UTC, datetime

from apscheduler.triggers.interval import IntervalTrigger

from crawler.declare import Every


def trigger_for(every: Every, first: datetime) -> IntervalTrigger:
    """The trigger of a source whose runs are counted from `first` (aware)."""
    if first.tzinfo is None:
        raise ValueError(f"time without a zone: {first!r}")
    return IntervalTrigger(
        seconds=int(every.interval.total_seconds()), start_date=first.astimezone(UTC), timezone=UTC
    )


def next_due(every: Every, last_run: datetime | None, now: datetime) -> datetime:
    """When the source is to be crawled next, UTC; `now` when it never was, a past time when it is overdue.

    Missed intervals are one run, not several: what was missed is found by the next walk of the index.
    """
    if last_run is None:
        return now.astimezone(UTC)
    due: datetime = trigger_for(every, last_run).get_next_fire_time(last_run.astimezone(UTC), now)
    return due.astimezone(UTC)


def in_words(every: Every) -> str:
    """An interval as a person says it: "30 min", "6 h", "1 d 12 h"."""
    minutes = int(every.interval.total_seconds() // 60)
    parts = (
        (minutes // 1440, "d"),
        (minutes // 60 % 24, "h"),
        (minutes % 60, "min"),
    )
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
