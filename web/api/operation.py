"""Sources, runs, and what is held back: how the archive is kept."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import HTTPException, Path, Query, Request, Response

from crawler.source import registry
from storage.coverage import Expectation, coverage
from storage.harvest import runs_before
from storage.health import find_health
from storage.held import count_held
from storage.overview import SourceOverview, overviews
from storage.search.cursors import BadCursor, read_cursor, write_cursor
from web.api import models
from web.api.answers import Cursor, Limit, new_router, next_link, read, reading, send, utc

if TYPE_CHECKING:
    from crawler.source import Source
    from storage.health import HealthView
    from storage.runs import RunView

router = new_router()

MOST_DAYS = 400
"""Days of coverage in one answer."""

Name = Annotated[
    str, Path(max_length=80, pattern="^[a-z0-9_]+$", description="Name of a source.", examples=["mx_sre"])
]


@read(router, "/sources", models.Sources, tag="sources")
def list_sources(request: Request) -> Response:
    """All sources, and how each stands: its last run, addresses by state, the next try."""
    with reading(request) as connection:
        found, health = overviews(connection), find_health(connection)
    told = [_source(name, source, found.get(name), health.get(name)) for name, source in registry().items()]
    return send(request, {"items": told})


@read(router, "/sources/{name}", models.SourceShape, tag="sources")
def show_source(request: Request, name: Name) -> Response:
    """One source, and how it stands."""
    source = _known(name)
    with reading(request) as connection:
        found, health = overviews(connection).get(name), find_health(connection).get(name)
    return send(request, _source(name, source, found, health))


@read(router, "/sources/{name}/coverage", models.CoverageShape, tag="sources")
def show_coverage(
    request: Request,
    name: Name,
    since: Annotated[date, Query(description="First day.", examples=["2017-02-01"])],
    until: Annotated[
        date, Query(description=f"Last day, at most {MOST_DAYS} days later.", examples=["2017-02-28"])
    ],
) -> Response:
    """Of a source, day by day: expected, seen in an index, stored, held, failed, missing."""
    source = _known(name)
    # Asked for more, the first days are told; asked for less than a day, none.
    until = min(until, since + timedelta(days=min(MOST_DAYS - 1, (date.max - since).days)))
    expectation = (
        None
        if source.discoveries() == ()
        else Expectation(source.expect.at_least, source.expect.at_most, source.archive_from)
    )
    with reading(request) as connection:
        found = coverage(connection, name, since, until, expectation=expectation) if since <= until else []
    return send(request, {"items": found})


@read(router, "/runs", models.RunPage, tag="runs")
def list_runs(
    request: Request,
    source: Annotated[str | None, Query(max_length=80, description="Only of that source.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Response:
    """Runs, the latest first."""
    question = f"runs {source!r}"
    before = None if cursor is None else _moment(read_cursor(cursor, question))
    with reading(request) as connection:
        found = runs_before(connection, before, limit + 1, source and source.replace("\0", "\ufffd"))
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = write_cursor(f"{utc(last.started_at)} {last.id}", question)
    changed = max((each.ended_at or each.beat_at for each in found[:limit]), default=None)
    parameters: dict[str, object] = {"limit": limit} if source is None else {"source": source, "limit": limit}
    items = [_run(each) for each in found[:limit]]
    link = next_link(request, parameters, following)
    return send(request, {"items": items, "next_cursor": following}, changed, link)


@read(router, "/held", models.HeldCounts, tag="held")
def count_held_records(request: Request) -> Response:
    """How many records are held back, by source and reason: what was read and cannot be kept yet."""
    with reading(request) as connection:
        found = count_held(connection)
    items = [{"source": key[0], "reason": key[1], "number": number} for key, number in sorted(found.items())]
    return send(request, {"items": items})


def _known(name: str) -> type[Source]:
    source = registry().get(name)
    if source is None:
        raise HTTPException(404, f"expected the name of a source, found {name}. /sources lists them.")
    return source


def _source(
    name: str, source: type[Source], found: SourceOverview | None, health: HealthView | None
) -> dict[str, Any]:
    judged = ("state", "reason", "since", "judged_at")
    return {
        "name": name,
        "title": source.title,
        "kind": source.kind,
        "country": source.country,
        "issuers": source.issuers,
        "languages": source.languages,
        "terms": source.terms,
        "health": {each: getattr(health, each) for each in judged} if health else None,
        "last_run": _run(found.last_run) if found and found.last_run else None,
        "addresses": found.addresses if found else {},
        "next_try_at": found.next_try_at if found else None,
    }


_HIDDEN = ("host", "process", "process_started", "stats")
"""What says something of the machine and nothing of the run."""


def _run(run: RunView) -> dict[str, Any]:
    return {each.name: getattr(run, each.name) for each in fields(run) if each.name not in _HIDDEN}


def _moment(place: str) -> tuple[datetime, str]:
    try:
        moment, run = place.split(" ")
        return datetime.fromisoformat(moment), run
    except ValueError:
        raise BadCursor("expected a cursor of this list: begin again without one") from None
