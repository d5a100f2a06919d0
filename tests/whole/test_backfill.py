"""The history of sources through the replica's web archive: every address ends, killed or not."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawler.replica import Logged, Replica
from crawler.replica.archive import Behaviour
from storage.database import Database, default_url

ROOT = Path(__file__).parents[2]
PATIENCE = 300
SOURCES = ("mx_sre",)
SINCE, UNTIL = date(2005, 1, 1), date(2024, 12, 31)
INDEX_CALLS, REPLAYS = 1800, 60
"""A minute, a second: the budget's rules with another budget."""
COMPARED = (
    "select id, key, url, language, title, body, said_on, posted_on, issuers, revision, content_digest, "
    "detail_digest, captured_at, origin from releases",
    "select release_id, number, content_digest, title from revisions",
    "select source, key, url, stamp, state, reason, failure, captured_at from archive_captures",
    "select source, key, url, state, reason, failure, posted_on, origin from addresses",
    "select source, since, until, state, shown, ours, others from backfill_windows",
)


class Archived:
    """A replica with an archive that misbehaves, and backfills through it."""

    def __init__(self) -> None:
        self.answered = 0
        self.goal = 0
        self.reached = threading.Event()
        behaviour = Behaviour(storm_every=70, storm_length=2, broken_every=41, widest=300, largest_answer=40)
        self.replica = Replica(160, 7, end=UNTIL, step=240, archive=behaviour, note=self.note)
        assert self.replica.archive is not None
        self.archive = self.replica.archive

    def note(self, logged: Logged) -> None:
        self.answered += 1
        if self.answered >= self.goal:
            self.reached.set()

    def start(self, data: Path) -> subprocess.Popen[bytes]:
        data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-c", "from scheduler.cli import main; main()", "backfill", *SOURCES]
        command += ["--since", str(SINCE), "--until", str(UNTIL), "--origin", "wayback", "--json"]
        environment = {
            **os.environ,
            **self.replica.environment,
            "COMMUNIQUE_DATA": str(data),
            "COMMUNIQUE_INDEX_CALLS": str(INDEX_CALLS),
            "COMMUNIQUE_REPLAYS": str(REPLAYS),
        }
        with (data / "printed.jsonl").open("wb") as printed, (data / "said.log").open("ab") as said:
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=printed, stderr=said)

    def finish(self, data: Path) -> list[dict[str, Any]]:
        code = self.start(data).wait(PATIENCE)
        assert code == 0, (data / "said.log").read_text()[-4000:]
        return [json.loads(line) for line in (data / "printed.jsonl").read_text().splitlines()]

    def kill_after(self, requests: int, data: Path) -> bool:
        """Kill all processes when the replica has answered so many more requests; False: it ended before."""
        self.goal = self.answered + requests
        self.reached.clear()
        parent = self.start(data)

        def ended() -> None:
            parent.wait()
            self.reached.set()

        threading.Thread(target=ended, daemon=True).start()
        assert self.reached.wait(PATIENCE), "the backfill stands still"
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


@pytest.fixture(scope="module")
def archived() -> Iterator[Archived]:
    made = Archived()
    with made.replica:
        yield made


@pytest.fixture(scope="module")
def calm(archived: Archived, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    data = tmp_path_factory.mktemp("calm")
    return data, archived.finish(data)


def test_every_address_of_twenty_years_is_accounted_for(
    archived: Archived, calm: tuple[Path, list[dict[str, Any]]]
) -> None:
    data, printed = calm
    plans = [line["plan"] for line in printed if "plan" in line]
    assert [(each["source"], each["origin"]) for each in plans] == [(name, "wayback") for name in SOURCES]
    proofs = [line["proof"] for line in printed if "proof" in line]
    assert [each["source"] for each in proofs] == list(SOURCES)
    for proof in proofs:
        ends = ("stored", "skipped", "held", "failed", "gone", "pending")
        assert sum(proof[name] for name in ends) == proof["addresses"]
        assert proof["shown"] == proof["ours"] + proof["repeated"] + proof["others"]
        assert (proof["unaccounted"], proof["pending"], proof["windows_open"]) == (0, 0, 0)
    readable = archived.archive.readable(SOURCES)
    with Database(default_url(data)).read() as connection:
        rows = connection.execute(text("select source, key, revision, origin from releases"))
        stored = {(row.source, row.key): row.revision for row in rows if row.origin == "wayback"}
    truth = archived.replica.truth
    assert stored == {
        (truth.release(number).source, truth.release(number).key): states
        for number, states in readable.items()
        if truth.release(number).posted_on >= SINCE
    }


def test_no_second_goes_over_the_budget_and_no_pause_is_disregarded(
    archived: Archived, calm: tuple[Path, list[dict[str, Any]]]
) -> None:
    ledger = archived.archive.ledger
    assert most_in(ledger.index, 10.0) <= INDEX_CALLS / 6
    assert most_in(ledger.replays, 1.0) <= REPLAYS
    assert ledger.refused > 0
    assert ledger.disregarded == 0


def test_the_same_command_again_asks_for_nothing(
    archived: Archived, calm: tuple[Path, list[dict[str, Any]]]
) -> None:
    data, _ = calm
    before, asked = contents(data), archived.answered
    archived.finish(data)
    assert contents(data) == before
    assert archived.answered == asked


def test_killed_on_the_way_a_backfill_ends_like_one_that_was_never_killed(
    archived: Archived, calm: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    chance = random.Random(20100101)
    kills = 0
    while kills < 2:
        kills += archived.kill_after(chance.randint(10, 60), tmp_path)
    archived.finish(tmp_path)
    assert contents(tmp_path) == contents(calm[0])
