"""Misbehaviour on request: what servers do that they should not, switchable while the replica runs."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What a server may do wrong."""

    TOO_MANY = "429"
    """Too Many Requests, with Retry-After."""
    UNAVAILABLE = "503"
    FORBIDDEN = "403"
    TIMEOUT = "timeout"
    """Takes the request and never answers."""
    SLOW = "slow"
    """The body comes in drops."""
    TRUNCATED = "truncated"
    """Content-Length promises more than is sent."""
    WRONG_CHARSET = "wrong-charset"
    """Declares ISO-8859-1 for a body in UTF-8."""
    REDIRECT_LOOP = "redirect-loop"
    REDIRECT_METADATA = "redirect-metadata"
    """Redirects to the cloud's metadata address."""
    REDIRECT_LOOPBACK = "redirect-loopback"
    """Redirects to a port on 127.0.0.1."""
    SOFT_404 = "soft-404"
    """"Not found" with status 200."""
    CHALLENGE = "challenge"
    """A bot check with status 200."""
    GZIP_BOMB = "gzip-bomb"
    """Some 200 kB that become 200 MB."""
    EMPTY_LISTING = "empty-listing"
    FROZEN_LISTING = "frozen-listing"
    """Page N of an index shows page N-1 again."""
    OLD_LAYOUT = "old-layout"
    """Pages in the shape that the site had years ago: on gob.mx one that its definition knows, on DHS,
    State and canada.ca one that no definition knows; elsewhere nothing changes."""
    SCRIPT_LISTING = "script-listing"
    """The listing comes as a script fragment (gob.mx only)."""


class Flavour(StrEnum):
    """The misbehaviours that a site plays itself, because only it knows its pages."""

    EMPTY_LISTING = "empty-listing"
    FROZEN_LISTING = "frozen-listing"
    OLD_LAYOUT = "old-layout"
    SCRIPT_LISTING = "script-listing"


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour of one host."""

    kind: FaultKind
    host: str
    """Host name; `*` means every host."""
    path: str = ""
    """Regular expression searched in path and query; empty: every path but robots.txt."""
    times: int | None = None
    """It strikes the first so many matching requests; None: all of them."""

    def __post_init__(self) -> None:
        re.compile(self.path)
        if self.times is not None and self.times < 1:
            raise ValueError(f"a fault must strike at least once, not {self.times} times")

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read `KIND@HOST[:PATH-REGEX][:TIMES]`; ValueError says what is wrong and which kinds there are."""
        kind, at, rest = text.partition("@")
        if not at or kind not in list(FaultKind):
            kinds = ", ".join(FaultKind)
            raise ValueError(
                f"fault {text!r}: expected KIND@HOST[:PATH-REGEX][:TIMES] with KIND one of {kinds}"
            )
        host, _, where = rest.partition(":")
        times: int | None = None
        path, colon, last = where.rpartition(":")
        if last.isdecimal():
            where, times = path if colon else "", int(last)
        if not host:
            raise ValueError(f"fault {text!r}: names no host (* means every host)")
        return cls(FaultKind(kind), host, where, times)

    def concerns(self, host: str, target: str) -> bool:
        """Whether a request for `target` (path and query) at `host` is struck by it."""
        if self.host not in ("*", host):
            return False
        if not self.path:
            return target != "/robots.txt"
        return re.search(self.path, target) is not None


class Faults:
    """The faults of a running replica; safe to change from another thread."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._struck: dict[Fault, int] = {}
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault | str, times: int | None = None) -> Fault:
        """Switch a fault on (a string is read as on the command line); its count starts again."""
        if isinstance(fault, str):
            fault = Fault.parse(fault)
        if times is not None:
            fault = Fault(fault.kind, fault.host, fault.path, times)
        with self._lock:
            self._struck[fault] = 0
            if fault not in self._faults:
                self._faults.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Switch one fault off; ValueError when it is not on."""
        with self._lock:
            self._faults.remove(fault)

    def clear(self) -> None:
        """Switch every fault off."""
        with self._lock:
            self._faults.clear()

    def struck(self, fault: Fault) -> int:
        """How many requests a fault has struck."""
        return self._struck.get(fault, 0)

    def strike(self, host: str, target: str) -> Fault | None:
        """The fault that this request meets, counted; None when it is answered properly."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if fault.times is not None and self._struck[fault] >= fault.times:
                    continue
                if fault.concerns(host, target):
                    self._struck[fault] += 1
                    return fault
        return None
