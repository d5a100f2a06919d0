"""COMMUNIQUE_CONNECT_TO: hosts that are connected to at another address than their name leads to."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that was checked: connect to exactly this."""

    address: str
    port: int


Mappings = Mapping[tuple[str, int], Endpoint]


def read_mappings(text: str) -> Mappings:
    """Mappings as in COMMUNIQUE_CONNECT_TO (`host:port=address:port`, comma-separated).

    Raises ValueError that names the faulty part. Addresses are literal; IPv6 stands in brackets.
    """
    found: dict[tuple[str, int], Endpoint] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        source, separator, target = part.partition("=")
        try:
            if not separator:
                raise ValueError("there is no '='")
            host, port = _host_and_port(source)
            address, target_port = _host_and_port(target)
            found[host.lower(), port] = Endpoint(str(ipaddress.ip_address(address)), target_port)
        except ValueError as error:
            raise ValueError(
                f"{part!r} is not a mapping: {error}; expected host:port=address:port, "
                "such as www.gob.mx:443=127.0.0.1:40001"
            ) from None
    return MappingProxyType(found)


def _host_and_port(text: str) -> tuple[str, int]:
    host, separator, port = text.strip().rpartition(":")
    if not separator or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{text.strip()!r} is not host:port")
    return host.removeprefix("[").removesuffix("]"), int(port)
