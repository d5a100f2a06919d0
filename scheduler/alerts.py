"""Telling people: one message when the state of a source changes, one when it heals, a digest every week.

Messages are written into the database in the transaction that notes what was told, then delivered: a restart
writes none twice, and one that could not be delivered is tried again. What changes at the same time is one
message; what changes back before it was told is none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

from crawler.extras import how_to_install
from scheduler.health.evidence import GOOD
from storage.database import Database
from storage.health import find_health, health_changes, mark_told
from storage.notices import note_attempt, note_delivery, untold, waiting_notices, was_written, write_notice

logger = logging.getLogger(__name__)

DWELL = timedelta(minutes=10)
"""So long a state must hold before anybody is told; what changes meanwhile goes into the same message."""
CALM = timedelta(hours=1)
"""Least time between two messages about changes: what comes sooner waits and goes together."""
DIGEST_DAY = 0
"""Monday."""
DIGEST_HOUR = 8
"""In UTC."""
MOST_NAMED = 40
"""Sources that one message names."""

Send = Callable[[str, str], str | None]
"""Sends subject and body; what went wrong, or None."""


class AlertsUnusable(Exception):
    """Nobody can be told; the message says what to do."""


def apprise_to(addresses: Sequence[str]) -> Send:
    """Sends through Apprise to all addresses. AlertsUnusable without it, or for an address it refuses."""
    try:
        import apprise
    except ImportError:
        raise AlertsUnusable(
            f"alerts need Apprise, which is not installed: {how_to_install('alerts')}"
        ) from None
    told = apprise.Apprise()
    for number, address in enumerate(addresses, 1):
        with _without_a_word_of("apprise"):
            is_known = told.add(address)
        if not is_known:
            # The address may hold a password: it is not repeated, nor may Apprise do so.
            raise AlertsUnusable(
                f"the {number}. address of COMMUNIQUE_ALERTS (or --alert) is none that Apprise knows; they "
                "look like mailto://user:password@example.org, slack://..., json://host/path"
            )

    def send(subject: str, body: str) -> str | None:
        try:
            done = told.notify(title=subject, body=body, body_format=apprise.NotifyFormat.TEXT)
        except Exception as error:  # noqa: BLE001 - whatever a notifier raises, it is tried again
            return f"{type(error).__name__}: {error}"
        return None if done else "not delivered to every address; Apprise's log says which"

    return send


@contextmanager
def _without_a_word_of(library: str) -> Iterator[None]:
    its_log = logging.getLogger(library)
    before, its_log.disabled = its_log.disabled, True
    try:
        yield
    finally:
        its_log.disabled = before


class Alerts:
    """Observer of the service (`scheduler.service.observer`)."""

    def __init__(
        self, database: Database, send: Send, *, dwell: timedelta = DWELL, calm: timedelta = CALM
    ) -> None:
        self._database = database
        self._send = send
        self._dwell = dwell
        self._calm = calm
        self._works = False
        self._looked: datetime | None = None
        self._last_change: datetime | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="alerts")
        self._delivering: Future[int] | None = None

    def started(self, now: datetime) -> None:
        """This service is the one that tells."""
        self._works = True
        self._looked = None

    def run_ended(self, source: str, run: str, now: datetime) -> None:
        """Nothing: the change of a state is what is told."""

    def tick(self, now: datetime) -> None:
        """Write what there is to tell, every minute; deliver it in a thread of its own."""
        if not self._works or (self._looked is not None and abs(now - self._looked) < timedelta(minutes=1)):
            return
        self._looked = now
        self.write(now)
        if self._delivering is None or self._delivering.done():
            self._delivering = self._thread.submit(self.deliver, now)

    def stopped(self, now: datetime) -> None:
        """What is being delivered is waited for; the rest waits in the database."""
        self._works = False
        self._thread.shutdown(wait=True, cancel_futures=True)

    def write(self, now: datetime) -> None:
        """Write messages about what changed, and the digest when its time has come."""
        with self._database.write() as connection:
            rested = self._last_change is None or abs(now - self._last_change) >= self._calm
            found = untold(connection, now - self._dwell) if rested else []
            # A source that was never told of and is well needs no word.
            worth = [
                each for each in found if each[1] not in GOOD or (each[2] is not None and each[2] not in GOOD)
            ]
            mark_told(connection, {source: state for source, state, *_ in found})
            if worth:
                self._last_change = now
                subject, body = change_in_words(worth)
                write_notice(connection, f"change {now.isoformat()}", "change", subject, body, now)
            year, week, _ = now.isocalendar()
            its_time = now.weekday() == DIGEST_DAY and now.hour >= DIGEST_HOUR
            # A Monday on which nothing ran is made up for; a service that has never sent one waits for it.
            if its_time or (now.weekday() != DIGEST_DAY and was_written(connection, "digest")):
                subject, body = self._digest(now)
                write_notice(connection, f"digest {year}-W{week:02}", "digest", subject, body, now)

    def deliver(self, now: datetime) -> int:
        """Deliver what waits; how many were delivered."""
        with self._database.read() as connection:
            waiting = waiting_notices(connection, now)
        number = 0
        for notice in waiting:
            with self._database.write() as connection:
                note_attempt(connection, notice, now)
            error = self._send(notice.subject, notice.body)
            if error is not None:
                logger.warning("A message could not be delivered (%s): %s", notice.subject, error)
            with self._database.write() as connection:
                note_delivery(connection, notice, error, now)
            number += error is None
        return number

    def _digest(self, now: datetime) -> tuple[str, str]:
        with self._database.read() as connection:
            health = find_health(connection)
            changes = [
                each
                for each in health_changes(connection, since=now - timedelta(days=7), limit=200)
                # The first judgement of a source that is well is no news: of a new service it is all of them.
                if each.before is not None or each.after not in GOOD
            ]
        bad = [each for each in health.values() if each.state not in GOOD]
        lines = [f"{len(health)} sources, {len(bad)} need a look."]
        lines += [f"{each.source}: {each.state} since {each.since:%Y-%m-%d}: {each.reason}" for each in bad]
        if changes:
            lines.append(f"{len(changes)} changes in seven days:")
            lines += [
                f"{each.changed_at:%a %H:%M} {each.source}: {each.before or 'unknown'} -> {each.after}"
                for each in changes[:MOST_NAMED]
            ]
        return f"Communique, week of {now:%Y-%m-%d}: {len(bad)} of {len(health)} need a look", "\n".join(
            lines
        )


def change_in_words(found: Sequence[tuple[str, str, str | None, str, datetime]]) -> tuple[str, str]:
    """Subject and body of one message about sources whose state changed."""
    broke = [each for each in found if each[1] not in GOOD]
    healed = [each for each in found if each[1] in GOOD]
    parts = []
    if broke:
        parts.append(
            f"{broke[0][0]} is {broke[0][1]}" if len(broke) == 1 else f"{len(broke)} sources need a look"
        )
    if healed:
        well = (
            f"{healed[0][0]} is {healed[0][1]} again" if len(healed) == 1 else f"{len(healed)} are well again"
        )
        parts.append(well)
    lines = [
        f"{source}: {state} since {since:%Y-%m-%d %H:%M} UTC (was {told or 'not judged'}): {reason}"
        for source, state, told, reason, since in [*broke, *healed][:MOST_NAMED]
    ]
    if len(found) > MOST_NAMED:
        lines.append(f"and {len(found) - MOST_NAMED} more: communique status")
    return f"Communique: {', '.join(parts)}", "\n".join(lines)
