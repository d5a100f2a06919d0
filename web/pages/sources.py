"""Sources: how each stands and why, what it brought day by day, what it expects, what is held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import HTMLResponse

from crawler.source import crawled_sources, registry
from scheduler.health.standing import Verdict, standings
from scheduler.plan import plans
from scheduler.triggers import every_in_words
from scheduler.verbs.coverage import expectation_of
from storage.coverage import DayCoverage, coverage, first_day
from storage.health import find_health
from storage.held import count_held
from storage.overview import SourceOverview, overview_of, overviews
from storage.runs import find_runs
from web import words
from web.charts import CalendarYear, calendar_year
from web.pages.page import desk_of, show

if TYPE_CHECKING:
    from crawler.source import Source
    from scheduler.plan import Plan
    from web.desk import Desk

router = APIRouter()
RUNS = 10
YEARS = 2
"""Calendar years that are shown at once."""
_SIGNS = {"never run": "never", "paused": "paused"}
"""Of states of health that are neither good nor bad."""
LATE = timedelta(hours=6)
"""So long after it was due a source is overdue."""
STATES = ("stored", "discovered", "held", "skipped", "failed", "gone")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands, and why."""

    state: str
    """good, overdue, failing, held, unjudged, paused, never: what a sign stands for."""
    words: str
    reason: str


_UNJUDGED = Standing("unjudged", "being judged", "Nobody has judged it yet; it is being done now.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A source in the list."""

    name: str
    definition: type[Source]
    overview: SourceOverview
    standing: Standing
    due: datetime | None
    """None: paused."""
    held: int
    judged_at: datetime | None
    """When it was judged so, where that is long ago; None: lately."""


@dataclass(frozen=True, slots=True)
class Stands:
    """How all sources stood at a moment."""

    at: datetime
    listed: tuple[Listed, ...]
    """Those that need somebody first."""
    counts: Mapping[str, int]
    """By state."""


@router.get("/sources")
def sources(request: Request) -> HTMLResponse:
    """All sources that are crawled, those that need somebody first."""
    desk = desk_of(request)
    found = desk.standing.get(lambda: _stands(desk))
    values = {"listed": found.listed, "counts": found.counts, "at": found.at}
    return show(request, "sources.html", values)


def _stands(desk: Desk) -> Stands:
    now = desk.clock()
    with desk.read() as connection:
        found = overviews(connection)
        held: Counter[str] = Counter()
        for (name, _), number in count_held(connection).items():
            held[name] += number
        planned = plans(crawled_sources(), connection, now)
        kept = find_health(connection)
    judged = desk.judging.of(kept, set(found), now)
    listed = []
    for name, definition in crawled_sources().items():
        overview = found.get(name, SourceOverview(name))
        last = judged.get(name)
        if name in found and last is None and planned[name].schedule.paused is None:
            stands = _UNJUDGED
        else:
            stands = standing(None if last is None else last.verdict, held[name], planned[name], now)
        old = None if last is None or last.is_young(now) else last.at
        listed.append(Listed(name, definition, overview, stands, planned[name].next_at, held[name], old))
    order = {"failing": 0, "overdue": 1, "held": 2, "unjudged": 3, "good": 4, "paused": 5, "never": 6}
    listed.sort(
        key=lambda each: (order[each.standing.state], words.country(each.definition.country), each.name)
    )
    counts = {state: sum(each.standing.state == state for each in listed) for state in order}
    return Stands(now, tuple(listed), counts)


@router.get("/sources/{name}")
def source(
    request: Request, name: str, year: Annotated[int | None, Query(ge=1900, le=2200)] = None
) -> HTMLResponse:
    """One source."""
    desk = desk_of(request)
    definition = registry().get(name)
    if definition is None:
        raise HTTPException(404, f"There is no source {name[:80]!r}: the list names them all.")
    now = desk.clock()
    with desk.read() as connection:
        overview = overview_of(connection, name)
        held = {reason: n for (source, reason), n in count_held(connection).items() if source == name}
        runs = list(find_runs(connection, name, RUNS))
        first = first_day(connection, name)
        years = list(range(now.year, first.year - 1, -1)) if first else []
        until = min(year or now.year, now.year)
        shown = [each for each in range(until, until - YEARS, -1) if each in (until, *years)]
        days = [
            day
            for each in shown
            for day in coverage(
                connection,
                name,
                date(each, 1, 1),
                min(date(each, 12, 31), now.date()),
                expectation=expectation_of(definition),
                today=now.date(),
            )
        ]
        plan = plans({name: definition}, connection, now)[name] if definition.discoveries() else None
        ran = overview.last_run is not None or bool(overview.addresses)
        judged = standings(connection, now, {name}).get(name) if ran else None
    values = {
        "name": name,
        "definition": definition,
        "plan": plan,
        "judged": judged,
        "overview": overview,
        "standing": standing(judged, sum(held.values()), plan, now),
        "every": every_in_words(plan.schedule.every) if plan else "",
        "held": dict(sorted(held.items(), key=lambda each: -each[1])),
        "runs": runs,
        "states": STATES,
        "calendar": [_year(each, days) for each in shown],
        "years": years,
        "until": until,
        "ways": list(dict.fromkeys(type(each).__name__.lower() for each in definition.discoveries())),
    }
    return show(request, "source.html", values)


def standing(judged: Verdict | None, held: int, plan: Plan | None, now: datetime) -> Standing:
    """How a source stands, as `communique status` judges it; and what waits for a person though all is well.

    `judged` is None of what never ran, `plan` of what is never crawled.
    """
    if plan is not None and plan.schedule.paused is not None:
        paused = plan.schedule.paused
        return Standing("paused", "paused", f"{paused.made_by} paused it: {paused.reason}")
    if judged is None:
        return Standing("never", "not crawled yet", "No run of it is known.")
    if not judged.is_good:
        return Standing("failing", judged.health, judged.reason)
    if plan is not None and plan.due is not None and plan.due.fires_at < now - LATE:
        return Standing("overdue", "overdue", f"It was due {words.ago(plan.due.fires_at, now)}.")
    if held:
        return Standing("held", "waits for you", f"{held} record{'s' if held != 1 else ''} held back.")
    return Standing(_SIGNS.get(judged.health, "good"), judged.health, judged.reason)


def _year(year: int, days: Sequence[DayCoverage]) -> CalendarYear:
    return calendar_year(year, {each.day: _told(each) for each in days if each.day.year == year})


def _told(day: DayCoverage) -> tuple[str, str, int]:
    numbers = [
        (day.stored, "kept"), (day.held, "held back"), (day.failed, "failed"), (day.missing, "missing"),
        (day.gone, "gone"), (day.skipped, "no releases"),
    ]  # fmt: skip
    said = ", ".join(f"{number} {what}" for number, what in numbers if number)
    state = (
        "failed" if day.failed
        else "held" if day.held
        else "missing" if day.missing
        else "many" if day.stored > 3
        else "some" if day.stored
        else "none"
    )  # fmt: skip
    quiet = "nothing was posted" if day.walked else "not looked at"
    return state, f"{words.day(day.day)}: {said or quiet} (about {day.expected:.1f} expected)", day.stored
