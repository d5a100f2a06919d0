"""Evidence from the ledger, and from it the judgement of each source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays
from sqlalchemy import Connection

from crawler.source import Source, crawled_sources
from scheduler.health.evidence import Evidence, Judgement, Numbered, RunEvidence
from scheduler.health.judge import judge
from storage.health import (
    HeldFolio,
    ReleaseFacts,
    held_by_run,
    held_folios,
    latest_releases,
    newest_gone,
    number_of,
    posted_by_day,
    whole_runs,
)
from storage.runs import RunView
from storage.schedules import PAUSED, Override, overrides

PAST = timedelta(days=2 * 364)
"""How far back the days of releases are looked at."""
LEAST_NUMBERED = 0.6
"""Part of the latest releases that must have a number before gaps in the numbers mean anything."""
_RUNS_WITH_FIELDS = 8
"""The latest runs whose new releases are looked at one by one; what is older is the past."""


def judge_sources(connection: Connection, now: datetime, names: Iterable[str]) -> dict[str, Judgement]:
    """How the named sources stand; those that are not crawled are left out."""
    said, crawled = overrides(connection), crawled_sources()
    return {
        name: judge(gather(connection, crawled[name], now, said.get(name, {})))
        for name in names
        if name in crawled
    }


def judge_source(connection: Connection, source: type[Source], now: datetime) -> Judgement:
    """How one source stands."""
    return judge(gather(connection, source, now, overrides(connection).get(source.name, {})))


def gather(
    connection: Connection, source: type[Source], now: datetime, said: Mapping[str, Override]
) -> Evidence:
    """All that is looked at of a source; `said` is what persons said about it."""
    local = now.astimezone(source.zone())
    today = local.date()
    paused = said.get(PAUSED)
    views = whole_runs(connection, source.name)
    held = held_by_run(connection, source.name, [view.id for view in views])
    releases = latest_releases(connection, source.name)
    found = evidence_of(
        source=source.name,
        now=now,
        today=today,
        of_today=(local.hour + local.minute / 60) / 24,
        every=source.every.interval,
        per_week=(source.expect.at_least, source.expect.at_most),
        paused=f"paused by {paused.made_by}: {paused.reason or 'no reason given'}" if paused else None,
        views=[view for view in views if view.state != "running" or view.is_lost(now)],
        held=held,
        held_numbers=held_folios(connection, source.name),
        releases=releases,
        posted=posted_by_day(connection, source.name, today - PAST, today),
        holidays_there=public_holidays(source.country, today.year - 2, today.year),
    )
    if not found.runs:
        return found
    return replace(found, newest_gone=tuple(newest_gone(connection, source.name, found.runs[0].run, today)))


def evidence_of(
    *,
    source: str,
    now: datetime,
    today: date,
    of_today: float,
    every: timedelta,
    per_week: tuple[int, int],
    paused: str | None,
    views: Sequence[RunView],
    held: Mapping[str, Mapping[str, int]],
    held_numbers: Sequence[HeldFolio],
    releases: Sequence[ReleaseFacts],
    posted: Mapping[date, int],
    holidays_there: frozenset[date],
) -> Evidence:
    """The evidence from what the ledger gives. `views` are whole runs, the latest first; one that says that
    it is running has lost its process.
    """
    latest = {view.id for view in views[:_RUNS_WITH_FIELDS]}
    new: dict[str, list[ReleaseFacts]] = {}
    before: list[ReleaseFacts] = []
    for release in releases:
        if release.run in latest:
            new.setdefault(release.run, []).append(release)
        else:
            before.append(release)
    return Evidence(
        source=source,
        now=now,
        today=today,
        of_today=of_today,
        every=every,
        at_least=per_week[0],
        at_most=per_week[1],
        paused=paused,
        runs=tuple(_run(view, new.get(view.id, ()), held.get(view.id, {})) for view in views),
        posted=posted,
        holidays=holidays_there,
        filled=_filled(before),
        releases=len(before),
        numbered=_numbered(releases, held_numbers),
    )


@lru_cache(maxsize=256)
def public_holidays(country: str, first: int, last: int) -> frozenset[date]:
    """Public holidays of a country (ISO 3166-1 alpha-2), of years; none where nobody knows them (eu, int)."""
    code = country.upper()
    if code not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(code, years=range(first, last + 1)))


def _run(view: RunView, releases: Sequence[ReleaseFacts], held: Mapping[str, int]) -> RunEvidence:
    return RunEvidence(
        run=view.id,
        started_at=view.started_at,
        state="lost" if view.state == "running" else view.state,
        error=view.error or view.last_error,
        counts=view.counts,
        failures=view.failures,
        broken=view.broken,
        statuses=view.statuses,
        filled=_filled(releases),
        releases=len(releases),
        held=held,
        shapes=view.shapes,
    )


def _filled(releases: Iterable[ReleaseFacts]) -> Mapping[str, int]:
    return Counter(name for release in releases for name in release.filled)


def _numbered(releases: Sequence[ReleaseFacts], held: Sequence[HeldFolio]) -> tuple[Numbered, ...]:
    """Numbers of the latest series: one language, and of this count only (numbers begin anew each year).

    What is held back is there, too: it waits for a person, and leaves no gap.
    """
    if not releases:
        return ()
    language = Counter(release.language for release in releases).most_common(1)[0][0]
    own = [release for release in releases if release.language == language]
    some = [
        Numbered(number, release.day, release.seen_at)
        for release in own
        if release.folio is not None and (number := number_of(release.folio)) is not None
    ]
    if len(some) < LEAST_NUMBERED * len(own):
        return ()
    newest = max(each.day for each in some)
    # Of this year, and what a first week of January needs of the last one is left out: a new count begins.
    kept = [each for each in some if each.day.year == newest.year]
    there = {each.number for each in kept}
    waiting = [
        Numbered(number, each.held_at.date(), each.held_at)
        for each in held
        if each.held_at.year == newest.year
        and (number := number_of(each.folio)) is not None
        # Only what fills a gap: a number that was misread is no beginning of a series.
        and min(there) < number < max(there)
        and number not in there
    ]
    return (*kept, *waiting)
