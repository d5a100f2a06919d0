"""What changed after it was first seen: the same list as the API, the feed and `communique changes`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from crawler.source import crawled_sources
from pipelines.changes import Reached, changes_before, read_reached
from storage.search.cursors import BadCursor, read_cursor, write_cursor
from web import words
from web.pages.page import address, desk_of, problem, show

router = APIRouter()
PAGE = 40


@router.get("/changes")
def changes(
    request: Request,
    source: Annotated[str, Query(max_length=80)] = "",
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> HTMLResponse:
    """Edits, withdrawals, pages that went or came back, translations left behind; the last found first."""
    desk = desk_of(request)
    wanted = source.replace("\0", "") or None
    question = f"changes {wanted!r}"
    try:
        reached = Reached() if cursor is None else read_reached(read_cursor(cursor, question))
    except (BadCursor, ValueError) as error:
        return problem(request, 400, "This page of the list is not there", str(error))
    with desk.read() as connection:
        found, reaches = changes_before(connection, reached, PAGE, wanted)
    following = None if reaches is None else write_cursor(str(reaches), question)
    values = {
        "changes": found,
        "source": wanted,
        "known": {
            name: words.source(name) for name in sorted({*crawled_sources(), *([wanted] if wanted else [])})
        },
        "further": following and address("/changes", {"source": wanted, "cursor": following}),
        "later": cursor is not None,
    }
    return show(request, "changes.html", values)
