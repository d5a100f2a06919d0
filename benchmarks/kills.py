"""Random kills by the hundred: `kill -9` at any moment loses nothing and doubles nothing.

    python -m benchmarks.kills [--kills 100] [--releases 8000] [--seed 1] [--writer-from 50] [--longest 4]

Unlike the test (tests/whole/test_kill.py), which counts requests, the moments here are points in time:
they fall into start-up, migration, walks, writes and clean-up alike. At the end every crawl is let finish,
and what is stored is compared with what is true; every WARC file is read to its end.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.progress import track
from warcio.archiveiterator import ArchiveIterator

from benchmarks.replica_process import ROOT, Served, served


def crawl(source: str, data: Path, site: Served, writer_from: str) -> subprocess.Popen[bytes]:
    """One crawl, its output kept beside the data."""
    environment = {**site.environment, "COMMUNIQUE_DATA": str(data), "COMMUNIQUE_WRITER_FROM": writer_from}
    with (data.parent / "crawl.log").open("ab") as log:
        command = [sys.executable, "-m", "crawler.run", source]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--releases", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--writer-from", default="", help="records after which a crawl gets a writer")
    parser.add_argument("--longest", type=float, default=4.0, help="seconds that a crawl has before its kill")
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 - moments, no secrets
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        data = folder / "data"
        with served(options.releases, 7, 8000, folder) as site:
            truth = {(each["source"], each["key"]) for one in site.truth for each in one["releases"]}
            sources = sorted({source for source, _ in truth})
            killed = finished = 0
            for _ in track(range(options.kills), "kills"):
                child = crawl(chance.choice(sources), data, site, options.writer_from)
                try:
                    child.wait(chance.uniform(0.3, options.longest))
                    finished += 1
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
                    killed += 1
            started = time.monotonic()
            for source in sources:
                code = crawl(source, data, site, options.writer_from).wait()
                if code != 0:
                    sys.exit(f"{source}: exit {code}\n{(folder / 'crawl.log').read_text()[-4000:]}")
            took = time.monotonic() - started
        database = sqlite3.connect(data / "communique.db")
        rows = database.execute("select source, key from releases").fetchall()
        revisions = database.execute("select count(*) from revisions").fetchone()[0]
        open_ends = database.execute(
            "select count(*) from addresses where state in ('discovered', 'failed', 'held')"
        ).fetchone()[0]
        records = 0
        for path in sorted((data / "captures").rglob("*.warc.gz*")):
            with path.open("rb") as stream:
                for record in ArchiveIterator(stream, check_digests="raise"):
                    record.content_stream().read()
                    records += 1
    print(f"{killed} kills, {finished} crawls ended before theirs; the last crawls took {took:.0f} s")
    print(
        f"true {len(truth)}, stored {len(rows)}, missing {len(truth - set(rows))}, "
        f"twice {len(rows) - len(set(rows))}, revisions {revisions}, open ends {open_ends}, "
        f"WARC records read {records}"
    )
    if set(rows) != truth or len(rows) != len(truth) or revisions != len(truth) or open_ends:
        sys.exit(1)


if __name__ == "__main__":
    main()
