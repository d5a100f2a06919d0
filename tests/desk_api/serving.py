"""The API and the feeds on a real server on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import uvicorn
from fastapi import FastAPI

from storage.database import Database
from web.api import router as api
from web.feeds import router as feeds

HUB = "https://hub.example/"


def application(database: Database) -> FastAPI:
    """API and feeds alone."""
    app = FastAPI(title="Communique", openapi_url="/api/v1/openapi.json")
    app.state.desk = SimpleNamespace(database=database, settings=SimpleNamespace(hub=HUB))
    app.include_router(api)
    app.include_router(feeds)
    return app


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """A server in a thread; its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < until
            threading.Event().wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
