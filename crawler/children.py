"""Processes that a crawl starts for its own work: each talks to it over one stream and ends with it.

A child ends when the crawl closes its end of the stream; on Linux the kernel ends it with the crawl's thread
that started it, whatever it is at. Workers of pools, which have no such stream, end soon after whoever
started them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

BUFFER = 2**20
"""Bytes that either side may have sent and the other not read."""
SECONDS_TO_END = 5.0
"""That a process has to end by itself when its stream is closed; then it is killed."""
_PARENT_DEATH_SIGNAL = 1


class ChildProcess(Protocol):
    """What is used of `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """Its number."""

    def kill(self) -> None:
        """End it at once."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, negative for a signal. Raises subprocess.TimeoutExpired."""


Spawned = tuple[ChildProcess, socket.socket]
"""A process that nobody has talked to yet, and our end of the stream to it."""


def stream() -> tuple[socket.socket, socket.socket]:
    """Two ends of a stream between a crawl and a child."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    return ours, theirs


def spawn(module: str) -> Spawned:
    """A new process, `python -m MODULE DESCRIPTOR PARENT`, and our end of the stream to it. Raises OSError.

    To be called in the thread that lasts as long as the crawl: when that ends, so does the process.
    """
    ours, theirs = stream()
    with theirs:
        # In a group of its own: what a terminal sends is for the crawl. Only the stream is passed on.
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", module, str(theirs.fileno()), str(os.getpid())],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            process_group=0,
        )
    return process, ours


def wait_for(process: ChildProcess, seconds: float = SECONDS_TO_END) -> int:
    """The exit code of a process that should end by itself soon; blocks."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def how_it_ended(code: int) -> str:
    """What an exit code says, for a person, behind the name of what ended."""
    return f"{'was killed by' if code < 0 else 'ended with'} {exit_in_words(code)}"


def exit_in_words(code: int) -> str:
    """An exit code, negative for a signal, by its name."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {-code}, {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def ignore_what_a_terminal_sends() -> None:
    """An interrupt is for the crawl: it lets its work be finished and then closes the stream."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def end_with(parent: int) -> None:
    """Be killed with the crawl, where the system offers it; elsewhere the closed stream tells.

    At once, whatever this process is at, and with the thread that started it (see `end_after`).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)  # it was gone before we asked


def end_after(parent: int, pause: float = 1.0) -> None:
    """End this process soon after the one that started it has ended, however it did.

    For the workers of a pool, which start in whatever thread needs them (`end_with` would end them with that
    thread) and have no stream that would be closed. `parent` is its number, told by itself: it may have ended
    before this process came so far as to ask. `pause`: seconds between two looks.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(pause)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end after parent").start()
