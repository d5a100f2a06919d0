"""Errors of the API as problem documents (RFC 9457): what was expected, what was found, what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from storage.search.cursors import BadCursor
from storage.search.limits import TooLong

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str, errors: list[dict[str, Any]] | None = None) -> Response:
    """The answer to a request that cannot be served."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        told["errors"] = errors
    headers = {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    return Response(json.dumps(told, ensure_ascii=True), status, headers, MEDIA_TYPE)


class ProblemRoute(APIRoute):
    """A route whose errors are problem documents, whichever application it is part of."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of FastAPI, with errors told in one form."""
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return not_understood(error)
            except BadCursor as error:
                return problem(404, str(error))
            except TooLong as error:
                return problem(503, str(error))
            except HTTPException as error:
                return problem(error.status_code, str(error.detail))

        return told


def not_understood(error: RequestValidationError) -> Response:
    """The answer to parameters that cannot be understood."""
    return problem(422, "The request cannot be understood.", _errors(error))


def _errors(error: RequestValidationError) -> list[dict[str, Any]]:
    return [
        {"where": ".".join(str(part) for part in each["loc"]), "detail": str(each["msg"])}
        for each in error.errors()
    ]
