"""The address guard: what may be connected to, whatever a name or a literal pretends to be."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import pytest

from crawler.guard import Guard, RefusedAddress, why_not_public
from crawler.mappings import Endpoint, read_mappings


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("169.254.1.1", "link-local"),
        ("169.254.169.254", "metadata"),
        ("100.100.100.200", "metadata"),
        ("168.63.129.16", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("192.0.0.8", "protocol assignment"),
        ("192.0.2.1", "documentation"),
        ("198.18.0.1", "benchmarking"),
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("fe80::1", "link-local"),
        ("fec0::1", "site-local"),
        ("fc00::1", "private"),
        ("fd12:3456::1", "private"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("2001::1", "protocol assignment"),
        ("64:ff9b:1::1", "local translation"),
        ("4000::1", "not a global unicast"),
    ],
)
def test_addresses_that_are_not_public_are_named_for_what_they_are(address: str, what: str) -> None:
    assert what in (why_not_public(ipaddress.ip_address(address)) or "")


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "::7f00:1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
    ],
)
def test_ipv6_that_carries_a_private_ipv4_is_judged_by_what_it_carries(address: str) -> None:
    assert "within IPv6" in (why_not_public(ipaddress.ip_address(address)) or "")


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "189.254.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_public_addresses_are_public(address: str) -> None:
    assert why_not_public(ipaddress.ip_address(address)) is None


def no_lookup(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host} must not be looked up")


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "0",
        "1.2.3",
        "010.8.8.8",
        "8.8.8.8.0x0",
        "0x",
    ],
)
def test_odd_ways_to_write_an_address_are_refused_without_asking_anybody(host: str) -> None:
    with pytest.raises(RefusedAddress, match="plain dotted quad"):
        Guard(resolve=no_lookup).check(host, 80)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1.", "[::1]", "::1", "[::ffff:127.0.0.1]", "[fe80::1%25eth0]"]
)
def test_literals_are_judged_without_asking_anybody(host: str) -> None:
    with pytest.raises(RefusedAddress):
        Guard(resolve=no_lookup).check(host, 80)


def answers(*addresses: str) -> Guard:
    return Guard(resolve=lambda host, port: addresses)


def test_a_name_is_handed_out_as_the_addresses_that_were_checked() -> None:
    guard = answers("93.184.216.34", "2606:2800:220:1::1")
    assert guard.check("www.example.org", 443) == (
        Endpoint("93.184.216.34", 443),
        Endpoint("2606:2800:220:1::1", 443),
    )


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(
        RefusedAddress, match=r"www\.example\.org refused: it leads to 10\.0\.0\.1, a private"
    ):
        answers("93.184.216.34", "10.0.0.1").check("www.example.org", 443)


@pytest.mark.parametrize("port", [22, 25, 3306, 8080, 6379])
def test_other_ports_are_refused_without_asking_anybody(port: int) -> None:
    with pytest.raises(RefusedAddress, match=f"port {port}"):
        Guard(resolve=no_lookup).check("www.example.org", port)


def test_ports_may_be_allowed() -> None:
    guard = Guard(ports=frozenset({80, 443, 8080}), resolve=lambda host, port: ["93.184.216.34"])
    assert guard.check("www.example.org", 8080) == (Endpoint("93.184.216.34", 8080),)


def test_a_name_that_does_not_resolve_is_no_refusal() -> None:
    with pytest.raises(OSError, match="does not resolve"):
        answers().check("www.example.org", 80)


def test_a_mapping_opens_exactly_its_host_and_port() -> None:
    guard = Guard(
        mappings=read_mappings("www.example.org:443=127.0.0.1:4001"), resolve=lambda host, port: ["127.0.0.1"]
    )
    assert guard.check("WWW.example.org", 443) == (Endpoint("127.0.0.1", 4001),)
    for host, port in (("www.example.org", 80), ("example.org", 443), ("localhost", 443), ("127.0.0.1", 443)):
        with pytest.raises(RefusedAddress):
            guard.check(host, port)
    with pytest.raises(RefusedAddress, match="port 4001"):
        guard.check("127.0.0.1", 4001)


def test_mappings_are_read_with_ipv6_and_spaces() -> None:
    found = read_mappings(" a.example:443=127.0.0.1:1 , b.example:80=[::1]:2,")
    assert dict(found) == {
        ("a.example", 443): Endpoint("127.0.0.1", 1),
        ("b.example", 80): Endpoint("::1", 2),
    }


@pytest.mark.parametrize(
    "text",
    [
        "a.example",
        "a.example:443",
        "a.example=127.0.0.1:1",
        "a:1=localhost:2",
        "a:0=127.0.0.1:1",
        "a:1=127.0.0.1:70000",
    ],
)
def test_a_mapping_that_cannot_be_read_is_shown_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="host:port=address:port"):
        read_mappings(text)
