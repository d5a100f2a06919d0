"""A sign of life to an address outside, as Healthchecks and its kin take it: who hears nothing raises alarm.

`URL/start` when the service becomes the one at work, `URL` every few minutes while it can use its database,
`URL/fail` when it cannot. Nothing is sent when it ends: the silence is the message.
"""

from __future__ import annotations

import logging
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, DatabaseUnusable

logger = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
SECONDS = 10.0
"""Longest wait for an answer."""


class Heartbeat:
    """Observer of the service (`scheduler.service.observer`)."""

    def __init__(self, url: str, database: Database, *, every: timedelta = EVERY) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"COMMUNIQUE_HEARTBEAT: expected an http(s) address, found {url!r}")
        self._url = url
        self._database = database
        self._every = every
        self._works = False
        self._last: datetime | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="heartbeat")
        self._pending: Future[None] | None = None

    def started(self, now: datetime) -> None:
        """The service is at work."""
        self._works = True
        self._last = None
        self._ask("start")

    def run_ended(self, source: str, run: str, now: datetime) -> None:
        """Nothing: a crawl that fails is told by alerts."""

    def tick(self, now: datetime) -> None:
        """Every few minutes: success, or failure when the database cannot be used."""
        if not self._works or (self._last is not None and abs(now - self._last) < self._every):
            return
        self._last = now
        self._ask("" if self._can_use_database() else "fail")

    def stopped(self, now: datetime) -> None:
        """Nothing is sent; what is under way is waited for."""
        self._works = False
        self._thread.shutdown(wait=True)

    def _can_use_database(self) -> bool:
        try:
            return self._database.revision() is not None
        except (SQLAlchemyError, DatabaseUnusable, OSError) as error:
            logger.warning("heartbeat: the database cannot be used: %s", error)
            return False

    def _ask(self, what: str) -> None:
        parts = urlsplit(self._url)
        path = f"{parts.path.rstrip('/')}/{what}" if what else parts.path
        address = urlunsplit(parts._replace(path=path))
        self._pending = self._thread.submit(_get, address)


def _get(address: str) -> None:
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - http(s), by the operator
            answer.read(1)
    except OSError as error:
        # The address is a secret of sorts: it is not repeated.
        logger.warning("heartbeat: no answer: %s", error)
