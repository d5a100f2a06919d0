"""A real service as its watchers see it: systemd, Prometheus, a keeper of heartbeats, people who are told."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.replica import Replica
from tests.hearing import Heard, hearing
from tests.scheduler.commands import ROOT

PATIENCE = 60.0
SATURDAY = datetime(2026, 10, 31, 6, tzinfo=UTC)


@dataclass
class Watched:
    """A service of one source, its clock, and what it serves."""

    folder: Path
    replica: Replica
    heard: Heard
    port: int
    now: datetime = SATURDAY

    def set_clock(self, now: datetime) -> None:
        self.now = now
        beside = self.folder / "now.new"
        beside.write_text(now.isoformat())
        beside.replace(self.folder / "now")

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "scheduler", "schedule", "run", "--source", "mx_sre"]
        command += ["--metrics", str(self.port), "--alert", self.heard.json_url, "--json-logs"]
        environment = {
            **os.environ,
            **self.replica.environment,
            "COMMUNIQUE_DATA": str(self.folder / "data"),
            "COMMUNIQUE_CLOCK": str(self.folder / "now"),
            "COMMUNIQUE_JITTER": "0",
            "COMMUNIQUE_HEARTBEAT": f"{self.heard.url}/ping/uuid",
            "NOTIFY_SOCKET": str(self.folder / "notify"),
        }
        with (self.folder / "service.log").open("ab") as log:
            service = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield service
        finally:
            service.kill()
            service.wait()

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def shows(self, line: str) -> bool:
        """Whether `/metrics` says so."""
        return line in self.get("/metrics")[1].splitlines()

    def until(self, what: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < deadline, (self.folder / "service.log").read_text()[-4000:]
            time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def state(name: str) -> str:
    return f'communique_source_health{{source="mx_sre",state="{name}"}} 1.0'


@contextmanager
def service_manager(address: Path) -> Iterator[list[str]]:
    """What is said to systemd."""
    said: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))

        def listen() -> None:
            while message := manager.recv(500):
                said.append(message.decode())

        listening = threading.Thread(target=listen)
        listening.start()
        try:
            yield said
        finally:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
                last.sendto(b"", str(address))
            listening.join()


def test_a_service_is_seen_at_work_tells_what_broke_and_what_healed_and_ends_cleanly(tmp_path: Path) -> None:
    with (
        Replica(releases=20, seed=7) as replica,
        hearing() as heard,
        service_manager(tmp_path / "notify") as said,
    ):
        watched = Watched(tmp_path, replica, heard, free_port())
        watched.set_clock(SATURDAY)
        with watched.running() as service:
            watched.until(
                lambda: watched.shows('communique_runs_total{source="mx_sre",state="finished"} 1.0')
            )
            watched.until(lambda: watched.shows(state("healthy")))
            assert watched.shows("communique_service_at_work 1.0")
            assert watched.get("/healthz")[0] == 200
            watched.until(lambda: heard.asked[:2] == ["/ping/uuid/start", "/ping/uuid"])

            challenge = replica.faults.add("challenge@www.gob.mx")
            watched.set_clock(SATURDAY + timedelta(days=1))
            watched.until(lambda: watched.shows(state("challenged")))
            assert heard.told == [], "nobody is told before a state has held"
            watched.set_clock(watched.now + timedelta(minutes=11))
            watched.until(lambda: heard.told)

            replica.faults.remove(challenge)
            watched.set_clock(SATURDAY + timedelta(days=2))
            watched.until(lambda: watched.shows(state("healthy")))
            watched.set_clock(SATURDAY + timedelta(days=2, hours=2))
            watched.until(lambda: len(heard.told) == 3)

            service.send_signal(signal.SIGTERM)
            assert service.wait(PATIENCE) == 0
            assert watched.get("/healthz")[0] == 0
    assert said[0] == "READY=1"
    assert all(each.startswith("WATCHDOG=1\nSTATUS=") for each in said[1:-1])
    assert said[-1] == "STOPPING=1"
    assert len(said) > 10
    *changes, digest = [each["title"] for each in heard.told]
    assert changes == ["Communique: mx_sre is challenged", "Communique: mx_sre is healthy again"]
    # Sources are judged one after the other, so how many there are in it is a matter of moments here.
    assert re.fullmatch(r"Communique, week of 2026-11-02: 0 of \d+ need a look", digest)
