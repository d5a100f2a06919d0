"""Rows of releases as what is shown of them, for every view that takes its fields from the columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from crawler.items import AddressState, CapturePlace
from storage.tables import AbsenceRow, AddressRow, CaptureRow, ReleaseRow

View = TypeVar("View")

_PLACE = ("capture_file", "capture_offset", "capture_length")
_GONE = (404, 410)


def place_of(row: Any) -> CapturePlace | None:  # noqa: ANN401 - a row of releases or revisions
    """Where the capture of a row lies; None where it has none."""
    if row.capture_file is None:
        return None
    return CapturePlace(row.capture_file, row.capture_offset, row.capture_length)


@cache
def _names(view: Callable[..., object]) -> tuple[str, ...]:
    kept = ReleaseRow.__table__.columns
    return tuple(each.name for each in fields(cast(Any, view)) if each.name in kept)


def columns_for(view: Callable[..., object], *others: str) -> list[ColumnElement[Any]]:
    """The columns of `releases` that a view of them needs, `others`, and the place of the capture."""
    names = dict.fromkeys((*others, *_names(view), *_PLACE))
    return [getattr(ReleaseRow, name).expression for name in names]


def view_of(view: Callable[..., View], row: Row[*tuple[Any, ...]], **more: Any) -> View:  # noqa: ANN401 - as its fields are
    """The view of a row: each field from the column of its name, lists as tuples; `more` beside them."""
    values = {name: getattr(row, name) for name in _names(view)}
    values = {name: tuple(each) if isinstance(each, list) else each for name, each in values.items()}
    return view(**values, capture=place_of(row), **more)


OF_THE_ADDRESS = (
    AddressRow.state.label("address_state"),
    AddressRow.source.label("address_source"),
    AddressRow.key.label("address_key"),
    AddressRow.url.label("address_url"),
    AddressRow.fetched_at.label("asked_at"),
)
"""What `gone_since` needs beside the id and `captured_at` of a release."""
ITS_ADDRESS = and_(AddressRow.source == ReleaseRow.source, AddressRow.key == ReleaseRow.key)
"""Joins releases to their addresses in the ledger."""


def gone_since(connection: Connection, row: Row[*tuple[Any, ...]]) -> datetime | None:
    """Since when the page of a release is gone; None while it is there. `row` holds `OF_THE_ADDRESS`.

    Since the site first said so, when it said so long and often enough (`storage.absences`). A page that
    comes back is gone no longer. Where a page ended as gone before absences were taken down, since the first
    such answer after the one that the release was read from.
    """
    if row.address_state != AddressState.GONE:
        return None
    absent: datetime | None = connection.scalar(
        select(func.min(AbsenceRow.first_at)).where(
            AbsenceRow.source == row.address_source,
            AbsenceRow.key == row.address_key,
            AbsenceRow.returned_at.is_(None),
        )
    )
    if absent is not None:
        return absent
    query = select(func.min(CaptureRow.captured_at)).where(
        CaptureRow.url == row.address_url, CaptureRow.status.in_(_GONE)
    )
    if row.captured_at is not None:
        query = query.where(CaptureRow.captured_at > row.captured_at)
    first: datetime | None = connection.scalar(query)
    return first or row.asked_at
