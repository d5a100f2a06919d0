"""Sources, runs, and what is held back: how the archive is kept."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import HTTPException, Path, Query, Request, Response

from crawler.source import registry
from storage.harvest import runs_before
from storage.held import count_held
from storage.overview import SourceOverview, overviews
from storage.search.cursors import BadCursor, read_cursor, write_cursor
from web.api import models
from web.api.answers import Cursor, Limit, new_router, next_link, read, reading, send, utc

if TYPE_CHECKING:
    from crawler.source import Source
    from storage.runs import RunView

router = new_router()

Name = Annotated[
    str, Path(max_length=80, pattern="^[a-z0-9_]+$", description="Name of a source.", examples=["mx_sre"])
]


@read(router, "/sources", models.Sources, tag="sources")
def list_sources(request: Request) -> Response:
    """All sources, and how each stands: its last run, addresses by state, the next try."""
    with reading(request) as connection:
        found = overviews(connection)
    told = [_source(name, source, found.get(name)) for name, source in registry().items()]
    return send(request, {"items": told})


@read(router, "/sources/{name}", models.SourceShape, tag="sources")
def show_source(request: Request, name: Name) -> Response:
    """One source, and how it stands."""
    source = registry().get(name)
    if source is None:
        raise HTTPException(404, f"expected the name of a source, found {name}. /sources lists them.")
    with reading(request) as connection:
        found = overviews(connection).get(name)
    return send(request, _source(name, source, found))


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


def _source(name: str, source: type[Source], found: SourceOverview | None) -> dict[str, Any]:
    return {
        "name": name,
        "title": source.title,
        "kind": source.kind,
        "country": source.country,
        "issuers": source.issuers,
        "languages": source.languages,
        "terms": source.terms,
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
