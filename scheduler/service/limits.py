"""How long a crawl has been at work and how much memory it takes, with everything that it started.

A crawl leads a session of its own (`scheduler.crawl`), so that its reading process and its browser are
found by the session's number. Resident memory is watched instead of RLIMIT_AS: a browser reserves a
terabyte of addresses and uses little of it.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from storage.processes import Process, start_of

_PROC = Path("/proc")


def resident(sessions: set[int]) -> dict[int, int]:
    """Bytes of resident memory by session (the number of its leader); empty where there is no /proc."""
    found: dict[int, int] = {}
    if not sessions or not (_PROC / "self" / "stat").exists():
        return found
    page = os.sysconf("SC_PAGE_SIZE")
    for folder in _PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            line = (folder / "stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        # After "pid (name)": state, parent, group, session ... resident pages are the 24th field of all.
        fields = line.rpartition(")")[2].split()
        session = int(fields[3])
        if session in sessions:
            found[session] = found.get(session, 0) + int(fields[21]) * page
    return found


def seconds_at_work(process: Process) -> float | None:
    """How long the process has been running, by the system's own count, which no clock change touches."""
    if process.started is None:
        return None
    try:
        ticks = int(process.started.rpartition(":")[2])
    except ValueError:
        return None
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def send(process: Process, number: signal.Signals) -> None:
    """Send a signal to a crawl of this machine and everything in its group, if it is still that crawl."""
    if process.number > 1 and process.started == start_of(process.number):
        try:
            os.killpg(process.number, number)
        except (ProcessLookupError, PermissionError):
            pass  # it ended meanwhile, or is somebody else's: then the system's word counts
