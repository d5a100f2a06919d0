"""Which pages that are kept are asked for again, and when: pure, under a budget.

Few sites tell that a text was edited or taken down, so somebody must look. Texts are edited soon after they
are posted, and those that were edited once are edited again; so young and edited pages are looked at often,
old ones seldom, and a run looks at no more than its budget allows, the most overdue first.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

BUDGET = 25
"""Pages that a run asks for again, where neither definition nor settings say otherwise."""

_BY_AGE = (
    (timedelta(days=2), timedelta(hours=12)),
    (timedelta(days=14), timedelta(days=2)),
    (timedelta(days=90), timedelta(days=14)),
    (timedelta(days=730), timedelta(days=90)),
)
"""Up to an age: the time between two looks."""
_OLD = timedelta(days=365)
SHORTEST = timedelta(hours=6)
"""No page is looked at more often, whatever was found on it."""

_OFTEN_EDITED = frozenset({"advisory", "transcript", "fact sheet", "press conference"})
"""Kinds of releases that are corrected and brought up to date: twice as often."""
_MOST_EDITS = 3
"""Further edits make no difference: each of these halves the time between two looks."""
_TOLD_BY_INDEX = 4
"""Where the index shows change stamps a look is only a check of it: so much more seldom."""


@dataclass(frozen=True, slots=True)
class Visited:
    """A page that is kept, and what is known of it."""

    key: str
    visited_at: datetime
    """When it was last asked for."""
    posted_on: date | None = None
    first_seen_at: datetime | None = None
    edits: int = 0
    """Edits that were seen so far."""
    kind: str = ""
    """Of the release (`crawler.items.KindOfRelease`)."""
    stamped: bool = False
    """Its index shows when it was changed."""
    asked_for_at: datetime | None = None
    """A page that is missing or gone: when it is asked for again, whatever its age."""


def interval(page: Visited) -> timedelta:
    """The time between two looks at a page, by its age when it was last looked at."""
    born = datetime.combine(page.posted_on, time(), UTC) if page.posted_on else page.first_seen_at
    age = page.visited_at - born if born is not None else timedelta(0)
    between = next((each for oldest, each in _BY_AGE if age <= oldest), _OLD)
    between /= 1 << min(page.edits, _MOST_EDITS)
    if page.kind in _OFTEN_EDITED:
        between /= 2
    if page.stamped:
        between *= _TOLD_BY_INDEX
    return max(between, SHORTEST)


def choose(pages: Iterable[Visited], now: datetime, budget: int) -> list[str]:
    """Keys of the pages to ask for now, the most urgent first, at most `budget`.

    What is missing goes first, since whether it is gone shows only in several answers; then what is overdue
    by most of its own interval.
    """
    overdue: list[tuple[float, str]] = []
    for page in pages:
        if page.asked_for_at is not None:
            if page.asked_for_at <= now:
                overdue.append((float("inf"), page.key))
            continue
        share = (now - page.visited_at) / interval(page)
        if share >= 1.0:
            overdue.append((share, page.key))
    return [key for _, key in heapq.nsmallest(budget, overdue, key=lambda each: (-each[0], each[1]))]
