"""Why two releases are, or are not, in one statement."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import HTMLResponse

from pipelines.why import explain, shares_of
from web.pages.page import desk_of, show

router = APIRouter()


@router.get("/why/{one}/{other}")
def why(request: Request, one: str, other: str) -> HTMLResponse:
    """All that is known about a pair, as `communique why` tells it."""
    desk = desk_of(request)
    try:
        with desk.read() as connection:
            found = explain(connection, one[:40], other[:40])
    except (LookupError, ValueError) as error:
        raise HTTPException(404, f"Expected two releases that are stored: {error}") from None
    values = {
        "why": found,
        "names": {found.left.id: found.left, found.right.id: found.right},
        "shares": {link.key: shares_of(link) for link in found.links},
        "says": {link.key: told_of(link.features) for link in (*found.links, *found.path)},
    }
    return show(request, "why.html", values)


def told_of(features: object) -> list[tuple[str, str]]:
    """What evidence says, without the numbers that add to its score."""
    if not isinstance(features, dict):
        return []
    return [(str(name), _short(value)) for name, value in features.items() if name != "shares"]


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return ", ".join(_short(each) for each in value[:8]) + (" ..." if len(value) > 8 else "")
    return str(value)
