"""The reader's process: tasks in, answers out, one at a time and in order.

It ends when the crawl closes its end of the stream, also by being killed; on Linux the kernel sees to that
even while a page is being read. A task that takes too long ends it as well, by SIGALRM and its default
action, which no library in the middle of its work can put off; the crawl starts another.
"""

from __future__ import annotations

import importlib
import logging
import signal
import socket
import sys
from pathlib import Path

from crawler.children import end_with
from crawler.cycles import collect_less
from crawler.frames import Ready, pack, read_message
from crawler.reading.messages import TYPES, Order
from crawler.reading.work import Stages, Work
from crawler.source import load_source

SECONDS_TO_START = 120.0
_KILLED_FIRST = 500


def serve(descriptor: int, parent: int) -> int:
    """Answer tasks until there are no more; the exit code."""
    end_with(parent)
    _be_killed_first()
    with socket.socket(fileno=descriptor) as connection, connection.makefile("rb", 2**20) as stream:
        order = read_message(stream.read, TYPES)
        if not isinstance(order, Order):
            return 0
        signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_START)
        sys.path[:] = order.path
        logging.basicConfig(
            level=order.log_level,
            format="%(asctime)s [%(name)s] %(levelname)s: %(message)s",
            datefmt="%Y-%m-%d %H:%M:%S",
        )
        work = Work(load_source(Path(order.definition)), order.window, _function(order.stages))
        collect_less()
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.sendall(pack(Ready()))
            while (task := read_message(stream.read, TYPES)) is not None:
                signal.setitimer(signal.ITIMER_REAL, order.seconds)
                answer = pack(work.do(task))
                signal.setitimer(signal.ITIMER_REAL, 0)
                connection.sendall(answer)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the crawl is gone
    return 0


def _function(path: str | None) -> Stages | None:
    if path is None:
        return None
    module, _, name = path.rpartition(".")
    function: Stages = getattr(importlib.import_module(module), name)
    return function


def _be_killed_first() -> None:
    """Where memory runs out, better a page is given up than the crawl."""
    try:
        Path("/proc/self/oom_score_adj").write_text(str(_KILLED_FIRST))
    except OSError:
        pass  # another system, or it is not for us to say
