"""Sources that publish over two simulated years, and the sites' twelve ways of breaking.

What a run would find is made as the ledger would tell it (`RunView`, `ReleaseFacts`), so the evidence is
built by the code that builds it in production (`scheduler.health.gather.evidence_of`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from crawler.pages.shape import KEPT
from scheduler.health.evidence import Evidence, Health
from scheduler.health.gather import PAST, evidence_of, public_holidays
from storage.health import HeldFolio, ReleaseFacts
from storage.runs import RunView

PAGE = 20
"""Entries on the first page of an index; a walk looks at one page."""
FIRST = date(2025, 1, 1)
"""First day of the past, which a backfill has brought."""
YEAR = date(2026, 1, 1)
"""First day of the simulated year."""
END = date(2026, 12, 31)
FIELDS = ("kind_raw", "said_raw", "posted_on", "posted_raw", "issuers_raw")
"""Fields that the source's layout gives every release."""
COUNTRIES = ("MX", "US", "DE", "FR", "BR", "JP", "GB", "CA")


class Breakage(StrEnum):
    """The ways in which a site or we break."""

    FORBIDDEN = "every request is refused (403)"
    CHALLENGE = "a challenge stands in front of the site"
    DOWN = "the site does not answer"
    ROBOTS = "robots.txt forbids what it allowed"
    EMPTY_INDEX = "the index is read no more"
    MOVED = "the addresses of all releases change"
    NO_RULES = "the pages have another layout; general extraction reads them"
    LOST_FIELD = "a field of the pages is lost"
    ALL_HELD = "every page is read and held back"
    NOT_STORED = "the database takes nothing"
    SOME_FAIL = "most pages fail, the index does not"
    OLD_COPY = "the index is an old copy that never changes"


MEANS: Mapping[Breakage, frozenset[Health]] = {
    Breakage.FORBIDDEN: frozenset({Health.BLOCKED}),
    Breakage.CHALLENGE: frozenset({Health.CHALLENGED}),
    Breakage.DOWN: frozenset({Health.BLOCKED}),
    Breakage.ROBOTS: frozenset({Health.BLOCKED}),
    Breakage.EMPTY_INDEX: frozenset({Health.LAYOUT_CHANGED}),
    Breakage.MOVED: frozenset({Health.LAYOUT_CHANGED}),
    Breakage.NO_RULES: frozenset({Health.LAYOUT_CHANGED}),
    Breakage.LOST_FIELD: frozenset({Health.LAYOUT_CHANGED}),
    Breakage.ALL_HELD: frozenset({Health.ALL_HELD}),
    Breakage.NOT_STORED: frozenset({Health.FAILING_TO_STORE}),
    Breakage.SOME_FAIL: frozenset({Health.PARTIAL}),
    Breakage.OLD_COPY: frozenset({Health.SILENT}),
}
"""The right kind of each."""


@dataclass(frozen=True)
class Site:
    """What a simulated source is like."""

    name: str
    country: str
    per_week: float
    weekend: float
    """Part of a working day's number that a day of the weekend has."""
    on_holidays: float
    numbers: bool
    """Whether its releases carry numbers."""
    elections: tuple[tuple[date, date, float], ...]
    """First and last day, and by how much it publishes more or less between them."""
    seed: int

    @property
    def holidays(self) -> frozenset[date]:
        """Of its country."""
        return public_holidays(self.country.lower(), FIRST.year - 1, END.year)

    def rate(self, day: date) -> float:
        """Releases that a day brings on average."""
        working = self.per_week / (5 + 2 * self.weekend)
        rate = working * (self.weekend if day.weekday() >= 5 else 1.0)
        if day in self.holidays:
            rate *= self.on_holidays
        for first, last, times in self.elections:
            if first <= day <= last:
                rate *= times
        return rate


def sites(number: int, seed: int) -> list[Site]:
    """Sources from three a month to fifteen a day."""
    made = []
    for index in range(number):
        random_ = random.Random(f"{seed} {index}")  # noqa: S311 - a simulation
        per_week = 0.7 * (75 / 0.7) ** (index / max(number - 1, 1))
        elections: list[tuple[date, date, float]] = []
        for year in (FIRST.year, YEAR.year):
            # An election in each year: a campaign with more releases, then weeks with fewer.
            poll = date(year, 2, 1) + timedelta(days=random_.randrange(280))
            elections.append(
                (poll - timedelta(days=35), poll - timedelta(days=11), random_.uniform(1.3, 2.5))
            )
            elections.append((poll - timedelta(days=10), poll, random_.uniform(0.2, 0.5)))
        made.append(
            Site(
                name=f"site_{index:03}",
                country=random_.choice(COUNTRIES),
                per_week=per_week,
                weekend=random_.choice((0.0, 0.02, 0.1, 0.3)),
                on_holidays=random_.choice((0.05, 0.1, 0.3)),
                numbers=random_.random() < 0.5,
                elections=tuple(elections),
                seed=random_.randrange(2**32),
            )
        )
    return made


@dataclass
class _Post:
    day: date
    number: int
    due: bool = True
    """Not stored yet."""


@dataclass
class Course:
    """One source over the simulated year, crawled daily; breaks, when it does, on `broken_on` for good."""

    site: Site
    breakage: Breakage | None = None
    broken_on: date = END
    shows_at: date | None = field(default=None, init=False)
    """Day of the first run in which the break could be seen."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.site.seed)  # noqa: S311 - a simulation
        self._views: list[RunView] = []
        self._held: dict[str, Counter[str]] = {}
        self._held_numbers: list[HeldFolio] = []
        self._releases: list[ReleaseFacts] = []
        self._posted: Counter[date] = Counter()
        self._posts: list[_Post] = []
        self._unlikely = 0.0
        """Releases that the days since the latest one should have brought."""
        self._longest = 0.0
        self._numbers = Counter[int]()
        self._shapes = {name: _layout(self._random) for name in ("old", "new", "other")}
        """Of pages of the known layout, of the one that comes with a break, and of a kind seldom seen."""
        self._seen: list[str] = []

    def evidences(self) -> Iterator[tuple[date, Evidence]]:
        """A run a day over the year, with the evidence after it."""
        day = FIRST
        while day <= END:
            new = self._publish(day)
            if day < YEAR:
                for post in new:
                    self._store(post, "backfill", day)
                if day >= YEAR - timedelta(days=60):
                    # The service began two months before: runs that found everything in order.
                    self._seen = [self._random.choice(self._shapes["old"]) for _ in new]
                    self._record(self._run(day, {"stored": len(new)}), Counter())
            else:
                view, held = self._crawl(day)
                self._record(view, held)
                if self.breakage is None or day >= self.broken_on:
                    yield day, self._evidence(day)
                if self.shows_at is not None and day > self.shows_at:
                    return
            day += timedelta(days=1)

    def _publish(self, day: date) -> list[_Post]:
        rate = self.site.rate(day)
        number = _poisson(self._random, rate * self._random.choice((0.5, 1.0, 1.0, 1.5)))
        made = []
        for _ in range(number):
            self._numbers[day.year] += 1
            # One number in five hundred is given to nothing.
            self._numbers[day.year] += self._random.random() < 0.002
            made.append(_Post(day, self._numbers[day.year]))
        self._posts += made
        broken = self.breakage is Breakage.OLD_COPY and day >= self.broken_on
        if number and not broken:
            self._longest = max(self._longest, self._unlikely)
            self._unlikely = 0.0
            self._posted[day] += number
        else:
            # However much a day brings: it may be a holiday that no calendar knows.
            self._unlikely += min(rate, 5.0)
        return made

    def _crawl(self, day: date) -> tuple[RunView, Counter[str]]:
        """What the day's run finds. Breaks that cannot be seen on a day without releases wait for one."""
        broken = self.breakage if day >= self.broken_on else None
        self._seen = []
        due = [post for post in self._posts if post.due and post.day >= YEAR - timedelta(days=30)]
        if broken in _WHOLE:
            self.shows_at = self.shows_at or day
            kind, error, status = _WHOLE[broken]
            counts = {"listed": 0, "requests": 4}
            return (
                self._run(day, counts, state="failed", error=error, broken={kind: 1}, statuses={status: 4}),
                Counter(),
            )
        if broken is Breakage.MOVED:
            self.shows_at = self.shows_at or day
            # A walk goes on until it comes to what it knows: through the whole archive.
            archive = 15 * PAGE
            found = dict.fromkeys(("listed", "stored", "discovered"), archive)
            return self._run(day, {**found, "listed_known": 0}), Counter()
        if broken is Breakage.OLD_COPY:
            # Rarer than once in 20,000 times by its true rate, and longer than all that its own past had.
            if self._unlikely > max(10.0, 1.5 * self._longest) and self.shows_at is None:
                self.shows_at = day
            return self._run(day, {}), Counter()
        return self._read(day, due, broken)

    def _read(self, day: date, due: list[_Post], broken: Breakage | None) -> tuple[RunView, Counter[str]]:
        counts: Counter[str] = Counter()
        failures: Counter[str] = Counter()
        held: Counter[str] = Counter()
        statuses: Counter[str] = Counter()
        run = self._name(day)
        self._seen = []
        for post in due:
            end = self._end(broken)
            if end != "failed":
                self._seen.append(self._random.choice(self._shapes[self._layout_of(end, broken)]))
            if end == "failed":
                counts["failed"] += 1
                kind = "stage failed" if broken is Breakage.NOT_STORED else "network"
                failures[kind] += 1
                continue
            statuses["200"] += 1
            post.due = False
            if end in ("held", "fallback"):
                if self.site.numbers and end == "held":
                    # Read by the rules, number and all; general extraction finds no numbers.
                    self._held_numbers.insert(0, HeldFolio(f"{post.number:03}", _at(day)))
                counts["held"] += 1
                counts["by_fallback"] += end == "fallback"
                usual = "layout changed" if end == "fallback" else "unknown issuer"
                held["no date" if broken is Breakage.ALL_HELD else usual] += 1
                continue
            counts["stored"] += 1
            self._store(post, run, day, lost="posted_on" if broken is Breakage.LOST_FIELD else None)
        needed = 3 if broken is Breakage.SOME_FAIL else 1
        shown = (
            counts["failed"] >= needed and counts["stored"] >= 1
            if broken is Breakage.SOME_FAIL
            else bool(due)
        )
        if broken is not None and shown and self.shows_at is None:
            self.shows_at = day
        listed_known = PAGE - min(len(due), PAGE)
        counts.update(listed=PAGE, listed_known=listed_known, discovered=len(due))
        return (
            self._run(day, counts, failures=failures, statuses=statuses),
            held,
        )

    def _layout_of(self, end: str, broken: Breakage | None) -> str:
        if broken is Breakage.NO_RULES:
            return "new"
        # An odd page of everyday life is half of the time one in another layout.
        return "other" if end == "fallback" and self._random.random() < 0.5 else "old"

    def _end(self, broken: Breakage | None) -> str:
        chance = self._random.random()
        if broken is Breakage.NOT_STORED:
            return "failed"
        if broken is Breakage.ALL_HELD:
            return "held"
        if broken is Breakage.SOME_FAIL:
            return "failed" if chance < 0.7 else "stored"
        if broken is Breakage.NO_RULES:
            return "fallback"
        # Everyday life: one page in 300 does not answer, one in 500 is held back, one in 1,000 is odd.
        if chance < 0.0033:
            return "failed"
        if chance < 0.0053:
            return "held"
        return "fallback" if chance < 0.0063 else "stored"

    def _store(self, post: _Post, run: str, day: date, lost: str | None = None) -> None:
        post.due = False
        filled = {name for name in FIELDS if self._random.random() > 0.0003}
        filled.discard(lost or "")
        if self.site.numbers:
            filled.add("folio")
        self._releases.append(
            ReleaseFacts(
                run=run,
                day=post.day,
                seen_at=_at(day),
                filled=frozenset(filled),
                folio=f"{post.number:03}" if self.site.numbers else None,
                language="es",
                read_by="rules",
            )
        )

    def _name(self, day: date) -> str:
        return f"{self.site.name}-{day}"

    def _run(
        self,
        day: date,
        found: Mapping[str, int],
        *,
        state: str = "finished",
        error: str | None = None,
        broken: Mapping[str, int] | None = None,
        failures: Mapping[str, int] | None = None,
        statuses: Mapping[str, int] | None = None,
    ) -> RunView:
        counts = {"listed": PAGE, "listed_known": PAGE - min(found.get("stored", 0), PAGE), **found}
        if state == "failed":
            counts["listed_known"] = 0
        return RunView(
            id=self._name(day),
            source=self.site.name,
            state=state,
            started_by="schedule",
            slot=None,
            since=None,
            until=None,
            limit=None,
            started_at=_at(day),
            beat_at=_at(day),
            ended_at=_at(day),
            host="",
            process=0,
            counts=counts,
            stats={"shapes": " ".join(dict.fromkeys(self._seen[:6]))},
            error=error,
            code_version="",
            failures=failures or {},
            broken=broken or {},
            statuses=statuses or {"200": counts["listed"]},
        )

    def _record(self, view: RunView, held: Counter[str]) -> None:
        self._views.insert(0, view)
        del self._views[60:]
        if held:
            self._held[view.id] = held

    def _evidence(self, day: date) -> Evidence:
        posted = {each: number for each, number in self._posted.items() if each > day - PAST}
        expected = self.site.per_week
        return evidence_of(
            source=self.site.name,
            now=_at(day),
            today=day,
            of_today=23.5 / 24,
            every=timedelta(days=1),
            per_week=(int(expected * 0.3), int(expected * 3) + 3),
            paused=None,
            views=self._views,
            held=self._held,
            held_numbers=self._held_numbers,
            releases=sorted(self._releases[-400:], key=lambda each: each.day, reverse=True)[:250],
            posted=posted,
            holidays_there=self.site.holidays,
        )


_WHOLE: Mapping[Breakage | None, tuple[str, str, str]] = {
    Breakage.FORBIDDEN: ("http status", "index: http status: status 403", "403"),
    Breakage.CHALLENGE: ("challenge", "index: challenge: status 503", "503"),
    Breakage.DOWN: ("network", "index: network: no connection", "0"),
    Breakage.ROBOTS: ("robots.txt", "index: robots.txt forbids it", "200"),
    Breakage.EMPTY_INDEX: ("empty listing", "index: empty listing: entries expected, none found", "200"),
}
"""Breaks that end the run: kind of failure, words, status."""


def _layout(random_: random.Random) -> list[str]:
    """Shapes of some pages of one layout: each has most of its markup, and a little of its own."""
    markup = [f"{random_.randrange(16**6):06x}" for _ in range(200)]
    pages = []
    for _ in range(8):
        own = [f"{random_.randrange(16**6):06x}" for _ in range(10)]
        pages.append("".join(sorted({each for each in markup if random_.random() < 0.95} | set(own))[:KEPT]))
    return pages


def _at(day: date) -> datetime:
    """The daily run, late in the evening."""
    return datetime.combine(day, time(23, 30), UTC)


def _poisson(random_: random.Random, mean: float) -> int:
    number, total = 0, random_.expovariate(1.0)
    while total < mean:
        number += 1
        total += random_.expovariate(1.0)
    return number
