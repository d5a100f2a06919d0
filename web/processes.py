"""Several processes that answer at one address: forked, so that a further one costs no start of its own.

They share nothing but the socket that they listen at. One that ends by itself is made anew; all end with the
process that made them, however that ends.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from crawler.children import exit_in_words

SHORTEST = 5.0
"""Seconds that a process lives at least: one that ends sooner would end again."""

_ENDING = (signal.SIGINT, signal.SIGTERM)


class EndsAtOnce(RuntimeError):
    """A process that was to answer ended as soon as it was made."""


def answer_in(processes: int, serve: Callable[[], None]) -> None:
    """Call `serve` in so many processes, until SIGINT or SIGTERM. Raises EndsAtOnce.

    To be called before this process has threads or connections that the others would use.
    """
    reader, writer = os.pipe()
    made: dict[int, float] = {}
    before = signal.signal(signal.SIGTERM, _end)
    try:
        while True:
            while len(made) < processes:
                # A signal between a process and the note of it would leave one that nobody ends.
                signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
                made[_fork(serve, reader, writer)] = time.monotonic()
                signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
            ended, status = os.wait()
            lived = time.monotonic() - made.pop(ended, 0.0)
            if lived < SHORTEST:
                how = exit_in_words(os.waitstatus_to_exitcode(status))
                raise EndsAtOnce(f"process {ended} ended after {lived:.1f} s: {how}")
    except KeyboardInterrupt:
        pass  # how a person ends it
    finally:
        signal.signal(signal.SIGTERM, before)
        for each in made:
            os.kill(each, signal.SIGTERM)
        for each in made:
            os.waitpid(each, 0)
        os.close(reader)
        os.close(writer)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _fork(serve: Callable[[], None], reader: int, writer: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        # The other end is open as long as the process that made this one lives.
        os.close(writer)
        threading.Thread(target=_end_with, args=(reader,), daemon=True).start()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        serve()
        code = 0
    except KeyboardInterrupt:
        code = 0
    finally:
        # Nothing of what the first process has to do at its end is done here.
        os._exit(code)


def _end_with(reader: int) -> None:
    os.read(reader, 1)
    os.kill(os.getpid(), signal.SIGTERM)
