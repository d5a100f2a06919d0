"""Keeps the states of sources while the service works: after every run, and now and then for all."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from crawler.source import crawled_sources
from scheduler.health.evidence import GOOD, Judgement
from scheduler.health.gather import judge_source, judge_sources
from scheduler.screen import json_line
from storage.database import Database
from storage.health import HealthChange, keep_health
from storage.runs import find_run

log = structlog.get_logger("health")

AGAIN = timedelta(hours=1)
"""All sources are judged once more after this long: silence grows, and persons pause, without any run."""
AT_ONCE = 4
"""Sources that are judged in one tick, since the service waits for it."""

Told = Callable[[HealthChange, datetime], None]


class HealthWatch:
    """Observer of the service (`scheduler.service.observer`) that judges and keeps the judgement."""

    def __init__(self, database: Database, told: Told | None = None) -> None:
        self._database = database
        self._told = told
        self._works = False
        self._judged_all: datetime | None = None
        self._waiting: list[str] = []
        """Sources still to be judged of this hour's round."""

    def started(self, now: datetime) -> None:
        """This service judges; all sources in the next ticks."""
        self._works = True
        self._judged_all = None

    def run_ended(self, source: str, run: str, now: datetime) -> None:
        """Judge the source anew, when the run was a whole one."""
        definition = crawled_sources().get(source)
        if definition is None:
            return
        with self._database.read() as connection:
            view = find_run(connection, run)
            if view is not None and not view.is_whole:
                return
            judgement = judge_source(connection, definition, now)
        self.keep({source: judgement}, now)

    def tick(self, now: datetime) -> None:
        """Judge some sources when the last round was long ago. A clock that was put back does not stop it."""
        if not self._works:
            return
        if not self._waiting and (self._judged_all is None or abs(now - self._judged_all) >= AGAIN):
            self._judged_all = now
            self._waiting = list(crawled_sources())
        some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        if some:
            with self._database.read() as connection:
                found = judge_sources(connection, now, some)
            self.keep(found, now)

    def stopped(self, now: datetime) -> None:
        """What was judged is kept."""
        self._works = False

    def keep(self, found: dict[str, Judgement], now: datetime) -> list[HealthChange]:
        """Keep judgements; the changes."""
        changes = []
        with self._database.write() as connection:
            for source, judgement in found.items():
                evidence = json.loads(json_line(judgement.facts))
                run = judgement.facts.get("run")
                change = keep_health(
                    connection,
                    source,
                    judgement.health.value,
                    judgement.reason,
                    evidence,
                    run if isinstance(run, str) else None,
                    now,
                )
                if change is not None:
                    changes.append(change)
        for change in changes:
            # Of a new service the first round finds all sources so.
            if change.before is not None or change.after not in GOOD:
                log.info(
                    "health changed",
                    source=change.source,
                    state=change.after,
                    was=change.before,
                    reason=change.reason,
                )
            if self._told is not None:
                self._told(change, now)
        return changes
