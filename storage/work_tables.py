"""The tables of work that many machines share: turns at hosts, and who takes work from the queue.

Part of the one schema of `storage.tables`. The queue itself is Procrastinate's (`storage.queue_schema`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Table


class TurnRow(Table):
    """When a host was asked last, by the server's clock; used on PostgreSQL only (`storage.turns`)."""

    __tablename__ = "turns"
    # A row changes with every request: room on its page lets PostgreSQL do so without touching the index.
    __table_args__ = {"postgresql_with": {"fillfactor": 50}, "sqlite_with_rowid": False}  # noqa: RUF012

    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    asked_at: Mapped[datetime]


class WorkerRow(Table):
    """A worker that takes work from the queue; its signs of life are in the queue's own table."""

    __tablename__ = "workers"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """As the queue numbers it."""
    host: Mapped[str] = mapped_column(String(255))
    process: Mapped[int]
    process_started: Mapped[str | None] = mapped_column(String(120))
    """See `storage.processes.Process`."""
    slots: Mapped[int]
    """Jobs that it does at the same time."""
    started_at: Mapped[datetime]
