"""Which run serves a scheduled time of a source, and whether another try is owed.

A slot is the scheduled time as text (`runs.slot`); at most one run of a source has it. A run that died or was
interrupted gives it back: its slot gets a mark with the run's id, so that the next one may take it and it is
still told what the dead one was for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from crawler.frontier import LEDGER_UNREACHABLE, LEDGER_UNWRITABLE
from storage.processes import Process, is_alive
from storage.runs import RunView, find_run
from storage.tables import RunClaimRow, RunRow

MOST_TRIES = 5
"""A slot whose runs died so often is given up: the next one comes."""
PATIENCE = timedelta(minutes=1)
"""Before the second try after a run has died; doubled for each further one."""

_OPEN = ("planned", "running")


@dataclass(frozen=True, slots=True)
class Service:
    """What became of a scheduled time."""

    state: str
    """none (it is due), at work, served, waiting (for another try, at `retry_at`), given up."""
    run: str | None
    """The run that serves it or tried to."""
    retry_at: datetime | None = None

    @property
    def is_due(self) -> bool:
        """Whether a run is to be begun now."""
        return self.state == "none"


def find_service(
    connection: Connection, source: str, slot: str, fires_at: datetime, now: datetime
) -> Service:
    """What became of the slot of a source, which fell on `fires_at`.

    It is served by the run that has the slot, however it ended by itself, and by every whole crawl (no
    window, no limit) that was begun since and finished, whoever started it. While a run of the source is
    at work nothing is due.
    """
    working = find_claim(connection, source, now)
    if working is not None:
        return Service("at work", working)
    row = connection.execute(select(RunRow).where(RunRow.source == source, RunRow.slot == slot)).first()
    if row is not None and row.state in _OPEN:
        return Service("at work", row.id)
    if row is not None and not is_given_back(row):
        return Service("served", row.id)
    whole = connection.scalar(
        select(RunRow.id)
        .where(
            RunRow.source == source,
            RunRow.started_at >= fires_at,
            RunRow.started_at <= now,
            RunRow.state == "finished",
            RunRow.since.is_(None),
            RunRow.until.is_(None),
            RunRow.release_limit.is_(None),
            RunRow.started_by != "ingest",
        )
        .order_by(RunRow.started_at.desc())
        .limit(1)
    )
    if whole is not None:
        return Service("served", whole)
    tries, last_end = _died(connection, source, slot)
    if tries >= MOST_TRIES:
        return Service("given up", row.id if row is not None else None)
    if tries and last_end is not None:
        retry_at = last_end + PATIENCE * (2 ** (tries - 1) - 1)
        # A clock that was wrong must not keep a source waiting for longer than the wait itself.
        if now < retry_at and retry_at - now <= PATIENCE * 2**tries:
            return Service("waiting", row.id if row is not None else None, retry_at)
    return Service("none", row.id if row is not None else None)


def is_given_back(run: RunView | Row[*tuple[Any, ...]]) -> bool:
    """Whether the slot of an ended run is to be served again: it died, was stopped, or lost its ledger."""
    limit = run.limit if isinstance(run, RunView) else run.release_limit
    if run.state == "failed":
        # The database was away, which says nothing about the site.
        return (run.error or "").startswith((LEDGER_UNREACHABLE, LEDGER_UNWRITABLE))
    return run.state == "killed" or (run.state == "stopped" and limit is None)


def give_back(connection: Connection, source: str, slot: str) -> None:
    """Let another run take the slot, where its run has ended without serving it."""
    row = connection.execute(select(RunRow).where(RunRow.source == source, RunRow.slot == slot)).first()
    if row is not None and is_given_back(row):
        mark_slot(connection, row.id)


def mark_slot(connection: Connection, run: str) -> None:
    """Take the slot from a run that did not serve it."""
    connection.execute(
        update(RunRow)
        .where(RunRow.id == run, RunRow.slot.is_not(None), RunRow.slot.not_like("%#%"))
        .values(slot=RunRow.slot + "#" + func.substr(RunRow.id, 1, 12))
    )


def find_claim(connection: Connection, source: str, now: datetime) -> str | None:
    """The run that is at work on a source, whoever started it; None: none, or its process is dead."""
    row = connection.execute(
        select(RunRow)
        .join(RunClaimRow, RunClaimRow.run_id == RunRow.id)
        .where(RunClaimRow.source == source, RunRow.state == "running")
    ).first()
    if row is None or not is_alive(Process(row.host, row.process, row.process_started), row.beat_at, now):
        return None
    return str(row.id)


def close_lost(connection: Connection, now: datetime) -> list[RunView]:
    """Close the runs whose processes have died without a word, and set their sources free."""
    lost = []
    query = select(RunRow).join(RunClaimRow, RunClaimRow.run_id == RunRow.id).where(RunRow.state == "running")
    for row in connection.execute(query).all():
        if is_alive(Process(row.host, row.process, row.process_started), row.beat_at, now):
            continue
        close_as_killed(
            connection, row.id, f"Process {row.process} on {row.host} ended without a word.", row.beat_at
        )
        found = find_run(connection, row.id)
        if found is not None:
            lost.append(found)
    return lost


def close_as_killed(connection: Connection, run: str, error: str, ended_at: datetime) -> None:
    """Mark an open run as killed and set its source free."""
    connection.execute(
        update(RunRow)
        .where(RunRow.id == run, RunRow.state.in_(_OPEN))
        .values(state="killed", ended_at=ended_at, error=error)
    )
    connection.execute(delete(RunClaimRow).where(RunClaimRow.run_id == run))


def judge_as_failed(connection: Connection, run: str, error: str) -> None:
    """Say of an ended run that it failed, and why: it was stopped or killed because of what it took.

    It keeps its slot: another try would only take as much again.
    """
    connection.execute(
        update(RunRow)
        .where(RunRow.id == run, RunRow.state.in_(("killed", "stopped", "failed")))
        .values(state="failed", error=error)
    )


def note_process(connection: Connection, run: str, process: Process) -> None:
    """Note which process is to adopt a planned run, so that it is known whether it can still come."""
    connection.execute(
        update(RunRow)
        .where(RunRow.id == run, RunRow.state == "planned")
        .values(host=process.host, process=process.number, process_started=process.started)
    )


def open_runs(connection: Connection, started_by: str) -> list[RunView]:
    """Runs by that starter that are planned or running, whether or not their processes live."""
    ids = connection.scalars(
        select(RunRow.id).where(RunRow.state.in_(_OPEN), RunRow.started_by == started_by)
    ).all()
    return [found for each in ids if (found := find_run(connection, each)) is not None]


def _died(connection: Connection, source: str, slot: str) -> tuple[int, datetime | None]:
    marked = and_(RunRow.slot.startswith(slot + "#", autoescape=True), RunRow.state != "stopped")
    row = connection.execute(
        select(func.count().label("tries"), func.max(RunRow.ended_at).label("ended_at")).where(
            RunRow.source == source, or_(marked, and_(RunRow.slot == slot, RunRow.state == "killed"))
        )
    ).one()
    return row.tries, row.ended_at
