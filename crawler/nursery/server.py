"""Asked for a crawl, the nursery forks; when a child has ended, it says how.

One datagram is one message, in JSON. It has one client and ends with it; its children go on, each in a
session of its own. Nothing runs here but this loop: no thread, event loop or open database that a child would
share.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
from collections.abc import Sequence
from types import FrameType

from crawler.nursery.child import Birth

MOST = 2**20
"""Bytes of a message."""


def serve(connection: socket.socket, modules: Sequence[str]) -> Birth | None:
    """Fork a child for each request. Returns in a child its birth; None when the client is gone."""
    # What a terminal sends is for whoever asks: crawls are told one by one.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    for name in modules:
        importlib.import_module(name)
    from crawler.source import registry

    for _ in registry().values():
        pass  # imported for all who are forked
    gc.collect()
    gc.freeze()
    awake, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, _nothing)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    children: dict[int, int] = {}
    _tell(connection, {"ready": True})
    while True:
        readable = _readable(connection.fileno(), awake)
        if awake in readable:
            os.read(awake, MOST)
        for number, code in _ended(children):
            _tell(connection, {"child": number, "code": code})
        if connection.fileno() not in readable:
            continue
        data, descriptors, _, _ = socket.recv_fds(connection, MOST, 1)
        if not data:
            return None
        asked = json.loads(data)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            os.close(awake)
            os.close(wake)
            return Birth(asked["program"], tuple(asked["arguments"]), asked["environment"], descriptors[0])
        _wait_until_it_leads(pid)
        os.close(descriptors[0])
        children[pid] = asked["child"]
        _tell(connection, {"child": asked["child"], "pid": pid})


def _readable(*descriptors: int) -> list[int]:
    readable, _, _ = select.select(list(descriptors), [], [])
    return readable


def _wait_until_it_leads(pid: int) -> None:
    """Until the child has a session of its own, so that who is told its number can signal its group."""
    while os.getsid(pid) != pid:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return  # it has ended before, which is told next
        os.sched_yield()


def _nothing(number: int, frame: FrameType | None) -> None:
    """The signal only wakes the loop, through its descriptor."""


def _ended(children: dict[int, int]) -> list[tuple[int, int]]:
    found = []
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            break
        found.append((children.pop(pid), os.waitstatus_to_exitcode(status)))
    return found


def _tell(connection: socket.socket, message: dict[str, object]) -> None:
    try:
        connection.send(json.dumps(message).encode())
    except (BrokenPipeError, ConnectionResetError):
        pass  # the client is gone, which the next reading of the stream finds
