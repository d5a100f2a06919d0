"""A real pywb serves WARC files of ours, and a backfill through it stores every release in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.archives.cdx import moment_of
from crawler.frontier import RunRequest
from crawler.items import Capture
from crawler.replica import Replica
from crawler.replica.archive import Behaviour, Taken
from storage.database import Database, default_url
from storage.store import open_store
from tests.pywb import COLLECTION, NoPywb, python_with_pywb, serving

ROOT = Path(__file__).parents[2]
SOURCES = ("mx_sre", "mexidata", "us_dhs")
HOST = "archive.example"


@pytest.fixture(autouse=True)
def pywb() -> None:
    try:
        python_with_pywb()
    except NoPywb as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


def collect(folder: Path) -> dict[tuple[str, str], int]:
    """Write what an archive could have taken of some releases into a WARC store; releases with the number of
    their states."""
    replica = Replica(90, 7, end=date(2024, 12, 31), step=200, archive=Behaviour())
    archive = replica.archive
    assert archive is not None
    store = open_store({"COMMUNIQUE_DATA": str(folder)})
    run = store.frontier.open_run(RunRequest("mx_sre", started_by="ingest"))
    states: dict[tuple[str, str], set[int]] = {}
    for took in sorted(archive.took, key=lambda each: each.stamp):
        if took.what not in (Taken.PAGE, Taken.REVISIT, Taken.UNDECLARED_GZIP):
            continue
        release = replica.truth.release(took.release)
        if release.source not in SOURCES or release.key is None:
            continue
        response = archive.page_of(took)
        headers = (("Content-Type", response.content_type),)
        capture = Capture(took.url, 200, headers, response.body, moment_of(took.stamp))
        # Written at once, so that the next one of the same body is a revisit record.
        store.captures.write(run, capture, response.body)
        store.captures.flush()
        states.setdefault((release.source, release.key), set()).add(took.revision)
    store.close()
    return {release: len(found) for release, found in states.items()}


def test_a_backfill_through_pywb_stores_every_release_of_the_collection(tmp_path: Path) -> None:
    expected = collect(tmp_path / "store")
    warcs = sorted((tmp_path / "store" / "captures").rglob("*.warc.gz"))
    (tmp_path / "pywb").mkdir()
    data = tmp_path / "data"
    with serving(tmp_path / "pywb", warcs) as port:
        command = [sys.executable, "-c", "from scheduler.cli import main; main()", "backfill", *SOURCES]
        command += ["--since", "2004-01-01", "--until", "2024-12-31", "--captured-until", "2026-01-01"]
        command += [
            "--origin",
            "wayback",
            "--archive",
            f"http://{HOST}/{COLLECTION}",
            "--jobs",
            "3",
            "--json",
        ]
        environment = {
            **os.environ,
            "COMMUNIQUE_DATA": str(data),
            "COMMUNIQUE_CONNECT_TO": f"{HOST}:80=127.0.0.1:{port}",
            "COMMUNIQUE_INDEX_CALLS": "3000",
            "COMMUNIQUE_REPLAYS": "100",
        }
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
    assert done.returncode == 0, done.stderr[-4000:]
    proofs = [line["proof"] for line in map(json.loads, done.stdout.splitlines()) if "proof" in line]
    assert [(each["unaccounted"], each["pending"]) for each in proofs] == [(0, 0)] * len(SOURCES)
    with Database(default_url(data)).read() as connection:
        rows = connection.execute(
            text("select source, key, revision, origin, captured_at from releases")
        ).all()
    assert {(row.source, row.key): row.revision for row in rows} == expected
    assert len(expected) > 20
    assert max(expected.values()) == 2
    assert {row.origin for row in rows} == {"wayback"}
    assert all(str(row.captured_at) < "2026" for row in rows)
