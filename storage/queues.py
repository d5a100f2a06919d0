"""The queue as it stands: what waits, what is at work and where, who the workers are.

Reads Procrastinate's tables (`storage.queue_schema`), which only Procrastinate writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from storage.processes import Process, is_alive
from storage.queue_schema import NAMESPACE
from storage.work_tables import WorkerRow

OPEN = ("todo", "doing")
"""States of jobs that are still to be done."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it is shown."""

    id: int
    queue: str
    task: str
    state: str
    """todo, doing, succeeded, failed, cancelled, aborted"""
    arguments: Mapping[str, Any]
    lock: str | None
    """Of jobs with the same lock one works at a time."""
    priority: int
    attempts: int
    """How often it was tried before."""
    scheduled_at: datetime | None
    """When it is to be tried again; None: as soon as a worker is free."""
    worker: int | None


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker as it is shown."""

    number: int
    host: str
    process: int
    slots: int
    started_at: datetime | None
    beat_at: datetime
    """Its last sign of life, by the server's clock."""
    silent_seconds: float
    """Since then."""


_COLUMNS = "id, queue_name, task_name, status::text, args, lock, priority, attempts, scheduled_at, worker_id"
_JOBS = text(f"""
    SELECT {_COLUMNS} FROM {NAMESPACE}.procrastinate_jobs
    WHERE status::text = ANY(:states) ORDER BY (status = 'doing') DESC, priority DESC, id LIMIT :most
""")  # noqa: S608 - our own names
_COUNTS = text(f"""
    SELECT queue_name, status::text, count(*) FROM {NAMESPACE}.procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2
""")  # noqa: S608
_UNDONE = text(f"""
    SELECT count(*) FROM {NAMESPACE}.procrastinate_jobs
    WHERE (status = 'doing' OR (status = 'todo' AND coalesce(scheduled_at <= now(), true)))
      AND queue_name = ANY(:queues)
""")  # noqa: S608
_WAITING = text(f"""
    SELECT count(*) FROM {NAMESPACE}.procrastinate_jobs
    WHERE status = 'todo' AND (cast(:key AS text) IS NULL OR queueing_lock = :key)
      AND (cast(:queue AS text) IS NULL OR queue_name = :queue)
      AND (cast(:lock AS text) IS NULL OR lock = :lock)
      AND coalesce(scheduled_at <= now(), true) >= :ready
""")  # noqa: S608
_RUNS = text(f"""
    SELECT args ->> 'run' FROM {NAMESPACE}.procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND args ? 'run'
""")  # noqa: S608
_WORKERS = text(f"""
    SELECT w.id, coalesce(o.host, ''), coalesce(o.process, 0), coalesce(o.slots, 0), o.started_at,
           w.last_heartbeat, extract(epoch FROM clock_timestamp() - w.last_heartbeat)::float8
    FROM {NAMESPACE}.procrastinate_workers w LEFT JOIN workers o ON o.number = w.id ORDER BY w.id
""")  # noqa: S608
_DOING = text(f"""
    SELECT id FROM {NAMESPACE}.procrastinate_jobs WHERE status = 'doing' AND worker_id = :worker
""")  # noqa: S608
_KNOWN = text(f"SELECT id FROM {NAMESPACE}.procrastinate_workers")  # noqa: S608


def jobs(connection: Connection, states: Sequence[str], most: int = 100) -> list[JobView]:
    """Jobs in one of the states: those at work first, then as they will be taken."""
    rows = connection.execute(_JOBS, {"states": list(states), "most": most})
    return [JobView(*row) for row in rows]


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """How many jobs there are, by queue and state."""
    found: dict[str, dict[str, int]] = {}
    for queue, state, number in connection.execute(_COUNTS):
        found.setdefault(queue, {})[state] = number
    return found


def count_undone(connection: Connection, queues: Sequence[str]) -> int:
    """Jobs of the queues that are at work, or could be: not those that wait for their next try."""
    return connection.scalar(_UNDONE, {"queues": list(queues)}) or 0


def count_waiting(
    connection: Connection, *, queue: str | None = None, key: str | None = None, lock: str | None = None
) -> int:
    """Jobs that wait: of one queue, for the same work, for one lock.

    For a lock, those do not count whose next try has not come.
    """
    values = {"queue": queue, "key": key, "lock": lock, "ready": lock is not None}
    return connection.scalar(_WAITING, values) or 0


def runs_in_queue(connection: Connection) -> set[str]:
    """Runs that a job which is still to be done was planned for."""
    return set(connection.scalars(_RUNS))


def doing(connection: Connection, worker: int) -> set[int]:
    """Jobs that the queue takes for being done by that worker."""
    return set(connection.scalars(_DOING, {"worker": worker}))


def workers(connection: Connection) -> list[WorkerView]:
    """The workers that the queue knows of."""
    return [WorkerView(*row) for row in connection.execute(_WORKERS)]


def note_worker(
    connection: Connection, number: int, process: Process, slots: int, started_at: datetime
) -> None:
    """Write down where a worker is; forgets those that the queue does not know any more."""
    known = list(connection.scalars(_KNOWN))
    connection.execute(delete(WorkerRow).where(WorkerRow.number.not_in([*known, number])))
    connection.execute(
        insert(WorkerRow).values(
            number=number,
            host=process.host,
            process=process.number,
            process_started=process.started,
            slots=slots,
            started_at=started_at,
        )
    )


def dead_here(connection: Connection, host: str, now: datetime) -> list[int]:
    """Workers of that machine, which is this one, whose process has ended without a word."""
    known = set(connection.scalars(_KNOWN))
    rows = connection.execute(select(WorkerRow).where(WorkerRow.host == host))
    return [
        row.number
        for row in rows
        if row.number in known and not is_alive(Process(row.host, row.process, row.process_started), now, now)
    ]
