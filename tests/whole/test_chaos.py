"""Three days of two services that are killed, on a rehearsed clock: nothing missing, nothing twice.

Real services, real crawls, a real replica. A month of it, with PostgreSQL restarted: benchmarks/chaos.py.
"""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos import Rehearsal, crawls
from crawler.replica import Replica

SOURCES = {"mx_sre": "1d", "us_dhs": "0 1 * * *"}
PATIENCE = 120


def wait_for_a_crawl(rehearsal: Rehearsal) -> None:
    """Until a crawl of a source is at work, or has been already."""
    deadline = time.monotonic() + PATIENCE
    while not any(source in SOURCES for _, source, _ in crawls(rehearsal.data)):
        assert time.monotonic() < deadline, rehearsal.log()[-3000:]
        time.sleep(0.1)


def test_services_are_killed_the_clock_jumps_and_every_due_crawl_is_made_once(tmp_path: Path) -> None:
    with Replica(releases=20, seed=7) as replica:
        rehearsal = Rehearsal(tmp_path, None, SOURCES, replica.environment)
        try:
            rehearsal.start_service()
            rehearsal.start_service()
            wait_for_a_crawl(rehearsal)
            rehearsal.kill_services()  # their crawls go on, and the next service knows them
            rehearsal.start_service()
            rehearsal.settle(patience=PATIENCE)

            rehearsal.set_clock(rehearsal.now + timedelta(days=1))
            wait_for_a_crawl(rehearsal)
            rehearsal.kill_services(with_crawls=True)  # the power fails
            rehearsal.start_service()
            rehearsal.settle(patience=PATIENCE)

            rehearsal.set_clock(rehearsal.now - timedelta(hours=3))
            rehearsal.settle(patience=PATIENCE)
        finally:
            rehearsal.end()
        truth = {
            (each.source, str(each.key))
            for statement in replica.truth
            for each in statement.releases
            if each.source in SOURCES
        }
    found = rehearsal.judge(truth)
    rehearsal.database.close()
    assert found.is_well, found
    assert len(found.expected) >= 4
    assert found.true > 0
