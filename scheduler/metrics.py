"""`/metrics` for Prometheus, and `/healthz`, which goes red when the service's own loop is dead."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from scheduler.health.evidence import GOOD, Health
from storage.database import Database
from storage.health import find_health
from storage.overview import totals
from storage.runs import find_run, latest_runs

logger = logging.getLogger(__name__)

DEAD_AFTER = 60.0
"""Seconds without a tick after which the loop counts as dead."""


class Metrics:
    """Observer of the service that serves what it saw; the server has threads of its own."""

    def __init__(
        self,
        database: Database,
        port: int,
        host: str = "127.0.0.1",
        *,
        dead_after: float = DEAD_AFTER,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._dead_after = dead_after
        self._monotonic = monotonic
        self._ticked = monotonic()
        self.registry = CollectorRegistry()
        self._leads = Gauge(
            "communique_service_at_work", "1 when this service is the one at work", registry=self.registry
        )
        self._ended = Counter(
            "communique_runs", "Runs that ended in this service's time, by state", ["source", "state"],
            registry=self.registry,
        )  # fmt: skip
        self._last_tick = Gauge(
            "communique_last_tick_timestamp_seconds", "When the loop last went round", registry=self.registry
        )
        self.registry.register(_Ledger(database))
        handler = type("Handler", (_Handler,), {"metrics": self})
        try:
            self._server = ThreadingHTTPServer((host, port), handler)
        except OSError as error:
            raise OSError(
                error.errno,
                f"metrics: expected a port that is free on {host}, found {port}: {error.strerror}. Another "
                "service may serve there; give this one another with --metrics or COMMUNIQUE_METRICS",
            ) from None
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        """Where it listens; chosen by the system when asked for 0."""
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def started(self, now: datetime) -> None:
        """This service is the one at work."""
        self._leads.set(1)
        self.tick(now)

    def run_ended(self, source: str, run: str, now: datetime) -> None:
        """Count it by how it ended."""
        with self._database.read() as connection:
            view = find_run(connection, run)
        self._ended.labels(source, view.state if view is not None else "unknown").inc()

    def tick(self, now: datetime) -> None:
        """The loop is alive."""
        self._ticked = self._monotonic()
        self._last_tick.set(now.timestamp())

    def stopped(self, now: datetime) -> None:
        """Nothing is served any more."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def silent_for(self) -> float:
        """Seconds since the loop last went round."""
        return self._monotonic() - self._ticked

    @property
    def is_alive(self) -> bool:
        """Whether the loop goes round."""
        return self.silent_for < self._dead_after


class _Ledger:
    """What the database says at the moment when it is asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[Metric]:
        """As prometheus-client asks for it. Without a database only `communique_database_up` is told."""
        up = GaugeMetricFamily("communique_database_up", "1 when the database could be read")
        try:
            with self._database.read() as connection:
                health, runs, total = find_health(connection), latest_runs(connection), totals(connection)
        except SQLAlchemyError as error:
            logger.warning("metrics: the database cannot be read: %s", error)
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        state = GaugeMetricFamily(
            "communique_source_health", "1 for the state that a source is in", labels=["source", "state"]
        )
        good = GaugeMetricFamily(
            "communique_source_healthy", "1 when nobody needs to look at it", labels=["source"]
        )
        for source, view in health.items():
            good.add_metric([source], view.state in GOOD)
            for each in Health:
                state.add_metric([source, each.value], view.state == each)
        began = GaugeMetricFamily(
            "communique_last_run_timestamp_seconds", "When the latest run began", labels=["source"]
        )
        for source, run in runs.items():
            began.add_metric([source], run.started_at.timestamp())
        kept = GaugeMetricFamily("communique_kept", "How much is kept", labels=["what"])
        for name in ("statements", "releases", "revisions", "links", "held", "captures"):
            kept.add_metric([name], getattr(total, name))
        yield from (state, good, began, kept)


class _Handler(BaseHTTPRequestHandler):
    metrics: Metrics
    server_version = "communique"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:
        """Answer /metrics and /healthz."""
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(200, generate_latest(self.metrics.registry), CONTENT_TYPE_LATEST)
        elif path == "/healthz":
            silent = f"{self.metrics.silent_for:.0f} s since the loop last went round\n"
            alive = self.metrics.is_alive
            told = ("alive: " if alive else "dead: ") + silent
            self._answer(200 if alive else 503, told.encode(), "text/plain; charset=utf-8")
        else:
            self._answer(404, b"there are /metrics and /healthz\n", "text/plain; charset=utf-8")

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing: every scrape would be a line."""
