"""What travels between a crawl and its reader, and how: length, then pickle with a closed list of types.

The reader handles what strangers wrote, so whatever it answers is taken apart with suspicion: unpickling
makes the types of this list and calls nothing else, so that not even a reader under a page's control could
have anything run in the crawl's process.
"""

from __future__ import annotations

import datetime
import io
import pickle
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from crawler import items
from crawler.items import Capture, Discovered, Due, Held, Outcome, Release, ReleaseItem
from crawler.pages.index import IndexPage
from crawler.pages.reading import Failure
from crawler.pages.sitemap import Map
from crawler.spiders.arguments import Window

LARGEST = 2**28
"""Bytes of a message; more is no message."""

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Order:
    """What a reader is for; the first message that it gets."""

    definition: str
    """File of the source's definition."""
    window: Window
    stages: str | None
    """Dotted path of the function that makes records of items; None: items are given as they were read."""
    seconds: float
    """Longest that one task may take; then the process is ended."""
    path: tuple[str, ...]
    """Where modules are imported from, as in the crawl's process."""
    log_level: str


@dataclass(frozen=True, slots=True)
class ReadPage:
    """Read a release's page, and put what it says through the stages."""

    due: Due
    capture: Capture


@dataclass(frozen=True, slots=True)
class ReadIndex:
    """Read a page of an index."""

    discovery: int
    """Position among the source's ways of finding releases."""
    language: str | None
    capture: Capture


@dataclass(frozen=True, slots=True)
class Process:
    """Put items that an index held whole through the stages."""

    items: tuple[ReleaseItem, ...]


@dataclass(frozen=True, slots=True)
class StageFailed:
    """A stage raised an error on an item: a defect of ours."""

    key: str
    url: str
    error: str
    traceback: str


Record = ReleaseItem | Release | Held | StageFailed


@dataclass(frozen=True, slots=True)
class Read:
    """What a page came to."""

    outcome: Outcome | None
    """How its address ended; None: as the records tell."""
    records: tuple[Record, ...]
    discovered: tuple[Discovered, ...]
    by_fallback: int = 0
    """Items that were read without rules."""
    shape: str = ""
    """Of the page's markup (`crawler.pages.shape`); of a crawl's first HTML pages only."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of an index shows."""

    page: IndexPage


@dataclass(frozen=True, slots=True)
class Processed:
    """What items came to, one record for each."""

    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """The task raised an error: a defect of a definition's method, or of ours."""

    error: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The reader has everything that it needs: the first message that it sends."""


Task = ReadPage | ReadIndex | Process
Answer = Read | Shown | Processed | Broken | Ready

_TYPES = {
    (each.__module__, each.__qualname__): each
    for each in (
        *(Order, ReadPage, ReadIndex, Process, StageFailed, Read, Shown, Processed, Broken, Ready),
        *(IndexPage, Map, Failure, Window),
        *(datetime.date, datetime.datetime, datetime.timedelta, datetime.timezone),
        *(each for each in vars(items).values() if isinstance(each, type)),
    )
    if each.__module__ != "enum"
}


class Unreadable(ValueError):
    """The bytes are no message of ours."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> type:
        """The type of that name; nothing but the types that travel."""
        found: type | None = _TYPES.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"{module}.{name} does not travel")
        return found


def _by_value(member: Enum) -> tuple[type[Enum], tuple[object]]:
    return type(member), (member.value,)


# By itself, Python 3.11.0 to 3.11.3 (Debian 12 has such a one) sends members through `getattr`.
_ENUMS = {each: _by_value for each in _TYPES.values() if issubclass(each, Enum)}


class _Pickler(pickle.Pickler):
    dispatch_table = _ENUMS


def pack(message: object) -> bytes:
    """A message as it is sent."""
    stream = io.BytesIO()
    _Pickler(stream, protocol=5).dump(message)
    return _LENGTH.pack(stream.tell()) + stream.getvalue()


def unpack(body: bytes | memoryview) -> Any:  # noqa: ANN401 - whoever asked knows what it must be
    """A message from its bytes, without their length. Raises Unreadable."""
    try:
        return _Unpickler(io.BytesIO(body)).load()
    except Exception as error:
        # Damaged pickles raise whatever Python raises.
        raise Unreadable(f"no message: {type(error).__name__}: {error}") from error


class Messages:
    """Takes bytes as they come and gives whole messages."""

    def __init__(self) -> None:
        self._data = bytearray()

    def take(self, data: bytes) -> Iterator[Any]:
        """The messages that are whole now. Raises Unreadable, after which the stream is lost."""
        self._data += data
        while len(self._data) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._data)
            if length > LARGEST:
                raise Unreadable(f"a message of {length} bytes is announced")
            end = _LENGTH.size + length
            if len(self._data) < end:
                return
            body = bytes(memoryview(self._data)[_LENGTH.size : end])
            del self._data[:end]
            yield unpack(body)


def read_message(read: Callable[[int], bytes]) -> Any | None:  # noqa: ANN401 - as unpack
    """The next message of a blocking stream; None at its end. Raises Unreadable."""
    head = read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = read(length)
    return unpack(body) if len(body) == length else None
