"""Which process does a run, and whether it still lives."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

SILENCE = timedelta(minutes=10)
"""A process on another machine counts as dead when its run has given no sign of life for so long."""


_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process, told apart from a later one with the same number."""

    host: str
    number: int
    started: str | None
    """Boot and start time as the system counts them; None where it does not tell."""


def this_process() -> Process:
    """The process that asks."""
    return Process(socket.gethostname(), os.getpid(), start_of(os.getpid()))


def start_of(number: int) -> str | None:
    """When that process of this machine started; None where /proc does not tell, or it is dead."""
    found = _state_and_start(number)
    return None if found is None else found[1]


def is_alive(process: Process, beat_at: datetime, now: datetime) -> bool:
    """Whether the process of a run still works; `beat_at` is the run's last sign of life.

    On this machine the system is asked; what happens on other machines shows only in the beats.
    """
    if process.host != socket.gethostname():
        return now - beat_at < SILENCE
    if (_PROC / "self" / "stat").exists():
        found = _state_and_start(process.number)
        # A zombie has ended; its parent has just not asked for its exit code yet.
        return found is not None and found[0] not in "ZX" and process.started in (None, found[1])
    try:
        os.kill(process.number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it is there, and belongs to somebody else
    return True


def _state_and_start(number: int) -> tuple[str, str] | None:
    try:
        line = (_PROC / str(number) / "stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    # "pid (name) state ppid ...": the name may hold anything, even ")"; start time is the 22nd field.
    fields = line.rpartition(")")[2].split()
    return fields[0], f"{_boot()}:{fields[19]}"


@cache
def _boot() -> str:
    try:
        return (_PROC / "sys" / "kernel" / "random" / "boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
