"""Backfills through a replica's archive that misbehaves, in processes that can be killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from crawler.replica import Logged, Replica
from crawler.replica.archive import Behaviour
from storage.database import Database, default_url

ROOT = Path(__file__).parents[2]
PATIENCE = 1200
SINCE, UNTIL = date(2005, 1, 1), date(2024, 12, 31)
COMPARED = (
    "select id, key, url, language, title, body, said_on, posted_on, issuers, revision, content_digest, "
    "detail_digest, captured_at, origin from releases",
    "select release_id, number, content_digest, title from revisions",
    "select source, key, url, stamp, state, reason, failure, captured_at from archive_captures",
    "select source, key, url, state, reason, failure, posted_on, origin from addresses",
)


class Archived:
    """A replica with an archive that misbehaves, and backfills through it."""

    def __init__(
        self,
        sources: Sequence[str],
        releases: int,
        step: int,
        behaviour: Behaviour,
        *,
        index_calls: float,
        replays: float,
    ) -> None:
        self.sources = sources
        self.index_calls = index_calls
        """A minute: the budget's rules with another budget."""
        self.replays = replays
        """A second."""
        self.answered = 0
        self.goal = 0
        self.reached = threading.Event()
        self.replica = Replica(releases, 7, end=UNTIL, step=step, archive=behaviour, note=self.note)
        assert self.replica.archive is not None
        self.archive = self.replica.archive

    def note(self, logged: Logged) -> None:
        self.answered += 1
        if self.answered >= self.goal:
            self.reached.set()

    def start(self, data: Path) -> subprocess.Popen[bytes]:
        data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-c", "from scheduler.cli import main; main()", "backfill", *self.sources]
        command += [
            "--since",
            str(SINCE),
            "--until",
            str(UNTIL),
            "--origin",
            "wayback",
            "--json",
            "--no-link",
        ]
        command += ["--jobs", str(len(self.sources))]
        environment = {
            **os.environ,
            **self.replica.environment,
            "COMMUNIQUE_DATA": str(data),
            "COMMUNIQUE_INDEX_CALLS": str(self.index_calls),
            "COMMUNIQUE_REPLAYS": str(self.replays),
            # What was answered to a killed crawl may have been a storm: those last so long here.
            "COMMUNIQUE_UNASKED_PAUSE": str(self.archive.behaviour.retry_after),
        }
        with (data / "printed.jsonl").open("wb") as printed, (data / "said.log").open("ab") as said:
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=printed, stderr=said)

    def finish(self, data: Path) -> list[dict[str, Any]]:
        code = self.start(data).wait(PATIENCE)
        assert code == 0, (data / "said.log").read_text()[-4000:]
        return [json.loads(line) for line in (data / "printed.jsonl").read_text().splitlines()]

    def wait_for(self, requests: int, parent: subprocess.Popen[bytes]) -> bool:
        """Wait until the replica has answered so many more requests; False when the backfill ended before."""
        self.goal = self.answered + requests
        self.reached.clear()

        def ended() -> None:
            parent.wait()
            self.reached.set()

        threading.Thread(target=ended, daemon=True).start()
        assert self.reached.wait(PATIENCE), "the backfill stands still"
        return parent.poll() is None

    def kill_child(self, data: Path, choose: random.Random) -> bool:
        """Kill one of the crawls that are running, which the backfill begins again."""
        for child in choose.sample(found := running(data), len(found)):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it had ended
            return True
        return False

    def kill_after(self, requests: int, data: Path) -> bool:
        """Kill all processes when the replica has answered so many more requests; False: it ended before."""
        parent = self.start(data)
        self.wait_for(requests, parent)
        return self.kill_all(parent, data)

    def kill_all(self, parent: subprocess.Popen[bytes], data: Path) -> bool:
        """Kill the backfill and its crawls; False: it had ended."""
        parent.send_signal(signal.SIGKILL)
        killed = parent.wait() == -signal.SIGKILL
        for child in running(data):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it had ended
        return killed


def running(data: Path) -> list[int]:
    with Database(default_url(data)).read() as connection:
        rows = connection.execute(text("select process from runs where state = 'running'"))
        return [row.process for row in rows]


def contents(data: Path) -> list[list[tuple[Any, ...]]]:
    with Database(default_url(data)).read() as connection:
        return [sorted(map(tuple, connection.execute(text(query))), key=repr) for query in COMPARED]


def most_in(moments: Sequence[float], seconds: float) -> int:
    """The most moments within any stretch of so many seconds."""
    ordered = sorted(moments)
    return max(bisect_right(ordered, moment + seconds) - place for place, moment in enumerate(ordered))
