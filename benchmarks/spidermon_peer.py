"""Spidermon's stock monitors, asked about the same runs through the stats that Scrapy would have."""

from __future__ import annotations

import logging
from types import SimpleNamespace

from scrapy.settings import Settings
from spidermon import MonitorSuite
from spidermon.contrib.scrapy.monitors import (
    DownloaderExceptionMonitor,
    ErrorCountMonitor,
    FieldCoverageMonitor,
    FinishReasonMonitor,
    ItemCountMonitor,
    RetryCountMonitor,
    UnwantedHTTPCodesMonitor,
)
from spidermon.runners import MonitorRunner

from scheduler.health.evidence import Evidence

logging.getLogger("spidermon").setLevel(logging.CRITICAL)

_MONITORS = (
    DownloaderExceptionMonitor, ErrorCountMonitor, FieldCoverageMonitor, FinishReasonMonitor,
    ItemCountMonitor, RetryCountMonitor, UnwantedHTTPCodesMonitor,
)  # fmt: skip


def monitors_alarm(evidence: Evidence) -> bool:
    """Whether any monitor fails after the latest run.

    Set as its documentation shows: an item at least where the definition expects one on a working day, no
    errors, no exceptions, few unwanted statuses, and all fields that the layout gives in nine of ten items.
    """
    run = evidence.runs[0]
    items = run.count("stored")
    fields = [name for name, number in evidence.filled.items() if number >= 0.97 * evidence.releases]
    stage = run.failures.get("stage failed", 0)
    stats: dict[str, object] = {
        "item_scraped_count": items,
        "finish_reason": "finished",
        "downloader/request_count": run.count("listed", "fetched", "failed"),
        "log_count/ERROR": stage + len(run.broken),
        "downloader/exception_count": run.failures.get("network", 0) + run.broken.get("network", 0),
    }
    for status, number in run.statuses.items():
        stats[f"downloader/response_status_count/{status}"] = number
    for name in fields:
        stats[f"spidermon_field_coverage/dict/{name}"] = run.filled.get(name, 0) / items if items else 0
    settings = Settings(
        {
            "SPIDERMON_MIN_ITEMS": 1 if evidence.at_least >= 5 else 0,
            "SPIDERMON_MAX_ERRORS": 0,
            "SPIDERMON_MAX_DOWNLOADER_EXCEPTIONS": 0,
            "SPIDERMON_MAX_RETRIES": 2,
            "SPIDERMON_ADD_FIELD_COVERAGE": True,
            "SPIDERMON_MONITOR_SKIP_NO_ITEMS": True,
            "SPIDERMON_FIELD_COVERAGE_RULES": {f"dict/{name}": 0.9 for name in fields},
        }
    )
    crawler = SimpleNamespace(settings=settings, stats=SimpleNamespace(get_stats=lambda: stats))
    spider = SimpleNamespace(
        name=evidence.source, crawler=crawler, settings=settings, logger=logging.getLogger()
    )
    suite = MonitorSuite(name=evidence.source, monitors=list(_MONITORS), crawler=crawler)
    runner = MonitorRunner()
    runner.run(suite, stats=stats, crawler=crawler, spider=spider, runner=runner, job=None)
    return not runner.result.all_monitors_passed
