"""Records held back: what could not be mapped, and what to do about it."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import HTMLResponse, Response

from storage.held import count_held, find_held, list_held
from web.captures import text_of
from web.pages.page import desk_of, show

router = APIRouter()
MOST = 100
"""Records on the page."""


@router.get("/review/held")
def held(request: Request, source: Annotated[str | None, Query(max_length=80)] = None) -> HTMLResponse:
    """What was held back, the latest first."""
    desk = desk_of(request)
    with desk.read() as connection:
        counted = count_held(connection)
        found = list_held(connection, source or None)
        records = list(islice(found, MOST))
        found.close()
    by_source: dict[str, int] = {}
    by_reason: dict[str, int] = {}
    for (name, reason), number in counted.items():
        by_source[name] = by_source.get(name, 0) + number
        if source in (None, "", name):
            by_reason[reason] = by_reason.get(reason, 0) + number
    values = {
        "records": records,
        "total": sum(by_reason.values()),
        "by_source": dict(sorted(by_source.items(), key=lambda each: -each[1])),
        "by_reason": dict(sorted(by_reason.items(), key=lambda each: -each[1])),
        "source": source or None,
    }
    return show(request, "held.html", values)


@router.get("/review/held/{number}/capture")
def capture(request: Request, number: int) -> Response:
    """The page that was held back, as text."""
    desk = desk_of(request)
    with desk.read() as connection:
        found = find_held(connection, number)
    if found is None or found.capture is None:
        raise HTTPException(404, "No capture of that record is kept here.")
    return text_of(desk, found.capture)
