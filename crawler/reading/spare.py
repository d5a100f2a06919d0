"""A reader that is forked before its crawl begins, where the crawl was forked with everything imported.

Forking is safe only while there is neither thread nor event loop; a reader that has to be replaced later is a
new process.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess

from crawler.children import Spawned, stream

logger = logging.getLogger(__name__)


class Forked:
    """A child made by `os.fork`."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._descriptor = os.pidfd_open(pid)
        self._code: int | None = None

    @property
    def pid(self) -> int:
        """Its number."""
        return self._pid

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:
            try:
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it has ended

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, negative for a signal. Raises subprocess.TimeoutExpired."""
        if self._code is None:
            ended, _, _ = select.select([self._descriptor], [], [], timeout)
            if not ended:
                raise subprocess.TimeoutExpired(["crawler.reading"], timeout or 0.0)
            _, status = os.waitpid(self._pid, 0)
            os.close(self._descriptor)
            self._code = os.waitstatus_to_exitcode(status)
        return self._code


_spare: list[Spawned] = []


def fork() -> None:
    """Make a reader of this process' image. Returns in the crawl only."""
    ours, theirs = stream()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        theirs.close()
        _spare.append((Forked(pid), ours))
        return
    code = 1
    try:
        ours.close()
        # In a group of its own: what a terminal sends is for the crawl.
        os.setpgid(0, 0)
        with open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), 1)

        from crawler.reading.__main__ import answer

        code = answer(theirs.detach(), parent)
    except Exception:
        logger.exception("The process that reads pages ended by an error")
    finally:
        # Not through the frames below, which are the crawl's.
        os._exit(code)


def take() -> Spawned | None:
    """The reader that was forked, once."""
    return _spare.pop() if _spare else None
