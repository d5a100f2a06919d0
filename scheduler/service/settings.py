"""What the service may use, how long it waits, and whom it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Settings of `communique schedule run`; options of the command go before the environment."""

    jobs: int = 4
    """COMMUNIQUE_JOBS: crawls at the same time."""
    run_hours: float = 12.0
    """COMMUNIQUE_RUN_HOURS: longest that a crawl may take; then it is asked to end, and later killed."""
    run_memory: int = 2048
    """COMMUNIQUE_RUN_MEMORY: MiB of memory that a crawl and what it started may take together (resident);
    0: any. Linux only."""
    grace: float = 60.0
    """COMMUNIQUE_GRACE: seconds for crawls to end by themselves before they are killed."""
    jitter: int = 3600
    """COMMUNIQUE_JITTER: seconds over which sources are spread after their times."""
    json_logs: bool = False
    """COMMUNIQUE_LOGS=json: logs as JSON lines."""
    keep_logs: int = 90
    """COMMUNIQUE_KEEP_LOGS: days after which the logs of crawls are deleted."""
    metrics: int | None = None
    """COMMUNIQUE_METRICS: port for Prometheus and /healthz."""
    alerts: tuple[str, ...] = ()
    """COMMUNIQUE_ALERTS: addresses as Apprise writes them, with blanks between them."""
    heartbeat: str | None = None
    """COMMUNIQUE_HEARTBEAT: URL that is asked for while all is well."""
    workers: bool = False
    """COMMUNIQUE_WORKERS=1: crawls are deferred to workers instead of begun here."""
    notify_socket: str = ""
    """NOTIFY_SOCKET, as systemd sets it."""
    clock: str | None = None
    """COMMUNIQUE_CLOCK: see `storage.clock.clock_of`."""

    @property
    def spread(self) -> timedelta:
        """The jitter."""
        return timedelta(seconds=self.jitter)


def read_service_settings(variables: Mapping[str, str]) -> ServiceSettings:
    """What the environment says; ValueError names the variable that cannot be read and what it may be."""
    stock = ServiceSettings()

    def number(name: str, otherwise: float) -> float:
        text = variables.get(name, "").strip()
        try:
            found = float(text) if text else otherwise
        except ValueError:
            found = -1.0
        if not 0 <= found < 1e9:
            raise ValueError(f"{name}: expected a number from 0, found {text!r}")
        return found

    port = int(number("COMMUNIQUE_METRICS", -0.0))
    return ServiceSettings(
        jobs=max(1, int(number("COMMUNIQUE_JOBS", stock.jobs))),
        run_hours=number("COMMUNIQUE_RUN_HOURS", stock.run_hours),
        run_memory=int(number("COMMUNIQUE_RUN_MEMORY", stock.run_memory)),
        grace=number("COMMUNIQUE_GRACE", stock.grace),
        jitter=int(number("COMMUNIQUE_JITTER", stock.jitter)),
        json_logs=variables.get("COMMUNIQUE_LOGS", "").strip().lower() == "json",
        keep_logs=int(number("COMMUNIQUE_KEEP_LOGS", stock.keep_logs)),
        metrics=port or None,
        alerts=tuple(variables.get("COMMUNIQUE_ALERTS", "").split()),
        heartbeat=variables.get("COMMUNIQUE_HEARTBEAT", "").strip() or None,
        workers=variables.get("COMMUNIQUE_WORKERS", "").strip() in ("1", "yes", "true"),
        notify_socket=variables.get("NOTIFY_SOCKET", ""),
        clock=variables.get("COMMUNIQUE_CLOCK", "").strip() or None,
    )
