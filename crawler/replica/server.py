"""The replica's web server: HTTP/1.1 with keep-alive in a thread of its own, able to misbehave."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from ssl import SSLContext
from typing import Protocol

from crawler.replica.exchange import Request, Response, page, redirect
from crawler.replica.faults import Fault, FaultKind, Faults, Flavour
from crawler.replica.misbehaviour import misbehave, plain_target

LOG_SIZE = 20_000
"""Requests that the log in memory remembers."""
_LARGEST_HEAD = 65_536
_DROP_BYTES = 64
_DROP_SECONDS = 0.05
_FLAVOURS = {
    FaultKind.EMPTY_LISTING: Flavour.EMPTY_LISTING,
    FaultKind.FROZEN_LISTING: Flavour.FROZEN_LISTING,
    FaultKind.OLD_LAYOUT: Flavour.OLD_LAYOUT,
    FaultKind.SCRIPT_LISTING: Flavour.SCRIPT_LISTING,
}
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class Site(Protocol):
    """What answers for a host."""

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """The page at an address."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One request that was answered (or refused an answer)."""

    at: datetime
    host: str
    path: str
    """Path and query."""
    status: int
    """0: never answered."""
    user_agent: str
    fault: str = ""

    def line(self) -> str:
        """For a log file."""
        when = self.at.isoformat(timespec="milliseconds")
        return f"{when} {self.host} {self.path} {self.status} {self.fault or '-'} {self.user_agent}"


class Server:
    """Serves sites on two ports of 127.0.0.1: one with TLS, one without."""

    def __init__(
        self,
        sites: Mapping[str, Site],
        insecure: frozenset[str],
        faults: Faults,
        note: Callable[[Logged], None] | None = None,
    ) -> None:
        self.sites = sites
        self.insecure = insecure
        """Hosts that are served without TLS; all others redirect from http to https."""
        self.faults = faults
        self.log: deque[Logged] = deque(maxlen=LOG_SIZE)
        self.note = note
        self.ports: dict[bool, int] = {}
        """Secure or not -> port, while it runs."""
        self.connections: set[_Connection] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._end: asyncio.Event | None = None

    def start(self, context: SSLContext, port: int = 0) -> None:
        """Serve until `stop`; returns when both ports listen. `port` is for TLS, the next one for http.

        Raises OSError when a port is taken.
        """
        started: threading.Event = threading.Event()
        problems: list[OSError] = []

        def run() -> None:
            asyncio.run(self._serve(context, port, started, problems))

        self._thread = threading.Thread(target=run, name="replica", daemon=True)
        self._thread.start()
        started.wait()
        if problems:
            self._thread.join()
            self._thread = None
            self.ports.clear()
            raise problems[0]

    async def _serve(
        self, context: SSLContext, port: int, started: threading.Event, problems: list[OSError]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        servers: list[asyncio.Server] = []
        try:
            for secure in (True, False):
                servers.append(
                    await self._loop.create_server(
                        lambda secure=secure: _Connection(self, secure),
                        "127.0.0.1",
                        port + (0 if secure else 1) if port else 0,
                        ssl=context if secure else None,
                        backlog=256,
                    )
                )
                self.ports[secure] = servers[-1].sockets[0].getsockname()[1]
        except OSError as error:
            problems.append(error)
            self._end.set()
        started.set()
        await self._end.wait()
        for server in servers:
            server.close()
        for connection in list(self.connections):
            connection.abort()
        # Transports close in callbacks of their own.
        for _ in range(3):
            await asyncio.sleep(0)

    def stop(self) -> None:
        """End all connections and the thread."""
        if self._loop is not None and self._end is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()
            self._thread = None
            self.ports.clear()

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """What the site says, without misbehaviour of the server."""
        site = self.sites.get(request.host)
        if site is None:
            return page("<html><body>Misdirected request: the replica has no such host</body></html>", 421)
        if request.secure == (request.host in self.insecure):
            if request.secure:
                return page("<html><body>No TLS here</body></html>", 421)
            return redirect(f"https://{request.host}{request.target}")
        if request.method not in ("GET", "HEAD"):
            return page("<html><body>Method Not Allowed</body></html>", 405)
        return site.answer(request, flavour)

    def remember(self, request: Request, status: int, fault: Fault | None) -> None:
        """Log a request."""
        logged = Logged(
            datetime.now(UTC),
            request.host,
            request.target,
            status,
            request.headers.get("user-agent", ""),
            fault.kind.value if fault else "",
        )
        self.log.append(logged)
        if self.note is not None:
            self.note(logged)


class _Connection(asyncio.Protocol):
    """One client's connection: requests are answered one after the other."""

    def __init__(self, server: Server, secure: bool) -> None:
        self.server = server
        self.secure = secure
        self.transport: asyncio.Transport | None = None
        self._pending = b""
        self._busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - narrows the type
        self.transport = transport
        self.server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.connections.discard(self)
        self.transport = None

    def abort(self) -> None:
        """Drop the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self._pending += data
        self._work()

    def _work(self) -> None:
        while not self._busy and self.transport is not None:
            head, found, rest = self._pending.partition(b"\r\n\r\n")
            if not found:
                if len(head) > _LARGEST_HEAD:
                    self.abort()
                return
            self._pending = rest
            try:
                request = Request.parse(head, self.secure)
            except ValueError:
                self._write(page("<html><body>Bad Request</body></html>", 400), head_only=False, keep=False)
                return
            self._respond(request)

    def _respond(self, request: Request) -> None:
        fault = self.server.faults.strike(request.host, plain_target(request.target))
        kind = fault.kind if fault else None
        if kind is FaultKind.TIMEOUT:
            self._busy = True
            self.server.remember(request, 0, fault)
            return
        response = misbehave(kind, request) if kind else None
        if response is None:
            response = self.server.answer(request, _FLAVOURS.get(kind) if kind else None)
        keep = request.headers.get("connection", "").lower() != "close"
        self.server.remember(request, response.status, fault)
        head_only = request.method == "HEAD" or response.status == 304
        if kind is FaultKind.WRONG_CHARSET:
            response.content_type = response.content_type.partition(";")[0] + "; charset=ISO-8859-1"
        if kind is FaultKind.TRUNCATED:
            self._write(response, head_only, keep=False, upto=len(response.body) // 2)
        elif kind is FaultKind.SLOW and not head_only:
            self._busy = True
            self._write(response, head_only=True, keep=keep)
            self._drip(response.body, keep)
        else:
            self._write(response, head_only, keep)

    def _write(self, response: Response, head_only: bool, keep: bool, upto: int | None = None) -> None:
        if self.transport is None:
            return
        lines = [
            f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}",
            f"Date: {format_datetime(datetime.now(UTC), usegmt=True)}",
            f"Content-Type: {response.content_type}",
            f"Content-Length: {len(response.body)}",
            *(f"{name}: {value}" for name, value in response.headers),
            f"Connection: {'keep-alive' if keep else 'close'}",
        ]
        if response.status == 304:
            del lines[2:4]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.transport.write(head if head_only else head + response.body[:upto])
        if not keep and not self._busy:
            self.transport.close()

    def _drip(self, rest: bytes, keep: bool) -> None:
        if self.transport is None:
            return
        self.transport.write(rest[:_DROP_BYTES])
        if len(rest) > _DROP_BYTES:
            loop = asyncio.get_running_loop()
            loop.call_later(_DROP_SECONDS, self._drip, rest[_DROP_BYTES:], keep)
            return
        self._busy = False
        if keep:
            self._work()
        else:
            self.transport.close()
