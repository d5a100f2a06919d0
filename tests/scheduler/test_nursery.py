"""A crawl that is forked from the nursery is, for whoever asked, the crawl that a new process would be."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.run import UNUSABLE
from scheduler.nursery import CRAWL, Nursery, NurseryUnusable, start_anew
from tests.nursery import wait

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the nursery is for Linux")

SILENT = "www.pm.gov.au"
"""Host of a source, here of a server that takes connections and never says a word."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def silence() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def environment(data: Path, port: int | None = None) -> dict[str, str]:
    mapping = f"{SILENT}:443=127.0.0.1:{port}" if port else ""
    return {
        **os.environ,
        "COMMUNIQUE_DATA": str(data),
        "COMMUNIQUE_CONTACT": "tests@example.org",
        "COMMUNIQUE_CONNECT_TO": mapping,
    }


def test_both_ways_tell_the_same_exit_code_and_write_the_same_log(nursery: Nursery, tmp_path: Path) -> None:
    said = {}
    for name, start in (("forked", nursery.start), ("anew", start_anew)):
        log = tmp_path / f"{name}.log"
        process = start([*CRAWL, "no_such_source"], environment(tmp_path), log)
        assert wait(process) == UNUSABLE
        said[name] = log.read_text()
    assert said["forked"] == said["anew"] != ""


def test_each_child_leads_a_session_and_has_the_environment_that_was_given(
    nursery: Nursery, tmp_path: Path, silence: int
) -> None:
    process = nursery.start([*CRAWL, "au_pm"], environment(tmp_path, silence), tmp_path / "log")
    try:
        assert os.getsid(process.pid) == os.getpgid(process.pid) == process.pid
        assert process.poll() is None
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    assert wait(process) == -signal.SIGKILL


def test_a_child_outlives_a_nursery_that_dies_and_the_next_is_a_process_of_its_own(
    tmp_path: Path, silence: int
) -> None:
    with Nursery() as nursery:
        process = nursery.start([*CRAWL, "au_pm"], environment(tmp_path, silence), tmp_path / "log")
        assert nursery._process is not None
        nursery._process.kill()
        nursery._process.wait()
        assert process.poll() is None
        with pytest.raises(NurseryUnusable):
            nursery.start([*CRAWL, "au_pm"], environment(tmp_path, silence), tmp_path / "log")
        os.killpg(process.pid, signal.SIGKILL)
        assert wait(process) == 255


def test_a_nursery_that_is_left_while_it_imports_ends_too() -> None:
    with Nursery() as nursery:
        assert nursery._process is not None
        assert nursery._process.poll() is None
    assert nursery._process.returncode is not None
