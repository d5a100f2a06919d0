"""The service put together: settings, clock, starter, observers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from crawler.source import Source
from scheduler.alerts import Alerts, apprise_to
from scheduler.crawl import Crew, Interrupts
from scheduler.health.watch import HealthWatch
from scheduler.heartbeat import Heartbeat
from scheduler.metrics import Metrics
from scheduler.nursery import Nursery
from scheduler.service.children import ChildStarter, Limits
from scheduler.service.linking import LinkerChild
from scheduler.service.loop import Service
from scheduler.service.notify import Notifier
from scheduler.service.observer import Observer
from scheduler.service.settings import ServiceSettings
from scheduler.service.starter import Starter
from storage.clock import clock_of
from storage.store import SqlStore


def service_for(
    store: SqlStore,
    database_url: str | None,
    sources: Mapping[str, type[Source]],
    settings: ServiceSettings,
    interrupts: Interrupts,
) -> Service:
    """The service of a store. Nothing begins before it runs."""
    clock = clock_of(settings.clock)
    crew = Crew(store.data, store.database, database_url, jobs=settings.jobs, clock=clock)
    return Service(
        store.database,
        sources,
        starter_for(crew, settings),
        settings,
        clock,
        interrupts,
        observers_for(store.data, store, settings),
        # Workers link, too.
        None if settings.workers else LinkerChild(crew),
        Notifier(settings.notify_socket),
        logs=store.data / "logs",
    )


def starter_for(crew: Crew, settings: ServiceSettings) -> Starter:
    """How crawls are begun: by workers, or as children of this process. Raises NoQueue."""
    if settings.workers:
        from scheduler.workers.starter import QueueStarter

        return QueueStarter.over(crew.database)
    limits = Limits(settings.run_hours * 3600, settings.run_memory * 1024 * 1024, settings.grace)
    return ChildStarter(crew, limits, Nursery)


def observers_for(data: Path, store: SqlStore, settings: ServiceSettings) -> Sequence[Observer]:
    """Who is told what the service does. ValueError, AlertsUnusable, OSError: a setting cannot be used.

    Health is judged first: what the others tell rests on it.
    """
    observers: list[Observer] = [HealthWatch(store.database)]
    if settings.alerts:
        observers.append(Alerts(store.database, apprise_to(settings.alerts)))
    if settings.heartbeat:
        observers.append(Heartbeat(settings.heartbeat, store.database))
    if settings.metrics is not None:
        observers.append(Metrics(store.database, settings.metrics))
    return observers
