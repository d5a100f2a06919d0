"""Several processes answer at one address; one that ends is made anew, and all end together."""

from __future__ import annotations

import os
import signal
import socket
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen

import pytest

from tests.scheduler.commands import ROOT

PROGRAM = """
import os, socket, sys
import web.processes
web.processes.SHORTEST = float(sys.argv[2])
listener = socket.socket(fileno=int(sys.argv[1]))

def serve():
    while True:
        asked, _ = listener.accept()
        with asked:
            asked.sendall(str(os.getpid()).encode())

web.processes.answer_in(2, serve)
"""


@contextmanager
def answering(shortest: float) -> Iterator[tuple[int, Popen[str]]]:
    """The port of two processes, and the process that made them."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        process = Popen(
            [sys.executable, "-c", textwrap.dedent(PROGRAM), str(listener.fileno()), str(shortest)],
            pass_fds=[listener.fileno()], cwd=ROOT, stderr=PIPE, text=True,
        )  # fmt: skip
        port = listener.getsockname()[1]
    try:
        yield port, process
    finally:
        process.kill()
        process.communicate()


def ask(port: int) -> int:
    """The process that answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        # What was asked of one that was just being killed has no answer.
        return int(connection.recv(100) or 0)


def test_one_that_ends_is_made_anew_and_all_end_together() -> None:
    with answering(0) as (port, process):
        first = ask(port)
        os.kill(first, signal.SIGKILL)
        assert {ask(port) for _ in range(5)}.isdisjoint({first, process.pid})
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        with pytest.raises(OSError):
            ask(port)


def test_they_end_with_the_one_that_made_them_however_that_ends() -> None:
    with answering(0) as (port, process):
        ask(port)
        process.kill()
        process.wait(30)
        # Closed by the last process that listens: until then the kernel still takes connections.
        assert process.stderr is not None
        assert process.stderr.read() == ""
        with pytest.raises(OSError):
            ask(port)


def test_one_that_ends_at_once_is_not_made_for_ever() -> None:
    with answering(600) as (port, process):
        os.kill(ask(port), signal.SIGKILL)
        assert process.wait(30) == 1
        assert process.stderr is not None
        assert "signal 9" in process.stderr.read()
