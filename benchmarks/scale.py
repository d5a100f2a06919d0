"""What growth costs: bytes per release and capture, jobs and turns per second. docs/scale.md rests on it.

    python -m benchmarks.scale [--releases 1500] [--jobs 2000]

PostgreSQL is started for the run with fsync off, as for tests: rates are those of processors, not of disks.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks.replica_process import ROOT, served
from scheduler.workers.app import make_app, prepare_queue
from scheduler.workers.deferring import Deferrer
from storage.database import Database
from storage.turns import DatabaseTurns
from tests.postgresql import Server, running_server

_TABLES = """
    SELECT relname, n_live_tup, pg_relation_size(relid), pg_indexes_size(relid), pg_total_relation_size(relid)
    FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY 5 DESC
"""


def sizes(server: Server, releases: int) -> None:
    """A replica crawled into PostgreSQL: what each table takes, and the captures."""
    database = Database(server.create_database())
    database.upgrade()
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = Path(name)
        with served(releases, 7, 50_000, folder) as site:
            place = {"COMMUNIQUE_DATA": str(folder / "data"), "COMMUNIQUE_DATABASE": database.address}
            began = time.monotonic()
            for source in sorted({each["source"] for one in site.truth for each in one["releases"]}):
                command = [sys.executable, "-m", "crawler.run", source]
                subprocess.run(command, cwd=ROOT, env={**site.environment, **place}, check=True)
            link = [sys.executable, "-m", "scheduler", "link", "run", "--encoder", "none"]
            subprocess.run(link, cwd=ROOT, env={**os.environ, **site.environment, **place}, check=True)
            print(f"{releases} releases crawled and linked in {time.monotonic() - began:.0f} s")
        with database.write() as connection:
            connection.execute(text("ANALYZE"))
        with database.read() as connection:
            rows = connection.execute(text(_TABLES)).all()
            letters = connection.scalar(text("SELECT avg(length(body)) FROM releases"))
            captures = connection.scalar(text("SELECT count(*) FROM captures")) or 1
            records = connection.scalar(text("SELECT sum(record_length) FROM captures")) or 0
        total = sum(row[4] for row in rows)
        print(f"text of a release: {letters:.0f} letters; a captured record: {records / captures:.0f} bytes")
        print(f"captures: {captures / releases:.2f} a release")
        print(f"database: {total / releases:.0f} bytes a release, of which")
        for table, live, heap, indexes, whole in rows:
            if whole / total > 0.01:
                print(
                    f"  {table}: {live / releases:.2f} rows, {whole / releases:.0f} bytes "
                    f"({heap / releases:.0f} rows, {indexes / releases:.0f} indexes)"
                )
    database.close()


class Cpu:
    """Processor time of this process and of the PostgreSQL server, which other work does not falsify."""

    def __init__(self, database: Database) -> None:
        with database.read() as connection:
            backend = connection.scalar(text("SELECT pg_backend_pid()")) or 0
        self._postmaster = int(_stat(backend)[1])
        self._client, self._server, self._began = time.process_time(), self._served(), time.monotonic()

    def tell(self, what: str, number: int) -> None:
        """Print what one of `number` things cost since this was made, or told last."""
        client, server, now = time.process_time(), self._served(), time.monotonic()
        ours, theirs = (client - self._client) / number, (server - self._server) / number
        rate = number / (now - self._began)
        cost = f"{ours * 1000:.2f} ms of CPU here, {theirs * 1000:.2f} in PostgreSQL"
        print(f"{what}: {cost}; {rate:.0f} a second")
        self._client, self._server, self._began = client, server, now

    def _served(self) -> float:
        ticks = 0
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                fields = _stat(int(folder.name))
                if fields and int(folder.name) == self._postmaster:
                    ticks += sum(int(each) for each in fields[11:15])  # with children that have ended
                elif fields and int(fields[1]) == self._postmaster:
                    ticks += sum(int(each) for each in fields[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[str]:
    """What /proc says of a process, from its state on."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def queue(server: Server, number: int) -> None:
    """Jobs that do nothing, deferred one by one and done by one worker process, ten at the same time."""
    database = Database(server.create_database())
    database.upgrade()
    prepare_queue(database)
    app = make_app(database)

    @app.task(name="nothing")
    async def nothing() -> None:
        """Do nothing."""

    cpu = Cpu(database)
    with app.open():
        deferrer = Deferrer(app, database)
        for each in range(number):
            deferrer._defer("nothing", "crawl", f"host {each}", f"nothing {each}")
    cpu.tell("a job deferred", number)

    async def work() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, concurrency=10, delete_jobs="successful")

    asyncio.run(work())
    cpu.tell(f"a job taken and done, {number} waiting at first", number)
    turns = DatabaseTurns(database)
    for each in range(number):
        turns.take(f"host{each % 200}.example", 0.0)
    cpu.tell("a turn", number)
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=1500)
    parser.add_argument("--jobs", type=int, default=2000)
    options = parser.parse_args()
    with running_server() as server:
        queue(server, options.jobs)
        if options.releases:
            sizes(server, options.releases)


if __name__ == "__main__":
    main()
