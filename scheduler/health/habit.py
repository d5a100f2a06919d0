"""What is usual: how long a source has been silent measured against its own gaps, and chances by its past.

Days do not count alike. A day on which the source nearly always posts weighs much when nothing comes, a
Sunday or a holiday next to nothing. The weight of a day is -ln(1 - p), where p is how often such a day
brought something, so the weights of a silent stretch add up to -ln of its chance. Bursts and pauses
(elections) make real gaps longer than chance does; so the longest gaps of the source's own past count too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

ALARM = math.log(1000)
"""A stretch of silence is alarming from this weight on: a chance of one in 1,000."""
LONG = math.log(12)
"""And worth a word from this one on."""
BEYOND = 1.15
"""How much heavier than its own heaviest gap a silence must be."""
LEAST_DAYS = 8
"""Days with releases that make a habit; with fewer, the definition alone says what is usual."""
HOLIDAY = 0.25
"""Part of a usual day that a holiday is taken for before there is experience."""
_HOLIDAYS_OF_EXPERIENCE = 4.0
LIKE_OTHERS = 200.0
"""So many days of a weekday's own it takes to weigh as much as what its kind is like."""


@dataclass(frozen=True, slots=True)
class Silence:
    """How long nothing has come."""

    since: date | None
    """Day of the latest release; None: there was never one."""
    days: int
    """Whole days since, today not counted."""
    weight: float
    """-ln of the chance of it."""
    alarm: float
    """Weight from which it is longer than the source's own habit allows."""
    heaviest: float
    """Weight of the heaviest gap that counts in its past."""

    @property
    def is_alarming(self) -> bool:
        """Longer than its habit allows."""
        return self.weight >= self.alarm

    @property
    def is_long(self) -> bool:
        """Long, but it has been so before."""
        return self.weight >= LONG


def silence(
    posted: Mapping[date, int],
    holidays: frozenset[date],
    today: date,
    at_least: int,
    of_today: float = 0.0,
) -> Silence:
    """How long a source has been silent, by its past; `at_least` a week where there is little of it.

    `of_today`: the part of today that is over, and counts.
    """
    days = sorted(day for day, number in posted.items() if number and day <= today)
    if len(days) < LEAST_DAYS:
        usual = [1 - math.exp(-at_least / 5)] * 5 + [0.0, 0.0]
        weights = _Weights(usual, holidays, HOLIDAY)
    else:
        weights = _learned(days, holidays)
    last = days[-1] if days else None
    if last is None:
        return Silence(None, 0, 0.0, ALARM, 0.0)
    gaps = sorted(
        (weights.between(earlier, later) for earlier, later in pairwise(days)),
        reverse=True,
    )
    # One outage that nobody noticed must not deafen us for ever: with enough gaps the heaviest is left out.
    counted = gaps[1:] if len(gaps) >= 60 else gaps
    heaviest = counted[0] if counted else 0.0
    alarm = max(ALARM, heaviest * BEYOND)
    weight = weights.between(last, today)
    if last < today:
        weight += of_today * weights.of(today)
    return Silence(last, (today - last).days - 1, weight, alarm, heaviest)


class _Weights:
    def __init__(self, usual: list[float], holidays: frozenset[date], on_holidays: float) -> None:
        self._usual = usual
        self._holidays = holidays
        self._on_holidays = on_holidays

    def between(self, earlier: date, later: date) -> float:
        """Weight of the days between two days, neither of them counted."""
        days = range(1, (later - earlier).days)
        return sum(self.of(earlier + timedelta(days=number)) for number in days)

    def of(self, day: date) -> float:
        """Weight of one day."""
        chance = self._usual[day.weekday()]
        if day in self._holidays:
            chance *= self._on_holidays
        return -math.log1p(-min(chance, 0.995))


def _learned(days: list[date], holidays: frozenset[date]) -> _Weights:
    first, last = days[0], days[-1]
    with_some = frozenset(days)
    number = [0] * 7
    hits = [0] * 7
    on_holidays: list[date] = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day in holidays:
            on_holidays.append(day)
            continue
        number[day.weekday()] += 1
        hits[day.weekday()] += day in with_some
    usual = _usual(number, hits)
    expected = sum(usual[day.weekday()] for day in on_holidays)
    found = sum(day in with_some for day in on_holidays)
    part = (found + HOLIDAY * _HOLIDAYS_OF_EXPERIENCE) / (expected + _HOLIDAYS_OF_EXPERIENCE)
    return _Weights(usual, holidays, min(part, 1.0))


def _usual(number: Sequence[int], hits: Sequence[int]) -> list[float]:
    """How often each day of the week brings something.

    Two years have a hundred of each, too few to tell a day that nearly always does from one that always
    does; so a day is taken to be much like the others of its kind: working days, or days of rest, which
    are those that bring less than half of what the five best do, whatever the country calls them.
    """
    rates = [hit / each if each else 0.0 for hit, each in zip(hits, number, strict=True)]
    half = sum(sorted(rates)[-5:]) / 10
    usual = []
    for day, each in enumerate(number):
        kind = [other for other in range(7) if (rates[other] >= half) == (rates[day] >= half)]
        shared = (sum(hits[other] for other in kind) + 0.5) / (sum(number[other] for other in kind) + 1)
        usual.append((hits[day] + LIKE_OTHERS * shared) / (each + LIKE_OTHERS) if each else 0.0)
    return usual


def usual_share(hits: int, number: int, least: float) -> float:
    """The share of a kind in the past, by its counts; never below `least`, since the past is short.

    A past of few counts is taken for one of hardly any (one in a hundred): nothing is usual yet.
    """
    return max((hits + 0.5) / (number + 50), least)


def chance_of(hits: int, number: int, share: float) -> float:
    """The chance of at least so many of a number, each by `share`."""
    if hits <= 0:
        return 1.0
    if share >= 1:
        return 1.0
    if hits < number * share:
        return 1.0  # fewer than usual: nobody needs to know how likely that is
    total = 0.0
    for each in range(hits, number + 1):
        ways = math.lgamma(number + 1) - math.lgamma(each + 1) - math.lgamma(number - each + 1)
        term = math.exp(ways + each * math.log(share) + (number - each) * math.log1p(-share))
        total += term
        if term < total * 1e-9:
            break
    return min(total, 1.0)
