"""How routes of the API are made and answer: reading only, with validators, also for HEAD."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from scheduler.screen import json_ready
from web.api.models import Problem
from web.api.problems import MEDIA_TYPE, ProblemRoute
from web.conditional import answer

if TYPE_CHECKING:
    from sqlalchemy import Connection

Cursor = Annotated[
    str | None,
    Query(max_length=200, description="Where the next part begins: `next_cursor` of the part before."),
]
Limit = Annotated[int, Query(ge=1, le=100, description="Most items of this part.")]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": told,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, told in (
        (404, "There is no such thing, or the cursor is not one of this question."),
        (422, "A parameter cannot be understood."),
        (503, "It took too long, and was broken off."),
    )
}
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is what the request says that it has (If-None-Match, If-Modified-Since)."}
}


def new_router() -> APIRouter:
    """A router whose errors are problem documents."""
    return APIRouter(route_class=ProblemRoute)


def read(
    router: APIRouter, path: str, shape: type, *, tag: str, example: object = None
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Makes a function the answer to GET and HEAD at a path; it sends JSON of the shape."""

    def add(function: Callable[..., Response]) -> Callable[..., Response]:
        responses = {**_NOT_MODIFIED, **_PROBLEMS}
        if example is not None:
            responses[200] = {"content": {"application/json": {"example": example}}}
        router.add_api_route(
            path,
            function,
            methods=["GET"],
            response_model=shape,
            responses={**responses, 422: {**_PROBLEMS[422], "model": Problem}},
            tags=[tag],
        )
        router.add_api_route(path, function, methods=["HEAD"], include_in_schema=False)
        return function

    return add


def reading(request: Request) -> AbstractContextManager[Connection]:
    """A connection of the application's database that sees one state."""
    connection: AbstractContextManager[Connection] = request.app.state.desk.database.answer()
    return connection


def send(
    request: Request,
    value: object,
    changed_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The value as JSON."""
    body = json.dumps(value, ensure_ascii=False, default=json_ready, separators=(",", ":"))
    return answer(request, body.encode("utf-8", "replace"), "application/json", changed_at, headers)


def next_link(request: Request, parameters: Mapping[str, object], cursor: str | None) -> dict[str, str]:
    """The header that names the next part (RFC 8288)."""
    if cursor is None:
        return {}
    address = f"{request.scope.get('root_path', '')}{_local_path(request)}"
    return {"Link": f'<{address}?{urlencode({**parameters, "cursor": cursor})}>; rel="next"'}


def _local_path(request: Request) -> str:
    root = request.scope.get("root_path", "")
    path = str(request.scope["path"])
    return path.removeprefix(root) if root else path


def utc(moment: datetime) -> str:
    """A time as a cursor holds it."""
    return moment.astimezone(UTC).isoformat()
