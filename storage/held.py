"""Records held back: what was read, and why it is not a release yet."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from crawler.items import AddressState, CapturePlace, Held
from storage.addresses import Kept, keep_addresses, keys_by_source
from storage.tables import HeldRow
from storage.walks import CHUNK


@dataclass(frozen=True, slots=True)
class HeldView:
    """A record held back, as it is shown."""

    id: int
    source: str
    url: str
    key: str
    stage: str
    reason: str
    detail: str
    item: Mapping[str, Any]
    held_at: datetime
    run: str
    capture: CapturePlace | None


def save_held(connection: Connection, run: str, held: Sequence[Held], now: datetime) -> None:
    """Keep records that were held back; mark their addresses as held. Idempotent.

    Of an address held before, the latest record counts. A release that was stored from the address
    earlier stays what it is.
    """
    latest = list({(each.source, each.key): each for each in held}.values())
    for start in range(0, len(latest), CHUNK):
        _save(connection, run, latest[start : start + CHUNK], now)
    keep_addresses(
        connection,
        run,
        [Kept(each.source, each.key, each.url, AddressState.HELD, each.reason, now) for each in latest],
        now,
    )


def list_held(connection: Connection, source: str | None = None) -> Generator[HeldView, None, None]:
    """Records held back, the latest first."""
    query = select(HeldRow).order_by(HeldRow.held_at.desc(), HeldRow.id.desc())
    if source is not None:
        query = query.where(HeldRow.source == source)
    with connection.execute(query, execution_options={"yield_per": 200}) as rows:
        yield from map(_view, rows)


def find_held(connection: Connection, number: int) -> HeldView | None:
    """One record held back, by its number."""
    row = connection.execute(select(HeldRow).where(HeldRow.id == number)).first()
    return None if row is None else _view(row)


def is_held(connection: Connection, source: str, key: str) -> bool:
    """Whether a record of that address is held back."""
    query = select(HeldRow.id).where(HeldRow.source == source, HeldRow.key == key)
    return connection.scalar(query) is not None


def count_held(connection: Connection) -> dict[tuple[str, str], int]:
    """How many records are held back, by source and reason."""
    query = select(HeldRow.source, HeldRow.reason, func.count()).group_by(HeldRow.source, HeldRow.reason)
    return {(source, reason): count for source, reason, count in connection.execute(query)}


def _view(row: Row[*tuple[Any, ...]]) -> HeldView:
    place = None
    if row.capture_file is not None:
        place = CapturePlace(row.capture_file, row.capture_offset, row.capture_length)
    return HeldView(
        id=row.id,
        source=row.source,
        url=row.url,
        key=row.key,
        stage=row.stage,
        reason=row.reason,
        detail=row.detail,
        item=row.item,
        held_at=row.held_at,
        run=row.run_id,
        capture=place,
    )


_CONTENT = ("url", "stage", "reason", "detail", "item")
_WRITTEN = (*_CONTENT, "run_id", "held_at", "capture_file", "capture_offset", "capture_length")
_UPDATE = (
    update(HeldRow)
    .where(HeldRow.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in _WRITTEN})
)


def _save(connection: Connection, run: str, held: Sequence[Held], now: datetime) -> None:
    known: dict[tuple[str, str], Any] = {}
    for source, keys in keys_by_source(held).items():
        query = select(HeldRow).where(HeldRow.source == source, HeldRow.key.in_(keys))
        known.update(((source, row.key), row) for row in connection.execute(query))
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for each in held:
        row = known.get((each.source, each.key))
        values = _values(each, run, now)
        if row is None:
            new.append({"source": each.source, "key": each.key, **values})
        elif any(_comparable(values[name]) != _comparable(getattr(row, name)) for name in _CONTENT):
            changed.append({"row_id": row.id, **{f"new_{name}": values[name] for name in _WRITTEN}})
    if new:
        connection.execute(insert(HeldRow), new)
    if changed:
        connection.execute(_UPDATE, changed)


def _comparable(value: object) -> str:
    return json.dumps(value, sort_keys=True)  # tuples come back from the database as lists


def _values(held: Held, run: str, now: datetime) -> dict[str, Any]:
    place = held.capture
    return {
        "url": held.url,
        "stage": held.stage,
        "reason": held.reason,
        "detail": held.detail,
        "item": held.item,
        "run_id": run,
        "held_at": now,
        "capture_file": place.file if place else None,
        "capture_offset": place.offset if place else None,
        "capture_length": place.length if place else None,
    }
