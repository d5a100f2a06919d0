"""The address guard: where a connection may go, decided from what the host name leads to right now.

Checking a name and then connecting to it by name is no protection: the second look-up may answer
something else. So the guard hands out addresses, and connections are made to exactly these
(`crawler.download`). The mappings of COMMUNIQUE_CONNECT_TO are the only exception.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from scrapy.exceptions import IgnoreRequest

from crawler.mappings import Endpoint, Mappings

logger = logging.getLogger(__name__)

Resolve = Callable[[str, int], Sequence[str]]
"""Host name and port to the textual addresses that it leads to; OSError when there are none. May block."""

PUBLIC_PORTS = frozenset({80, 443})

_NOT_PUBLIC: tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, str], ...] = tuple(
    (ipaddress.ip_network(network), what)
    for network, what in (
        # Named first, so that messages say what was really reached for.
        ("169.254.169.254/32", "a cloud metadata address"),
        ("169.254.170.2/32", "a cloud metadata address"),
        ("100.100.100.200/32", "a cloud metadata address"),
        ("168.63.129.16/32", "a cloud metadata address"),
        ("fd00:ec2::254/128", "a cloud metadata address"),
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a carrier-grade NAT address"),
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a protocol assignment"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a 6to4 relay address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a benchmarking address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("64:ff9b:1::/48", "a local translation address"),
        ("100::/64", "a discard address"),
        ("2001:db8::/32", "a documentation address"),
        ("3fff::/20", "a documentation address"),
        ("2001::/23", "a protocol assignment"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    )
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")

# WHATWG calls a host whose last label is a number an IPv4 address, however it is written. Only the
# canonical dotted quad is one here; 127.1, 0x7f000001, 2130706433 and 0177.0.0.1 are refused.
_NUMERIC_LABEL = re.compile(r"(?:\d+|0[xX][0-9a-fA-F]*)\Z")


class RefusedAddress(IgnoreRequest):
    """The guard refuses this address; the message says what it leads to and why that is refused."""


def why_not_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str | None:
    """What the address is, if not a public one; None for a public address.

    IPv6 forms that carry an IPv4 address (mapped, compatible, 6to4, NAT64) are judged by what they carry.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = _carried(address)
        if inner is not None:
            what = why_not_public(inner)
            return None if what is None else f"{what} ({inner}) within IPv6"
    for network, what in _NOT_PUBLIC:
        if address.version == network.version and address in network:
            return what
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return "not a global unicast address"
    # What the tables of this Python know beyond ours.
    return None if address.is_global else "not a public address"


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _COMPATIBLE and int(address) > 1:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The system's answer for a host name (IPv4 and IPv6), in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides where connections may go."""

    mappings: Mappings = field(default_factory=lambda: MappingProxyType({}))
    ports: frozenset[int] = PUBLIC_PORTS
    resolve: Resolve = resolve

    def check(self, host: str, port: int) -> tuple[Endpoint, ...]:
        """The addresses to connect to for host and port, in order of preference. Blocks while resolving.

        Raises RefusedAddress when the port is not allowed, the host is an odd literal, or any of the
        addresses that it leads to is not public; OSError when the name does not resolve.
        """
        host = host.lower().removeprefix("[").removesuffix("]").rstrip(".")
        mapped = self.mappings.get((host, port))
        if mapped is not None:
            return (mapped,)
        if port not in self.ports:
            raise RefusedAddress(f"{host}:{port} refused: port {port} is not one of {sorted(self.ports)}")
        addresses = self._literal(host) or self._resolved(host, port)
        for address in addresses:
            what = why_not_public(address)
            if what is not None:
                logger.warning("Refused to connect to %s: it leads to %s, %s", host, address, what)
                raise RefusedAddress(f"{host} refused: it leads to {address}, {what}")
        return tuple(Endpoint(str(address), port) for address in addresses)

    @staticmethod
    def _literal(host: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, ...]:
        try:
            return (ipaddress.ip_address(host.partition("%")[0] if ":" in host else host),)
        except ValueError:
            pass  # a name, or an odd literal: told apart below
        if ":" in host or _NUMERIC_LABEL.match(host.rpartition(".")[2]):
            raise RefusedAddress(f"{host} refused: an address must be written as a plain dotted quad or IPv6")
        return ()

    def _resolved(self, host: str, port: int) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, ...]:
        if not host:
            raise RefusedAddress("an address without a host is refused")
        found = []
        for text in self.resolve(host, port):
            try:
                found.append(ipaddress.ip_address(text.partition("%")[0]))
            except ValueError:
                raise RefusedAddress(f"{host} refused: it leads to {text!r}, which is no address") from None
        if not found:
            raise OSError(f"{host} does not resolve")
        return tuple(found)
