"""Crawls of tests, forked from one nursery for each process that runs tests: an interpreter takes seconds.

What a fresh process does otherwise is for `tests/scheduler/test_nursery.py` to say.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from scheduler.nursery import PROGRAM, CrawlProcess, Nursery, NurseryUnusable, start_anew

ROOT = Path(__file__).parents[1]
CHILD = "tests.crawler.child"


@cache
def _nursery() -> Nursery:
    nursery = Nursery((PROGRAM, CHILD))
    with contextlib.chdir(ROOT):
        nursery.__enter__()
    atexit.register(nursery.__exit__, None, None, None)
    return nursery


def start(command: Sequence[str], environment: Mapping[str, str], log: Path) -> CrawlProcess:
    """The command, which is `python -m` of a program of the nursery, with its output in that file."""
    try:
        return _nursery().start(command, environment, log)
    except NurseryUnusable:
        return start_anew(command, environment, log)


def wait(process: CrawlProcess, patience: float = 120.0) -> int:
    """The exit code, negative for a signal. From the thread that started it. Raises TimeoutExpired."""
    if isinstance(process, subprocess.Popen):
        return process.wait(patience)
    wait_for_end(process, patience)
    while (code := process.poll()) is None:
        os.sched_yield()  # it has ended; the nursery is about to say so
    return code


def wait_for_end(process: CrawlProcess, patience: float = 120.0) -> None:
    """Until it has ended. Asks nothing of the nursery: from any thread. Raises TimeoutExpired."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    try:
        if not select.select([descriptor], [], [], patience)[0]:
            raise subprocess.TimeoutExpired(["a crawl"], patience)
    finally:
        os.close(descriptor)


def kill(process: CrawlProcess) -> None:
    """SIGKILL for the process alone, as a machine out of memory does it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
