"""The loop of the service: become the one at work, start what is due, learn what ended, tell observers.

Whatever goes wrong in one round (the database is away, a disk is full) is logged, and the next round tries
again; the loop itself ends only when it is told to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from crawler.source import Source
from scheduler.crawl import Interrupts
from scheduler.plan import Plan, plan_of, schedule_of
from scheduler.service.linking import LinkerChild
from scheduler.service.logs import sweep
from scheduler.service.notify import Notifier
from scheduler.service.observer import Observer
from scheduler.service.settings import ServiceSettings
from scheduler.service.starter import DueCrawl, EndedCrawl, Starter
from storage.database import Database
from storage.leadership import Leadership
from storage.runs import SlotTaken
from storage.schedules import overrides
from storage.slots import close_lost, give_back

PAUSE = 0.5
"""Seconds between two rounds."""
LOOK_AGAIN = 15.0
"""Seconds after which everything is looked up anew: overrides, crawls by hand, runs that died. Longer where
looking takes long: at most a twentieth of the time is spent on it."""
CLOCK_STEP = timedelta(minutes=5)
"""A clock that moves by more between two rounds was set; everything is looked up anew."""


@dataclass
class Service:
    """One service on one database."""

    database: Database
    sources: Mapping[str, type[Source]]
    starter: Starter
    settings: ServiceSettings
    clock: Callable[[], datetime]
    interrupts: Interrupts
    observers: Sequence[Observer] = ()
    linker: LinkerChild | None = None
    notifier: Notifier = field(default_factory=Notifier)
    pause: float = PAUSE
    logs: Path | None = None
    """Folder of the logs of crawls, for tidying up."""

    def __post_init__(self) -> None:
        self.leadership = Leadership(self.database)
        self.ended: list[EndedCrawl] = []
        """What ended in this service's time, for `once`."""
        self._log = structlog.get_logger("communique.schedule")
        self._plans: dict[str, Plan] = {}
        self._leads = False
        self._standing_by = False
        self._looked_at = -1e9
        self._swept_at = -1e9
        self._looking_took = 0.0
        self._last_now: datetime | None = None
        self._not_before: dict[str, float] = {}
        self._told: str | None = None
        self._ready = False

    def run(self) -> None:
        """Work until interrupted; the first interrupt lets crawls end, the second kills them."""
        try:
            while not self.interrupts.count:
                self._round()
                time.sleep(self.pause)
        finally:
            self.wind_down()

    def once(self) -> list[EndedCrawl] | None:
        """Start everything that is due now, wait for it, and end; None: another service is at work."""
        if not self.leadership.take():
            return None
        wanted: set[str] | None = None
        try:
            while not self.interrupts.count:
                now = self.clock()
                self._lead(now)
                self._collect(now)
                if wanted is None:
                    self._look_up(now)
                    wanted = {name for name, plan in self._plans.items() if plan.due is not None}
                self._start_due(now, wanted)
                open_ = {name for name in wanted if self._plans[name].due is not None} & self._startable()
                if not open_ and not self.starter.at_work() and not self._linking():
                    break
                self._tell("tick", now)
                time.sleep(self.pause)
        finally:
            self.wind_down()
        return self.ended

    def wind_down(self) -> None:
        """Let what works end within the grace, then kill it; let the next service work."""
        self.notifier.stopping()
        # What was deferred to workers goes on without this service.
        working = {} if self.settings.workers else self.starter.at_work()
        if working:
            self._log.info("stopping", waiting_for=sorted(working), grace=self.settings.grace)
        if self.linker is not None:
            self.linker.stop()
        if working:
            self.starter.stop()
        deadline, asked = time.monotonic() + self.settings.grace, self.interrupts.count
        killed = False
        while working and self.starter.at_work():
            if not killed and (time.monotonic() > deadline or self.interrupts.count > max(asked, 1)):
                killed = True
                deadline = time.monotonic() + self.settings.grace
                self.starter.kill()
            elif killed and time.monotonic() > deadline:
                break  # the ledger cannot be written: the next service closes what is left
            try:
                self._collect(self.clock())
            except Exception as error:  # noqa: BLE001 - the end must come in any case
                self._trouble(error)
            time.sleep(min(self.pause, 0.1))
        if self.linker is not None:
            self.linker.kill()
        self.starter.close()
        self.leadership.release()
        self._tell("stopped", self.clock())
        self._log.info("stopped")

    def _round(self) -> None:
        status = "working"
        now = self._last_now
        try:
            now = self.clock()
            if self._lead(now):
                self._collect(now)
                if self._is_time_to_look(now):
                    self._look_up(now)
                self._start_due(now, None)
                status = f"{len(self.starter.at_work())} crawls at work"
            else:
                status = "standing by"
            self._told = None
        except Exception as error:  # noqa: BLE001 - a service outlives whatever a round meets
            self._trouble(error)
            status = f"in trouble: {type(error).__name__}"
        if not self._ready:
            self._ready = True
            self.notifier.ready()
        if now is not None:
            self._tell("tick", now)
        self.notifier.alive(status)

    def _lead(self, now: datetime) -> bool:
        """Whether this service is the one at work; takes up what another left when it becomes so."""
        if self._leads and self.leadership.is_held():
            return True
        if self._leads:
            self._log.warning("lost its lock: the connection to the database was cut")
            self._leads = False
        if not self.leadership.take():
            if not self._standing_by:
                self._standing_by = True
                self._log.info("standing by: another service is at work on this database")
            return False
        self.starter.take_over(now)
        self._leads, self._standing_by, self._looked_at = True, False, -1e9
        self._log.info("at work", sources=len(self.sources), taken_over=dict(self.starter.at_work()))
        self._tell("started", now)
        return True

    def _collect(self, now: datetime) -> None:
        for ended in self.starter.ended(now):
            self.ended.append(ended)
            level = self._log.info if ended.state in ("finished", "stopped") else self._log.warning
            level("crawl ended", source=ended.source, run=ended.run, state=ended.state, error=ended.error)
            if self.linker is not None:
                self.linker.want()
            self._tell("run_ended", ended.source, ended.run, now)
            self._look_at([ended.source], now)
        if self.linker is not None and not self.interrupts.count:
            code = self.linker.look()
            if code:
                self._log.warning("the linker did not link everything", exit_code=code, log="logs/linker.log")

    def _is_time_to_look(self, now: datetime) -> bool:
        before, self._last_now = self._last_now, now
        stepped = before is not None and not timedelta(0) <= now - before <= CLOCK_STEP
        if stepped:
            self._log.warning("the clock was set", by=str(now - before) if before is not None else None)
        since = time.monotonic() - self._looked_at
        return stepped or since >= max(LOOK_AGAIN, 20 * self._looking_took)

    def _look_up(self, now: datetime) -> None:
        """Read everything anew: what persons said, what runs did, which of them died."""
        began = time.monotonic()
        with self.database.write() as connection:
            lost = close_lost(connection, now)
        for run in lost:
            if run.id not in self.starter.at_work().values():
                self._log.warning("run was lost", source=run.source, run=run.id, error=run.error)
                self._tell("run_ended", run.source, run.id, now)
        self._look_at(list(self.sources), now)
        self._looked_at = time.monotonic()
        self._looking_took = self._looked_at - began
        if self.logs is not None and self._looked_at - self._swept_at > 86400:
            self._swept_at = self._looked_at
            sweep(self.logs, self.settings.keep_logs)

    def _look_at(self, names: Sequence[str], now: datetime) -> None:
        with self.database.read() as connection:
            said = overrides(connection)
            for name in names:
                if name in self.sources:
                    schedule = schedule_of(self.sources[name], said.get(name, {}), self.settings.spread)
                    self._plans[name] = plan_of(schedule, connection, now)

    def _start_due(self, now: datetime, only: set[str] | None) -> None:
        if not self.starter.room() or self.interrupts.count:
            return
        working = self.starter.at_work()
        changed = [name for name, plan in self._plans.items() if _has_changed(plan, now)]
        if changed and only is None:
            self._look_at(changed, now)
        startable = self._startable()
        due = [
            (name, firing)
            for name, plan in self._plans.items()
            if (firing := plan.due) is not None
            and name not in working
            and name in startable
            and (only is None or name in only)
        ]
        hosts = {host for name in working for host in self._hosts(name)}
        while due and self.starter.room() and not self.interrupts.count:
            # Sources of one host share its pace, so those whose host nobody asks go first.
            due.sort(key=lambda each: (bool(self._hosts(each[0]) & hosts), each[1].fires_at, each[0]))
            name, firing = due.pop(0)
            self._start(DueCrawl(name, firing.slot, firing.fires_at), now)
            hosts |= self._hosts(name)

    def _start(self, crawl: DueCrawl, now: datetime) -> None:
        try:
            # Looked at again: a person may have paused it, or crawled it by hand, a moment ago.
            self._look_at([crawl.source], now)
            due = self._plans[crawl.source].due
            if due is None or due.slot != crawl.slot:
                return
            with self.database.write() as connection:
                give_back(connection, crawl.source, crawl.slot)
            run = self.starter.start(crawl, now)
        except SlotTaken as error:
            self._log.info("slot is taken", source=crawl.source, slot=crawl.slot, error=str(error))
        except OSError as error:
            self._not_before[crawl.source] = time.monotonic() + 60
            self._log.error("no crawl could be started", source=crawl.source, error=str(error))
        else:
            late = int((now - crawl.due_at).total_seconds())
            self._log.info("crawl started", source=crawl.source, run=run, slot=crawl.slot, seconds_late=late)
        self._look_at([crawl.source], now)

    def _startable(self) -> set[str]:
        moment = time.monotonic()
        return {name for name in self._plans if self._not_before.get(name, 0.0) <= moment}

    def _hosts(self, name: str) -> set[str]:
        source = self.sources.get(name)
        return set(source.hosts) if source is not None else set()

    def _linking(self) -> bool:
        return self.linker is not None and self.linker.is_working

    def _trouble(self, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        if told != self._told:
            self._told = told
            self._log.error("a round failed; the next one tries again", error=told, exc_info=True)

    def _tell(self, what: str, *arguments: Any) -> None:  # noqa: ANN401 - as the observer's method has them
        for observer in self.observers:
            try:
                getattr(observer, what)(*arguments)
            except Exception as error:  # noqa: BLE001 - no observer stops the service
                self._log.error(
                    "an observer failed", observer=type(observer).__name__, what=what, error=str(error),
                    exc_info=True,
                )  # fmt: skip


def _has_changed(plan: Plan, now: datetime) -> bool:
    """Whether time alone has made something else of a plan."""
    following, retry_at = plan.following, plan.service.retry_at
    return (following is not None and following.fires_at <= now) or (retry_at is not None and retry_at <= now)
