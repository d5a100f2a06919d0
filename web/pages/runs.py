"""Runs: what ran, what runs now, and how one is started by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.exceptions import HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse

from crawler.source import crawled_sources
from scheduler.progress import counts_in_words
from storage.access import note
from storage.overview import count_addresses
from storage.runs import find_run, find_runs
from web.access import check_form
from web.pages.page import caller, desk_of, problem, show
from web.starting import TooMany

if TYPE_CHECKING:
    from web.desk import Desk

router = APIRouter()
MOST = 50
"""Runs on the page."""
MOST_RELEASES = 100_000
VERBS = ("crawl", "backfill")
ORIGINS = ("live", "wayback", "live,wayback", "wayback,live")


@router.get("/runs")
def runs(request: Request, source: Annotated[str | None, Query(max_length=80)] = None) -> HTMLResponse:
    """The latest runs, and a form that starts one."""
    desk = desk_of(request)
    known = {name: each.title for name, each in crawled_sources().items()}
    values = {"known": known, "source": source or None, "origins": ORIGINS, **_state(desk, source or None)}
    return show(request, "runs.html", values)


@router.get("/runs/live")
def live(request: Request, source: Annotated[str | None, Query(max_length=80)] = None) -> HTMLResponse:
    """The part of the page that changes while something runs."""
    return show(request, "runs_live.html", _state(desk_of(request), source or None))


@router.get("/runs/{id}")
def run(request: Request, id: str) -> HTMLResponse:  # noqa: A002 - it is its id
    """One run, with everything that is known of it."""
    desk = desk_of(request)
    with desk.read() as connection:
        found = find_run(connection, id[:40])
    if found is None:
        raise HTTPException(404, f"There is no run {id[:40]}.")
    return show(
        request, "run.html", {"run": found, "words": counts_in_words(dict(found.counts), "nothing new")}
    )


@router.post("/runs")
def start(
    request: Request,
    source: Annotated[str, Form(max_length=80)],
    since: Annotated[str, Form(max_length=10)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    limit: Annotated[str, Form(max_length=7)] = "",
    again: Annotated[bool, Form()] = False,
    verb: Annotated[str, Form(max_length=10)] = "crawl",
    origin: Annotated[str, Form(max_length=40)] = "",
    form: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Start a crawl or a backfill: what the commands of these names do."""
    desk = desk_of(request)
    who = caller(request)
    check_form(desk, request, who, form, "run")
    try:
        words = _words(verb, source, since, until)
        words += _limit(limit) if verb == "crawl" else _origin(origin)
        words += ["--again"] if again else []
    except ValueError as error:
        return problem(request, 422, "Nothing was started", str(error))
    now = desk.clock()
    try:
        started = desk.starter.start(words, source, who.name or "", now)
    except TooMany as error:
        return problem(request, 429, "Nothing was started", str(error))
    with desk.write() as connection:
        note(connection, who.deed("start", started.words), now)
    return RedirectResponse(desk.path("/runs"), 303)


def _words(verb: str, source: str, since: str, until: str) -> list[str]:
    """The words of the command. ValueError for what no command would take."""
    if verb not in VERBS:
        raise ValueError(f"Expected one of {', '.join(VERBS)}, found {verb!r}.")
    if source not in crawled_sources():
        raise ValueError(f"There is no source {source[:80]!r} that is crawled.")
    words = [verb, source]
    days: list[date] = []
    for name, told in (("since", since.strip()), ("until", until.strip())):
        if told:
            try:
                days.append(date.fromisoformat(told))
            except ValueError:
                raise ValueError(f"Expected a day as YYYY-MM-DD for {name}, found {told!r}.") from None
            words += [f"--{name}", days[-1].isoformat()]
    if days != sorted(days):
        raise ValueError(f"The window ends before it begins: {days[0]} and {days[1]}. Exchange them.")
    return words


def _limit(told: str) -> list[str]:
    told = told.strip()
    if not told:
        return []
    if not told.isdecimal() or not 1 <= int(told) <= MOST_RELEASES:
        raise ValueError(f"Expected a number of releases from 1 to {MOST_RELEASES:,}, found {told!r}.")
    return ["--limit", str(int(told))]


def _origin(told: str) -> list[str]:
    if not told:
        return []
    if told not in ORIGINS:
        raise ValueError(f"Expected one of {' '.join(ORIGINS)} for the origin, found {told!r}.")
    return ["--origin", told]


def _state(desk: Desk, source: str | None) -> dict[str, object]:
    now = desk.clock()
    with desk.read() as connection:
        found = list(find_runs(connection, source, MOST))
        working = [each for each in found if each.state in ("running", "planned") and not each.is_lost(now)]
        ledgers = {each.source: count_addresses(connection, each.source) for each in working}
    started = [each for each in desk.starter.recent() if source in (None, each.source)]
    return {
        "runs": [each for each in found if each not in working],
        "working": working,
        "ledgers": ledgers,
        "lost": {each.id for each in found if each.is_lost(now)},
        "words": {each.id: counts_in_words(dict(each.counts), "") for each in found},
        "started": started,
        "live": bool(working) or any(each.code is None for each in started),
    }
