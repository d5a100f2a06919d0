"""At most one process at a time makes content links in a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from storage.link_tables import LinkerRow
from storage.processes import Process, is_alive, this_process

_NAME = "content"


class LinkerBusy(RuntimeError):
    """Another process links this database; the message says which."""


@dataclass(frozen=True, slots=True)
class Claim:
    """This process's right to link."""

    process: Process


def claim_linker(connection: Connection, doing: str, now: datetime) -> Claim:
    """Become the process that links. A claim whose process has died is taken over. Raises LinkerBusy."""
    me = this_process()
    row = connection.execute(select(LinkerRow).where(LinkerRow.name == _NAME)).first()
    if row is not None:
        holder = Process(row.host, row.process, row.process_started)
        if is_alive(holder, row.beat_at, now):
            raise LinkerBusy(
                f"process {row.process} on {row.host} links this database ({row.doing}), since "
                f"{row.since:%Y-%m-%d %H:%M:%S} UTC (last sign of life {row.beat_at:%H:%M:%S}). "
                "What waits is linked by it, or by the next one."
            )
        connection.execute(delete(LinkerRow).where(LinkerRow.name == _NAME))
    connection.execute(
        insert(LinkerRow).values(
            name=_NAME, host=me.host, process=me.number, process_started=me.started, doing=doing, since=now,
            beat_at=now,
        )
    )  # fmt: skip
    return Claim(me)


def keep_claim(connection: Connection, claim: Claim, now: datetime) -> None:
    """Give a sign of life, in the transaction that stores what was linked. Raises LinkerBusy when lost."""
    mine = update(LinkerRow).where(*_mine(claim))
    if not connection.execute(mine.values(beat_at=now)).rowcount:
        raise LinkerBusy("this process was taken for dead, and another one links this database now")


def release_claim(connection: Connection, claim: Claim) -> None:
    """Let others link."""
    connection.execute(delete(LinkerRow).where(*_mine(claim)))


def _mine(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    me = claim.process
    return (LinkerRow.name == _NAME, LinkerRow.host == me.host, LinkerRow.process == me.number)
