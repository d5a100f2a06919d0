"""The application: pages, the JSON API and the feeds, with the rules that hold for every answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from storage.search.limits import TooLong
from storage.store import database_at
from web import api, feeds
from web.access import MayNot, MustLogIn, caller_of
from web.api.problems import not_understood
from web.api.problems import problem as problem_document
from web.desk import Desk, DeskSettings
from web.pages import accounts, changes, held, review, runs, sources, statement, statements, why
from web.pages.page import problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing in a page may run, load or send but the desk's own files."""
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
MOST_BYTES = 64 * 1024
"""Of a form: larger bodies are refused before they are read."""
_OPEN = ("/login", "/static/")
"""What everybody may ask for, also where reading needs a login."""
_FOR_PROGRAMS = ("/api/", "/feeds/")


def create_app(settings: DeskSettings, desk: Desk | None = None) -> FastAPI:
    """The desk as an ASGI application. The database must be there, in this version's schema."""
    if desk is None:
        from storage.database import default_url

        desk = Desk(settings, database_at(settings.database_url or default_url(settings.data)))
    app = FastAPI(
        title="Communique",
        description="What governments said: statements with all their versions.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.desk = desk
    for pages in (statements, statement, why, changes, sources, held, review, runs, accounts):
        app.include_router(pages.router, include_in_schema=False)
    app.include_router(api.router)
    app.include_router(feeds.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.middleware("http")(_guard)
    app.add_middleware(Prefix, prefix=settings.root_path)
    app.add_exception_handler(MustLogIn, _to_login)
    app.add_exception_handler(MayNot, _refused)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(TooLong, _too_long)
    return app


class Prefix:
    """Tells the routes which prefix a proxy shows; some proxies leave it on, some take it off."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI: `path` holds the prefix, `root_path` says what it is."""
        if scope["type"] == "http" and self.prefix:
            path = scope["path"]
            whole = path if (path + "/").startswith(self.prefix + "/") else self.prefix + path
            scope = {**scope, "path": whole, "root_path": self.prefix}
        await self.app(scope, receive, send)


async def _guard(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """What holds for every request and every answer."""
    from starlette.concurrency import run_in_threadpool

    desk: Desk = request.app.state.desk
    response = _unwelcome(desk, request)
    if response is None:
        # Who shows nothing is nobody in particular: no thread needs to look in the database for that.
        shown = request.cookies or "authorization" in request.headers
        request.state.caller = (
            await run_in_threadpool(caller_of, desk, request) if shown else caller_of(desk, request)
        )
        if desk.settings.login_to_read and request.state.caller.name is None and not _is_open(desk, request):
            response = await _to_login(request, MustLogIn())
        else:
            response = await answer(request)
        if request.state.caller.name is not None:
            response.headers.setdefault("Cache-Control", "no-store")
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _unwelcome(desk: Desk, request: Request) -> Response | None:
    host = request.headers.get("host", "")
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if desk.settings.names and name.lower() not in desk.settings.names:
        return PlainTextResponse(
            "The desk does not answer under this name. Whoever runs it gives it one: "
            "communique serve --name NAME\n",
            421,
        )
    length = request.headers.get("content-length", "0")
    if request.method not in ("GET", "HEAD", "OPTIONS") and (
        not length.isdigit() or int(length) > MOST_BYTES or "transfer-encoding" in request.headers
    ):
        return PlainTextResponse(f"Expected a form of at most {MOST_BYTES} bytes, with its length.\n", 413)
    return None


def _local(desk: Desk, request: Request) -> str:
    return request.url.path.removeprefix(desk.settings.root_path) or "/"


def _is_open(desk: Desk, request: Request) -> bool:
    return _local(desk, request).startswith(_OPEN)


async def _to_login(request: Request, error: Exception) -> Response:
    del error
    desk: Desk = request.app.state.desk
    local = _local(desk, request)
    if local.startswith(_FOR_PROGRAMS) or request.headers.get("authorization"):
        told = problem_document(401, "A token that counts is needed: Authorization: Bearer TOKEN")
        told.headers["WWW-Authenticate"] = "Bearer"
        return told
    query = f"?{request.url.query}" if request.url.query else ""
    back = local + query if request.method == "GET" else local
    return RedirectResponse(desk.path(f"/login?next={quote(back)}"), 303)


async def _refused(request: Request, error: Exception) -> Response:
    desk: Desk = request.app.state.desk
    if _local(desk, request).startswith(_FOR_PROGRAMS):
        return problem_document(403, str(error))
    return problem(request, 403, "This is not allowed", str(error))


async def _too_long(request: Request, error: Exception) -> Response:
    return problem(request, 503, "This took too long", str(error))


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    desk: Desk = request.app.state.desk
    if _local(desk, request).startswith(_FOR_PROGRAMS):
        detail = str(error.detail)
        if error.status_code == 404:
            detail = "There is nothing at this address: /api/v1/openapi.json names all that there are."
        document = problem_document(error.status_code, detail)
        document.headers.update(error.headers or {})
        return document
    titles = {404: "There is no such page", 405: "This cannot be done here"}
    told = "" if error.detail in ("Not Found", "Method Not Allowed") else str(error.detail)
    return problem(request, error.status_code, titles.get(error.status_code, "This did not work"), told)


async def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    desk: Desk = request.app.state.desk
    if _local(desk, request).startswith(_FOR_PROGRAMS):
        return not_understood(error)
    lines = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
    return problem(request, 422, "This address cannot be understood", lines)
