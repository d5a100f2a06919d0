"""A small web on loopback that answers as it is told and keeps a log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """One response, and how it misbehaves."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "text/html; charset=utf-8"
    wait: float = 0.0
    """Seconds before the status line."""
    announced: int | None = None
    """Content-Length when it is not that of the body."""
    endless: bytes | None = None
    """Sent as chunks until the client goes away."""
    drip: float = 0.0
    """Seconds between single bytes of the body."""


@dataclass(frozen=True)
class Hit:
    """One request as the server saw it."""

    at: float
    """By the monotonic clock."""
    host: str
    path: str
    headers: Mapping[str, str]


Route = Answer | Callable[[Hit], Answer]


class Web:
    """Routes by path, for whatever host; what is not routed is a 404."""

    def __init__(self, routes: Mapping[str, Route] | None = None, robots: str | Answer | None = None) -> None:
        self.routes: dict[str, Route] = dict(routes or {})
        if isinstance(robots, str):
            robots = Answer(robots.encode(), kind="text/plain")
        if robots is not None:
            self.routes["/robots.txt"] = robots
        self.hits: list[Hit] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.web = self
        self.port = int(self._server.server_address[1])

    def paths(self) -> list[str]:
        """What was asked for, but robots.txt, in order."""
        return [hit.path for hit in self.hits if hit.path != "/robots.txt"]

    def times(self) -> list[float]:
        """When anything but robots.txt was asked for."""
        return [hit.at for hit in self.hits if hit.path != "/robots.txt"]

    def mapping(self, *hosts: str) -> str:
        """These hosts, port 80, led here: a value for COMMUNIQUE_CONNECT_TO."""
        return ",".join(f"{host}:80=127.0.0.1:{self.port}" for host in hosts)


@contextmanager
def serving(web: Web) -> Iterator[Web]:
    """The web, answering until the end of the block."""
    thread = threading.Thread(target=web._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        web._server.shutdown()
        web._server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    web: Web

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        web = self.server.web
        hit = Hit(time.monotonic(), self.headers.get("Host", ""), self.path, dict(self.headers))
        web.hits.append(hit)
        route = web.routes.get(self.path, Answer(b"not here", 404))
        answer = route(hit) if callable(route) else route
        if answer.wait:
            time.sleep(answer.wait)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.endless is not None:
            self._send_for_ever(answer.endless)
            return
        length = len(answer.body) if answer.announced is None else answer.announced
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if answer.drip:
            for byte in answer.body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(answer.drip)
        elif answer.status != 304:
            self.wfile.write(answer.body)
        if length != len(answer.body):
            self.close_connection = True

    def _send_for_ever(self, chunk: bytes) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        framed = b"%x\r\n%s\r\n" % (len(chunk), chunk)
        while True:
            self.wfile.write(framed)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""
