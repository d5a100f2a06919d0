"""Pages that are missing: a release is kept of them, and the site says that there is no such page.

One answer proves nothing: sites lose their pages for an hour, for a night, after a change of their software.
So a page counts as gone only when it was missing at least `FEWEST` times over at least `DWELL`, and when
another page of the source answered meanwhile: then the site was up, and that page is not there. Failures of
any other kind (no answer, errors of the server, a bot check, a page that cannot be read) say nothing of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from crawler.items import AddressState, FailureKind, Outcome
from storage.tables import AbsenceRow, AddressRow, WalkRow
from storage.walks import chunks

DWELL = timedelta(days=3)
FEWEST = 3
AGAIN_WHILE_MISSING = timedelta(hours=20)
"""Under a day, so that a daily crawl asks daily."""
AGAIN_WHEN_GONE = timedelta(days=7)
LONGEST = timedelta(days=90)
"""A page that is gone is asked for again ever more seldom, for it may come back; but not more seldom."""


@dataclass(frozen=True, slots=True)
class Absence:
    """How a page was missing until now."""

    first_at: datetime
    last_at: datetime
    answers: int
    answer: str
    """The last one, in words."""
    confirmed_at: datetime | None = None
    witness: str | None = None
    """The address that answered meanwhile."""

    @property
    def next_try_at(self) -> datetime:
        """When the page is asked for again."""
        if self.confirmed_at is None:
            return self.last_at + AGAIN_WHILE_MISSING
        return self.last_at + min(max(AGAIN_WHEN_GONE, (self.last_at - self.first_at) / 2), LONGEST)

    @property
    def reason(self) -> str:
        """For a person, in the ledger."""
        times = f"{self.answer}, {self.answers} times since {self.first_at:%Y-%m-%d %H:%M} UTC"
        return times if self.confirmed_at is not None else f"missing: {times}; not gone yet"


def says_missing(outcome: Outcome) -> bool:
    """Whether an outcome says that the page does not exist: by its status, or in words."""
    return outcome.state is AddressState.GONE or (
        outcome.state is AddressState.FAILED and outcome.failure is FailureKind.SOFT_404
    )


def after_answer(before: Absence | None, answer: str, now: datetime) -> Absence:
    """The absence after one more answer; `before` is None at the first one."""
    if before is None:
        return Absence(now, now, 1, answer)
    return replace(before, last_at=now, answers=before.answers + 1, answer=answer)


def is_long_enough(absence: Absence) -> bool:
    """Whether it was missing often and long enough to be gone, if the site was up meanwhile."""
    return absence.answers >= FEWEST and absence.last_at - absence.first_at >= DWELL


def note_missing(
    connection: Connection, source: str, answers: Mapping[str, str], now: datetime
) -> dict[str, Absence]:
    """Take down that kept pages were missing, by key with the answer in words; how each stands now."""
    found: dict[str, Absence] = {}
    open_rows = {row.key: row for row in _open(connection, source, list(answers))}
    for key, answer in answers.items():
        row = open_rows.get(key)
        absence = after_answer(_absence_of(row) if row is not None else None, answer, now)
        if absence.confirmed_at is None and is_long_enough(absence):
            witness = _witness(connection, source, key, absence.first_at)
            if witness is not None:
                absence = replace(absence, confirmed_at=now, witness=witness)
        values = {
            "first_at": absence.first_at,
            "last_at": absence.last_at,
            "answers": absence.answers,
            "answer": absence.answer,
            "witness": absence.witness,
            "confirmed_at": absence.confirmed_at,
        }
        if row is None:
            connection.execute(insert(AbsenceRow).values(source=source, key=key, **values))
        else:
            connection.execute(update(AbsenceRow).where(AbsenceRow.id == row.id).values(**values))
        found[key] = absence
    return found


def note_present(connection: Connection, seen: Iterable[tuple[str, str, datetime]], now: datetime) -> None:
    """Take down that pages are there: source, key, and when the page was taken from the site."""
    rows = [{"of_source": source, "of_key": key, "seen_at": at} for source, key, at in seen]
    if rows and connection.scalar(select(exists().where(AbsenceRow.returned_at.is_(None)))):
        connection.execute(_RETURN, [{**row, "now": now} for row in rows])


_RETURN = (
    update(AbsenceRow)
    .where(
        AbsenceRow.source == bindparam("of_source"),
        AbsenceRow.key == bindparam("of_key"),
        AbsenceRow.returned_at.is_(None),
        AbsenceRow.last_at <= bindparam("seen_at"),
    )
    .values(returned_at=bindparam("now"))
)


def _open(connection: Connection, source: str, keys: Collection[str]) -> list[Row[tuple[object, ...]]]:
    rows: list[Row[tuple[object, ...]]] = []
    for some in chunks(list(keys)):
        query = select(AbsenceRow.__table__).where(
            AbsenceRow.source == source, AbsenceRow.key.in_(some), AbsenceRow.returned_at.is_(None)
        )
        rows += connection.execute(query)
    return rows


def _absence_of(row: Row[tuple[object, ...]]) -> Absence:
    return Absence(row.first_at, row.last_at, row.answers, row.answer, row.confirmed_at, row.witness)


def _witness(connection: Connection, source: str, key: str, since: datetime) -> str | None:
    """Address of another kept page of the source that answered since then; None where none did.

    Where the source keeps no other page, a finished walk through its index tells that the site was up.
    """
    others = select(AddressRow.url).where(
        AddressRow.source == source, AddressRow.state == AddressState.STORED, AddressRow.key != key
    )
    answered: str | None = connection.scalar(
        others.where(AddressRow.fetched_at > since).order_by(AddressRow.fetched_at.desc()).limit(1)
    )
    if answered is not None or connection.scalar(others.limit(1)) is not None:
        return answered
    walk: str | None = connection.scalar(
        select(WalkRow.index_name).where(
            WalkRow.source == source, WalkRow.complete.is_(True), WalkRow.started_at > since
        )
    )
    return walk
