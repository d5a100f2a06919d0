"""How messages travel between a crawl and its processes: length, then pickle with a closed list of types.

Unpickling makes the types of that list and calls nothing else, so that not even a process that a hostile page
has taken over could have anything run in the crawl's.
"""

from __future__ import annotations

import datetime
import io
import pickle
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from operator import attrgetter
from typing import Any

from crawler import items

LARGEST = 2**28
"""Bytes of a message; more is no message."""

_LENGTH = struct.Struct("<Q")

Types = Mapping[tuple[str, str], type]
"""Types that may travel, by module and name."""

_Reduce = Callable[[Any], tuple[type, tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has everything that it needs: the first message that it sends."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The task raised an error."""

    error: str
    traceback: str


def travelling(*types: type) -> Types:
    """These types, items and what items hold."""
    dates = (datetime.date, datetime.datetime, datetime.timedelta, datetime.timezone)
    own = (each for each in vars(items).values() if isinstance(each, type) and each.__module__ != "enum")
    everything = (*own, *dates, Ready, Broken, *types)
    _REDUCED.update({each: _by_values(each) for each in everything if is_dataclass(each)})
    return {(each.__module__, each.__qualname__): each for each in everything}


class Unreadable(ValueError):
    """The bytes are no message of ours."""


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, types: Types) -> None:
        super().__init__(stream)
        self._types = types

    def find_class(self, module: str, name: str) -> type:
        """The type of that name; nothing but the types that travel."""
        found: type | None = self._types.get((module, name))
        if found is None:
            raise pickle.UnpicklingError(f"{module}.{name} does not travel")
        return found


def _by_value(member: Enum) -> tuple[type[Enum], tuple[object]]:
    return type(member), (member.value,)


def _by_values(made: type) -> _Reduce:
    """As a call with the values of its fields. By itself, a dataclass with slots goes through its fields in
    Python, at both ends: three times as slow.
    """
    names = [each.name for each in fields(made)]
    if len(names) < 2:
        return lambda value: (made, tuple(getattr(value, name) for name in names))
    values = attrgetter(*names)
    return lambda value: (made, values(value))


# By itself, Python 3.11.0 to 3.11.3 (Debian 12 has such a one) sends members of an enum through `getattr`.
_REDUCED: dict[type, _Reduce] = {
    each: _by_value for each in vars(items).values() if isinstance(each, type) and issubclass(each, Enum)
}
"""How values are taken apart, by their types."""


class _Pickler(pickle.Pickler):
    dispatch_table = _REDUCED


def pack(message: object) -> bytes:
    """A message as it is sent."""
    stream = io.BytesIO()
    stream.write(bytes(_LENGTH.size))
    _Pickler(stream, protocol=5).dump(message)
    _LENGTH.pack_into(stream.getbuffer(), 0, stream.tell() - _LENGTH.size)
    return stream.getvalue()


def unpack(body: bytes | memoryview, types: Types) -> Any:  # noqa: ANN401 - whoever asked knows what it must be
    """A message from its bytes, without their length. Raises Unreadable."""
    try:
        return _Unpickler(io.BytesIO(body), types).load()
    except Exception as error:
        # Damaged pickles raise whatever Python raises.
        raise Unreadable(f"no message: {type(error).__name__}: {error}") from error


class Messages:
    """Takes bytes as they come and gives whole messages."""

    def __init__(self, types: Types) -> None:
        self._data = bytearray()
        self._types = types

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
            yield unpack(body, self._types)


def read_message(read: Callable[[int], bytes], types: Types) -> Any | None:  # noqa: ANN401 - as unpack
    """The next message of a blocking stream; None at its end. Raises Unreadable."""
    head = read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = read(length)
    return unpack(body, types) if len(body) == length else None
