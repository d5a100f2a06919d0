"""Holding a record back: what cannot be mapped is kept with its reason, not lost and not guessed.

Scrapy and its item adapter take longer to import than all stages together. They are needed only where an item
is not our own, or is dropped in a crawl's process: the process that reads pages does neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from crawler.items import CapturePlace, Held
from crawler.source import registry
from pipelines.keepable import keepable

_P = ParamSpec("_P")
_R = TypeVar("_R")


class HoldBack(Exception):
    """A stage cannot map a record and will not guess. Raised by the stages, queued as `Held` by persist.

    `reason` is short and stable, for grouping; `detail` is for a person: what was expected, what was
    found, what to do.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.stage = ""
        """Name of the stage that raised; set by `stage`."""


def stage(name: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Mark a function as the entry of a stage: what it holds back says so."""

    def mark(function: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(function)
        def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            try:
                return function(*args, **kwargs)
            except HoldBack as held:
                held.stage = held.stage or name
                raise

        return run

    return mark


def drops(process_item: Callable[_P, _R]) -> Callable[_P, _R]:
    """Mark an adapter's method: what its stage holds back is dropped, and why is the cause of that."""

    @wraps(process_item)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return process_item(*args, **kwargs)
        except HoldBack as held:
            from scrapy.exceptions import DropItem

            raise DropItem(str(held), log_level="INFO") from held

    return run


def raw_values(item: object) -> dict[str, object]:
    """The fields of an item of any type as JSON-ready values; of an object that is no item, its repr."""
    values = values_of(item)
    if values is None:
        return {"not an item": repr(item)[:2000]}
    return {keepable(name): _plain(value) for name, value in values.items() if value not in (None, ())}


def values_of(item: object) -> dict[str, Any] | None:
    """The fields of an item of any type, by name; None for an object that is no item."""
    if is_dataclass(item) and not isinstance(item, type):
        return {field.name: getattr(item, field.name) for field in fields(item) if hasattr(item, field.name)}
    from itemadapter import ItemAdapter

    if not ItemAdapter.is_item(item):
        return None
    return {str(name): value for name, value in ItemAdapter(item).items()}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return keepable(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        # NaN and infinities are no JSON.
        return value if value - value == 0 else repr(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {keepable(str(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence | Set) and not isinstance(value, bytes | bytearray):
        return [_plain(each) for each in value]
    return repr(value)[:2000]


def held_record(item: object, held: HoldBack) -> Held:
    """The record of an item that was held back; source, url and key as far as the item tells them.

    An item that is such a record already (the reader makes them) is given as it is.
    """
    if isinstance(item, Held):
        return item
    values = raw_values(item)
    source, url, key = (keepable(str(values.get(name) or "")) for name in ("source", "url", "key"))
    if not key and source in registry():
        # An address that cannot be read gives no key; then the address itself must do.
        try:
            key = registry()[source].address_key(url) or ""
        except ValueError:
            key = ""
    place = (values_of(item) or {}).get("capture")
    return Held(
        source=source or "(none)",
        url=url,
        key=key or url or "(none)",
        stage=held.stage,
        reason=held.reason,
        detail=keepable(held.detail),
        item=values,
        capture=place if isinstance(place, CapturePlace) else None,
    )
