"""What comes next for a source: its trigger, what a person said instead, and what the ledger says was done.

Triggers are built anew from definitions, overrides and ledger whenever they are asked for; nothing else is
remembered. Of the times that were missed only the latest is made up for: what was missed is found by the
next walk of the index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crawler.declare import Every
from scheduler.triggers import Firing, Trigger, read_every, trigger_for
from storage.schedules import EVERY, PAUSED, Override, overrides
from storage.slots import Service, find_service

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.source import Source

JITTER = timedelta(hours=1)
"""Sources are spread over so much time after their firings, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a source is crawled, as is in force: the definition's word, or a person's."""

    source: str
    every: Every
    zone: ZoneInfo
    trigger: Trigger
    paused: Override | None
    """Who paused it and why; None: it is crawled."""
    overridden: Override | None
    """Who set another interval and why; None: the definition's."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a source stands at a moment."""

    schedule: Schedule
    firing: Firing | None
    """The latest that has come; None: none yet."""
    service: Service
    """What became of that firing."""
    following: Firing | None

    @property
    def due(self) -> Firing | None:
        """The firing that is to be begun now; None: nothing is."""
        return self.firing if self.service.is_due and self.schedule.paused is None else None

    @property
    def next_at(self) -> datetime | None:
        """When the source is crawled next, UTC; in the past when it is overdue; None: paused."""
        if self.schedule.paused is not None:
            return None
        if self.due is not None:
            return self.due.fires_at
        if self.service.retry_at is not None:
            return self.service.retry_at
        return self.following.fires_at if self.following is not None else None


def schedule_of(source: type[Source], said: Mapping[str, Override], jitter: timedelta = JITTER) -> Schedule:
    """The schedule of a source; `said` are the overrides in force, by name.

    An override that cannot be read (a newer version wrote it) is left out: the definition stands.
    """
    every, overridden = source.every, said.get(EVERY)
    if overridden is not None:
        try:
            every = read_every(overridden.value or "")
        except ValueError:
            overridden = None
    zone = source.zone()
    trigger = trigger_for(every, zone, source.name, jitter)
    return Schedule(source.name, every, zone, trigger, said.get(PAUSED), overridden)


def plan_of(schedule: Schedule, connection: Connection, now: datetime) -> Plan:
    """Where the source stands, as the ledger tells."""
    firing = schedule.trigger.last(now)
    service = (
        Service("none", None)
        if firing is None
        else find_service(connection, schedule.source, firing.slot, firing.fires_at, now)
    )
    return Plan(schedule, firing, service, schedule.trigger.next(now))


def plans(
    sources: Mapping[str, type[Source]],
    connection: Connection | None,
    now: datetime,
    jitter: timedelta = JITTER,
) -> dict[str, Plan]:
    """Where each source stands, by name; without a database none was ever crawled."""
    said = overrides(connection) if connection is not None else {}
    found = {}
    for name, source in sources.items():
        schedule = schedule_of(source, said.get(name, {}), jitter)
        if connection is not None:
            found[name] = plan_of(schedule, connection, now)
            continue
        firing, following = schedule.trigger.last(now), schedule.trigger.next(now)
        found[name] = Plan(schedule, firing, Service("none", None), following)
    return found
