"""Children for crawls: each a new process, or forked from a nursery where several are to come.

Both are processes in a session of their own that write to their log; whoever asked sees no difference but
the time that they take to begin.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol

_MODULES = (
    "scrapy.core.downloader.handlers.http11",
    "scrapy.crawler",
    "scrapy.downloadermiddlewares.cookies",
    "scrapy.downloadermiddlewares.httpcache",
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.downloadermiddlewares.httpproxy",
    "scrapy.downloadermiddlewares.offsite",
    "scrapy.extensions.feedexport",
    "scrapy.extensions.memusage",
    "scrapy.extensions.remote_control",
    "scrapy.extensions.telnet",
    "scrapy.extensions.throttle",
    "scrapy.pipelines.files",
    "scrapy.pqueues",
    "scrapy.spidermiddlewares.referer",
    "scrapy.squeues",
    "twisted.internet.asyncioreactor",
    "crawler.reading.child",
    "crawler.download",
    "crawler.middlewares.captures",
    "crawler.middlewares.hosts",
    "crawler.middlewares.redirects",
    "crawler.middlewares.robots",
    "crawler.spiders.archive",
    "crawler.spiders.loader",
    "crawler.spiders.source",
    "pipelines.persist",
    "pipelines.process",
    "snowballstemmer",
    "storage.store",
    "storage.turns",
)
"""What a crawl and its reader import. Not `crawler.settings`, which reads each child's environment."""
_MOST = 2**20
PATIENCE = 120.0
"""Longest wait for a nursery that imports or forks."""
_UNKNOWN = 255
"""Exit code of a child whose end nobody saw. How its crawl went is in the ledger."""


class CrawlProcess(Protocol):
    """What is used of `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """Its number, and that of its group."""

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal, once `poll` has seen it."""

    def poll(self) -> int | None:
        """Its exit code if it has ended."""


class NurseryUnusable(Exception):
    """The nursery makes no child: start a process instead."""


PROGRAM = "crawler.run"
CRAWL = (sys.executable, "-m", PROGRAM)
"""How the command of a crawl begins."""


def start_anew(command: Sequence[str], environment: Mapping[str, str], log: Path) -> CrawlProcess:
    """The command in a new process."""
    with log.open("wb") as stream:
        return subprocess.Popen(  # noqa: S603 - our own module; the source's name is checked
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
        )


class Nursling:
    """A crawl that was forked from the nursery."""

    def __init__(self, nursery: Nursery, number: int, pid: int) -> None:
        self._nursery = nursery
        self._number = number
        self.pid = pid
        """Its number, and that of its group."""
        self.returncode: int | None = None
        """Its exit code, negative for a signal, once `poll` has seen it."""

    def poll(self) -> int | None:
        """Its exit code if it has ended."""
        if self.returncode is None:
            self._nursery.listen()
            self.returncode = self._nursery.codes.pop(self._number, None)
        if self.returncode is None and self._nursery.gone and not _is_there(self.pid):
            self.returncode = _UNKNOWN
        return self.returncode


class Nursery:
    """Starts crawls by forking. Use as a context manager, from one thread; children outlive it."""

    def __init__(self, programs: Sequence[str] = (PROGRAM,)) -> None:
        """`programs`: the modules that its children may become, as `python -m` would run them."""
        self._programs = programs
        self.codes: dict[int, int] = {}
        """Of children that have ended and were not asked since, by their number in order of birth."""
        self._pids: dict[int, int] = {}
        self._numbers = itertools.count()
        self.gone = not hasattr(os, "pidfd_open")
        """It has ended, or cannot be: nothing more is born, and nobody tells how children end."""
        self.is_ready = False
        """It has imported, and forks at once."""
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None

    def __enter__(self) -> Nursery:
        """Begin to import; nobody waits for it before the first child is wanted."""
        if not self.gone:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                for end in (ours, theirs):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST)
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", "crawler.nursery", str(theirs.fileno()), *_MODULES],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            self._connection = ours
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._process is not None and self.is_ready:
            # It ends with its stream; where it is still importing, nobody waits for that.
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
        self._end()

    def _end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        self.gone = True

    def start(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> CrawlProcess:
        """A crawl, forked; waits until the nursery has imported. Raises NurseryUnusable.

        A nursery that says nothing for long is ended: what it was asked for last is not born later.
        """
        if self.gone or self._connection is None:
            raise NurseryUnusable("there is no nursery")
        python, module, program, *arguments = command
        if (python, module) != CRAWL[:2] or program not in self._programs:
            raise NurseryUnusable(f"{program} is not the program of a crawl")
        number = next(self._numbers)
        request = {
            "child": number,
            "program": program,
            "arguments": arguments,
            "environment": dict(environment),
        }
        try:
            with log.open("wb") as stream:
                socket.send_fds(self._connection, [json.dumps(request).encode()], [stream.fileno()])
        except OSError as error:
            raise NurseryUnusable(str(error)) from error
        while number not in self._pids:
            if self.gone:
                raise NurseryUnusable("the nursery ended before it had forked")
            if not select.select([self._connection], [], [], PATIENCE)[0]:
                self._end()
                raise NurseryUnusable(f"the nursery said nothing for {PATIENCE:g} s")
            self._take(self._connection.recv(_MOST))
        return Nursling(self, number, self._pids.pop(number))

    def listen(self) -> None:
        """Take what it has told since, without waiting."""
        while not self.gone and self._connection is not None:
            try:
                self._take(self._connection.recv(_MOST, socket.MSG_DONTWAIT))
            except BlockingIOError:
                return
            except ConnectionResetError:
                self.gone = True

    def _take(self, data: bytes) -> None:
        if not data:
            self.gone = True
            return
        told = json.loads(data)
        if "pid" in told:
            self._pids[told["child"]] = told["pid"]
        elif "code" in told:
            self.codes[told["child"]] = told["code"]
        elif "ready" in told:
            self.is_ready = True


def _is_there(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    # After the name in brackets. A zombie has ended; its new parent has not asked how.
    return status.rpartition(")")[2].split()[0] != "Z"
