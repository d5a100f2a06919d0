"""Runs: who crawls a source, since when, and how it ended. At most one run of a source works at a time."""

from __future__ import annotations

import importlib.metadata
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from crawler.frontier import RunInProgress, RunRequest
from storage.processes import Process, is_alive, this_process
from storage.tables import RunClaimRow, RunRow, SourceRow

REFUSED = "refused"
"""Count of a run that never began, because another one had the source: it tells nothing of the source."""
ENDED = frozenset({"finished", "stopped", "failed", "killed"})
"""States that a run does not leave."""


ELSEWHERE = ("ingest", "backfill")
"""Who starts runs that say nothing of how a source stands today."""
_RELEASES = ("stored", "revised", "unchanged")
_FAILED = "failed/"
_BROKEN = "broken/"
_ANSWERED = "status/"
"""Prefixes of counts by kind (`crawler.runs`)."""


class RunTakenOver(RunInProgress):
    """This run was taken for dead and another one has the source now: stop."""


class SlotTaken(RuntimeError):
    """A run for that scheduled time of the source exists already."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it is shown."""

    id: str
    source: str
    state: str
    """planned, running, finished, stopped, failed, killed"""
    started_by: str
    slot: str | None
    since: date | None
    until: date | None
    limit: int | None
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None
    host: str
    process: int
    counts: Mapping[str, int]
    """As the spider counts: discovered, fetched, stored, held, skipped, failed, gone ..."""
    stats: Mapping[str, Any]
    """Scrapy's own, once the run has ended."""
    error: str | None
    code_version: str
    process_started: str | None = None
    """See `storage.processes.Process`."""
    definition_digest: str = ""
    """Of the definition with which it crawled (`crawler.source.definition_digest`)."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """Addresses that failed, by `crawler.items.FailureKind`."""
    broken: Mapping[str, int] = field(default_factory=dict)
    """What made the whole run fail (an index, the host, the database), by `crawler.items.FailureKind`."""
    statuses: Mapping[str, int] = field(default_factory=dict)
    """Answers by HTTP status."""
    first_error: str | None = None
    last_error: str | None = None

    @property
    def shapes(self) -> tuple[str, ...]:
        """Of the markup of its first pages (`crawler.pages.shape`)."""
        return tuple(str(self.stats.get("shapes") or "").split())

    @property
    def is_whole(self) -> bool:
        """Whether it was asked for everything that is new, like every other such run: no window, no limit."""
        narrowed = self.since is not None or self.until is not None or self.limit is not None
        return not narrowed and self.started_by not in ELSEWHERE

    @property
    def is_complete(self) -> bool:
        """Whether it did all that it was asked to. One that stopped half-way, or still works, did not."""
        return self.state == "finished"

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it works."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()

    @property
    def requests(self) -> int | None:
        """Requests that it made, also for robots.txt and indexes, and once more; None where not counted."""
        return self.counts.get("requests")

    @property
    def requests_per_release(self) -> float | None:
        """Requests for each release that it stored, revised or found unchanged; None without any."""
        releases = sum(self.counts.get(name, 0) for name in _RELEASES)
        return round(self.requests / releases, 2) if self.requests is not None and releases else None

    def is_lost(self, now: datetime) -> bool:
        """Whether it says that it is running while its process is gone; the next run marks it as killed."""
        process = Process(self.host, self.process, self.process_started)
        return self.state == "running" and not is_alive(process, self.beat_at, now)


def plan(connection: Connection, request: RunRequest, slot: str | None, now: datetime) -> str:
    """Make a run row for a process yet to start; `RunRequest.run_id` adopts it. Raises SlotTaken.

    `slot` is the scheduled time that the run serves: at most one run serves it.
    """
    if slot is not None:
        served = connection.scalar(
            select(RunRow.id).where(RunRow.source == request.source, RunRow.slot == slot)
        )
        if served is not None:
            raise SlotTaken(f"{request.source}: run {served} serves {slot} already")
    return _insert(connection, request, "planned", slot, now)


def claim(connection: Connection, request: RunRequest, now: datetime) -> str | RunInProgress:
    """Make this process the one that crawls the source; the id of its run, or who has it.

    A claim whose process has died is taken over, and its run marked as killed.
    """
    me = this_process()
    holder = connection.execute(
        select(RunRow)
        .join(RunClaimRow, RunClaimRow.run_id == RunRow.id)
        .where(RunClaimRow.source == request.source)
    ).first()
    if holder is not None and holder.state == "running":
        process = Process(holder.host, holder.process, holder.process_started)
        if is_alive(process, holder.beat_at, now):
            refusal = RunInProgress(
                f"{request.source} is being crawled by run {holder.id}, process {holder.process} on "
                f"{holder.host}, since {holder.started_at:%Y-%m-%d %H:%M:%S} UTC (last sign of life "
                f"{holder.beat_at:%H:%M:%S}). Wait for it, or end that process."
            )
            _give_up_plan(connection, request, str(refusal), now)
            return refusal
        connection.execute(
            update(RunRow)
            .where(RunRow.id == holder.id)
            .values(
                state="killed",
                ended_at=holder.beat_at,
                error=f"Process {holder.process} on {holder.host} ended without a word.",
            )
        )
    run = _adopt(connection, request, me, now) or _insert(connection, request, "running", None, now, me)
    connection.execute(delete(RunClaimRow).where(RunClaimRow.source == request.source))
    connection.execute(insert(RunClaimRow).values(source=request.source, run_id=run))
    _note_start(connection, request, now)
    return run


def close(
    connection: Connection,
    run: str,
    outcome: str,
    stats: Mapping[str, object],
    error: str | None,
    now: datetime,
) -> None:
    """Record how a run ended and give the source free. A run that has ended stays as it is.

    Raises ValueError for an outcome that is no end, LookupError for an unknown run and RunTakenOver when
    the run was taken for dead.
    """
    if outcome not in ENDED:
        raise ValueError(f"a run ends as one of {', '.join(sorted(ENDED))}, not {outcome!r}")
    found = _known(connection, run)
    if found.state in ("finished", "stopped", "failed"):
        return
    _refuse_when_killed(found)
    counts = {**found.counts, "stats": {key: _jsonable(value) for key, value in stats.items()}}
    connection.execute(
        update(RunRow)
        .where(RunRow.id == run)
        .values(state=outcome, beat_at=now, ended_at=now, counts=counts, error=error)
    )
    connection.execute(delete(RunClaimRow).where(RunClaimRow.run_id == run))


def beat(connection: Connection, run: str, counts: Mapping[str, int], now: datetime) -> None:
    """Note a sign of life and the counts so far. Raises as `close` does."""
    _refuse_when_killed(_known(connection, run))
    connection.execute(update(RunRow).where(RunRow.id == run).values(beat_at=now, counts=dict(counts)))


def find_run(connection: Connection, run: str) -> RunView | None:
    """One run by its id."""
    row = connection.execute(select(RunRow).where(RunRow.id == run)).first()
    return None if row is None else view_of_run(row)


def find_runs(connection: Connection, source: str | None = None, limit: int = 20) -> Iterator[RunView]:
    """Runs, the latest first."""
    query = select(RunRow).order_by(RunRow.started_at.desc(), RunRow.id).limit(limit)
    if source is not None:
        query = query.where(RunRow.source == source)
    for row in connection.execute(query):
        yield view_of_run(row)


def latest_runs(connection: Connection, *, crawls: bool = False) -> dict[str, RunView]:
    """The latest run of every source that has one, by source; `crawls`: leaving out the intake of files, and
    backfills, which ask for days of former times. Those that were refused are left out: nothing was done.
    """
    number = func.row_number().over(
        partition_by=RunRow.source, order_by=(RunRow.started_at.desc(), RunRow.id)
    )
    ranked = select(RunRow.id, number.label("number")).where(RunRow.counts[REFUSED].as_integer().is_(None))
    if crawls:
        ranked = ranked.where(RunRow.started_by.not_in(("ingest", "backfill")))
    latest = ranked.subquery()
    query = select(RunRow).join(latest, latest.c.id == RunRow.id).where(latest.c.number == 1)
    return {row.source: view_of_run(row) for row in connection.execute(query)}


def _insert(
    connection: Connection,
    request: RunRequest,
    state: str,
    slot: str | None,
    now: datetime,
    process: Process | None = None,
) -> str:
    run = request.run_id or secrets.token_hex(8)
    connection.execute(
        insert(RunRow).values(
            id=run,
            source=request.source,
            slot=slot,
            started_by=request.started_by,
            since=request.since,
            until=request.until,
            release_limit=request.limit,
            state=state,
            started_at=now,
            beat_at=now,
            host=process.host if process else "",
            process=process.number if process else 0,
            process_started=process.started if process else None,
            counts={},
            definition_digest=request.definition_digest,
            code_version=_code_version(),
        )
    )
    return run


def _adopt(connection: Connection, request: RunRequest, me: Process, now: datetime) -> str | None:
    if request.run_id is None:
        return None
    row = connection.execute(select(RunRow.state).where(RunRow.id == request.run_id)).first()
    if row is None:
        return None
    if row.state != "planned":
        raise ValueError(f"run {request.run_id} is {row.state}: a run starts once, make another one")
    connection.execute(
        update(RunRow)
        .where(RunRow.id == request.run_id)
        .values(
            state="running",
            started_at=now,
            beat_at=now,
            host=me.host,
            process=me.number,
            process_started=me.started,
            definition_digest=request.definition_digest,
            code_version=_code_version(),
        )
    )
    return request.run_id


def _give_up_plan(connection: Connection, request: RunRequest, reason: str, now: datetime) -> None:
    if request.run_id is not None:
        connection.execute(
            update(RunRow)
            .where(RunRow.id == request.run_id, RunRow.state == "planned")
            .values(state="failed", ended_at=now, error=reason, counts={REFUSED: 1})
        )


def _note_start(connection: Connection, request: RunRequest, now: datetime) -> None:
    values: dict[str, Any] = {"last_run_at": now, "definition_digest": request.definition_digest}
    known = connection.execute(
        update(SourceRow).where(SourceRow.name == request.source).values(values)
    ).rowcount
    if not known:
        connection.execute(insert(SourceRow).values(name=request.source, first_run_at=now, **values))


def _known(connection: Connection, run: str) -> Row[*tuple[Any, ...]]:
    found = connection.execute(
        select(RunRow.id, RunRow.source, RunRow.state, RunRow.counts, RunRow.error).where(RunRow.id == run)
    ).first()
    if found is None:
        raise LookupError(f"no run {run!r} in this database")
    return found


def _refuse_when_killed(found: Row[*tuple[Any, ...]]) -> None:
    if found.state == "killed":
        raise RunTakenOver(
            f"Run {found.id} of {found.source} was silent for too long and was marked as killed; "
            f"another run may have the source. Stop this process."
        )


def view_of_run(row: Row[*tuple[Any, ...]]) -> RunView:
    """What is shown of a row of runs."""
    counts = dict(row.counts)
    stats = counts.pop("stats", {})
    failures, broken, statuses = (_take(counts, prefix) for prefix in (_FAILED, _BROKEN, _ANSWERED))
    return RunView(
        id=row.id,
        source=row.source,
        state=row.state,
        started_by=row.started_by,
        slot=row.slot,
        since=row.since,
        until=row.until,
        limit=row.release_limit,
        started_at=row.started_at,
        beat_at=row.beat_at,
        ended_at=row.ended_at,
        host=row.host,
        process=row.process,
        counts=counts,
        stats=stats,
        error=row.error,
        code_version=row.code_version,
        process_started=row.process_started,
        definition_digest=row.definition_digest,
        failures=failures,
        broken=broken,
        statuses=statuses,
        first_error=stats.get("first_error") or row.error,
        last_error=stats.get("last_error") or row.error,
    )


def _take(counts: dict[str, Any], prefix: str) -> dict[str, int]:
    """The counts whose names have the prefix, without it; they are taken out."""
    names = [name for name in counts if name.startswith(prefix)]
    return {name.removeprefix(prefix): counts.pop(name) for name in names}


def _jsonable(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): _jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(each) for each in value]
    return str(value)


@cache
def _code_version() -> str:
    try:
        return importlib.metadata.version("communique")
    except importlib.metadata.PackageNotFoundError:
        return ""
