"""`kill -9` at any moment loses nothing and doubles nothing (design, part 4: the ledger is the frontier).

Real child processes, a real replica over TLS, SIGKILL. The moments are counted in requests that the
replica has answered, drawn from a seed, so that no test sleeps and every run kills at like places.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from warcio.archiveiterator import ArchiveIterator

from crawler.replica import SOURCES, Logged, Replica
from scheduler.nursery import CRAWL, CrawlProcess
from storage.database import Database, default_url
from tests import nursery

PATIENCE = 300


class Watch:
    """Counts the requests that the replica has answered, and says when a number is reached."""

    def __init__(self) -> None:
        self.answered = 0
        self.goal = 0
        self.reached = threading.Event()

    def note(self, logged: Logged) -> None:
        self.answered += 1
        if self.answered >= self.goal:
            self.reached.set()

    def expect(self, more: int) -> None:
        self.goal = self.answered + more
        self.reached.clear()


def crawl(source: str, data: Path, replica: Replica) -> CrawlProcess:
    environment = {**os.environ, **replica.environment, "COMMUNIQUE_DATA": str(data)}
    data.mkdir(parents=True, exist_ok=True)
    return nursery.start([*CRAWL, source], environment, data.parent / f"{source}.log")


def finish(source: str, data: Path, replica: Replica) -> None:
    child = crawl(source, data, replica)
    assert nursery.wait(child, PATIENCE) == 0, (data.parent / f"{source}.log").read_text()[-4000:]


def kill_after(requests: int, source: str, data: Path, replica: Replica, watch: Watch) -> bool:
    """Kill the crawl when the replica has answered so many more requests; False when it ended before."""
    watch.expect(requests)
    child = crawl(source, data, replica)

    def ended() -> None:
        nursery.wait_for_end(child, PATIENCE)
        watch.reached.set()

    threading.Thread(target=ended, daemon=True).start()
    assert watch.reached.wait(PATIENCE), "the crawl stands still"
    nursery.kill(child)
    return nursery.wait(child, PATIENCE) == -signal.SIGKILL


def stored(data: Path) -> dict[str, tuple[str, int]]:
    with Database(default_url(data)).read() as connection:
        rows = connection.execute(text("select id, content_digest, revision from releases"))
        return {row.id: (row.content_digest, row.revision) for row in rows}


def partition(data: Path) -> set[frozenset[str]]:
    members: dict[str, set[str]] = {}
    with Database(default_url(data)).read() as connection:
        for row in connection.execute(text("select id, statement_id from releases")):
            members.setdefault(row.statement_id, set()).add(row.id)
    return {frozenset(each) for each in members.values()}


def left_over(data: Path) -> list[tuple[str, str]]:
    with Database(default_url(data)).read() as connection:
        query = "select key, state from addresses where state in ('discovered', 'failed', 'held')"
        return [(row.key, row.state) for row in connection.execute(text(query))]


def readable_records(data: Path) -> int:
    count = 0
    for path in (data / "captures").rglob("*.warc.gz*"):
        assert path.name.endswith(".warc.gz"), f"{path} was left open"
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.content_stream().read()
                count += 1
    return count


@pytest.mark.parametrize("kills", [20])
def test_killed_twenty_times_a_crawl_ends_like_one_that_was_never_killed(tmp_path: Path, kills: int) -> None:
    chance = random.Random(20170223)
    sources = SOURCES
    watch = Watch()
    with Replica(releases=300, seed=7, note=watch.note) as replica:
        for source in sources:
            finish(source, tmp_path / "calm" / "data", replica)
        done = 0
        while done < kills:
            source = chance.choice(sources)
            done += kill_after(chance.randint(1, 20), source, tmp_path / "killed" / "data", replica, watch)
        for source in sources:
            finish(source, tmp_path / "killed" / "data", replica)
        truth = {
            (release.source, release.key) for statement in replica.truth for release in statement.releases
        }
    calm, killed = tmp_path / "calm" / "data", tmp_path / "killed" / "data"
    assert stored(killed) == stored(calm)
    assert len(stored(killed)) == len(truth)
    assert partition(killed) == partition(calm)
    assert not left_over(killed)
    assert readable_records(killed) >= len(truth)
