"""Downloads over connections that the address guard has checked, and at no faster pace than allowed.

Every connection, whether for a page, a redirect or robots.txt, is made to the addresses that
`crawler.guard` handed out a moment before; TLS names and Host headers stay those of the address asked for.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, cast

from scrapy import Request
from scrapy.core.downloader.handlers.file import FileDownloadHandler
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from scrapy.utils.asyncio import run_in_thread, sleep
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import load_object
from scrapy.utils.spider import DefaultSpider
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.error import ConnectError
from twisted.internet.interfaces import (
    IOpenSSLClientConnectionCreator,
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
)
from twisted.internet.threads import deferToThread
from twisted.web.client import HTTPConnectionPool
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase
    from twisted.web._newclient import HTTP11ClientProtocol

from crawler.browser import RENDER, Renderer
from crawler.guard import PUBLIC_PORTS, Guard, RefusedAddress, resolve
from crawler.mappings import Endpoint, read_mappings
from crawler.turns import SLACK, open_turns, with_slack

CONNECT_TIMEOUT = 10.0
"""Seconds for one address; a host with several is tried address by address."""
MOST_ADDRESSES = 4
"""Of one host that are tried."""


def guard_for(crawler: Crawler) -> Guard:
    """The guard as the settings want it: COMMUNIQUE_CONNECT_TO, COMMUNIQUE_PORTS, COMMUNIQUE_RESOLVER."""
    settings = crawler.settings
    return Guard(
        mappings=read_mappings(settings.get("COMMUNIQUE_CONNECT_TO") or ""),
        ports=PUBLIC_PORTS | {int(port) for port in settings.getlist("COMMUNIQUE_PORTS")},
        resolve=load_object(settings.get("COMMUNIQUE_RESOLVER") or resolve),
    )


class _Connects(Protocol):
    """IStreamClientEndpoint, as types see it."""

    def connect(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, and hand the connection to a protocol of the factory."""


@implementer(IStreamClientEndpoint)
class GuardedEndpoint:
    """Connects to a host at the addresses that the guard allows; asks the guard anew for each connection."""

    def __init__(
        self,
        reactor: ReactorBase,
        guard: Guard,
        scheme: bytes,
        host: bytes,
        port: int,
        tls: IPolicyForHTTPS,
        begun: MutableMapping[str, float],
    ) -> None:
        """`begun`: where it notes when it began to connect to the host."""
        self._reactor, self._guard, self._tls = reactor, guard, tls
        self._scheme, self._host, self._port = scheme, host, port
        self._begun = begun

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:  # noqa: N803
        """As IStreamClientEndpoint; fails with RefusedAddress where the guard refuses."""
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    async def _connect(self, factory: IProtocolFactory) -> IProtocol:
        host = self._host.decode("ascii")
        self._begun[host] = monotonic()
        try:
            allowed = await deferToThread(self._guard.check, host, self._port)
        except OSError as error:
            raise CannotResolveHostError(f"{host}: {error}") from error
        failure: ConnectError | None = None
        for target in allowed[:MOST_ADDRESSES]:
            try:
                return knowing_its_peer(await self._endpoint(target).connect(factory))
            except ConnectError as error:
                failure = error
        raise failure or ConnectError(string=f"{host} has no address")

    def _endpoint(self, target: Endpoint) -> _Connects:
        kind = TCP6ClientEndpoint if ":" in target.address else TCP4ClientEndpoint
        made = kind(self._reactor, target.address, target.port, timeout=CONNECT_TIMEOUT)
        endpoint = cast("_Connects", made)
        if self._scheme != b"https":
            return endpoint
        creator = self._tls.creatorForNetloc(self._host, self._port)  # type: ignore[call-arg,misc,arg-type]
        return cast("_Connects", wrapClientTLS(creator, cast("IStreamClientEndpoint", endpoint)))


def knowing_its_peer(connection: IProtocol) -> IProtocol:
    """A connection that remembers the certificate of its host: Scrapy asks twice for every response."""
    transport: Any = getattr(connection, "transport", None)
    if hasattr(transport, "getPeerCertificate"):
        transport.getPeerCertificate = lru_cache(maxsize=1)(transport.getPeerCertificate)
    return connection


class GuardedPool(HTTPConnectionPool):
    """A connection pool in which every new connection goes through the guard, whatever endpoint was meant."""

    def __init__(
        self, reactor: ReactorBase, guard: Guard, tls: IPolicyForHTTPS, begun: MutableMapping[str, float]
    ) -> None:
        """`begun`: where it notes by host when it last began to connect."""
        super().__init__(reactor, persistent=True)
        self._guard, self._tls, self._begun = guard, tls, begun

    def getConnection(  # noqa: N802 - Twisted's name
        self,
        key: Any,  # noqa: ANN401 - a tuple, which Twisted does not say
        endpoint: IStreamClientEndpoint,
    ) -> Deferred[HTTP11ClientProtocol]:
        """A pooled connection, which was checked when it was made, or a new one. `key` begins with
        scheme, host and port of the address that is asked for."""
        scheme, host, port = key[:3]
        guarded = GuardedEndpoint(self._reactor, self._guard, scheme, host, port, self._tls, self._begun)
        return super().getConnection(key, cast("IStreamClientEndpoint", guarded))


@implementer(IPolicyForHTTPS)
class RememberedTls:
    """TLS options of a host, made once: Twisted asks for them at every request, open connection or not."""

    def __init__(self, policy: IPolicyForHTTPS) -> None:
        self._options = lru_cache(maxsize=256)(policy.creatorForNetloc)

    def creatorForNetloc(  # noqa: N802 - Twisted's name
        self, hostname: bytes, port: int
    ) -> IOpenSSLClientConnectionCreator:
        """As IPolicyForHTTPS."""
        return self._options(hostname, port)


class GuardedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler over a `GuardedPool`. Proxies are refused: behind one the guard sees nothing."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        plain = self._pool
        self._contextFactory = cast("IPolicyForHTTPS", RememberedTls(self._contextFactory))
        self._connected: dict[str, float] = {}
        """By host: when a connection to it was last begun, by the monotonic clock."""
        self._pool = GuardedPool(reactor, guard_for(crawler), self._contextFactory, self._connected)
        self._pool.maxPersistentPerHost = max(
            plain.maxPersistentPerHost, crawler.settings.getint("CONCURRENT_REQUESTS")
        )
        self._pool._factory = plain._factory
        self._renderer = Renderer(crawler)
        self._turns = open_turns(crawler.settings)

    async def download_request(self, request: Request) -> Response:
        """As Scrapy's; raises RefusedAddress where the guard refuses."""
        if request.meta.get("proxy"):
            raise RefusedAddress(f"{request.url} refused: proxies are not used")
        browser = request.meta.get(RENDER)
        if browser is not None:
            return await self._renderer.render(request, browser)
        host = await self._wait_for_turn(request)
        if host is None:
            return await super().download_request(request)
        left = monotonic()
        try:
            return await super().download_request(request)
        finally:
            if self._connected.get(host, 0.0) >= left:
                # Looking the name up and connecting took their time: the host heard of it later than it was
                # sent. Many hosts close a connection after a few idle seconds: not only the first is so.
                await run_in_thread(self._turns.late, host)

    async def close(self) -> None:
        """As Scrapy's; ends the browser, if one was needed."""
        await self._renderer.close()
        await super().close()

    async def _wait_for_turn(self, request: Request) -> str | None:
        """Wait until no other process asks this host either; hosts without a delay need no turns.

        The host whose turn was taken, or None.
        """
        host = urlparse_cached(request).hostname or ""
        slot = self._crawler.engine.downloader.slots.get(request.meta.get("download_slot", host))
        if slot is None or slot.delay <= 0:
            return None
        while True:
            asked = monotonic()
            wait = await run_in_thread(self._turns.take, host, with_slack(slot.delay))
            if wait <= 0:
                break
            await sleep(wait)
        if monotonic() - asked > SLACK / 2:
            await run_in_thread(self._turns.late, host)
        return host


class ShellFileHandler(FileDownloadHandler):
    """Opens files for `scrapy shell ./page.html` only: crawls never read the disk by address."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler

    async def download_request(self, request: Request) -> Response:
        """The file; raises RefusedAddress in a crawl."""
        if not isinstance(self._crawler.spider, DefaultSpider):
            raise RefusedAddress(f"{request.url} refused: only http and https are crawled")
        return await super().download_request(request)
