"""A real pywb on loopback that serves WARC files of ours.

pywb pins an old redis, so it lives in an environment of its own; COMMUNIQUE_TEST_PYWB names the Python there.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

COLLECTION = "ours"
SECONDS_TO_START = 120.0


class NoPywb(RuntimeError):
    """There is no pywb to test with; the message says how to get it."""


def python_with_pywb() -> Path:
    """The Python that has pywb. Raises NoPywb."""
    named = os.environ.get("COMMUNIQUE_TEST_PYWB", "")
    if not named or not Path(named).exists():
        raise NoPywb(
            "no pywb: python3 -m venv .pywb && .pywb/bin/pip install -c tests/pywb-constraints.txt pywb, "
            "then set COMMUNIQUE_TEST_PYWB to .pywb/bin/python"
        )
    return Path(named)


@contextmanager
def serving(folder: Path, warcs: Iterable[Path]) -> Iterator[int]:
    """Serve the files as the collection `ours`; the port on 127.0.0.1."""
    python = python_with_pywb()
    manager, server = python.with_name("wb-manager"), python.with_name("wayback")
    for command in (["init", COLLECTION], ["add", COLLECTION, *map(str, warcs)]):
        subprocess.run([manager, *command], cwd=folder, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with (folder / "pywb.log").open("wb") as log:
        process = subprocess.Popen(
            [server, "-p", str(port), "-b", "127.0.0.1"], cwd=folder, stdout=log, stderr=log
        )
    try:
        _wait_for(port, process, folder)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/{COLLECTION}/cdx?url=a.example", timeout=10):
                return
        except (URLError, OSError):
            time.sleep(0.1)  # a program of others, which tells nobody when it listens
    raise NoPywb(f"pywb does not serve: {(folder / 'pywb.log').read_text()[-2000:]}")
